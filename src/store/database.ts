import 'reflect-metadata';
import type { Pool, ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { Token } from '../model/token';
import { User } from '../model/user';
import { translatePostgresError } from './postgres-errors';
import { Pulse } from './pulse';

export interface DatabaseOptions {
  url: string;
  /** Where to listen for what others commit; the same as `url` where it is left out. Not a pooler in transaction mode. */
  listenUrl?: string;
  poolSize: number;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  /** Hears of connections that die while idle; they are replaced by themselves. */
  onConnectionError(error: Error): void;
}

/** One statement: its name (under which Postgres keeps its plan; '' keeps none), its text and its values. */
export type Run = <Row>(name: string, text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** The open database: TypeORM for migrations and people, its pool for everything whose SQL is on display in this room. */
export interface Database {
  readonly dataSource: DataSource;
  readonly pool: Pool;
  readonly run: Run;
  /** Is to beat after every commit that followers may want to hear of. */
  readonly pulse: Pulse;
  /** Where to listen, and whom to tell of connections that die. */
  readonly options: Pick<DatabaseOptions, 'url' | 'listenUrl' | 'onConnectionError'>;
  close(): Promise<void>;
}

/** Makes a data source; `migrations` are given to whoever may migrate. */
export const makeDataSource = (
  options: Pick<DatabaseOptions, 'url'> & Partial<DatabaseOptions>,
  migrations: NonNullable<ConstructorParameters<typeof DataSource>[0]['migrations']> = [],
): DataSource =>
  new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [User, Token],
    migrations,
    migrationsTableName: 'migration',
    synchronize: false,
    applicationName: 'newsroom',
    poolErrorHandler: options.onConnectionError,
    extra: {
      max: options.poolSize,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
      statement_timeout: options.statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
    },
  });

/** Runs statements on a client or a pool, each planned once per connection, with errors in the newsroom's words. */
export const runOn =
  (target: Pool | ClientBase): Run =>
  async <Row>(name: string, text: string, values: readonly unknown[] = []) => {
    try {
      const { rows } = await target.query({ name: name || undefined, text, values: values as unknown[] });
      return rows as Row[];
    } catch (error) {
      throw translatePostgresError(error);
    }
  };

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const dataSource = await makeDataSource(options).initialize();
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  // A client that dies while it is checked out is not the pool's to report: without this the process would end.
  pool.on('connect', (client) => client.on('error', options.onConnectionError));
  const run = runOn(pool);
  const pulse = new Pulse(run, options.onConnectionError);
  const close = (): Promise<void> => {
    pulse.stop();
    return dataSource.destroy();
  };
  return { dataSource, pool, run, pulse, options, close };
}
