import pg from 'pg';
import { MIGRATIONS } from '../../migrations/all';
import { makeDataSource } from './database';

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

/**
 * Brings a database to this release's tables. Any number of processes may call it at once: TypeORM has no lock of its own
 * (measured: of three that start together two fail), so they queue on an advisory lock here.
 *
 * @returns the names of the migrations that ran; empty where there was nothing to do.
 * @throws NewerSchemaError
 */
export async function migrate(url: string): Promise<string[]> {
  const keeper = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  keeper.on('error', () => undefined); // told by whichever statement fails of it
  await keeper.connect();
  try {
    await keeper.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await refuseNewerSchema(keeper);
    const dataSource = await makeDataSource({ url, poolSize: 1 }, MIGRATIONS).initialize();
    try {
      const ran = await dataSource.runMigrations({ transaction: 'all' });
      return ran.map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await keeper.end(); // ends the session, and with it the lock
  }
}

async function refuseNewerSchema(client: pg.Client): Promise<void> {
  const { rows: tables } = await client.query(`select to_regclass('migration') as migration`);
  if (!tables[0].migration) return;
  const known = new Set(MIGRATIONS.map((migration) => migration.name));
  const { rows } = await client.query<{ name: string }>('select name from migration order by id');
  const unknown = rows.map((row) => row.name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new NewerSchemaError(unknown);
}
