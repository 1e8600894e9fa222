import type { View } from '../model/lens';
import type { EntryState } from '../model/entry';
import type { Run } from './database';
import { IDENTITY_NOW } from './identity';
import { SILENCE } from './presence';

const { namedBy, clusterOf } = IDENTITY_NOW;

/** A comment that is about to be. */
export interface NewComment {
  id: string;
  entry: string;
  path: string | null;
  revision: number;
  body: string;
  author: string;
  parent: string | null;
}

/** The ledger's newest position: what is said is said as of it. */
const HEAD = '(select coalesce(max(position), 0) from change)';

/**
 * Keeps a comment. Its entry must be locked: of two that come within a millisecond, the later one is told later, for lists are
 * in the order of their times.
 */
export const insertComment = (run: Run, comment: NewComment): Promise<unknown[]> =>
  run(
    comment.parent === null ? 'insert-comment' : 'insert-reply',
    `insert into comment (id, entry, path, revision, body, author, parent, since, created_at)
      select $1, $2, $3, $4, $5, $6, $7, ${HEAD}, greatest(clock_timestamp(), (
        select max(c.created_at) + interval '1 millisecond' from comment c
          where ${comment.parent === null ? 'c.entry = $2 and c.parent is null' : 'c.parent = $7'}))`,
    [comment.id, comment.entry, comment.path, comment.revision, comment.body, comment.author, comment.parent],
  );

/** Says that what a comment asks for is settled, or is not. */
export const settleComment = (run: Run, id: string, resolvedBy: string | null): Promise<unknown[]> =>
  run(
    'settle-comment',
    `update comment set resolved_by = $2, resolved_at = case when $2::uuid is not null then clock_timestamp() end
      where id = $1`,
    [id, resolvedBy],
  );

/** Ends a comment; its words stay for whoever looks at the past. */
export const endComment = (run: Run, id: string): Promise<unknown[]> =>
  run('end-comment', `update comment set until = ${HEAD} where id = $1 and until is null`, [id]);

/** What became of a wish to watch an entry; null where the view does not show it. */
export interface WatchWritten {
  state: EntryState;
  /** False where it was so already, and for beginning to watch what was deleted. */
  isWritten: boolean;
}

/** Begins or ceases to watch an entry that the view shows. */
export async function writeWatch(
  run: Run,
  user: string,
  { view, entry, watching }: { view: View; entry: string; watching: boolean },
): Promise<WatchWritten | null> {
  const change = watching
    ? `insert into watch (user_id, entry) select $1, id from target where state <> 'DELETED'
        on conflict do nothing returning entry`
    : `delete from watch w using target t where w.user_id = $1 and w.entry = any(${clusterOf('t.id')}) returning w.entry`;
  const [row] = await run<WatchWritten>(
    watching ? 'watch' : 'unwatch',
    `with target as (select s.entry as id, s.state from shown s where s.entry = ${namedBy('$2::uuid', '$3')} and s.view = $3),
        written as (${change})
      select t.state, exists (select from written) as "isWritten" from target t`,
    [user, entry, view],
  );
  return row ?? null;
}

/** What became of a word of presence. */
export type Announced = 'HEARD' | 'NO_ENTRY' | 'TOO_MANY';

/**
 * Notes that a user has a part of an entry open. `since` stays where they were not silent meanwhile.
 *
 * @param most so many parts one user may have open at once.
 */
export async function notePresence(
  run: Run,
  { user, entry, path }: { user: string; entry: string; path: string },
  most: number,
): Promise<Announced> {
  const [row] = await run<{ isThere: boolean; isHeard: boolean }>(
    'note-presence',
    `with target as (
          select $2::uuid as id from shown s where s.entry = ${namedBy('$2::uuid', `'LATEST'`)} and s.view = 'LATEST'
        ),
        others as (
          select count(*) as count from presence
            where user_id = $1 and (entry, path) <> ($2, $3) and seen_at >= clock_timestamp() - ${SILENCE}
        ),
        heard as (
          insert into presence (user_id, entry, path) select $1, t.id, $3 from target t, others o where o.count < $4
            on conflict (user_id, entry, path) do update set
              since = case when presence.seen_at < excluded.seen_at - ${SILENCE} then excluded.since else presence.since end,
              seen_at = excluded.seen_at
            returning entry
        )
      select exists (select from target) as "isThere", exists (select from heard) as "isHeard"`,
    [user, entry, path, most],
  );
  if (!row?.isThere) return 'NO_ENTRY';
  return row.isHeard ? 'HEARD' : 'TOO_MANY';
}

/** Forgets who fell silent, of a user and of an entry: nobody reads these rows. What somebody else forgets just now is left. */
export const forgetSilent = (run: Run, user: string, entry: string): Promise<unknown[]> =>
  run(
    'forget-silent',
    `delete from presence where (user_id, entry, path) in (
      select user_id, entry, path from presence
        where (user_id = $1 or entry = $2) and seen_at < clock_timestamp() - ${SILENCE}
        limit 1000 for update skip locked)`,
    [user, entry],
  );
