import type { Content, EntryKind, EntryRecord, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { UserRole } from '../model/user';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';

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

/** What a select from `shown s` gives as a ShownRow. */
export const SHOWN_COLUMNS = `s.entry as id, s.kind, s.revision, s.format, s.title, s.slug, s.state, s.since, s.at, s.content`;

/** What a view shows of an entry, out of its row. */
export const toRecord = (row: ShownRow): EntryRecord => ({
  id: row.id,
  kind: row.kind,
  revisionNumber: row.revision,
  title: row.title,
  slug: row.slug,
  state: row.state,
  createdAt: row.since,
  updatedAt: row.at,
  latestRevision: row.revision,
  content: inNewestFormat(row.kind, row.format, row.content),
});

/** Entries by id, in no order; what the view does not show is not among them. */
export const findShown = (run: Run, view: View, ids: readonly string[]): Promise<ShownRow[]> =>
  run<ShownRow>(
    'entries-by-id',
    `select ${SHOWN_COLUMNS} from shown s
      where s.view = $1 and s.entry = any($2::uuid[])`,
    [view, ids],
  );

/** An entry by its address, present or past. In PUBLISHED only addresses count under which it has been public. */
export const findShownBySlug = (run: Run, view: View, kind: EntryKind, slug: string): Promise<ShownRow[]> =>
  run<ShownRow>(
    'entry-by-slug',
    `select ${SHOWN_COLUMNS} from slug a
      join shown s on s.entry = a.entry and s.view = $1
      where a.kind = $2 and a.slug = $3 and ($1 = 'LATEST' or a.public_since is not null)`,
    [view, kind, slug],
  );

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
