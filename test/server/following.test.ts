import { followBySocket, followByStream, followEvents } from '../support/followers';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ live: { checkpointMs: 400 } });
});
afterAll(() => server.close());

const ways = {
  'a WebSocket': followBySocket,
  'GraphQL over Server-Sent Events': followByStream,
};

describe.each(Object.entries(ways))('over %s', (_name, follow) => {
  it('a follower is told at once where it stands, then what happens', async () => {
    const following = follow(server.url);
    const { heard } = following;
    await heard.until(({ messages }) => messages.length > 0);
    expect(heard.messages[0]).toEqual({
      data: { changes: { cursor: expect.stringMatching(/^[\w-]{22}$/), change: null } },
    });
    const { id } = await server.room.make.story({ headline: 'Water rises' });
    await heard.until(() => following.changes().length > 0);
    expect(following.changes()).toEqual([
      { kind: 'PUBLISHED', entryId: id, entry: { title: 'Water rises' }, revision: { number: 1 } },
    ]);
    following.stop();
  });
});

it('an EventSource is told the same as events', async () => {
  const following = followEvents(server.url);
  await following.heard.until(({ messages }) => messages.length > 0);
  expect(following.heard.messages[0]).toMatchObject({ type: 'checkpoint', id: expect.stringMatching(/^[\w-]{22}$/) });
  const { id } = await server.room.make.story({ headline: 'Water falls' });
  await following.heard.until(() => following.changes().length > 0);
  expect(following.changes()).toEqual([
    {
      type: 'entry.published',
      timestamp: expect.any(String),
      data: expect.objectContaining({ entryId: id, entryKind: 'STORY', revision: 1 }),
    },
  ]);
  following.stop();
});
