import { isUuid } from '../base/node-id';
import type { ChangeLine, RecordLine } from '../model/export';
import type { LedgerRow } from '../store/write-import';

/** Kinds of change of which more is told beside the ledger. */
const TOLD_OF: ReadonlySet<string> = new Set(['CORRECTED', 'WITHDRAWN', 'UNMERGED', 'PROTECTED', 'UNSETTLED']);

/** By which change a fact came, where there is one: its position, and what it may be. What is parted comes back as it stood. */
function originOf(
  line: RecordLine,
): { position: number; kinds: readonly string[]; at?: string; cause?: string } | null {
  if (line.line === 'correction') return { position: line.position, kinds: ['CORRECTED', 'UNMERGED'], at: line.at };
  if (line.line === 'withdrawal') return { position: line.position, kinds: ['WITHDRAWN', 'UNMERGED'], at: line.at };
  if (line.line === 'protection') return { position: line.since, kinds: ['PROTECTED'] };
  if (line.line !== 'unsettled') return null;
  return { position: line.since, kinds: ['UNSETTLED'], at: line.at, cause: line.cause };
}

/** By what a fact is known: there is one line of it. */
function keysOf(line: RecordLine): unknown[] {
  if (line.line === 'comment' || line.line === 'changeset') return [line.id];
  if (line.line === 'correction') return [line.id];
  if (line.line === 'revision') return [line.entry, line.number];
  if (line.line === 'withdrawal') return [line.entry, line.position];
  if (line.line === 'protection' || line.line === 'redirect') return [line.entry, line.since];
  if (line.line === 'unsettled') return [line.entry, line.cause, line.since];
  if (line.line === 'judgement') return [line.one, line.other, line.since];
  if (line.line === 'concealment') return [line.entry, line.act, line.revisions, line.at];
  if (line.line === 'link')
    return [line.entry, line.view, line.field, line.item, line.to, line.wantedKind, line.wantedSlug, line.since];
  return [line.entry];
}

/** Of what there is one at a time: what holds now. */
function presentOf(line: RecordLine): unknown[] | null {
  if (line.line === 'protection' && line.until === null) return [line.entry];
  if (line.line === 'unsettled' && line.until === null) return [line.entry, line.cause];
  if (line.line === 'judgement' && line.until === null) return [line.one, line.other];
  return null;
}

/** Whether a wiki link can name this: claims have no address but their id. */
export const canBeWanted = (kind: string | null, target: string | null): boolean =>
  kind !== 'CLAIM' || (target !== null && isUuid(target));

/** What a line says that cannot be, whatever else there is; null for nothing. */
function oddity(line: RecordLine): string | null {
  if (line.line === 'comment' && (line.resolvedAt === null) !== (line.resolvedBy === null))
    return 'what is settled has `resolvedAt` and `resolvedBy`.';
  if (line.line === 'judgement' && line.one >= line.other) return '`one` comes before `other`, and is not the same.';
  if (line.line === 'concealment' && (line.author === null) === (line.askedBy === null))
    return 'it has either `author` or `askedBy`.';
  if (
    line.line === 'link' &&
    [line.wantedKind, line.wantedSlug].some((wanted) => (wanted === null) !== (line.to !== null))
  )
    return 'it has either `to`, or `wantedKind` and `wantedSlug`.';
  if (line.line === 'link' && !canBeWanted(line.wantedKind, line.wantedSlug)) return 'a claim is named by its id.';
  if (line.line === 'link' && line.until <= line.since) return `it ends at ${line.until}, where it begins.`;
  const { since, until } = line as { since?: number; until?: number | null };
  return (until ?? Infinity) < (since ?? 0) ? `it ends at ${until}, before it begins.` : null;
}

/** Facts beside the ledger, held against it and against each other. */
export class Facts {
  private readonly changes = new Map<number, Pick<LedgerRow, 'entry' | 'kind' | 'at' | 'cause'>>();
  private readonly seen = new Set<string>();

  /** Notes a change of which more may be told. */
  follow({ position, kind, entry, at, cause }: LedgerRow | ChangeLine): void {
    if (TOLD_OF.has(kind)) this.changes.set(position, { entry, kind, at, cause });
  }

  /** Positions that lines speak of which no change so far has. */
  missing(lines: readonly RecordLine[]): number[] {
    return lines.flatMap((line) => {
      const position = originOf(line)?.position;
      return position === undefined || this.changes.has(position) ? [] : [position];
    });
  }

  /** What is wrong with a line; null where it can stand. */
  compare(line: RecordLine): string | null {
    const odd = oddity(line);
    if (odd !== null) return odd;
    const origin = originOf(line);
    const change = origin && this.changes.get(origin.position);
    if (origin && 'entry' in line) {
      const { position, kinds, at, cause } = origin;
      const isSame = change?.entry === line.entry && kinds.includes(change.kind);
      if (!isSame || (at ?? change.at) !== change.at || (cause ?? change.cause) !== change.cause)
        return `the change at position ${position} does not say so of ${line.entry}.`;
    }
    if (!this.note(`${line.line} ${JSON.stringify(keysOf(line))}`)) return 'it is there twice.';
    const present = presentOf(line);
    if (present && !this.note(`now ${line.line} ${JSON.stringify(present)}`)) return 'there is one at a time.';
    return null;
  }

  private note(key: string): boolean {
    const isNew = !this.seen.has(key);
    this.seen.add(key);
    return isNew;
  }
}
