import type { Content, EntryKind, EntryRecord, EntryState } from '../model/entry';
import type { Lens } from '../model/lens';
import type { UserRole } from '../model/user';
import { inNewestFormat } from '../rules/contents';
import { KINDS } from '../rules/kinds';
import type { Run } from './database';
import { PUBLIC_SINCE_THEN, tenseOf } from './tense';

/** A row of `shown` with what `entry` adds to it. */
export interface ShownRow {
  id: string;
  kind: EntryKind;
  revision: number;
  format: number;
  title: string;
  slug: string | null;
  state: EntryState;
  since: Date;
  at: Date;
  content: Content;
}

/** A row of what a view showed at a position. What is derived from contents is not kept of the past. */
export type ThenRow = Omit<ShownRow, 'title' | 'slug'> & { newest: number; accepted: number | null };

/** What a select from `shown s` gives as a ShownRow. */
export const SHOWN_COLUMNS = `s.entry as id, s.kind, s.revision, s.format, s.title, s.slug, s.state, s.since, s.at, s.content`;

const THEN_COLUMNS = `s.entry as id, s.kind, s.revision, s.format, s.state, s.since, s.at, s.newest, s.accepted, s.content`;

/** What a select from a view's `s`, joined by the lens's tense, gives as a ShownRow or a ThenRow. */
export const columnsOf = (lens: Lens): string => (lens.asOf === null ? SHOWN_COLUMNS : THEN_COLUMNS);

/** What a view shows of an entry, out of its row. */
export const toRecord = (row: ShownRow | ThenRow): EntryRecord => {
  const content = inNewestFormat(row.kind, row.format, row.content);
  return {
    id: row.id,
    kind: row.kind,
    revisionNumber: row.revision,
    ...('title' in row ? { title: row.title, slug: row.slug } : namesIn(row.kind, content)),
    state: row.state,
    createdAt: row.since,
    updatedAt: row.at,
    ...('newest' in row
      ? { latestRevision: row.newest, publishedThen: row.accepted }
      : { latestRevision: row.revision }),
    content,
  };
};

/** What an entry with such a content is called, and its address. */
export function namesIn(kind: EntryKind, content: Content): Pick<EntryRecord, 'title' | 'slug'> {
  const rules = KINDS[kind];
  return { title: rules.title(content), slug: rules.hasSlug ? String(content.slug) : null };
}

/** An entry that was asked for by an id, which may be one of an entry that was merged into it. */
export type AskedRow = (ShownRow | ThenRow) & { asked: string };

/** Who asks by ids: a content that refers to entries, or a reader who names them. */
export type AskedBy = 'REFERENCE' | 'NAME';

/** Entries by id, in no order; what the lens does not show is not among them. For a merged one the entry that it was merged into. */
export function findShown(run: Run, lens: Lens, by: AskedBy, ids: readonly string[]): Promise<AskedRow[]> {
  const tense = tenseOf(lens, '$2', '$3::bigint');
  const entry = by === 'NAME' ? tense.namedBy('i.entry', '$2') : tense.rootOf('i.entry');
  return run<AskedRow>(
    `entries-by-id-${by}${tense.suffix}`,
    `select i.entry as asked, ${columnsOf(lens)} from unnest($1::uuid[]) as i (entry)
      ${tense.joinShown('s', entry)} where $2::text is not null`,
    [ids, lens.view, ...(lens.asOf === null ? [] : [lens.asOf])],
  );
}

/**
 * An entry by its address, present or past; of now, whatever the lens. In PUBLISHED only addresses count under which it has
 * been public.
 */
export function findShownBySlug(run: Run, lens: Lens, kind: EntryKind, slug: string): Promise<(ShownRow | ThenRow)[]> {
  const tense = tenseOf(lens, '$1', '$4::bigint');
  return run<ShownRow | ThenRow>(
    `entry-by-slug${tense.suffix}`,
    `select ${columnsOf(lens)} from slug a
      ${tense.joinShown('s', tense.namedBy('a.entry', '$1'))}
      where a.kind = $2 and a.slug = $3 and ($1 = 'LATEST' or a.public_since is not null)`,
    [lens.view, kind, slug, ...(lens.asOf === null ? [] : [lens.asOf])],
  );
}

/** When what the public saw of entries at a position came into its sight; those of which it saw nothing are left out. */
export const findPublicSince = (
  run: Run,
  position: bigint,
  ids: readonly string[],
): Promise<{ entry: string; since: Date }[]> => run('public-since-then', PUBLIC_SINCE_THEN, [ids, position]);

/** The address of the story that has been public the longest; null where none is. */
export const findFirstStorySlug = async (run: Run): Promise<string | null> => {
  const rows = await run<{ slug: string }>(
    'first-story',
    `select slug from shown where view = 'PUBLISHED' and kind = 'STORY' order by since, entry limit 1`,
  );
  return rows[0]?.slug ?? null;
};

/** How an entry stands, whatever a view shows of it. */
export interface Standing {
  id: string;
  state: EntryState;
  published: number | null;
  accepted: number | null;
  embargoUntil: Date | null;
  /** The least role that may edit it now; null where it is not protected. */
  protectedRole: UserRole | null;
  protectedUntil: Date | null;
  protectionReason: string | null;
}

/** How entries stand, in no order. Kept out of every other look-up: most readers never ask. */
export const findStandings = (run: Run, ids: readonly string[]): Promise<Standing[]> =>
  run<Standing>(
    'standings',
    `select id, state, published, accepted, embargo_until as "embargoUntil", protected_until as "protectedUntil",
        protection_reason as "protectionReason",
        case when protected_until is null or protected_until > clock_timestamp() then protected_role end as "protectedRole"
      from entry where id = any($1::uuid[])`,
    [ids],
  );
