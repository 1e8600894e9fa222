import { type Desk, openDesk } from '../support/desk';
import { followBySocket, followByStream, followEvents, type Following, stopFollowing } from '../support/followers';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { startServer, type TestServer } from '../support/server';

let server: TestServer;
let other: TestServer;
let otherRoom: TestNewsroom;
let desk: Desk;
let editor: string;
beforeAll(async () => {
  server = await startServer({ live: { checkpointMs: 400 } });
  otherRoom = await openTestNewsroom({ on: server.room });
  other = await startServer({ room: otherRoom });
  desk = openDesk(server.room);
  editor = await server.tokenOf('EDITOR');
});
afterEach(stopFollowing);
afterAll(async () => {
  await other.close();
  await otherRoom.close();
  await server.close();
});

const HEAD = '{ head }';
const head = async (): Promise<string> => (await server.room.asAnonymous().run(HEAD)).head;

/** All that the feed holds after a cursor, by pages: what a follower must have been told. */
async function readAll(after: string, filter: Record<string, unknown>): Promise<Answer[]> {
  const asker = server.room.as('EDITOR');
  const changes: Answer[] = [];
  for (;;) {
    const page = (
      await asker.run(
        `query ($after: Cursor, $filter: ChangeFilter) {
          changes(after: $after, filter: $filter, first: 100) { endCursor hasMore changes { kind entryId revision { number } } } }`,
        { after, filter },
      )
    ).changes;
    changes.push(...page.changes);
    if (!page.hasMore) return changes;
    after = page.endCursor;
  }
}

const outline = (changes: Answer[]): string[] =>
  changes.map(({ kind, entryId, revision }) => `${kind} ${entryId} ${revision?.number}`);

/** As events have it. */
const outlineOfEvents = (events: Answer[]): string[] =>
  events.map(({ data }) => `${data.kind} ${data.entryId} ${data.revision}`);

/** People who write all at once: stories that are begun, edited, and in part kept back. */
const storm = (writers: number, edits: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: writers }, async (_unused, writer) => {
      const { id } = await server.room.make.story({}, { publish: writer % 3 > 0 });
      for (let edit = 1; edit <= edits; edit++)
        await desk.edit('story', id, edit, { headline: `${writer} ${edit}` }, { publish: writer % 3 > 0 });
    }),
  );

const ways: Record<string, (url: string, wanted: Parameters<typeof followBySocket>[1]) => Following> = {
  'a WebSocket': followBySocket,
  'GraphQL over Server-Sent Events': followByStream,
};

describe.each(Object.entries(ways))('over %s', (_name, follow) => {
  it('a follower is told at once where it stands, then what happens', async () => {
    const following = follow(server.url, {});
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

  it.each(['PUBLISHED', 'LATEST'])(
    'what was written before and what is written meanwhile comes once, in order, in %s',
    async (view) => {
      const after = await head();
      await storm(3, 10);
      const filter = { view };
      const followings = [server, other].map(({ url }) => follow(url, { variables: { after, filter }, token: editor }));
      await storm(6, 10);
      const all = outline(await readAll(after, filter));
      expect(all.length).toBeGreaterThan(50);
      for (const following of followings) {
        await following.heard.until(() => following.changes().length >= all.length);
        expect(outline(following.changes())).toEqual(all);
        following.stop();
      }
    },
  );

  it('whoever is cut off at any moment goes on from the last cursor', async () => {
    const after = await head();
    const told: Answer[] = [];
    let cursor = after;
    const storming = { isOver: false };
    const writing = storm(4, 15).then(() => (storming.isOver = true));
    for (let round = 0; !storming.isOver || round < 3; round++) {
      const following = follow(server.url, { variables: { after: cursor } });
      const most = 1 + (round % 7);
      await following.heard.until(({ messages }) => messages.length > most || (storming.isOver && messages.length > 1));
      following.stop();
      for (const { data } of following.heard.messages) {
        ({ cursor } = data.changes);
        if (data.changes.change) told.push(data.changes.change);
      }
    }
    await writing;
    const all = outline(await readAll(after, {}));
    const last = follow(server.url, { variables: { after: cursor } });
    await last.heard.until(() => told.length + last.changes().length >= all.length);
    expect(outline([...told, ...last.changes()])).toEqual(all);
    last.stop();
  });
});

describe('events', () => {
  it('tell any EventSource the same', async () => {
    const following = followEvents(server.url);
    await following.heard.until(({ messages }) => messages.length > 0);
    expect(following.heard.messages[0]).toMatchObject({ type: 'checkpoint', id: expect.stringMatching(/^[\w-]{22}$/) });
    const after = await head();
    await storm(4, 5);
    const all = outline(await readAll(after, {}));
    await following.heard.until(() => following.changes().length >= all.length);
    expect(outlineOfEvents(following.changes())).toEqual(all);
    expect(following.changes()[0]).toEqual({
      type: `entry.${following.changes()[0].data.kind.toLowerCase()}`,
      timestamp: expect.any(String),
      data: expect.objectContaining({ entryKind: 'STORY', cursor: expect.stringMatching(/^[\w-]{22}$/) }),
    });
    following.stop();
  });

  it('go on from Last-Event-ID, which goes before ?after=, and are filtered by the address', async () => {
    const after = await head();
    const { id: first } = await server.room.make.actor();
    const between = await head();
    const { id: second } = await server.room.make.actor();
    await server.room.make.story();
    const read = async (headers: Record<string, string>): Promise<string> => {
      const ending = new AbortController();
      const response = await fetch(`${server.url}/events?after=${after}&entryKinds=ACTOR&kinds=PUBLISHED, EDITED`, {
        headers,
        signal: ending.signal,
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      expect(response.headers.get('content-encoding')).toBeNull();
      let text = '';
      const decoder = new TextDecoder();
      for await (const part of response.body ?? []) {
        text += decoder.decode(part, { stream: true });
        if (text.includes(second)) break;
      }
      ending.abort();
      return text;
    };
    const all = await read({});
    expect(all).toMatch(/^retry: \d+\n\nid: [\w-]{22}\nevent: checkpoint\ndata: /);
    expect(all).toContain(first);
    expect(all).not.toContain('STORY');
    const rest = await read({ 'last-event-id': between });
    expect(rest).not.toContain(first);
  });

  it('that are cut off come back by themselves with nothing lost', async () => {
    const following = followEvents(server.url);
    await following.heard.until(({ messages }) => messages.length > 0);
    const after = await head();
    const { id } = await server.room.make.story();
    await following.heard.until(() => following.changes().length === 1);
    server.app.server.closeAllConnections();
    const { id: next } = await server.room.make.story();
    await following.heard.until(() => following.changes().length === 2);
    expect(following.changes().map(({ data }) => data.entryId)).toEqual([id, next]);
    expect(outlineOfEvents(following.changes())).toEqual(outline(await readAll(after, {})));
    following.stop();
  });
});

describe('checkpoints', () => {
  it('come as often as it is set, not as often as the process looks for other reasons', async () => {
    const following = followBySocket(server.url);
    await following.heard.until(({ messages }) => messages.length > 0);
    const began = performance.now();
    await following.heard.until(({ messages }) => messages.length > 3);
    following.stop();
    expect(performance.now() - began).toBeLessThan(2500); // three times 400 ms at most, and not three seconds
  });

  it('move a quiet filter on, and one can go on from them', async () => {
    const filter = { entries: ['00000000-0000-4000-8000-000000000000'] };
    const following = followBySocket(server.url, { variables: { filter } });
    await following.heard.until(({ messages }) => messages.length > 0);
    await server.room.make.story();
    const { id } = await server.room.make.actor();
    const before = following.heard.messages.length;
    await following.heard.until(({ messages }) => messages.length >= before + 2);
    following.stop();
    const { cursor, change } = following.heard.messages.at(-1).data.changes;
    expect(change).toBeNull();
    const all = outline(await readAll(cursor, {}));
    expect(all.some((line) => line.includes(id))).toBe(false);
  });
});

describe('what is told', () => {
  it('is of the moment: the new title with each change, on one connection', async () => {
    const { id } = await server.room.make.story({ headline: 'First' });
    const following = followBySocket(server.url, { variables: { filter: { entries: [id] } } });
    await following.heard.until(({ messages }) => messages.length > 0);
    for (const [index, headline] of ['Second', 'Third', 'Fourth'].entries()) {
      await desk.edit('story', id, index + 1, { headline });
      await following.heard.until(() => following.changes().length > index);
    }
    expect(following.changes().map(({ entry }) => entry.title)).toEqual(['Second', 'Third', 'Fourth']);
    following.stop();
  });

  it('leaves out of the past what is not public any more, but for its end', async () => {
    const after = await head();
    const { id } = await server.room.make.story({ headline: 'Never mind' });
    const live = followBySocket(server.url, { variables: { after, filter: { entries: [id] } } });
    await live.heard.until(() => live.changes().length === 1);
    await desk.act('withdraw', { id, note: 'It was not so.' });
    await live.heard.until(() => live.changes().length === 2);
    expect(live.changes().map(({ kind }) => kind)).toEqual(['PUBLISHED', 'WITHDRAWN']);
    expect(live.changes()[1]).toMatchObject({ entry: null, revision: null });
    live.stop();
    const late = followEvents(server.url, `?after=${after}&entries=${id}`);
    await late.heard.until(() => late.changes().length > 0);
    expect(late.changes().map(({ data }) => data)).toEqual([
      expect.objectContaining({ kind: 'WITHDRAWN', note: 'It was not so.', revision: null }),
    ]);
    late.stop();
  });

  it('of a story is of all that it holds, for as long as it holds it', async () => {
    const event = await server.room.make.event();
    const { id } = await server.room.make.story({ timeline: [{ event: event.id }] });
    const query = `subscription ($story: ID!) { storyChanged(story: $story) { change { kind entryId } } }`;
    const following = followBySocket(server.url, { query, variables: { story: id } });
    const told = (): string[] =>
      following.heard.messages.flatMap(({ data }) => data.storyChanged.change?.entryId ?? []);
    await following.heard.until(({ messages }) => messages.length > 0);
    await desk.edit('event', event.id, 1, { title: 'Held' });
    await server.room.make.story();
    await desk.edit('story', id, 1, { timeline: [] });
    await desk.edit('event', event.id, 2, { title: 'Not held any more' });
    await desk.edit('story', id, 2, { headline: 'Alone' });
    await following.heard.until(() => told().length >= 3);
    expect(told()).toEqual([event.id, id, id]);
    following.stop();
  });

  it('of what one watches is of what one watches then', async () => {
    const [one, two] = [await server.room.make.story(), await server.room.make.story()];
    const watch = (entry: string) =>
      server.room.as('EDITOR').run(`mutation { watch(input: { entry: "${entry}", watching: true }) { __typename } }`);
    await watch(one.id);
    const following = followBySocket(server.url, { variables: { filter: { watched: true } }, token: editor });
    await following.heard.until(({ messages }) => messages.length > 0);
    await desk.edit('story', two.id, 1, { headline: 'Unseen' });
    await desk.edit('story', one.id, 1, { headline: 'Seen' });
    await following.heard.until(() => following.changes().length >= 1);
    await watch(two.id);
    await desk.edit('story', two.id, 2, { headline: 'Seen as well' });
    await following.heard.until(() => following.changes().length >= 2);
    expect(following.changes().map(({ entry }) => entry.title)).toEqual(['Seen', 'Seen as well']);
    following.stop();
  });
});
