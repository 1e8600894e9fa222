import type { EntryKind } from '../model/entry';
import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

const { rootOf, clusterOf } = IDENTITY_NOW;

/** What became unsettling, and who wrote it. */
export interface NewCauses {
  causes: readonly { entry: string; kind: EntryKind }[];
  author: string;
  /** Entries that were accepted in the same write: who wrote them knew. */
  without: readonly string[];
  /** As many as are told at most: positions are drawn under the lock. */
  limit: number;
}

// What rests on a document is what its citations are about, and the stories that hold that; on a claim, the stories that hold
// it. As editors see it: what is not public yet is to be looked at, too. The nearest come first.
const RESTING = `
  with cause as (select * from unnest($1::uuid[], $2::text[]) as c (id, kind)),
  cited as (
    select c.id as cause, ${rootOf('a.to_entry')} as entry from cause c
      join link d on d.to_entry = any(${clusterOf('c.id')}) and d.view = 'LATEST' and d.until is null and d.field in ('document', 'chain.document')
      join entry q on q.id = d.from_entry and q.state not in ('DELETED', 'MERGED')
      join link a on a.from_entry = q.id and a.view = 'LATEST' and a.until is null and a.field = 'about'
      where c.kind = 'DOCUMENT' and a.to_entry is not null
  ),
  held as (
    select x.cause, l.from_entry as entry
      from (select cause, entry from cited union select id, id from cause where kind = 'CLAIM') x
      join entry t on t.id = x.entry and t.kind in ('CLAIM', 'EVENT')
      join link l on l.to_entry = any(${clusterOf('t.id')}) and l.view = 'LATEST' and l.until is null
      join entry s on s.id = l.from_entry and s.kind = 'STORY'
  ),
  due as (
    select r.cause, r.entry, row_number() over (order by min(r.distance), r.entry, r.cause) as nr
      from (select *, 1 as distance from cited union all select *, 2 from held) r
      join entry e on e.id = r.entry and e.state not in ('DELETED', 'MERGED')
      where r.entry <> r.cause and r.entry <> all($3::uuid[])
        and not exists (select from unsettled u where u.entry = r.entry and u.cause = r.cause and u.until is null)
      group by r.cause, r.entry
  )`;

/**
 * Notes what rests on what became unsettling, and tells the ledger, one row each. The position lock must be held.
 *
 * @returns how many there are; those above the limit are not noted.
 */
export async function insertUnsettled(run: Run, { causes, author, without, limit }: NewCauses): Promise<number> {
  const [row] = await run<{ found: number }>(
    'insert-unsettled',
    `${RESTING},
      head as materialized (
        select position, greatest(date_trunc('milliseconds', statement_timestamp()), at) as at
          from change order by change.position desc limit 1
      ),
      chosen as materialized (
        select d.cause, d.entry, head.position + d.nr as position, head.at
          from due d cross join head where d.nr <= $5
      ),
      noted as (insert into unsettled (entry, cause, since, at) select entry, cause, position, at from chosen),
      told as (
        insert into change (position, at, kind, entry, revision, previous, latest, published, accepted, state, cause, author)
          select c.position, c.at, 'UNSETTLED', e.id, e.latest, e.latest, e.latest, e.published, e.accepted, e.state, c.cause, $4
            from chosen c join entry e on e.id = c.entry
      )
      select count(*)::int as found from due`,
    [causes.map(({ entry }) => entry), causes.map(({ kind }) => kind), without, author, limit],
  );
  return row?.found ?? 0;
}

/** Ends what became unsettled by causes that are gone. */
export const endUnsettled = (run: Run, causes: readonly string[], position: bigint): Promise<unknown[]> =>
  run('end-unsettled', 'update unsettled set until = $2 where cause = any($1::uuid[]) and until is null', [
    causes,
    position,
  ]);
