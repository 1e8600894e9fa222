import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

const { rootOf, clusterOf } = IDENTITY_NOW;

/**
 * What an entry holds and was never published, as editors see it: what it refers to, the citations about any of that or of
 * itself, and so on. Not by links that the public is never shown.
 */
export async function findHeld(
  run: Run,
  entry: string,
  newsroomFields: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows = await run<{ id: string }>(
    'held',
    `with recursive held (id) as (
        select $1::uuid
        union
        select n.id from held h
          cross join lateral (
            select ${rootOf('l.to_entry')} as id from link l
              where l.from_entry = h.id and l.view = 'LATEST' and l.until is null and l.field <> all($2::text[])
            union all
            select l.from_entry from link l
              where l.to_entry = any(${clusterOf('h.id')}) and l.view = 'LATEST' and l.until is null and l.field = 'about'
          ) n
          join entry e on e.id = n.id and e.state = 'DRAFT'
          join revision r on r.entry = e.id and r.number = e.latest and r.review = 'PENDING'
      )
      select id from held where id <> $1 order by id limit $3`,
    [entry, newsroomFields, limit],
  );
  return rows.map((row) => row.id);
}
