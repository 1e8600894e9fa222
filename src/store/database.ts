import 'reflect-metadata';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { Token } from '../model/token';
import { User } from '../model/user';
import { translatePostgresError } from './postgres-errors';
import { Pulse } from './pulse';

export interface DatabaseOptions {
  url: string;
  /**
   * What lies between here and Postgres. A pooler in transaction mode gives each transaction a connection of its own, so nothing
   * outlives one: no prepared statement, no setting, no session's lock, no LISTEN. None where it is left out.
   */
  pooler?: 'none' | 'transaction';
  /** Where to listen for what others commit; where it is left out, at `url`, unless that leads through a pooler. */
  listenUrl?: string;
  poolSize: number;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  /** Hears of connections that die while idle; they are replaced by themselves. */
  onConnectionError(error: Error): void;
}

/** One statement: its name (under which Postgres keeps its plan; '' keeps none), its text and its values. */
export type Run = <Row>(name: string, text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** A connection of the pool, lent to somebody. */
export interface Connection {
  readonly run: Run;
  /** @param isBroken whether it is of no use to anybody else. */
  release(isBroken: boolean): void;
}

/** The open database: TypeORM for migrations and people, its pool for everything whose SQL is on display in this room. */
export interface Database {
  readonly dataSource: DataSource;
  readonly pool: Pool;
  readonly run: Run;
  /** Is to beat after every commit that followers may want to hear of. */
  readonly pulse: Pulse;
  /**
   * A connection for oneself, to be given back.
   *
   * @throws WikiError SERVICE_UNAVAILABLE where none is to be had.
   */
  connect(): Promise<Connection>;
  /** The statement that begins a transaction; through a pooler it sets its limits, too. */
  readonly begin: string;
  /** Whether what is planned or set on a connection is still so in the next transaction. */
  readonly keepsSessions: boolean;
  /** Where to listen; null where nothing would be heard. */
  readonly listenUrl: string | null;
  close(): Promise<void>;
}

/** Settings of Postgres, by name. */
type Settings = Readonly<Record<string, number>>;

const IDLE_IN_TRANSACTION_MS = 10_000;

const limitsOf = ({ statementTimeoutMs, lockTimeoutMs }: DatabaseOptions): Settings => ({
  statement_timeout: statementTimeoutMs,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
});

/**
 * Makes a data source.
 *
 * @param more migrations, for whoever may migrate, and what is set on each connection as it is made: poolers refuse that.
 */
export const makeDataSource = (
  { url, poolSize, onConnectionError }: Pick<DatabaseOptions, 'url' | 'poolSize'> & Partial<DatabaseOptions>,
  more: { migrations?: NonNullable<ConstructorParameters<typeof DataSource>[0]['migrations']>; settings?: Settings },
): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    entities: [User, Token],
    migrations: more.migrations ?? [],
    migrationsTableName: 'migration',
    synchronize: false,
    applicationName: 'newsroom',
    poolErrorHandler: onConnectionError,
    extra: { max: poolSize, connectionTimeoutMillis: 3000, keepAlive: true, ...more.settings },
  });

/** A statement that sets this until the end of its transaction, whatever the connection has. */
export const setLocal = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `set local ${name} = ${value}`)
    .join('; ');

/**
 * Runs statements on a client or a pool, with errors in the newsroom's words.
 *
 * @param keepsPlans whether each is planned once per connection.
 */
export const runOn =
  (target: Pool | ClientBase, keepsPlans = true): Run =>
  async <Row>(name: string, text: string, values: readonly unknown[] = []) => {
    try {
      const query = { name: (keepsPlans && name) || undefined, text, values: values as unknown[] };
      const { rows } = await target.query(query);
      return rows as Row[];
    } catch (error) {
      throw translatePostgresError(error);
    }
  };

/** Lends a client of a pool; why there is none is told in the newsroom's words. */
export const lendClient = (pool: Pool): Promise<PoolClient> =>
  pool.connect().catch((error: unknown) => {
    throw translatePostgresError(error);
  });

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, pooler = 'none', listenUrl = null } = options;
  const keepsSessions = pooler === 'none';
  const limits = limitsOf(options);
  const dataSource = await makeDataSource(options, { settings: keepsSessions ? limits : {} }).initialize();
  const pool = (dataSource.driver as PostgresDriver).master as Pool;
  // A client that dies while it is checked out is not the pool's to report: without this the process would end. The first one
  // was made before anybody could hear of it.
  const attend = (client: ClientBase): void => {
    if (!client.listeners('error').includes(options.onConnectionError)) client.on('error', options.onConnectionError);
  };
  pool.on('connect', attend).on('acquire', attend);
  const run = runOn(pool, keepsSessions);
  const pulse = new Pulse(run, options.onConnectionError);
  const close = (): Promise<void> => {
    pulse.stop();
    return dataSource.destroy();
  };
  const connect = async (): Promise<Connection> => {
    const client = await lendClient(pool);
    return { run: runOn(client, keepsSessions), release: (isBroken) => client.release(isBroken) };
  };
  return {
    dataSource,
    pool,
    run,
    pulse,
    connect,
    begin: keepsSessions ? 'begin' : `begin; ${setLocal(limits)}`,
    keepsSessions,
    listenUrl: listenUrl ?? (keepsSessions ? url : null),
    close,
  };
}
