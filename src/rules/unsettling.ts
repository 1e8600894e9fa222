import type { Verdict } from '../model/claim';
import type { Content, EntryKind } from '../model/entry';

const STATUSES: ReadonlySet<unknown> = new Set(['RETRACTED', 'CORRECTED']);
const RATINGS: ReadonlySet<unknown> = new Set(['FALSE', 'MOSTLY_FALSE']);

/** Whether what rests on an entry with this content has to be looked at again (rules 2.8). */
export function unsettles(kind: EntryKind, content: Content): boolean {
  if (kind === 'DOCUMENT') return STATUSES.has(content.status);
  return kind === 'CLAIM' && RATINGS.has((content.verdict as Pick<Verdict, 'rating'> | null)?.rating);
}
