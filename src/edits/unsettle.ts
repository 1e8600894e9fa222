import { type Problem, warning } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { unsettles } from '../rules/unsettling';
import type { Run } from '../store/database';
import { endUnsettled, insertUnsettled } from '../store/unsettled';
import type { Written } from '../store/write';

/** A content that was accepted, and the one that was before. */
export interface Accepted {
  entry: string;
  kind: EntryKind;
  /** Null where none was accepted before. */
  before: Content | null;
  after: Content;
}

/** As many entries as one write may hold the position lock for (rules 4.1). */
const MOST_TOLD = 200;

/** Whether acceptances of this kind of entry can unsettle others. */
export const canUnsettle = (kind: EntryKind): boolean => kind === 'DOCUMENT' || kind === 'CLAIM';

/**
 * What rests on a document that was retracted or corrected, or on a claim that was judged false, is to be looked at again,
 * until an editor accepts a revision of it or the cause is gone (rules 2.8). In the transaction of the write, under its lock.
 *
 * @returns what the caller should know of.
 */
export async function unsettle(
  run: Run,
  accepted: readonly Accepted[],
  { written, author }: { written: Written; author: string },
): Promise<Problem[]> {
  const were = accepted.filter(({ kind, before }) => before !== null && unsettles(kind, before));
  const are = accepted.filter(({ kind, after }) => unsettles(kind, after));
  const gone = were.filter((one) => !are.includes(one)).map(({ entry }) => entry);
  const causes = are.filter((one) => !were.includes(one));
  if (gone.length > 0) await endUnsettled(run, gone, written.position);
  if (causes.length === 0) return [];
  const without = accepted.map(({ entry }) => entry);
  const found = await insertUnsettled(run, { causes, author, without, limit: MOST_TOLD });
  if (found <= MOST_TOLD) return [];
  const message = `${found} entries rest on this; the nearest ${MOST_TOLD} were put into the review queue.`;
  return [warning('TOO_MANY', message, null)];
}
