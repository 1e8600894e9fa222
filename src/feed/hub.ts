import { WikiError } from '../base/errors';
import type { ChangeRecord } from '../model/change';
import { type FeedFilter, readChanges } from '../store/feed';
import type { Newsroom } from '../store/scope';
import { LedgerReader } from './ledger-reader';
import { type Ask, askKey, asksOf, type LiveChange, Ring, takesAway } from './ring';
import { Standings } from './standings';

/** Rows of the ledger that are kept for those who are a little behind. */
const RING_SIZE = 10_000;
const PAGE = 200;
/** Those who wait are woken as often as this at least, to see whether it is time for a checkpoint: often enough for that. */
const LONGEST_TICK_MS = 1000;
const TICKS_A_CHECKPOINT = 4;

/** Tells what went wrong while nobody in particular asked; it is tried again. */
type OnError = (error: unknown) => void;

/** Whether the database is only away, or slow, for a while: whoever follows waits. */
export const isTransient = (error: unknown): boolean =>
  error instanceof WikiError && (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'TIMEOUT');

/** One who follows the ledger from a place on. */
export interface Follower {
  /** Everything up to here was looked at: from here one goes on. */
  readonly position: bigint;
  /**
   * The next changes, in order, none twice, none left out; waits for some. Empty now and then: a moment to see what time it
   * is. With each the rights of those who follow have been looked at anew.
   */
  next(): Promise<readonly ChangeRecord[]>;
  /** Goes back: what was given after this position is given again, or what is left of it. */
  goBack(position: bigint): void;
  leave(): void;
}

/**
 * Where whoever follows changes gets them, one for a process. One reader of the ledger feeds a ring of what is new; who is at
 * its level takes from there, who is further behind pages the ledger until they are. They take when they can: nothing is queued
 * for anybody.
 */
export class Hub {
  readonly standings: Standings;
  /** Whoever waits for the next change is let go after so long at most, in milliseconds. */
  readonly tickMs: number;
  private readonly ring = new Ring(RING_SIZE);
  private readonly reader: LedgerReader;
  private followers = 0;
  private isClosed = false;
  /** Stories, people and entries that are asked for, how often, and since which position the ring knows of them. */
  private readonly asked = new Map<string, { count: number; since: bigint | null; ask: Ask }>();
  private takings = 0;
  private generation = 0;
  private waiting: Promise<void> | null = null;
  private wakeWaiting: () => void = () => undefined;
  private ticker: NodeJS.Timeout | null = null;
  private isFed = false;

  constructor(
    readonly newsroom: Newsroom,
    readonly onError: OnError,
    /** So long at most without a message to whoever follows, in milliseconds. */
    checkpointMs: number,
  ) {
    this.tickMs = Math.min(LONGEST_TICK_MS, checkpointMs / TICKS_A_CHECKPOINT);
    this.standings = new Standings(newsroom.database.run, onError);
    this.reader = new LedgerReader(newsroom, {
      asked: () => this.listAsked(),
      begun: (position) => this.begin(position),
      read: (rows, asked) => this.append(rows, asked),
      failed: onError,
    });
  }

  /** @param after the position after which one wants to know; a cursor's, or `moments.findHead` for "from now on". */
  follow(filter: FeedFilter, after: bigint): Follower {
    const asks = asksOf(filter).map((ask) => [askKey(ask), ask] as const);
    for (const [key, ask] of asks) this.ask(key, ask);
    this.followers += 1;
    if (this.followers === 1) this.start();
    let position = after;
    let isGone = false;
    const next = async (): Promise<readonly ChangeRecord[]> => {
      const seen = this.generation;
      const { changes, upTo, hasMore } = await this.take(filter, asks, position);
      if (upTo > position) position = upTo;
      if (changes.length === 0 && !hasMore && !isGone) await this.untilAfter(seen);
      return changes;
    };
    return {
      get position() {
        return position;
      },
      next,
      goBack: (to) => (position = to),
      leave: () => {
        if (isGone) return;
        isGone = true;
        for (const [key] of asks) this.unask(key);
        this.followers -= 1;
        if (this.followers === 0) void this.stop();
      },
    };
  }

  /**
   * How often something was, or may have been, taken out of sight: what was made of the ledger before must not be told any more.
   * Of what happens while nobody follows the hub does not hear.
   */
  get takenAway(): number {
    return this.takings;
  }

  /** Waits a moment, or until there is something new. */
  pause(): Promise<void> {
    return this.untilAfter(this.generation);
  }

  /** Nobody is told anything any more; resolves once nothing is read. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.standings.stop();
    this.wakeAll();
    await this.stop();
  }

  private async take(filter: FeedFilter, asks: readonly (readonly [string, Ask])[], position: bigint) {
    if (this.reaches(asks, position))
      return { changes: this.ring.find(filter, position), upTo: this.ring.upTo, hasMore: false };
    try {
      const page = await readChanges(this.newsroom.database.run, filter, { after: position, limit: PAGE });
      if (page.changes.length > 0) await this.standings.look();
      return page;
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.onError(error);
      return { changes: [], upTo: position, hasMore: false };
    }
  }

  /** Whether the ring holds all that came after a position, with what these ask for. */
  private reaches(asks: readonly (readonly [string, Ask])[], position: bigint): boolean {
    if (!this.isFed || position < this.ring.from) return false;
    return asks.every(([key]) => {
      const since = this.asked.get(key)?.since ?? null;
      return since !== null && position >= since;
    });
  }

  private begin(position: bigint): void {
    this.ring.reset(position);
    this.isFed = true;
    this.takings += 1;
    // What was asked for before the first row will be looked up with it.
    for (const asked of this.asked.values()) asked.since = position;
    this.wakeAll();
  }

  private async append(rows: readonly LiveChange[], asks: readonly Ask[]): Promise<void> {
    if (rows.length > 0) await this.standings.look();
    // Also where nothing happened: or whoever begins to follow would go on asking the ledger until something does.
    const isNew = [...this.asked.values()].some(({ since }) => since === null);
    const lookedUp = new Set(isNew ? asks.map(askKey) : []);
    for (const [key, asked] of this.asked) if (lookedUp.has(key)) asked.since ??= this.ring.upTo;
    if (rows.length === 0) return;
    this.ring.append(rows);
    if (rows.some(takesAway)) this.takings += 1;
    this.wakeAll();
  }

  private listAsked(): readonly Ask[] {
    return [...this.asked.values()].map(({ ask }) => ask);
  }

  private ask(key: string, ask: Ask): void {
    const asked = this.asked.get(key);
    if (asked) asked.count += 1;
    else this.asked.set(key, { count: 1, since: null, ask });
  }

  private unask(key: string): void {
    const asked = this.asked.get(key);
    if (!asked) return;
    asked.count -= 1;
    if (asked.count === 0) this.asked.delete(key);
  }

  private untilAfter(seen: number): Promise<void> {
    if (this.generation !== seen || this.isClosed) return Promise.resolve();
    this.waiting ??= new Promise((resolve) => (this.wakeWaiting = resolve));
    return this.waiting;
  }

  private wakeAll(): void {
    this.generation += 1;
    this.waiting = null;
    this.wakeWaiting();
  }

  private start(): void {
    if (this.isClosed) return;
    this.takings += 1;
    this.ticker = setInterval(() => this.wakeAll(), this.tickMs);
    this.reader.start();
  }

  private async stop(): Promise<void> {
    if (this.ticker) clearInterval(this.ticker);
    this.ticker = null;
    this.isFed = false;
    this.wakeAll();
    await this.reader.stop();
  }
}
