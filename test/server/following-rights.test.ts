import { sha256 } from '../../src/base/hash';
import {
  CHANGES,
  followBySocket,
  followByStream,
  followEvents,
  type Following,
  stopFollowing,
} from '../support/followers';
import { until } from '../support/until';
import { openDesk } from '../support/desk';
import type { Answer } from '../support/newsroom';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(stopFollowing);
afterAll(() => server.close());

const run = (query: string): Promise<Answer> => server.room.as('ADMIN').run(query);
const problemless = (payload: Answer): void => expect(payload.problems).toEqual([]);

/** A person with a token, for whom rights are changed without touching anybody else. */
async function hire(role: string): Promise<{ id: string; token: string; tokenId: string }> {
  const { user } = (
    await run(
      `mutation { createUser(input: { name: "Somebody ${role} ${Math.random()}", role: ${role} }) { user { id } } }`,
    )
  ).createUser;
  const made = (
    await run(`mutation { createToken(input: { user: "${user.id}", label: "for a test" }) { secret token { id } } }`)
  ).createToken;
  return { id: user.id, token: made.secret, tokenId: made.token.id };
}

const setRole = async (user: string, role: string): Promise<void> =>
  problemless(
    (await run(`mutation { setRole(input: { user: "${user}", role: ${role} }) { problems { message } } }`)).setRole,
  );

const LATEST = { query: CHANGES, variables: { filter: { view: 'LATEST' } } };

const ways: [string, (token: string) => Following][] = [
  ['a WebSocket', (token) => followBySocket(server.url, { ...LATEST, token })],
  ['GraphQL over Server-Sent Events', (token) => followByStream(server.url, { ...LATEST, token })],
  ['events', (token) => followEvents(server.url, '?view=LATEST', token)],
];

describe.each(ways)('over %s', (_name, follow) => {
  it('whoever loses a right is told nothing more of what it gave', async () => {
    const { id: user, token } = await hire('CONTRIBUTOR');
    const following = follow(token);
    await following.heard.until(({ messages }) => messages.length > 0);
    await server.room.make.story({}, { publish: false });
    await following.heard.until(() => following.changes().length === 1);
    await setRole(user, 'READER');
    const { id } = await server.room.make.story({}, { publish: false });
    const isRefused = (text: string): boolean => text.includes('FORBIDDEN') || text.includes('403');
    await following.heard.until(({ messages, errors }) => isRefused(JSON.stringify([messages, errors])));
    following.stop();
    expect(JSON.stringify(following.heard.messages)).not.toContain(id);
  });
});

it('whoever is given another role goes on with what it gives, with nothing lost', async () => {
  const { id: user, token } = await hire('EDITOR');
  const query = `subscription { changes(filter: { view: LATEST }) { change { entryId entry { viewerCan } } } }`;
  const following = followBySocket(server.url, { query, token });
  await following.heard.until(({ messages }) => messages.length > 0);
  const told = (): Answer[] => following.changes();
  const first = await server.room.make.story({}, { publish: false });
  await following.heard.until(() => told().length === 1);
  await setRole(user, 'CONTRIBUTOR');
  const second = await server.room.make.story({}, { publish: false });
  await following.heard.until(() => told().length === 2);
  expect(told().map(({ entryId }) => entryId)).toEqual([first.id, second.id]);
  expect(told()[0].entry.viewerCan).toContain('PUBLISH');
  expect(told()[1].entry.viewerCan).not.toContain('PUBLISH');
  following.stop();
});

it.each([
  [
    'revoked',
    ({ tokenId }: { tokenId: string }) => `revokeToken(input: { id: "${tokenId}" }) { problems { message } }`,
  ],
  [
    'of somebody who was made inactive',
    ({ id }: { id: string }) => `setUserActive(input: { user: "${id}", active: false }) { problems { message } }`,
  ],
])(
  'a token that is %s closes its sockets and ends its streams within 5 seconds, while others go on',
  async (_what, mutation) => {
    const person = await hire('READER');
    const socket = followBySocket(server.url, { token: person.token });
    const stream = followByStream(server.url, { token: person.token });
    const events = followEvents(server.url, '', person.token);
    const anonymous = followBySocket(server.url);
    for (const { heard } of [socket, stream, events, anonymous])
      await heard.until(({ messages }) => messages.length > 0);
    const began = performance.now();
    await run(`mutation { ${mutation(person)} }`);
    expect(await socket.closed).toMatchObject({ code: 4403 });
    await stream.heard.until(({ isEnded }) => isEnded);
    expect(stream.heard.messages.at(-1).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    await events.heard.until(({ messages }) => messages.at(-1).type === 'refused');
    await events.heard.until(({ errors }) => errors.some(({ code }) => code === 401));
    expect(performance.now() - began).toBeLessThan(5000);
    await server.room.make.story();
    await anonymous.heard.until(() => anonymous.changes().length === 1);
    expect(socket.changes()).toEqual([]);
    anonymous.stop();
    events.stop();
  },
  15_000,
);

it('a token that expires closes its sockets, also those over which nothing is asked', async () => {
  const token = await server.tokenOf('READER', { expiresAt: new Date(Date.now() + 3_600_000) });
  const query = '{ viewer { name } }';
  const idle = followBySocket(server.url, { query, token });
  const following = followBySocket(server.url, { token });
  await following.heard.until(({ messages }) => messages.length > 0);
  // As if the hour had passed: nobody hears of it.
  await server.room.sql(`update token set expires_at = clock_timestamp() where hash = $1`, [sha256(token)]);
  await idle.heard.until(({ isEnded }) => isEnded);
  expect((await following.closed).code).toBe(4403);
  idle.stop();
});

it('a revoked token opens nothing over a socket that is open still', async () => {
  const person = await hire('EDITOR');
  const query = `query { viewer { name } }`;
  const following = followBySocket(server.url, { token: person.token });
  await following.heard.until(({ messages }) => messages.length > 0);
  // Behind the back of the API, so that nobody hears of it.
  await server.room.sql(`update token set revoked_at = now() where label = 'for a test' and revoked_at is null`);
  const late = followBySocket(server.url, { query, token: person.token });
  expect((await late.closed).code).toBe(4403);
  expect((await following.closed).code).toBe(4403);
});

describe('one execution serves', () => {
  const watched = `subscription { changes { change { entry { ... on Story { viewerIsWatching } } } } }`;

  /** How many statements are sent while a story is told to all of these. */
  async function statementsOf(followings: Following[]): Promise<number> {
    for (const { heard } of followings) await heard.until(({ messages }) => messages.length > 0);
    const before = followings.map(({ changes }) => changes().length);
    let count = 0;
    const { pool } = server.room.newsroom.database;
    const counting = (): void => void (count += 1);
    await server.room.make.story();
    pool.on('acquire', counting);
    await Promise.all(
      followings.map(({ heard, changes }, index) => heard.until(() => changes().length > (before[index] ?? 0))),
    );
    pool.off('acquire', counting);
    for (const { stop } of followings) stop();
    return count;
  }

  it('all who ask the same with the same role, wherever they began', async () => {
    const { head } = await server.room.asAnonymous().run('{ head }');
    const one = await statementsOf([followBySocket(server.url)]);
    const many = await statementsOf([
      ...Array.from({ length: 20 }, () => followBySocket(server.url)),
      ...Array.from({ length: 20 }, () => followByStream(server.url, { variables: { after: head } })),
    ]);
    expect(many).toBeLessThan(one + 30);
  });

  it('nobody, where nothing happens: who follows a story does not ask the ledger again and again', async () => {
    const checkpointMs = 200;
    const quiet = await startServer({ room: server.room, live: { checkpointMs } });
    const stories = await Promise.all(Array.from({ length: 20 }, () => server.room.make.story()));
    const query = `subscription ($story: ID!) { storyChanged(story: $story) { cursor } }`;
    const followings = stories.map(({ id }) => followBySocket(quiet.url, { query, variables: { story: id } }));
    const checkpoints = (): number => Math.min(...followings.map(({ heard }) => heard.messages.length));
    await until(() => checkpoints() > 2);
    const before = checkpoints();
    const count = await quiet.countSql(() => until(() => checkpoints() > before + 5));
    for (const { stop } of followings) stop();
    await quiet.close();
    // The process looks four times a second, and at who may still follow once a second.
    expect(count).toBeLessThan(20);
  });

  it.each([
    ['while somebody follows', true],
    ['while nobody does', false],
  ])('nobody any more from the moment in which something of a draft is put out of sight %s', async (_, isFollowed) => {
    const { room } = server;
    const { id } = await room.make.story({ headline: 'A private matter' }, { publish: false });
    await openDesk(room).edit('story', id, 1, { headline: 'Nothing private' });
    const query = `subscription ($after: Cursor, $filter: ChangeFilter) { changes(after: $after, filter: $filter) {
      change { kind fields { after } } } }`;
    const variables = { after: room.newsroom.moments.seal(0n), filter: { view: 'LATEST', entries: [id] } };
    const token = await server.tokenOf('EDITOR');
    const tell = async (count: number): Promise<ReturnType<typeof followBySocket>> => {
      const following = followBySocket(server.url, { query, variables, token });
      await following.heard.until(() => following.changes().length === count);
      return following;
    };
    const first = await tell(2);
    expect(JSON.stringify(first.changes())).toContain('A private matter');
    if (!isFollowed) {
      first.stop();
      await first.closed;
    }
    await openDesk(room).act('hideRevisions', { id, revisions: [1], hidden: true, reason: 'private' }, 'ADMIN');
    if (isFollowed) await first.heard.until(() => first.changes().length === 3);
    const second = await tell(3);
    expect(JSON.stringify(second.changes())).not.toContain('A private matter');
    for (const { stop } of [first, second]) stop();
  });

  it('nobody else where it was asked who asks', async () => {
    const people = await Promise.all([hire('READER'), hire('READER')]);
    const followings = people.map(({ token }) => followBySocket(server.url, { query: watched, token }));
    for (const { heard } of followings) await heard.until(({ messages }) => messages.length > 0);
    const { id } = await server.room.make.story();
    for (const { heard, changes } of followings) await heard.until(() => changes().length === 1);
    const watch = `mutation { watch(input: { entry: "${id}", watching: true }) { problems { message } } }`;
    await server.post(watch, {}, { token: people[0]?.token });
    const edit = `mutation { editStory(input: { id: "${id}", baseRevision: 1, fields: { headline: "Watched by one" }, publish: true }) { outcome } }`;
    await server.room.as('EDITOR').run(edit);
    for (const { heard, changes } of followings) await heard.until(() => changes().length === 2);
    expect(followings.map(({ changes }) => changes()[1].entry.viewerIsWatching)).toEqual([true, false]);
    for (const { stop } of followings) stop();
  });
});

it('presence is told at once and as it changes, across processes', async () => {
  const other = await startServer({ room: server.room });
  const { id } = await server.room.make.story();
  const query = `subscription ($id: ID!) { presence(entry: $id) { path user { name } } }`;
  const token = await server.tokenOf('CONTRIBUTOR');
  const following = followBySocket(other.url, { query, variables: { id }, token });
  await following.heard.until(({ messages }) => messages.length === 1);
  expect(following.heard.messages[0]).toEqual({ data: { presence: [] } });
  await server.post(
    `mutation { announcePresence(input: { entry: "${id}", path: "/headline" }) { present { path } } }`,
    {},
    { token },
  );
  await following.heard.until(({ messages }) => messages.length === 2);
  expect(following.heard.messages[1]).toEqual({
    data: { presence: [{ path: '/headline', user: { name: 'The CONTRIBUTOR' } }] },
  });
  await server.room.sql(`update presence set seen_at = seen_at - interval '31 seconds'`);
  await following.heard.until(({ messages }) => messages.length === 3);
  expect(following.heard.messages[2]).toEqual({ data: { presence: [] } });
  following.stop();
  await other.close();
});

it('presence is told of what two have open who go by the former and the present id of one entry', async () => {
  const [one, other] = [await server.room.make.actor(), await server.room.make.actor()];
  const query = `subscription ($id: ID!) { presence(entry: $id) { path entry { id } } }`;
  const token = await server.tokenOf('CONTRIBUTOR');
  const before = followBySocket(server.url, { query, variables: { id: one.id }, token });
  await before.heard.until(({ messages }) => messages.length === 1);
  await openDesk(server.room).act('mergeEntries', { from: one.id, into: other.id });
  const after = followBySocket(server.url, { query, variables: { id: other.id }, token });
  await after.heard.until(({ messages }) => messages.length === 1);
  for (const { id } of [one, other])
    await server.post(
      `mutation { announcePresence(input: { entry: "${id}", path: "/${id}" }) { present { path } } }`,
      {},
      { token },
    );
  const isTold = (message: Answer): boolean => message.data.presence.length === 2;
  for (const { heard } of [before, after]) {
    await heard.until(({ messages }) => messages.some(isTold));
    expect(heard.messages.find(isTold).data.presence).toEqual([
      { path: `/${one.id}`, entry: { id: other.id } },
      { path: `/${other.id}`, entry: { id: other.id } },
    ]);
  }
  before.stop();
  after.stop();
});
