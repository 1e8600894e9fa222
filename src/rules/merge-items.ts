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

/** How an editor settled a conflict: by one side, or by a value of their own. */
export type Decision = { readonly take: 'MINE' | 'THEIRS' } | { readonly take: 'VALUE'; readonly value: unknown };

/** What was decided about a place on which the sides cannot agree; undefined where nothing was. */
export type Decide = (path: readonly string[]) => Decision | undefined;

export const settled = <Value>(value: Value): ValueMerge<Value> => ({ value, conflicts: [] });

/** What a decision makes of three versions. */
export const decided = (decision: Decision, { mine, theirs }: Omit<Versions, 'base'>): unknown =>
  decision.take === 'VALUE' ? decision.value : decision.take === 'MINE' ? mine : theirs;

/** A place on which the sides cannot agree: what was decided about it, or a conflict. */
export function contested<Value>(path: readonly string[], versions: Versions, decide: Decide): ValueMerge<Value> {
  const decision = decide(path);
  if (decision) return settled(decided(decision, versions) as Value);
  return { value: null, conflicts: [{ path, ...versions }] };
}

/** How the parts of an item are merged, and what was decided where they cannot be. */
export interface ItemHelp {
  mergePart(rule: FieldRule, versions: Versions, path: readonly string[]): ValueMerge;
  readonly decide: Decide;
}

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
  { mergePart }: ItemHelp,
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
  help: ItemHelp,
): ValueMerge<Item | null> {
  const { base, mine, theirs } = versions;
  const contest = (): ValueMerge<Item | null> =>
    contested(path, { base: base ?? null, mine: mine ?? null, theirs: theirs ?? null }, help.decide);
  if (base && mine && theirs) return mergeFieldsOf(rules, { base, mine, theirs }, path, help);
  if (!base && mine && theirs) return sameItem(rules, mine, theirs) ? settled(theirs) : contest();
  if (!base) return settled(mine ?? theirs ?? null);
  const left = mine ?? theirs;
  return !left || sameItem(rules, left, base) ? settled(null) : contest();
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

/** Whose order leads: that of the side that moved items; null where both moved them, differently. */
function leadOf({ base, mine, theirs }: Versions<readonly Item[]>): 'MINE' | 'THEIRS' | null {
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
  return mineMoved && !theirsMoved ? 'MINE' : 'THEIRS';
}

/** The order of what is left: as the side that leads has it, with what the other side added put where it stands there. */
function orderBy(lead: 'MINE' | 'THEIRS', { mine, theirs }: Versions<readonly Item[]>, kept: Items): string[] {
  const [leader, other] = lead === 'MINE' ? [mine, theirs] : [theirs, mine];
  const leading = byId(leader);
  const added = idsOf(other, kept).filter((id) => !leading.has(id));
  return weave(idsOf(leader, kept), added, other);
}

/**
 * Merges three versions of a list whose items have ids: item by item, within an item field by field, and their order. Two
 * who add, change or take out different items are both kept. A decision about the whole list is one about its order, unless
 * it brings a list of its own.
 */
export function mergeItems(
  rules: FieldRules,
  versions: Versions<Item[]>,
  path: readonly string[],
  help: ItemHelp,
): ValueMerge<Item[]> {
  const [base, mine, theirs] = [byId(versions.base), byId(versions.mine), byId(versions.theirs)];
  const kept = new Map<string, Item>();
  const conflicts: FieldConflict[] = [];
  for (const id of new Set([...base.keys(), ...theirs.keys(), ...mine.keys()])) {
    const item = { base: base.get(id), mine: mine.get(id), theirs: theirs.get(id) };
    const merge = mergeItem(rules, item, [...path, id], help);
    conflicts.push(...merge.conflicts);
    if (merge.value) kept.set(id, merge.value);
  }
  const lead = leadOf(versions) ?? help.decide(path) ?? null;
  if (lead === null) conflicts.push({ path, ...versions });
  if (lead === null || conflicts.length > 0) return { value: null, conflicts };
  if (typeof lead === 'object' && lead.take === 'VALUE') return settled(lead.value as Item[]);
  const order = orderBy(typeof lead === 'object' ? lead.take : lead, versions, kept);
  return settled(order.map((id) => kept.get(id) as Item));
}
