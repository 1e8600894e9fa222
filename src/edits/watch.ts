import { notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import { mayEver } from '../rules/policy';
import type { Scope } from '../store/scope';
import { writeWatch } from '../store/write-talk';
import { invalid, unchanged } from './result';
import { assertMayEver } from './rights';

/**
 * Puts an entry on the viewer's list of what they watch, or takes it off. Readers outside the newsroom watch what is public.
 *
 * @throws WikiError UNAUTHENTICATED, NOT_FOUND
 */
export async function watch(scope: Scope, input: { entry: string; watching: boolean }): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'WATCH');
  const { entry, watching } = input;
  const view = mayEver(viewer, 'READ_LATEST') ? 'LATEST' : 'PUBLISHED';
  const found = isUuid(entry) ? await writeWatch(scope.run, viewer.user.uuid, { view, entry, watching }) : null;
  if (!found) throw notFound();
  if (watching && found.state === 'DELETED' && !found.isWritten)
    return invalid(entry, [new Problem('GONE', 'This entry was deleted; restore it first.', null, entry)]);
  return found.isWritten ? { ...unchanged(entry), outcome: 'SAVED' } : unchanged(entry);
}
