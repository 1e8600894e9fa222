import type { Run } from './database';
import type { RevisionAddress } from './revisions';

/** What is done to the contents of revisions: out of sight, back in sight, or gone for good. */
export type Concealment = 'HIDE' | 'SHOW' | 'ERASE';

/** Which revisions, why, and who: a user, or for the command line whoever it says asked for it. */
export interface ConcealRequest {
  entry: string;
  revisions: readonly number[];
  act: Concealment;
  reason: string;
  author: string | null;
  askedBy: string | null;
}

const CHANGES: Readonly<Record<Concealment, string>> = {
  HIDE: `hidden_at = clock_timestamp(), hidden_by = $3::uuid, hidden_reason = $4::text`,
  SHOW: `hidden_at = null, hidden_by = null, hidden_reason = null`,
  // What was hidden before keeps its day.
  ERASE: `hidden_at = coalesce(r.hidden_at, clock_timestamp()), hidden_by = coalesce(r.hidden_by, $3::uuid),
    hidden_reason = $4::text, content = null, summary = null`,
};

/**
 * Changes what may be seen of revisions, writes down who did it and why, and tells the ledger, one row a revision, so that
 * copies can follow. The entry must be locked, and the position lock held.
 */
export const concealRevisions = (run: Run, { act, ...request }: ConcealRequest): Promise<unknown[]> =>
  run(
    `conceal-${act}`,
    `with concealed as (
        update revision r set ${CHANGES[act]} where r.entry = $1 and r.number = any($2::int[])
          returning r.number, r.public_position, r.changeset
      ),
      unsaid as (
        update changeset s set summary = null from concealed c where '${act}' = 'ERASE' and s.id = c.changeset
      ),
      recorded as (
        insert into concealment (entry, revisions, act, reason, author, asked_by)
          values ($1, $2, '${act}', $4, $3, $5)
      )
      insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state, author)
        select head.position + row_number() over (order by c.number),
            greatest(date_trunc('milliseconds', statement_timestamp()), head.at), 'HIDDEN',
            case when c.public_position is not null then 'HIDDEN' end, e.id, c.number, e.latest, e.latest, e.published,
            e.accepted, e.state, $3
          from concealed c
          join entry e on e.id = $1
          cross join (select position, at from change order by position desc limit 1) head`,
    [request.entry, request.revisions, request.author, request.reason, request.askedBy],
  );

/**
 * Long texts of these revisions that no other revision has. Keeps everybody from keeping texts until the transaction ends,
 * so that none of them is relied on meanwhile; reads every revision there is, however long that takes.
 */
export async function findLoneTexts(
  run: Run,
  revisions: readonly RevisionAddress[],
  fields: readonly string[],
): Promise<string[]> {
  await run('lock-texts', 'lock table text in share row exclusive mode');
  await run('no-time-limit', 'set local statement_timeout = 0');
  const rows = await run<{ hash: string }>(
    'lone-texts',
    `with own as materialized (select * from unnest($1::uuid[], $2::int[]) as o (entry, number)),
      named as materialized (
        select r.content ->> f.name as hash, bool_or(o.entry is null) as is_elsewhere, bool_or(o.entry is not null) as is_own
          from revision r left join own o on o.entry = r.entry and o.number = r.number
          cross join unnest($3::text[]) as f (name)
          group by 1
      )
      select hash from named where hash is not null and is_own and not is_elsewhere`,
    [revisions.map(({ entry }) => entry), revisions.map(({ number }) => number), fields],
  );
  return rows.map((row) => row.hash);
}

/** Forgets long texts. */
export const forgetTexts = (run: Run, hashes: readonly string[]): Promise<unknown[]> =>
  run('forget-texts', 'delete from text where hash = any($1::text[])', [hashes]);
