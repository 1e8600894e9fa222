import type { ChangeLine } from '../model/export';
import type { LedgerStanding } from '../store/write-import';
import { isShownAnew } from './import-changes';

/**
 * Who has which address by the changes of a ledger, read in their order and as far as contents in sight tell: it is one entry's
 * at a time, and for good once the public saw it.
 */
export class Addresses {
  private readonly holders = new Map<string, { entry: string; isForGood: boolean }>();
  /** The address of each entry, from which revision on. */
  private readonly own = new Map<string, { from: number; address: string | null }[]>();

  /** Follows a change with the slug of the content that it wrote; says whose address that is already, or null. */
  follow(change: ChangeLine, before: LedgerStanding | undefined, slug: string | null): string | null {
    const { entry, entryKind, wrote } = change;
    if (wrote) {
      const address = slug === null ? null : `${entryKind}:${slug}`;
      const holder = address === null ? undefined : this.holders.get(address);
      if (holder && holder.entry !== entry && (holder.isForGood || this.addressOf(holder.entry) === address))
        return `its address ${slug} is that of ${holder.entry}.`;
      if (address !== null && holder?.entry !== entry) this.holders.set(address, { entry, isForGood: false });
      this.note(entry, wrote.number, address);
    }
    if (isShownAnew(change, before)) {
      const address = this.addressOf(entry, change.published ?? 0);
      if (address !== null && this.holders.get(address)?.isForGood !== true)
        this.holders.set(address, { entry, isForGood: true });
    }
    return null;
  }

  private note(entry: string, from: number, address: string | null): void {
    const known = this.own.get(entry) ?? [];
    if (known.at(-1)?.address !== address) known.push({ from, address });
    this.own.set(entry, known);
  }

  private addressOf(entry: string, revision = Infinity): string | null {
    return this.own.get(entry)?.findLast(({ from }) => from <= revision)?.address ?? null;
  }
}
