import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from './database';
import { isWorthRetrying, tooMuchAtOnce } from './postgres-errors';
import type { Scope } from './scope';

const TRIES = 3;

/** What only did not fit any more is prepared anew more often: of those who want the same, one gets it each time. */
const TRIES_ANEW = 10;

/** Thrown to end a transaction without writing anything, with an answer all the same. */
class RolledBack<Answer> extends Error {
  constructor(readonly answer: Answer) {
    super('rolled back on purpose');
  }
}

/** Thrown where what was prepared does not fit any more what others have written meanwhile: it is prepared anew. */
export class TryAgain extends Error {
  override name = 'TryAgain';
}

/** One transaction: statements that are written all together, or not at all. */
export interface Transaction {
  readonly run: Run;
  /** Ends the transaction without writing; `inTransaction` then returns the answer. */
  rollBack(answer: unknown): never;
}

/**
 * Runs `work` in one transaction (READ COMMITTED; what it relies on, it locks). Where Postgres unties two transactions by
 * ending one, that one is tried again: nothing of it was written.
 *
 * @throws WikiError SERVICE_UNAVAILABLE where the database cannot be reached or locks are not to be had in time.
 */
export async function inTransaction<Answer>(
  scope: Scope,
  work: (transaction: Transaction) => Promise<Answer>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(scope, work);
    } catch (error) {
      if (error instanceof RolledBack) return error.answer as Answer;
      const isStale = error instanceof TryAgain;
      if (isStale && attempt >= TRIES_ANEW) throw tooMuchAtOnce(error);
      if (!isStale && (attempt >= TRIES || !isWorthRetrying(error))) throw error;
      await wait(20 + Math.random() * 100 * attempt); // jitter: those who met once should not meet again
    }
  }
}

async function attemptTransaction<Answer>(
  scope: Scope,
  work: (transaction: Transaction) => Promise<Answer>,
): Promise<Answer> {
  const { database } = scope.newsroom;
  const { run, release } = await database.connect();
  const counted: Run = (name, text, values) => {
    scope.statements += 1;
    return run(name, text, values);
  };
  let broken = false;
  try {
    await run('begin', database.begin);
    const answer = await work({
      run: counted,
      rollBack: (given) => {
        throw new RolledBack(given);
      },
    });
    await run('commit', 'commit');
    database.pulse.beat();
    return answer;
  } catch (error) {
    // The connection may be what failed; then there is nothing to roll back, and the pool must not keep it.
    await run('rollback', 'rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    release(broken);
  }
}
