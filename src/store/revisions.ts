import type { Content, EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import type { RevisionRecord } from '../model/revision';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';
import type { PageRequest } from './pages';

// In PUBLISHED a revision's parent is the public one before it, and it came when it became public (rules 1.3).
const REVISION_COLUMNS = `r.entry as "entryId", e.kind, r.number, r.action, r.author, r.summary, r.minor, r.review,
  case when $1 = 'PUBLISHED' then (
    select max(p.number) from revision p where p.entry = r.entry and p.number < r.number and p.public_position is not null
  ) else r.parent end as parent,
  case when $1 = 'PUBLISHED' then null else r.base end as base,
  case when $1 = 'PUBLISHED' then r.public_at else r.at end as "createdAt",
  case when $1 = 'PUBLISHED' then null else r.reviewed_by end as "reviewedBy",
  case when $1 = 'PUBLISHED' then r.public_at else r.reviewed_at end as "reviewedAt",
  case when $1 = 'PUBLISHED' then null else r.review_note end as "reviewNote"`;

const IN_VIEW = `($1 = 'LATEST' or r.public_position is not null)`;

/** An entry and the number of one of its revisions. */
export interface RevisionAddress {
  readonly entry: string;
  readonly number: number;
}

/** Revisions by entry and number, in no order; what the view does not show is not among them. */
export const findRevisions = (run: Run, view: View, addresses: readonly RevisionAddress[]): Promise<RevisionRecord[]> =>
  run<RevisionRecord>(
    'revisions-by-number',
    `select ${REVISION_COLUMNS}
      from unnest($2::uuid[], $3::int[]) as a (entry, number)
      join revision r on r.entry = a.entry and r.number = a.number
      join entry e on e.id = r.entry
      where ${IN_VIEW}`,
    [view, addresses.map((address) => address.entry), addresses.map((address) => address.number)],
  );

/** A page of each entry's history, by number, newest first. */
export function findHistory(
  run: Run,
  view: View,
  entries: readonly string[],
  page: PageRequest,
): Promise<RevisionRecord[]> {
  const direction = page.fromEnd ? 'asc' : 'desc';
  return run<RevisionRecord>(
    `history-${direction}`,
    `select x.* from unnest($2::uuid[]) as p (entry)
      cross join lateral (
        select ${REVISION_COLUMNS}
        from revision r join entry e on e.id = r.entry
        where r.entry = p.entry and ${IN_VIEW}
          and ($3::int is null or r.number < $3) and ($4::int is null or r.number > $4)
        order by r.number ${direction}
        limit $5
      ) x`,
    [view, entries, page.after?.[0], page.before?.[0], page.limit + 1],
  );
}

/** How many revisions each entry has in the view. */
export const countHistory = (
  run: Run,
  view: View,
  entries: readonly string[],
): Promise<{ entry: string; count: number }[]> =>
  run(
    'history-count',
    `select r.entry, count(*)::int as count from revision r
      where r.entry = any($2::uuid[]) and ${IN_VIEW} group by r.entry`,
    [view, entries],
  );

interface ContentRow {
  entry: string;
  kind: EntryKind;
  number: number;
  format: number;
  content: Content;
}

/** A revision's content, in today's format. */
export interface KeptContent extends RevisionAddress {
  readonly content: Content;
}

const toKept = (row: ContentRow): KeptContent => ({
  entry: row.entry,
  number: row.number,
  content: inNewestFormat(row.kind, row.format, row.content),
});

/** Contents of revisions. Whoever shows them sees to it that their reader may see them. */
export const findContents = async (run: Run, addresses: readonly RevisionAddress[]): Promise<KeptContent[]> => {
  const rows = await run<ContentRow>(
    'contents-by-number',
    `select r.entry, e.kind, r.number, r.format, r.content
      from unnest($1::uuid[], $2::int[]) as a (entry, number)
      join revision r on r.entry = a.entry and r.number = a.number
      join entry e on e.id = r.entry`,
    [addresses.map((address) => address.entry), addresses.map((address) => address.number)],
  );
  return rows.map(toKept);
};

/** Contents of an entry from `high` down to `low`, newest first, at most `limit`. */
export const findContentsDown = async (
  run: Run,
  entry: string,
  range: { low: number; high: number; limit: number },
): Promise<KeptContent[]> => {
  const rows = await run<ContentRow>(
    'contents-down',
    `select r.entry, e.kind, r.number, r.format, r.content
      from revision r join entry e on e.id = r.entry
      where r.entry = $1 and r.number between $2 and $3 order by r.number desc limit $4`,
    [entry, range.low, range.high, range.limit],
  );
  return rows.map(toKept);
};
