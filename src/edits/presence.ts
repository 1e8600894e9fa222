import { badInput, notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import type { PresentRecord } from '../model/comment';
import { findPresent } from '../store/presence';
import type { Scope } from '../store/scope';
import { forgetSilent, notePresence } from '../store/write-talk';
import { startReading } from './input';
import { readPath } from './path';
import { assertMayEver } from './rights';

const LONGEST_PATH = 300;

/** So many parts of entries one person may have open at once, in all windows. */
const MOST_OPEN = 50;

/**
 * Tells others what the viewer has open, and answers who else has the entry open. Forgotten 30 s after the last word. Nothing
 * is asked of the path but its shape: it may name what is only about to be saved.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, BAD_USER_INPUT
 */
export async function announcePresence(
  scope: Scope,
  input: { entry: string; path?: string | null },
): Promise<PresentRecord[]> {
  const user = assertMayEver(scope, 'READ_LATEST', 'announce presence').user.uuid;
  const reading = startReading(scope.newsroom);
  const path = readPath(reading, input.path, LONGEST_PATH) ?? '';
  const [problem] = reading.problems;
  if (problem) throw badInput('path', problem.message.replace(/^path:? /, ''));
  if (!isUuid(input.entry)) throw notFound();
  const announced = await notePresence(scope.run, { user, entry: input.entry, path }, MOST_OPEN);
  if (announced === 'NO_ENTRY') throw notFound();
  if (announced === 'TOO_MANY') throw badInput('path', `at most ${MOST_OPEN} parts can be open at once.`);
  await forgetSilent(scope.run, user, input.entry);
  return findPresent(scope.run, input.entry);
}
