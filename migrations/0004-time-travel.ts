import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reading as of a moment in the past needs: the ledger by entry without its rows, links that have ended, the feed's epoch. */
export class TimeTravel1700000000004 implements MigrationInterface {
  name = 'TimeTravel1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index change_by_entry;
      create index change_by_entry on change (entry, position) include (latest, published, state, at);
      create index revision_hidden on revision (entry) where hidden_at is not null;
      create index link_ended_outgoing on link (from_entry, view, field) where until is not null;
      create index link_ended_incoming on link (to_entry, view, field, since desc, from_entry desc) where until is not null;
      create index link_ended_incoming_any on link (to_entry, view, since desc, from_entry desc) where until is not null;
      insert into setting (name, value) values ('feed_epoch', '1');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from setting where name = 'feed_epoch';
      drop index link_ended_incoming_any, link_ended_incoming, link_ended_outgoing, revision_hidden, change_by_entry;
      create index change_by_entry on change (entry, position);
    `);
  }
}
