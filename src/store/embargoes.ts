import type { EntryKind } from '../model/entry';
import type { Run } from './database';

/** An entry whose embargo is over, locked. */
export interface DueEntry {
  id: string;
  kind: EntryKind;
  latest: number;
  published: number;
  accepted: number;
  /** The changeset that put it under the embargo, or itself. */
  group: string;
}

const GROUP = `coalesce(
  (select c.changeset from change c where c.entry = e.id and c.kind = 'EMBARGOED' order by c.position desc limit 1), e.id)`;

/**
 * Locks entries whose embargo is over, those that nobody else holds: who holds one is lifting it, or is about to end its
 * embargo otherwise. The time is the database's, read anew for every row: what is not due is never lifted.
 *
 * What was put under an embargo by one write comes one after the other, for it is to be lifted together: an accusation is
 * not to be public before its citations are.
 *
 * @param limit at least as many as one write puts under an embargo, so that the first group is whole.
 */
export const findDueEmbargoes = (run: Run, limit: number): Promise<DueEntry[]> =>
  run<DueEntry>(
    'due-embargoes',
    `select e.id, e.kind, e.latest, e.published, e.accepted, ${GROUP} as "group" from entry e
      where e.state = 'EMBARGOED' and e.embargo_until <= clock_timestamp()
      order by "group", e.id limit $1 for no key update of e skip locked`,
    [limit],
  );

/** How many entries of each group are due, whoever holds them. */
export const countDueEmbargoes = (run: Run, groups: readonly string[]): Promise<{ group: string; count: number }[]> =>
  run(
    'count-due-embargoes',
    `select g."group", count(*)::int as count from entry e cross join lateral (select ${GROUP} as "group") g
      where e.state = 'EMBARGOED' and e.embargo_until <= clock_timestamp() and g."group" = any($1::uuid[])
      group by g."group"`,
    [groups],
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
