import { rmSync } from 'node:fs';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres';
import { checkServer } from '../src/store/check-server';
import { migrate } from '../src/store/migrate';
import type { Running } from '../src/tools/start';
import { Fiction, type Sizes } from './fiction';
import { countRevisions, fillNewsroom } from './fill';
import { startProgress, tell } from './progress';
import { verifyFill } from './verify';
import { runIfAllowed } from './privileges';
import { makeTemporaryDirectory } from '../src/tools/temporary';

/** Where the bench keeps its database. */
export interface Place {
  /** Of an empty database, or of one that the bench has filled; null starts the PostgreSQL that comes with the project. */
  readonly url: string | null;
  /** Directory for that PostgreSQL; null takes a new one. */
  readonly dir: string | null;
  /** Leaves a new directory where it is. */
  readonly keep: boolean;
}

/** The database, filled. */
export interface BenchDatabase {
  readonly url: string;
  readonly client: pg.Client;
  readonly fiction: Fiction;
  /** How long it took to fill; null where it was filled before. */
  readonly fillSeconds: number | null;
}

const MARKER = 'bench';

async function findUrl(place: Place, running: Running): Promise<string> {
  if (place.url) {
    await checkServer(place.url);
    return place.url;
  }
  const dir = place.dir ?? makeTemporaryDirectory('bench');
  if (!place.dir && !place.keep) running.onStop(async () => rmSync(dir, { recursive: true, force: true }));
  if (!place.dir && place.keep) tell(`The database stays in ${dir}; --data-dir ${dir} uses it again.`);
  const postgres = await startEmbeddedPostgres({ dir });
  running.onStop(() => postgres.stop());
  return postgres.url;
}

/** What a database was filled with; null for an empty one. */
async function findFilling(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>('select value from setting where name = $1', [MARKER]);
  if (rows[0]) return rows[0].value;
  const { rows: entries } = await client.query('select from entry limit 1');
  if (entries.length > 0)
    throw new Error('The database holds entries that are not from the bench: name an empty database, or none.');
  return null;
}

async function fill(client: pg.Client, url: string, fiction: Fiction, filling: string): Promise<number> {
  const started = Date.now();
  const second = new pg.Client({ connectionString: url });
  await second.connect();
  const total = countRevisions(fiction);
  const bar = startProgress(`Writing ${total} revisions`, total);
  try {
    await fillNewsroom([client, second], fiction, (written) => bar.update(written));
  } finally {
    bar.stop();
    await second.end();
  }
  await client.query('reset all');
  tell('Gathering statistics …');
  await client.query('vacuum (analyze)');
  await runIfAllowed(client, 'checkpoint'); // so that the runs do not meet it
  await client.query('insert into setting (name, value) values ($1, $2)', [MARKER, filling]);
  return (Date.now() - started) / 1000;
}

/**
 * Opens the bench's database and fills it where it is empty; one that was filled with the same sizes is used again.
 *
 * @throws Error where it was filled otherwise, holds somebody's entries, or does not hold what edits write.
 */
export async function openBenchDatabase(
  place: Place,
  sizes: Sizes,
  seed: number,
  running: Running,
): Promise<BenchDatabase> {
  const url = await findUrl(place, running);
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // told by whatever is asked of it next
  await client.connect();
  running.onStop(() => client.end());
  const fiction = new Fiction(sizes, seed);
  const wanted = JSON.stringify({ ...sizes, seed });
  const filling = await findFilling(client);
  if (filling !== null && filling !== wanted)
    throw new Error(`The database was filled with ${filling}: give the same sizes, or another database.`);
  const fillSeconds = filling === null ? await fill(client, url, fiction, wanted) : null;
  if (fillSeconds !== null) await verifyFill(client, fiction);
  return { url, client, fiction, fillSeconds };
}
