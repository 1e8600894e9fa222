import pg from 'pg';
import { readConfig } from '../../src/base/config';
import { openNewsroom } from '../../src/store/open-newsroom';
import { takeAway } from '../support/database';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type HttpAnswer, startServer, type TestServer } from '../support/server';
import { until } from '../support/until';

let room: TestNewsroom;
let server: TestServer;
let token: string;
beforeEach(async () => {
  room = await openTestNewsroom();
  server = await startServer({ room });
  token = await server.tokenOf('EDITOR');
});
afterEach(async () => {
  await server.close();
  await room.close();
});

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome story { summary } } }`;

function expectNoInside({ text }: HttpAnswer): void {
  expect(text).not.toMatch(/\bselect\b|\brelation\b|\bcolumn \w|does not exist|\.ts\b|\.js\b|postgres|127\.0\.0\.1/i);
}

/** Somebody else at the same database; ends with the test. */
async function connectBeside(url = room.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const nodeId = async (slug: string): Promise<string> =>
  (await room.as('EDITOR').run('query ($s: String!) { story(slug: $s) { id } }', { s: slug })).story.id;

describe('a fault of our own', () => {
  it.each([
    ['a column that is gone', 'alter table shown rename column title to heading'],
    ['a table that is gone', 'drop table shown cascade'],
  ])('(%s) is an incident: told by a number, logged whole', async (_, fault) => {
    await room.sql(fault);
    const answer = await server.post('{ story(slug: "a") { title } viewer { name } }', {}, { token });
    const [error] = answer.body.errors;
    expect(error.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      incidentId: expect.stringMatching(UUID) as string,
    });
    expect(error.message).toBe(
      `Something went wrong on our side. Please report incident ${error.extensions.incidentId}.`,
    );
    expect(answer.body.data).toEqual({ story: null, viewer: { name: 'The EDITOR' } });
    expectNoInside(answer);
    const log = server.logged.find((line) => line.includes(error.extensions.incidentId));
    expect(log).toMatch(/does not exist/);
    expect(log).not.toContain(token);
  });

  it('while signing in is one too', async () => {
    await room.sql('alter table token rename to tokens');
    const answer = await server.post('{ viewer { name } }', {}, { token });
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expectNoInside(answer);
    const long = await server.post(`{ viewer { name } } #${'x'.repeat(300_000)}`, {}, { token });
    expect({ status: long.status, code: long.code }).toEqual({ status: 500, code: 'INTERNAL_SERVER_ERROR' });
    expectNoInside(long);
    expect((await server.post('{ __typename }')).status).toBe(200);
  });
});

describe('a database that is slow', () => {
  it('is TIMEOUT, and the next question is answered', async () => {
    await room.make.story({ slug: 'slow' });
    const config = readConfig({});
    const newsroom = await openNewsroom({
      database: {
        url: room.url,
        poolSize: 2,
        statementTimeoutMs: 100,
        lockTimeoutMs: 100,
        onConnectionError: () => undefined,
      },
      text: config.text,
      pages: config.limits,
      language: 'en',
    });
    const impatient = await startServer({ room: { ...room, newsroom } });
    const ask = () => impatient.post('{ story(slug: "slow") { headline } }');
    // Reading what is shown takes as long as one likes.
    await room.sql(`alter table shown rename to shown_table`);
    await room.sql(
      `create function slowly() returns boolean language plpgsql volatile as $$ begin perform pg_sleep(20); return true; end $$`,
    );
    await room.sql(`create view shown as select * from shown_table where slowly()`);
    const answer = await ask();
    expect(answer.code).toBe('TIMEOUT');
    expectNoInside(answer);
    await room.sql('drop view shown');
    await room.sql('alter table shown_table rename to shown');
    expect((await ask()).body.data.story).not.toBeNull();
    await impatient.close();
    await newsroom.database.close();
  });

  it('because somebody holds the entry is SERVICE_UNAVAILABLE within the lock timeout, and nothing is written', async () => {
    await room.make.story({ slug: 'held', summary: 'Before' });
    const id = await nodeId('held');
    const beside = await connectBeside();
    await beside.query('begin');
    await beside.query('select id from entry for update');
    const input = { id, baseRevision: 1, fields: { summary: 'After' } };
    const start = performance.now();
    const answer = await server.post(EDIT, { input }, { token });
    expect(performance.now() - start).toBeLessThan(4000);
    expect(answer.code).toBe('SERVICE_UNAVAILABLE');
    expect(answer.body.errors[0].extensions.retryAfterSeconds).toBe(1);
    expectNoInside(answer);
    await beside.query('rollback');
    await beside.end();
    const again = await server.post(EDIT, { input }, { token });
    expect(again.body.data.editStory).toEqual({ outcome: 'SAVED', story: { summary: 'After' } });
  });
});

describe('a database that is gone', () => {
  const STORY = '{ story(slug: "kept") { headline } }';
  const name = (): string => new URL(room.url).pathname.slice(1);

  it('loses connections, and nobody notices but who asks at that moment', async () => {
    await room.make.story({ slug: 'kept' });
    const beside = await connectBeside(process.env.TEST_SERVER_URL);
    const endAll = (): Promise<pg.QueryResult> =>
      beside.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()]);
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 10 }, () => server.post(STORY));
      await endAll();
      for (const answer of await Promise.all(asked)) {
        if (answer.code !== undefined) expect(answer.code).toBe('SERVICE_UNAVAILABLE');
        expectNoInside(answer);
      }
    }
    // Nobody asks now; the process hears of it by itself.
    await endAll();
    await until(() => room.newsroom.database.pool.totalCount === 0);
    await beside.end();
    expect((await server.post(STORY)).body.data.story.headline).toMatch(/^Story/);
  });

  it('loses the very first connection while somebody has it, and it is only said', async () => {
    const lost: Error[] = [];
    const { database, text, limits } = readConfig({});
    const opened = await openNewsroom({
      database: { ...database, url: room.url, onConnectionError: (error) => lost.push(error) },
      text,
      pages: limits,
      language: 'en',
    });
    const { pool, close } = opened.database;
    expect(pool.totalCount).toBe(1);
    const first = await pool.connect();
    const { rows } = await first.query('select pg_backend_pid() as pid');
    const ended = new Promise<void>((resolve) => first.once('end', resolve));
    await room.sql('select pg_terminate_backend($1)', [rows[0].pid]);
    await ended;
    first.release(true);
    expect(lost.length).toBeGreaterThan(0);
    await close();
  });

  it('is SERVICE_UNAVAILABLE for readers, editors and watchers, until it is back', async () => {
    await room.make.story({ slug: 'kept' });
    const giveBack = await takeAway(room.url);
    const read = await server.post(STORY);
    expect(read.code).toBe('SERVICE_UNAVAILABLE');
    const signedIn = await server.post('{ viewer { name } }', {}, { token });
    expect({ status: signedIn.status, code: signedIn.code }).toEqual({ status: 503, code: 'SERVICE_UNAVAILABLE' });
    expect(signedIn.headers.get('retry-after')).toBe('1');
    for (const answer of [read, signedIn]) expectNoInside(answer);
    expect((await server.send('/livez')).status).toBe(200);
    const ready = await server.send('/readyz');
    expect(ready.status).toBe(503);
    expectNoInside(ready);
    expect((await server.post('{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    await giveBack();
    expect((await server.post(STORY)).body.data.story.headline).toMatch(/^Story/);
    expect((await server.send('/readyz')).status).toBe(200);
  });

  it('that was dropped is SERVICE_UNAVAILABLE too', async () => {
    const beside = await connectBeside(process.env.TEST_SERVER_URL);
    await beside.query(`drop database ${name()} with (force)`);
    await beside.end();
    const answer = await server.post(STORY);
    expect(answer.code).toBe('SERVICE_UNAVAILABLE');
    expectNoInside(answer);
    expect((await server.send('/livez')).status).toBe(200);
  });
});

describe('a server that stops', () => {
  it('finishes what it has begun, and refuses what comes after', async () => {
    await room.make.story({ slug: 'held' });
    const id = await nodeId('held');
    const beside = await connectBeside();
    await beside.query('begin');
    await beside.query('select id from entry for update');
    const edit = server.post(EDIT, { input: { id, baseRevision: 1, fields: { summary: 'After' } } }, { token });
    const waits = `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await room.sql(waits))[0].waiting === 0);
    const stopped = server.app.close();
    await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
    await beside.query('rollback');
    await beside.end();
    expect((await edit).body.data.editStory).toEqual({ outcome: 'SAVED', story: { summary: 'After' } });
    await stopped;
  });
});
