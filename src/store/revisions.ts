import { invariant } from '../base/invariant';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { Lens, View } from '../model/lens';
import type { ReviewState, RevisionAction, RevisionRecord } from '../model/revision';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';
import type { PageRequest } from './pages';
import { standingThen } from './tense';

/** What a review says of a revision, and who gave it; of what was judged later nothing was said yet. */
interface ReviewColumns {
  readonly review: string;
  /** A column of the review, as far as it was given. */
  given(column: string): string;
}

const REVIEW_NOW: ReviewColumns = { review: 'r.review', given: (column) => `r.${column}` };

// What was accepted is all that is not newer than what was accepted then. Who refuses writes to the ledger at the same time.
const WAS_ACCEPTED = `r.review = 'ACCEPTED' and r.number <= c.accepted`;
const WAS_REFUSED = `r.review in ('REJECTED', 'SUPERSEDED') and coalesce(r.reviewed_at, '-infinity') <= c.at`;
const REVIEW_THEN: ReviewColumns = {
  review: `case when ${WAS_ACCEPTED} or ${WAS_REFUSED} then r.review else 'PENDING' end`,
  given: (column) => `case when ${WAS_ACCEPTED} or ${WAS_REFUSED} then r.${column} end`,
};

// In PUBLISHED a revision's parent is the public one before it, and it came when it became public (rules 1.3).
const columnsOf = ({
  review,
  given,
}: ReviewColumns): string => `r.entry as "entryId", e.kind, r.number, r.action, r.author, r.minor,
  ${review} as review,
  case when r.hidden_at is null then r.summary end as summary,
  case when $1 = 'PUBLISHED' then (
    select max(p.number) from revision p where p.entry = r.entry and p.number < r.number and p.public_position is not null
  ) else r.parent end as parent,
  case when $1 = 'PUBLISHED' then null else r.base end as base,
  case when $1 = 'PUBLISHED' then r.public_at else r.at end as "createdAt",
  case when $1 = 'PUBLISHED' then r.public_position else r.position end as position,
  case when $1 = 'PUBLISHED' then null else ${given('reviewed_by')} end as "reviewedBy",
  case when $1 = 'PUBLISHED' then r.public_at else ${given('reviewed_at')} end as "reviewedAt",
  case when $1 = 'PUBLISHED' then null else ${given('review_note')} end as "reviewNote",
  case when $1 = 'PUBLISHED' then null else r.target end as target,
  case when $1 = 'PUBLISHED' then null else r.changeset end as changeset,
  r.hidden_reason as "hiddenReason",
  (select p.number from revision p
    where p.entry = r.entry and p.number < r.number and p.hidden_at is null
      and ($1 = 'LATEST' or p.public_position is not null)
    order by p.number desc limit 1) as "comparedTo"`;

const IN_VIEW = `($1 = 'LATEST' or r.public_position is not null)`;

/** How a lens's revisions are selected: those that there were, with what was said of them. */
interface Selection {
  readonly suffix: string;
  readonly columns: string;
  /** Joined to the entry that `entry` names, before its revisions are. */
  readonly standing: (entry: string) => string;
  readonly inView: string;
  readonly values: readonly unknown[];
}

/** @param position the number of the parameter after the statement's own: the lens's position, where it has one. */
const selectionOf = (lens: Lens, position: number): Selection =>
  lens.asOf === null
    ? { suffix: '', columns: columnsOf(REVIEW_NOW), standing: () => '', inView: IN_VIEW, values: [] }
    : {
        suffix: '-then',
        columns: columnsOf(REVIEW_THEN),
        standing: (entry) => `cross join lateral ${standingThen(entry, `$${position}::bigint`)} c`,
        inView: `case when $1 = 'LATEST' then r.position else r.public_position end <= $${position}::bigint`,
        values: [lens.asOf],
      };

/** An entry and the number of one of its revisions. */
export interface RevisionAddress {
  readonly entry: string;
  readonly number: number;
}

/** Revisions by entry and number, in no order; what the lens does not show is not among them. */
export function findRevisions(
  run: Run,
  view: View,
  addresses: readonly RevisionAddress[],
  asOf: bigint | null = null,
): Promise<RevisionRecord[]> {
  const { suffix, columns, standing, inView, values } = selectionOf({ view, asOf }, 4);
  return run<RevisionRecord>(
    `revisions-by-number${suffix}`,
    `select ${columns}
      from unnest($2::uuid[], $3::int[]) as a (entry, number)
      ${standing('a.entry')}
      join revision r on r.entry = a.entry and r.number = a.number
      join entry e on e.id = r.entry
      where ${inView}`,
    [view, addresses.map((address) => address.entry), addresses.map((address) => address.number), ...values],
  );
}

/** A page of each entry's history, by number, newest first. */
export function findHistory(
  run: Run,
  lens: Lens,
  entries: readonly string[],
  page: PageRequest,
): Promise<RevisionRecord[]> {
  const direction = page.fromEnd ? 'asc' : 'desc';
  const { suffix, columns, standing, inView, values } = selectionOf(lens, 6);
  return run<RevisionRecord>(
    `history-${direction}${suffix}`,
    // Bounds and order by the whole key: the planner expects few revisions of an entry, and by the number alone it reads and
    // sorts all of them (measured: 15 ms for a page of 10,000; so 1 ms).
    `select x.* from unnest($2::uuid[]) as p (entry)
      ${standing('p.entry')}
      cross join lateral (
        select ${columns.replace('e.kind', '(select e.kind from entry e where e.id = r.entry) as kind')}
        from revision r
        where (r.entry, r.number) > (p.entry, coalesce($4, 0))
          and (r.entry, r.number) < (p.entry, coalesce($3, 2147483647)) and ${inView}
        order by r.entry ${direction}, r.number ${direction}
        limit $5
      ) x`,
    [lens.view, entries, page.after?.[0], page.before?.[0], page.limit + 1, ...values],
  );
}

/** How many revisions each entry has through the lens. */
export function countHistory(
  run: Run,
  lens: Lens,
  entries: readonly string[],
): Promise<{ entry: string; count: number }[]> {
  const { suffix, inView, values } = selectionOf(lens, 3);
  return run(
    `history-count${suffix}`,
    `select r.entry, count(*)::int as count from revision r
      where r.entry = any($2::uuid[]) and ${inView} group by r.entry`,
    [lens.view, entries, ...values],
  );
}

interface ContentRow {
  entry: string;
  kind: EntryKind;
  number: number;
  format: number;
  review: ReviewState;
  content: Content;
}

/** A revision's content, in today's format. */
export interface KeptContent extends RevisionAddress {
  readonly review: ReviewState;
  readonly content: Content;
}

const toKept = (row: ContentRow): KeptContent => ({
  entry: row.entry,
  number: row.number,
  review: row.review,
  content: inNewestFormat(row.kind, row.format, row.content),
});

/**
 * Contents of revisions, without those out of sight (KEPT: without those that were erased). Whoever shows them sees to it that
 * their reader may see them.
 */
export const findContents = async (
  run: Run,
  addresses: readonly RevisionAddress[],
  which: 'SEEN' | 'KEPT' = 'SEEN',
): Promise<KeptContent[]> => {
  const rows = await run<ContentRow>(
    `contents-by-number-${which}`,
    `select r.entry, e.kind, r.number, r.format, r.review, r.content
      from unnest($1::uuid[], $2::int[]) as a (entry, number)
      join revision r on r.entry = a.entry and r.number = a.number
        and ${which === 'SEEN' ? 'r.hidden_at is null' : 'r.content is not null'}
      join entry e on e.id = r.entry`,
    [addresses.map((address) => address.entry), addresses.map((address) => address.number)],
  );
  return rows.map(toKept);
};

/** Contents of an entry from `high` down to `low`, newest first; without those out of sight. */
export const findContentsDown = async (
  run: Run,
  entry: string,
  range: { low: number; high: number },
): Promise<KeptContent[]> => {
  const rows = await run<ContentRow>(
    'contents-down',
    `select r.entry, e.kind, r.number, r.format, r.review, r.content
      from revision r join entry e on e.id = r.entry
      where r.entry = $1 and r.number between $2 and $3 and r.hidden_at is null order by r.number desc`,
    [entry, range.low, range.high],
  );
  return rows.map(toKept);
};

/** A revision and what it is told against. */
export interface Neighbour extends RevisionAddress {
  readonly action: RevisionAction;
  readonly isHidden: boolean;
  /** The nearest below it that is not out of sight. */
  readonly below: number | null;
}

/** Revisions with the nearest below each, in the order of their entries and numbers. */
export const findNeighbours = (run: Run, addresses: readonly RevisionAddress[]): Promise<Neighbour[]> =>
  run<Neighbour>(
    'neighbours',
    `select r.entry, r.number, r.action, r.hidden_at is not null as "isHidden",
        (select max(p.number) from revision p where p.entry = r.entry and p.number < r.number and p.hidden_at is null)
          as below
      from unnest($1::uuid[], $2::int[]) as a (entry, number)
      join revision r on r.entry = a.entry and r.number = a.number
      order by r.entry, r.number`,
    [addresses.map((address) => address.entry), addresses.map((address) => address.number)],
  );

/** How a deleted entry stood before, by the ledger. */
export async function findStateBeforeDeletion(run: Run, entry: string): Promise<EntryState> {
  const [row] = await run<{ state: EntryState }>(
    'state-before-deletion',
    `select state from change where entry = $1 and state <> 'DELETED' order by position desc limit 1`,
    [entry],
  );
  invariant(row, 'what was deleted was something else before');
  return row.state;
}

/** What can be seen of a revision's content. */
export type Sight = 'SEEN' | 'HIDDEN' | 'ERASED';

/** What can be seen of revisions of an entry, by number; those that are not there are left out. */
export async function findSight(run: Run, entry: string, numbers: readonly number[]): Promise<Map<number, Sight>> {
  const rows = await run<{ number: number; sight: Sight }>(
    'sight',
    `select number, case when content is null then 'ERASED' when hidden_at is null then 'SEEN' else 'HIDDEN' end as sight
      from revision where entry = $1 and number = any($2::int[])`,
    [entry, numbers],
  );
  return new Map(rows.map(({ number, sight }) => [number, sight]));
}

/** Whose work a revision is, and what they said of it. */
export async function findAuthorship(
  run: Run,
  entry: string,
  number: number,
): Promise<{ author: string; summary: string | null; minor: boolean }> {
  const [row] = await run<{ author: string; summary: string | null; minor: boolean }>(
    'authorship',
    'select author, summary, minor from revision where entry = $1 and number = $2',
    [entry, number],
  );
  invariant(row, 'a locked entry has its newest revision');
  return row;
}

/** The content that the public saw last before a revision of an entry; null where it saw none. */
export async function findSeenBefore(run: Run, entry: string, number: number): Promise<Content | null> {
  const [row] = await run<ContentRow>(
    'seen-before',
    `select r.entry, e.kind, r.number, r.format, r.review, r.content from revision r join entry e on e.id = r.entry
      where r.entry = $1 and r.number < $2 and r.public_position is not null and r.hidden_at is null
      order by r.number desc limit 1`,
    [entry, number],
  );
  return row ? toKept(row).content : null;
}
