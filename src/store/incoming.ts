import type { CursorKey } from '../base/list-cursor';
import type { View } from '../model/lens';
import type { Run } from './database';
import { SHOWN_COLUMNS, type ShownRow } from './entries';
import type { PageRequest } from './pages';

/** An entry that refers to `parent`, and since when. */
export type IncomingRow = ShownRow & { parent: string; link_since: string };

/** Its place among those that refer to the same entry: by when the link came, newest first (rules 6). */
export const incomingKey = (row: IncomingRow): CursorKey => [row.link_since, row.id];

/**
 * A page of the entries that refer to each parent by one field, for all parents in one statement: a limit per parent, out
 * of an index in the order of the list.
 */
export function findIncoming(
  run: Run,
  view: View,
  field: string,
  parents: readonly string[],
  page: PageRequest,
): Promise<IncomingRow[]> {
  const direction = page.fromEnd ? 'asc' : 'desc';
  return run<IncomingRow>(
    `incoming-${direction}`,
    `select p.parent, x.* from unnest($1::uuid[]) as p (parent)
      cross join lateral (
        select l.since as link_since, ${SHOWN_COLUMNS}
        from link l
        join shown s on s.entry = l.from_entry and s.view = $2
        join entry e on e.id = s.entry
        where l.to_entry = p.parent and l.view = $2 and l.field = $3 and l.until is null and s.state <> 'DELETED'
          and ($4::bigint is null or (l.since, l.from_entry) < ($4::bigint, $5::uuid))
          and ($6::bigint is null or (l.since, l.from_entry) > ($6::bigint, $7::uuid))
        order by l.since ${direction}, l.from_entry ${direction}
        limit $8
      ) x`,
    [parents, view, field, page.after?.[0], page.after?.[1], page.before?.[0], page.before?.[1], page.limit + 1],
  );
}

/** How many entries refer to each parent by one field. Parents that nothing refers to are left out. */
export const countIncoming = (
  run: Run,
  view: View,
  field: string,
  parents: readonly string[],
): Promise<{ parent: string; count: number }[]> =>
  run(
    'incoming-count',
    `select l.to_entry as parent, count(*)::int as count
      from link l join shown s on s.entry = l.from_entry and s.view = $2
      where l.to_entry = any($1::uuid[]) and l.view = $2 and l.field = $3 and l.until is null and s.state <> 'DELETED'
      group by l.to_entry`,
    [parents, view, field],
  );
