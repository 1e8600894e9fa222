import { notFound } from '../base/errors';
import { invariant } from '../base/invariant';
import { uuidOf } from '../base/node-id';
import type { ChangesetResult } from '../model/edit';
import { findRevisionsOf } from '../store/changesets';
import type { Scope } from '../store/scope';
import { type LockedEntry, lockEntries } from '../store/locks';
import { findNeighbours, type Neighbour } from '../store/revisions';
import type { Transaction } from '../store/transaction';
import { carryOutAll } from './changeset';
import { planDelete, planRestore } from './delete-entry';
import { outOfSight, PLAIN, type WriteContext } from './plan-content';
import { assertMutationId, readRemark, startReading } from './input';
import { assertMay, goneProblem } from './lock';
import { writeOnce } from './once';
import { isWrite, type Plan } from './plan';
import { invalid } from './result';
import { assertMayEver } from './rights';
import { planUndo } from './take-back';

export interface UndoChangesetRequest {
  /** Its public id. */
  changeset: string;
  summary?: string | null;
  hold?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Takes back all that a changeset did, as one: edits are undone and what came after them is kept; what it created is
 * deleted, unless somebody changed it since, which is a conflict; what it deleted comes back. All or none.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function undoChangeset(scope: Scope, input: UndoChangesetRequest): Promise<ChangesetResult> {
  const viewer = assertMayEver(scope, 'UNDO');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const summary = readRemark(reading, 'summary', input.summary);
  const { problems } = reading;
  if (problems.length > 0) return { outcome: 'INVALID', changesetId: null, results: [], problems, isRepeated: false };
  const changeset = uuidOf('changeset', input.changeset);
  const work = async ({ run }: Transaction): Promise<ChangesetResult> => {
    const addresses = changeset === null ? [] : await findRevisionsOf(run, changeset);
    if (addresses.length === 0) throw notFound('changeset');
    const locked = await lockEntries(
      run,
      addresses.map((address) => address.entry),
    );
    const entries = new Map(locked.map((entry) => [entry.id, entry]));
    const neighbours = await findNeighbours(run, addresses);
    const context: WriteContext = { ...PLAIN, run, viewer, summary, hold: input.hold === true };
    const plans: Plan[] = [];
    for (const { entry, number } of addresses) {
      const neighbour = neighbours.find((found) => found.entry === entry && found.number === number);
      const row = entries.get(entry);
      invariant(neighbour && row, 'what a changeset wrote is there');
      plans.push(await planOne(scope, context, row, neighbour));
    }
    const edits = addresses.map((_, index) => ({ place: `/revisions/${index}` }));
    return carryOutAll(run, edits, withoutTheGone(plans), summary, input.dryRun === true);
  };
  return writeOnce(scope, viewer.user.uuid, { operation: 'undo changeset', input }, work);
}

/** What refers to a deleted entry is told, but not what is deleted with it. */
function withoutTheGone(plans: readonly Plan[]): Plan[] {
  const writes = plans.filter(isWrite);
  const gone = new Set(writes.flatMap(({ draft }) => (draft.action === 'DELETE' ? [draft.entry] : [])));
  return plans.map((plan) =>
    isWrite(plan)
      ? { ...plan, remarks: plan.remarks?.filter(({ entryId }) => entryId === null || !gone.has(entryId)) }
      : plan,
  );
}

/** Plans the opposite of what one revision did. */
async function planOne(scope: Scope, context: WriteContext, entry: LockedEntry, revision: Neighbour): Promise<Plan> {
  const { action, number, isHidden } = revision;
  if (action === 'DELETE') {
    assertMay(context.viewer, 'RESTORE', entry);
    return planRestore(context, entry);
  }
  if (action === 'CREATE' || action === 'RESTORE') {
    assertMay(context.viewer, 'DELETE', entry);
    return planDelete(context, entry, number);
  }
  assertMay(context.viewer, 'UNDO', entry);
  const gone = goneProblem(entry);
  if (gone) return invalid(entry.id, [gone]);
  if (isHidden) return invalid(entry.id, [outOfSight('revision', number)]);
  return planUndo(scope, context, entry, revision);
}
