import type { ChangesetRecord } from '../model/changeset';
import type { Lens } from '../model/lens';
import type { Run } from './database';
import type { PageRequest } from './pages';
import type { RevisionAddress } from './revisions';

/** A revision of a changeset, and its place among them. */
export interface ChangesetRevision extends RevisionAddress {
  readonly changeset: string;
  /** The ledger's: in the order in which they were written. */
  readonly position: string;
}

/**
 * Changesets by id, in no order; as of a moment those of which something was written. Their summary is that of their revisions:
 * what hides one of these hides it.
 */
export const findChangesets = (run: Run, { asOf }: Lens, ids: readonly string[]): Promise<ChangesetRecord[]> =>
  run<ChangesetRecord>(
    `changesets${asOf === null ? '' : '-then'}`,
    `select c.id as uuid, c.author, c.at,
        case when not exists (select from revision r where r.changeset = c.id and r.hidden_at is not null)
          then c.summary end as summary
      from changeset c where c.id = any($1::uuid[])
        ${asOf === null ? '' : 'and exists (select from change w where w.changeset = c.id and w.position <= $2::bigint)'}`,
    asOf === null ? [ids] : [ids, asOf],
  );

/** All revisions of a changeset, in the order in which they were written. */
export const findRevisionsOf = (run: Run, changeset: string): Promise<RevisionAddress[]> =>
  run<RevisionAddress>(
    'revisions-of-changeset',
    'select entry, number from revision where changeset = $1 order by position',
    [changeset],
  );

/** The end of a statement's name, a condition on revisions, and its value: only those that there were. */
const untilThen = ({ asOf }: Lens, parameter: number) =>
  asOf === null
    ? { suffix: '', condition: '', values: [] }
    : { suffix: '-then', condition: `and r.position <= $${parameter}::bigint`, values: [asOf] };

/** Pages of changesets' revisions, in the order in which they were written. */
export function listChangesetRevisions(
  run: Run,
  lens: Lens,
  changesets: readonly string[],
  page: PageRequest,
): Promise<ChangesetRevision[]> {
  const direction = page.fromEnd ? 'desc' : 'asc';
  const { suffix, condition, values } = untilThen(lens, 5);
  return run<ChangesetRevision>(
    `changeset-revisions-${direction}${suffix}`,
    `select x.* from unnest($1::uuid[]) as p (changeset)
      cross join lateral (
        select r.changeset, r.entry, r.number, r.position::text as position from revision r
          where r.changeset = p.changeset ${condition}
            and ($2::bigint is null or r.position > $2) and ($3::bigint is null or r.position < $3)
          order by r.position ${direction} limit $4
      ) x`,
    [changesets, page.after?.[0], page.before?.[0], page.limit + 1, ...values],
  );
}

/** How many revisions each changeset has. */
export function countChangesetRevisions(
  run: Run,
  lens: Lens,
  changesets: readonly string[],
): Promise<{ changeset: string; count: number }[]> {
  const { suffix, condition, values } = untilThen(lens, 2);
  return run(
    `changeset-revisions-count${suffix}`,
    `select r.changeset, count(*)::int as count from revision r
      where r.changeset = any($1::uuid[]) ${condition} group by r.changeset`,
    [changesets, ...values],
  );
}
