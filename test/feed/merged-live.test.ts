import { mergeEntries } from '../../src/edits/merge-entries';
import { Hub } from '../../src/feed/hub';
import type { ChangeRecord } from '../../src/model/change';
import type { FeedFilter } from '../../src/store/feed';
import { Scope } from '../../src/store/scope';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
let hub: Hub;
beforeAll(async () => {
  room = await openTestNewsroom();
  hub = new Hub(room.newsroom, (error) => {
    throw error;
  });
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
