import type { ChangeRecord } from '../model/change';
import type { FeedFilter, LedgerChange } from '../store/feed';

/** What followers ask for that a row of the ledger does not say by itself: looked up once for all of them. */
export type Ask = { readonly view: FeedFilter['view'] } & (
  { readonly story: string } | { readonly user: string } | { readonly entry: string }
);

/** The same for all who ask the same. What a story holds, and which entries are one, is not the same for both views. */
export const askKey = (ask: Ask): string => {
  const [[what, id] = []] = Object.entries(ask).filter(([name]) => name !== 'view');
  return `${ask.view} ${what} ${id}`;
};

/** What a filter asks for that has to be looked up. */
export const asksOf = ({ view, story, watchedBy, entries }: FeedFilter): Ask[] => [
  ...(story === null ? [] : [{ view, story }]),
  ...(watchedBy === null ? [] : [{ view, user: watchedBy }]),
  ...(entries ?? []).map((entry) => ({ view, entry })),
];

/** A row of the ledger with what was looked up for those who follow. */
export interface LiveChange extends LedgerChange {
  /** Keys of {@link askKey}: the stories that held what changed, who watches it, and the ids that name it. */
  readonly answers: ReadonlySet<string>;
}

/** What of a row a filter asks for; null for nothing. */
function matchOf(change: LiveChange, filter: FeedFilter): ChangeRecord | null {
  const record = filter.view === 'LATEST' ? change.latest : change.published;
  const isWanted =
    record !== null &&
    (filter.kinds?.includes(record.kind) ?? true) &&
    (filter.entryKinds?.includes(record.entryKind) ?? true) &&
    (filter.entries?.some((entry) => change.answers.has(askKey({ view: filter.view, entry }))) ?? true) &&
    (filter.story === null || change.answers.has(askKey({ view: filter.view, story: filter.story }))) &&
    (filter.watchedBy === null || change.answers.has(askKey({ view: filter.view, user: filter.watchedBy })));
  return isWanted ? record : null;
}

/** What the public is told where it sees something: what else it is told takes something away. */
const GIVES: ReadonlySet<string> = new Set(['CREATED', 'PUBLISHED', 'EDITED', 'CORRECTED', 'UNMERGED', 'RESTORED']);

/** Whether something is out of somebody's sight from here on: of the public's, or a revision out of everybody's. */
export const takesAway = ({ latest, published }: LedgerChange): boolean =>
  latest.kind === 'HIDDEN' || (published !== null && !GIVES.has(published.kind));

/**
 * The newest rows of the ledger, in order and without gaps, for whoever follows as things happen. It never holds what a look
 * at the ledger would not tell now: with a row that takes something out of sight all before it are forgotten, and
 * whoever is still behind reads them from the ledger, which knows what is left of them (rules 5.1).
 */
export class Ring {
  private rows: LiveChange[] = [];
  /** It holds everything after this position … */
  from = 0n;
  /** … up to this one. */
  upTo = 0n;

  constructor(private readonly size: number) {}

  /** Begins anew at a position. */
  reset(position: bigint): void {
    this.rows = [];
    this.from = position;
    this.upTo = position;
  }

  append(rows: readonly LiveChange[]): void {
    for (const row of rows) {
      if (takesAway(row)) {
        this.rows = [];
        this.from = this.upTo;
      }
      this.rows.push(row);
      this.upTo = row.position;
    }
    // In one go now and then: each would move all of them.
    const excess = this.rows.length - this.size;
    if (excess <= this.size / 4) return;
    this.from = (this.rows[excess - 1] as LiveChange).position;
    this.rows = this.rows.slice(excess);
  }

  /** What a filter asks for after a position that the ring reaches back to. */
  find(filter: FeedFilter, after: bigint): ChangeRecord[] {
    const found: ChangeRecord[] = [];
    for (let index = this.indexAfter(after); index < this.rows.length; index++) {
      const record = matchOf(this.rows[index] as LiveChange, filter);
      if (record) found.push(record);
    }
    return found;
  }

  private indexAfter(position: bigint): number {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] as LiveChange).position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
