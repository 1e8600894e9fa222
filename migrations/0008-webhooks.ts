import type { MigrationInterface, QueryRunner } from 'typeorm';

// What a webhook asks for stands in columns, as `ChangeFilter` has it. It has read the ledger up to `read_to`: what it asks for
// up to there has a row in `delivery`, once. Whoever delivers for it holds it until `held_until`, which is put off while they
// live, so that a process that was killed holds nothing for long.
// A delivery that the receiver ever acknowledged has `delivered_at`, even where it is sent once more.
export class Webhooks1700000000008 implements MigrationInterface {
  name = 'Webhooks1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook (
        id uuid primary key,
        owner uuid not null,
        url text not null,
        view text not null,
        kinds text[],
        entry_kinds text[],
        entries uuid[],
        story uuid,
        watched boolean not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        read_to bigint not null,
        vault_key text not null,
        secret text not null,
        former_secret text,
        former_until timestamptz(3),
        disabled_at timestamptz(3),
        disabled_reason text,
        failing_since timestamptz(3),
        paused_until timestamptz(3),
        held_by uuid,
        held_until timestamptz(3),
        constraint webhook_owner foreign key (owner) references "user" (id),
        constraint webhook_view check (view in ('LATEST', 'PUBLISHED')),
        constraint webhook_former check ((former_secret is null) = (former_until is null)),
        constraint webhook_disabled check ((disabled_at is null) = (disabled_reason is null)),
        constraint webhook_held check ((held_by is null) = (held_until is null))
      );
      create index webhook_by_owner on webhook (owner, created_at, id);
      create table delivery (
        id uuid primary key,
        webhook uuid not null,
        position bigint not null,
        state text not null,
        attempts integer not null,
        last_status integer,
        last_error text,
        next_attempt_at timestamptz(3),
        delivered_at timestamptz(3),
        constraint delivery_webhook foreign key (webhook) references webhook (id) on delete cascade,
        constraint delivery_change foreign key (position) references change (position),
        constraint delivery_once unique (webhook, position),
        constraint delivery_state check (state in ('PENDING', 'RETRYING', 'DELIVERED', 'FAILED')),
        constraint delivery_next check ((next_attempt_at is not null) = (state in ('PENDING', 'RETRYING'))),
        constraint delivery_delivered check (state <> 'DELIVERED' or delivered_at is not null)
      );
      create index delivery_due on delivery (webhook, next_attempt_at, position) where next_attempt_at is not null;
      create index delivery_open on delivery (webhook, position) where delivered_at is null;
      create index delivery_old on delivery (delivered_at) where state = 'DELIVERED';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table delivery; drop table webhook;');
  }
}
