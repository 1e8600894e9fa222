import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

const { rootOf, clusterOf } = IDENTITY_NOW;

/** Each entry with the ids of all that was merged into it. */
const CLUSTERS = `(select i.entry, ${clusterOf('i.entry')} as cluster from unnest($1::uuid[]) as i (entry))`;

/** A link of an entry that readers cannot follow: to nothing yet, or to what is not public. */
export interface WeakLink {
  entry: string;
  field: string;
  item: string;
  /** What a wiki link names that is not there; null where the link leads to an entry. */
  wanted: string | null;
  target: string | null;
  title: string | null;
}

/** Links of entries, as editors see them now, that lead to nothing or to what is not public. */
export const findWeakLinks = (run: Run, entries: readonly string[]): Promise<WeakLink[]> =>
  run<WeakLink>(
    'weak-links',
    `select l.from_entry as entry, l.field, l.item, lower(l.wanted_kind) || ':' || l.wanted_slug as wanted,
        r.target, t.title
      from link l
      cross join lateral (select ${rootOf('l.to_entry')} as target) r
      left join shown t on t.entry = r.target and t.view = 'LATEST'
      where l.from_entry = any($1::uuid[]) and l.view = 'LATEST' and l.until is null
        and not exists (select from shown p where p.entry = r.target and p.view = 'PUBLISHED')
      order by l.id`,
    [entries],
  );

/** How many citations support each entry, as editors see them now. Entries without any are left out. */
export const countSupport = (run: Run, entries: readonly string[]): Promise<{ entry: string; count: number }[]> =>
  run(
    'support',
    `select p.entry, count(distinct l.from_entry)::int as count
      from ${CLUSTERS} p
      join link l on l.to_entry = any(p.cluster)
      join shown c on c.entry = l.from_entry and c.view = 'LATEST' and c.state <> 'DELETED'
      where l.view = 'LATEST' and l.field = 'about' and l.until is null
        and c.facets ->> 'stance' in ('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')
      group by p.entry`,
    [entries],
  );

/** Something that the public sees now, or from the end of its embargo on. */
export interface Seen {
  entry: string;
  /** Null where it is public. */
  from: Date | null;
}

/** Which of these entries the public sees, or will see when an embargo ends. */
export const findSeen = (run: Run, entries: readonly string[]): Promise<Seen[]> =>
  run<Seen>(
    'seen-entries',
    `select i.entry, case when e.state = 'EMBARGOED' then e.embargo_until end as "from"
      from unnest($1::uuid[]) as i (entry)
      join entry e on e.id = ${rootOf('i.entry')} and e.state in ('PUBLISHED', 'EMBARGOED')`,
    [entries],
  );

const SUPPORTING = `('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')`;

/** The citations that support each entry in public, or will when an embargo ends, but for these: one row each. */
export const findSupport = (run: Run, entries: readonly string[], without: readonly string[]): Promise<Seen[]> =>
  run<Seen>(
    'seen-support',
    `select p.entry, null::timestamptz as "from"
        from ${CLUSTERS} p
        join link l on l.to_entry = any(p.cluster)
        join shown c on c.entry = l.from_entry and c.view = 'PUBLISHED'
        where l.view = 'PUBLISHED' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[]) and c.facets ->> 'stance' in ${SUPPORTING}
      union all
      select p.entry, e.embargo_until
        from ${CLUSTERS} p
        join link l on l.to_entry = any(p.cluster)
        join entry e on e.id = l.from_entry and e.state = 'EMBARGOED'
        join revision r on r.entry = e.id and r.number = e.published
        where l.view = 'LATEST' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[])
          and r.content ->> 'about' = l.to_entry::text and r.content ->> 'stance' in ${SUPPORTING}`,
    [entries, without],
  );
