import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions that take others back, or whose content is out of sight, and what was erased for good. */
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
      create table erasure (
        id bigint generated always as identity primary key,
        entry uuid not null,
        revisions integer[] not null,
        reason text not null,
        asked_by text not null,
        at timestamptz(3) not null default clock_timestamp(),
        constraint erasure_entry foreign key (entry) references entry (id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table erasure;
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
