import { pointer } from '../base/pointer';
import type { Content, EntryKind } from '../model/entry';
import { type ChangeOp, FieldChange } from '../model/revision';
import { sameValue } from './contents';
import { isKeyedList } from './field-groups';
import type { FieldRule, FieldRules } from './fields';
import { KINDS } from './kinds';

type Values = Record<string, unknown>;
type Item = Values & { id: string };

const change = (op: ChangeOp, path: string, before: unknown, after: unknown, isProse = false): FieldChange =>
  Object.assign(new FieldChange(), {
    op,
    path,
    before: isNothing(before) ? null : before,
    after: isNothing(after) ? null : after,
    isProse,
  });

/**
 * What turned one content into another, field by field: items of lists by their id, and within an item by field; members
 * of sets each for itself.
 *
 * @param texts long texts by hash: at least those of `changedTexts`.
 */
export function diffContents(
  kind: EntryKind,
  before: Content,
  after: Content,
  texts: ReadonlyMap<string, string>,
): FieldChange[] {
  return diffFields(KINDS[kind].fields as FieldRules, spellOut(kind, before, texts), spellOut(kind, after, texts), '');
}

/** Names of a kind's long texts, whose content is a hash. */
export const longTexts = (kind: EntryKind): string[] =>
  Object.entries(KINDS[kind].fields as FieldRules).flatMap(([name, rule]) => (rule.shape === 'text' ? [name] : []));

/** Names of the long texts of all kinds, for texts are shared by entries of whatever kind. */
export const LONG_TEXTS: readonly string[] = [...new Set((Object.keys(KINDS) as EntryKind[]).flatMap(longTexts))];

/** Hashes of the long texts in which two contents differ. */
export const changedTexts = (kind: EntryKind, before: Content, after: Content): string[] =>
  longTexts(kind)
    .filter((name) => before[name] !== after[name])
    .flatMap((name) => [before[name], after[name]])
    .filter((hash): hash is string => typeof hash === 'string');

/** A content with its long texts in the place of their hashes, as far as they are given. */
export const spellOut = (kind: EntryKind, content: Content, texts: ReadonlyMap<string, string>): Content => ({
  ...content,
  ...Object.fromEntries(
    longTexts(kind).map((name) => [name, texts.get(String(content[name])) ?? content[name] ?? null]),
  ),
});

function diffFields(rules: FieldRules, before: Values, after: Values, path: string): FieldChange[] {
  return Object.entries(rules).flatMap(([name, rule]) =>
    diffField(rule, before[name], after[name], pointer(path, name)),
  );
}

function diffField(rule: FieldRule, before: unknown, after: unknown, path: string): FieldChange[] {
  if (sameValue(before, after)) return [];
  if (isKeyedList(rule)) return diffItems(rule.items, before as Item[], after as Item[], path);
  if (rule.shape === 'set') return diffMembers(before as unknown[], after as unknown[], path);
  const op = isNothing(before) ? 'ADDED' : isNothing(after) ? 'REMOVED' : 'CHANGED';
  return [change(op, path, before, after, rule.isProse)];
}

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '';

/** What a member of a set is called in a path. */
export const memberKey = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function diffMembers(before: unknown[], after: unknown[], path: string): FieldChange[] {
  const [had, has] = [new Set(before.map(memberKey)), new Set(after.map(memberKey))];
  return [
    ...before
      .filter((value) => !has.has(memberKey(value)))
      .map((value) => change('REMOVED', pointer(path, memberKey(value)), value, null)),
    ...after
      .filter((value) => !had.has(memberKey(value)))
      .map((value) => change('ADDED', pointer(path, memberKey(value)), null, value)),
  ];
}

/**
 * Items taken out, then in the new order what came, what moved, and what changed within. What came stands after all that
 * stayed in its place; where it does not, its place is told like that of what moved.
 */
function diffItems(rules: FieldRules, before: Item[], after: Item[], path: string): FieldChange[] {
  const [had, has] = [new Map(before.map((item) => [item.id, item])), new Map(after.map((item) => [item.id, item]))];
  const stayed = after.filter((item) => had.has(item.id));
  const inOldOrder = before.filter((item) => has.has(item.id)).map((item) => item.id);
  const moved = movedIds(
    inOldOrder,
    stayed.map((item) => item.id),
  );
  const lastInPlace = after.findLastIndex((item) => had.has(item.id) && !moved.has(item.id));
  return [
    ...before.filter((item) => !has.has(item.id)).map((item) => change('REMOVED', pointer(path, item.id), item, null)),
    ...after.flatMap((item, place) => {
      const old = had.get(item.id);
      const at = pointer(path, item.id);
      if (!old) {
        const added = change('ADDED', at, null, item);
        return place < lastInPlace ? [added, change('MOVED', at, null, place)] : [added];
      }
      const move = moved.has(item.id) ? [change('MOVED', at, before.indexOf(old), place)] : [];
      return [...move, ...diffFields(rules, old, item, at)];
    }),
  ];
}

/** The fewest ids whose moving turns one order into the other: all but a longest increasing subsequence. */
function movedIds(before: string[], after: string[]): Set<string> {
  const placeBefore = new Map(before.map((id, place) => [id, place]));
  const places = after.map((id) => placeBefore.get(id) as number);
  const ends: number[] = []; // ends[n]: index in places of the smallest end of an increasing run of length n + 1
  const previous: number[] = [];
  places.forEach((place, index) => {
    let length = ends.findIndex((end) => (places[end] as number) >= place);
    if (length < 0) length = ends.length;
    previous[index] = length > 0 ? (ends[length - 1] as number) : -1;
    ends[length] = index;
  });
  const moved = new Set(after);
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index] as number)
    moved.delete(after[index] as string);
  return moved;
}
