import { WikiError } from '../base/errors';
import { sha256 } from '../base/hash';
import { invariant } from '../base/invariant';
import type { CommentResult } from '../model/comment';
import { type ChangesetResult, type EditResult, type Outcome, Problem } from '../model/edit';
import { rememberResult, takeKey } from '../store/idempotency';
import type { Scope } from '../store/scope';
import { inTransaction, type Transaction } from '../store/transaction';

/** How a write is asked for, whatever it writes. */
export interface WriteRequest {
  /** Name of the operation; the same key for another one is a mistake of the client's. */
  operation: string;
  /** The input as it was given, for telling a retry from another request. */
  input: { clientMutationId?: string | null; dryRun?: boolean | null };
}

const hashOf = ({ operation, input }: WriteRequest): string => {
  const { clientMutationId: _id, dryRun: _dryRun, ...rest } = input;
  return sha256(JSON.stringify([operation, rest]));
};

const WRITTEN: readonly Outcome[] = ['CREATED', 'SAVED', 'MERGED'];

/** What is kept of an answer is the answer, but for what is not kept of anything that was written: a conflict. */
type Kept<Answer> = Omit<Answer, 'isRepeated'>;

/**
 * Runs a write in one transaction, so that a retry with the same `clientMutationId` gets the first answer and writes
 * nothing. What wrote nothing (conflicts, refusals, dry runs) leaves no trace, and is not remembered (rules 4.5).
 *
 * @throws WikiError IDEMPOTENCY_KEY_REUSED
 */
export function writeOnce<Answer extends EditResult | ChangesetResult | CommentResult>(
  scope: Scope,
  user: string,
  request: WriteRequest,
  work: (transaction: Transaction) => Promise<Answer>,
): Promise<Answer> {
  const key = request.input.dryRun ? null : (request.input.clientMutationId ?? null);
  return inTransaction(scope, async (transaction) => {
    if (key !== null) {
      const remembered = await takeKey(transaction.run, user, key, hashOf(request));
      if (remembered) return transaction.rollBack(repeat(remembered, hashOf(request), key));
    }
    const result = await work(transaction);
    if (request.input.dryRun || !WRITTEN.includes(result.outcome)) return transaction.rollBack(result);
    if (key !== null) {
      const { isRepeated: _first, ...kept } = result;
      await rememberResult(transaction.run, user, key, kept);
    }
    return result;
  });
}

function repeat(remembered: { inputHash: string; result: unknown }, hash: string, key: string) {
  if (remembered.inputHash !== hash)
    throw new WikiError(
      'IDEMPOTENCY_KEY_REUSED',
      `clientMutationId ${key} was used for another input; give every edit an id of its own.`,
      { clientMutationId: key },
    );
  invariant(remembered.result, 'a key that was committed has its result');
  const kept = remembered.result as Kept<EditResult> | Kept<ChangesetResult> | Kept<CommentResult>;
  return 'results' in kept ? { ...revived(kept), results: kept.results.map(revived) } : revived(kept);
}

const revived = <Answer extends { readonly problems?: readonly Problem[] }>(kept: Answer) => ({
  conflict: null, // kept answers of earlier releases have neither
  ...kept,
  problems: (kept.problems ?? []).map((problem) => Object.assign(new Problem('INVALID', '', null), problem)),
  isRepeated: true,
});
