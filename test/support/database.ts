import { randomBytes } from 'node:crypto';
import pg from 'pg';

const urlOf = (database: string): string => {
  const url = new URL(process.env.TEST_SERVER_URL as string);
  url.pathname = `/${database}`;
  return url.href;
};

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_SERVER_URL });
  await client.connect();
  try {
    await client.query(statement);
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
