import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { Content } from '../model/entry';
import type { FieldRules, Reading } from '../rules/fields';
import { sameField } from '../rules/contents';
import { KINDS } from '../rules/kinds';
import { insertWithdrawal } from '../store/corrections';
import type { Run } from '../store/database';
import { type LockedEntry, lockPosition } from '../store/locks';
import { findPending } from '../store/review-queue';
import type { Scope, Viewer } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { type EntryWrite, writeEntries } from '../store/write';
import { describeConflict } from './conflicts';
import { assertMutationId, readRemark, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { writeOnce } from './once';
import { carryOutAlone } from './plan';
import { outOfSight, readContents } from './plan-content';
import { conflicting, invalid, unchanged } from './result';
import { assertMayEver } from './rights';
import { type Fate, waiting } from './write-draft';

export interface RejectRequest {
  id: string;
  /** The newest revision that the editor saw. */
  baseRevision: number;
  note: string;
  clientMutationId?: string | null;
}

export type WithdrawRequest = Omit<RejectRequest, 'baseRevision'>;

/**
 * Sends back what waits: its revisions are REJECTED, and a new one equal to what was accepted ends them, so that nothing
 * waits any more. A draft that was never accepted is only marked.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const rejectRevisions = (scope: Scope, input: RejectRequest): Promise<EditResult> =>
  judge(scope, 'REJECT', input, async (run, viewer, entry, note) => {
    if (input.baseRevision < 1 || input.baseRevision > entry.latest) {
      const message = `baseRevision: there is no revision ${input.baseRevision} of this entry.`;
      return invalid(entry.id, [new Problem('INVALID', message, '/baseRevision')]);
    }
    if (entry.accepted === entry.latest) return unchanged(entry.id);
    // What was accepted since without being shown is the same content, and may be out of sight.
    const contents = await readContents(run, entry, [
      input.baseRevision,
      entry.latest,
      entry.published ?? entry.latest,
    ]);
    const latest = contents.get(entry.latest) as Content;
    if (input.baseRevision < entry.latest)
      return newerWork(run, entry, input.baseRevision, contents.get(input.baseRevision), latest);
    if (entry.published === null) return markRejected(run, viewer, entry, note);
    const content = contents.get(entry.published) as Content;
    return carryOutAlone(run, rejection(viewer, entry, content, latest, note), {});
  });

/** A revision newer than what the editor saw: what they would reject unseen is told as a conflict. */
async function newerWork(
  run: Run,
  entry: LockedEntry,
  base: number,
  seen: Content | undefined,
  latest: Content,
): Promise<EditResult> {
  if (!seen) return invalid(entry.id, [outOfSight('baseRevision', base)]);
  const conflicts = Object.entries(KINDS[entry.kind].fields as FieldRules)
    .filter(([name, rule]) => !sameField(rule, seen[name], latest[name]))
    .map(([name]) => ({ path: [name], base: seen[name], mine: seen[name], theirs: latest[name] }));
  return conflicting(entry.id, await describeConflict(run, entry, base, { conflicts, parts: new Map() }, new Map()));
}

/** The revision that ends what was rejected. The public sees what it saw, and is told nothing. */
function rejection(viewer: Viewer, entry: LockedEntry, content: Content, latest: Content, note: string) {
  const fate: Fate = {
    ...waiting(entry),
    isAccepted: true,
    change: { kind: 'REJECTED', publicKind: null },
    isSubmitted: false,
    dismiss: { as: 'REJECTED', note },
  };
  return {
    draft: {
      entry: entry.id,
      kind: entry.kind,
      author: viewer.user.uuid,
      was: entry,
      base: entry.latest,
      action: 'REVERT',
      target: entry.accepted,
      content,
      slugIsMade: false,
      texts: new Map(),
      summary: note,
      minor: false,
      fate,
    },
    before: latest,
    outcome: 'SAVED',
  } as const;
}

async function markRejected(run: Run, viewer: Viewer, entry: LockedEntry, note: string): Promise<EditResult> {
  if ((await findPending(run, [entry.id])).length === 0) return unchanged(entry.id);
  await lockPosition(run);
  const change = { kind: 'REJECTED', publicKind: null } as const;
  await writeEntries(run, [
    { ...asItIs(entry, viewer, change), dismiss: { as: 'REJECTED', note }, isSubmitted: false },
  ]);
  return { ...unchanged(entry.id), outcome: 'SAVED' };
}

/** An entry's part in a write that makes no revision of it and shows nothing new. */
const asItIs = (entry: LockedEntry, viewer: Viewer, change: EntryWrite['change']): EntryWrite => ({
  entry: entry.id,
  kind: entry.kind,
  author: viewer.user.uuid,
  was: entry,
  revision: null,
  accept: null,
  dismiss: null,
  state: entry.state,
  embargoUntil: entry.embargoUntil,
  isSubmitted: null,
  latest: entry.latest,
  published: entry.published,
  accepted: entry.accepted,
  change,
  showings: [],
  leavesPublic: false,
});

/**
 * Takes an entry back from the public, with a public note in its place; or ends an embargo before its time.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export const withdrawEntry = (scope: Scope, input: WithdrawRequest): Promise<EditResult> =>
  judge(scope, 'WITHDRAW', input, async (run, viewer, entry, note) => {
    if (entry.state === 'WITHDRAWN') return unchanged(entry.id);
    const wasPublic = entry.state === 'PUBLISHED';
    if (!wasPublic && entry.state !== 'EMBARGOED')
      return invalid(entry.id, [new Problem('INVALID', 'Only what is public, or is to be, can be withdrawn.', null)]);
    await lockPosition(run);
    const change = { kind: 'WITHDRAWN', publicKind: wasPublic ? 'WITHDRAWN' : null } as const;
    const { position, at } = await writeEntries(run, [
      { ...asItIs(entry, viewer, change), state: 'WITHDRAWN', embargoUntil: null, leavesPublic: true },
    ]);
    await insertWithdrawal(run, { entry: entry.id, note, author: viewer.user.uuid, position, at });
    return { ...unchanged(entry.id), outcome: 'SAVED' };
  });

async function judge(
  scope: Scope,
  act: 'REJECT' | 'WITHDRAW',
  input: WithdrawRequest,
  work: (run: Run, viewer: Viewer, entry: LockedEntry, note: string) => Promise<EditResult>,
): Promise<EditResult> {
  const viewer = assertMayEver(scope, act);
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const note = readNote(reading, input.note);
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const operation = act.toLowerCase();
  return writeOnce(scope, viewer.user.uuid, { operation, input }, async ({ run }: Transaction) => {
    const entry = await lockForAct(run, viewer, act, input.id);
    const gone = goneProblem(entry);
    return gone ? invalid(entry.id, [gone]) : work(run, viewer, entry, note);
  });
}

function readNote(reading: Reading, given: string): string {
  const note = readRemark(reading, 'note', given);
  if (note === null && reading.problems.length === 0)
    reading.problems.push(new Problem('REQUIRED', 'note is required.', '/note'));
  return note ?? '';
}
