import type { EntryKind } from '../model/entry';
import type { Run } from './database';

/** An entry whose embargo is over, locked. */
export interface DueEntry {
  id: string;
  kind: EntryKind;
  latest: number;
  published: number;
  accepted: number;
}

/**
 * Locks entries whose embargo is over, those that nobody else holds: who holds one is lifting it, or is about to end its
 * embargo otherwise. The time is the database's, read anew for every row: what is not due is never lifted.
 */
export const findDueEmbargoes = (run: Run, limit: number): Promise<DueEntry[]> =>
  run<DueEntry>(
    'due-embargoes',
    `select id, kind, latest, published, accepted from entry
      where state = 'EMBARGOED' and embargo_until <= clock_timestamp()
      order by id limit $1 for no key update skip locked`,
    [limit],
  );

/** Milliseconds until the next embargo ends, by the database's clock; null where there is none. */
export async function findNextEmbargo(run: Run): Promise<number | null> {
  const [row] = await run<{ ms: number | null }>(
    'next-embargo',
    `select (extract(epoch from min(embargo_until) - clock_timestamp()) * 1000)::float8 as ms
      from entry where state = 'EMBARGOED'`,
  );
  return row?.ms ?? null;
}
