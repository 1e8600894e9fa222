import type { CursorKey } from '../base/list-cursor';
import type { CommentRecord } from '../model/comment';
import type { Run } from './database';
import type { PageRequest } from './pages';

/** What comments are listed by: the entry whose top-level ones they are, or the comment that they reply to. */
export type CommentList = 'entry' | 'parent';

const wasThere = (comment: string): string =>
  `($1::bigint is null or ${comment}.since <= $1) and (${comment}.until is null or ${comment}.until > $1)`;

/**
 * That a comment is seen as of $1 (null is now): it was there, or something below it was, which would be out of reach without
 * it. The walk is taken for deleted ones only, and is as deep as replies may be.
 */
const IS_SEEN = `($1::bigint is null or c.since <= $1) and (c.until is null or c.until > $1 or exists (
    with recursive below as (
      select r.id, r.since, r.until from comment r where r.parent = c.id
      union all
      select r.id, r.since, r.until from comment r join below b on r.parent = b.id
    )
    select from below b where ${wasThere('b')}))`;

const COLUMNS = `c.id as uuid, c.entry, c.path, c.revision,
  case when c.until is null or c.until > $1 then c.body end as body, c.author, c.created_at as "createdAt", c.parent,
  c.resolved_at as "resolvedAt", c.resolved_by as "resolvedBy"`;

/** Entries' own comments are those that reply to none. */
const OF: Readonly<Record<CommentList, string>> = {
  entry: 'c.entry = p.id and c.parent is null',
  parent: 'c.parent = p.id',
};

/** Comments by id, in no order, as of a position of the ledger (null is now); deleted ones only where replies hold them. */
export const findComments = (run: Run, asOf: bigint | null, ids: readonly string[]): Promise<CommentRecord[]> =>
  run<CommentRecord>('comments-by-id', `select ${COLUMNS} from comment c where c.id = any($2::uuid[]) and ${IS_SEEN}`, [
    asOf,
    ids,
  ]);

/** Comments are listed by when they came, oldest first. */
export const commentKey = (comment: CommentRecord): CursorKey => [comment.createdAt.toISOString(), comment.uuid];

/** A page of the comments of each parent, as of a position of the ledger (null is now), for all parents in one statement. */
export function listComments(
  run: Run,
  asOf: bigint | null,
  list: CommentList,
  parents: readonly string[],
  page: PageRequest,
): Promise<CommentRecord[]> {
  const direction = page.fromEnd ? 'desc' : 'asc';
  return run<CommentRecord>(
    `comments-of-${list}-${direction}`,
    `select x.* from unnest($2::uuid[]) with ordinality as p (id, nr)
      cross join lateral (
        select ${COLUMNS} from comment c
          where ${OF[list]} and ${IS_SEEN}
            and ($3::timestamptz is null or (c.created_at, c.id) > ($3, $4::uuid))
            and ($5::timestamptz is null or (c.created_at, c.id) < ($5, $6::uuid))
          order by c.created_at ${direction}, c.id ${direction} limit $7
      ) x
      order by p.nr, x."createdAt" ${direction}, x.uuid ${direction}`,
    [asOf, parents, page.after?.[0], page.after?.[1], page.before?.[0], page.before?.[1], page.limit + 1],
  );
}

/** How many comments each parent has, as of a position of the ledger (null is now). Parents without any are left out. */
export const countComments = (
  run: Run,
  asOf: bigint | null,
  list: CommentList,
  parents: readonly string[],
): Promise<{ parent: string; count: number }[]> =>
  run(
    `comments-count-of-${list}`,
    `select p.id as parent, count(*)::int as count from unnest($2::uuid[]) as p (id)
      join comment c on ${OF[list]}
      where ${IS_SEEN} group by p.id`,
    [asOf, parents],
  );

/** A comment as whoever changes it needs to know it. */
export interface KnownComment {
  uuid: string;
  entry: string;
  path: string | null;
  author: string;
  isDeleted: boolean;
  isResolved: boolean;
  /** How many comments it stands below. */
  depth: number;
}

/** A comment that somebody is about to change or reply to, whether it was deleted or not; null where there is none. */
export async function findCommentForWrite(run: Run, id: string): Promise<KnownComment | null> {
  const [row] = await run<KnownComment>(
    'comment-for-write',
    `with recursive above as (
        select id, parent, 0 as depth from comment where id = $1
        union all
        select c.id, c.parent, a.depth + 1 from comment c join above a on c.id = a.parent
      )
      select id as uuid, entry, path, author, until is not null as "isDeleted", resolved_at is not null as "isResolved",
          (select max(depth) from above) as depth
        from comment where id = $1`,
    [id],
  );
  return row ?? null;
}
