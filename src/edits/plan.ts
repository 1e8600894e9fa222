import { randomUUID } from 'node:crypto';
import { invariant } from '../base/invariant';
import type { EditResult, Problem } from '../model/edit';
import type { Content } from '../model/entry';
import type { FieldChange } from '../model/revision';
import { emptyContent } from '../rules/contents';
import type { Run } from '../store/database';
import { lockPosition } from '../store/locks';
import { keepTexts, writeEntries, type Written } from '../store/write';
import { type CorrectionRequest, writeCorrection } from './correct';
import { type Becoming, findErrors } from './gate';
import { type FoundQuotes, searchQuotes } from './quotes';
import { foreseen, invalid, saved } from './result';
import { tellChanges } from './tell-changes';
import { canUnsettle, unsettle } from './unsettle';
import { type Draft, findLateProblems, numberOf, toEntryWrite, waiting } from './write-draft';

/** One entry's part in a write, made before the position lock is taken. */
export interface PlannedWrite {
  draft: Draft;
  /** The content that it follows; null for a new entry. */
  before: Content | null;
  outcome: 'CREATED' | 'SAVED' | 'MERGED';
  /** What the caller should know of, although it is written. */
  remarks?: readonly Problem[];
  /** What readers are told of it. */
  correction?: CorrectionRequest | null;
  /** Whether it is not to be written at all where it cannot be public. */
  isUrgent?: boolean;
  /** Work of others that is put on top of it again, as a revision of its own. */
  onTop?: Draft | null | undefined;
  /** What it does, where that is not what differs from the revision below it. */
  changes?: readonly FieldChange[];
}

/** What one edit is to come to: a write, or an answer for which nothing is written. */
export type Plan = PlannedWrite | EditResult;

export const isWrite = (plan: Plan): plan is PlannedWrite => 'draft' in plan;

/** How a write is carried out. */
export interface CarryOptions {
  dryRun?: boolean | null;
  /** Several entries written as one, and why. */
  changeset?: { id: string; summary: string | null };
}

/**
 * Writes what was planned, all or none: texts, then the position lock, then what only the lock makes sure, then the
 * revisions and all that follows from them. With `dryRun` nothing is locked or written; the answers are the same.
 *
 * @returns an answer for each; where one has an ERROR among its problems, nothing was written.
 */
export async function carryOut(
  run: Run,
  plans: readonly PlannedWrite[],
  { dryRun, changeset }: CarryOptions = {},
): Promise<EditResult[]> {
  const drafts = plans.map((plan) => plan.draft);
  const texts = new Map(drafts.flatMap((draft) => [...draft.texts]));
  const quotes = await searchQuotes(run, toBecoming(plans), texts);
  if (!dryRun) {
    await keepTexts(
      run,
      [...texts].map(([hash, body]) => ({ hash, body })),
    );
    await lockPosition(run);
  }
  const problems = await findLateProblems(run, plans);
  if (problems.every((found) => found.length === 0)) await holdBack(run, plans, quotes, problems);
  if (problems.some((found) => found.length > 0) || dryRun)
    return Promise.all(plans.map((plan, index) => foresee(run, plan, problems[index] ?? [])));
  const written = await writeEntries(run, drafts.map(toEntryWrite), changeset);
  const told = await unsettleOthers(run, plans, written);
  for (const { draft, correction, onTop } of plans) {
    const { entry, author } = draft;
    if (correction) await writeCorrection(run, correction, { entry, revision: numberOf(draft), author, written });
    if (onTop) await writeEntries(run, [toEntryWrite(onTop)]);
  }
  return plans.map(({ draft, outcome, remarks, changes }) =>
    saved(outcome, draft.entry, numberOf(draft), changes ?? 'written', [...(remarks ?? []), ...told]),
  );
}

/** What rests on what was accepted may have to be looked at again. */
async function unsettleOthers(run: Run, plans: readonly PlannedWrite[], written: Written): Promise<Problem[]> {
  const accepted = plans.filter(({ draft: { fate, action } }) => {
    const isLookedAt = fate.isAccepted && fate.dismiss?.as !== 'REJECTED';
    return isLookedAt && action !== 'DELETE' && action !== 'RESTORE';
  });
  const [first] = accepted;
  if (!first || !accepted.some(({ draft }) => canUnsettle(draft.kind))) return [];
  const contents = accepted.map(({ draft: { entry, kind, was, content }, before }) => ({
    entry,
    kind,
    before: was?.accepted ? before : null,
    after: content,
  }));
  return unsettle(run, contents, { written, author: first.draft.author });
}

/** Whether a new content is to be public, now or when an embargo ends. What comes back as it was is not looked at again. */
const isToBeShown = ({ fate, action }: Draft): boolean =>
  fate.public === 'THIS' ||
  (action !== 'RESTORE' &&
    fate.isAccepted &&
    !fate.dismiss &&
    fate.public === 'AS_BEFORE' &&
    fate.state === 'EMBARGOED');

/** What of a write is to be public. */
const toBecoming = (plans: readonly PlannedWrite[]): Becoming[] =>
  plans
    .filter(({ draft }) => isToBeShown(draft))
    .map(({ draft: { entry, kind, content, was, fate }, before }) => ({
      entry,
      kind,
      content,
      before: was?.state === 'PUBLISHED' || fate.state === 'EMBARGOED' ? before : null,
      from: fate.state === 'EMBARGOED' ? fate.embargoUntil : null,
    }));

/**
 * Leaves waiting what must not be public yet, and says why (rules 2.5). What rests on it waits, too: so it is asked again
 * until nothing more is held back.
 */
async function holdBack(
  run: Run,
  plans: readonly PlannedWrite[],
  quotes: FoundQuotes,
  problems: Problem[][],
): Promise<void> {
  for (;;) {
    const errors = await findErrors(run, toBecoming(plans), quotes);
    if (errors.size === 0) return;
    for (const [index, plan] of plans.entries()) {
      const found = isToBeShown(plan.draft) ? errors.get(plan.draft.entry) : undefined;
      if (!found) continue;
      plan.draft.fate = waiting(plan.draft.was);
      plan.remarks = [...(plan.remarks ?? []), ...found];
      if (plan.isUrgent || plan.correction) problems[index]?.push(...found);
    }
  }
}

/** Carries out a plan of its own, if it is one that writes. */
export async function carryOutAlone(run: Run, plan: Plan, options: CarryOptions): Promise<EditResult> {
  if (!isWrite(plan)) return plan;
  const [result] = await carryOut(run, [plan], options);
  invariant(result, 'every plan has its answer');
  return result;
}

async function foresee(run: Run, plan: PlannedWrite, problems: Problem[]): Promise<EditResult> {
  const { draft, before, outcome, remarks } = plan;
  const entry = draft.was ? draft.entry : null;
  if (problems.length > 0) return invalid(entry, problems);
  const changes =
    plan.changes ??
    (await tellChanges(run, draft.kind, before ?? emptyContent(draft.kind), draft.content, draft.texts));
  return foreseen(outcome, entry, changes, remarks);
}

/** An id for a changeset that is about to be. */
export const newChangeset = (summary: string | null): { id: string; summary: string | null } => ({
  id: randomUUID(),
  summary,
});
