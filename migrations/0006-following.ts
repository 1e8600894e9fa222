import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What reading the feed of the public needs: the ledger's public rows without the others, which may be most of it. */
export class Following1700000000006 implements MigrationInterface {
  name = 'Following1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index change_public on change (position) where public_kind is not null');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index change_public');
  }
}
