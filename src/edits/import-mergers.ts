import type { EntryState } from '../model/entry';
import type { ChangeLine, RecordLine } from '../model/export';
import type { LedgerRedirect } from '../store/write-import';

type RedirectLine = Extract<RecordLine, { line: 'redirect' }>;

const placeOf = ({ entry, since }: { entry: string; since: number }): string => `${entry} ${since}`;

/** Who answers for whom by the changes of a ledger, read in their order: what lines `redirect` must say as well. */
export class Mergers {
  /** Those that stand now, by what was merged. */
  private readonly open = new Map<string, LedgerRedirect>();
  private readonly known = new Map<string, LedgerRedirect>();

  /** Takes up what a newsroom has before the first change. */
  begin(redirects: readonly LedgerRedirect[]): void {
    for (const redirect of redirects) this.add(redirect);
  }

  /** Follows a change of an entry that stood so before; says what is wrong with it, or null. */
  follow(change: ChangeLine, before: EntryState | 'MERGED'): string | null {
    const { kind, entry, into, position, state } = change;
    if (kind === 'UNMERGED') return this.part(entry, into, position);
    if (kind !== 'MERGED') {
      if (into !== null) return `${kind} has no \`into\`.`;
      return (state === 'MERGED') === (before === 'MERGED') ? null : `${kind} does not make it ${state}.`;
    }
    if (state !== 'MERGED' || before === 'MERGED')
      return `${entry} cannot be merged: it was ${before}, and is ${state}.`;
    if (into === null || into === entry || this.open.has(into)) return `nothing can be merged into ${into}.`;
    for (const one of this.into(entry)) this.move(one, into, position);
    this.add({ entry, into, mergedInto: into, since: position, until: null, state: before });
    return null;
  }

  /** What is wrong with a line; null where the changes say the same. */
  compare(line: RedirectLine): string | null {
    const told = this.known.get(placeOf(line));
    if (!told) return `no change at position ${line.since} says that ${line.entry} was merged.`;
    const fields = ['into', 'mergedInto', 'until', 'state'] as const;
    const field = fields.find((name) => told[name] !== line[name]);
    return field === undefined ? null : `its ${field} is ${told[field]} by the changes, not ${line[field]}.`;
  }

  private part(entry: string, into: string | null, position: number): string | null {
    const own = this.open.get(entry);
    if (!own || own.into !== into || own.mergedInto !== into) return `${entry} was not merged into ${into}.`;
    const parted = new Set([entry]);
    // What was merged into it, and into that: in whatever order they stand.
    for (let size = 0; size < parted.size;) {
      size = parted.size;
      for (const one of this.into(into)) if (parted.has(one.mergedInto)) parted.add(one.entry);
    }
    for (const one of this.into(into)) {
      if (!parted.has(one.entry)) continue;
      if (one.entry === entry) this.close(one, position);
      else this.move(one, entry, position);
    }
    return null;
  }

  private into(entry: string): LedgerRedirect[] {
    return [...this.open.values()].filter(({ into }) => into === entry);
  }

  private add(redirect: LedgerRedirect): void {
    this.known.set(placeOf(redirect), redirect);
    if (redirect.until === null) this.open.set(redirect.entry, redirect);
  }

  private close(redirect: LedgerRedirect, until: number): void {
    this.open.delete(redirect.entry);
    this.known.set(placeOf(redirect), { ...redirect, until });
  }

  private move(redirect: LedgerRedirect, into: string, since: number): void {
    this.close(redirect, since);
    this.add({ ...redirect, into, since });
  }
}
