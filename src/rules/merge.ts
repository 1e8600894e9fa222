import type { Content, EntryKind } from '../model/entry';
import { sameField } from './contents';
import type { FieldRule } from './fields';
import { KINDS } from './kinds';

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
export function mergeFields(kind: EntryKind, base: Content, latest: Content, mine: Partial<Content>): Merge {
  const merged: Content = { ...latest };
  const conflicts: FieldConflict[] = [];
  for (const [field, value] of Object.entries(mine)) {
    const rule = KINDS[kind].fields[field] as FieldRule;
    if (sameField(rule, value, base[field]) || sameField(rule, value, latest[field])) continue;
    if (sameField(rule, base[field], latest[field])) merged[field] = value;
    else conflicts.push({ field, base: base[field], mine: value, theirs: latest[field] });
  }
  return conflicts.length > 0 ? { content: null, conflicts } : { content: merged, conflicts: [] };
}
