import { setTimeout as wait } from 'node:timers/promises';
import { LISTENER_NAME } from '../../src/store/listener';
import { openDesk } from '../support/desk';
import { followBySocket, followByStream, openBareSocket, stopFollowing } from '../support/followers';
import { until } from '../support/until';
import { openTestNewsroom } from '../support/newsroom';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(stopFollowing);
afterAll(() => server.close());

const numbersOf = (changes: { revision: { number: number } }[]): number[] =>
  changes.map(({ revision }) => revision.number);

describe('nothing is lost', () => {
  const EDITS = 40;

  /** Edits one story, and does something to the database meanwhile. */
  async function editWhile(disturb: (edit: number) => Promise<unknown>): Promise<number[]> {
    const { id } = await server.room.make.story();
    const following = followBySocket(server.url, { variables: { filter: { entries: [id] } } });
    await following.heard.until(({ messages }) => messages.length > 0);
    const desk = openDesk(server.room);
    for (let edit = 1; edit <= EDITS; edit++) {
      await desk.edit('story', id, edit, { headline: `Number ${edit}` });
      await disturb(edit);
    }
    await following.heard.until(() => following.changes().length >= EDITS);
    return numbersOf(following.changes());
  }
  const all = Array.from({ length: EDITS }, (_unused, index) => index + 2);
  const terminate = (condition: string): Promise<unknown> =>
    server.room.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and ${condition}`,
    );

  it('where the connection that listens is ended while people write', async () => {
    let ended = 0;
    const numbers = await editWhile(async (edit) => {
      if (edit % 5 !== 0) return;
      ended += ((await terminate(`application_name = '${LISTENER_NAME}'`)) as unknown[]).length;
    });
    expect(numbers).toEqual(all);
    expect(ended).toBeGreaterThan(0);
    expect(server.logged.some((line) => line.includes('the feed is waiting'))).toBe(true);
  });

  it('where every connection is ended while people write', async () => {
    expect(
      await editWhile((edit) => (edit % 10 === 0 ? terminate('pid <> pg_backend_pid()') : Promise.resolve())),
    ).toEqual(all);
  });

  it('where nothing that is said is heard, as behind a pooler in transaction mode', async () => {
    // Another database hears nothing of this one.
    const elsewhere = await openTestNewsroom();
    const room = await openTestNewsroom({ listenUrl: elsewhere.url });
    const deaf = await startServer({ room });
    const writer = await openTestNewsroom({ on: room });
    const { id } = await room.make.story();
    const following = followBySocket(deaf.url, { variables: { filter: { entries: [id] } } });
    await following.heard.until(({ messages }) => messages.length > 0);
    const began = performance.now();
    await openDesk(writer).edit('story', id, 1, { headline: 'Seen all the same' });
    await following.heard.until(() => following.changes().length === 1);
    expect(performance.now() - began).toBeLessThan(1000);
    stopFollowing();
    await writer.close();
    await deaf.close();
    await room.close();
    await elsewhere.close();
  });
});

describe('at a stop', () => {
  it('sockets are closed with 1001 at once, streams end without a last word, and what is asked is answered', async () => {
    const stopping = await startServer({ room: server.room });
    const socket = followBySocket(stopping.url);
    const stream = followByStream(stopping.url);
    for (const { heard } of [socket, stream]) await heard.until(({ messages }) => messages.length > 0);
    const token = await stopping.tokenOf('EDITOR');
    const asking = await openBareSocket(stopping.url);
    asking.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    await asking.heard.until(({ messages }) => messages.length === 1);
    // A write that waits for its lock while the server stops.
    const client = await server.room.newsroom.database.pool.connect();
    await client.query('begin; select pg_advisory_xact_lock(7114521)');
    const query = 'mutation { createStory(input: { fields: { headline: "At the last moment" } }) { outcome } }';
    asking.say({ id: '1', type: 'subscribe', payload: { query } });
    await until(async () => {
      const [{ count }] = await server.room.sql(
        `select count(*)::int from pg_locks where not granted and locktype = 'advisory'`,
      );
      return count > 0;
    });
    const stopped = stopping.close();
    expect(await socket.closed).toMatchObject({ code: 1001 });
    await stream.heard.until(({ errors }) => errors.length > 0);
    expect(stream.heard.isEnded).toBe(false);
    await client.query('commit');
    client.release();
    expect((await asking.closed).code).toBe(1001);
    expect(asking.heard.messages).toContainEqual({
      id: '1',
      type: 'next',
      payload: { data: { createStory: { outcome: 'CREATED' } } },
    });
    await stopped;
  });

  it('what does not end is cut off', async () => {
    const stopping = await startServer({ room: server.room, live: { shutdownMs: 100 } });
    const socket = followBySocket(stopping.url);
    await socket.heard.until(({ messages }) => messages.length > 0);
    socket.socket().pause();
    const late = wait(10_000, 'late', { ref: false });
    expect(await Promise.race([stopping.close(), late])).toBeUndefined();
  });
});
