import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = `('STORY', 'ACTOR', 'EVENT', 'CLAIM', 'DOCUMENT', 'CITATION')`;
const STATES = `('DRAFT', 'EMBARGOED', 'PUBLISHED', 'WITHDRAWN', 'DELETED')`;
const ROLES = `('READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN')`;
const VIEWS = `('PUBLISHED', 'LATEST')`;

const PEOPLE = `
  create table "user" (
    id uuid primary key,
    name text not null,
    role text not null,
    bot boolean not null default false,
    active boolean not null default true,
    created_at timestamptz(3) not null default clock_timestamp(),
    constraint user_role check (role in ${ROLES})
  );
  create table token (
    id uuid primary key,
    hash text not null,
    user_id uuid not null,
    label text not null,
    ceiling text,
    created_at timestamptz(3) not null default clock_timestamp(),
    expires_at timestamptz(3),
    last_used_at timestamptz(3),
    revoked_at timestamptz(3),
    constraint token_user foreign key (user_id) references "user" (id),
    constraint token_ceiling check (ceiling in ${ROLES})
  );
  create unique index token_hash on token (hash);
  create index token_by_user on token (user_id, created_at);
  create table idempotency (
    user_id uuid not null,
    key text not null,
    input_hash text not null,
    result json,
    created_at timestamptz(3) not null default clock_timestamp(),
    primary key (user_id, key),
    constraint idempotency_user foreign key (user_id) references "user" (id)
  );
  create index idempotency_by_age on idempotency (created_at);
`;

// Secrets of this database: the key under which list cursors are sealed.
const SETTINGS = `
  create table setting (name text primary key, value text not null);
`;

// No column of entry but its id stands in a plain unique index: an edit locks FOR NO KEY UPDATE, which foreign keys pass.
const ENTRIES = `
  create table entry (
    id uuid primary key,
    kind text not null,
    state text not null,
    latest integer not null,
    published integer,
    embargo_until timestamptz(3),
    protected_role text,
    protected_until timestamptz(3),
    protection_reason text,
    constraint entry_kind check (kind in ${KINDS}),
    constraint entry_state check (state in ${STATES}),
    constraint entry_published check (published <= latest),
    constraint entry_protected_role check (protected_role in ${ROLES})
  );
  create table changeset (
    id uuid primary key,
    summary text,
    author uuid not null,
    at timestamptz(3) not null,
    constraint changeset_author foreign key (author) references "user" (id)
  );
  create table text (
    hash text primary key,
    body text not null,
    links jsonb not null
  );
  create table revision (
    entry uuid not null,
    number integer not null,
    format smallint not null,
    parent integer,
    base integer,
    action text not null,
    author uuid not null,
    summary text,
    minor boolean not null,
    changeset uuid,
    content json not null,
    hash text not null,
    position bigint not null,
    at timestamptz(3) not null,
    review text not null,
    reviewed_by uuid,
    reviewed_at timestamptz(3),
    review_note text,
    public_position bigint,
    public_at timestamptz(3),
    primary key (entry, number),
    constraint revision_entry foreign key (entry) references entry (id),
    constraint revision_author foreign key (author) references "user" (id),
    constraint revision_reviewed_by foreign key (reviewed_by) references "user" (id),
    constraint revision_changeset foreign key (changeset) references changeset (id),
    constraint revision_number check (number > 0),
    constraint revision_parent check (parent = number - 1 or (number = 1 and parent is null)),
    constraint revision_review check (review in ('PENDING', 'ACCEPTED', 'REJECTED', 'SUPERSEDED'))
  );
  create index revision_public on revision (entry, number) where public_position is not null;
  create index revision_by_changeset on revision (changeset) where changeset is not null;
`;

// The ledger. Its position is commit order: it is drawn under one lock, held until commit.
const LEDGER = `
  create table change (
    position bigint primary key,
    at timestamptz(3) not null,
    kind text not null,
    public_kind text,
    entry uuid not null,
    revision integer not null,
    previous integer,
    latest integer not null,
    published integer,
    state text not null,
    into_entry uuid,
    cause uuid,
    author uuid,
    changeset uuid,
    constraint change_entry foreign key (entry) references entry (id),
    constraint change_into foreign key (into_entry) references entry (id),
    constraint change_cause foreign key (cause) references entry (id),
    constraint change_author foreign key (author) references "user" (id),
    constraint change_changeset foreign key (changeset) references changeset (id),
    constraint change_state check (state in ${STATES})
  );
  create index change_by_entry on change (entry, position);
  create index change_by_time on change (at, position);
`;

// What is derived from contents in the same transaction, and can be made again from them.
const DERIVED = `
  create table shown (
    entry uuid not null,
    view text not null,
    revision integer not null,
    format smallint not null,
    kind text not null,
    title text not null,
    sort_title text not null,
    slug text,
    language text not null,
    state text not null,
    since timestamptz(3) not null,
    at timestamptz(3) not null,
    earliest timestamptz(3),
    latest timestamptz(3),
    facets jsonb not null,
    content json not null,
    primary key (entry, view),
    constraint shown_entry foreign key (entry) references entry (id),
    constraint shown_view check (view in ${VIEWS})
  );
  create index shown_by_update on shown (view, kind, at, entry);
  create index shown_by_creation on shown (view, kind, since, entry);
  create index shown_by_title on shown (view, kind, sort_title collate "C", entry);
  create index shown_by_date on shown
    (view, kind, coalesce(earliest, latest, 'infinity'), coalesce(latest, 'infinity'), entry);
  create index shown_by_date_down on shown
    (view, kind, coalesce(earliest, latest, '-infinity'), coalesce(latest, '-infinity'), entry);
  create index shown_by_facets on shown using gin (facets jsonb_path_ops);
  create index shown_by_span on shown using gist (tstzrange(earliest, latest)) where earliest is not null or latest is not null;
  create table link (
    id bigint generated always as identity primary key,
    from_entry uuid not null,
    field text not null,
    item text not null,
    to_entry uuid,
    wanted_kind text,
    wanted_slug text,
    view text not null,
    since bigint not null,
    until bigint,
    constraint link_from foreign key (from_entry) references entry (id),
    constraint link_to foreign key (to_entry) references entry (id),
    constraint link_view check (view in ${VIEWS}),
    constraint link_wanted check ((to_entry is null) = (wanted_slug is not null and wanted_kind is not null))
  );
  create index link_outgoing on link (from_entry, view, field) where until is null;
  create index link_incoming on link (to_entry, view, field, since desc, from_entry desc) where until is null;
  create index link_incoming_any on link (to_entry, view, since desc, from_entry desc) where until is null;
  create index link_wanted_by on link (wanted_kind, wanted_slug) where until is null and wanted_slug is not null;
  create table slug (
    kind text not null,
    slug text not null,
    entry uuid not null,
    since bigint not null,
    public_since bigint,
    primary key (kind, slug),
    constraint slug_entry foreign key (entry) references entry (id)
  );
  create index slug_by_entry on slug (entry);
  create table redirect (
    from_entry uuid not null,
    into_entry uuid not null,
    since bigint not null,
    until bigint,
    primary key (from_entry, since),
    constraint redirect_from foreign key (from_entry) references entry (id),
    constraint redirect_into foreign key (into_entry) references entry (id)
  );
  create index redirect_by_target on redirect (into_entry) where until is null;
`;

/** People, entries with their revisions, the ledger, and what is derived from them. */
export class TheNewsroom1700000000001 implements MigrationInterface {
  name = 'TheNewsroom1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const tables of [PEOPLE, SETTINGS, ENTRIES, LEDGER, DERIVED]) await runner.query(tables);
    await runner.query(`insert into setting (name, value) values ('cursor_key', $1)`, [
      randomBytes(32).toString('hex'),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table redirect, slug, link, shown, change, revision, text, changeset, entry, setting, idempotency, token, "user"`,
    );
  }
}
