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

/** Rows of `link` that came at once have numbers by chance, other ones in each copy of a newsroom. */
export const WEAK_ORDER = 'order by l.since, l.field, l.item, wanted, r.target';

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
      ${WEAK_ORDER}`,
    [entries],
  );

/** How many citations support an entry: of one retracted document, or of all others together. */
export interface Support {
  entry: string;
  citations: number;
  /** The document that was retracted, and what it is called; null for all that were not. */
  retracted: string | null;
  title: string | null;
}

/** Stances with which a citation supports what it is about, as SQL lists them. */
export const SUPPORTING = `('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')`;

/** How many citations support each entry, as editors see them now. Entries without any are left out. */
export const countSupport = (run: Run, entries: readonly string[]): Promise<Support[]> =>
  run<Support>(
    'support',
    `select p.entry, count(distinct l.from_entry)::int as citations, d.entry as retracted, min(d.title) as title
      from ${CLUSTERS} p
      join link l on l.to_entry = any(p.cluster)
      join shown c on c.entry = l.from_entry and c.view = 'LATEST' and c.state <> 'DELETED'
      left join link k on k.from_entry = l.from_entry and k.view = 'LATEST' and k.field = 'document' and k.until is null
      left join shown d on d.entry = ${rootOf('k.to_entry')} and d.view = 'LATEST' and d.facets ->> 'status' = 'RETRACTED'
      where l.view = 'LATEST' and l.field = 'about' and l.until is null and c.facets ->> 'stance' in ${SUPPORTING}
      group by p.entry, d.entry order by min(d.title), d.entry`,
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

/** A citation that supports an entry in public, or will when an embargo ends, and its document. */
export interface Supporter extends Seen {
  document: string;
}

/** The citations that support each entry in public, or will when an embargo ends, but for these: one row each. */
export const findSupport = (run: Run, entries: readonly string[], without: readonly string[]): Promise<Supporter[]> =>
  run<Supporter>(
    'seen-support',
    `select p.entry, null::timestamptz as "from", ${rootOf(`(c.content ->> 'document')::uuid`)} as document
        from ${CLUSTERS} p
        join link l on l.to_entry = any(p.cluster)
        join shown c on c.entry = l.from_entry and c.view = 'PUBLISHED'
        where l.view = 'PUBLISHED' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[]) and c.facets ->> 'stance' in ${SUPPORTING}
      union all
      select p.entry, e.embargo_until, ${rootOf(`(r.content ->> 'document')::uuid`)}
        from ${CLUSTERS} p
        join link l on l.to_entry = any(p.cluster)
        join entry e on e.id = l.from_entry and e.state = 'EMBARGOED'
        join revision r on r.entry = e.id and r.number = e.published
        where l.view = 'LATEST' and l.field = 'about' and l.until is null
          and l.from_entry <> all($2::uuid[])
          and r.content ->> 'about' = l.to_entry::text and r.content ->> 'stance' in ${SUPPORTING}`,
    [entries, without],
  );

/** Which of these documents the public sees as retracted, or will when an embargo ends. */
export const findRetractions = (run: Run, documents: readonly string[]): Promise<(Seen & { title: string })[]> =>
  run(
    'seen-retractions',
    `select e.id as entry, case when e.state = 'EMBARGOED' then e.embargo_until end as "from", r.content ->> 'title' as title
      from entry e join revision r on r.entry = e.id and r.number = e.published
      where e.id = any($1::uuid[]) and e.state in ('PUBLISHED', 'EMBARGOED') and r.content ->> 'status' = 'RETRACTED'`,
    [documents],
  );

/** What is kept of a document's text: of what was accepted of it, else of its newest revision. */
export interface KeptDocument {
  /** The id that was asked for, and the entry that answers for it. */
  asked: string;
  entry: string;
  title: string;
  /** Hash of the text; null where none is kept. */
  text: string | null;
}

/** Documents by any id that they have; what is not written yet is not among them. */
export const findKeptDocuments = (run: Run, documents: readonly string[]): Promise<KeptDocument[]> =>
  run<KeptDocument>(
    'kept-documents',
    `select i.id as asked, e.id as entry, r.content ->> 'title' as title, r.content ->> 'keptText' as text
      from unnest($1::uuid[]) as i (id)
      join entry e on e.id = ${rootOf('i.id')}
      join revision r on r.entry = e.id and r.number = coalesce(e.published, e.latest)`,
    [documents],
  );
