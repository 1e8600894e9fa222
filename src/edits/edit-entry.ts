import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import type { LockedEntry } from '../store/locks';
import type { Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { describeConflict } from './conflicts';
import { type CorrectionRequest, readCorrection } from './correct';
import { assertMutationId, readRemark, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { findUnknownItems } from './look-ups';
import { mergeEdit, type Standpoints } from './merge-edit';
import { writeOnce } from './once';
import { carryOutAlone, type Plan } from './plan';
import { outOfSight, PLAIN, planContent, readContents, somethingWaits, type WriteContext } from './plan-content';
import { type FieldEdit, noRevision, type ReadEdit, readEdit } from './read-edit';
import { NO_DECISIONS } from './resolve';
import { conflicting, invalid } from './result';
import { assertMayEver } from './rights';
import { planUrgent } from './urgent';

/** What every edit takes. */
export interface EditRequest extends FieldEdit {
  summary?: string | null;
  minor?: boolean | null;
  /** Leaves it for review even where the editor could accept it. */
  hold?: boolean | null;
  /** Public at once, although other work waits: that is put on top of it again. EDITOR. */
  publish?: boolean | null;
  /** Puts a draft into the review queue. */
  submit?: boolean | null;
  /** What readers are told of it. EDITOR. */
  correction?: CorrectionRequest | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Changes the given fields of an entry. On a stale `baseRevision` it is put on top of what others did since, field by
 * field; where both changed the same, nothing is written and the conflict is told.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function editEntry(scope: Scope, kind: EntryKind, input: EditRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'EDIT');
  if (input.publish) assertMayEver(scope, 'PUBLISH');
  if (input.correction) assertMayEver(scope, 'CORRECT');
  assertMutationId(input.clientMutationId);
  const edit = readEdit(kind, input, startReading(scope.newsroom));
  const summary = readRemark(edit.reading, 'summary', input.summary);
  const correction = readCorrection(edit.reading, input.correction);
  if (input.hold && input.publish)
    edit.reading.problems.push(new Problem('INVALID', 'publish: it cannot be held as well.', '/publish'));
  if (edit.reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, edit.reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, 'EDIT', input.id, kind);
    const context: WriteContext = {
      ...PLAIN,
      run,
      viewer,
      summary,
      correction,
      hold: input.hold === true,
      publish: input.publish === true,
      submit: input.submit === true,
      minor: input.minor === true,
    };
    return carryOutAlone(run, await planEdit(context, entry, edit), { dryRun: input.dryRun });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: `edit ${kind}`, input }, work);
}

/** What is wrong with the revisions that an edit names, now that the entry is known. */
function numberProblem(entry: LockedEntry, { baseRevision, against }: FieldEdit): Problem | null {
  if (baseRevision > entry.latest) return noRevision('baseRevision', baseRevision);
  if (typeof against !== 'number') return null;
  if (against > entry.latest || against < 1) return noRevision('against', against);
  if (against >= baseRevision) return null;
  return new Problem('INVALID', `against: ${against} is older than baseRevision ${baseRevision}.`, '/against');
}

/** Plans an edit of a locked entry: merges, and looks at what comes of it. */
export async function planEdit(context: WriteContext, entry: LockedEntry, read: ReadEdit): Promise<Plan> {
  const { run } = context;
  const { kind, edit, given, reading } = read;
  reading.problems.length = 0; // of an earlier try of this transaction
  read.decisions.startAnew();
  const problem = goneProblem(entry) ?? numberProblem(entry, edit);
  if (problem) return invalid(entry.id, [problem]);
  if (context.publish && somethingWaits(entry)) return planUrgent(context, entry, read);
  const contents = await readContents(run, entry, [edit.baseRevision, entry.latest]);
  const [base, latest] = [contents.get(edit.baseRevision), contents.get(entry.latest) as Content];
  if (!base) return invalid(entry.id, [outOfSight('baseRevision', edit.baseRevision)]);

  const standpoints: Standpoints = { base, latest, isStale: edit.baseRevision < entry.latest };
  // What was decided was decided on what the editor saw; where the entry has moved on, they look again.
  const hasMovedOn = typeof edit.against === 'number' && edit.against < entry.latest;
  const decisions = hasMovedOn ? NO_DECISIONS : read.decisions;
  const failing = hasMovedOn || edit.onConflict === 'FAIL';
  const merge = await mergeEdit(run, kind, standpoints, given, reading, { decisions, failing });
  if (!merge.content)
    return conflicting(entry.id, await describeConflict(run, entry, edit.baseRevision, merge, reading.texts));
  const problems = [
    ...reading.problems,
    ...decisions.problemsOfUnused(),
    ...(await findUnknownItems(run, entry.id, reading, [base, latest])),
  ];
  return planContent(context, entry, merge.content, latest, {
    base: edit.baseRevision,
    action: 'EDIT',
    target: null,
    texts: reading.texts,
    isMerged: standpoints.isStale,
    known: [latest],
    problems,
  });
}
