import { rmSync } from 'node:fs';
import type { Command } from 'commander';
import pg from 'pg';
import { type Server, startOurs } from '../bench/processes';
import { tell } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres';
import { checkServer } from '../src/store/check-server';
import { Running } from '../src/tools/start';
import { makeTemporaryDirectory } from '../src/tools/temporary';

/** What a soak stands on. */
export interface Ground {
  readonly adminToken: string;
  /** For looking at the database, past the servers. */
  readonly pool: pg.Pool;
  /** Starts a server on the database. */
  start(settings?: Readonly<Record<string, string>>): Promise<Server>;
}

/** What a soak has come to. */
export interface Outcome {
  readonly lines: readonly string[];
  /** What should not have been, each in a line; empty where all is well. */
  readonly faults: readonly string[];
}

/** A database that no server takes along when it is killed. */
async function findUrl(given: string | undefined, running: Running): Promise<string> {
  if (given) {
    await checkServer(given);
    return given;
  }
  const dir = makeTemporaryDirectory('soak');
  running.onStop(async () => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dir });
  running.onStop(() => postgres.stop());
  return postgres.url;
}

async function prepare(databaseUrl: string | undefined, running: Running): Promise<Ground> {
  const url = await findUrl(databaseUrl, running);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // told by whatever is asked of it next
  running.onStop(() => pool.end());
  const adminToken = makeSecret();
  const start = (settings = {}): Promise<Server> =>
    startOurs(url, 'warn', running, [], { ADMIN_TOKEN: adminToken, ...settings });
  return { adminToken, pool, start };
}

/**
 * Runs a soak as a command: reads its options, gives it a database, prints what it has come to, and ends the process, with 1 where
 * there were faults. Whatever was started is stopped first, also on a signal.
 */
export function runSoak<Options>(command: Command, soak: (options: Options, ground: Ground) => Promise<Outcome>): void {
  command.option('--database-url <url>', 'an empty Postgres database, instead of the one that comes with the project');
  const { databaseUrl, ...options } = command.parse(process.argv).opts<{ databaseUrl?: string }>();
  const running = new Running();
  const stopAndEnd = (code: number): void => void running.stop().finally(() => process.exit(code));
  process.once('SIGINT', () => stopAndEnd(130));
  process.once('SIGTERM', () => stopAndEnd(143));
  const main = async (): Promise<void> => {
    const { lines, faults } = await soak(options as Options, await prepare(databaseUrl, running));
    process.stdout.write(`${lines.join('\n')}\n`);
    for (const fault of faults) tell(fault);
    stopAndEnd(faults.length === 0 ? 0 : 1);
  };
  main().catch((error: Error) => {
    tell(error.message);
    stopAndEnd(1);
  });
}
