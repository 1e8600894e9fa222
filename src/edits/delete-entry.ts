import { isUuid } from '../base/node-id';
import { pointer } from '../base/pointer';
import { type EditResult, Problem, warning } from '../model/edit';
import type { Content, EntryState } from '../model/entry';
import type { FieldConflict } from '../rules/merge-items';
import { sameField } from '../rules/contents';
import type { FieldRules } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import { findReferrers } from '../store/references';
import { findStateBeforeDeletion } from '../store/revisions';
import type { Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { describeConflict } from './conflicts';
import { outOfSight, PLAIN, readContents, type WriteContext } from './plan-content';
import { assertMutationId, readRemark, startReading } from './input';
import { lockForAct, mergedProblem } from './lock';
import { writeOnce } from './once';
import { carryOutAlone, type Plan } from './plan';
import { conflicting, invalid, unchanged } from './result';
import { assertMayEver } from './rights';
import { type Fate, standingDraft } from './write-draft';

export interface DeleteRequest {
  id: string;
  /** Number of the newest revision that the editor saw. */
  baseRevision: number;
  summary?: string | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

export type RestoreRequest = Omit<DeleteRequest, 'baseRevision'>;

/** So many of the entries that refer to a deleted one are told by name. */
const MOST_TOLD = 50;

/**
 * Takes an entry out of everybody's lists and the public's sight; its history stays, and `restoreEntry` brings it back. Tells
 * what refers to it.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const deleteEntry = (scope: Scope, input: DeleteRequest): Promise<EditResult> =>
  act(scope, 'DELETE', input, async (context, entry) => {
    if (entry.state !== 'DELETED' && (input.baseRevision < 1 || input.baseRevision > entry.latest)) {
      const message = `baseRevision: there is no revision ${input.baseRevision} of this entry.`;
      return invalid(entry.id, [new Problem('INVALID', message, '/baseRevision')]);
    }
    return planDelete(context, entry, input.baseRevision);
  });

/**
 * Brings a deleted entry back as it was: a draft, or public again.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const restoreEntry = (scope: Scope, input: RestoreRequest): Promise<EditResult> =>
  act(scope, 'RESTORE', input, planRestore);

async function act(
  scope: Scope,
  name: 'DELETE' | 'RESTORE',
  input: RestoreRequest,
  plan: (context: WriteContext, entry: LockedEntry) => Promise<Plan>,
): Promise<EditResult> {
  const viewer = assertMayEver(scope, name);
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const summary = readRemark(reading, 'summary', input.summary);
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, name, input.id);
    const merged = mergedProblem(entry);
    if (merged) return invalid(entry.id, [merged]);
    const context = { ...PLAIN, run, viewer, summary };
    return carryOutAlone(run, await plan(context, entry), { dryRun: input.dryRun });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: name.toLowerCase(), input }, work);
}

/** Plans to delete an entry. What others changed since `base` is a conflict: they may have known why it should stay. */
export async function planDelete(context: WriteContext, entry: LockedEntry, base: number): Promise<Plan> {
  if (entry.state === 'DELETED') return unchanged(entry.id);
  const { run } = context;
  const contents = await readContents(run, entry, [base, entry.latest]);
  const [seen, latest] = [contents.get(base), contents.get(entry.latest) as Content];
  if (!seen) return invalid(entry.id, [outOfSight('baseRevision', base)]);
  const changed = base < entry.latest ? fieldsChanged(entry, seen, latest) : [];
  if (changed.length > 0) {
    const conflict = { conflicts: changed, parts: new Map() };
    return conflicting(entry.id, await describeConflict(run, entry, base, conflict, new Map()));
  }
  const wasPublic = entry.state === 'PUBLISHED';
  const fate: Fate = {
    state: 'DELETED',
    // Where nothing waits, nothing of it waits for an editor afterwards either.
    isAccepted: entry.accepted === entry.latest,
    public: 'NOTHING',
    change: { kind: 'DELETED', publicKind: wasPublic ? 'DELETED' : null },
    embargoUntil: entry.embargoUntil,
    isSubmitted: null,
  };
  const draft = standingDraft(context.viewer, context.summary, entry, latest, { action: 'DELETE', base, fate });
  return { draft, before: latest, outcome: 'SAVED', remarks: await tellReferrers(run, entry.id) };
}

const fieldsChanged = ({ kind }: LockedEntry, seen: Content, latest: Content): FieldConflict[] =>
  Object.entries(KINDS[kind].fields as FieldRules)
    .filter(([name, rule]) => !sameField(rule, seen[name], latest[name]))
    .map(([name]) => ({ path: [name], base: seen[name], mine: null, theirs: latest[name] }));

/** What refers to an entry that is about to go: its editors should know. */
async function tellReferrers(run: Run, id: string): Promise<Problem[]> {
  const { referrers, count } = await findReferrers(run, id, MOST_TOLD);
  const problems = referrers.map(({ entry, title, field, item }) =>
    warning('CHECK', `“${title}” refers to it.`, placeOf(field, item), entry, 'BROKEN_LINK'),
  );
  if (count > referrers.length)
    problems.push(
      warning('CHECK', `${count - referrers.length} more entries refer to it; backlinks lists them.`, null),
    );
  return problems;
}

/** Where in the referring entry the reference stands. */
const placeOf = (field: string, item: string): string =>
  field.split('.').reduce((path, name, index) => pointer(index === 1 && item ? pointer(path, item) : path, name), '');

/** Plans to bring a deleted entry back, in the state in which it was. */
export async function planRestore(context: WriteContext, entry: LockedEntry): Promise<Plan> {
  if (entry.state !== 'DELETED') return unchanged(entry.id);
  const { run } = context;
  const state = await findStateBeforeDeletion(run, entry.id);
  const contents = await readContents(run, entry, [entry.latest, ...(entry.published ? [entry.published] : [])]);
  const latest = contents.get(entry.latest) as Content;
  const draft = standingDraft(context.viewer, context.summary, entry, latest, {
    action: 'RESTORE',
    base: entry.latest,
    fate: fateOfRestored(entry, state, contents),
  });
  return { draft, before: latest, outcome: 'SAVED' };
}

/** The public sees again what it saw; an embargo that has ended meanwhile is lifted like any other. */
function fateOfRestored(entry: LockedEntry, state: EntryState, contents: ReadonlyMap<number, Content>): Fate {
  const isPublic = state === 'PUBLISHED';
  const number = entry.published ?? 0;
  return {
    state,
    isAccepted: entry.accepted === entry.latest,
    public: isPublic ? { number, content: contents.get(number) as Content } : 'AS_BEFORE',
    change: { kind: 'RESTORED', publicKind: isPublic ? 'PUBLISHED' : null },
    embargoUntil: entry.embargoUntil,
    isSubmitted: null,
  };
}
