import { isUuid } from '../base/node-id';
import { notFound } from '../base/errors';
import { type EditResult, Problem } from '../model/edit';
import { LONG_TEXTS } from '../rules/diff';
import type { Reading } from '../rules/fields';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries, lockPosition } from '../store/locks';
import { findSight, type Sight } from '../store/revisions';
import { type Newsroom, Scope } from '../store/scope';
import { inTransaction, type Transaction } from '../store/transaction';
import { type ConcealRequest, concealRevisions, findLoneTexts, forgetTexts } from '../store/write-visibility';
import { readRemark, startReading } from './input';
import { lockForAct } from './lock';
import { invalid, unchanged } from './result';
import { assertMayEver } from './rights';

export interface HideRequest {
  id: string;
  revisions: readonly number[];
  /** False brings them back into sight. */
  hidden: boolean;
  reason: string;
}

/**
 * Takes the content of revisions out of everybody's sight, for law or privacy, or brings it back; number, author and reason
 * stay. Not the newest revision, nor the one that the public sees: these are edited first (rules 4.10).
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, SERVICE_UNAVAILABLE
 */
export async function hideRevisions(scope: Scope, input: HideRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'HIDE_REVISIONS');
  const reading = startReading(scope.newsroom);
  const reason = readReason(reading, input.reason);
  const numbers = readNumbers(reading, input.revisions);
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  return inTransaction(scope, async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, 'HIDE_REVISIONS', input.id);
    const sights = await findSight(run, entry.id, numbers);
    const problems = numbers.flatMap((number) =>
      sightProblems(entry, number, `/revisions/${input.revisions.indexOf(number)}`, sights.get(number), input.hidden),
    );
    if (problems.length > 0) return invalid(entry.id, problems);
    const revisions = numbers.filter((number) => (sights.get(number) === 'SEEN') === input.hidden);
    if (revisions.length === 0) return unchanged(entry.id);
    await lockPosition(run);
    const act = input.hidden ? 'HIDE' : 'SHOW';
    await concealRevisions(run, { entry: entry.id, revisions, act, reason, author: viewer.user.uuid, askedBy: null });
    return { ...unchanged(entry.id), outcome: 'SAVED' };
  });
}

function readReason(reading: Reading, given: string): string {
  const reason = readRemark(reading, 'reason', given);
  if (reason === null && reading.problems.length === 0)
    reading.problems.push(new Problem('REQUIRED', 'reason is required.', '/reason'));
  return reason ?? '';
}

function readNumbers(reading: Reading, given: readonly number[]): number[] {
  const most = reading.limits.listItems;
  if (given.length === 0) reading.problems.push(new Problem('REQUIRED', 'revisions: name at least one.', '/revisions'));
  if (given.length > most)
    reading.problems.push(
      new Problem('TOO_MANY', `revisions has ${given.length} items; at most ${most} are allowed.`, '/revisions'),
    );
  return [...new Set(given)];
}

/** What stands against hiding or showing one revision. */
function sightProblems(
  entry: LockedEntry,
  number: number,
  path: string,
  sight: Sight | undefined,
  hidden: boolean,
): Problem[] {
  const problem = (code: 'NOT_FOUND' | 'INVALID', reason: string): Problem[] => [
    new Problem(code, `revisions: ${reason}`, path),
  ];
  if (!sight) return problem('NOT_FOUND', `there is no revision ${number} of this entry.`);
  if (hidden && number === entry.latest)
    return problem('INVALID', `${number} is the newest revision; save one without what is to be hidden first.`);
  if (hidden && number === entry.published)
    return problem('INVALID', `${number} is what the public sees; publish one without what is to be hidden first.`);
  if (!hidden && sight === 'ERASED') return problem('INVALID', `the content of ${number} was erased for good.`);
  return [];
}

/** What is to be erased, why, and who asked for it. */
export interface EraseRequest {
  id: string;
  revisions: readonly number[];
  reason: string;
  askedBy: string;
}

/**
 * Removes the contents and summaries of revisions for good, with the long texts that nothing else has; writes down who asked
 * for it and why. For the command line: there is no way back.
 *
 * @returns what stands against it; empty where it is done.
 * @throws WikiError NOT_FOUND
 */
export async function eraseRevisions(newsroom: Newsroom, input: EraseRequest): Promise<readonly Problem[]> {
  const reading = startReading(newsroom);
  const reason = readReason(reading, input.reason);
  const askedBy = readRemark(reading, 'by', input.askedBy);
  if (askedBy === null) reading.problems.push(new Problem('REQUIRED', 'by is required: who asked for it.', null));
  const numbers = readNumbers(reading, input.revisions);
  if (reading.problems.length > 0) return reading.problems;
  return inTransaction(new Scope(newsroom), async ({ run }) => {
    const [entry] = isUuid(input.id) ? await lockEntries(run, [input.id]) : [];
    if (!entry) throw notFound();
    const sights = await findSight(run, entry.id, numbers);
    const problems = numbers.flatMap((number) => sightProblems(entry, number, '/revisions', sights.get(number), true));
    if (numbers.every((number) => sights.get(number) === 'ERASED')) return problems;
    if (problems.length > 0) return problems;
    await erase(run, { entry: entry.id, revisions: numbers, reason, author: null, askedBy });
    return [];
  });
}

async function erase(run: Run, request: Omit<ConcealRequest, 'act'>): Promise<void> {
  const { entry, revisions } = request;
  const addresses = revisions.map((number) => ({ entry, number }));
  const texts = await findLoneTexts(run, addresses, LONG_TEXTS);
  await lockPosition(run);
  await concealRevisions(run, { ...request, act: 'ERASE' });
  await forgetTexts(run, texts);
}
