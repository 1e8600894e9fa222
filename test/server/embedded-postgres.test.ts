import { transformFileSync } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/server/embedded-postgres';

const rooms: string[] = [];
const started: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

/** An empty directory that also another user may enter, because root's PostgreSQL runs as one. */
function makeDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'newsroom-postgres-'));
  chmodSync(directory, 0o755);
  rooms.push(directory);
  return directory;
}

async function start(dir: string, attach = false): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dir, attach, durable: false });
  started.push(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

async function eventually(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`Not within 20 s: ${what}`);
    await sleep(10);
  }
}

const pidFile = (dir: string): string => path.join(dir, 'postgres', 'data', 'postmaster.pid');
const postmasterOf = (dir: string): number => Number(readFileSync(pidFile(dir), 'utf8').split('\n')[0]);

/** Another process that owns the PostgreSQL of a directory: the same code, as JavaScript that bare Node runs. */
async function startElsewhere(dir: string): Promise<ChildProcess> {
  const code = makeDirectory();
  const source = path.join(__dirname, '../../src/server');
  for (const name of readdirSync(source).filter((file) => file.startsWith('embedded-postgres'))) {
    const { code: script } = transformFileSync(path.join(source, name), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    writeFileSync(path.join(code, name.replace(/ts$/, 'js')), script);
  }
  symlinkSync(path.join(__dirname, '../../node_modules'), path.join(code, 'node_modules'));
  const script = `require('./embedded-postgres.js').startEmbeddedPostgres({ dir: process.argv[1], durable: false })
    .then(() => { console.log('ready'); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', script, dir], { cwd: code, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let words = '';
  child.stdout.on('data', (part: Buffer) => (words += part.toString()));
  await eventually('the other process is ready', () => words.includes('ready'));
  return child;
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const postgres of started.splice(0)) await postgres.stop();
});

afterAll(() => {
  for (const directory of rooms) rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

it('starts a real PostgreSQL on an empty directory, keeps what was written, and leaves no process and no lock', async () => {
  const dir = path.join(makeDirectory(), 'data');
  const first = await start(dir);
  expect(first.owner).toBe(true);
  await ask(first.url, 'create table headline as select 1 as answer');
  await first.stop();
  await first.stop();
  expect(existsSync(pidFile(dir))).toBe(false);
  expect(readdirSync(dir).toSorted()).toEqual(['postgres', 'server.json']);

  const second = await start(dir);
  expect(await ask(second.url, 'select answer from headline')).toBe(1);
  expect(second.url).toBe(first.url);
});

it('sorts text alike on every machine and listens on this machine only', async () => {
  const { url } = await start(makeDirectory());
  expect(await ask(url, `select datlocale as answer from pg_database where datname = 'postgres'`)).toBe('C.UTF-8');
  expect(await ask(url, `select current_setting('listen_addresses') as answer`)).toBe('127.0.0.1');
  expect(await ask(url, `select current_setting('TimeZone') as answer`)).toBe('UTC');
});

it('refuses a second start in one line that names the process, and lets a tool join and leave', async () => {
  const dir = makeDirectory();
  const owner = await start(dir);
  const problem = await start(dir).catch((error: Error) => error);
  expect(problem).toBeInstanceOf(Error);
  expect((problem as Error).message).toMatch(
    new RegExp(`^The database in .* is in use by process ${process.pid} .*: stop that process, or set DATA_DIR .*\\.$`),
  );
  const tool = await start(dir, true);
  expect(tool.owner).toBe(false);
  expect(await ask(tool.url, 'select 1 as answer')).toBe(1);
  await tool.stop();
  expect(await ask(owner.url, 'select 2 as answer')).toBe(2);
});

it('makes one owner of two that start at the same moment', async () => {
  const dir = makeDirectory();
  const both = await Promise.all([start(dir, true), start(dir, true)]);
  expect(both.map(({ owner }) => owner).toSorted()).toEqual([false, true]);
});

it('stops PostgreSQL when its owner is killed, and recovers at the next start', async () => {
  const dir = makeDirectory();
  const child = await startElsewhere(dir);
  await expect(start(dir)).rejects.toThrow(`is in use by process ${child.pid} `);
  child.kill('SIGKILL');
  await eventually('PostgreSQL stopped by itself', () => !existsSync(pidFile(dir)));
  expect(await ask((await start(dir)).url, 'select 1 as answer')).toBe(1);
});

it('recovers when PostgreSQL and its owner were killed together', async () => {
  const dir = makeDirectory();
  const child = await startElsewhere(dir);
  process.kill(postmasterOf(dir), 'SIGKILL');
  child.kill('SIGKILL');
  await eventually('the owner has gone', () => child.signalCode !== null);
  expect(existsSync(pidFile(dir))).toBe(true);
  expect(await ask((await start(dir)).url, 'select 1 as answer')).toBe(1);
});

it('is not held up by locks and files whose process ids have come back as those of strangers', async () => {
  const dir = makeDirectory();
  await (await start(dir)).stop();
  const stranger = { pid: process.pid, started: 'before the machine was started anew' };
  writeFileSync(path.join(dir, 'start.lock'), JSON.stringify(stranger));
  writeFileSync(pidFile(dir), `${process.pid}\n${path.dirname(pidFile(dir))}\n0\n5432\n`);
  writeFileSync(path.join(dir, 'server.json'), JSON.stringify({ owner: stranger, postmaster: stranger, port: 1 }));
  expect(await ask((await start(dir)).url, 'select 1 as answer')).toBe(1);
});

it('begins anew after a first start that was interrupted', async () => {
  const dir = makeDirectory();
  const half = path.join(dir, 'postgres.new-interrupted');
  mkdirSync(half);
  writeFileSync(path.join(half, 'password'), 'half');
  await start(dir);
  expect(readdirSync(dir).toSorted()).toEqual(['postgres', 'server.json']);
});

it('says in one line that the data directory cannot be used, and leaves incomplete files alone', async () => {
  const dir = makeDirectory();
  const file = path.join(dir, 'file');
  writeFileSync(file, '');
  await expect(start(file)).rejects.toThrow(
    /^The data directory .*file cannot be written \(\w+\): [^\n]*DATA_DIR[^\n]*$/,
  );
  await (await start(dir)).stop();
  rmSync(path.join(dir, 'postgres', 'data', 'PG_VERSION'));
  await expect(start(dir)).rejects.toThrow(/holds no complete database [^\n]*move it away[^\n]*$/);
  expect(existsSync(path.join(dir, 'postgres', 'data', 'base'))).toBe(true);
  expect(readdirSync(dir).toSorted()).toEqual(['file', 'postgres', 'server.json']);
});
