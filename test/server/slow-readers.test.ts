import { once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';
import { openDesk } from '../support/desk';
import { followBySocket, stopFollowing } from '../support/followers';
import { until } from '../support/until';
import { startServer, type TestServer } from '../support/server';

const MEGABYTE = 1_048_576;
const EDITS = 80;
const QUERY = `subscription ($after: Cursor, $entries: [ID!]) {
  changes(after: $after, filter: { entries: $entries }) { change { revision { number } entry { ... on Story { body } } } }
}`;

let server: TestServer;
const connections = new Set<Socket>();
let story: { id: string; after: string };
beforeAll(async () => {
  server = await startServer({ live: { slowMs: 2000 } });
  server.app.server.on('connection', (connection: Socket) => connections.add(connection));
  const { head } = await server.room.asAnonymous().run('{ head }');
  const { id } = await server.room.make.story({ body: 'x'.repeat(190_000) });
  const desk = openDesk(server.room);
  for (let edit = 1; edit < EDITS; edit++) await desk.edit('story', id, edit, { headline: `Number ${edit}` });
  story = { id, after: head };
});
afterEach(stopFollowing);
afterAll(() => server.close());

const numbers = Array.from({ length: EDITS }, (_unused, index) => index + 1);
const waiting = (): number => Math.max(0, ...[...connections].map(({ writableLength }) => writableLength));

/** Until what waits to be read has grown, and grows no more. */
async function untilStuck(): Promise<number> {
  let before = -1;
  let same = 0;
  await until(() => {
    same = waiting() === before && before > MEGABYTE ? same + 1 : 0;
    before = waiting();
    return same > 20;
  });
  return before;
}

it('a paused socket is written no more than a bound, and read on it has lost nothing', async () => {
  const variables = { after: story.after, entries: [story.id] };
  const following = followBySocket(server.url, { query: QUERY, variables });
  await following.heard.until(({ messages }) => messages.length > 0);
  following.socket().pause();
  expect(await untilStuck()).toBeLessThan(1.5 * MEGABYTE);
  following.socket().resume();
  await following.heard.until(() => following.changes().length === EDITS);
  expect(following.changes().map(({ revision }) => revision.number)).toEqual(numbers);
  following.stop();
});

it('a paused stream is written no more than a bound, and ended', async () => {
  const body = JSON.stringify({ query: QUERY, variables: { after: story.after, entries: [story.id] } });
  const request = http.request(`${server.url}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('error', () => undefined); // it is cut
  response.pause();
  expect(await untilStuck()).toBeLessThan(1.5 * MEGABYTE);
  await until(() => [...connections].every(({ destroyed, writableLength }) => destroyed || writableLength === 0));
  response.resume();
  await until(() => response.destroyed);
  expect(response.complete).toBe(false);
});
