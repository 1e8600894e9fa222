import type { Content, EntryKind } from '../model/entry';
import { sameField } from './contents';
import { isKeyedList } from './field-groups';
import type { FieldRule, FieldRules } from './fields';
import { KINDS } from './kinds';
import {
  contested,
  type Decide,
  type FieldConflict,
  mergeItems,
  settled,
  type ValueMerge,
  type Versions,
} from './merge-items';

/** Merges three long texts by their hashes: the hash of what they come to, or null where they cannot agree. */
export type MergeText = (versions: Versions<string>) => string | null;

/** What a merge cannot know by itself. */
export interface MergeHelp {
  mergeText: MergeText;
  /** What an editor decided where the sides cannot agree. */
  decide: Decide;
}

/** Nothing was decided: every disagreement is a conflict. */
export const UNDECIDED: Decide = () => undefined;

const keyOf = (member: unknown): string => JSON.stringify(member);

/** Members that either side added, without those that either side took out. Sets never conflict. */
function mergeSets({ base, mine, theirs }: Versions<unknown[]>): unknown[] {
  const [had, wanted, has] = [base, mine, theirs].map((set) => new Set(set.map(keyOf))) as [
    Set<string>,
    Set<string>,
    Set<string>,
  ];
  return [
    ...theirs.filter((member) => wanted.has(keyOf(member)) || !had.has(keyOf(member))),
    ...mine.filter((member) => !has.has(keyOf(member)) && !had.has(keyOf(member))),
  ];
}

const isText = (versions: Versions): versions is Versions<string> =>
  typeof versions.base === 'string' && typeof versions.mine === 'string' && typeof versions.theirs === 'string';

/**
 * Merges three versions of a value. What only one side changed is taken from that side, what both changed alike from
 * either; sets are merged member by member, lists item by item, long texts by `mergeText`; anything else that both changed
 * is a conflict, unless it was decided (rules 4.3 and 4.4).
 */
export function mergeValue(rule: FieldRule, versions: Versions, path: readonly string[], help: MergeHelp): ValueMerge {
  const { base, mine, theirs } = versions;
  if (sameField(rule, mine, base) || sameField(rule, mine, theirs)) return settled(theirs);
  if (sameField(rule, base, theirs)) return settled(mine);
  if (rule.shape === 'set') return settled(mergeSets(versions as Versions<unknown[]>));
  if (isKeyedList(rule))
    return mergeItems(rule.items, versions as never, path, {
      mergePart: (part, parts, at) => mergeValue(part, parts, at, help),
      decide: help.decide,
    });
  const merged = rule.shape === 'text' && isText(versions) ? help.mergeText(versions) : null;
  return merged === null ? contested(path, versions, help.decide) : settled(merged);
}

/** What three versions of an entry come to: a content, or everything on which they cannot agree. */
export type Merge =
  { content: Content; conflicts: readonly [] } | { content: null; conflicts: readonly FieldConflict[] };

/**
 * Puts the fields that an edit gives on top of the latest content. One conflict refuses the whole edit, and all of them are
 * told.
 */
export function mergeContents(
  kind: EntryKind,
  base: Content,
  latest: Content,
  mine: Partial<Content>,
  help: MergeHelp,
): Merge {
  const rules = KINDS[kind].fields as FieldRules;
  const merged: Content = { ...latest };
  const conflicts: FieldConflict[] = [];
  for (const [field, value] of Object.entries(mine)) {
    const versions = { base: base[field], mine: value, theirs: latest[field] };
    const merge = mergeValue(rules[field] as FieldRule, versions, [field], help);
    conflicts.push(...merge.conflicts);
    if (merge.conflicts.length === 0) merged[field] = merge.value;
  }
  return conflicts.length > 0 ? { content: null, conflicts } : { content: merged, conflicts: [] };
}

/** The value at a conflict's place in a content; null where there is none. */
export function valueAt(content: Content, [field = '', item, part]: readonly string[]): unknown {
  const value = content[field];
  if (item === undefined) return value;
  const found = (value as { id: string; [part: string]: unknown }[]).find((candidate) => candidate.id === item);
  return (part === undefined ? found : found?.[part]) ?? null;
}
