import type { EntryKind } from '../model/entry';
import type { Run } from './database';
import { SUPPORTING } from './facts';
import { IDENTITY_NOW } from './identity';

const { rootOf, clusterOf } = IDENTITY_NOW;

/** An entry whose embargo is over, and what it is nothing without. */
export interface DueEntry {
  id: string;
  kind: EntryKind;
  /** The changeset that put it under the embargo, or itself. */
  group: string;
  /** What it is about, where it is a citation. */
  about: string | null;
  /** What else it refers to that must be public before it. */
  needs: readonly string[];
}

/** The same, locked. */
export interface LockedDue {
  id: string;
  kind: EntryKind;
  latest: number;
  published: number;
  accepted: number;
  group: string;
  /** Checks that were ERRORs when it was put under the embargo, and overridden. */
  overridden: readonly string[];
  /** Whether the public saw it before. */
  wasPublic: boolean;
  /** When it was found to be due, by the database's clock. */
  at: Date;
}

const IS_DUE = `e.state = 'EMBARGOED' and e.embargo_until <= clock_timestamp()`;

const LAST_EMBARGO = `left join lateral (
    select coalesce(c.changeset, c.entry) as "group", c.overridden from change c
      where c.entry = e.id and c.kind = 'EMBARGOED' order by c.position desc limit 1) m on true`;

/** Entries whose embargo is over, whoever holds them; what was put there by one write one after the other. */
export const findDueEmbargoes = (run: Run): Promise<DueEntry[]> =>
  run<DueEntry>(
    'due-embargoes',
    `select e.id, e.kind, coalesce(m."group", e.id) as "group", ${rootOf(`(r.content ->> 'about')::uuid`)} as about,
        array(select ${rootOf('n.id')} from unnest(
          array[r.content ->> 'subject', r.content ->> 'document']::uuid[]) as n (id) where n.id is not null) as needs
      from entry e join revision r on r.entry = e.id and r.number = e.published ${LAST_EMBARGO}
      where ${IS_DUE} order by "group", e.id`,
  );

/**
 * Locks those of these entries whose embargo is over and that nobody else holds: who holds one is lifting it, or is about to
 * end its embargo otherwise. The time is the database's, read anew for every row: what is not due is never lifted.
 */
export const lockDueEmbargoes = (run: Run, entries: readonly string[]): Promise<LockedDue[]> =>
  run<LockedDue>(
    'lock-due-embargoes',
    `select e.id, e.kind, e.latest, e.published, e.accepted, coalesce(m."group", e.id) as "group",
        coalesce(m.overridden, '{}') as overridden, date_trunc('milliseconds', clock_timestamp()) as at,
        exists (select from revision p where p.entry = e.id and p.public_position is not null) as "wasPublic"
      from entry e ${LAST_EMBARGO}
      where e.id = any($1::uuid[]) and ${IS_DUE} order by e.id for no key update of e skip locked`,
    [entries],
  );

/** How many entries of each group are due, whoever holds them. */
export const countDueEmbargoes = (run: Run, groups: readonly string[]): Promise<{ group: string; count: number }[]> =>
  run(
    'count-due-embargoes',
    `select coalesce(m."group", e.id) as "group", count(*)::int as count from entry e ${LAST_EMBARGO}
      where ${IS_DUE} and coalesce(m."group", e.id) = any($1::uuid[])
      group by 1`,
    [groups],
  );

/** The newest citation that was to support each claim and is not public; those that have none are left out. */
export const findLostSupport = (run: Run, claims: readonly string[]): Promise<{ claim: string; citation: string }[]> =>
  run(
    'lost-support',
    `select i.claim, x.citation from unnest($1::uuid[]) as i (claim)
      cross join lateral (
        select l.from_entry as citation from link l
          join shown c on c.entry = l.from_entry and c.view = 'LATEST' and c.state <> 'PUBLISHED'
          where l.to_entry = any(${clusterOf('i.claim')}) and l.view = 'LATEST' and l.field = 'about' and l.until is null
            and c.facets ->> 'stance' in ${SUPPORTING}
          order by l.since desc, l.from_entry desc limit 1) x`,
    [claims],
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
