import { notFound } from '../base/errors';
import { invariant } from '../base/invariant';
import { isUuid } from '../base/node-id';
import { type EditResult, Problem, type UnmergeResult, warning } from '../model/edit';
import type { EntryState } from '../model/entry';
import type { View } from '../model/lens';
import { findWithdrawalNote, insertWithdrawal } from '../store/corrections';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries, lockPosition } from '../store/locks';
import { findLinkedSince, findRedirects, noteMergedAs, partEntries, type Redirect } from '../store/redirects';
import { findContents } from '../store/revisions';
import type { Scope, Viewer } from '../store/scope';
import { TryAgain, type Transaction } from '../store/transaction';
import { assertMutationId, readRemark, startReading } from './input';
import { assertMay, goneProblem } from './lock';
import { findCycles } from './look-ups';
import { type Given, giveBack } from './give-back';
import { writeOnce } from './once';
import { carryOutAlone, type PlannedWrite } from './plan';
import { fateOf, PLAIN } from './plan-content';
import { invalid } from './result';
import { assertMayEver } from './rights';
import { standingDraft } from './write-draft';

export interface UnmergeRequest {
  /** What was merged into another. */
  id: string;
  summary?: string | null;
  clientMutationId?: string | null;
}

/** As many entries that refer to one of the two since are told by name. */
const MOST_TOLD = 500;

/**
 * Parts an entry from the one that it was merged into. It stands again as it stood, with its own history, links and address;
 * the other gives back what it took over (an UNMERGE revision) and keeps what was done to it since. Tells who has referred to
 * either of them since: which of the two is meant a person has to say.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function unmergeEntry(scope: Scope, input: UnmergeRequest): Promise<UnmergeResult> {
  const viewer = assertMayEver(scope, 'UNMERGE');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const summary = readRemark(reading, 'summary', input.summary);
  const id = isUuid(input.id) ? input.id : null;
  if (reading.problems.length > 0) return parted(invalid(id, reading.problems));
  return writeOnce(scope, viewer.user.uuid, { operation: 'unmerge', input }, async ({ run }: Transaction) => {
    const pair = await lockPair(run, viewer, id);
    if (pair instanceof Problem) return parted(invalid(id, [pair]));
    const { entry, survivor, redirect } = pair;
    const writer = { viewer, summary };
    const given = await giveBack(scope, run, survivor, redirect);
    await lockPosition(run);
    const linked = await findLinkedSince(run, { entry: entry.id, from: survivor.id }, MOST_TOLD);
    const result = await carryOutAlone(run, planParting(survivor, given, writer), {});
    if (result.outcome !== 'SAVED') return parted(result);
    await part(run, { entry, survivor, state: stateAfter(redirect.state, survivor), author: viewer.user.uuid });
    await takeOverAgain(run, survivor.id, given, writer);
    const circles = await findCircles(run, entry);
    if (circles.length > 0) return parted(invalid(entry.id, circles));
    const more = linked.count > linked.entries.length ? [unnamed(linked.count - linked.entries.length)] : [];
    const answer = { ...result, entryId: entry.id, revisionNumber: null, changes: [] };
    const problems = [...result.problems, ...given.remarks, ...more];
    return { ...answer, problems, into: survivor.id, linked: linked.entries };
  });
}

const parted = (result: EditResult): UnmergeResult => ({ ...result, into: null, linked: [] });

const unnamed = (count: number): Problem =>
  warning('CHECK', `${count} more entries have come to refer to one of the two; backlinks lists them.`, null);

interface Writer {
  viewer: Viewer;
  summary: string | null;
}

interface Pair {
  entry: LockedEntry;
  survivor: LockedEntry;
  redirect: Redirect;
}

/** Locks an entry and what answers for it, or says what stands against parting them. */
async function lockPair(run: Run, viewer: Viewer, id: string | null): Promise<Pair | Problem> {
  const [found] = id === null ? [] : await findRedirects(run, [id]);
  const locked = id === null ? [] : await lockEntries(run, found ? [id, found.into] : [id]);
  const entry = locked.find((one) => one.id === id);
  if (!entry) throw notFound();
  const [redirect] = await findRedirects(run, [entry.id]);
  // Somebody merged or parted them before they were locked.
  if (redirect?.into !== found?.into) throw new TryAgain('what answers for the entry has changed');
  assertMay(viewer, 'UNMERGE', entry);
  if (!redirect) return new Problem('INVALID', 'id: this entry is not merged into another.', '/id', entry.id);
  const survivor = locked.find((one) => one.id === redirect.into);
  invariant(survivor, 'what answers for an entry is there');
  // It is this one that is written to; the other stands again as it stood, with its own protection.
  assertMay(viewer, 'MERGE', survivor);
  if (redirect.mergedInto !== redirect.into)
    return new Problem(
      'INVALID',
      `id: it was merged into ${redirect.mergedInto}, which was merged further; part that one first.`,
      '/id',
      redirect.into,
    );
  return goneProblem(survivor) ?? { entry, survivor, redirect };
}

/** What was taken from the public while the two were one does not come back to it by parting them. */
const stateAfter = (before: EntryState, survivor: LockedEntry): EntryState =>
  before === 'PUBLISHED' && survivor.state !== 'PUBLISHED' ? 'WITHDRAWN' : before;

async function part(
  run: Run,
  { entry, survivor, state, author }: { entry: LockedEntry; survivor: LockedEntry; state: EntryState; author: string },
): Promise<void> {
  const { position, at } = await partEntries(run, { entry: entry.id, from: survivor.id, state, author });
  if (state !== 'WITHDRAWN' || entry.state === 'WITHDRAWN') return;
  const note = (await findWithdrawalNote(run, survivor.id)) ?? '';
  await insertWithdrawal(run, { entry: entry.id, note, author, position, at });
}

/** Plans the UNMERGE revision: what the survivor is without what was merged into it. */
function planParting(survivor: LockedEntry, { latest, content }: Given, writer: Writer): PlannedWrite {
  const draft = standingDraft(writer.viewer, writer.summary, survivor, content, {
    action: 'UNMERGE',
    base: survivor.latest,
    fate: fateOf({ ...PLAIN, viewer: writer.viewer }, survivor),
  });
  return { draft, before: latest, outcome: 'SAVED' };
}

/** Lets the survivor take over again what entries brought that are merged into it still. */
async function takeOverAgain(run: Run, id: string, { content: before, again }: Given, writer: Writer): Promise<void> {
  let below = before;
  for (const { entry, content } of again) {
    const [survivor] = await lockEntries(run, [id]);
    invariant(survivor, 'what answers for an entry is there');
    const fate = fateOf({ ...PLAIN, viewer: writer.viewer }, survivor);
    const how = { action: 'MERGE', base: survivor.latest, fate } as const;
    const draft = standingDraft(writer.viewer, writer.summary, survivor, content, how);
    const { revisionNumber } = await carryOutAlone(run, { draft, before: below, outcome: 'SAVED' }, {});
    invariant(revisionNumber !== null, 'what was taken over once may be taken over again');
    await noteMergedAs(run, entry, revisionNumber);
    below = content;
  }
}

/** Whether an entry that stands for itself again leads back to itself where that must not be. */
async function findCircles(run: Run, { id, kind, latest, published }: LockedEntry): Promise<Problem[]> {
  const numbers = { LATEST: latest, PUBLISHED: published ?? latest } as const;
  for (const view of ['LATEST', 'PUBLISHED'] as const satisfies readonly View[]) {
    const [kept] = await findContents(run, [{ entry: id, number: numbers[view] }], 'KEPT');
    const shown = kept ? [{ kind, entry: id, view, content: kept.content }] : [];
    const problems = await findCycles(run, shown, shown);
    if (problems.length > 0) return problems;
  }
  return [];
}
