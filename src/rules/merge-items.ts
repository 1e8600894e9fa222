import { sameField, sameValue } from './contents';
import type { FieldRule, FieldRules } from './fields';

/** A part of an entry that both sides changed, differently. */
export interface FieldConflict {
  /** Its place: the field, or the field, the item's id, and the item's field. */
  path: readonly string[];
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

/** What three versions of a value come to: a value, or where they cannot agree. */
export type ValueMerge<Value = unknown> =
  { value: Value; conflicts: readonly [] } | { value: null; conflicts: readonly FieldConflict[] };

/** Three versions of one value. */
export interface Versions<Value = unknown> {
  base: Value;
  mine: Value;
  theirs: Value;
}

export const settled = <Value>(value: Value): ValueMerge<Value> => ({ value, conflicts: [] });
export const contested = (path: readonly string[], versions: Versions): ValueMerge<never> => ({
  value: null,
  conflicts: [{ path, ...versions }],
});

/** Merges a field of an item. */
export type MergePart = (rule: FieldRule, versions: Versions, path: readonly string[]) => ValueMerge;

type Item = { id: string } & Record<string, unknown>;
type Items = ReadonlyMap<string, Item>;

const byId = (items: readonly Item[]): Items => new Map(items.map((item) => [item.id, item]));
const idsOf = (items: readonly Item[], among: Items): string[] =>
  items.map((item) => item.id).filter((id) => among.has(id));

const sameItem = (rules: FieldRules, one: Item, other: Item): boolean =>
  Object.entries(rules).every(([name, rule]) => sameField(rule, one[name], other[name]));

/** Merges three versions of an item field by field. */
function mergeFieldsOf(
  rules: FieldRules,
  { base, mine, theirs }: Versions<Item>,
  path: readonly string[],
  mergePart: MergePart,
): ValueMerge<Item> {
  const merged: Item = { id: theirs.id };
  const conflicts: FieldConflict[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const versions = { base: base[name], mine: mine[name], theirs: theirs[name] };
    const merge = mergePart(rule, versions, [...path, name]);
    conflicts.push(...merge.conflicts);
    merged[name] = merge.value;
  }
  return conflicts.length > 0 ? { value: null, conflicts } : settled(merged);
}

/** What becomes of one item, null where it is taken out. Taking out what the other side changed is a conflict. */
function mergeItem(
  rules: FieldRules,
  versions: Versions<Item | undefined>,
  path: readonly string[],
  mergePart: MergePart,
): ValueMerge<Item | null> {
  const { base, mine, theirs } = versions;
  const told = { base: base ?? null, mine: mine ?? null, theirs: theirs ?? null };
  if (base && mine && theirs) return mergeFieldsOf(rules, { base, mine, theirs }, path, mergePart);
  if (!base && mine && theirs) return sameItem(rules, mine, theirs) ? settled(theirs) : contested(path, told);
  if (!base) return settled(mine ?? theirs ?? null);
  const left = mine ?? theirs;
  return !left || sameItem(rules, left, base) ? settled(null) : contested(path, told);
}

/** Puts the items that one side added after those that stand before them there. */
function weave(order: string[], added: readonly string[], side: readonly Item[]): string[] {
  const woven = [...order];
  const sideIds = side.map((item) => item.id);
  for (const id of added) {
    const before = sideIds.slice(0, sideIds.indexOf(id)).findLast((candidate) => woven.includes(candidate));
    woven.splice(before === undefined ? 0 : woven.indexOf(before) + 1, 0, id);
  }
  return woven;
}

/**
 * The order of what is left: of the side that moved items, with what the other side added put where it stands there. Null
 * where both moved them, differently.
 */
function mergeOrder({ base, mine, theirs }: Versions<readonly Item[]>, kept: Items): string[] | null {
  const [had, wanted, has] = [byId(base), byId(mine), byId(theirs)];
  const moved = (side: readonly Item[], sideItems: Items): boolean =>
    !sameValue(
      idsOf(side, had),
      base.map((item) => item.id).filter((id) => sideItems.has(id)),
    );
  const [mineMoved, theirsMoved] = [moved(mine, wanted), moved(theirs, has)];
  const common = (side: readonly Item[]): string[] =>
    side.map((item) => item.id).filter((id) => had.has(id) && wanted.has(id) && has.has(id));
  if (mineMoved && theirsMoved && !sameValue(common(mine), common(theirs))) return null;
  const [lead, leadItems, other] = mineMoved && !theirsMoved ? [mine, wanted, theirs] : [theirs, has, mine];
  const added = idsOf(other, kept).filter((id) => !leadItems.has(id));
  return weave(idsOf(lead, kept), added, other);
}

/**
 * Merges three versions of a list whose items have ids: item by item, within an item field by field, and their order. Two
 * who add, change or take out different items are both kept.
 */
export function mergeItems(
  rules: FieldRules,
  versions: Versions<Item[]>,
  path: readonly string[],
  mergePart: MergePart,
): ValueMerge<Item[]> {
  const [base, mine, theirs] = [byId(versions.base), byId(versions.mine), byId(versions.theirs)];
  const kept = new Map<string, Item>();
  const conflicts: FieldConflict[] = [];
  for (const id of new Set([...base.keys(), ...theirs.keys(), ...mine.keys()])) {
    const item = { base: base.get(id), mine: mine.get(id), theirs: theirs.get(id) };
    const merge = mergeItem(rules, item, [...path, id], mergePart);
    conflicts.push(...merge.conflicts);
    if (merge.value) kept.set(id, merge.value);
  }
  if (conflicts.length > 0) return { value: null, conflicts };
  const order = mergeOrder(versions, kept);
  return order === null ? contested(path, versions) : settled(order.map((id) => kept.get(id) as Item));
}
