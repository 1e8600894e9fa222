import type { Lens } from '../model/lens';
import type { RevisionRecord } from '../model/revision';
import type { RevisionAddress } from '../store/revisions';
import type { Scope } from '../store/scope';
import { isNewsroom } from './entries';

/** Whether this viewer is told of nothing older than what is shown now (PUBLIC_HISTORY=off, rules 1.4). */
export const seesOnlyNow = (scope: Scope): boolean => scope.newsroom.publicHistory === 'off' && !isNewsroom(scope);

/** Whether this viewer is told who wrote what is public, and why. */
export const seesAuthors = (scope: Scope): boolean => scope.newsroom.publicHistory === 'authors' || isNewsroom(scope);

/** A revision as far as this viewer is told of the history; null where they are not. */
export async function loadRevision(scope: Scope, lens: Lens, address: RevisionAddress): Promise<RevisionRecord | null> {
  const record = await scope.loaders.revisions(lens).load(address);
  if (!record || !seesOnlyNow(scope)) return record;
  const shown = await scope.loaders.entries(lens).load(address.entry);
  return shown?.revisionNumber === record.number ? { ...record, parent: null, comparedTo: null } : null;
}
