import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions that take others back, or whose content is out of sight, and who put them there and why. */
export class TakingBack1700000000002 implements MigrationInterface {
  name = 'TakingBack1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table revision
        add column target integer,
        add column hidden_at timestamptz(3),
        add column hidden_by uuid,
        add column hidden_reason text,
        alter column content drop not null,
        add constraint revision_hidden_by foreign key (hidden_by) references "user" (id),
        add constraint revision_hidden check ((hidden_at is null) = (hidden_reason is null)),
        add constraint revision_erased check (content is not null or hidden_at is not null);
      create table concealment (
        id bigint generated always as identity primary key,
        entry uuid not null,
        revisions integer[] not null,
        act text not null,
        reason text not null,
        author uuid,
        asked_by text,
        at timestamptz(3) not null default clock_timestamp(),
        constraint concealment_entry foreign key (entry) references entry (id),
        constraint concealment_author foreign key (author) references "user" (id),
        constraint concealment_act check (act in ('HIDE', 'SHOW', 'ERASE')),
        constraint concealment_by check ((author is null) <> (asked_by is null))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table concealment;
      alter table revision
        drop constraint revision_erased,
        drop constraint revision_hidden,
        drop column target,
        drop column hidden_at,
        drop column hidden_by,
        drop column hidden_reason,
        alter column content set not null;
    `);
  }
}
