import type { ChangesetRecord } from '../model/changeset';
import type { Run } from './database';
import type { PageRequest } from './pages';
import type { RevisionAddress } from './revisions';

/** A revision of a changeset, and its place among them. */
export interface ChangesetRevision extends RevisionAddress {
  readonly changeset: string;
  /** The ledger's: in the order in which they were written. */
  readonly position: string;
}

/** Changesets by id, in no order. Their summary is that of their revisions: what hides one of these hides it. */
export const findChangesets = (run: Run, ids: readonly string[]): Promise<ChangesetRecord[]> =>
  run<ChangesetRecord>(
    'changesets',
    `select c.id as uuid, c.author, c.at,
        case when not exists (select from revision r where r.changeset = c.id and r.hidden_at is not null)
          then c.summary end as summary
      from changeset c where c.id = any($1::uuid[])`,
    [ids],
  );

/** All revisions of a changeset, in the order in which they were written. */
export const findRevisionsOf = (run: Run, changeset: string): Promise<RevisionAddress[]> =>
  run<RevisionAddress>(
    'revisions-of-changeset',
    'select entry, number from revision where changeset = $1 order by position',
    [changeset],
  );

/** Pages of changesets' revisions, in the order in which they were written. */
export function listChangesetRevisions(
  run: Run,
  changesets: readonly string[],
  page: PageRequest,
): Promise<ChangesetRevision[]> {
  const direction = page.fromEnd ? 'desc' : 'asc';
  return run<ChangesetRevision>(
    `changeset-revisions-${direction}`,
    `select x.* from unnest($1::uuid[]) as p (changeset)
      cross join lateral (
        select r.changeset, r.entry, r.number, r.position::text as position from revision r
          where r.changeset = p.changeset
            and ($2::bigint is null or r.position > $2) and ($3::bigint is null or r.position < $3)
          order by r.position ${direction} limit $4
      ) x`,
    [changesets, page.after?.[0], page.before?.[0], page.limit + 1],
  );
}

/** How many revisions each changeset has. */
export const countChangesetRevisions = (
  run: Run,
  changesets: readonly string[],
): Promise<{ changeset: string; count: number }[]> =>
  run(
    'changeset-revisions-count',
    'select changeset, count(*)::int as count from revision where changeset = any($1::uuid[]) group by changeset',
    [changesets],
  );
