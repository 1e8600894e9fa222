import type { MigrationInterface, QueryRunner } from 'typeorm';

// What was accepted may be newer than what the public sees: a revision that only says that waiting work was rejected is
// accepted, and changes nothing for the public.
// What the public is told of: corrections and withdrawals, each with the place in the ledger where it came.
const PUBLISHING = `
  alter table entry add column accepted integer, add column submitted_at timestamptz(3);
  alter table change add column accepted integer;
  update entry set accepted = published;
  update change set accepted = published;
  alter table entry add constraint entry_accepted
    check (accepted <= latest and published <= accepted and (accepted is null) = (published is null));
  create index entry_by_embargo on entry (embargo_until) where state = 'EMBARGOED';
  create index entry_waiting on entry (id) where accepted < latest or submitted_at is not null;
  create index change_by_changeset on change (changeset, position) where changeset is not null;
  create table correction (
    id uuid primary key,
    entry uuid not null,
    revision integer not null,
    kind text not null,
    note text not null,
    author uuid not null,
    position bigint not null,
    at timestamptz(3) not null,
    constraint correction_revision foreign key (entry, revision) references revision (entry, number),
    constraint correction_author foreign key (author) references "user" (id),
    constraint correction_kind check (kind in ('CORRECTION', 'CLARIFICATION', 'UPDATE', 'RETRACTION'))
  );
  create index correction_by_entry on correction (entry, position desc);
  create index correction_by_position on correction (position desc);
  create table withdrawal (
    entry uuid not null,
    position bigint not null,
    note text not null,
    author uuid not null,
    at timestamptz(3) not null,
    primary key (entry, position),
    constraint withdrawal_entry foreign key (entry) references entry (id),
    constraint withdrawal_author foreign key (author) references "user" (id)
  );
  create table protection (
    entry uuid not null,
    since bigint not null,
    until bigint,
    minimum_role text not null,
    expires_at timestamptz(3),
    reason text,
    author uuid not null,
    primary key (entry, since),
    constraint protection_entry foreign key (entry) references entry (id),
    constraint protection_author foreign key (author) references "user" (id),
    constraint protection_role check (minimum_role in ('READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN'))
  );
  create table unsettled (
    entry uuid not null,
    cause uuid not null,
    since bigint not null,
    until bigint,
    at timestamptz(3) not null,
    primary key (entry, cause, since),
    constraint unsettled_entry foreign key (entry) references entry (id),
    constraint unsettled_cause foreign key (cause) references entry (id)
  );
  create index unsettled_now on unsettled (entry) where until is null;
`;

// What the newsroom says to itself. Positions are those of the ledger when it was said.
const TALK = `
  create table comment (
    id uuid primary key,
    entry uuid not null,
    path text,
    revision integer not null,
    body text not null,
    author uuid not null,
    created_at timestamptz(3) not null default clock_timestamp(),
    parent uuid,
    resolved_at timestamptz(3),
    resolved_by uuid,
    since bigint not null,
    until bigint,
    constraint comment_revision foreign key (entry, revision) references revision (entry, number),
    constraint comment_author foreign key (author) references "user" (id),
    constraint comment_parent foreign key (parent) references comment (id),
    constraint comment_resolved_by foreign key (resolved_by) references "user" (id),
    constraint comment_resolved check ((resolved_at is null) = (resolved_by is null))
  );
  create index comment_by_entry on comment (entry, created_at, id) where parent is null;
  create index comment_by_parent on comment (parent, created_at, id) where parent is not null;
  create table watch (
    user_id uuid not null,
    entry uuid not null,
    since timestamptz(3) not null default clock_timestamp(),
    primary key (user_id, entry),
    constraint watch_user foreign key (user_id) references "user" (id),
    constraint watch_entry foreign key (entry) references entry (id)
  );
  create index watch_by_time on watch (user_id, since desc, entry);
  create unlogged table presence (
    user_id uuid not null,
    entry uuid not null,
    path text not null,
    since timestamptz(3) not null default clock_timestamp(),
    seen_at timestamptz(3) not null default clock_timestamp(),
    primary key (user_id, entry, path)
  );
  create index presence_by_entry on presence (entry, seen_at);
`;

// One person in two entries, and what was judged about that. The lesser id comes first.
const MATCHES = `
  create table judgement (
    one uuid not null,
    other uuid not null,
    since bigint not null,
    until bigint,
    judgement text not null,
    author uuid not null,
    at timestamptz(3) not null default clock_timestamp(),
    primary key (one, other, since),
    constraint judgement_one foreign key (one) references entry (id),
    constraint judgement_other foreign key (other) references entry (id),
    constraint judgement_author foreign key (author) references "user" (id),
    constraint judgement_word check (judgement in ('SAME', 'NOT_SAME', 'UNSURE')),
    constraint judgement_order check (one < other)
  );
`;

/** Review, publishing, talk, and one person in two entries. */
export class ReviewAndTalk1700000000003 implements MigrationInterface {
  name = 'ReviewAndTalk1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const tables of [PUBLISHING, TALK, MATCHES]) await runner.query(tables);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table judgement, presence, watch, comment, unsettled, protection, withdrawal, correction;
      drop index entry_waiting, entry_by_embargo;
      drop index change_by_changeset;
      alter table change drop column accepted;
      alter table entry drop constraint entry_accepted, drop column accepted, drop column submitted_at;
    `);
  }
}
