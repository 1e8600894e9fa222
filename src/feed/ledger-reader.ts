import type { FeedFilter, LedgerChange } from '../store/feed';
import { findHolding, readLedger } from '../store/feed';
import { Listener } from '../store/listener';
import type { Newsroom } from '../store/scope';
import { findWatchers } from '../store/watches';
import { type LiveChange, storyKey } from './ring';

/** As often as this the ledger is looked at, whether or not anything was heard. */
const POLL_MS = 250;
/** Between two looks, so that many small commits are read as one. */
const LEAST_APART_MS = 5;
const MOST_ROWS = 1000;

const NOBODY: ReadonlySet<string> = new Set();

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What followers ask of stories and people, so that it is looked up once for all of them. */
export interface Asked {
  /** Stories by the view in which they are followed. */
  readonly stories: readonly { readonly view: FeedFilter['view']; readonly story: string }[];
  readonly watchers: readonly string[];
}

/** What a reader of the ledger does with what it reads. */
export interface Reading {
  /** Asked before each look: the answer holds for all rows of it. */
  asked(): Asked;
  /** Where the reading begins; again and again, should the database be away. */
  begun(position: bigint): void;
  /** The next rows in order; waited for. */
  read(rows: readonly LiveChange[], asked: Asked): Promise<void>;
  failed(error: unknown): void;
}

/**
 * Reads the ledger for a whole process, as long as somebody follows: as soon as it hears of a commit, and four times a second in
 * any case. What is heard only shortens the wait, so a lost connection, a restarted Postgres or a pooler that passes no
 * notifications on cost delay and nothing else. It listens first and reads then: nothing falls in between.
 */
export class LedgerReader {
  private listener: Listener | null = null;
  /** Counts starts and stops: a loop ends where it is not its turn any more. */
  private turn = 0;
  private isHeard = false;
  private wake: () => void = () => undefined;
  private position: bigint | null = null;
  private loop: Promise<void> = Promise.resolve();
  private stopBeats: () => void = () => undefined;

  constructor(
    private readonly newsroom: Newsroom,
    private readonly reading: Reading,
  ) {}

  start(): void {
    const { options, pulse } = this.newsroom.database;
    const turn = (this.turn += 1);
    this.stopBeats = pulse.onBeat(() => {
      this.isHeard = true;
      this.wake();
    });
    this.listener = new Listener(
      options.listenUrl ?? options.url,
      () => pulse.felt(),
      (error) => this.reading.failed(error),
    );
    this.loop = this.loop.then(() => this.run(turn));
  }

  /** Resolves once nothing is read any more. */
  async stop(): Promise<void> {
    this.turn += 1;
    this.stopBeats();
    this.wake();
    const { listener } = this;
    this.listener = null;
    await Promise.all([this.loop, listener?.stop()]);
  }

  private async run(turn: number): Promise<void> {
    this.position = null;
    while (this.turn === turn) {
      this.isHeard = false;
      try {
        const count = await this.look();
        if (count < MOST_ROWS) await pause(LEAST_APART_MS);
        else continue;
      } catch (error) {
        this.reading.failed(error);
      }
      if (this.turn === turn && !this.isHeard) await this.untilHeard();
    }
  }

  private async look(): Promise<number> {
    const { run } = this.newsroom.database;
    if (this.position === null) {
      this.position = await this.newsroom.moments.findHead(run);
      this.reading.begun(this.position);
      return 0;
    }
    const asked = this.reading.asked();
    const rows = await readLedger(run, this.position, MOST_ROWS);
    if (rows.length === 0) return 0;
    await this.reading.read(await this.lookUp(rows, asked), asked);
    this.position = (rows.at(-1) as LedgerChange).position;
    return rows.length;
  }

  /** Which of the stories that are followed held what changed, and who watches it. */
  private async lookUp(rows: readonly LedgerChange[], asked: Asked): Promise<LiveChange[]> {
    const { run } = this.newsroom.database;
    const holdingIn = async (view: FeedFilter['view']): Promise<{ position: bigint; key: string }[]> => {
      const stories = asked.stories.filter((one) => one.view === view).map(({ story }) => story);
      if (stories.length === 0) return [];
      const told = rows
        .map((row) => (view === 'LATEST' ? row.latest : row.published))
        .filter((record) => record !== null);
      const held = await findHolding(run, told, stories);
      return held.map(({ position, story }) => ({ position, key: storyKey(view, story) }));
    };
    const entries = [...new Set(rows.map(({ latest }) => latest.entry))];
    const [latest, published, watching] = await Promise.all([
      holdingIn('LATEST'),
      holdingIn('PUBLISHED'),
      asked.watchers.length > 0 ? findWatchers(run, asked.watchers, entries) : [],
    ]);
    const held = new Map(rows.map(({ position }) => [position, new Set<string>()]));
    for (const { position, key } of [...latest, ...published]) held.get(position)?.add(key);
    const watched = new Map(entries.map((entry) => [entry, new Set<string>()]));
    for (const { entry, user } of watching) watched.get(entry)?.add(user);
    return rows.map((row) => ({
      ...row,
      heldBy: held.get(row.position) ?? NOBODY,
      watchedBy: watched.get(row.latest.entry) ?? NOBODY,
    }));
  }

  private async untilHeard(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => undefined;
  }
}
