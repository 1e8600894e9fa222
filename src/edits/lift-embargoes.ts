import type { Content } from '../model/entry';
import type { Run } from '../store/database';
import {
  countDueEmbargoes,
  findDueEmbargoes,
  findNextEmbargo,
  lockDueEmbargoes,
  type LockedDue,
} from '../store/embargoes';
import { lockPosition } from '../store/locks';
import { findContents } from '../store/revisions';
import { type Newsroom, Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { writeEntries } from '../store/write';
import { inParts, sortDue, unwritten } from './due-embargoes';
import { searchQuotes } from './quotes';
import { showingOf } from './write-draft';

/** As many as are lifted in one transaction, for the position lock is held meanwhile; and as one write may have put there. */
const BATCH = 200;

/**
 * Makes public what is under an embargo whose time has come, by the database's clock, as far as the gate lets it pass (rules
 * 2.5, 2.6); what does not goes back to the editors. Any process may ask at any time: each entry is lifted or given back once,
 * by whoever locks it first, and others pass it over.
 *
 * @returns how many were lifted.
 */
export async function liftEmbargoes(newsroom: Newsroom): Promise<number> {
  for (let lifted = 0; ;) {
    let settled = 0;
    for (const part of inParts(await findDueEmbargoes(newsroom.database.run), BATCH)) {
      const done = await liftPart(newsroom, part);
      lifted += done.lifted;
      settled += done.lifted + done.returned;
    }
    if (settled === 0) return lifted;
  }
}

/** What of these is due and locked, without those whose companions somebody else holds: they are lifted together, at the next look. */
async function lockWhole(run: Run, part: readonly string[]): Promise<LockedDue[]> {
  const due = await lockDueEmbargoes(run, part);
  const counts = due.length > 0 ? await countDueEmbargoes(run, [...new Set(due.map(({ group }) => group))]) : [];
  const whole = new Set(
    counts
      .filter(({ group, count }) => due.filter((one) => one.group === group).length === count)
      .map(({ group }) => group),
  );
  return due.filter(({ group }) => whole.has(group));
}

const liftPart = (newsroom: Newsroom, part: readonly string[]): Promise<{ lifted: number; returned: number }> =>
  inTransaction(new Scope(newsroom), async ({ run }) => {
    const entries = await lockWhole(run, part);
    if (entries.length === 0) return { lifted: 0, returned: 0 };
    const found = await findContents(
      run,
      entries.map(({ id, published }) => ({ entry: id, number: published })),
    );
    const contents = new Map(found.map(({ entry, content }) => [entry, content]));
    const contentOf = (id: string): Content => contents.get(id) as Content;
    const quotes = await searchQuotes(
      run,
      entries.map(({ id, kind }) => ({ entry: id, kind, content: contentOf(id), before: null })),
    );
    await lockPosition(run);
    const { lifted, returned } = await sortDue(run, { entries, contents, quotes });
    if (lifted.length > 0)
      await writeEntries(
        run,
        lifted.map((entry) => ({
          ...unwritten(entry),
          state: 'PUBLISHED',
          change: { kind: 'PUBLISHED', publicKind: 'PUBLISHED' },
          showings: [showingOf('PUBLISHED', entry.kind, entry.published, contentOf(entry.id))],
        })),
      );
    return { lifted: lifted.length, returned };
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
