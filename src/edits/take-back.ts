import { isUuid } from '../base/node-id';
import { type EditResult, Problem, warning } from '../model/edit';
import type { Content } from '../model/entry';
import { KINDS } from '../rules/kinds';
import type { LockedEntry } from '../store/locks';
import { findNeighbours, type Neighbour } from '../store/revisions';
import { findSlugHolder } from '../store/slugs';
import type { Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import type { Run } from '../store/database';
import { describeConflict } from './conflicts';
import { outOfSight, PLAIN, planContent, readContents, type WriteContext } from './plan-content';
import { assertMutationId, readRemark, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { mergeEdit } from './merge-edit';
import { writeOnce } from './once';
import { carryOutAlone, type Plan } from './plan';
import { NO_DECISIONS } from './resolve';
import { conflicting, invalid } from './result';
import { assertMayEver } from './rights';

interface BackRequest {
  id: string;
  summary?: string | null;
  hold?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

export interface RevertRequest extends BackRequest {
  /** Number of the newest revision that the editor saw. */
  baseRevision: number;
  toRevision: number;
}

export interface UndoRequest extends BackRequest {
  revision: number;
}

/**
 * Goes back to an earlier revision, as a new one. What others changed since `baseRevision` is merged, or conflicts.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const revertEntry = (scope: Scope, input: RevertRequest): Promise<EditResult> =>
  takeBack(scope, 'REVERT', input, (context, entry) => planRevert(scope, context, entry, input));

/**
 * Takes back what one revision did, and keeps what came after it; a conflict where that cannot be told apart.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const undoRevision = (scope: Scope, input: UndoRequest): Promise<EditResult> =>
  takeBack(scope, 'UNDO', input, async (context, entry) => {
    const [neighbour] = await findNeighbours(context.run, [{ entry: entry.id, number: input.revision }]);
    if (!neighbour) return invalid(entry.id, [noRevision('revision', input.revision)]);
    const problem = undoProblem(neighbour);
    return problem ? invalid(entry.id, [problem]) : planUndo(scope, context, entry, neighbour);
  });

async function takeBack(
  scope: Scope,
  act: 'REVERT' | 'UNDO',
  input: BackRequest,
  plan: (context: WriteContext, entry: LockedEntry) => Promise<Plan>,
): Promise<EditResult> {
  const viewer = assertMayEver(scope, act);
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const summary = readRemark(reading, 'summary', input.summary);
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, act, input.id);
    const gone = goneProblem(entry);
    if (gone) return invalid(entry.id, [gone]);
    const context = { ...PLAIN, run, viewer, summary, hold: input.hold === true };
    return carryOutAlone(run, await plan(context, entry), { dryRun: input.dryRun });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: act.toLowerCase(), input }, work);
}

const noRevision = (argument: string, number: number): Problem =>
  new Problem('INVALID', `${argument}: there is no revision ${number} of this entry.`, `/${argument}`);

/** Why a revision cannot be undone by itself; null where it can. */
function undoProblem({ number, action, isHidden }: Neighbour): Problem | null {
  if (isHidden) return outOfSight('revision', number);
  const instead: Partial<Record<typeof action, string>> = {
    CREATE: 'created the entry; deleteEntry takes it away',
    DELETE: 'deleted the entry; restoreEntry brings it back',
    RESTORE: 'brought the entry back; deleteEntry takes it away',
    MERGE: 'merged another entry into this one; unmergeEntry parts them',
    UNMERGE: 'parted this entry from another; mergeEntries joins them',
  };
  const reason = instead[action];
  return reason ? new Problem('INVALID', `revision: ${number} ${reason}.`, '/revision') : null;
}

async function planRevert(
  scope: Scope,
  context: WriteContext,
  entry: LockedEntry,
  input: RevertRequest,
): Promise<Plan> {
  const { baseRevision, toRevision } = input;
  for (const [argument, number] of Object.entries({ baseRevision, toRevision }))
    if (number < 1 || number > entry.latest) return invalid(entry.id, [noRevision(argument, number)]);
  const contents = await readContents(context.run, entry, [baseRevision, toRevision, entry.latest]);
  const [base, wanted] = [contents.get(baseRevision), contents.get(toRevision)];
  if (!base) return invalid(entry.id, [outOfSight('baseRevision', baseRevision)]);
  if (!wanted) return invalid(entry.id, [outOfSight('toRevision', toRevision)]);
  const sides = { base, wanted, latest: contents.get(entry.latest) as Content };
  return planBack(scope, context, entry, sides, { base: baseRevision, action: 'REVERT', target: toRevision });
}

/** Plans to take one revision out of an entry: the same merge, from that revision back to the one below it. */
export async function planUndo(
  scope: Scope,
  context: WriteContext,
  entry: LockedEntry,
  { number, below }: Neighbour,
): Promise<Plan> {
  if (below === null) return invalid(entry.id, [outOfSight('revision', number - 1)]);
  const contents = await readContents(context.run, entry, [number, below, entry.latest]);
  const sides = {
    base: contents.get(number) as Content,
    wanted: contents.get(below) as Content,
    latest: contents.get(entry.latest) as Content,
  };
  return planBack(scope, context, entry, sides, { base: number, action: 'UNDO', target: number });
}

/** The address that goes with a content of the past; the present one where it is somebody else's by now. */
async function keepAddress(run: Run, entry: LockedEntry, content: Content, latest: Content) {
  const { kind, id } = entry;
  if (!KINDS[kind].hasSlug || content.slug === latest.slug) return { content, remarks: [] };
  const holder = await findSlugHolder(run, kind, String(content.slug));
  if (holder === null || holder === id) return { content, remarks: [] };
  const message = `The slug ${String(content.slug)} is another entry's now; ${String(latest.slug)} stays.`;
  return {
    content: { ...content, slug: latest.slug },
    remarks: [warning('SLUG_TAKEN', message, '/slug', holder)],
  };
}

/** Plans a content of the past on top of what came since. What it refers to was referred to before, and may be again. */
async function planBack(
  scope: Scope,
  context: WriteContext,
  entry: LockedEntry,
  { base, wanted, latest }: { base: Content; wanted: Content; latest: Content },
  how: { base: number; action: 'REVERT' | 'UNDO'; target: number },
): Promise<Plan> {
  const { run } = context;
  const reading = startReading(scope.newsroom);
  const isStale = how.base < entry.latest;
  const manner = { decisions: NO_DECISIONS, failing: false };
  const merge = await mergeEdit(run, entry.kind, { base, latest, isStale }, wanted, reading, manner);
  if (!merge.content) return conflicting(entry.id, await describeConflict(run, entry, how.base, merge, reading.texts));
  const { content, remarks } = await keepAddress(run, entry, merge.content, latest);
  return planContent(context, entry, content, latest, {
    ...how,
    base: how.action === 'UNDO' ? entry.latest : how.base,
    texts: reading.texts,
    isMerged: isStale,
    known: [latest, wanted],
    // What was allowed once may be brought back, whatever the limits are now.
    problems: [],
    remarks,
  });
}
