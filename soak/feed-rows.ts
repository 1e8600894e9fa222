import type { Pool } from 'pg';
import { type FeedCursors, makeFeedCursors } from '../src/base/feed-cursor';
import type { Row } from './feed-judge';

/** What a consumer follows. */
export interface Followed {
  readonly view: 'LATEST' | 'PUBLISHED';
  readonly entryKinds?: readonly string[];
  /** A story, with what its timeline holds. */
  readonly story?: string;
}

// What each view is told of a row of the ledger (rules 5.1), written without a look at how the server does it.
const TOLD = {
  LATEST: `c.kind as kind, c.revision as revision, false as "takesAway"`,
  PUBLISHED: `c.public_kind as kind, case when c.state = 'PUBLISHED' then c.published end as revision,
    c.public_kind in ('WITHDRAWN', 'DELETED', 'MERGED') as "takesAway"`,
} as const;

// The stories of the soak hold what their timeline leads to, and nothing else.
const OF_STORY = `($3::uuid is null or c.entry = $3 or exists (
    select from link l where l.from_entry = $3 and l.to_entry = c.entry and l.view = $4
      and l.since <= c.position and coalesce(l.until, c.position) >= c.position))`;

/** What the ledger tells somebody who follows from after a position on, in order. */
export async function readRows(pool: Pool, { view, entryKinds, story }: Followed, from: number): Promise<Row[]> {
  const { rows } = await pool.query<Omit<Row, 'position' | 'at'> & { position: string; at: Date }>(
    `select c.position::text as position, c.entry, c.at, ${TOLD[view]} from change c join entry e on e.id = c.entry
      where c.position > $1 and ($2::text[] is null or e.kind = any($2)) and ${OF_STORY}
        and ($4 = 'LATEST' or c.public_kind is not null)
      order by c.position`,
    [from, entryKinds ?? null, story ?? null, view],
  );
  return rows.map((row) => ({ ...row, position: Number(row.position), at: row.at.getTime() }));
}

/** The newest position of the ledger. */
export async function readHead(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ head: string | null }>('select max(position)::text as head from change');
  return Number(rows[0]?.head ?? 0);
}

/** Opens cursors by the database's own key: what no consumer can. */
export async function openCursors(pool: Pool): Promise<FeedCursors> {
  const { rows } = await pool.query<{ name: string; value: string }>('select name, value from setting');
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  return makeFeedCursors(Buffer.from(values.get('cursor_key') ?? '', 'hex'), Number(values.get('feed_epoch')));
}
