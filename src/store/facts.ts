import type { Run } from './database';

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
        l.to_entry as target, t.title
      from link l
      left join shown t on t.entry = l.to_entry and t.view = 'LATEST'
      where l.from_entry = any($1::uuid[]) and l.view = 'LATEST' and l.until is null
        and not exists (select from shown p where p.entry = l.to_entry and p.view = 'PUBLISHED')
      order by l.id`,
    [entries],
  );

/** How many citations support each entry, as editors see them now. Entries without any are left out. */
export const countSupport = (run: Run, entries: readonly string[]): Promise<{ entry: string; count: number }[]> =>
  run(
    'support',
    `select l.to_entry as entry, count(distinct l.from_entry)::int as count
      from link l join shown c on c.entry = l.from_entry and c.view = 'LATEST' and c.state <> 'DELETED'
      where l.to_entry = any($1::uuid[]) and l.view = 'LATEST' and l.field = 'about' and l.until is null
        and c.facets ->> 'stance' in ('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')
      group by l.to_entry`,
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
    `select entry, null::timestamptz as "from" from shown where view = 'PUBLISHED' and entry = any($1::uuid[])
      union all
      select id, embargo_until from entry where state = 'EMBARGOED' and id = any($1::uuid[])`,
    [entries],
  );

const SUPPORTING = `('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')`;

/** The citations that support each entry in public, or will when an embargo ends, but for these: one row each. */
export const findSupport = (run: Run, entries: readonly string[], without: readonly string[]): Promise<Seen[]> =>
  run<Seen>(
    'seen-support',
    `select l.to_entry as entry, null::timestamptz as "from"
        from link l join shown c on c.entry = l.from_entry and c.view = 'PUBLISHED'
        where l.to_entry = any($1::uuid[]) and l.view = 'PUBLISHED' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[]) and c.facets ->> 'stance' in ${SUPPORTING}
      union all
      select l.to_entry, e.embargo_until
        from link l
        join entry e on e.id = l.from_entry and e.state = 'EMBARGOED'
        join revision r on r.entry = e.id and r.number = e.published
        where l.to_entry = any($1::uuid[]) and l.view = 'LATEST' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[])
          and r.content ->> 'about' = l.to_entry::text and r.content ->> 'stance' in ${SUPPORTING}`,
    [entries, without],
  );
