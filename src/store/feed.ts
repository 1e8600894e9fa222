import type { ChangeKind, ChangeRecord } from '../model/change';
import type { EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import type { Run } from './database';
import { IDENTITY_NOW, oneWith } from './identity';
import { findHolders, holdsAt, waysOf } from './holding';

/** What a follower asks for; null is any, an empty list is nothing. */
export interface FeedFilter {
  readonly view: View;
  readonly kinds: readonly ChangeKind[] | null;
  readonly entryKinds: readonly EntryKind[] | null;
  readonly entries: readonly string[] | null;
  /** The story and all that it holds, as it was at each change. */
  readonly story: string | null;
  /** Only what this user watches. */
  readonly watchedBy: string | null;
}

/** A row of the ledger, whatever either view tells of it. */
export interface LedgerChange {
  readonly position: bigint;
  readonly latest: ChangeRecord;
  /** Null where the public is told nothing. */
  readonly published: ChangeRecord | null;
}

/** Where a page begins, and how many changes it has at most. */
export interface FeedRange {
  readonly after: bigint;
  readonly limit: number;
}

export interface FeedPage {
  readonly changes: ChangeRecord[];
  /** All up to there was looked at: from there one goes on, even where nothing was found. */
  readonly upTo: bigint;
  /** Whether there may be more; never so for what the reader is not told of. */
  readonly hasMore: boolean;
}

/** Rows of the ledger that one call looks at, at most; and how long, before it answers with what it has. */
const MOST_ROWS = 100_000;
const MOST_MS = 500;
/** The first look takes so many rows for each change that is wanted, each further one so many times more. */
const FILTERED = 10;
const GROWTH = 8;
/** As many entries are looked up one by one; of more, the ledger is read through. */
const FEW_ENTRIES = 200;

type Row = Omit<ChangeRecord, 'position'> & { position: string };

const toRecord = (row: Row): ChangeRecord => ({
  position: BigInt(row.position),
  at: row.at,
  view: row.view,
  kind: row.kind,
  entry: row.entry,
  entryKind: row.entryKind,
  revision: row.revision,
  previous: row.previous,
  into: row.into,
  cause: row.cause,
  author: row.author,
});

// What the public saw last before a row: the revision that was published when the entry stood in public last.
const SEEN_BEFORE = `(
    select p.published from change p
      where p.entry = c.entry and p.position < c.position and p.state = 'PUBLISHED' order by p.position desc limit 1)`;

// Of what is not public any more no revision is told, be it out of sight or not (rules 5.1).
const HIDDEN_REVISION = `(select c.revision from shown h where h.entry = c.entry and h.view = 'PUBLISHED')`;

// What answers now for what was merged: what it was merged into may have been merged further.
const SURVIVOR = `case when c.kind = 'MERGED' then ${IDENTITY_NOW.rootOf('c.into_entry')} end`;

const COLUMNS: Readonly<Record<View, string>> = {
  // Where a row brings no revision, what the newsroom sees is as it was before.
  LATEST: `c.position::text as position, c.at, 'LATEST' as view, c.kind, c.entry, c.entry_kind as "entryKind", c.revision,
    case when c.latest is distinct from c.previous then c.previous else c.revision end as previous,
    ${SURVIVOR} as into, c.cause, c.author`,
  PUBLISHED: `c.position::text as position, c.at, 'PUBLISHED' as view, c.public_kind as kind, c.entry, c.entry_kind as "entryKind",
    case when c.public_kind = 'HIDDEN' then ${HIDDEN_REVISION} when c.state = 'PUBLISHED' then c.published end as revision,
    case when c.public_kind = 'HIDDEN' then ${HIDDEN_REVISION} else ${SEEN_BEFORE} end as previous,
    (select i.entry from shown i where i.entry = ${SURVIVOR} and i.view = 'PUBLISHED') as into,
    null::uuid as cause, null::uuid as author`,
};

// Of what is not public now, only the row that took it away is told, and what was hidden since (rules 5.1). A select that is not an
// `exists`, which the planner would answer by reading all that is public into a table of its own (measured: 25 ms).
const IS_TOLD: Readonly<Record<View, string>> = {
  LATEST: 'true',
  PUBLISHED: `(c.public_kind is not null and coalesce(
      (select true from shown s where s.entry = c.entry and s.view = 'PUBLISHED'),
      not exists (
        select from change n
          where n.entry = c.entry and n.position > c.position and n.public_kind is not null and n.public_kind <> 'HIDDEN')))`,
};

const KIND: Readonly<Record<View, string>> = { LATEST: 'c.kind', PUBLISHED: 'c.public_kind' };
/** Rows that a view can tell of at all: no other is counted, or the bounds of a call would tell how many there are. */
const CANDIDATES: Readonly<Record<View, string>> = { LATEST: 'true', PUBLISHED: 'c.public_kind is not null' };

// The rows to look at, in order: all after $1, or those of some entries ($6). As many as $2.
const lookAt = (view: View, byEntry: boolean): string =>
  byEntry
    ? `select x.* from (select distinct id from unnest($6::uuid[]) as i (id)) i
        cross join lateral (
          select c.* from change c where c.entry = i.id and c.position > $1::bigint and ${CANDIDATES[view]}
            order by c.position limit $2) x
        order by x.position limit $2`
    : `select c.* from change c where c.position > $1::bigint and ${CANDIDATES[view]} order by c.position limit $2`;

/** What a look at the ledger found: so many rows, up to one; and the changes among them, one more than wanted. */
interface Look {
  rows: number;
  last: string | null;
  head: string | null;
  found: Row[];
}

async function look(
  run: Run,
  filter: FeedFilter,
  entries: readonly string[] | null,
  { after, limit, rows }: FeedRange & { rows: number },
): Promise<Look> {
  const { view, story } = filter;
  const byEntry = entries !== null && entries.length <= FEW_ENTRIES;
  // First by a hashed look-up of the entry, or every row is compared with every way (measured: 1.2 s for what takes 0.25 s).
  const held =
    story === null
      ? ''
      : `and c.entry in (select w.entry from ways w)
        and exists (select from ways w where ${holdsAt('w', 'c.entry', 'c.position')})`;
  const answer = await run<Partial<Row> & Omit<Look, 'found'>>(
    `feed-${view}${byEntry ? '-by-entry' : ''}${story === null ? '' : '-of-story'}`,
    // In steps: what is asked for is found first, and of that as much is looked at in order as the page needs.
    `with looked as materialized (${lookAt(view, byEntry)}),
      ${story === null ? '' : `${waysOf(`array(select m.id from ${oneWith('$7::uuid', `'${view}'`)} m)`, `'${view}'`)},`}
      asked as materialized (
        select c.*, e.kind as entry_kind from looked c join entry e on e.id = c.entry
          where ($3::text[] is null or ${KIND[view]} = any($3)) and ($4::text[] is null or e.kind = any($4))
            and ($6::uuid[] is null or c.entry = any($6)) ${held}
          order by c.position
      )
      select l.*, f.* from (
          select count(*)::int as rows, max(position)::text as last, (select max(position)::text from change) as head from looked
        ) l
        left join lateral (
          select ${COLUMNS[view]} from asked c where ${IS_TOLD[view]} limit $5
        ) f on true
        order by f.position::bigint`,
    [after, rows, filter.kinds, filter.entryKinds, limit + 1, entries, ...(story === null ? [] : [story])],
  );
  const [{ rows: looked = 0, last = null, head = null } = {}] = answer;
  return { rows: looked, last, head, found: answer.filter((row): row is Row & typeof row => row.position !== null) };
}

/** Which of these entries each of these ids means to the readers of a view. */
export const findNamed = (
  run: Run,
  view: View,
  names: readonly string[],
  entries: readonly string[],
): Promise<{ name: string; entry: string }[]> =>
  run(
    `feed-named-${view}`,
    `select distinct i.id as name, m.id as entry from unnest($1::uuid[]) as i (id)
      cross join lateral ${oneWith('i.id', `'${view}'`)} m where m.id = any($2::uuid[])`,
    [names, entries],
  );

/** Who of these users watches which of these entries, as a view has it. */
export const findWatching = (
  run: Run,
  view: View,
  users: readonly string[],
  entries: readonly string[],
): Promise<{ user: string; entry: string }[]> =>
  run(
    `feed-watching-${view}`,
    `select distinct w.user_id as user, m.id as entry from watch w
      cross join lateral ${oneWith('w.entry', `'${view}'`)} m where w.user_id = any($1::uuid[]) and m.id = any($2::uuid[])`,
    [users, entries],
  );

/** The entries that a filter names or that are watched, and all that is one with them now. */
interface Named {
  /** Null is any. */
  readonly entries: readonly string[] | null;
  /** How far the ledger went when they were looked up; null where none had to be. */
  readonly head: bigint | null;
}

async function findNamedBy(run: Run, { view, entries, watchedBy }: FeedFilter): Promise<Named> {
  if (entries === null && watchedBy === null) return { entries: null, head: null };
  const named = `select m.id from unnest($1::uuid[]) as i (id) cross join lateral ${oneWith('i.id', `'${view}'`)} m`;
  const watched = `select m.id from watch w cross join lateral ${oneWith('w.entry', `'${view}'`)} m where w.user_id = $2`;
  const rows = await run<{ id: string | null; head: string | null }>(
    `feed-entries-${view}`,
    `select h.head, n.id from (select max(position)::text as head from change) h
      left join (
        select distinct x.id from (${named} union all ${watched}) x
          where ($1::uuid[] is null or x.id in (${named})) and ($2::uuid is null or x.id in (${watched}))
      ) n on true`,
    [entries, watchedBy],
  );
  return { entries: rows.flatMap(({ id }) => id ?? []), head: BigInt(rows[0]?.head ?? 0) };
}

/**
 * The changes after a position that a filter asks for, in the order in which they were committed. Looks at a bounded part of the
 * ledger: where what is asked for is rare, a page can be short or empty and still say that there may be more.
 */
export async function readChanges(run: Run, filter: FeedFilter, range: FeedRange): Promise<FeedPage> {
  const { entries, head } = await findNamedBy(run, filter);
  const page = await readPage(run, filter, entries, range);
  return head === null ? page : upToHead(page, head);
}

/** Of what came since entries were looked up, others may be meant: it is left for the next page. */
function upToHead(page: FeedPage, head: bigint): FeedPage {
  if (page.upTo <= head) return page;
  const changes = page.changes.filter(({ position }) => position <= head);
  return { changes, upTo: head, hasMore: page.hasMore || changes.length < page.changes.length };
}

async function readPage(
  run: Run,
  filter: FeedFilter,
  entries: readonly string[] | null,
  { after, limit }: FeedRange,
): Promise<FeedPage> {
  const isFiltered = filter.kinds !== null || filter.entryKinds !== null || entries !== null || filter.story !== null;
  const began = performance.now();
  const changes: ChangeRecord[] = [];
  let upTo = after;
  let looked = 0;
  for (let rows = (limit + 1) * (isFiltered ? FILTERED : 1); ; rows *= GROWTH) {
    const wanted = limit - changes.length;
    const seen = await look(run, filter, entries, { after: upTo, limit: wanted, rows });
    changes.push(...seen.found.slice(0, wanted).map(toRecord));
    if (seen.found.length > wanted) return { changes, upTo: changes.at(-1)?.position ?? after, hasMore: true };
    if (seen.rows < rows) return { changes, upTo: later(upTo, seen.head), hasMore: false };
    upTo = later(upTo, seen.last);
    looked += rows;
    if (looked >= MOST_ROWS || performance.now() - began > MOST_MS) return { changes, upTo, hasMore: true };
  }
}

const later = (position: bigint, other: string | null): bigint =>
  other !== null && BigInt(other) > position ? BigInt(other) : position;

/** The ledger after a position, up to `limit` rows, with what each view tells of each: one statement, for everybody who follows. */
export async function readLedger(run: Run, after: bigint, limit: number): Promise<LedgerChange[]> {
  const rows = await run<{ latest: Row; published: Row | null }>(
    'ledger',
    `select row_to_json(l) as latest, case when ${IS_TOLD.PUBLISHED} then row_to_json(p) end as published
      from (select c.*, e.kind as entry_kind from change c join entry e on e.id = c.entry) c
      cross join lateral (select ${COLUMNS.LATEST}) l
      cross join lateral (select ${COLUMNS.PUBLISHED}) p
      where c.position > $1::bigint order by c.position limit $2`,
    [after, limit],
  );
  return rows.map(({ latest, published }) => ({
    position: BigInt(latest.position),
    latest: fromJson(latest),
    published: published && fromJson(published),
  }));
}

const fromJson = (row: Row): ChangeRecord => toRecord({ ...row, at: new Date(row.at) });

/** Which of these stories held each changed entry, in the view that tells of the change, as it was at the change. */
export async function findHolding(
  run: Run,
  changes: readonly ChangeRecord[],
  stories: readonly string[],
): Promise<{ position: bigint; story: string }[]> {
  if (changes.length === 0 || stories.length === 0) return [];
  const views = [...new Set(changes.map(({ view }) => view))];
  const found = await Promise.all(
    views.map((view) =>
      findHolders(
        run,
        view,
        changes.filter((change) => change.view === view),
        stories,
      ),
    ),
  );
  return found.flat().map(({ position, story }) => ({ position: BigInt(position), story }));
}

/** The change at a position, as whoever asks for this filter is told of it now; null where they are not. */
export async function findChange(run: Run, filter: FeedFilter, position: bigint): Promise<ChangeRecord | null> {
  const { entries } = await findNamedBy(run, filter);
  const { found } = await look(run, filter, entries, { after: position - 1n, limit: 1, rows: 1 });
  const [row] = found; // the first that could be told of; it may be a later one
  return row && BigInt(row.position) === position ? toRecord(row) : null;
}

/** What readers are told with withdrawals and corrections, by position. */
export async function findNotes(run: Run, changes: readonly ChangeRecord[]): Promise<Map<bigint, string>> {
  const told = changes.filter(({ kind }) => kind === 'WITHDRAWN' || kind === 'CORRECTED');
  if (told.length === 0) return new Map();
  const rows = await run<{ position: string; note: string }>(
    'notes',
    `with told as (select * from unnest($1::uuid[], $2::bigint[]) as c (entry, position))
      select position::text as position, note from withdrawal join told using (entry, position)
      union all select position::text, note from correction join told using (entry, position)`,
    [told.map(({ entry }) => entry), told.map(({ position }) => position)],
  );
  return new Map(rows.map(({ position, note }) => [BigInt(position), note]));
}
