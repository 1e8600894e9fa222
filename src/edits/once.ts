import { WikiError } from '../base/errors';
import { sha256 } from '../base/hash';
import { invariant } from '../base/invariant';
import type { EditResult } from '../model/edit';
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

/** What is kept of a write, from which its answer can be made again. */
type Kept = Pick<EditResult, 'outcome' | 'entryId' | 'revisionNumber' | 'changes'>;

const hashOf = ({ operation, input }: WriteRequest): string => {
  const { clientMutationId: _id, dryRun: _dryRun, ...rest } = input;
  return sha256(JSON.stringify([operation, rest]));
};

const wasWritten = (result: EditResult): boolean =>
  result.outcome === 'CREATED' || result.outcome === 'SAVED' || result.outcome === 'MERGED';

/**
 * Runs a write in one transaction, so that a retry with the same `clientMutationId` gets the first answer and writes
 * nothing. What wrote nothing (conflicts, refusals, dry runs) leaves no trace, and is not remembered (rules 4.5).
 *
 * @throws WikiError IDEMPOTENCY_KEY_REUSED
 */
export function writeOnce(
  scope: Scope,
  user: string,
  request: WriteRequest,
  work: (transaction: Transaction) => Promise<EditResult>,
): Promise<EditResult> {
  const key = request.input.dryRun ? null : (request.input.clientMutationId ?? null);
  return inTransaction(scope, async (transaction) => {
    if (key !== null) {
      const remembered = await takeKey(transaction.run, user, key, hashOf(request));
      if (remembered) return transaction.rollBack(repeat(remembered, hashOf(request), key));
    }
    const result = await work(transaction);
    if (request.input.dryRun || !wasWritten(result)) return transaction.rollBack(result);
    if (key !== null) {
      const { outcome, entryId, revisionNumber, changes } = result;
      await rememberResult(transaction.run, user, key, { outcome, entryId, revisionNumber, changes });
    }
    return result;
  });
}

function repeat(remembered: { inputHash: string; result: unknown }, hash: string, key: string): EditResult {
  if (remembered.inputHash !== hash)
    throw new WikiError(
      'IDEMPOTENCY_KEY_REUSED',
      `clientMutationId ${key} was used for another input; give every edit an id of its own.`,
      { clientMutationId: key },
    );
  invariant(remembered.result, 'a key that was committed has its result');
  return { ...(remembered.result as Kept), conflict: null, problems: [], isRepeated: true };
}
