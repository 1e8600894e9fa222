import type { ChangeLine } from '../model/export';
import type { LedgerStanding } from '../store/write-import';
import { isOnlyTold } from './import-changes';

type Before = LedgerStanding | undefined;

/** What the public is told of a change: that what it sees begins, changes or ends, and of nothing else (rules 5.1). */
function dueToPublic({ state, published }: ChangeLine, before: Before): string | null {
  const [was, is] = [before?.state === 'PUBLISHED', state === 'PUBLISHED'];
  if (is && !was) return 'PUBLISHED';
  if (was && !is) return state;
  return is && published !== before?.published ? 'EDITED' : null;
}

/** What a change is about: what it wrote or accepted, else what is published; of those that only join or part, the newest. */
function isAbout({ kind, wrote, revision, latest, published, accepted }: ChangeLine, before: Before): boolean {
  if (kind === 'MERGED' || kind === 'UNMERGED') return revision === latest;
  const taken = accepted === (before?.accepted ?? null) ? null : accepted;
  return revision === (wrote?.number ?? taken ?? published ?? latest);
}

/** What a change says of itself that it cannot have done to an entry that stood so before; null for nothing. */
export function oddityOf(change: ChangeLine, before: Before): string | null {
  const { kind, publicKind, state, published, accepted } = change;
  if (isOnlyTold(change)) {
    const isSame = state === before?.state && published === before.published && accepted === before.accepted;
    if (!isSame || change.wrote !== null) return `${kind} leaves an entry as it stood.`;
  } else if (!isAbout(change, before)) return `it is not about revision ${change.revision}.`;
  if (kind === 'UNMERGED') return null;
  const due = kind === 'HIDDEN' ? publicKind && 'HIDDEN' : dueToPublic(change, before);
  const told = publicKind === 'CORRECTED' ? 'EDITED' : publicKind;
  return told === due ? null : `the public is told ${due ?? 'nothing'} of it, not ${publicKind ?? 'nothing'}.`;
}
