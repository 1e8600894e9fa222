import type { EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { Run } from './database';

/** What a reference leads to. */
export interface Target {
  id: string;
  kind: EntryKind;
  state: EntryState;
}

/** The entries that references lead to; ids of nothing are not among them. */
export const findTargets = (run: Run, ids: readonly string[]): Promise<Target[]> =>
  run<Target>('reference-targets', 'select id, kind, state from entry where id = any($1::uuid[])', [ids]);

/** Whether following `field` from `start` leads to `goal` in one of the views as they are now. */
export async function leadsTo(
  run: Run,
  views: readonly View[],
  field: string,
  start: string,
  goal: string,
): Promise<boolean> {
  const rows = await run(
    'leads-to',
    `with recursive reached (view, entry) as (
        select view, $3::uuid from unnest($1::text[]) as v (view)
        union
        select r.view, l.to_entry from reached r
          join link l on l.from_entry = r.entry and l.view = r.view and l.field = $2 and l.until is null
      )
      select from reached where entry = $4::uuid limit 1`,
    [views, field, start, goal],
  );
  return rows.length > 0;
}

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
