import { randomBytes } from 'node:crypto';
import pg from 'pg';

const urlOf = (database: string): string => {
  const url = new URL(process.env.TEST_SERVER_URL as string);
  url.pathname = `/${database}`;
  return url.href;
};

async function onServer(statement: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_SERVER_URL });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}

/** A database of one test's own: a copy of the migrated one, or an empty one. Gone when dropped. */
export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

export async function createDatabase(kind: 'migrated' | 'empty' = 'migrated'): Promise<TestDatabase> {
  const name = `newsroom_test_${randomBytes(8).toString('hex')}`;
  // Copies queue on a lock: Postgres refuses to copy a database that another copy is reading.
  const template = kind === 'empty' ? 'template0' : process.env.TEST_TEMPLATE;
  await onServer(`create database ${name} template ${template}`);
  return { url: urlOf(name), drop: () => onServer(`drop database if exists ${name} with (force)`) };
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** Ends all connections to a database, as a restart does. */
export const endConnections = (url: string): Promise<void> =>
  onServer('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [nameOf(url)]);

/** Lets nobody connect to a database any more, and ends all connections to it; gives back how to let them again. */
export async function takeAway(url: string): Promise<() => Promise<void>> {
  await onServer(`alter database ${nameOf(url)} allow_connections false`);
  await endConnections(url);
  return () => onServer(`alter database ${nameOf(url)} allow_connections true`);
}
