import { WikiError } from '../base/errors';
import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { UserRole } from '../model/user';
import { may } from '../rules/policy';
import { lockPosition } from '../store/locks';
import { setProtection } from '../store/protection';
import type { Scope } from '../store/scope';
import { inTransaction, type Transaction } from '../store/transaction';
import { readRemark, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { invalid, unchanged } from './result';
import { assertMayEver } from './rights';

export interface ProtectRequest {
  id: string;
  /** Null lifts the protection. */
  minimumRole?: UserRole | null;
  until?: Date | null;
  reason?: string | null;
}

/**
 * Lets only a role and above edit an entry, for good or for a time; or lifts that. Nobody protects above their own role, nor
 * lifts a protection that keeps them out.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, SERVICE_UNAVAILABLE
 */
export async function protectEntry(scope: Scope, input: ProtectRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'PROTECT');
  const reading = startReading(scope.newsroom);
  const reason = readRemark(reading, 'reason', input.reason);
  const { minimumRole: level = null, until = null } = input;
  if (until && until.getTime() <= Date.now())
    reading.problems.push(new Problem('INVALID', 'until: this moment has passed.', '/until'));
  if (level === null && until)
    reading.problems.push(new Problem('INVALID', 'until: goes with minimumRole only.', '/until'));
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  return inTransaction(scope, async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, 'READ_LATEST', input.id);
    const protection = entry.protectedRole && { minimumRole: entry.protectedRole };
    if (!may(viewer, 'PROTECT', { wasEverPublic: entry.wasPublic, protection, level }))
      throw new WikiError(
        'FORBIDDEN',
        `The role ${viewer.role} may protect up to ${viewer.role}, and not touch a protection above it.`,
      );
    const gone = goneProblem(entry);
    if (gone) return invalid(entry.id, [gone]);
    if (level === null && entry.protectedRole === null) return unchanged(entry.id);
    await lockPosition(run);
    await setProtection(run, { entry: entry.id, level, until, reason, author: viewer.user.uuid });
    return { ...unchanged(entry.id), outcome: 'SAVED' };
  });
}
