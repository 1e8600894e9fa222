import type { EntryState, Content } from '../src/model/entry';
import type { View } from '../src/model/lens';
import type { Run } from '../src/store/database';
import type { FilledKind } from './fiction';

/** A revision with all that stands in `entry`, `slug` and `change` because of it. */
export interface RevisionRow {
  readonly entry: string;
  readonly kind: FilledKind;
  readonly author: string | null;
  readonly number: number;
  readonly content: Content;
  readonly position: number;
  readonly at: Date;
  readonly is_new: boolean;
  readonly accepted: boolean;
  readonly slug: string | null;
  /** The entry's newest and published revision at the end of all batches. */
  readonly last: number;
  readonly last_published: number | null;
  readonly [column: string]: unknown;
}

/** What a view shows of an entry at the end of all batches. */
export interface ShownRow {
  readonly entry: string;
  readonly kind: FilledKind;
  readonly state: EntryState;
  readonly view: View;
  readonly since: Date;
  readonly at: Date;
  readonly [column: string]: unknown;
}

/** A link, with the positions between which it held. */
export interface LinkRow {
  readonly entry: string;
  readonly field: string;
  readonly item: string;
  /** Null where it leads to nothing yet: then `kind` and `slug` are what it names. */
  readonly to: string | null;
  readonly kind: string | null;
  readonly slug: string | null;
  readonly view: View;
  readonly since: number;
  readonly until: number | null;
}

const REVISION = `entry uuid, kind text, author uuid, number int, parent int, base int, action text, summary text,
  minor boolean, changeset uuid, format smallint, content json, hash text, position bigint, at timestamptz, is_new boolean,
  accepted boolean, change_kind text, public_kind text, previous int, latest int, published int, state text, slug text,
  last int, last_published int`;

/** Inserts revisions, their rows of the ledger and, for first ones, the entries and their addresses. */
export const insertRevisions = (run: Run, rows: readonly RevisionRow[]): Promise<unknown[]> =>
  run(
    'bench-revisions',
    `with w as materialized (select * from json_to_recordset($1::json) as w (${REVISION})),
      new_entry as (
        insert into entry (id, kind, state, latest, published, accepted)
          select entry, kind, case when last_published is null then 'DRAFT' else 'PUBLISHED' end, last, last_published,
              last_published
            from w where is_new
      ),
      new_slug as (
        insert into slug (kind, slug, entry, since, public_since)
          select kind, slug, entry, position, case when accepted then position end
            from w where is_new and slug is not null
      ),
      new_revision as (
        insert into revision (entry, number, format, parent, base, action, author, summary, minor, changeset, content, hash,
            position, at, review, reviewed_by, reviewed_at, public_position, public_at)
          select entry, number, format, parent, base, action, author, summary, minor, changeset, content, hash, position,
              at, case when accepted then 'ACCEPTED' else 'PENDING' end, case when accepted then author end,
              case when accepted then at end, case when accepted then position end, case when accepted then at end
            from w
      )
      insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state, author,
          changeset)
        select position, at, change_kind, public_kind, entry, number, previous, latest, published, published, state, author,
            changeset
          from w`,
    [JSON.stringify(rows)],
  );

const SHOWN = `entry uuid, view text, revision int, format smallint, kind text, title text, "sortTitle" text, slug text, language text,
  state text, since timestamptz, at timestamptz, earliest timestamptz, latest timestamptz, facets jsonb, content json`;

/** Inserts what views show. */
export const insertShown = async (run: Run, rows: readonly ShownRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await run(
    'bench-shown',
    `insert into shown (entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at,
        earliest, latest, facets, content)
      select entry, view, revision, format, kind, title, "sortTitle", slug, language, state, since, at, earliest, latest,
          facets, content
        from json_to_recordset($1::json) as s (${SHOWN})`,
    [JSON.stringify(rows)],
  );
};

/** Inserts links, those that hold and those that held. */
export const insertLinks = async (run: Run, rows: readonly LinkRow[]): Promise<void> => {
  if (rows.length === 0) return;
  await run(
    'bench-links',
    `insert into link (from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since, until)
      select entry, field, item, "to", kind, slug, view, since, until
        from json_to_recordset($1::json)
          as l (entry uuid, field text, item text, "to" uuid, kind text, slug text, view text, since bigint,
            until bigint)`,
    [JSON.stringify(rows)],
  );
};
