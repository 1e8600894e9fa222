import { isDeepStrictEqual } from 'node:util';
import type { EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { Run } from './database';
import type { Source, ViewSource } from './rebuild-sources';

/**
 * A row of `shown`, or of `shown_before`, but for its content, of which only is known whether it is its revision's, letter by
 * letter.
 */
export interface ShownNow {
  entry: string;
  view: View;
  revision: number;
  format: number;
  kind: EntryKind;
  title: string;
  sortTitle: string;
  slug: string | null;
  language: string;
  state: EntryState;
  since: Date;
  at: Date;
  earliest: Date | null;
  latest: Date | null;
  facets: Record<string, unknown>;
  hasContent: boolean;
  /** Whether it is kept aside, for its entry is merged into another. */
  isAside: boolean;
}

/** Rows of `shown` that have to be written, and rows that have to go. */
export interface ShownMending {
  readonly write: ShownNow[];
  readonly remove: { entry: string; view: View; isAside: boolean }[];
}

/** What the views show of entries now. */
export const findShownNow = (run: Run, ids: readonly string[]): Promise<ShownNow[]> =>
  run<ShownNow>(
    'rebuild-shown',
    `select s.entry, s.view, s.revision, s.format, s.kind, s.title, s.sort_title as "sortTitle", s.slug, s.language,
        s.state, s.since, s.at, s.earliest, s.latest, s.facets,
        coalesce(s.content::text = r.content::text, false) as "hasContent", s.aside as "isAside"
      from (select *, false as aside from shown union all select *, true from shown_before) s left join revision r on r.entry = s.entry and r.number = s.revision
      where s.entry = any($1::uuid[])`,
    [ids],
  );

const asKept = (facets: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(JSON.stringify(facets)) as Record<string, unknown>;

function rowOf({ entry, kind, isMerged }: Source, source: ViewSource, now: ShownNow | undefined): ShownNow {
  const { view, revision, format, state, since, ats, derived } = source;
  const { title, sortTitle, slug, language, earliest, latest } = derived;
  const at = ats.find((moment) => moment.getTime() === now?.at.getTime()) ?? ats[0] ?? since;
  const facets = asKept(derived.facets);
  const found = { title, sortTitle, slug, language, earliest, latest, facets };
  return { entry, view, revision, format, kind, state, since, at, ...found, hasContent: true, isAside: isMerged };
}

const keyOf = (entry: string, view: View, isAside: boolean): string => `${entry} ${view} ${isAside}`;

/** Compares what the views show with what they should. */
export function compareShown(sources: readonly Source[], rows: readonly ShownNow[]): ShownMending {
  const found = new Map(rows.map((row) => [keyOf(row.entry, row.view, row.isAside), row]));
  const write: ShownNow[] = [];
  for (const source of sources)
    for (const view of source.views) {
      const key = keyOf(source.entry, view.view, source.isMerged);
      const now = found.get(key);
      found.delete(key);
      const expected = rowOf(source, view, now);
      if (!isDeepStrictEqual({ ...now }, expected)) write.push(expected);
    }
  return { write, remove: [...found.values()].map(({ entry, view, isAside }) => ({ entry, view, isAside })) };
}

/** Writes rows as they should be; contents are copied from their revisions, as they were written. */
export async function mendShown(run: Run, { write, remove }: ShownMending): Promise<void> {
  for (const isAside of [false, true])
    await mendTable(run, isAside ? 'shown_before' : 'shown', {
      write: write.filter((row) => row.isAside === isAside),
      remove: remove.filter((row) => row.isAside === isAside),
    });
}

async function mendTable(run: Run, table: 'shown' | 'shown_before', { write, remove }: ShownMending): Promise<void> {
  if (write.length > 0)
    await run(
      `rebuild-${table}-write`,
      `insert into ${table} (entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at,
          earliest, latest, facets, content)
        select n.entry, n.view, n.revision, n.format, n.kind, n.title, n."sortTitle", n.slug, n.language, n.state, n.since,
            n.at, n.earliest, n.latest, n.facets, r.content
          from json_to_recordset($1::json) as n (
            entry uuid, view text, revision int, format smallint, kind text, title text, "sortTitle" text, slug text,
            language text, state text, since timestamptz, at timestamptz, earliest timestamptz, latest timestamptz,
            facets jsonb)
          join revision r on r.entry = n.entry and r.number = n.revision
        on conflict (entry, view) do update set
          revision = excluded.revision, format = excluded.format, kind = excluded.kind, title = excluded.title,
          sort_title = excluded.sort_title, slug = excluded.slug, language = excluded.language, state = excluded.state,
          since = excluded.since, at = excluded.at, earliest = excluded.earliest, latest = excluded.latest,
          facets = excluded.facets, content = excluded.content`,
      [JSON.stringify(write)],
    );
  if (remove.length > 0)
    await run(
      `rebuild-${table}-remove`,
      `delete from ${table} s using json_to_recordset($1::json) as n (entry uuid, view text)
        where s.entry = n.entry and s.view = n.view`,
      [JSON.stringify(remove)],
    );
}
