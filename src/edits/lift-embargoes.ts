import type { Content } from '../model/entry';
import type { Run } from '../store/database';
import { countDueEmbargoes, type DueEntry, findDueEmbargoes, findNextEmbargo } from '../store/embargoes';
import { lockPosition } from '../store/locks';
import { findContents } from '../store/revisions';
import { type Newsroom, Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { type EntryWrite, writeEntries } from '../store/write';
import { showingOf } from './write-draft';

/** As many as are lifted in one transaction, for the position lock is held meanwhile; and as one write may have put there. */
const BATCH = 200;

/**
 * Makes public what is under an embargo whose time has come, by the database's clock. Any process may ask at any time: each
 * entry is lifted once, by whoever locks it first, and others pass it over.
 *
 * @returns how many were lifted.
 */
export async function liftEmbargoes(newsroom: Newsroom): Promise<number> {
  for (let lifted = 0; ;) {
    const count = await liftSome(newsroom);
    lifted += count;
    if (count === 0) return lifted;
  }
}

/** What is due and locked, without those whose companions somebody else holds: they are lifted together, at the next look. */
async function findWhole(run: Run): Promise<DueEntry[]> {
  const due = await findDueEmbargoes(run, BATCH);
  const counts = due.length > 0 ? await countDueEmbargoes(run, [...new Set(due.map(({ group }) => group))]) : [];
  const whole = new Set(
    counts
      .filter(({ group, count }) => due.filter((one) => one.group === group).length === count)
      .map(({ group }) => group),
  );
  return due.filter(({ group }) => whole.has(group));
}

const liftSome = (newsroom: Newsroom): Promise<number> =>
  inTransaction(new Scope(newsroom), async ({ run }) => {
    const due = await findWhole(run);
    if (due.length === 0) return 0;
    const contents = await findContents(
      run,
      due.map(({ id, published }) => ({ entry: id, number: published })),
    );
    const contentOf = new Map(contents.map(({ entry, content }) => [entry, content]));
    const writes = due.map(({ id, kind, latest, published, accepted }): EntryWrite => ({
      entry: id,
      kind,
      author: null,
      was: { latest, published, accepted },
      revision: null,
      accept: null,
      dismiss: null,
      state: 'PUBLISHED',
      embargoUntil: null,
      isSubmitted: null,
      latest,
      published,
      accepted,
      change: { kind: 'PUBLISHED', publicKind: 'PUBLISHED' },
      showings: [showingOf('PUBLISHED', kind, published, contentOf.get(id) as Content)],
      leavesPublic: false,
    }));
    await lockPosition(run);
    await writeEntries(run, writes);
    return due.length;
  });

/** Tells when something went wrong; the next look tries again. */
type OnError = (error: unknown) => void;

/** Rules 2.6: an embargo is lifted within two seconds of its time. */
const LOOK_EVERY_MS = 500;
/** Where what is due is held by somebody else. */
const LEAST_WAIT_MS = 20;

/**
 * Lifts embargoes as their times come, as long as the process runs; at its start, those whose time came while nobody looked.
 */
export class EmbargoClock {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly newsroom: Newsroom,
    private readonly onError: OnError,
  ) {}

  start(): void {
    this.looking = this.look();
  }

  /** Waits for a look that is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    try {
      await liftEmbargoes(this.newsroom);
      const next = await findNextEmbargo(this.newsroom.database.run);
      this.wait(Math.min(LOOK_EVERY_MS, Math.max(LEAST_WAIT_MS, next ?? LOOK_EVERY_MS)));
    } catch (error) {
      this.onError(error);
      this.wait(LOOK_EVERY_MS);
    }
  }

  private wait(ms: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => (this.looking = this.look()), ms);
  }
}
