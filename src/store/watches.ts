import type { CursorKey } from '../base/list-cursor';
import type { View } from '../model/lens';
import type { Run } from './database';
import { SHOWN_COLUMNS, type ShownRow } from './entries';
import { IDENTITY_NOW } from './identity';
import type { PageRequest } from './pages';

const { rootOf, clusterOf } = IDENTITY_NOW;

// Whoever watches two entries that are one since then watches that one, since they began with the first of them.
// A look-up of its own for each row: as "not exists" PostgreSQL 15 compares all that a user watches with each other.
const FIRST = `coalesce((
    select false from watch o where o.user_id = w.user_id and o.entry = any(${clusterOf('s.entry')})
      and (o.since, o.entry) < (w.since, w.entry) limit 1), true)`;

/** An entry that somebody watches, and since when. */
export type WatchedRow = ShownRow & { user: string; watched: string; watched_since: Date };

/** Watched entries are listed by when one began to watch them, newest first. */
export const watchKey = (row: WatchedRow): CursorKey => [row.watched_since.toISOString(), row.watched];

/** Which of these entries a user watches. */
export const findWatched = (run: Run, user: string, entries: readonly string[]): Promise<{ entry: string }[]> =>
  run(
    'watched',
    `select i.entry from unnest($2::uuid[]) as i (entry)
      where exists (select from watch w where w.user_id = $1 and w.entry = any(${clusterOf('i.entry')}))`,
    [user, entries],
  );

/** A page of the entries that each user watches, without those that the view does not show or that were deleted. */
export const listWatched = (run: Run, view: View, users: readonly string[], page: PageRequest): Promise<WatchedRow[]> =>
  run<WatchedRow>(
    'watched-by',
    `select x.* from unnest($1::uuid[]) as p (user_id)
      cross join lateral (
        select w.user_id as user, w.entry as watched, w.since as watched_since, ${SHOWN_COLUMNS}
          from watch w
          -- One by one in the order of the index: joined, all that the view shows would be read for a page.
          cross join lateral (
            select * from shown v where v.entry = ${rootOf('w.entry')} and v.view = $2 and v.state <> 'DELETED' offset 0
          ) s
          where w.user_id = p.user_id and ${FIRST}
            and ($3::timestamptz is null or (w.since <= $3 and (w.since < $3 or w.entry > $4::uuid)))
          order by w.since desc, w.entry limit $5
      ) x`,
    [users, view, page.after?.[0], page.after?.[1], page.limit + 1],
  );

/** How many entries each user watches, of those that the view shows. Users who watch none are left out. */
export const countWatched = (
  run: Run,
  view: View,
  users: readonly string[],
): Promise<{ user: string; count: number }[]> =>
  run(
    'watched-count',
    `select w.user_id as user, count(*)::int as count
      from watch w join shown s on s.entry = ${rootOf('w.entry')} and s.view = $2 and s.state <> 'DELETED'
      where w.user_id = any($1::uuid[]) and ${FIRST} group by w.user_id`,
    [users, view],
  );
