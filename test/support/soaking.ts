import pg from 'pg';
import type { ServerProcess } from '../../soak/servers';
import { createDatabase } from './database';
import { buildProgram } from './program';

/** What a short soak stands on: the built program, on a database of its own. */
export interface SoakGround {
  readonly adminToken: string;
  /** For looking at the database, past the servers. */
  readonly pool: pg.Pool;
  start(settings?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  close(): Promise<void>;
}

const ADMIN_TOKEN = 'a-token-of-the-newsroom-s-own';

export async function prepareSoak(): Promise<SoakGround> {
  const program = await buildProgram();
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  const usual = { DATABASE_URL: database.url, PORT: '0', SAMPLE: 'off', LOG_LEVEL: 'warn', ADMIN_TOKEN };
  return {
    adminToken: ADMIN_TOKEN,
    pool,
    start: async (settings) => {
      const started = program.start({ ...usual, ...settings });
      return { url: `${await started.ready}/graphql`, kill: () => started.stop('SIGKILL') };
    },
    close: async () => {
      await pool.end();
      await program.clear();
      await database.drop();
    },
  };
}
