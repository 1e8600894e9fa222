/** A change that a consumer must have been told of, out of the tables. */
export interface Row {
  readonly position: number;
  readonly entry: string;
  readonly kind: string;
  readonly revision: number | null;
  /** When it was written, in ms since 1970. */
  readonly at: number;
  /** Whether the entry is out of this view's sight from here on: what came before is then left out (rules 5.1). */
  readonly takesAway: boolean;
}

/** Something that a consumer was told: a change, or in a checkpoint how far there is none. */
export interface Item {
  readonly position: number;
  readonly change: Pick<Row, 'entry' | 'kind' | 'revision'> | null;
  /** When it came, in ms since 1970. */
  readonly at: number;
}

/** One connection of a consumer. */
export interface Session {
  /** The last position that the consumer had kept: it asked for what came after. */
  readonly after: number;
  readonly items: readonly Item[];
}

/** A call of a webhook. */
export interface Call extends Item {
  /** The `webhook-id`. */
  readonly id: string;
  /** When it was answered with 2xx, in ms since 1970; null where it was not. */
  readonly answeredAt: number | null;
  /** Why its signature is not good; null where it is. */
  readonly forged: string | null;
}

/** What must not be, a line each. */
export interface FeedFaults {
  /** Never told, although it should have been. */
  readonly lost: string[];
  /** Told, and not for this consumer: of another view or filter, or not as the tables have it. */
  readonly untold: string[];
  /** Told out of the order of the ledger; for webhooks: of what happened to one entry. */
  readonly disorder: string[];
  /** Told twice on one connection, or again although the consumer had kept a later place. */
  readonly repeated: string[];
  /** A signature that is not good, or a `webhook-id` of two changes, or two of one. */
  readonly forged: string[];
}

/** The faults of a consumer, and what else there is to count. */
export interface Verdict {
  readonly faults: FeedFaults;
  /** Changes that came, each counted once. */
  readonly told: number;
  /** Changes that came again, as they may. */
  readonly again: number;
  /** Changes that were not told because a later one took their entry away. */
  readonly leftOut: number;
  /** The longest that a change took from the ledger to this consumer, in ms; 0 where none came. */
  readonly slowestMs: number;
}

const noFaults = (): FeedFaults => ({ lost: [], untold: [], disorder: [], repeated: [], forged: [] });

const inWords = ({ position, entry, kind, revision }: Pick<Row, 'position' | 'entry' | 'kind' | 'revision'>): string =>
  `${position}: ${kind} ${entry} ${revision}`;

/** Rows by position, and where their entries are taken away. */
class Expected {
  readonly rows: ReadonlyMap<number, Row>;
  private readonly takings = new Map<string, Row[]>();
  private readonly mergers = new Map<string, Row[]>();

  /** @param all what the view tells without any filter: what took an entry away need not be for this consumer. */
  constructor(ordered: readonly Row[], all: readonly Row[]) {
    this.rows = new Map(ordered.map((row) => [row.position, row]));
    const note = (list: Map<string, Row[]>, row: Row): void =>
      void list.set(row.entry, [...(list.get(row.entry) ?? []), row]);
    for (const row of all) {
      if (row.takesAway) note(this.takings, row);
      if (row.kind === 'MERGED') note(this.mergers, row);
    }
  }

  /** Whether the entry was taken away after the row, and by then. */
  isTakenAway(row: Row, by: number): boolean {
    return (this.takings.get(row.entry) ?? []).some((taking) => taking.position > row.position && taking.at <= by);
  }

  /** Whether no revision of the entry is told any more, in GraphQL: it is out of sight, or another one answers for it. */
  private isGone(row: Row, by: number): boolean {
    const isMerged = (merger: Row): boolean => merger.position >= row.position && merger.at <= by;
    return this.isTakenAway(row, by) || (this.mergers.get(row.entry) ?? []).some(isMerged);
  }

  /** What is wrong with an item as such; null where it is as the tables have it. */
  differs({ position, change, at }: Item): string | null {
    const row = this.rows.get(position);
    if (!change) return null;
    const told = inWords({ position, ...change });
    if (!row) return told;
    const isSame = row.entry === change.entry && row.kind === change.kind;
    const isNumber = row.revision === change.revision || (change.revision === null && this.isGone(row, at));
    return isSame && isNumber ? null : `${told}, but it was ${inWords(row)}`;
  }
}

/** How long the slowest change took until it came first. */
function slowestOf({ rows }: Expected, came: readonly { readonly position: number; readonly at: number }[]): number {
  const first = new Map<number, number>();
  for (const { position, at } of came) if (!first.has(position)) first.set(position, at);
  return [...first].reduce((most, [position, at]) => Math.max(most, at - (rows.get(position)?.at ?? at)), 0);
}

/** What one connection was told against what it should have been told. */
function judgeSession(expected: Expected, { after, items }: Session, faults: FeedFaults): Set<number> {
  const told = new Set<number>();
  let last = after;
  for (const item of items) {
    const { position, change } = item;
    if (position < last) (position <= after ? faults.repeated : faults.disorder).push(`${position} after ${last}`);
    else if (change && position === last) faults.repeated.push(`${position} after ${last}`);
    last = Math.max(last, position);
    if (!change) continue;
    told.add(position);
    const difference = expected.differs(item);
    if (difference !== null) faults.untold.push(difference);
  }
  return told;
}

/** When a connection that was not told of a row was told of what comes after it. */
const passedAt = ({ items }: Session, row: Row): number =>
  items.find(({ position }) => position >= row.position)?.at ?? Number.POSITIVE_INFINITY;

/**
 * Compares what a consumer was told, connection by connection, with all that it should have been told: each connection alone must
 * have left nothing out between where it began and where it broke off, and together they must reach from the beginning to the end.
 *
 * @param rows what its view and filter tell, in order.
 * @param all what its view tells without a filter.
 * @param range from where on, and up to where, it followed.
 */
export function judgeStream(
  rows: readonly Row[],
  all: readonly Row[],
  sessions: readonly Session[],
  { from, to }: { readonly from: number; readonly to: number },
): Verdict {
  const expected = new Expected(rows, all);
  const faults = noFaults();
  const everTold = new Set<number>();
  const leftOut = new Set<number>();
  let [reached, again] = [from, 0];
  for (const session of sessions) {
    const told = judgeSession(expected, session, faults);
    const last = session.items.reduce((most, { position }) => Math.max(most, position), session.after);
    for (const row of rows) {
      const isPassed = row.position > Math.min(session.after, reached) && row.position <= last;
      if (!isPassed || told.has(row.position)) continue;
      // What another connection told does not excuse this one, where it asked for it again.
      if (row.position > session.after && expected.isTakenAway(row, passedAt(session, row))) leftOut.add(row.position);
      else faults.lost.push(inWords(row));
    }
    again += [...told].filter((position) => everTold.has(position)).length;
    for (const position of told) everTold.add(position);
    reached = Math.max(reached, last);
  }
  for (const row of rows) if (row.position > reached && row.position <= to) faults.lost.push(inWords(row));
  for (const position of everTold) leftOut.delete(position);
  const came = sessions.flatMap(({ items }) => items.filter(({ change }) => change !== null));
  return { faults, told: everTold.size, again, leftOut: leftOut.size, slowestMs: slowestOf(expected, came) };
}

/** As many calls to one receiver may be under way at a time: what a kill can leave unnoted although it was answered. */
const UNDER_WAY = 4;
/** On a busy machine somebody may answer a server that is no more. */
const LATE_MS = 5000;

/** Which kill a repeated call is due to: the first after it was answered, as long as that has not been taken for too many. */
function makeExcuses(kills: readonly number[]): (answeredAt: number, at: number) => boolean {
  const taken = new Map<number, number>();
  return (answeredAt, at) => {
    const kill = kills.find((one) => one >= answeredAt - LATE_MS && one <= at && (taken.get(one) ?? 0) < UNDER_WAY);
    if (kill === undefined) return false;
    taken.set(kill, (taken.get(kill) ?? 0) + 1);
    return true;
  };
}

/**
 * Compares the calls that a receiver got with all that it should have been told.
 *
 * @param rows what its view and filter tell, in order.
 * @param all what its view tells without a filter.
 * @param calls in the order in which they came.
 * @param kills when servers were killed, in ms since 1970.
 */
export function judgeCalls(
  rows: readonly Row[],
  all: readonly Row[],
  calls: readonly Call[],
  kills: readonly number[],
): Verdict {
  const expected = new Expected(rows, all);
  const faults = noFaults();
  const ids = new Map<number, string>();
  const positions = new Map<string, number>();
  const answered = new Map<number, number>();
  const isExcused = makeExcuses(kills);
  const newest = new Map<string, number>();
  for (const call of calls) {
    const { id, position, change, answeredAt } = call;
    if (call.forged !== null) faults.forged.push(`${id}: ${call.forged}`);
    const difference = expected.differs(call);
    if (difference !== null) faults.untold.push(difference);
    if ((positions.get(id) ?? position) !== position) faults.forged.push(`${id} is of ${position} and another change`);
    const before = answered.get(position);
    if (before !== undefined && !isExcused(before, call.at))
      faults.repeated.push(`${position}, acknowledged ${call.at - before} ms before`);
    if (!ids.has(position) && change) {
      const last = newest.get(change.entry) ?? 0;
      if (position < last) faults.disorder.push(`${position} of ${change.entry} after ${last}`);
      newest.set(change.entry, Math.max(last, position));
    } else if (ids.get(position) !== id) faults.forged.push(`${position} came as ${ids.get(position)} and as ${id}`);
    ids.set(position, id);
    positions.set(id, position);
    if (answeredAt !== null) answered.set(position, answeredAt);
  }
  const missing = rows.filter(({ position }) => !answered.has(position));
  const leftOut = missing.filter((row) => expected.isTakenAway(row, Number.POSITIVE_INFINITY));
  for (const row of missing) if (!leftOut.includes(row)) faults.lost.push(inWords(row));
  const came = calls.flatMap(({ position, answeredAt }) => (answeredAt === null ? [] : [{ position, at: answeredAt }]));
  const slowestMs = slowestOf(expected, came);
  return { faults, told: ids.size, again: calls.length - ids.size, leftOut: leftOut.length, slowestMs };
}
