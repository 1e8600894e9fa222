import * as fc from 'fast-check';
import { restoreEntry } from '../../src/edits/delete-entry';
import { editEntry } from '../../src/edits/edit-entry';
import { mergeEntries } from '../../src/edits/merge-entries';
import { unmergeEntry } from '../../src/edits/unmerge-entry';
import type { Content, EntryKind } from '../../src/model/entry';
import { Scope } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Deed, deeds, everySixth, History } from '../support/past-histories';

jest.setTimeout(180_000);

type Item = Content & { id: string };

const KINDS: readonly EntryKind[] = ['ACTOR', 'STORY', 'EVENT', 'CLAIM', 'DOCUMENT', 'CITATION'];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const editor = (room: TestNewsroom): Scope => new Scope(room.newsroom, room.as('EDITOR').viewer);
const idsOf = async (room: TestNewsroom): Promise<string[]> => (await new History(room).entries()).map(({ id }) => id);

/** How entries stand and what they hold, newest and public, with texts spelled out and entries called by their place. */
async function contentsOf(room: TestNewsroom, nameOf: (place: number) => number = (place) => place): Promise<Answer[]> {
  const ids = await idsOf(room);
  const texts = new Map((await room.sql('select hash, body from text')).map(({ hash, body }) => [hash, body]));
  const rows = await room.sql(`select e.id, e.state, l.content, p.content as published from entry e
    join revision l on l.entry = e.id and l.number = e.latest
    left join revision p on p.entry = e.id and p.number = e.published`);
  const plain = (content: Content | null): unknown =>
    content &&
    JSON.parse(
      JSON.stringify(content, (name, value) =>
        name === 'id' ? undefined : typeof value === 'string' ? (texts.get(value) ?? value) : value,
      ).replace(UUID, (id) => `entry ${nameOf(ids.indexOf(id))}`),
    );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const { state, content, published } = byId.get(id);
    return { state, content: plain(content), published: plain(published) };
  });
}

/** Lists that a merge joins and of which editors change single items. */
const LISTS: Partial<Record<EntryKind, { name: string; item: (n: number) => object }>> = {
  ACTOR: { name: 'names', item: (n) => ({ text: `Alias ${n}` }) },
  STORY: { name: 'topics', item: (n) => `theme ${n}` as never },
};

interface Touch {
  readonly act: 'APPEND' | 'DROP';
  readonly number: number;
}
type Work = Deed | Touch;

const isTouch = (work: Work): work is Touch => work.act === 'APPEND' || work.act === 'DROP';

/** Adds an item to a list of an entry, or takes away the first that is its own. */
async function touch(
  room: TestNewsroom,
  id: string,
  { act, number }: Touch,
  foreign: ReadonlySet<unknown>,
): Promise<void> {
  const [{ kind, latest, content }] = await room.sql(
    'select kind, latest, content from entry join revision on entry = id and number = latest where id = $1',
    [id],
  );
  const list = LISTS[kind as EntryKind];
  if (!list) return;
  const items = content[list.name] as (Item | string)[];
  const keyOf = (item: Item | string): unknown => (typeof item === 'string' ? item : item.id);
  const own = items.findIndex((item) => !foreign.has(keyOf(item)));
  const fields = {
    [list.name]: act === 'APPEND' ? [...items, list.item(number)] : items.filter((_, at) => at !== own),
  };
  await editEntry(editor(room), kind, { id, baseRevision: latest, fields });
}

/** A content of which the sets have none of some members, without some fields. */
const withoutMembers = (
  content: Content | null,
  members: ReadonlySet<string>,
  fields: ReadonlySet<string | undefined>,
): unknown =>
  content &&
  Object.fromEntries(
    Object.entries(content)
      .filter(([name]) => !fields.has(name))
      .map(([name, value]) => [
        name,
        ['topics', 'authors'].includes(name) ? (value as string[]).filter((member) => !members.has(member)) : value,
      ]),
  );

/** Two newsrooms with the same past; ids differ. */
async function twins(work: (room: TestNewsroom, twin: TestNewsroom) => Promise<void>): Promise<void> {
  const rooms = await Promise.all([openTestNewsroom(), openTestNewsroom()]);
  try {
    await work(...rooms);
    for (const room of rooms) expect(await findBreaches(room.sql)).toEqual([]);
  } finally {
    for (const room of rooms) await room.close();
  }
}

const works: fc.Arbitrary<Work[]> = fc
  .tuple(
    deeds(14),
    fc.array(fc.record<Touch>({ act: fc.constantFrom('APPEND', 'APPEND', 'DROP'), number: fc.nat(5) }), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.array(fc.nat(1000), { minLength: 18, maxLength: 18 }),
  )
  .map(([some, touches, order]) =>
    [...some, ...touches]
      .map((one, index) => ({ one, place: order[index] as number }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ one }) => one),
  );

const WRITTEN = /^(CREATED|SAVED|MERGED)/;

/** Of a kind the first two that stand alike; their places in the order in which entries were made. */
async function findPair(room: TestNewsroom, kind: EntryKind): Promise<{ from: number; into: number } | null> {
  const ids = await idsOf(room);
  const rows: { id: string; state: string }[] = await room.sql(
    `select id, state from entry where kind = $1 and state <> 'DELETED'`,
    [kind],
  );
  const places = rows
    .map(({ id, state }) => ({ place: ids.indexOf(id), isPublic: state === 'PUBLISHED' }))
    .toSorted((a, b) => a.place - b.place);
  for (const into of places)
    for (const from of places)
      if (from.place > into.place && from.isPublic === into.isPublic) return { from: from.place, into: into.place };
  return null;
}

describe('Parting, after work on what stayed and on all others', () => {
  it('gives back what was merged as it was, and leaves the other what the same work would have made of it alone', async () => {
    let parted = 0;
    let tellings = 0;
    const property = fc.asyncProperty(deeds(16), works, fc.constantFrom(...KINDS), async (before, between, kind) =>
      twins(async (room, twin) => {
        const rooms = [room, twin];
        for (const one of rooms) {
          const history = new History(one);
          for (const deed of [...everySixth, ...everySixth, ...before]) await history.do(deed);
        }
        expect(await contentsOf(room)).toEqual(await contentsOf(twin));
        const pair = await findPair(room, kind);
        if (!pair) return;
        const ids = await Promise.all(rooms.map(idsOf));
        const idIn = (which: number, place: number): string => ids[which]?.[place] as string;
        const [from, into] = [idIn(0, pair.from), idIn(0, pair.into)];
        const [was] = (await contentsOf(room)).slice(pair.from);
        const [{ content: theirs }] = await room.sql(
          'select content from revision where entry = $1 order by number desc limit 1',
          [from],
        );
        const [{ content: ours }] = await room.sql(
          'select content from revision where entry = $1 order by number desc limit 1',
          [into],
        );
        const membersOf = (content: Content): string[] => [
          ...((content.topics ?? []) as string[]),
          ...((content.authors ?? []) as string[]),
        ];
        const own = new Set(membersOf(ours));
        const brought = membersOf(theirs).filter((member) => !own.has(member));
        const foreign = new Set<unknown>([...((theirs.names ?? []) as Item[]).map(({ id }) => id), ...brought]);
        expect((await mergeEntries(editor(room), { from, into })).outcome).toBe('SAVED');
        const [history, sameHistory] = rooms.map(
          (one, which) =>
            new History(one, {
              mayTouch: (id, act) =>
                id === idIn(which, pair.from)
                  ? false
                  : id !== idIn(which, pair.into) || (act !== 'REVERT' && act !== 'UNDO'),
            }),
        ) as [History, History];
        for (const work of between)
          if (isTouch(work)) {
            await touch(room, into, work, foreign);
            await touch(twin, idIn(1, pair.into), work, new Set());
          } else {
            sameHistory.count = history.count;
            const outcome = await history.do(work);
            if (WRITTEN.test(outcome))
              expect([work.act, await sameHistory.do(work)]).toEqual([work.act, expect.stringMatching(WRITTEN)]);
          }
        const [{ state }] = await room.sql('select state from entry where id = $1', [into]);
        if (state === 'DELETED')
          for (const [which, one] of rooms.entries())
            expect((await restoreEntry(editor(one), { id: idIn(which, pair.into) })).outcome).toBe('SAVED');
        const { outcome: last, problems } = await unmergeEntry(editor(room), { id: from });
        expect(last).toBe('SAVED');
        parted += 1;
        // What was worked on since stays, and is told.
        const told = new Set(problems.flatMap(({ path }) => (path ? [path.split('/')[1]] : [])));
        tellings += told.size;
        const [now, alone] = [await contentsOf(room), await contentsOf(twin)];
        const isTakenBack = was.state === 'PUBLISHED' && now[pair.into].state !== 'PUBLISHED';
        expect(now[pair.from]).toEqual({ ...was, state: isTakenBack ? 'WITHDRAWN' : was.state });
        // Whoever gives a set a member that it has by the merge gives it nothing: that goes with what was merged.
        const members = new Set(
          brought.map((member) => (ids[0]?.includes(member) ? `entry ${ids[0].indexOf(member)}` : member)),
        );
        const apart = ({ state: stands, content, published }: Answer): Answer => [
          kind,
          stands,
          withoutMembers(content, members, told),
          withoutMembers(published, members, told),
        ];
        expect(apart(now[pair.into])).toEqual(apart(alone[pair.into]));
        const asOne = (place: number): number => (place === pair.from ? pair.into : place);
        const others = (all: Answer[]): Answer[] =>
          all.filter((_, place) => place !== pair.from && place !== pair.into);
        expect(others(await contentsOf(room, asOne))).toEqual(others(await contentsOf(twin, asOne)));
      }),
    );
    await fc.assert(property, {
      numRuns: 8,
      seed: 21,
      endOnFailure: true,
    });
    expect(parted).toBeGreaterThan(3);
    expect(tellings).toBeLessThan(parted);
  });
});
