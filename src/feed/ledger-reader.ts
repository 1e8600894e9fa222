import type { ChangeRecord } from '../model/change';
import type { View } from '../model/lens';
import type { Run } from '../store/database';
import { findHolding, findNamed, findWatching, type LedgerChange, readLedger } from '../store/feed';
import { Listener } from '../store/listener';
import type { Newsroom } from '../store/scope';
import { type Ask, askKey, type LiveChange } from './ring';

/** As often as this the ledger is looked at, whether or not anything was heard. */
const POLL_MS = 250;
/** Between two looks, so that many small commits are read as one. */
const LEAST_APART_MS = 5;
const MOST_ROWS = 1000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What a reader of the ledger does with what it reads. */
export interface Reading {
  /** Asked before each look: the answer holds for all rows of it. */
  asked(): readonly Ask[];
  /** Where the reading begins; again and again, should the database be away. */
  begun(position: bigint): void;
  /** The next rows in order, or none; waited for. What was asked is answered for all that come after the rows before. */
  read(rows: readonly LiveChange[], asked: readonly Ask[]): Promise<void>;
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
    const { listenUrl, pulse } = this.newsroom.database;
    const turn = (this.turn += 1);
    this.stopBeats = pulse.onBeat(() => {
      this.isHeard = true;
      this.wake();
    });
    const onError = (error: Error): void => this.reading.failed(error);
    this.listener = listenUrl === null ? null : new Listener(listenUrl, () => pulse.felt(), onError);
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
    await this.reading.read(rows.length > 0 ? await this.lookUp(rows, asked) : [], asked);
    this.position = rows.at(-1)?.position ?? this.position;
    return rows.length;
  }

  /** Answers what followers ask of each row. */
  private async lookUp(rows: readonly LedgerChange[], asked: readonly Ask[]): Promise<LiveChange[]> {
    const answers = new Map(rows.map(({ position }) => [position, new Set<string>()]));
    const views = [...new Set(asked.map(({ view }) => view))];
    await Promise.all(
      views.map(async (view) => {
        const told = rows
          .map((row) => (view === 'LATEST' ? row.latest : row.published))
          .filter((record) => record !== null);
        const here = asked.filter((ask) => ask.view === view);
        for (const { position, ask } of await answersIn(this.newsroom.database.run, view, told, here))
          answers.get(position)?.add(askKey(ask));
      }),
    );
    return rows.map((row) => ({ ...row, answers: answers.get(row.position) ?? new Set() }));
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

/** Which changes answer what is asked in a view. */
async function answersIn(
  run: Run,
  view: View,
  told: readonly ChangeRecord[],
  asked: readonly Ask[],
): Promise<{ position: bigint; ask: Ask }[]> {
  const stories = asked.flatMap((ask) => ('story' in ask ? [ask.story] : []));
  const users = asked.flatMap((ask) => ('user' in ask ? [ask.user] : []));
  const names = asked.flatMap((ask) => ('entry' in ask ? [ask.entry] : []));
  const entries = [...new Set(told.map(({ entry }) => entry))];
  const [held, watched, named] = await Promise.all([
    stories.length > 0 ? findHolding(run, told, stories) : [],
    users.length > 0 ? findWatching(run, view, users, entries) : [],
    names.length > 0 ? findNamed(run, view, names, entries) : [],
  ]);
  const ofEntry = [
    ...watched.map(({ user, entry }) => ({ entry, ask: { view, user } })),
    ...named.map(({ name, entry }) => ({ entry, ask: { view, entry: name } })),
  ];
  return [
    ...held.map(({ position, story }) => ({ position, ask: { view, story } })),
    ...ofEntry.flatMap(({ entry, ask }) =>
      told.filter((record) => record.entry === entry).map(({ position }) => ({ position, ask })),
    ),
  ];
}
