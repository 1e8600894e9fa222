import type { Run } from './database';

/** What an earlier request with the same key wrote. */
export interface Remembered {
  inputHash: string;
  result: unknown;
}

/**
 * Takes a key for the transaction. Of two requests with one key the second waits here until the first is done.
 *
 * @returns null where the key is ours; else what was remembered under it.
 */
export async function takeKey(run: Run, user: string, key: string, inputHash: string): Promise<Remembered | null> {
  const taken = await run(
    'take-key',
    `insert into idempotency (user_id, key, input_hash) values ($1, $2, $3)
      on conflict (user_id, key) do update set input_hash = $3, result = null, created_at = clock_timestamp()
        where idempotency.created_at < clock_timestamp() - interval '24 hours'
      returning key`,
    [user, key, inputHash],
  );
  if (taken.length > 0) return null;
  const [row] = await run<Remembered>(
    'remembered',
    `select input_hash as "inputHash", result from idempotency where user_id = $1 and key = $2`,
    [user, key],
  );
  return row ?? null;
}

/** Keeps what was written under a key that this transaction took. */
export const rememberResult = (run: Run, user: string, key: string, result: unknown): Promise<unknown[]> =>
  run('remember-result', 'update idempotency set result = $3 where user_id = $1 and key = $2', [
    user,
    key,
    JSON.stringify(result),
  ]);

/** Forgets what is older than 24 hours. Rows that somebody is using are left for the next time. */
export const forgetOldKeys = (run: Run): Promise<unknown[]> =>
  run(
    'forget-old-keys',
    `delete from idempotency where (user_id, key) in (
      select user_id, key from idempotency where created_at < clock_timestamp() - interval '24 hours'
        order by created_at limit 1000 for update skip locked)`,
  );
