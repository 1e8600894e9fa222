import path from 'node:path';
import pg from 'pg';
import 'reflect-metadata';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres';
import { migrate } from '../src/store/migrate';
import { makeTemporaryDirectory } from '../src/tools/temporary';

/** One PostgreSQL for all tests, with one migrated database that every test file copies. */
export default async function globalSetup(): Promise<void> {
  // As the server runs (src/tools/production.ts).
  process.env.NODE_ENV = 'production';
  const place = makeTemporaryDirectory('test');
  process.env.TEST_PLACE = place;
  const given = process.env.TEST_DATABASE_URL;
  if (given) process.env.TEST_SERVER_URL = given;
  else {
    const postgres = await startEmbeddedPostgres({ dir: path.join(place, 'postgres'), durable: false });
    Object.assign(globalThis, { testPostgres: postgres });
    process.env.TEST_SERVER_URL = postgres.url;
  }
  const server = new pg.Client({ connectionString: process.env.TEST_SERVER_URL });
  await server.connect();
  const template = `newsroom_template_${process.pid}`;
  await server.query(`create database ${template}`);
  await server.end();
  const url = new URL(process.env.TEST_SERVER_URL as string);
  url.pathname = `/${template}`;
  await migrate(url.href);
  process.env.TEST_TEMPLATE = template;
}
