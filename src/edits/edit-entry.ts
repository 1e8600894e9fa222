import { isUuid } from '../base/node-id';
import { type EditResult, type OnConflict, Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { readGivenFields, sameContent } from '../rules/contents';
import type { Reading } from '../rules/fields';
import { isAcceptedAtOnce } from '../rules/policy';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import type { Target } from '../store/references';
import { findContents } from '../store/revisions';
import type { Scope, Viewer } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { describeConflict } from './conflicts';
import { assertMutationId, complainMalformedReferences, readRemark, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { findReferenceProblems, findUnknownItems } from './look-ups';
import { mergeEdit, type Standpoints } from './merge-edit';
import { writeOnce } from './once';
import { carryOutAlone, type Plan } from './plan';
import { type Decisions, NO_DECISIONS, readResolutions, type Resolution } from './resolve';
import { conflicting, invalid, unchanged } from './result';
import { assertMayEver } from './rights';
import { accepted, giveSlug, waiting } from './write-draft';

/** Which fields of which entry are to change, and how. */
export interface FieldEdit {
  id: string;
  /** Number of the revision that the editor saw. */
  baseRevision: number;
  fields: object;
  /** FAIL refuses even what would merge. */
  onConflict?: OnConflict | null;
  /** Settles what conflicted when the same edit was sent before. */
  resolve?: readonly Resolution[] | null;
  /** With `resolve`: number of the newest revision that the editor saw. */
  against?: number | null;
}

/** What every edit takes. */
export interface EditRequest extends FieldEdit {
  summary?: string | null;
  minor?: boolean | null;
  /** Leaves it for review even where the editor could accept it. */
  hold?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/** An edit whose shape was read: what it changes, what it decides, and all that is wrong with it so far. */
export interface ReadEdit {
  kind: EntryKind;
  edit: FieldEdit;
  given: Partial<Content>;
  decisions: Decisions;
  reading: Reading;
}

/** Who writes, why, and how: what all parts of one write have in common. */
export interface WriteContext {
  run: Run;
  viewer: Viewer;
  summary: string | null;
  /** Leaves it for review even where the editor could accept it. */
  hold: boolean;
  /** Makes it what the public sees at once, also of an entry that it never saw. */
  publish: boolean;
  minor: boolean;
  /** Entries that the same write makes. */
  newcomers: readonly Target[];
}

/** A write of one entry that asks for nothing in particular. */
export const PLAIN = { hold: false, publish: false, minor: false, newcomers: [] } as const;

/**
 * Changes the given fields of an entry. On a stale `baseRevision` it is put on top of what others did since, field by
 * field; where both changed the same, nothing is written and the conflict is told.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function editEntry(scope: Scope, kind: EntryKind, input: EditRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'EDIT');
  assertMutationId(input.clientMutationId);
  const edit = readEdit(kind, input, startReading(scope.newsroom));
  const summary = readRemark(edit.reading, 'summary', input.summary);
  if (edit.reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, edit.reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, 'EDIT', input.id, kind);
    const how = { ...PLAIN, hold: input.hold === true, minor: input.minor === true };
    return carryOutAlone(run, await planEdit({ ...how, run, viewer, summary }, entry, edit), { dryRun: input.dryRun });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: `edit ${kind}`, input }, work);
}

/** Reads the shape of an edit: everything that can be wrong with it before anything is looked up. */
export function readEdit(kind: EntryKind, edit: FieldEdit, reading: Reading): ReadEdit {
  const given = readGivenFields(kind, { ...edit.fields }, reading);
  complainMalformedReferences(reading, kind, given);
  if (edit.baseRevision < 1) reading.problems.push(noRevision('baseRevision', edit.baseRevision));
  const decisions = readResolutions(kind, edit.resolve, reading);
  if (edit.resolve && edit.resolve.length > 0 && typeof edit.against !== 'number')
    reading.problems.push(
      new Problem('REQUIRED', 'against is required with resolve: the newest revision that you saw.', '/against'),
    );
  return { kind, edit, given, decisions, reading };
}

const noRevision = (argument: string, number: number): Problem =>
  new Problem('INVALID', `${argument}: there is no revision ${number} of this entry.`, `/${argument}`);

/** What is wrong with the revisions that an edit names, now that the entry is known. */
function numberProblem(entry: LockedEntry, { baseRevision, against }: FieldEdit): Problem | null {
  if (baseRevision > entry.latest) return noRevision('baseRevision', baseRevision);
  if (typeof against !== 'number') return null;
  if (against > entry.latest || against < 1) return noRevision('against', against);
  if (against >= baseRevision) return null;
  return new Problem('INVALID', `against: ${against} is older than baseRevision ${baseRevision}.`, '/against');
}

/** The contents of revisions of an entry by number; what is out of sight is not among them. */
export async function readContents(
  run: Run,
  entry: LockedEntry,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Content>> {
  const addresses = [...new Set(numbers)].map((number) => ({ entry: entry.id, number }));
  return new Map((await findContents(run, addresses)).map(({ number, content }) => [number, content]));
}

/** That a revision's content is out of sight, so that nothing can start from it or go back to it. */
export const outOfSight = (argument: string, number: number): Problem =>
  new Problem('INVALID', `${argument}: the content of revision ${number} is out of sight.`, `/${argument}`);

/** Plans an edit of a locked entry: merges, and looks at what comes of it. */
export async function planEdit(context: WriteContext, entry: LockedEntry, read: ReadEdit): Promise<Plan> {
  const { run } = context;
  const { kind, edit, given, reading } = read;
  reading.problems.length = 0; // of an earlier try of this transaction
  read.decisions.startAnew();
  const problem = goneProblem(entry) ?? numberProblem(entry, edit);
  if (problem) return invalid(entry.id, [problem]);
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

/** How a new content of an entry came about. */
export interface Origin {
  base: number;
  action: 'EDIT' | 'REVERT' | 'UNDO';
  target: number | null;
  texts: ReadonlyMap<string, string>;
  /** Whether it was put on top of what others did. */
  isMerged: boolean;
  /** Contents whose references need no second look. */
  known: readonly Content[];
  /** What is wrong with it already. */
  problems: readonly Problem[];
  remarks?: readonly Problem[];
}

/** Plans a new content of a locked entry: looks at its references, and whether it changes anything. */
export async function planContent(
  { run, viewer, summary, hold, publish, minor, newcomers }: WriteContext,
  entry: LockedEntry,
  content: Content,
  latest: Content,
  { base, action, target, texts, isMerged, known, problems: earlier, remarks }: Origin,
): Promise<Plan> {
  const { id, kind } = entry;
  const problems = [...earlier, ...(await findReferenceProblems(run, { kind, content, self: id, known, newcomers }))];
  if (problems.length > 0) return invalid(id, problems);
  const addressed = await giveSlug(run, kind, content, id);
  if (sameContent(kind, addressed, latest)) return unchanged(id);
  const waits = publish && entry.published !== null && entry.published < entry.latest;
  if (waits) return invalid(id, [new Problem('INVALID', 'publish: other work waits; publish that first.', '/publish')]);
  const isAccepted = publish || (entry.state === 'PUBLISHED' && isAcceptedAtOnce(viewer, entry, hold));
  return {
    draft: {
      entry: id,
      kind,
      author: viewer.user.uuid,
      was: entry,
      base,
      action,
      target,
      content,
      slugIsMade: false,
      texts,
      summary,
      minor,
      fate: isAccepted ? accepted(entry) : waiting(entry),
    },
    before: latest,
    outcome: isMerged ? 'MERGED' : 'SAVED',
    remarks,
  };
}
