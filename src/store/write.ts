import { invariant } from '../base/invariant';
import type { ChangeKind } from '../model/change';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { RevisionAction } from '../model/revision';
import type { Derived } from '../rules/derive';
import { wikiTargetsIn, type WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { followAddresses, type MovedAddress } from './follow-addresses';
import type { KeptText } from './texts';

/** A revision that is about to be. */
export interface NewRevision {
  number: number;
  parent: number | null;
  base: number | null;
  action: RevisionAction;
  /** The revision that it restores or undoes. */
  target: number | null;
  summary: string | null;
  minor: boolean;
  format: number;
  content: Content;
  hash: string;
}

/** What a view is to show of an entry from now on. */
export interface Showing {
  view: View;
  revision: number;
  format: number;
  content: Content;
  derived: Derived;
}

/** One entry's part in a write: what it becomes, and the one row of the ledger that says so. */
export interface EntryWrite {
  entry: string;
  kind: EntryKind;
  /** Null where the newsroom itself does it: an embargo is lifted. */
  author: string | null;
  /** The entry's row as it was locked; null for a new entry. */
  was: { latest: number; published: number | null; accepted: number | null } | null;
  /** Null where only what is public changes. */
  revision: NewRevision | null;
  /** Pending revisions up to this number become ACCEPTED; null leaves them waiting. */
  accept: { upTo: number; note: string | null } | null;
  /** What becomes of revisions that waited, where they are not to be accepted. */
  dismiss: { as: 'REJECTED' | 'SUPERSEDED'; note: string | null } | null;
  state: EntryState;
  /** Until when it is kept from the public, with state EMBARGOED. */
  embargoUntil: Date | null;
  /** Whether it is put into the review queue; null leaves that as it is. */
  isSubmitted: boolean | null;
  latest: number;
  /** The revision that the public sees, saw last, or is to see when an embargo ends. */
  published: number | null;
  /** The newest accepted revision. */
  accepted: number | null;
  /** What the ledger calls it, for the newsroom and for the public (null: nothing public changed). */
  change: {
    kind: ChangeKind;
    publicKind: Exclude<ChangeKind, 'CREATED'> | null;
    /** With UNSETTLED: the entry that gave rise to it. */
    cause?: string;
    /** Checks that were ERRORs, each with its path: an editor let it pass all the same. */
    overridden?: readonly string[] | undefined;
  };
  showings: Showing[];
  /** Whether the public sees nothing of it from now on. */
  leavesPublic: boolean;
  /** When it was, where it is taken over from another newsroom; never before the newest change. Left out: now. */
  at?: Date;
}

/** Several entries written as one, and why. */
export interface NewChangeset {
  id: string;
  summary: string | null;
}

/** Where a write stands in the ledger. */
export interface Written {
  position: bigint;
  at: Date;
}

/** Keeps long texts; those that are there already stay. In the order of their hashes, as every writer does. */
export async function keepTexts(run: Run, texts: readonly KeptText[]): Promise<void> {
  if (texts.length === 0) return;
  const sorted = [...texts].toSorted((one, other) => (one.hash < other.hash ? -1 : 1));
  await run(
    'keep-texts',
    `insert into text (hash, body, links) select * from unnest($1::text[], $2::text[], $3::jsonb[])
      on conflict do nothing`,
    [
      sorted.map((text) => text.hash),
      sorted.map((text) => text.body),
      sorted.map((text) => JSON.stringify(wikiTargetsIn(text.body))),
    ],
  );
}

// A slug appears in PUBLISHED when what it is the address of becomes public under it: until then a public text that names
// it refers to nothing, or the backlinks of a public entry would tell its next address (rules 4.8).
// Positions and their time are drawn here, in a statement after the position lock was taken: only then does its snapshot
// hold what the writer before has committed.
const DRAW = `
  write as materialized (
    select w.*, coalesce(head.position, 0) + w.nr as position,
        greatest(coalesce(w.was_at, date_trunc('milliseconds', statement_timestamp())), head.at) as at
      from json_to_recordset($1::json) as w (
        nr int, entry uuid, kind text, author uuid, is_new boolean, was_latest int, was_published int, was_accepted int, number int,
        parent int, base int, action text, target int, summary text, minor boolean, format smallint, content json,
        hash text, accept int, note text, dismiss text, state text, embargo_until timestamptz, submitted boolean, latest int,
        published int, accepted int, change_kind text, public_kind text, cause uuid, overridden text[],
        leaves_public boolean, was_at timestamptz)
      left join (select position, at from change order by position desc limit 1) head on true
  ),
  showing as materialized (
    select s.*, w.kind, w.state, w.position, w.at as shown_at
      from json_to_recordset($2::json) as s (
        entry uuid, view text, revision int, format smallint, content json, title text, "sortTitle" text, slug text, language text,
        earliest timestamptz, latest timestamptz, facets jsonb)
      join write w on w.entry = s.entry
  ),
  appeared as materialized (
    select v.view, s.kind, s.slug, s.entry, min(s.position) as position
      from showing s join (values ('LATEST'), ('PUBLISHED')) as v (view) on v.view in ('LATEST', s.view)
      where s.slug is not null group by v.view, s.kind, s.slug, s.entry
    union all
    select v.view, w.kind, w.entry::text, w.entry, w.position
      from write w cross join (values ('LATEST'), ('PUBLISHED')) as v (view) where w.is_new and w.kind = 'CLAIM'
  ),
  made_link as (
    select l.entry, l.view, l.field, l.item, l.target, l.kind, l.slug
      from json_to_recordset($3::json) as l (
        entry uuid, view text, field text, item text, target uuid, kind text, slug text)
    union
    select x.entry, x.view, x.field, '', null, l.kind, l.target
      from json_to_recordset($4::json) as x (entry uuid, view text, field text, hash text)
      join text t on t.hash = x.hash
      cross join jsonb_to_recordset(t.links) as l (kind text, target text)
  ),
  found_link as (
    select m.*, coalesce(m.target, n.entry, a.entry, c.id) as to_entry
      from made_link m
      left join appeared n on n.view = m.view and n.kind = m.kind and n.slug = m.slug
      left join slug a on a.kind = m.kind and a.slug = m.slug and (m.view = 'LATEST' or a.public_since is not null)
      left join entry c on c.kind = 'CLAIM' and c.id = case when m.kind = 'CLAIM' then m.slug::uuid end
  ),
  due_link as materialized (
    select distinct f.entry, f.view, f.field, f.item, f.to_entry,
        case when f.to_entry is null then f.kind end as wanted_kind,
        case when f.to_entry is null then f.slug end as wanted_slug,
        coalesce(f.to_entry::text, f.kind || ':' || f.slug) as target, s.position
      from found_link f join showing s on s.entry = f.entry and s.view = f.view
  )`;

const ENTRIES = `
  new_changeset as (
    insert into changeset (id, summary, author, at)
      select $6::uuid, $7::text, author, at from write where $6::uuid is not null order by nr limit 1
  ),
  new_entry as (
    insert into entry (id, kind, state, latest, published, accepted, embargo_until, submitted_at)
      select entry, kind, state, latest, published, accepted, embargo_until, case when submitted then at end
        from write where is_new
      returning id
  ),
  old_entry as (
    update entry e set state = w.state, latest = w.latest, published = w.published, accepted = w.accepted,
        embargo_until = w.embargo_until,
        submitted_at = case when w.submitted is null then e.submitted_at when w.submitted then coalesce(e.submitted_at, w.at) end
      from write w
      where e.id = any($5::uuid[]) and e.id = w.entry and not w.is_new and e.latest = w.was_latest
        and e.published is not distinct from w.was_published and e.accepted is not distinct from w.was_accepted
      returning e.id
  ),
  new_revision as (
    insert into revision (entry, number, format, parent, base, action, target, author, summary, minor, changeset, content,
        hash, position, at, review, reviewed_by, reviewed_at, review_note, public_position, public_at)
      select w.entry, w.number, w.format, w.parent, w.base, w.action, w.target, w.author, w.summary, w.minor, $6::uuid,
          w.content, w.hash, w.position, w.at,
          case when w.accept >= w.number then 'ACCEPTED' else 'PENDING' end,
          case when w.accept >= w.number then w.author end,
          case when w.accept >= w.number then w.at end,
          case when w.accept = w.number then w.note end,
          case when p.revision = w.number then w.position end,
          case when p.revision = w.number then w.at end
        from write w left join showing p on p.entry = w.entry and p.view = 'PUBLISHED'
        where w.number is not null
  ),
  judged as (
    update revision r set
        review = case when r.review <> 'PENDING' then r.review else coalesce(w.dismiss, 'ACCEPTED') end,
        reviewed_by = case when r.review <> 'PENDING' then r.reviewed_by else w.author end,
        reviewed_at = case when r.review <> 'PENDING' then r.reviewed_at else w.at end,
        review_note = case when r.review <> 'PENDING' then r.review_note
          when w.dismiss is not null or r.number = w.accept then w.note end,
        public_position = case when r.number = p.revision then coalesce(r.public_position, w.position) else r.public_position end,
        public_at = case when r.number = p.revision then coalesce(r.public_at, w.at) else r.public_at end
      from write w left join showing p on p.entry = w.entry and p.view = 'PUBLISHED'
      where r.entry = any($5::uuid[]) and r.entry = w.entry
        and ((r.review = 'PENDING' and (r.number <= w.accept or w.dismiss is not null))
          or (r.number = p.revision and r.public_position is null))
  )`;

// An entry that comes back keeps the day on which it was first public (rules 1.3).
const SHOWN = `
  gone as (
    delete from shown s using write w
      where s.entry = any($5::uuid[]) and s.entry = w.entry and w.leaves_public and s.view = 'PUBLISHED'
  ),
  shown_now as (
    insert into shown (entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at, earliest, latest,
        facets, content)
      select s.entry, s.view, s.revision, s.format, s.kind, s.title, s."sortTitle", s.slug, s.language, s.state,
          coalesce(first.public_at, s.shown_at), s.shown_at, s.earliest, s.latest, s.facets, s.content
        from showing s
        left join lateral (
          select r.public_at from revision r
            where s.view = 'PUBLISHED' and r.entry = s.entry and r.public_position is not null
            order by r.number limit 1
        ) first on true
      on conflict (entry, view) do update set
        revision = excluded.revision, format = excluded.format, title = excluded.title,
        sort_title = excluded.sort_title, slug = excluded.slug,
        language = excluded.language, state = excluded.state, at = excluded.at, earliest = excluded.earliest,
        latest = excluded.latest, facets = excluded.facets, content = excluded.content
  ),
  restated as (
    update shown s set state = w.state from write w
      where s.entry = w.entry and s.view = 'LATEST' and s.state <> w.state
        and not exists (select from showing n where n.entry = w.entry and n.view = 'LATEST')
  ),
  slugs as (
    insert into slug (kind, slug, entry, since, public_since)
      select kind, slug, entry, min(position), min(position) filter (where view = 'PUBLISHED')
        from showing where slug is not null group by kind, slug, entry
      on conflict (kind, slug) do update set
        entry = excluded.entry,
        since = case when slug.entry = excluded.entry then slug.since else excluded.since end,
        public_since = coalesce(slug.public_since, excluded.public_since)
  ),
  -- As it was before this write. Looked up one by one ("offset 0"): how few there are the planner does not know.
  moved as (
    select distinct a.entry as former, s.entry, s.position
      from showing s
      cross join lateral (select entry from slug where kind = s.kind and slug = s.slug offset 0) a
      where a.entry <> s.entry
  )`;

// Links are told apart by `not in`, which is one hashed look-up each: as a join it was a nested loop, for the planner expects
// few rows of what JSON brings, and 1,500 links took half a second under the position lock (measured).
const LINKS = `
  closed_link as (
    update link l set until = s.position from showing s
      where l.from_entry = any($5::uuid[]) and l.from_entry = s.entry and l.view = s.view and l.until is null
        and (l.from_entry, l.view, l.field, l.item, coalesce(l.to_entry::text, l.wanted_kind || ':' || l.wanted_slug))
          not in (select n.entry, n.view, n.field, n.item, n.target from due_link n)
  ),
  left_link as (
    update link l set until = w.position from write w
      where l.from_entry = any($5::uuid[]) and l.from_entry = w.entry and w.leaves_public and l.view = 'PUBLISHED'
        and l.until is null
  ),
  new_link as (
    insert into link (from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since)
      select n.entry, n.field, n.item, n.to_entry, n.wanted_kind, n.wanted_slug, n.view, n.position from due_link n
        where (n.entry, n.view, n.field, n.item, n.target) not in (
          select l.from_entry, l.view, l.field, l.item, coalesce(l.to_entry::text, l.wanted_kind || ':' || l.wanted_slug)
            from link l where l.from_entry = any($5::uuid[]) and l.until is null)
  ),
  granted_link as (
    update link l set until = a.position from appeared a
      where l.wanted_kind = a.kind and l.wanted_slug = a.slug and l.view = a.view and l.until is null
        and not exists (select from showing s where s.entry = l.from_entry and s.view = l.view)
      returning l.from_entry, l.field, l.item, l.view, a.entry, a.position
  ),
  link_granted as (
    insert into link (from_entry, field, item, to_entry, view, since)
      select distinct g.from_entry, g.field, g.item, g.entry, g.view, g.position from granted_link g
        where not exists (
          select from link l
            where l.from_entry = g.from_entry and l.field = g.field and l.item = g.item and l.view = g.view
              and l.to_entry = g.entry and l.until is null)
  )`;

// Whoever accepts a revision has looked at the entry; who rejects, deletes or restores it has not (rules 2.8).
const SETTLED = `
  settled as (
    update unsettled u set until = w.position from write w
      where u.entry = any($5::uuid[]) and u.entry = w.entry and u.until is null and w.accept is not null
        and w.dismiss is distinct from 'REJECTED' and coalesce(w.action, '') not in ('DELETE', 'RESTORE')
  )`;

const LEDGER = `
  ledger as (
    insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state, author,
        changeset, cause, overridden)
      select position, at, change_kind, public_kind, entry, coalesce(number, accept, published, latest), was_latest, latest,
          published, accepted, state, author, $6::uuid, cause, overridden
        from write
  )
  select max(w.position) as position, max(w.at) as at,
      (select count(*)::int from new_entry) + (select count(*)::int from old_entry) as entries,
      (select json_agg(json_build_object('former', former, 'entry', entry, 'position', position::text)) from moved) as moved
    from write w`;

interface WrittenRow {
  position: string;
  at: Date;
  entries: number;
  /** Null where no address changed hands, which is nearly always. */
  moved: MovedAddress[] | null;
}

const WRITE = `with ${[DRAW, ENTRIES, SHOWN, LINKS, SETTLED, LEDGER].join(',')}`;

/**
 * Writes revisions, and all that follows from them, in one statement: entries by compare-and-set, revisions, what the
 * views show, slugs, links, the changeset, and the ledger's rows, one an entry in the order given. Where it takes an address that
 * another entry gave up unseen, links of others follow in further statements. The entries must be locked, and the position
 * lock held.
 */
export async function writeEntries(
  run: Run,
  writes: readonly EntryWrite[],
  changeset: NewChangeset | null = null,
): Promise<Written> {
  const showings = writes.flatMap((write) => write.showings.map((showing) => ({ entry: write.entry, ...showing })));
  const [row] = await run<WrittenRow>('write-entries', WRITE, [
    JSON.stringify(writes.map(toWriteRow)),
    JSON.stringify(
      showings.map(({ derived, ...showing }) => ({ ...showing, ...derived, links: undefined, texts: undefined })),
    ),
    JSON.stringify(
      showings.flatMap(({ entry, view, derived }) =>
        derived.links.map(({ field, item, to }) => ({ entry, view, field, item, ...addressOf(to) })),
      ),
    ),
    JSON.stringify(
      showings.flatMap(({ entry, view, derived }) => derived.texts.map((text) => ({ entry, view, ...text }))),
    ),
    // The same ids once more, as an array: how many rows JSON holds the planner does not know, and it scans whole tables.
    writes.map((write) => write.entry),
    changeset?.id ?? null,
    changeset?.summary ?? null,
  ]);
  invariant(row && row.entries === writes.length, 'a locked entry was changed by somebody else');
  if (row.moved) await followAddresses(run, row.moved);
  return { position: BigInt(row.position), at: row.at };
}

const addressOf = (to: string | WikiTarget) =>
  typeof to === 'string' ? { target: to } : { kind: to.kind, slug: to.target };

const toWriteRow = (write: EntryWrite, index: number): Record<string, unknown> => ({
  nr: index + 1,
  entry: write.entry,
  kind: write.kind,
  author: write.author,
  is_new: write.was === null,
  was_latest: write.was?.latest ?? null,
  was_published: write.was?.published ?? null,
  was_accepted: write.was?.accepted ?? null,
  ...write.revision,
  accept: write.accept?.upTo ?? null,
  note: write.dismiss?.note ?? write.accept?.note ?? null,
  dismiss: write.dismiss?.as ?? null,
  state: write.state,
  embargo_until: write.embargoUntil,
  submitted: write.isSubmitted,
  latest: write.latest,
  published: write.published,
  accepted: write.accepted,
  change_kind: write.change.kind,
  public_kind: write.change.publicKind,
  cause: write.change.cause ?? null,
  overridden: write.change.overridden ?? null,
  leaves_public: write.leavesPublic,
  was_at: write.at ?? null,
});
