import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { makeFeedCursors } from '../../src/base/feed-cursor';
import {
  CHANGES,
  followBySocket,
  followByStream,
  followEvents,
  openBareSocket,
  stopFollowing,
} from '../support/followers';
import { until } from '../support/until';
import type { Answer } from '../support/newsroom';
import { startServer, type TestServer } from '../support/server';

const LISTED = 'https://desk.example';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    corsOrigins: [LISTED],
    live: { initMs: 300, slowMs: 1000, subscriptionsPerSocket: 3, connectionsPerToken: 2, subscribers: 12 },
  });
});
afterEach(stopFollowing);
afterAll(() => server.close());

/** Sockets that are open on the server. */
const upgraded = new Set<Duplex>();
const openSockets = (): number => upgraded.size;
beforeAll(() => {
  server.app.server.on('upgrade', (_request, duplex) => {
    upgraded.add(duplex);
    duplex.once('close', () => upgraded.delete(duplex));
  });
});

const INIT = { type: 'connection_init' };
const ask = (id: string, query: string, variables?: object) => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});

/** A socket that was let in. */
async function openSocket(token?: string) {
  const socket = await openBareSocket(server.url);
  socket.say(token === undefined ? INIT : { ...INIT, payload: { authorization: `Bearer ${token}` } });
  await socket.heard.until(({ messages }) => messages.length > 0);
  expect(socket.heard.messages.shift()).toEqual({ type: 'connection_ack' });
  return socket;
}

describe('the protocol has its own codes', () => {
  it.each([
    ['something that is no message', ['hello'], 4400],
    ['a message that only servers send', [INIT, { type: 'connection_ack' }], 4400],
    ['a question before the greeting', [ask('1', CHANGES)], 4401],
    ['a second greeting', [INIT, INIT], 4429],
    ['an id that is taken', [INIT, 'ack', ask('1', CHANGES), ask('1', CHANGES)], 4409],
    ['a token that is none', [{ ...INIT, payload: { authorization: 'Bearer nw_nobody-has-ever-had-this-one' } }], 4403],
    ['a header that is none', [{ ...INIT, payload: { authorization: 'Basic eA==' } }], 4403],
    ['a token that is no text', [{ ...INIT, payload: { authorization: ['Bearer nw_x'] } }], 4403],
    ['a frame beyond 64 kB', [INIT, 'ack', ask('1', `{ a(b: "${'x'.repeat(65_536)}") }`)], 1009],
    ['no greeting', [], 4408],
  ])('for %s', async (_what, messages, code) => {
    const { say, heard, closed } = await openBareSocket(server.url);
    for (const message of messages) {
      if (message === 'ack') await heard.until((so) => so.messages.length > 0);
      else say(message);
    }
    expect((await closed).code).toBe(code);
  });

  it('for no protocol, and for what is no text', async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
    expect((await once(ws, 'close'))[0]).toBe(4406);
    const broken = await openBareSocket(server.url);
    broken.ws.send(Buffer.from([0x7b, 0xff]), { binary: false });
    expect((await broken.closed).code).toBe(1007);
  });

  it('for another protocol', async () => {
    const { closed } = await openBareSocket(server.url, { protocol: 'graphql-ws' }).catch((error: Error) => ({
      closed: Promise.resolve({ code: 0, reason: error.message }),
    }));
    expect(await closed).toMatchObject({ reason: expect.stringMatching(/subprotocol/i) });
  });
});

describe('an id that was ended', () => {
  const END = { id: '1', type: 'complete' };
  /** What was said under the id, after so many checkpoints, until another subscription was told of the same change. */
  async function heardUntilTold(
    socket: Awaited<ReturnType<typeof openSocket>>,
    checkpoints: number,
  ): Promise<Answer[]> {
    socket.say(ask('witness', CHANGES));
    await socket.heard.until(({ messages }) => messages.filter(({ type }) => type === 'next').length > checkpoints);
    const { id } = await server.room.make.story();
    const told = ({ messages }: { messages: Answer[] }): string[] =>
      messages.filter((one) => one.payload?.data?.changes?.change?.entryId === id).map((one) => one.id);
    await socket.heard.until((heard) => ['1', 'witness'].every((one) => told(heard).includes(one)));
    return socket.heard.messages.filter((message) => message.id === '1');
  }
  const brief = (messages: Answer[]): string[] =>
    messages.map(({ type, payload }) => payload?.data?.changes?.change?.kind ?? type);

  it('is of the next subscription alone, asked in the same breath', async () => {
    const socket = await openSocket();
    for (const message of [ask('1', CHANGES), END, ask('1', CHANGES)]) socket.say(message);
    expect(brief(await heardUntilTold(socket, 1))).toEqual(['next', 'PUBLISHED']);
    socket.say(END);
    socket.say(ask('1', '{ __typename }'));
    await socket.heard.until(({ messages }) => messages.at(-1)?.type === 'complete');
    expect(socket.heard.messages.at(-2)).toEqual({ id: '1', type: 'next', payload: { data: { __typename: 'Query' } } });
    socket.ws.close();
    await socket.closed;
  });

  it('is of the next subscription alone, asked after it had begun', async () => {
    const socket = await openSocket();
    socket.say(ask('1', CHANGES));
    await socket.heard.until(({ messages }) => messages.length === 1);
    for (const message of [END, ask('1', CHANGES), END, ask('1', CHANGES)]) socket.say(message);
    expect(brief(await heardUntilTold(socket, 2))).toEqual(['next', 'next', 'PUBLISHED']);
    socket.ws.close();
    await socket.closed;
  });

  it('is taken as soon as it is asked again', async () => {
    const socket = await openSocket();
    for (const message of [ask('1', CHANGES), END, ask('1', CHANGES), ask('1', CHANGES)]) socket.say(message);
    expect((await socket.closed).code).toBe(4409);
  });
});

describe('who may open a socket', () => {
  /** How a server answers whoever wants to upgrade. */
  async function upgrade(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> {
    const ws = new WebSocket(server.url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers });
    ws.on('error', () => undefined); // what is looked at is the answer
    const answer = await Promise.race([
      once(ws, 'unexpected-response').then(([, response]) => response),
      once(ws, 'open').then(() => null),
    ]);
    if (!answer) {
      ws.terminate();
      return { status: 101, body: '' };
    }
    let body = '';
    for await (const part of answer) body += part;
    return { status: answer.statusCode, body };
  }

  it('is refused at other addresses, and with a token in the address', async () => {
    expect((await upgrade('/events')).status).toBe(404);
    const { status, body } = await upgrade('/graphql?access_token=x');
    expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('pages of any origin without a token; with one those that are listed, and our own', async () => {
    const token = await server.tokenOf('CONTRIBUTOR');
    const authorization = `Bearer ${token}`;
    expect((await upgrade('/graphql', { origin: 'https://elsewhere.example' })).status).toBe(101);
    expect((await upgrade('/graphql', { authorization })).status).toBe(101);
    expect((await upgrade('/graphql', { authorization, origin: LISTED })).status).toBe(101);
    expect((await upgrade('/graphql', { authorization, origin: server.url })).status).toBe(101);
    expect((await upgrade('/graphql', { authorization, origin: 'https://elsewhere.example' })).status).toBe(403);
    const said = await openBareSocket(server.url, { origin: 'https://elsewhere.example' });
    said.say({ ...INIT, payload: { authorization } });
    expect(await said.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('CORS_ORIGINS') });
  });
});

describe('queries and mutations over a socket', () => {
  it('are answered as over HTTP, errors and limits included', async () => {
    const token = await server.tokenOf('EDITOR');
    const socket = await openSocket(token);
    const questions: [string, object?][] = [
      ['{ viewer { name role } }'],
      ['{ story(id: "x") { id } stories(first: 1000) { totalCount } }'],
      ['{ nothing }'],
      ['{ viewer { '],
      ['query ($a: Int!) { stories(first: $a) { totalCount } }', { a: 'x' }],
      [`{ ${Array.from({ length: 31 }, (_unused, index) => `a${index}: __typename`).join(' ')} }`],
      ['query A { __typename } query B { __typename }'],
      ['mutation { createStory(input: { fields: { headline: "" } }) { outcome problems { path } } }'],
    ];
    for (const [index, [query, variables]] of questions.entries()) {
      socket.say(ask(`q${index}`, query, variables));
      const { messages } = await socket.heard.until((so) => so.messages.some(({ id }) => id === `q${index}`));
      const message = messages.find(({ id }) => id === `q${index}`);
      const { body } = await server.post(query, variables, { token });
      if (body.data === undefined) expect(message).toEqual({ id: `q${index}`, type: 'error', payload: body.errors });
      else expect(message).toEqual({ id: `q${index}`, type: 'next', payload: body });
    }
    socket.ws.close();
  });

  it('tell nothing of the inside, whatever breaks', async () => {
    const socket = await openSocket();
    await server.room.sql('alter table change rename to gone');
    try {
      socket.say(ask('1', CHANGES));
      socket.say(ask('2', '{ changes { hasMore } }'));
      await socket.heard.until(({ messages }) => messages.filter(({ type }) => type !== 'complete').length >= 2);
      const text = JSON.stringify(socket.heard.messages);
      expect(text).toContain('INTERNAL_SERVER_ERROR');
      expect(text).not.toMatch(/relation|gone|select/);
    } finally {
      await server.room.sql('alter table gone rename to change');
      socket.ws.close();
    }
  });
});

describe('what cannot be followed', () => {
  const NOBODY = '00000000-0000-4000-8000-000000000000';
  const STORY = 'subscription ($id: ID!) { storyChanged(story: $id) { cursor } }';

  async function refusalOf(query: string, variables: object, token?: string): Promise<unknown> {
    const { heard, stop } = followBySocket(server.url, { query, variables: { ...variables }, token });
    await heard.until(({ errors }) => errors.length > 0);
    stop();
    return heard.errors[0];
  }

  it('is a story that one may not see: the same as one that is not there', async () => {
    const { id } = await server.room.make.story({}, { publish: false });
    const hidden = await refusalOf(STORY, { id });
    expect(hidden).toEqual(await refusalOf(STORY, { id: NOBODY }));
    expect(hidden).toEqual([expect.objectContaining({ extensions: { code: 'NOT_FOUND' } })]);
    const { id: actor } = await server.room.make.actor();
    expect(await refusalOf(STORY, { id: actor })).toEqual(hidden);
  });

  it('is what needs a right that one has not', async () => {
    const latest = { filter: { view: 'LATEST' } };
    expect(await refusalOf(CHANGES, latest)).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    const reader = await server.tokenOf('READER');
    expect(await refusalOf(CHANGES, latest, reader)).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const { id } = await server.room.make.story();
    const presence = 'subscription ($id: ID!) { presence(entry: $id) { path } }';
    expect(await refusalOf(presence, { id }, reader)).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('is anything from a cursor that is none here: cut, changed, of another newsroom, or of what is yet to come', async () => {
    await server.room.make.story();
    const { head } = await server.room.asAnonymous().run('{ head }');
    const [{ key, epoch }] = await server.room.sql(
      `select (select value from setting where name = 'cursor_key') as key, value::int as epoch from setting where name = 'feed_epoch'`,
    );
    const foreign = makeFeedCursors(randomBytes(32), epoch).seal(1n);
    const restored = makeFeedCursors(Buffer.from(key, 'hex'), epoch + 1).seal(1n);
    const future = makeFeedCursors(Buffer.from(key, 'hex'), epoch).seal(1_000_000n);
    const flipped = head.slice(0, 9) + (head[9] === 'A' ? 'B' : 'A') + head.slice(10);
    for (const after of [head.slice(1), `${head}A`, 'x', flipped, foreign, restored, future]) {
      expect(await refusalOf(CHANGES, { after })).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
      const { status, code } = await server.send(`/events?after=${after}`);
      expect([status, code]).toEqual([400, 'CURSOR_INVALID']);
      const byHeader = await server.send('/events', { headers: { 'last-event-id': after } });
      expect([byHeader.status, byHeader.code]).toEqual([400, 'CURSOR_INVALID']);
      expect(byHeader.body.errors[0].extensions.field).toBe('Last-Event-ID');
    }
  });

  it('is what the parameters of /events do not know', async () => {
    for (const query of [
      'kind=PUBLISHED',
      'kinds=GONE',
      'entryKinds=story',
      'view=ALL',
      'story=a&story=b',
      'watched=1',
      `entries=${'a,'.repeat(101)}`,
    ]) {
      const { status, code, body } = await server.send(`/events?${query}`);
      expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
      expect(body.errors[0].message.split(':')[0]).toBe(query.split('=')[0]);
    }
    expect((await server.send('/events?view=LATEST')).status).toBe(401);
    const reader = await server.tokenOf('READER');
    const headers = { authorization: `Bearer ${reader}` };
    expect((await server.send('/events?view=LATEST', { headers })).status).toBe(403);
    expect(
      (await server.send('/events', { headers: { authorization: 'Bearer nw_nobody-has-ever-had-this-one' } })).status,
    ).toBe(401);
  });
});

describe('too many', () => {
  // What other tests have opened must be gone.
  beforeEach(() => until(() => server.app.server.listening && openSockets() === 0));

  it('subscriptions on a socket', async () => {
    const socket = await openSocket();
    for (const id of ['1', '2', '3', '4']) socket.say(ask(id, CHANGES));
    const { messages } = await socket.heard.until((so) => so.messages.some(({ type }) => type === 'error'));
    expect(messages.find(({ type }) => type === 'error')).toEqual({
      id: '4',
      type: 'error',
      payload: [
        {
          message: 'There would be 4 subscriptions on this socket; at most 3 are allowed.',
          extensions: { code: 'RATE_LIMITED', limit: 'subscriptions on this socket', max: 3, actual: 4 },
        },
      ],
    });
    await socket.heard.until((so) => so.messages.some(({ id, type }) => id === '1' && type === 'next'));
    socket.say({ id: '1', type: 'complete' });
    socket.say(ask('5', CHANGES));
    await socket.heard.until((so) => so.messages.some(({ id, type }) => id === '5' && type === 'next'));
    socket.ws.close();
    await socket.closed;
  });

  it('connections of a token, sockets and streams together', async () => {
    const token = await server.tokenOf('READER');
    const socket = await openSocket(token);
    const stream = followByStream(server.url, { token });
    await stream.heard.until(({ messages }) => messages.length > 0);
    const third = await openBareSocket(server.url);
    third.say({ ...INIT, payload: { Authorization: `Bearer ${token}` } });
    expect(await third.closed).toEqual({
      code: 1013,
      reason: 'There would be 3 connections of this token; at most 2 are allowed.',
    });
    const { status, code } = await server.send('/events', { headers: { authorization: `Bearer ${token}` } });
    expect([status, code]).toEqual([429, 'RATE_LIMITED']);
    stream.stop();
    socket.ws.close();
  });

  it('sockets on a server', async () => {
    const sockets = await Promise.all(Array.from({ length: 12 }, () => openSocket()));
    const refused = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    refused.on('error', () => undefined); // what is looked at is the answer
    const [, answer] = await once(refused, 'unexpected-response');
    let body = '';
    for await (const part of answer) body += part;
    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(body).errors[0]).toMatchObject({
      message: 'There would be 13 sockets on this server; at most 12 are allowed.',
      extensions: { code: 'RATE_LIMITED', max: 12, actual: 13 },
    });
    for (const { ws } of sockets) ws.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  });

  it('subscribers on a server, streams included', async () => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => openSocket()));
    for (const { say } of sockets) for (const id of ['1', '2', '3']) say(ask(id, CHANGES));
    for (const { heard } of sockets) await heard.until(({ messages }) => messages.length >= 3);
    const { status, body } = await server.send('/events');
    expect(status).toBe(429);
    expect(body.errors[0].message).toBe('There would be 13 subscribers on this server; at most 12 are allowed.');
    for (const { ws } of sockets) ws.close();
    await Promise.all(sockets.map(({ closed }) => closed));
  });
});

describe('whoever reads nothing', () => {
  it('is closed with 1013, and goes on from the last cursor', async () => {
    const following = followBySocket(server.url);
    await following.heard.until(({ messages }) => messages.length > 0);
    const { cursor } = following.heard.messages[0].data.changes;
    following.socket().pause();
    const { id } = await server.room.make.story();
    await until(() => server.logged.some((line) => line.includes('a reader who reads nothing was closed')));
    following.socket().resume();
    expect(await following.closed).toMatchObject({ code: 1013, reason: 'Nothing was read for 1 s.' });
    const again = followBySocket(server.url, { variables: { after: cursor } });
    await again.heard.until(() => again.changes().length > 0);
    expect(again.changes().map(({ entryId }) => entryId)).toEqual([id]);
    again.stop();
  });
});

it('an EventSource of a signed-in reader is a connection like any other', async () => {
  const token = await server.tokenOf('READER');
  const following = followEvents(server.url, '', token);
  await following.heard.until(({ messages }) => messages.length > 0);
  expect(following.heard.messages[0].type).toBe('checkpoint');
  following.stop();
});
