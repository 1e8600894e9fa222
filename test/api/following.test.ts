import * as fc from 'fast-check';
import { View } from '../../src/model/lens';
import { findBreaches } from '../support/invariants';
import { type Answer, type Asker, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Deed, deeds, everySixth, History } from '../support/past-histories';

const LISTS = ['stories', 'actors', 'events', 'claims', 'documents', 'citations'];
const OF_ENTRY = 'id title slug state updatedAt revision { number }';

/** What an integration has copied of a newsroom: entries by id. */
type Copy = Map<string, Answer>;

const isListed = (entry: Answer): boolean => entry !== null && entry.state !== 'DELETED';

/** Takes over a list from end to end, oldest first; `between` pages the newsroom goes on. */
async function copyList(
  asker: Asker,
  list: string,
  view: View,
  copy: Copy,
  between: () => Promise<unknown>,
): Promise<void> {
  const text = `query ($after: String, $view: View!) { ${list}(first: 3, after: $after, view: $view, orderBy: CREATED_ASC) {
    nodes { ${OF_ENTRY} } pageInfo { hasNextPage endCursor } } }`;
  for (let after: string | null = null; ;) {
    const { [list]: page }: Answer = await asker.run(text, { after, view });
    for (const node of page.nodes) copy.set(node.id, node);
    if (!page.pageInfo.hasNextPage) return;
    after = page.pageInfo.endCursor;
    await between();
  }
}

/** Applies what happened after a cursor, and says where to go on. */
async function catchUp(asker: Asker, view: View, copy: Copy, cursor: string, first: number): Promise<string> {
  for (let after = cursor; ;) {
    const { changes: page } = await asker.run(
      `query ($after: Cursor, $first: Int, $view: View!) { changes(after: $after, first: $first, filter: { view: $view }) {
        changes { entryId entry { ${OF_ENTRY} } } endCursor hasMore } }`,
      { after, first, view },
    );
    for (const { entryId, entry } of page.changes) {
      if (isListed(entry)) copy.set(entryId, entry);
      else copy.delete(entryId);
    }
    after = page.endCursor;
    if (!page.hasMore) return after;
  }
}

async function original(asker: Asker, view: View): Promise<Copy> {
  const copy: Copy = new Map();
  for (const list of LISTS) await copyList(asker, list, view, copy, async () => undefined);
  return copy;
}

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

it('A copy that takes the head, reads the lists and follows holds what the newsroom holds, whatever happens meanwhile', async () => {
  const history = new History(room, 40);
  const todo: Deed[] = [...everySixth, ...(fc.sample(deeds(400, true), { numRuns: 1, seed: 5 })[0] ?? [])];
  const go = async (count: number): Promise<void> => {
    for (const deed of todo.splice(0, count)) await history.do(deed);
  };
  const askers: Record<View, Asker> = { PUBLISHED: room.asAnonymous(), LATEST: room.as('CONTRIBUTOR') };
  await go(120);
  const cursors = new Map<View, string>();
  const copies = new Map<View, Copy>();
  for (const view of Object.values(View)) {
    const copy: Copy = new Map();
    const { head } = await askers[view].run('{ head }');
    for (const list of LISTS) await copyList(askers[view], list, view, copy, () => go(3));
    cursors.set(view, head);
    copies.set(view, copy);
  }
  for (
    let [round, first]: [number, number] = [0, 1];
    todo.length > 0 || round === 0;
    round++, first = 1 + ((first * 7) % 31)
  ) {
    await go(25);
    for (const view of Object.values(View)) {
      const copy = copies.get(view) as Copy;
      cursors.set(view, await catchUp(askers[view], view, copy, cursors.get(view) as string, first));
      const held = await original(askers[view], view);
      expect([...copy.keys()].toSorted()).toEqual([...held.keys()].toSorted());
      for (const [id, entry] of held) expect([view, round, copy.get(id)]).toEqual([view, round, entry]);
    }
  }
  expect(copies.get('PUBLISHED')?.size).toBeGreaterThan(5);
  expect(copies.get('LATEST')?.size).toBeGreaterThan(10);
});
