import { randomUUID } from 'node:crypto';
import { type Database, type Run, runOn } from './database';

const SAMPLE_LOCK = 7_114_523;

/** The right to load the sample, held until it is released. */
export interface SampleLoading {
  /** Id of the program that its entries are by; the same where an earlier loading was cut short. */
  readonly desk: string;
  release(): void;
}

/**
 * Takes the right to load the sample into this database; of several processes one gets it, the others wait and find it
 * done. Null where it is there already, or where the database holds entries of its own.
 */
export async function startSample(database: Database, deskName: string): Promise<SampleLoading | null> {
  const client = await database.pool.connect();
  const run = runOn(client);
  const release = (): void => client.release(true); // ends the session, and with it the lock
  try {
    // Longer than any other lock: another process may be loading.
    await run(
      'sample-patience',
      `select set_config('lock_timeout', '60s', false), set_config('statement_timeout', '60s', false)`,
    );
    await run('sample-lock', 'select pg_advisory_lock($1)', [SAMPLE_LOCK]);
    const [marker] = await run<{ value: string }>('sample-marker', `select value from setting where name = 'sample'`);
    if (marker && marker.value !== 'loaded') return { desk: marker.value, release };
    const [entry] = await run('any-entry', 'select id from entry limit 1');
    if (marker || entry) {
      release();
      return null;
    }
    const desk = randomUUID();
    await run(
      'sample-begin',
      `with desk as (insert into "user" (id, name, role, bot) values ($1, $2, 'EDITOR', true) returning id)
        insert into setting (name, value) select 'sample', id::text from desk`,
      [desk, deskName],
    );
    return { desk, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Notes that the sample is there, whole. */
export const finishSample = (run: Run): Promise<unknown[]> =>
  run('sample-done', `update setting set value = 'loaded' where name = 'sample'`);
