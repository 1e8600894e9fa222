import type { CursorKey } from '../base/list-cursor';
import type { EntryKind } from '../model/entry';
import type { ReviewReason } from '../model/review';
import type { Run } from './database';
import type { PageRequest } from './pages';
import type { RevisionAddress } from './revisions';

/** Something that waits for an editor. */
export interface ReviewRow {
  entry: string;
  reason: ReviewReason;
  cause: string | null;
  since: Date;
  /** As text, exactly as the database compares it. */
  sinceKey: string;
}

/** What is asked of the queue; null is any. */
export interface ReviewFilter {
  readonly kinds: readonly EntryKind[] | null;
  readonly reasons: readonly ReviewReason[] | null;
}

const NO_CAUSE = '00000000-0000-0000-0000-000000000000';

/** Its place in the queue: oldest first. */
export const reviewKey = (row: ReviewRow): CursorKey => [row.sinceKey, row.entry, row.reason, row.cause ?? NO_CAUSE];

// A draft that was never accepted waits for nobody until it is submitted (rules 2.8).
const ITEMS = `
  with item as (
    select e.id as entry, 'PENDING_EDIT' as reason, null::uuid as cause, coalesce(p.at, e.submitted_at) as since
      from entry e
      left join lateral (
        select r.at from revision r
          where r.entry = e.id and r.number > e.accepted and r.review = 'PENDING' order by r.number limit 1
      ) p on true
      where (e.accepted < e.latest or e.submitted_at is not null) and e.state not in ('DELETED', 'MERGED')
        and ($1::text[] is null or e.kind = any($1)) and (e.accepted is null or p.at is not null)
    union all
    select u.entry, 'UNSETTLED', u.cause, u.at from unsettled u
      join entry e on e.id = u.entry
      where u.until is null and e.state not in ('DELETED', 'MERGED') and ($1::text[] is null or e.kind = any($1))
  )`;
const WANTED = `($2::text[] is null or i.reason = any($2))`;
const KEY = `(i.since, i.entry, i.reason, coalesce(i.cause, '${NO_CAUSE}'::uuid))`;

/** A page of what waits for an editor, oldest first. */
export const listReview = (run: Run, { kinds, reasons }: ReviewFilter, page: PageRequest): Promise<ReviewRow[]> =>
  run<ReviewRow>(
    'review-queue',
    `${ITEMS}
      select i.*, i.since::text as "sinceKey" from item i
        where ${WANTED} and ($3::timestamptz is null or ${KEY} > ($3::timestamptz, $4::uuid, $5::text, $6::uuid))
        order by i.since, i.entry, i.reason, coalesce(i.cause, '${NO_CAUSE}'::uuid) limit $7`,
    [kinds, reasons, ...(page.after ?? [null, null, null, null]), page.limit + 1],
  );

export async function countReview(run: Run, { kinds, reasons }: ReviewFilter): Promise<number> {
  const rows = await run<{ count: number }>(
    'review-count',
    `${ITEMS} select count(*)::int as count from item i where ${WANTED}`,
    [kinds, reasons],
  );
  return rows[0]?.count ?? 0;
}

/** Revisions that wait for an editor, of each entry, oldest first. */
export const findPending = (run: Run, entries: readonly string[]): Promise<RevisionAddress[]> =>
  run<RevisionAddress>(
    'pending',
    `select r.entry, r.number from entry e
      join revision r on r.entry = e.id and r.number > coalesce(e.accepted, 0) and r.review = 'PENDING'
      where e.id = any($1::uuid[]) order by r.entry, r.number`,
    [entries],
  );
