import { invariant } from '../base/invariant';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import { inNewestFormat } from '../rules/contents';
import { type Derived, derive, publicPart } from '../rules/derive';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { findTextLinks } from './rebuild-texts';
import type { Rebuilding } from './rebuilding';

/** Something that a content refers to: an entry by id, or what a wiki link names. */
export interface Mention {
  readonly field: string;
  readonly item: string;
  readonly to: string | WikiTarget;
}

/** What a view is to show of an entry, and all that follows from it. */
export interface ViewSource {
  readonly view: View;
  readonly revision: number;
  readonly format: number;
  readonly state: EntryState;
  readonly since: Date;
  /** When what is shown came into the view: the first is written where a row has none of them. */
  readonly ats: readonly Date[];
  readonly derived: Derived;
  readonly mentions: readonly Mention[];
}

/** An entry's row in the ledger, as far as it says what the views showed. */
export interface LedgerRow {
  readonly entry: string;
  readonly position: string;
  readonly at: Date;
  readonly latest: number;
  /** What the public saw from then on; null for nothing. */
  readonly visible: number | null;
}

/** An entry as its contents and the ledger have it: what its derived rows are compared with. */
export interface Source {
  readonly entry: string;
  readonly kind: EntryKind;
  /** Whether another entry answers for it: what the views showed of it is kept aside. */
  readonly isMerged: boolean;
  readonly ledger: readonly LedgerRow[];
  readonly views: readonly ViewSource[];
}

interface ContentRow {
  entry: string;
  kind: EntryKind;
  state: EntryState;
  isMerged: boolean;
  view: View;
  revision: number;
  format: number;
  /** Null where PUBLISHED shows what LATEST shows: once is enough. */
  content: Content | null;
  since: Date;
  at: Date;
}

const findShownContents = (run: Run, ids: readonly string[]): Promise<ContentRow[]> =>
  run<ContentRow>(
    'rebuild-contents',
    `select e.id as entry, e.kind, e.state, e.merged as "isMerged", v.view, r.number as revision, r.format,
        case when v.view = 'LATEST' or r.number <> e.latest then r.content end as content,
        case when v.view = 'LATEST' then f.at else (
          select min(p.public_at) from revision p where p.entry = e.id and p.public_position is not null
        ) end as since,
        case when v.view = 'LATEST' then r.at else r.public_at end as at
      from (
        select x.id, x.kind, x.latest, x.published, coalesce(d.state, x.state) as state, d.state is not null as merged
          from entry x left join redirect d on d.from_entry = x.id and d.until is null
          where x.id = any($1::uuid[])
      ) e
      cross join lateral (
        values ('LATEST', e.latest), ('PUBLISHED', case when e.state = 'PUBLISHED' then e.published end)
      ) as v (view, number)
      join revision r on r.entry = e.id and r.number = v.number
      join revision f on f.entry = e.id and f.number = 1
      order by e.id, v.view`,
    [ids],
  );

const findLedger = (run: Run, ids: readonly string[]): Promise<LedgerRow[]> =>
  run<LedgerRow>(
    'rebuild-ledger',
    `select c.entry, c.position::text, c.at, c.latest, case when coalesce(d.state, c.state) = 'PUBLISHED' then c.published end as visible
      from change c
      left join redirect d on c.state = 'MERGED' and d.from_entry = c.entry and d.since <= c.position
        and (d.until is null or d.until > c.position)
      where c.entry = any($1::uuid[]) order by c.entry, c.position`,
    [ids],
  );

/** What of a content its links are made of, before anybody asks where wiki links lead. */
export const mentionsIn = (
  { links, texts }: Pick<Derived, 'links' | 'texts'>,
  textLinks: ReadonlyMap<string, readonly WikiTarget[]>,
): Mention[] => [
  ...links,
  ...texts.flatMap(({ field, hash }) => (textLinks.get(hash) ?? []).map((to) => ({ field, item: '', to }))),
];

/** What a view makes of a content. */
export function derivedIn(view: View, kind: EntryKind, format: number, content: Content): Derived {
  const derived = derive(kind, inNewestFormat(kind, format, content));
  return view === 'PUBLISHED' ? publicPart(kind, derived) : derived;
}

/** The ledger's rows with which a view came to show something else than before, and the number of what it then showed. */
export function stepsOf(view: View, ledger: readonly LedgerRow[]): (LedgerRow & { number: number | null })[] {
  const numbered = ledger.map((row) => ({ ...row, number: view === 'LATEST' ? row.latest : row.visible }));
  return numbered.filter((row, index) => row.number !== (numbered[index - 1]?.number ?? null));
}

/**
 * When what is shown came into the view. A restored entry shows what it showed before: since its first publication or since
 * it came back, of which the row may know either.
 */
function momentsOf(row: ContentRow, ledger: readonly LedgerRow[]): Date[] {
  const step = stepsOf(row.view, ledger).at(-1);
  const came = step?.number === row.revision ? [step.at] : [];
  return row.view === 'LATEST' ? [row.at, ...came] : [...came, row.at];
}

function groupBy<Row extends { entry: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.entry);
    if (group) group.push(row);
    else groups.set(row.entry, [row]);
  }
  return groups;
}

/** Reads contents and ledger of entries, and derives: what takes time, and stays as it is while the entries are held. */
export async function readSources(
  run: Run,
  rebuilding: Pick<Rebuilding, 'texts'>,
  ids: readonly string[],
): Promise<Source[]> {
  const rows = groupBy(await findShownContents(run, ids));
  const ledgers = groupBy(await findLedger(run, ids));
  const shown = ids.map((entry) => {
    const [latest, published] = rows.get(entry) ?? [];
    invariant(latest?.content, `entry ${entry} has its newest revision, with its content`);
    const all = [latest, ...(published ? [published] : [])].map((row) => ({
      row,
      derived: derivedIn(row.view, row.kind, row.format, row.content ?? (latest.content as Content)),
    }));
    return { entry, kind: latest.kind, isMerged: latest.isMerged, all };
  });
  const hashes = shown.flatMap(({ all }) => all.flatMap(({ derived }) => derived.texts.map((text) => text.hash)));
  const textLinks = await findTextLinks(run, rebuilding, new Set(hashes));
  return shown.map(({ entry, kind, isMerged, all }) => {
    const ledger = ledgers.get(entry) ?? [];
    const views = all.map(({ row, derived }) => ({
      view: row.view,
      revision: row.revision,
      format: row.format,
      state: row.state,
      since: row.since,
      ats: momentsOf(row, ledger),
      derived,
      mentions: mentionsIn(derived, textLinks),
    }));
    return { entry, kind, isMerged, ledger, views };
  });
}
