import { randomUUID } from 'node:crypto';
import { mergeEntries } from '../../src/edits/merge-entries';
import { unmergeEntry } from '../../src/edits/unmerge-entry';
import { Hub } from '../../src/feed/hub';
import type { ChangeRecord } from '../../src/model/change';
import type { Run } from '../../src/store/database';
import { type FeedFilter, readChanges, readLedger } from '../../src/store/feed';
import { Scope } from '../../src/store/scope';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
let hub: Hub;
beforeAll(async () => {
  room = await openTestNewsroom();
  const fail = (error: unknown): never => {
    throw error;
  };
  hub = new Hub(room.newsroom, fail, 200);
});
afterAll(async () => {
  await hub.close();
  await room.close();
});

const ANY: FeedFilter = { view: 'LATEST', kinds: null, entryKinds: null, entries: null, story: null, watchedBy: null };
const EDIT = `mutation ($id: ID!, $base: Int!, $text: String!) {
  editActor(input: { id: $id, baseRevision: $base, fields: { description: $text } }) { outcome } }`;

it('Who follows an entry by the id that it had before it was merged is told of what answers for it, live as from the ledger', async () => {
  const editor = room.as('EDITOR');
  const [into, from, other] = [await room.make.actor(), await room.make.actor(), await room.make.actor()];
  await mergeEntries(new Scope(room.newsroom, editor.viewer), { from: from.id, into: into.id });
  const watching = `mutation ($id: ID!) { watch(input: { entry: $id, watching: true }) { outcome } }`;
  await room.as('CONTRIBUTOR').run(watching, { id: into.id });
  const user = room.as('CONTRIBUTOR').viewer?.user.uuid as string;
  const head = await room.newsroom.moments.findHead(room.newsroom.database.run);
  const filters = [{ entries: [from.id] }, { entries: [into.id] }, { watchedBy: user }] as const;
  const followers = filters.map((filter) => hub.follow({ ...ANY, ...filter }, head));
  for (const follower of followers) expect(await follower.next()).toEqual([]); // at the ring's level from here on
  await editor.run(EDIT, { id: other.id, base: 1, text: 'somebody else' });
  await editor.run(EDIT, { id: into.id, base: 2, text: 'a general' });
  for (const follower of followers) {
    const told: ChangeRecord[] = [];
    while (told.length === 0) told.push(...(await follower.next()));
    expect(told.map(({ entry, kind, revision }) => [entry, kind, revision])).toEqual([[into.id, 'EDITED', 3]]);
    follower.leave();
  }
});

it.each(['LATEST', 'PUBLISHED'] as const)(
  'In %s whoever hears of a merger hears what answers for it now, also after that was merged further; and of a parting no such thing',
  async (view) => {
    const scope = new Scope(room.newsroom, room.as('EDITOR').viewer);
    const [first, second, third] = [await room.make.actor(), await room.make.actor(), await room.make.actor()];
    const { run } = room.newsroom.database;
    const read = async () => {
      const filter = { ...ANY, view, kinds: ['MERGED', 'UNMERGED'] as const, entries: [first.id] };
      const { changes } = await readChanges(run, filter, { after: 0n, limit: 100 });
      const ledger = await readLedger(run, 0n, 10_000);
      const live = ledger.map((row) => (view === 'LATEST' ? row.latest : row.published));
      expect(live.filter((record) => changes.some(({ position }) => position === record?.position))).toEqual(changes);
      return changes.filter(({ entry }) => entry === first.id).map(({ kind, into }) => [kind, into]);
    };
    await mergeEntries(scope, { from: first.id, into: second.id });
    expect(await read()).toEqual([['MERGED', second.id]]);
    await mergeEntries(scope, { from: second.id, into: third.id });
    expect(await read()).toEqual([['MERGED', third.id]]);
    await unmergeEntry(scope, { id: second.id });
    await unmergeEntry(scope, { id: first.id });
    expect(await read()).toEqual([
      ['MERGED', second.id],
      ['UNMERGED', null],
    ]);
  },
);

it('Nothing is lost of what becomes one with what is followed while it is looked up', async () => {
  const editor = room.as('EDITOR');
  const [into, from] = [await room.make.actor(), await room.make.actor()];
  const { run } = room.newsroom.database;
  const head = await room.newsroom.moments.findHead(run);
  let isFirst = true;
  const interrupted: Run = async (name, text, values) => {
    const rows = await run(name, text, values);
    if (isFirst) {
      isFirst = false;
      await mergeEntries(new Scope(room.newsroom, editor.viewer), { from: from.id, into: into.id });
      await editor.run(EDIT, { id: into.id, base: 2, text: 'a general' });
    }
    return rows as never;
  };
  const told: ChangeRecord[] = [];
  for (let [after, hasMore] = [head, true]; hasMore;) {
    const page = await readChanges(interrupted, { ...ANY, entries: [from.id] }, { after, limit: 10 });
    told.push(...page.changes);
    ({ upTo: after, hasMore } = page);
    if (!hasMore && !told.some(({ kind }) => kind === 'MERGED')) hasMore = true; // whoever follows asks again
  }
  expect(told.map(({ entry, kind }) => [entry, kind])).toEqual([
    [into.id, 'EDITED'],
    [from.id, 'MERGED'],
    [into.id, 'EDITED'],
  ]);
});

describe('Who follows a story by the id that it had before it was merged', () => {
  const follow = (story: string, after: bigint) => hub.follow({ ...ANY, view: 'PUBLISHED', story }, after);
  const findHead = () => room.newsroom.moments.findHead(room.newsroom.database.run);
  type Follower = ReturnType<typeof follow>;
  /** At the ring's level from here on. */
  const catchUp = async (follower: Follower): Promise<void> => {
    while ((await follower.next()).length > 0);
  };
  const nextOf = async (follower: Follower): Promise<unknown[]> => {
    const told: ChangeRecord[] = [];
    while (told.length === 0) told.push(...(await follower.next()));
    return told.map(({ entry, kind, revision }) => [entry, kind, revision]);
  };

  it('is told of all that the other one holds', async () => {
    const editor = room.as('EDITOR');
    const actor = await room.make.actor();
    const [into, from] = [await room.make.story({ cast: [{ actor: actor.id }] }), await room.make.story()];
    await mergeEntries(new Scope(room.newsroom, editor.viewer), { from: from.id, into: into.id });
    const head = await findHead();
    const others = Array.from({ length: 10 }, () => randomUUID()); // of many stories one looks back from what changed
    for (const around of [[], others]) {
      const followers = [from.id, into.id].map((story) => follow(story, head));
      const elsewhere = around.map((story) => follow(story, head));
      for (const follower of followers) await catchUp(follower);
      const [{ latest }] = await room.sql('select max(number) as latest from revision where entry = $1', [actor.id]);
      await editor.run(EDIT, { id: actor.id, base: latest, text: `a general, ${latest}` });
      for (const follower of followers) expect(await nextOf(follower)).toEqual([[actor.id, 'EDITED', latest + 1]]);
      for (const follower of [...followers, ...elsewhere]) follower.leave();
    }
  });

  it('is told of the merger, live and when they come back', async () => {
    const [into, from] = [await room.make.story(), await room.make.story()];
    const head = await findHead();
    const live = follow(from.id, head);
    await catchUp(live);
    await mergeEntries(new Scope(room.newsroom, room.as('EDITOR').viewer), { from: from.id, into: into.id });
    const merged = [from.id, 'MERGED', null];
    expect(await nextOf(live)).toContainEqual(merged);
    const late = follow(from.id, head);
    expect(await nextOf(late)).toContainEqual(merged);
    for (const follower of [live, late]) follower.leave();
  });
});
