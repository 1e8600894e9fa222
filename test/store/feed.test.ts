import * as fc from 'fast-check';
import type { ChangeRecord } from '../../src/model/change';
import { View } from '../../src/model/lens';
import { type FeedFilter, readChanges, readLedger } from '../../src/store/feed';
import { openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { deeds, everySixth, History } from '../support/past-histories';

const ALL: Omit<FeedFilter, 'view'> = { kinds: null, entryKinds: null, entries: null, story: null, watchedBy: null };
const VIEWS = Object.values(View);
const LENGTH = 260;

type Shown = ReadonlyMap<string, number>;

/** What a view showed of an entry before a change and after it, by `view position`; of an entry's only change in a deed. */
const seen = new Map<string, { before: number | null; after: number | null }>();

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  const shown = async (): Promise<Shown> =>
    new Map(
      (await room.sql('select view, entry, revision from shown')).map((row) => [
        `${row.view} ${row.entry}`,
        row.revision,
      ]),
    );
  const history = new History(room);
  const last = new Map<string, number>();
  let head = 0;
  for (const deed of [...everySixth, ...(fc.sample(deeds(LENGTH, true), { numRuns: 1, seed: 42 })[0] ?? [])]) {
    const before = await shown();
    for (const [key, revision] of before) last.set(key, revision);
    await history.do(deed);
    const after = await shown();
    const rows = await room.sql('select position::int as position, entry from change where position > $1', [head]);
    head = Math.max(head, ...rows.map(({ position }) => position));
    for (const { position, entry } of rows.filter(
      (row) => rows.filter((other) => other.entry === row.entry).length === 1,
    ))
      for (const view of VIEWS)
        seen.set(`${view} ${position}`, {
          before: last.get(`${view} ${entry}`) ?? null,
          after: after.get(`${view} ${entry}`) ?? null,
        });
  }
  await doEverything();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

/** Whatever chance has left out: one story to which everything happens. */
async function doEverything(): Promise<void> {
  const desk = openDesk(room);
  const { id } = await room.make.story({}, { publish: false });
  const act = async (name: string, input: object, role: 'EDITOR' | 'ADMIN' = 'EDITOR'): Promise<void> => {
    expect(await desk.act(name, { id, ...input }, role)).toMatchObject({ outcome: 'SAVED' });
  };
  await act('publish', { revision: 1, embargoUntil: '2999-01-01T00:00:00.000Z' });
  await act('withdraw', { note: 'not yet' });
  await act('publish', { revision: 1 });
  await desk.edit('story', id, 1, { headline: 'Two' });
  await desk.edit('story', id, 2, { headline: 'Three' }, { correction: { kind: 'CORRECTION', note: 'It was two.' } });
  await desk.edit('story', id, 3, { headline: 'Four' }, {}, 'CONTRIBUTOR');
  await act('rejectRevisions', { baseRevision: 4, note: 'no' });
  await act('hideRevisions', { revisions: [2], hidden: true, reason: 'a private matter' }, 'ADMIN');
  await act('protect', { minimumRole: 'EDITOR', reason: 'much disputed' });
  await act('deleteEntry', { baseRevision: 5 });
  await act('restoreEntry', {});
  await act('withdraw', { note: 'taken back' });
  await act('hideRevisions', { revisions: [1], hidden: true, reason: 'a private matter' }, 'ADMIN');
}

/** Everything that a filter finds, page by page. */
async function follow(filter: FeedFilter, sizes: readonly number[]): Promise<ChangeRecord[]> {
  const found: ChangeRecord[] = [];
  let after = 0n;
  for (let page = 0; ; page++) {
    const limit = sizes[page % sizes.length] as number;
    const { changes, upTo, hasMore } = await readChanges(room.newsroom.database.run, filter, { after, limit });
    expect(changes.length).toBeLessThanOrEqual(limit);
    expect(upTo).toBeGreaterThanOrEqual(changes.at(-1)?.position ?? after);
    found.push(...changes);
    if (hasMore) expect(changes).toHaveLength(limit);
    after = upTo;
    if (!hasMore) return found;
  }
}

/** The positions that a view tells of, by the rules and nothing else: rules 5.1. */
async function positionsTold(view: View): Promise<number[]> {
  const rows = await room.sql(
    'select position::int as position, entry, public_kind as kind from change order by position',
  );
  if (view === 'LATEST') return rows.map(({ position }) => position);
  const open = new Set((await room.sql(`select entry from shown where view = 'PUBLISHED'`)).map(({ entry }) => entry));
  const told = rows.filter(({ kind }) => kind !== null);
  return told
    .filter(({ entry, position, kind }) => {
      if (open.has(entry)) return true;
      const end = told.filter((row) => row.entry === entry && row.kind !== 'HIDDEN').at(-1)?.position;
      return kind === 'HIDDEN' ? position > end : position === end;
    })
    .map(({ position }) => position);
}

it('has something of everything to tell', async () => {
  const kinds = async (column: string) =>
    (await room.sql(`select distinct ${column} as kind from change where ${column} is not null order by 1`)).map(
      ({ kind }) => kind,
    );
  expect(await kinds('public_kind')).toEqual(['CORRECTED', 'DELETED', 'EDITED', 'HIDDEN', 'PUBLISHED', 'WITHDRAWN']);
  expect(await kinds('kind')).toEqual(
    expect.arrayContaining(['CREATED', 'EMBARGOED', 'PROTECTED', 'REJECTED', 'RESTORED']),
  );
});

describe.each(VIEWS)('In %s', (view) => {
  it('a reader by cursor gets every change once, in order, however the sizes of the pages fall', async () => {
    const told = await positionsTold(view);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        const found = await follow({ ...ALL, view }, sizes);
        expect(found.map(({ position }) => Number(position))).toEqual(told);
      }),
      { numRuns: 12 },
    );
  });

  it('a filter finds what it names of the whole, and nothing else', async () => {
    const whole = await follow({ ...ALL, view }, [1000]);
    const someKinds = fc.option(fc.uniqueArray(fc.constantFrom(...new Set(whole.map(({ kind }) => kind)))));
    const someEntryKinds = fc.option(
      fc.uniqueArray(fc.constantFrom('STORY' as const, 'ACTOR' as const, 'CITATION' as const)),
    );
    const someEntries = fc.option(fc.uniqueArray(fc.constantFrom(...new Set(whole.map(({ entry }) => entry)))));
    await fc.assert(
      fc.asyncProperty(
        someKinds,
        someEntryKinds,
        someEntries,
        fc.integer({ min: 1, max: 9 }),
        async (kinds, entryKinds, entries, size) => {
          const found = await follow({ ...ALL, view, kinds, entryKinds, entries }, [size]);
          expect(found).toEqual(
            whole.filter(
              (change) =>
                (kinds?.includes(change.kind) ?? true) &&
                (entryKinds?.includes(change.entryKind as never) ?? true) &&
                (entries?.includes(change.entry) ?? true),
            ),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('a change says what the view showed before and after it', async () => {
    for (const change of await follow({ ...ALL, view }, [1000])) {
      const known = seen.get(`${view} ${change.position}`);
      if (!known) continue; // an urgent correction writes twice
      const { before, after } = known;
      if (change.kind === 'HIDDEN') expect(change.previous).toBe(change.revision);
      else if (view === 'PUBLISHED') expect(change).toMatchObject({ revision: after, previous: before });
      else if (before === after) expect(change.previous).toBe(change.revision);
      else expect(change).toMatchObject({ revision: after, previous: before });
    }
  });

  it('a page of none tells whether there is one', async () => {
    const whole = await follow({ ...ALL, view }, [1000]);
    const run = room.newsroom.database.run;
    const [last, before] = [whole.at(-1) as ChangeRecord, whole.at(-2) as ChangeRecord];
    expect(await readChanges(run, { ...ALL, view }, { after: before.position, limit: 0 })).toEqual({
      changes: [],
      upTo: before.position,
      hasMore: true,
    });
    expect(await readChanges(run, { ...ALL, view }, { after: last.position, limit: 0 })).toMatchObject({
      changes: [],
      hasMore: false,
    });
  });

  it('the ledger read for everybody tells the same', async () => {
    const whole = await follow({ ...ALL, view }, [1000]);
    const ledger = await readLedger(room.newsroom.database.run, 0n, 10_000);
    const told = ledger.flatMap((row) => (view === 'LATEST' ? row.latest : (row.published ?? [])));
    expect(told).toEqual(whole);
  });
});
