import type { EntryState } from '../model/entry';
import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

/** That an entry was merged into another, which answers for it now. */
export interface Redirect {
  entry: string;
  /** What answers for it. */
  into: string;
  /** What it was merged into itself; where that was merged further, another one answers. */
  mergedInto: string;
  /** What that became by it. */
  revision: number;
  /** How it stood before. */
  state: EntryState;
  /** Its own newest revision. */
  latest: number;
}

const REDIRECTS = `select d.from_entry as entry, d.into_entry as into, d.merged_into as "mergedInto", d.revision, d.state, e.latest
  from redirect d join entry e on e.id = d.from_entry`;

/** The redirects of entries that are merged into others now. */
export const findRedirects = (run: Run, entries: readonly string[]): Promise<Redirect[]> =>
  run<Redirect>('redirects', `${REDIRECTS} where d.from_entry = any($1::uuid[]) and d.until is null`, [entries]);

/** The redirects to an entry now, in the order of what each merging made of whom. */
export const findMergedInto = (run: Run, entry: string): Promise<Redirect[]> =>
  run<Redirect>(
    'merged-into',
    `${REDIRECTS} where d.into_entry = $1 and d.until is null order by d.revision, d.from_entry`,
    [entry],
  );

/** Notes that what a merged entry brought came with another revision of what answers for it: it was taken off, and put on again. */
export const noteMergedAs = (run: Run, entry: string, revision: number): Promise<unknown[]> =>
  run('note-merged-as', 'update redirect set revision = $2 where from_entry = $1 and until is null', [entry, revision]);

/** Which entry answers for each id now. */
export async function findRoots(run: Run, ids: readonly string[]): Promise<(id: string) => string> {
  const roots = new Map((await findRedirects(run, ids)).map(({ entry, into }) => [entry, into]));
  return (id) => roots.get(id) ?? id;
}

/** An entry for which another is to answer, and the revision that this one became by it. */
export interface MergeRequest {
  from: string;
  into: string;
  revision: number;
  author: string;
  /** As `at` of an `EntryWrite`. */
  at?: Date;
}

const HEAD = `head as materialized (
    select position + 1 as position, greatest(coalesce($5::timestamptz, date_trunc('milliseconds', statement_timestamp())), at) as at
      from change order by change.position desc limit 1)`;

/**
 * Lets one entry answer for another, and for all for which that one answers; takes it out of what the views show, and tells
 * the ledger. The entries must be locked, and the position lock held.
 */
export const redirectEntry = (run: Run, { from, into, revision, author, at }: MergeRequest): Promise<unknown[]> =>
  run(
    'redirect-entry',
    `with ${HEAD},
      was as materialized (select * from entry where id = $1::uuid),
      moved as (
        update redirect d set until = head.position from head where d.into_entry = $1::uuid and d.until is null
          returning d.from_entry, d.merged_into, d.revision, d.state
      ),
      redirected as (
        insert into redirect (from_entry, into_entry, merged_into, revision, state, since)
          select m.from_entry, $2::uuid, m.merged_into, m.revision, m.state, head.position from moved m cross join head
          union all
          select was.id, $2::uuid, $2::uuid, $3::int, was.state, head.position from was cross join head
      ),
      away as (delete from shown where entry = $1::uuid returning *),
      aside as (insert into shown_before select * from away),
      closed as (update entry set state = 'MERGED' where id = $1::uuid)
      insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state,
          into_entry, author)
        select head.position, head.at, 'MERGED', case when was.state = 'PUBLISHED' then 'MERGED' end, was.id, was.latest,
            was.latest, was.latest, was.published, was.accepted, 'MERGED', $2::uuid, $4::uuid
          from was cross join head`,
    [from, into, revision, author, at ?? null],
  );

/** An entry that is to stand for itself again. */
export interface PartRequest {
  entry: string;
  from: string;
  /** How it is to stand: as it stood, or WITHDRAWN where what answered for it was taken from the public meanwhile. */
  state: EntryState;
  author: string;
  /** As `at` of an `EntryWrite`. */
  at?: Date;
}

/**
 * Lets an entry answer for itself again, and for those that were merged into it; the views show of it what they showed. Where
 * it is not to be public again, its public links end with it. The entries must be locked, and the position lock held.
 */
export async function partEntries(
  run: Run,
  { entry, from, state, author, at }: PartRequest,
): Promise<{ position: bigint; at: Date }> {
  const [row] = await run<{ position: string; at: Date }>(
    'part-entries',
    `with recursive ${HEAD},
      own (entry) as (
        select $1::uuid
        union
        select d.from_entry from own o join redirect d on d.merged_into = o.entry and d.until is null and d.into_entry = $2::uuid
      ),
      parted as (
        update redirect d set until = head.position from head
          where d.into_entry = $2::uuid and d.until is null and d.from_entry in (select o.entry from own o)
          returning d.*
      ),
      redirected as (
        insert into redirect (from_entry, into_entry, merged_into, revision, state, since)
          select p.from_entry, $1::uuid, p.merged_into, p.revision, p.state, head.position from parted p cross join head
            where p.from_entry <> $1::uuid
      ),
      back as (delete from shown_before where entry = $1::uuid returning *),
      shown_again as (
        insert into shown (entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at, earliest,
            latest, facets, content)
          select b.entry, b.view, b.revision, b.format, b.kind, b.title, b.sort_title, b.slug, b.language, $3::text, b.since, b.at,
              b.earliest, b.latest, b.facets, b.content
            from back b where b.view = 'LATEST' or $3::text = 'PUBLISHED'
      ),
      left_link as (
        update link l set until = head.position from head
          where l.from_entry = $1::uuid and l.view = 'PUBLISHED' and l.until is null and $3::text <> 'PUBLISHED'
      ),
      reopened as (update entry set state = $3::text where id = $1::uuid returning *),
      told as (
        insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state,
            into_entry, author)
          select head.position, head.at, 'UNMERGED',
              case when $3::text = 'PUBLISHED' then 'UNMERGED' when own.state = 'PUBLISHED' then $3::text end, e.id, e.latest, e.latest,
              e.latest, e.published, e.accepted, $3::text, $2::uuid, $4::uuid
            from reopened e cross join head join parted own on own.from_entry = e.id
      )
      select position::text, at from head`,
    [entry, from, state, author, at ?? null],
  );
  return { position: BigInt(row?.position ?? 0), at: row?.at ?? new Date(0) };
}

/**
 * Entries that refer to one of two by a link that was made since they were merged: as editors see them, with the newest first, at
 * most so many; and how many there are. Which of the two is meant nobody but a person can tell.
 */
export async function findLinkedSince(
  run: Run,
  { entry, from }: Pick<PartRequest, 'entry' | 'from'>,
  limit: number,
): Promise<{ entries: string[]; count: number }> {
  const rows = await run<{ entry: string; count: number }>(
    'linked-since',
    `select x.entry, (count(*) over ())::int as count from (
        select l.from_entry as entry, max(l.since) as since
          from (select max(position) as position from change where entry = $1::uuid and kind = 'MERGED') merged
          join link l on l.to_entry = any(${IDENTITY_NOW.clusterOf('$2::uuid')}) and l.view = 'LATEST' and l.until is null
            and l.since > merged.position
          join shown s on s.entry = l.from_entry and s.view = 'LATEST' and s.state <> 'DELETED'
          where l.from_entry not in ($1::uuid, $2::uuid)
          group by l.from_entry
      ) x order by x.since desc, x.entry limit $3`,
    [entry, from, limit],
  );
  return { entries: rows.map((row) => row.entry), count: rows[0]?.count ?? 0 };
}

/** Ids that the public, or with LATEST the newsroom, knows of entries that were merged into each; in the order of their merging. */
export const findFormerIds = (
  run: Run,
  view: string,
  asOf: bigint | null,
  entries: readonly string[],
): Promise<{ entry: string; former: string }[]> => {
  const held =
    asOf === null ? 'd.until is null' : 'd.since <= $3::bigint and (d.until is null or d.until > $3::bigint)';
  return run(
    `former-ids${asOf === null ? '' : '-then'}`,
    `select d.into_entry as entry, d.from_entry as former from redirect d
      where d.into_entry = any($1::uuid[]) and ${held} and ($2 = 'LATEST' or d.state = 'PUBLISHED')
      order by d.since, d.from_entry`,
    asOf === null ? [entries, view] : [entries, view, asOf],
  );
};
