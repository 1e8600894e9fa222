import { MigrationExecutor, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '../../migrations/all';
import { makeDataSource, setLocal } from './database';

/** Any number that nothing else locks; the same for all processes. */
const MIGRATION_LOCK = 7_114_520;

/** A database that a newer release has changed: this one must not touch it. */
export class NewerSchemaError extends Error {
  constructor(names: string[]) {
    super(
      `The database was made by a newer release (it knows ${names.join(', ')}): start that release, or choose another database.`,
    );
    this.name = 'NewerSchemaError';
  }
}

/** Whichever statement fails of it tells. */
const onConnectionError = (): void => undefined;

/** People wait for hours rather than have half of it; the limits of a role are not meant for this. */
const NO_LIMITS = { statement_timeout: 0, lock_timeout: 0, idle_in_transaction_session_timeout: 0 };

/**
 * Brings a database to this release's tables, in one transaction. Any number of processes may call it at once: TypeORM has no lock
 * of its own (measured: of three that start together two fail), so they queue on an advisory lock of that transaction.
 *
 * @returns the names of the migrations that ran; empty where there was nothing to do.
 * @throws NewerSchemaError
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = await makeDataSource(
    { url, poolSize: 1, onConnectionError },
    { migrations: MIGRATIONS },
  ).initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query(setLocal(NO_LIMITS));
    await runner.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await refuseNewerSchema(runner);
    const ran = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    await runner.commitTransaction();
    return ran.map((migration) => migration.name);
  } finally {
    await dataSource.destroy(); // ends what was not committed, and with it the lock
  }
}

async function refuseNewerSchema(runner: QueryRunner): Promise<void> {
  const [{ known }] = await runner.query(`select to_regclass('migration') is not null as known`);
  if (!known) return;
  const here = new Set(MIGRATIONS.map((migration) => migration.name));
  const rows: { name: string }[] = await runner.query('select name from migration order by id');
  const unknown = rows.map((row) => row.name).filter((name) => !here.has(name));
  if (unknown.length > 0) throw new NewerSchemaError(unknown);
}
