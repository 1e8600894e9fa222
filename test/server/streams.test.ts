import { connect } from 'node:net';
import pg from 'pg';
import { CHANGES, followBySocket, followByStream, followEvents, stopFollowing } from '../support/followers';
import { until } from '../support/until';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ live: { subscribers: 20 } });
});
afterEach(stopFollowing);
afterAll(() => server.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const send = (body: unknown, headers: Record<string, string> = {}) =>
  server.send('/graphql/stream', {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const inAddress = (asked: Record<string, string>, headers: Record<string, string> = {}) =>
  server.send(`/graphql/stream?${String(new URLSearchParams(asked))}`, { headers });
const QUERY = '{ __typename }';

describe('What is asked over Server-Sent Events', () => {
  it.each<[unknown, RegExp]>([
    ['null', /object/],
    ['"x"', /object/],
    ['5', /object/],
    [[], /object/],
    [[{ query: QUERY }], /object/],
    [{}, /query: is missing/],
    [{ query: 5 }, /query: must be a string/],
    [{ query: QUERY, variables: 'x' }, /variables/],
    [{ query: QUERY, variables: [] }, /variables/],
    [{ query: QUERY, operationName: 5 }, /operationName/],
    ['{', /not JSON/],
    ['', /not JSON/],
  ])('is well put, or refused by status: %j', async (body, reason) => {
    const { status, code, body: answer } = await send(body);
    expect([status, code]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.errors[0].message).toMatch(reason);
  });

  it.each([{}, { query: QUERY, variables: '{' }, { query: QUERY, variables: '5' }, { query: QUERY, variables: '[]' }])(
    'is well put in an address, too: %j',
    async (asked) => {
      const { status, code } = await inAddress(asked as Record<string, string>);
      expect([status, code]).toEqual([400, 'BAD_REQUEST']);
    },
  );

  it('is answered as a stream, to who takes one', async () => {
    const asked = { query: `query A { __typename } query B { head }`, operationName: 'A', variables: null };
    for (const accept of ['text/event-stream', '*/*', 'application/json, text/event-stream;q=0.5', 'text/*']) {
      const { status, text } = await send(asked, { accept });
      expect([status, text]).toEqual([
        200,
        ':\n\nevent: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n',
      ]);
    }
    for (const accept of ['application/json', 'text/html', 'text/event-streams']) {
      const { status, code } = await send(asked, { accept });
      expect([status, code]).toEqual([406, 'BAD_REQUEST']);
    }
  });

  it('by another method is refused with those that there are', async () => {
    const refusals: [string, RequestInit, string][] = [
      ['/graphql/stream', { method: 'PUT' }, 'GET, POST'],
      ['/events', { method: 'POST', headers: JSON_TYPE, body: '{}' }, 'GET'],
      ['/events?kinds=PUBLISHED', { method: 'HEAD' }, 'GET'],
      [
        `/graphql/stream?query=${encodeURIComponent('mutation { createStory(input: { fields: {} }) { outcome } }')}`,
        {},
        'POST',
      ],
    ];
    for (const [where, init, allowed] of refusals) {
      const { status, headers } = await server.send(where, init);
      expect([where, status, headers.get('allow')]).toEqual([where, 405, allowed]);
    }
  });
});

describe.each(Object.entries({ 'a WebSocket': followBySocket, 'Server-Sent Events': followByStream }))(
  'A condition at the root of a subscription, over %s,',
  (_name, follow) => {
    it.each([
      'subscription ($x: Boolean = true) { changes @skip(if: $x) { cursor } }',
      'subscription ($x: Boolean!) { changes @include(if: $x) { cursor } }',
      'subscription { ... @include(if: false) { changes { cursor } } }',
      'subscription { ...F } fragment F on Subscription { ...G } fragment G on Subscription { changes @skip(if: false) { cursor } }',
    ])('is refused: %s', async (query) => {
      const { heard } = follow(server.url, { query, variables: { x: true } });
      await heard.until(({ errors }) => errors.length > 0);
      expect(JSON.stringify(heard.errors[0])).not.toContain('INTERNAL');
      expect(server.logged.filter((line) => line.includes('incidentId'))).toEqual([]);
    });

    it('is none further down', async () => {
      const query = CHANGES.replace('change {', 'change @include(if: true) {');
      const { heard, stop } = follow(server.url, { query });
      await heard.until(({ messages }) => messages.length > 0);
      expect(heard.messages[0].data.changes).toHaveProperty('change', null);
      stop();
    });
  },
);

it('a condition at the root of a subscription is refused over HTTP in the same words', async () => {
  const query = 'subscription ($x: Boolean!) { changes @include(if: $x) { cursor } }';
  const { status, body } = await server.post(query, { x: true });
  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({
    message: 'query: @include cannot stand at the one field that a subscription asks for.',
    extensions: { code: 'BAD_USER_INPUT', field: 'query' },
  });
});

it('a variable may have any name', async () => {
  const query = 'subscription ($toString: ChangeFilter) { changes(filter: $toString) { cursor } }';
  const { heard, stop } = followBySocket(server.url, { query });
  await heard.until(({ messages }) => messages.length > 0);
  expect(heard.messages[0]).toEqual({ data: { changes: { cursor: expect.any(String) } } });
  stop();
});

describe('While the ledger cannot be read', () => {
  /** What is asked meanwhile waits. */
  async function whileLocked(work: (waiting: (count: number) => Promise<void>) => Promise<void>): Promise<void> {
    const locker = new pg.Client({ connectionString: server.room.url });
    await locker.connect();
    try {
      await locker.query('begin; lock table change in access exclusive mode');
      await work((count) =>
        until(async () => {
          const waiting = `select count(*)::int as count from pg_locks where not granted and relation = 'change'::regclass`;
          return (await server.room.sql(waiting))[0].count >= count;
        }),
      );
    } finally {
      await locker.end();
    }
  }

  const countOpen = (): Promise<number> =>
    new Promise((resolve) => server.app.server.getConnections((_error, open) => resolve(open)));

  it.each([
    ['/events', 'GET /events'],
    ['/graphql/stream', `GET /graphql/stream?query=${encodeURIComponent('subscription{changes{cursor}}')}`],
  ])('whoever asks for %s and goes takes no place for good', async (_path, head) => {
    const { port } = new URL(server.url);
    const before = await countOpen();
    await whileLocked(async (waiting) => {
      const impatient = Array.from({ length: 10 }, () => connect(Number(port), '127.0.0.1'));
      for (const connection of impatient) connection.write(`${head} HTTP/1.1\r\nhost: here\r\n\r\n`);
      await waiting(10);
      for (const connection of impatient) connection.destroy();
      await until(async () => (await countOpen()) <= before);
    });
    const places = Array.from({ length: 20 }, () => followBySocket(server.url));
    for (const { heard } of places) await heard.until(({ messages }) => messages.length > 0);
    for (const { stop } of places) stop();
  });

  it('whoever loses the token has waited for nothing', async () => {
    const token = await server.tokenOf('EDITOR');
    let following: ReturnType<typeof followEvents> | undefined;
    await whileLocked(async (waiting) => {
      following = followEvents(server.url, '', token);
      await waiting(1);
      await server.room.sql('update token set revoked_at = clock_timestamp()');
      await server.hub.standings.look();
    });
    await following?.heard.until(({ messages }) => messages.length > 0);
    expect(following?.heard.messages[0]).toMatchObject({
      type: 'refused',
      data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
  });

  it('a server that stops waits for nobody who has yet to be answered', async () => {
    const other = await startServer({ room: server.room });
    let stopped: Promise<void> | undefined;
    let following: ReturnType<typeof followByStream> | undefined;
    await whileLocked(async (waiting) => {
      following = followByStream(other.url);
      await waiting(1);
      stopped = other.close();
      await until(() => !other.app.server.listening);
    });
    await stopped;
    following?.stop();
  });
});
