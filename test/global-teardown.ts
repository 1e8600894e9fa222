import { rmSync } from 'node:fs';
import pg from 'pg';

export default async function globalTeardown(): Promise<void> {
  const server = new pg.Client({ connectionString: process.env.TEST_SERVER_URL });
  await server.connect();
  await server.query(`drop database if exists ${process.env.TEST_TEMPLATE} with (force)`);
  await server.end();
  await (globalThis as { testPostgres?: { stop(): Promise<void> } }).testPostgres?.stop();
  rmSync(process.env.TEST_PLACE as string, { recursive: true, force: true });
}
