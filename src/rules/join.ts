import type { Content, EntryKind } from '../model/entry';
import { isKeyedList, type KeyedListRule } from './field-groups';
import type { FieldRule, FieldRules, Sight } from './fields';
import type { JoinRule } from './kind';
import { KINDS } from './kinds';

type Values = Record<string, unknown>;
type Item = Values & { id: string };

/** Two contents of entries that turn out to be one. */
export interface Joining {
  readonly kind: EntryKind;
  /** What stays. */
  readonly into: Content;
  /** What is merged into it. */
  readonly from: Content;
  /** The survivor's id. */
  readonly survivor: string;
  /** Which entry answers for an id once they are one. */
  rootOf(id: string): string;
}

/** Values of a field as they are compared: two ids of one entry are the same. */
const asCompared = (rule: FieldRule, value: unknown, rootOf: Sight): unknown => rule.visible(value, rootOf, true);

const union = (rule: FieldRule, into: readonly unknown[], from: readonly unknown[], rootOf: Sight): unknown[] => {
  const keyOf = (member: unknown): string => JSON.stringify(asCompared(rule, [member], rootOf));
  const known = new Set(into.map(keyOf));
  return [...into, ...from.filter((member) => !known.has(keyOf(member)))];
};

/** What an item says, apart from its id, its sets, and what does not tell it from others. */
function keyOfItem({ items }: KeyedListRule, { sameBy }: JoinRule, item: Item, rootOf: Sight): string {
  const told = Object.entries(items).filter(([name, rule]) => (sameBy ? sameBy.includes(name) : rule.shape !== 'set'));
  return JSON.stringify(told.map(([name, rule]) => asCompared(rule, item[name], rootOf)));
}

/** An item with the members that the sets of its double have and its own have not. */
const withSetsOf = ({ items }: KeyedListRule, item: Item, double: Item, rootOf: Sight): Item => ({
  ...item,
  ...Object.fromEntries(
    Object.entries(items)
      .filter(([, rule]) => rule.shape === 'set')
      .map(([name, rule]) => [name, union(rule, item[name] as unknown[], double[name] as unknown[], rootOf)]),
  ),
});

function joinLists(
  rule: KeyedListRule,
  join: JoinRule,
  { into, from, survivor, rootOf }: Joining,
  name: string,
): Item[] {
  // An entry does not stand to itself as to another: what would say so is left out, and comes back when they part.
  const others = (items: Item[]): Item[] =>
    items.filter((item) => {
      const seen = rule.visible([item], (id) => (rootOf(id) === survivor ? null : id), true);
      return Array.isArray(seen) && seen.length > 0;
    });
  const keyOf = (item: Item): string => keyOfItem(rule, join, item, rootOf);
  const joined = others(into[name] as Item[]);
  for (const item of others(from[name] as Item[])) {
    const adopted = { ...(join.adopt?.(item as never) ?? item), id: item.id } as Item;
    const at = joined.findIndex((other) => keyOf(other) === keyOf(adopted));
    const double = joined[at];
    if (double) joined[at] = withSetsOf(rule, double, adopted, rootOf);
    else joined.push(adopted);
  }
  return joined;
}

/**
 * What an entry becomes when another is merged into it (rules 4.9): its own content, with what its kind takes over: names as
 * aliases, roles, relations, identifiers. What both have is there once.
 */
export function joinContents(joining: Joining): Content {
  const { kind, into, from, rootOf } = joining;
  const joined: Content = { ...into };
  for (const [name, join] of Object.entries(KINDS[kind].joins ?? {})) {
    const rule = (KINDS[kind].fields as FieldRules)[name];
    if (!rule || !join) continue;
    joined[name] = isKeyedList(rule)
      ? joinLists(rule, join, joining, name)
      : union(rule, into[name] as unknown[], from[name] as unknown[], rootOf);
  }
  return joined;
}

/** A value of an edit in which ids of one entry stand as its base has them: whoever reads a list and writes it back changes nothing. */
export function keepWrittenIds(
  rule: FieldRule,
  base: unknown,
  given: unknown,
  rootOf: (id: string) => string,
): unknown {
  if (isKeyedList(rule)) {
    const known = new Map((base as Item[]).map((item) => [item.id, item]));
    return (given as Item[]).map((item) => {
      const own = known.get(item.id);
      return own ? { ...item, ...keepFields(rule.items, own, item, rootOf) } : item;
    });
  }
  const written = [...rule.references(base, '', '', '')].map(({ to }) => to);
  if (written.length === 0) return given;
  const asWritten = (id: string): string =>
    written.includes(id) ? id : (written.find((one) => rootOf(one) === rootOf(id)) ?? id);
  if (rule.shape !== 'set') return given === null ? null : rule.visible(given, asWritten, true);
  const kept = (given as string[]).flatMap((id) => {
    const same = written.filter((one) => rootOf(one) === rootOf(id));
    return same.length > 0 ? same : [id];
  });
  return [...new Set(kept)];
}

const keepFields = (rules: FieldRules, base: Values, given: Values, rootOf: (id: string) => string): Values =>
  Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, keepWrittenIds(rule, base[name], given[name], rootOf)]),
  );
