import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger says which failing checks an editor overrode: what was put off so is not held back when its embargo ends. */
export class Overriding1700000000008 implements MigrationInterface {
  name = 'Overriding1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table change add column overridden text[];
      comment on column change.overridden is 'Checks that were ERRORs and were overridden, each with its path.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table change drop column overridden');
  }
}
