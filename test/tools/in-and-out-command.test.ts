import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { keepInput, readLines } from '../../src/tools/lines';
import { loadSample } from '../../src/tools/load-sample';
import { holdings, linesOf } from '../support/copies';
import { createDatabase } from '../support/database';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { buildProgram, type BuiltProgram } from '../support/program';

jest.setTimeout(240_000);

let place: string;
let room: TestNewsroom;
beforeAll(async () => {
  place = mkdtempSync(path.join(tmpdir(), 'newsroom-in-and-out-'));
  room = await openTestNewsroom();
  for (let n = 0; n < 12; n++) await room.make.document({ keptText: `${n} `.repeat(40_000) });
});
afterAll(async () => {
  await room.close();
  rmSync(place, { recursive: true, force: true });
});

it('What comes from standard input is kept without a name while it is read twice', async () => {
  const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('newsroom-import-'));
  const before = leftovers();
  const lines = (await linesOf(room)).map((line) => `${JSON.stringify(line)}\n`).join('');
  for (const input of [Buffer.from(lines), gzipSync(lines)]) {
    let seen: string[] = [];
    async function* coming() {
      yield input.subarray(0, 100);
      seen = leftovers();
      yield input.subarray(100);
    }
    const file = await keepInput(coming());
    for (const time of ['first', 'second']) {
      const read: unknown[] = [];
      for await (const { line } of readLines(file)) read.push(line);
      expect([time, read]).toEqual([time, await linesOf(room).then(([, ...rest]) => [expect.anything(), ...rest])]);
    }
    await file.close();
    expect(seen).toEqual(before);
  }
});

describe('On the command line', () => {
  let program: BuiltProgram;
  beforeAll(async () => {
    program = await buildProgram();
  });
  afterAll(() => program.clear());

  it('a newsroom leaves, is packed, comes back after a kill -9, and is what it was', async () => {
    const source = await openTestNewsroom();
    await loadSample(source.newsroom, path.join(__dirname, '../../sample'));
    const database = await createDatabase('empty');
    const settings = { DATABASE_URL: database.url };
    const file = path.join(place, 'sample.jsonl.gz');
    const leaving = program.startTool(['export', '--file', file], { DATABASE_URL: source.url });
    expect(await leaving.ended).toBe(0);
    const head = /--after (\S+)/.exec(leaving.stderr())?.[1];
    expect(head).toMatch(/^[\w-]{22}$/);
    expect(leaving.stdout()).toBe('');
    const count = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n').length;
    expect(leaving.stderr()).toContain(`in ${count} lines`);

    expect(await program.startTool(['migrate'], settings).ended).toBe(0);
    const pool = new pg.Pool({ connectionString: database.url });
    const sql: TestNewsroom['sql'] = async (query, values = []) => (await pool.query(query, values)).rows;
    const coming = program.startTool(['import', '--file', file], settings);
    let came = 0;
    while (came === 0 && coming.child.exitCode === null)
      [{ came }] = await sql('select count(*)::int as came from change');
    expect(await coming.stop('SIGKILL')).toBe('SIGKILL');
    const [{ total }] = await source.sql('select count(*)::int as total from change');
    expect(came).toBeLessThan(total);
    const again = program.startTool(['import', '--file', file], settings);
    expect([await again.ended, again.stderr()]).toEqual([0, '']);
    expect(again.stdout()).toMatch(/^Imported \d+ changes; [1-9]\d* changes were here already\.\n$/);
    const third = program.startTool(['import', '--file', file], settings);
    expect(await third.ended).toBe(0);
    expect(third.stdout()).toMatch(/^Imported 0 changes;/);
    expect(await holdings({ sql })).toEqual(await holdings(source));
    await pool.end();
    await database.drop();
    await source.close();
  });

  it('where it cannot write it says so and ends, whatever it was to write', async () => {
    for (const name of ['nowhere/all.jsonl', 'nowhere/all.jsonl.gz']) {
      const leaving = program.startTool(['export', '--file', path.join(place, name)], { DATABASE_URL: room.url });
      expect(await leaving.ended).toBe(1);
      expect(leaving.stderr()).toMatch(/ENOENT.*nowhere/);
    }
    const pipe = path.join(place, 'pipe.jsonl');
    execFileSync('mkfifo', [pipe]);
    for (const taken of [place, pipe]) {
      const leaving = program.startTool(['export', '--file', taken], { DATABASE_URL: room.url });
      expect([await leaving.ended, leaving.stderr()]).toEqual([
        1,
        expect.stringContaining(`${taken} is there and is no file`),
      ]);
      expect(existsSync(`${taken}.part`)).toBe(false);
    }
    expect(statSync(pipe).isFIFO()).toBe(true);
    const { child, ended, stderr, stdout } = program.startTool(['export'], { DATABASE_URL: room.url });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toBe(1);
    expect(stderr()).toMatch(/^[^\n]*EPIPE\n$/);
    expect(stdout()).toMatch(/^\{"line":"newsroom"/);
  });

  it('leaves no part of a file behind where somebody stops it', async () => {
    const left = (): string[] => readdirSync(place).filter((name) => name.startsWith('part'));
    const pool = new pg.Pool({ connectionString: room.url });
    const holder = await pool.connect();
    // It waits for what it is to read last; meanwhile there is a part of the file.
    await holder.query('begin; lock table comment in access exclusive mode');
    for (const [signal, name] of [
      ['SIGINT', 'part.jsonl'],
      ['SIGTERM', 'part.jsonl.gz'],
    ] as const) {
      const leaving = program.startTool(['export', '--file', path.join(place, name)], { DATABASE_URL: room.url });
      while (left().length === 0 && leaving.child.exitCode === null) await holder.query('select 1');
      expect(left()).toEqual([`${name}.part`]);
      expect([await leaving.stop(signal), left()]).toEqual([signal, []]);
    }
    await holder.query('rollback');
    holder.release();
    await pool.end();
  });

  it('says what it can do, what is wrong, and ends with 1 then', async () => {
    const help = program.startTool(['export', '--help'], {});
    expect(await help.ended).toBe(0);
    expect(help.stdout()).toMatch(/--after <cursor>/);
    const file = path.join(place, 'nothing.jsonl');
    const wrong = program.startTool(['export', '--after', 'nonsense', '--file', file], { DATABASE_URL: room.url });
    expect(await wrong.ended).toBe(1);
    expect(wrong.stderr()).toMatch(/cursor/i);
    expect(readdirSync(place).filter((name) => name.startsWith('nothing'))).toEqual([]);
    const missing = program.startTool(['import', '--file', path.join(place, 'nowhere')], { DATABASE_URL: room.url });
    expect(await missing.ended).toBe(1);
    expect(missing.stderr()).toMatch(/nowhere/);
    const directory = program.startTool(['import', '--file', place], { DATABASE_URL: room.url });
    expect([await directory.ended, directory.stderr()]).toEqual([1, expect.stringContaining('is a directory')]);
  });

  it('takes what comes through a pipe by its name, too', async () => {
    const pipe = path.join(place, 'coming');
    execFileSync('mkfifo', [pipe]);
    const lines = (await linesOf(room)).map((line) => `${JSON.stringify(line)}\n`).join('');
    for (const input of [lines, gzipSync(lines)]) {
      const coming = program.startTool(['import', '--check', '--file', pipe], { DATABASE_URL: room.url });
      await writeFile(pipe, input);
      expect([await coming.ended, coming.stderr()]).toEqual([0, '']);
      expect(coming.stdout()).toMatch(/^The export is whole\./);
    }
  });
});
