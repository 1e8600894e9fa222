import type { EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

const { rootOf, clusterOf } = IDENTITY_NOW;

/** What a reference leads to. */
export interface Target {
  /** As the reference has it. */
  id: string;
  /** What answers for it: itself, or what it was merged into. */
  root: string;
  kind: EntryKind;
  state: EntryState;
}

/** The entries that references lead to; ids of nothing are not among them. */
export const findTargets = (run: Run, ids: readonly string[]): Promise<Target[]> =>
  run<Target>(
    'reference-targets',
    `select i.id, e.id as root, e.kind, e.state from unnest($1::uuid[]) as i (id) join entry e on e.id = ${rootOf('i.id')}`,
    [ids],
  );

/** A reference from one entry to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * The references by `field` in a view that are met on the way from entries, without those of `replaced` entries. From the id of
 * what is merged there is one to what answers for it.
 */
export const findEdges = (
  run: Run,
  {
    view,
    field,
    starts,
    replaced,
  }: { view: View; field: string; starts: readonly string[]; replaced: readonly string[] },
): Promise<Edge[]> =>
  run<Edge>(
    'edges',
    `with recursive met (entry, "from") as (
        select ${rootOf('s.entry')}, s.entry from unnest($3::uuid[]) as s (entry)
        union
        select ${rootOf('l.to_entry')}, l.from_entry from met m
          join link l on l.from_entry = m.entry and l.view = $1 and l.field = $2 and l.until is null
            and l.to_entry is not null and l.from_entry <> all($4::uuid[])
      )
      select "from", entry as "to" from met where "from" <> entry`,
    [view, field, starts, replaced],
  );

/** Which of these ids are items that some revision of the entry has had in the list. */
export async function findFormerItems(
  run: Run,
  entry: string,
  list: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await run<{ id: string }>(
    'former-items',
    `select distinct item ->> 'id' as id from revision r, json_array_elements(r.content -> $2) as item
      where r.entry = $1 and item ->> 'id' = any($3::text[])`,
    [entry, list, ids],
  );
  return rows.map((row) => row.id);
}

/** An entry that refers to another, and where in it. */
export interface Referrer {
  entry: string;
  title: string;
  field: string;
  item: string;
}

/** Entries that refer to another now, each with its newest reference, newest first; and how many there are. */
export async function findReferrers(
  run: Run,
  entry: string,
  limit: number,
): Promise<{ referrers: Referrer[]; count: number }> {
  const rows = await run<Referrer & { count: number }>(
    'referrers',
    `select r.*, (count(*) over ())::int as count from (
        select distinct on (l.from_entry) l.from_entry as entry, s.title, l.field, l.item, l.since
          from link l join shown s on s.entry = l.from_entry and s.view = l.view
          where l.to_entry = any(${clusterOf('$1::uuid')}) and l.from_entry <> $1 and l.view = 'LATEST' and l.until is null and s.state <> 'DELETED'
          order by l.from_entry, l.since desc, l.field, l.item
      ) r order by r.since desc, r.entry limit $2`,
    [entry, limit],
  );
  return { referrers: rows, count: rows[0]?.count ?? 0 };
}
