import { pointer } from '../base/pointer';
import type { DateContent } from '../model/fuzzy-date';
import { parseEdtf } from './dates';
import { line, reference } from './field-types';
import {
  complain,
  complainInvalid,
  complainRequired,
  complainTooMany,
  type FieldRule,
  type FieldRules,
  NOTHING,
  type Reading,
  type Reference,
  type Sight,
  valueRule,
} from './fields';

type Values = Record<string, unknown>;

/** A rule across the fields of one group or item, asked where each of them could be read: pushes what is wrong with it. */
export type GroupCheck = (values: never, path: string, reading: Reading) => void;

/** Reads every field of an input object; what is absent or null is empty, or REQUIRED. */
export function readFields(rules: FieldRules, input: Values, path: string, reading: Reading): Values {
  const values: Values = {};
  for (const [name, rule] of Object.entries(rules)) {
    const given = input[name];
    if (given === undefined || given === null) {
      if (rule.required) complainRequired(reading, pointer(path, name));
      values[name] = rule.initial?.(reading) ?? rule.empty;
      continue;
    }
    values[name] = readField(rule, given, pointer(path, name), reading);
  }
  return values;
}

/** Reads one given (not null) field; white space alone does not satisfy a required one. */
export function readField(rule: FieldRule, given: unknown, path: string, reading: Reading): unknown {
  const before = reading.problems.length;
  const value = rule.read(given, path, reading);
  const isMissing = value === null || (Array.isArray(value) && value.length === 0);
  if (rule.required && isMissing && reading.problems.length === before) complainRequired(reading, path);
  return value;
}

/** Whether a value has these fields and no others, each with what it can hold. */
function holdsFields(rules: FieldRules, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const isWhole = Object.entries(rules).every(([name, rule]) => rule.holds((value as Values)[name]));
  return isWhole && Object.keys(value).every((name) => Object.hasOwn(rules, name));
}

function* referencesIn(rules: FieldRules, values: Values, field: string, path: string, item: string) {
  for (const [name, rule] of Object.entries(rules))
    yield* rule.references(values[name], field ? `${field}.${name}` : name, pointer(path, name), item);
}

function visibleFields(rules: FieldRules, values: Values, sight: Sight, newsroom: boolean) {
  const seen: Values = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = rule.visible(values[name], sight, newsroom);
    if (value === NOTHING) return NOTHING;
    seen[name] = value;
  }
  return seen;
}

/** Several fields that make one value and change as one: a place, a verdict. */
export const group = (fields: FieldRules, check?: GroupCheck): FieldRule<Values | null> => ({
  ...valueRule<Values | null>({
    empty: null,
    read: (input, path, reading) => {
      const { length: before } = reading.problems;
      const values = readFields(fields, input as Values, path, reading);
      if (reading.problems.length === before) check?.(values as never, path, reading);
      return values;
    },
    holds: (value) => value === null || holdsFields(fields, value),
  }),
  references: (values: Values | null, field: string, path: string, item: string): Iterable<Reference> =>
    values === null ? [] : referencesIn(fields, values, field, path, item),
  visible: (values: Values | null, sight: Sight, newsroom: boolean) => {
    const seen = values === null ? null : visibleFields(fields, values, sight, newsroom);
    return seen === NOTHING ? null : seen;
  },
});

/** A date as a source gives it. At least its words or its EDTF form. */
export const fuzzyDate = (): FieldRule<Values | null> =>
  group(
    {
      edtf: valueRule<string | null>({
        empty: null,
        read: readEdtf,
        holds: (value) => value === null || (typeof value === 'string' && parseEdtf(value).ok),
      }),
      wording: line(300),
      anchor: reference(['DOCUMENT']),
    },
    (values: DateContent, path, reading) => {
      if (values.edtf === null && values.wording === null)
        complainInvalid(reading, path, 'a date needs edtf, wording, or both.');
    },
  );

function readEdtf(input: unknown, path: string, reading: Reading): string | null {
  const parsed = parseEdtf(String(input));
  if (parsed.ok) return parsed.date.edtf;
  complainInvalid(reading, path, parsed.reason);
  return null;
}

/** Counts before reading: a list beyond the limit is refused without a look at its items. */
const isTooLong = (items: unknown[], path: string, reading: Reading): boolean => {
  if (items.length <= reading.limits.listItems) return false;
  complainTooMany(reading, path, reading.limits.listItems, items.length);
  return true;
};

/** Each value once: two references may lead to one entry. */
const distinct = <Value>(values: readonly Value[]): Value[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** Values without an order or identity of their own: topics, authors. Doubles count once. */
export const setOf = <Value>(element: FieldRule<Value | null>): FieldRule<Value[]> => ({
  ...valueRule<Value[]>({
    shape: 'set',
    empty: [],
    read: (input, path, reading) => {
      const items = input as unknown[];
      if (isTooLong(items, path, reading)) return [];
      const values = new Map<string, Value>();
      items.forEach((item, index) => {
        const value = readField({ ...element, required: true }, item, pointer(path, index), reading) as Value | null;
        if (value !== null) values.set(JSON.stringify(value), value);
      });
      return [...values.values()];
    },
    holds: (values) => Array.isArray(values) && values.every((value) => value !== null && element.holds(value)),
  }),
  references: function* (values, field, path, item) {
    for (const [index, value] of values.entries()) yield* element.references(value, field, pointer(path, index), item);
  },
  visible: (values, sight, newsroom) => {
    const seen = values.map((value) => element.visible(value, sight, newsroom)).filter((value) => value !== NOTHING);
    return distinct(seen as Value[]);
  },
});

type Item = Values & { id: string };

/** Ids that an input may claim: ours are 16 characters of base64url; imports may bring other short ones. */
const ITEM_ID = /^[A-Za-z0-9_-]{1,40}$/;

function readItemId(given: unknown, path: string, taken: Set<string>, reading: Reading): string {
  if (given === undefined || given === null) return reading.newItemId();
  const id = String(given);
  if (!ITEM_ID.test(id)) complainInvalid(reading, pointer(path, 'id'), 'this is not an id of an item of this list.');
  else if (taken.has(id))
    complain(reading, 'DUPLICATE', pointer(path, 'id'), `Two items of the list have the id ${id}.`);
  else reading.claimedItems.push({ list: path.slice(0, path.lastIndexOf('/')), id, path: pointer(path, 'id') });
  taken.add(id);
  return id;
}

function holdsItems(items: FieldRules, values: readonly unknown[]): boolean {
  const taken = new Set<string>();
  return values.every((value) => {
    const { id, ...fields } = (value ?? {}) as Partial<Item>;
    if (typeof id !== 'string' || !ITEM_ID.test(id) || taken.has(id)) return false;
    taken.add(id);
    return holdsFields(items, fields);
  });
}

/** Items with ids, in an order that matters. `checkItem` looks at each. */
export const keyedList = (items: FieldRules, checkItem?: GroupCheck): KeyedListRule => ({
  ...valueRule<Item[]>({
    shape: 'list',
    empty: [],
    read: (input, path, reading) => {
      const given = input as Values[];
      if (isTooLong(given, path, reading)) return [];
      const taken = new Set<string>();
      const values = given.map((item, index) => {
        const at = pointer(path, index);
        const id = readItemId(item.id, at, taken, reading);
        const { length: before } = reading.problems;
        const value = { id, ...readFields(items, item, at, reading) };
        if (reading.problems.length === before) checkItem?.(value as never, at, reading);
        return value;
      });
      return values;
    },
    holds: (values) => Array.isArray(values) && holdsItems(items, values),
  }),
  items,
  checkItem,
  references: function* (values: Item[], field: string, path: string): Iterable<Reference> {
    for (const [index, value] of values.entries())
      yield* referencesIn(items, value, field, pointer(path, index), value.id);
  },
  visible: (values: Item[], sight: Sight, newsroom: boolean) =>
    values.flatMap((value) => {
      const seen = visibleFields(items, value, sight, newsroom);
      return seen === NOTHING ? [] : [{ id: value.id, ...seen }];
    }),
});

/** The rule of a keyed list, which knows the rules of its items. */
export interface KeyedListRule extends FieldRule<Item[]> {
  readonly items: FieldRules;
  /** What must hold across the fields of one item. */
  readonly checkItem: GroupCheck | undefined;
}

/** Whether a field holds items with ids. */
export const isKeyedList = (rule: FieldRule): rule is KeyedListRule => rule.shape === 'list';
