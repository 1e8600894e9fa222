import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import type { Answer } from '../support/newsroom';
import { createDatabase } from '../support/database';
import { buildProgram, type BuiltProgram, type Started } from '../support/program';

jest.setTimeout(120_000);

let program: BuiltProgram;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.clear());

/** How many entries the sample makes; what it edits is not counted again. */
const sampleSize = (): number =>
  readdirSync('sample')
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(path.join('sample', name), 'utf8')).entries as { ref?: string }[])
    .filter((entry) => entry.ref !== undefined).length;

const ask = async (url: string, query: string, token?: string): Promise<Answer> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  return response.json();
};
const secretIn = (started: Started): string | undefined => /Bearer (nw_\S+)/.exec(started.stdout())?.[1];
const whoIs = async (url: string, token: string): Promise<string> =>
  (await ask(url, '{ viewer { role } }', token)).data.viewer.role;

async function sql(url: string, statement: string): Promise<Answer[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** It ended with exit code 1 and said why in one line. */
async function expectRefusal(started: Started, why: RegExp): Promise<void> {
  expect(await started.ended).toBe(1);
  expect(started.stderr()).toMatch(why);
  expect(started.stderr().trim().split('\n')).toHaveLength(1);
  expect(started.stderr()).not.toMatch(/\n\s+at |node:internal/);
  expect(secretIn(started)).toBeUndefined();
}

const filesIn = (directory: string): string[] => readdirSync(directory).toSorted();
const postmasterIn = (directory: string): string => path.join(directory, 'postgres/data/postmaster.pid');
/** Processes whose command names the directory. */
const processesOf = (directory: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((command) => command.includes(directory));

describe('on a data directory of its own', () => {
  it('starts, tells how to read and to sign in, stops, and starts again with what was there', async () => {
    const directory = program.makeDirectory();
    const settings = { DATA_DIR: directory, PORT: '0' };
    const first = program.start(settings);
    const url = await first.ready;
    const curl = /^ {2}(curl .*)$/m.exec(first.stdout())?.[1] ?? '';
    const printed = JSON.parse(execFileSync('/bin/sh', ['-c', curl], { encoding: 'utf8' }));
    expect(printed.data.story.headline).toMatch(/Cabello/);
    expect(printed.errors).toBeUndefined();
    const secret = secretIn(first) ?? '';
    expect(['EDITOR', 'ADMIN']).toContain(await whoIs(url, secret));
    const create = `mutation { createStory(input: { fields: { headline: "Kept over a restart", slug: "kept" }, publish: true }) { outcome } }`;
    expect((await ask(url, create, secret)).data.createStory.outcome).toBe('CREATED');
    expect(await first.stop()).toBe(0);
    expect(first.stderr()).toBe('');
    expect(filesIn(directory)).toEqual(['postgres', 'secrets.key', 'server.json']);
    expect(existsSync(postmasterIn(directory))).toBe(false);
    expect(processesOf(directory)).toEqual([]);

    const second = program.start(settings);
    const again = await second.ready;
    expect((await ask(again, '{ story(slug: "kept") { headline } }')).data.story.headline).toBe('Kept over a restart');
    expect(await whoIs(again, secret)).toBe('ADMIN');
    expect(second.stdout()).not.toContain(secret);
    expect(secretIn(second)).toBeUndefined();
    expect(second.stdout()).toContain('authorization: Bearer');

    // While it runs, nobody else starts there; it goes on undisturbed.
    const third = program.start(settings);
    await expectRefusal(third, new RegExp(`^The database in ${directory} is in use by process ${second.child.pid} `));
    expect((await ask(again, '{ __typename }')).data).toEqual({ __typename: 'Query' });

    // Killed, it leaves nothing that stands in the way.
    expect(await second.stop('SIGKILL')).toBe('SIGKILL');
    const fourth = program.start(settings);
    expect((await ask(await fourth.ready, '{ story(slug: "kept") { headline } }')).data.story).not.toBeNull();
    expect(await fourth.stop('SIGTERM')).toBe(0);
    expect(filesIn(directory)).toEqual(['postgres', 'secrets.key', 'server.json']);
  });

  it.each([0, 300, 600, 900, 1200, 1800])('stops cleanly on a signal %i ms after its start', async (delay) => {
    const directory = program.makeDirectory();
    const started = program.start({ DATA_DIR: directory, PORT: '0' });
    // Wherever in its start that is: the moment is the test.
    await new Promise((resolve) => setTimeout(resolve, delay));
    const end = await started.stop('SIGINT');
    expect([0, 'SIGINT']).toContain(end); // before its first line it has no say, and nothing runs yet
    expect(started.stderr()).toBe('');
    expect(processesOf(directory)).toEqual([]);
    const left = filesIn(directory).filter((name) => !['postgres', 'secrets.key', 'server.json'].includes(name));
    expect(left).toEqual([]);
  });

  it('goes on loading the sample where a kill -9 cut it short, without doubles', async () => {
    const directory = program.makeDirectory();
    const database = await createDatabase('empty');
    const settings = { DATABASE_URL: database.url, PORT: '0', DATA_DIR: directory };
    const first = program.start(settings);
    let entries = 0;
    while (entries < 10)
      entries = await sql(database.url, 'select count(*)::int as n from entry').then(
        ([row]) => row.n,
        () => 0,
      );
    await first.stop('SIGKILL');
    const [{ n: before }] = await sql(database.url, 'select count(*)::int as n from entry');
    expect(before).toBeLessThan(sampleSize());
    const second = program.start(settings);
    await second.ready;
    const [after] = await sql(database.url, 'select count(*)::int as n, count(distinct id)::int as ids from entry');
    expect(after.n).toBe(sampleSize());
    const doubles = await sql(
      database.url,
      `select title from shown where view = 'PUBLISHED' and kind = 'ACTOR' group by title having count(*) > 1`,
    );
    expect(doubles).toEqual([]);
    expect(await second.stop()).toBe(0);
    await database.drop();
  });
});

describe('on a database that is given', () => {
  it('takes ADMIN_TOKEN, and SAMPLE=off leaves it empty', async () => {
    const database = await createDatabase('empty');
    const token = 'a-token-of-the-newsroom-s-own';
    const settings = { DATABASE_URL: database.url, PORT: '0', SAMPLE: 'off', ADMIN_TOKEN: token };
    for (let round = 0; round < 2; round++) {
      const started = program.start(settings);
      const url = await started.ready;
      expect(await whoIs(url, token)).toBe('ADMIN');
      expect(started.stdout()).not.toContain(token);
      expect(secretIn(started)).toBeUndefined();
      const curl = /^ {2}(curl .*)$/m.exec(started.stdout())?.[1] ?? '';
      expect(JSON.parse(execFileSync('/bin/sh', ['-c', curl], { encoding: 'utf8' }))).toEqual({
        data: { __typename: 'Query' },
      });
      expect(await started.stop()).toBe(0);
    }
    expect(await sql(database.url, 'select id from entry')).toEqual([]);
    expect(await sql(database.url, `select name from "user"`)).toEqual([{ name: 'Administrator' }]);
    await database.drop();
  });

  it('of three that start at once on an empty one, one migrates, one loads the sample, one shows a secret', async () => {
    const database = await createDatabase('empty');
    const three = [1, 2, 3].map(() => program.start({ DATABASE_URL: database.url, PORT: '0' }));
    const urls = await Promise.all(three.map(({ ready }) => ready));
    expect(three.filter(({ stdout }) => stdout().includes('"migrated"'))).toHaveLength(1);
    const secrets = three.flatMap((started) => secretIn(started) ?? []);
    expect(secrets).toHaveLength(1);
    for (const url of urls) {
      expect(await whoIs(url, secrets[0] as string)).toBe('ADMIN');
      expect((await ask(url, '{ story(slug: "salazar-accuses-cabello") { id } }')).data.story).not.toBeNull();
    }
    const [{ n }] = await sql(database.url, 'select count(*)::int as n from entry');
    expect(n).toBe(sampleSize());
    for (const started of three) {
      expect(await started.stop()).toBe(0);
      expect(started.stderr()).toBe('');
    }
    await database.drop();
  });

  it('of a newer release is left alone', async () => {
    const database = await createDatabase('migrated');
    await sql(
      database.url,
      `insert into migration (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`,
    );
    const before = await sql(database.url, 'select * from setting order by name');
    const started = program.start({ DATABASE_URL: database.url, PORT: '0' });
    await expectRefusal(started, /^The database was made by a newer release \(it knows FromTheFuture9999999999999\)/);
    expect(await sql(database.url, 'select * from setting order by name')).toEqual(before);
    expect(await sql(database.url, 'select id from "user"')).toEqual([]);
    await database.drop();
  });
});

describe('settings that do not work out', () => {
  it('are told all at once', async () => {
    const started = program.start({
      PORT: 'x',
      SAMPLE: 'perhaps',
      ADMIN_TOKEN: 'short',
      DATABASE_URL: 'mysql://u:secret@h/d',
    });
    expect(await started.ended).toBe(1);
    const lines = started.stderr().trim().split('\n');
    expect(lines).toHaveLength(5);
    for (const name of ['PORT', 'SAMPLE', 'ADMIN_TOKEN', 'DATABASE_URL'])
      expect(lines.filter((line) => line.includes(name))).toHaveLength(1);
    expect(started.stderr()).not.toMatch(/short|secret/);
  });

  it('a taken port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const database = await createDatabase('migrated');
    const started = program.start({
      DATABASE_URL: database.url,
      PORT: String(port),
      SAMPLE: 'off',
      ADMIN_TOKEN: 'x'.repeat(20),
    });
    await expectRefusal(started, new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken`));
    taken.close();
    await database.drop();
  });

  it("an address that is not this machine's", async () => {
    const database = await createDatabase('migrated');
    const settings = { DATABASE_URL: database.url, HOST: '192.0.2.1', SAMPLE: 'off', ADMIN_TOKEN: 'x'.repeat(20) };
    await expectRefusal(program.start(settings), /^Cannot listen on 192\.0\.2\.1, port 4000/);
    await database.drop();
  });

  it('a database that cannot be reached, or lets nobody in', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const unreachable = program.start({ DATABASE_URL: `postgres://me:p@ss/w@localhost:${port}/news?sslmode=disable` });
    await expectRefusal(unreachable, /^The database at postgres:\/\/me@localhost:\d+\/news cannot be used: /);
    expect(unreachable.stderr()).not.toMatch(/p@ss|ss\/w/);

    const url = new URL(process.env.TEST_SERVER_URL as string);
    url.pathname = '/no_such_database';
    await expectRefusal(
      program.start({ DATABASE_URL: url.href }),
      /cannot be used: database "no_such_database" does not exist/,
    );

    // Somebody listens there who is no PostgreSQL and never says a word.
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = `postgres://me:secret@127.0.0.1:${(silent.address() as AddressInfo).port}/news`;
    await expectRefusal(
      program.start({ DATABASE_URL: address }),
      /^The database at postgres:\/\/me@127\.0\.0\.1:\d+\/news cannot be used: /,
    );
    silent.close();
  });
});
