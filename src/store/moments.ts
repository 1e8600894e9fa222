import { badInput } from '../base/errors';
import { cursorExpired, cursorInvalid, type FeedCursors } from '../base/feed-cursor';
import type { View } from '../model/lens';
import type { Run } from './database';

/** A moment of the newsroom as callers name it: a time, or a place in the feed. */
export type Moment = { readonly time: Date } | { readonly cursor: string };

/** Before the first position there is nothing. */
const NOTHING_YET = 0n;

/**
 * The places in this database's ledger and how callers name them. One for a process: it remembers how far the ledger was
 * known to reach, so that a cursor costs no statement.
 */
export class Moments {
  private newest = NOTHING_YET;

  constructor(
    private readonly cursors: FeedCursors,
    /** How old a change may be from which the feed is resumed, in milliseconds; null is any age. */
    private readonly retention: number | null = null,
  ) {}

  /** A place in the ledger as a cursor. It must be there. */
  seal(position: bigint): string {
    this.note(position);
    return this.cursors.seal(position);
  }

  /** The newest position; 0 where nothing was written yet. One statement. */
  async findHead(run: Run): Promise<bigint> {
    const [row] = await run<{ position: string }>('head', 'select max(position)::text as position from change');
    const head = BigInt(row?.position ?? NOTHING_YET);
    this.note(head);
    return head;
  }

  /**
   * The position that a moment stands for: a time means the last one at or before it. A cursor costs a statement only where
   * it is of a place that this process has not heard of yet.
   *
   * @param argument how callers call it, for messages.
   * @throws WikiError BAD_USER_INPUT for a time to come; CURSOR_INVALID
   */
  async findPosition(run: Run, moment: Moment, argument: string): Promise<bigint> {
    if ('time' in moment) return findPositionAt(run, moment.time, `${argument}.time`);
    return this.findPlace(run, moment.cursor, `${argument}.cursor`);
  }

  private async findPlace(run: Run, cursor: string, argument: string): Promise<bigint> {
    const position = this.cursors.open(cursor, argument);
    // From before a restore that nobody has told this database of: its ledger went further then.
    if (position > this.newest && position > (await this.findHead(run))) throw cursorInvalid(argument);
    return position;
  }

  /**
   * The position after which a follower of a view goes on; the beginning without a cursor. It is too old where a change after
   * it is: who has seen all that there is can wait as long as nothing happens. One statement where the feed has an end.
   *
   * @throws WikiError CURSOR_INVALID, CURSOR_EXPIRED
   */
  async findResumption(run: Run, view: View, cursor: string | null, argument: string): Promise<bigint> {
    if (cursor === null) return NOTHING_YET;
    const position = await this.findPlace(run, cursor, argument);
    if (this.retention === null) return position;
    const [row] = await run<{ expired: boolean }>(
      `is-expired-${view}`,
      // What the public is not told of is not told by this either.
      `select c.at < clock_timestamp() - $2::float8 * interval '1 millisecond' as expired from change c
        where c.position > $1::bigint ${view === 'PUBLISHED' ? 'and c.public_kind is not null' : ''}
        order by c.position limit 1`,
      [position, this.retention],
    );
    if (row?.expired) throw cursorExpired(argument);
    return position;
  }

  private note(position: bigint): void {
    if (position > this.newest) this.newest = position;
  }
}

// The database's clock, which the ledger's times are of.
async function findPositionAt(run: Run, time: Date, argument: string): Promise<bigint> {
  const [row] = await run<{ future: boolean; position: string | null }>(
    'position-at',
    `select $1::timestamptz > clock_timestamp() as future,
        (select position from change where at <= $1::timestamptz order by at desc, position desc limit 1) as position`,
    [time],
  );
  if (row?.future) throw badInput(argument, 'must not be in the future.');
  return BigInt(row?.position ?? NOTHING_YET);
}
