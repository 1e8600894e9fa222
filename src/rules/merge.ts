import type { Content } from '../model/entry';
import { sameValue } from './contents';

/** A field that both sides changed, differently. */
export interface FieldConflict {
  field: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

/** What three versions come to: a content, or the fields on which they cannot agree. */
export type Merge = { content: Content; conflicts: [] } | { content: null; conflicts: FieldConflict[] };

/**
 * Puts the fields that an edit gives on top of the latest content. A field that only one side changed is taken from that
 * side, one that both changed alike from either; one that both changed differently is a conflict, and one conflict
 * refuses the whole edit (design, section 5).
 */
export function mergeFields(base: Content, latest: Content, mine: Partial<Content>): Merge {
  const merged: Content = { ...latest };
  const conflicts: FieldConflict[] = [];
  for (const [field, value] of Object.entries(mine)) {
    if (sameValue(value, base[field]) || sameValue(value, latest[field])) continue;
    if (sameValue(base[field], latest[field])) merged[field] = value;
    else conflicts.push({ field, base: base[field], mine: value, theirs: latest[field] });
  }
  return conflicts.length > 0 ? { content: null, conflicts } : { content: merged, conflicts: [] };
}
