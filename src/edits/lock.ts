import { WikiError, notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { Problem } from '../model/edit';
import type { EntryKind } from '../model/entry';
import { type Act, may } from '../rules/policy';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries } from '../store/locks';
import type { Viewer } from '../store/scope';

/**
 * Whether this viewer may do this to a locked entry.
 *
 * @throws WikiError FORBIDDEN, with the role that could.
 */
export function assertMay(viewer: Viewer, act: Act, entry: LockedEntry): void {
  const protection = entry.protectedRole && { minimumRole: entry.protectedRole };
  if (may(viewer, act, { wasEverPublic: entry.wasPublic, protection })) return;
  const reason = may(viewer, act, { wasEverPublic: false, protection })
    ? 'This entry is public, or was: only EDITOR and above may do that.'
    : `This entry is protected: only ${entry.protectedRole} and above may do that.`;
  throw new WikiError('FORBIDDEN', reason);
}

/**
 * Locks the entry that an act names, and looks whether this viewer may do this to it.
 *
 * @throws WikiError NOT_FOUND where there is none of the kind, FORBIDDEN where it is protected or not theirs to touch.
 */
export async function lockForAct(run: Run, viewer: Viewer, act: Act, id: string, kind?: EntryKind) {
  const [entry] = isUuid(id) ? await lockEntries(run, [id]) : [];
  if (!entry || (kind && entry.kind !== kind)) throw notFound();
  assertMay(viewer, act, entry);
  return entry;
}

/** What acts answer about an entry that was merged into another: the problem names that one. Null for any other. */
export const mergedProblem = (entry: LockedEntry): Problem | null =>
  entry.isMerged
    ? new Problem(
        'GONE',
        'This entry was merged into another, which answers for it: do this to that one, or part them by unmergeEntry first.',
        null,
        entry.id,
      )
    : null;

/** What most acts answer about an entry that was deleted or merged into another; null for any other. */
export const goneProblem = (entry: LockedEntry): Problem | null =>
  entry.state === 'DELETED'
    ? new Problem('GONE', 'This entry was deleted; restore it first.', null, entry.id)
    : mergedProblem(entry);
