import { notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { Content } from '../model/entry';
import type { View } from '../model/lens';
import { checkMerged, referencesOf, settle } from '../rules/contents';
import type { Reading } from '../rules/fields';
import { joinContents } from '../rules/join';
import type { Run } from '../store/database';
import { findJudgement } from '../store/judgements';
import { type LockedEntry, lockEntries, lockPosition } from '../store/locks';
import { findEdges } from '../store/references';
import { findRedirects, findRoots, redirectEntry } from '../store/redirects';
import type { Scope, Viewer } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { assertMutationId, readRemark, startReading } from './input';
import { assertMay, goneProblem } from './lock';
import { leadsTo } from './look-ups';
import { writeOnce } from './once';
import { carryOutAlone, type PlannedWrite } from './plan';
import { fateOf, PLAIN, readContents } from './plan-content';
import { invalid } from './result';
import { assertMayEver } from './rights';
import { standingDraft } from './write-draft';

export interface MergeRequest {
  /** What is merged, and answers with the other from then on. */
  from: string;
  /** What stays. */
  into: string;
  summary?: string | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Makes one of two entries that turn out to be the same: the survivor takes over what its kind joins (a MERGE revision), and
 * answers for the other's id, address and links. `unmergeEntry` parts them again, with nothing lost.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function mergeEntries(scope: Scope, input: MergeRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'MERGE');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const summary = readRemark(reading, 'summary', input.summary);
  if (input.from === input.into)
    reading.problems.push(new Problem('INVALID', 'into: an entry cannot be merged into itself.', '/into'));
  if (reading.problems.length > 0) return invalid(isUuid(input.into) ? input.into : null, reading.problems);
  return writeOnce(scope, viewer.user.uuid, { operation: 'merge', input }, async ({ run }: Transaction) => {
    const { from, into } = await lockBoth(run, viewer, input);
    const problems = await findProblems(run, from, into);
    if (problems.length > 0) return invalid(into.id, problems);
    const plan = await planJoined(run, startReading(scope.newsroom), { from, into }, { viewer, summary });
    if ('code' in plan) return invalid(into.id, [plan]);
    if (!input.dryRun) await lockPosition(run);
    const circle = await findCircle(run, from, into);
    if (circle) return invalid(into.id, [circle]);
    const result = await carryOutAlone(run, plan, { dryRun: input.dryRun });
    const { revisionNumber: revision } = result;
    if (revision !== null)
      await redirectEntry(run, { from: from.id, into: into.id, revision, author: viewer.user.uuid });
    return result;
  });
}

async function lockBoth(run: Run, viewer: Viewer, input: MergeRequest) {
  const ids = [input.from, input.into];
  const locked = ids.every(isUuid) ? await lockEntries(run, ids) : [];
  const [from, into] = ids.map((id) => locked.find((entry) => entry.id === id));
  if (!from || !into) throw notFound();
  for (const entry of [from, into]) assertMay(viewer, 'MERGE', entry);
  return { from, into };
}

/** What stands against making one of two entries; all of it. */
async function findProblems(run: Run, from: LockedEntry, into: LockedEntry): Promise<Problem[]> {
  const [redirect] = into.isMerged ? await findRedirects(run, [into.id]) : [];
  if (redirect?.into === from.id)
    return [new Problem('INVALID', 'into: this entry was merged into the one that is to be merged.', '/into', from.id)];
  const gone = Object.entries({ from, into }).flatMap(([name, entry]) => {
    const problem = goneProblem(entry);
    return problem ? [Object.assign(problem, { path: `/${name}` })] : [];
  });
  if (gone.length > 0) return gone;
  const problems: Problem[] = [];
  if (from.kind !== into.kind)
    problems.push(
      new Problem(
        'INVALID',
        `into: only entries of one kind can be one; from is ${from.kind}, into is ${into.kind}.`,
        '/into',
      ),
    );
  if ((from.state === 'PUBLISHED') !== (into.state === 'PUBLISHED'))
    problems.push(
      new Problem(
        'INVALID',
        `into: both must be public, or neither; from is ${from.state}, into is ${into.state}. Publish or withdraw one first.`,
        '/into',
      ),
    );
  if ((await findJudgement(run, from.id, into.id)) === 'NOT_SAME')
    problems.push(
      new Problem('INVALID', 'into: these two were judged NOT_SAME; take that back by judgeMatch first.', '/into'),
    );
  return problems;
}

/** Whether the survivor leads to what is merged into it where nothing may lead back to itself. */
async function findCircle(run: Run, from: LockedEntry, into: LockedEntry): Promise<Problem | null> {
  const number = { LATEST: into.latest, PUBLISHED: into.published } as const;
  for (const view of ['LATEST', 'PUBLISHED'] as const satisfies readonly View[]) {
    const shown = number[view] ?? into.latest;
    const content = await readRevision(run, into, shown);
    for (const { field, acyclic } of referencesOf(into.kind, content)) {
      if (!acyclic) continue;
      const edges = await findEdges(run, { view, field, starts: [into.id], replaced: [] });
      const next = new Map<string, string[]>();
      for (const { from: start, to } of edges) next.set(start, [...(next.get(start) ?? []), to]);
      if (leadsTo(next, into.id, from.id))
        return new Problem(
          'CYCLE',
          `into: following ${field} from it leads to the other; as one they would be a circle.`,
          '/into',
        );
    }
  }
  return null;
}

/** Plans the survivor's MERGE revision; there is one also where nothing is to be taken over. */
async function planJoined(
  run: Run,
  reading: Reading,
  { from, into }: { from: LockedEntry; into: LockedEntry },
  { viewer, summary }: { viewer: Viewer; summary: string | null },
): Promise<PlannedWrite | Problem> {
  // What waits for an editor on the one is not accepted by merging it into the other.
  const theirs = await readRevision(run, from, from.published ?? from.latest);
  const ours = await readRevision(run, into, into.latest);
  if (into.kind === 'ACTOR' && (theirs.actorType === 'ANONYMOUS') !== (ours.actorType === 'ANONYMOUS'))
    return new Problem(
      'INVALID',
      'into: a source that is not named is never merged with one that has a name: it would be named by it.',
      '/into',
    );
  const { kind, id: survivor } = into;
  const references = [theirs, ours].flatMap((content) => [...referencesOf(kind, content)].map(({ to }) => to));
  const rootNow = await findRoots(run, [...new Set(references)]);
  const rootOf = (id: string): string => (rootNow(id) === from.id ? survivor : rootNow(id));
  const content = settle(kind, joinContents({ kind, into: ours, from: theirs, survivor, rootOf }), reading);
  checkMerged(kind, content, reading);
  if (reading.problems[0]) return reading.problems[0];
  const draft = standingDraft(viewer, summary, into, content, {
    action: 'MERGE',
    base: into.latest,
    fate: fateOf({ ...PLAIN, viewer }, into),
  });
  return { draft, before: ours, outcome: 'SAVED' };
}

/** The newest content of a locked entry, or the published one: nobody can take these out of sight. */
const readRevision = async (run: Run, entry: LockedEntry, number: number): Promise<Content> =>
  (await readContents(run, entry, [number])).get(number) as Content;
