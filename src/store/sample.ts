import { randomUUID } from 'node:crypto';
import { type Run, setLocal } from './database';
import { type Newsroom, Scope } from './scope';
import { inTransaction } from './transaction';

const SAMPLE_LOCK = 7_114_523;

/** Longer than any other lock: another process may be loading. */
const PATIENCE = { lock_timeout: 60_000, statement_timeout: 60_000, idle_in_transaction_session_timeout: 0 };

/**
 * Lets the sample be loaded into this database; of several processes one does it, the others wait and find it done. The right to
 * it is a lock of a transaction in which nothing else is done: what is loaded is written beside it, so that a loading that is
 * cut short leaves what it had.
 *
 * @param load is given the id of the program that the sample's entries are by, the same where an earlier loading was cut short.
 * @returns null where it is there already, or where the database holds entries of its own.
 */
export function loadOnce<Loaded>(
  newsroom: Newsroom,
  deskName: string,
  load: (desk: string) => Promise<Loaded>,
): Promise<Loaded | null> {
  return inTransaction(new Scope(newsroom), async ({ run }) => {
    await run('', setLocal(PATIENCE));
    await run('sample-lock', 'select pg_advisory_xact_lock($1)', [SAMPLE_LOCK]);
    const desk = await startSample(newsroom.database.run, deskName);
    if (desk === null) return null;
    const loaded = await load(desk);
    await newsroom.database.run('sample-done', `update setting set value = 'loaded' where name = 'sample'`);
    return loaded;
  });
}

async function startSample(run: Run, deskName: string): Promise<string | null> {
  const [marker] = await run<{ value: string }>('sample-marker', `select value from setting where name = 'sample'`);
  if (marker && marker.value !== 'loaded') return marker.value;
  const [entry] = await run('any-entry', 'select id from entry limit 1');
  if (marker || entry) return null;
  const desk = randomUUID();
  await run(
    'sample-begin',
    `with desk as (insert into "user" (id, name, role, bot) values ($1, $2, 'EDITOR', true) returning id)
      insert into setting (name, value) select 'sample', id::text from desk`,
    [desk, deskName],
  );
  return desk;
}
