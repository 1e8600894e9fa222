import { isDeepStrictEqual } from 'node:util';
import { pointer } from '../base/pointer';
import type { Content, EntryKind } from '../model/entry';
import { isKeyedList, readField, readFields } from './field-groups';
import {
  complainRequired,
  complainTooMany,
  type FieldRule,
  type FieldRules,
  NOTHING,
  type Reading,
  type Reference,
  type Sight,
} from './fields';
import { KINDS } from './kinds';

type Input = Record<string, unknown>;

/** What a create makes of its fields. */
export function readNewContent(kind: EntryKind, input: Input, reading: Reading): Content {
  return settle(kind, readFields(KINDS[kind].fields, input, '', reading) as Content, reading);
}

/** The given fields of an edit, read; what the edit does not name is not in it, null stands as what clears. */
export function readGivenFields(kind: EntryKind, input: Input, reading: Reading): Partial<Content> {
  const given: Input = {};
  for (const [name, rule] of Object.entries(KINDS[kind].fields as FieldRules)) {
    const value = input[name];
    if (value === undefined) continue;
    if (value === null && rule.required) complainRequired(reading, pointer('', name));
    else if (value === null) given[name] = rule.initial?.(reading) ?? rule.empty;
    else given[name] = readField(rule, value, pointer('', name), reading);
  }
  return given as Partial<Content>;
}

/** The given fields of an edit, settled as they would be on their base, so that what only repeats the base equals it. */
export function settleGiven(kind: EntryKind, base: Content, given: Partial<Content>): Partial<Content> {
  const settled = KINDS[kind].complete?.({ ...base, ...given } as Content);
  return settled ? Object.fromEntries(Object.keys(given).map((name) => [name, settled[name]])) : given;
}

/** Lets a kind settle what its fields mean for each other, and says what is wrong across them. */
export function settle(kind: EntryKind, content: Content, reading: Reading): Content {
  const settled = KINDS[kind].complete?.(content) ?? content;
  KINDS[kind].check?.(settled, reading);
  return settled;
}

/**
 * Looks at a merged content as at an input: each side may have been right, and both together not. Problems name the field
 * first in their path.
 */
export function checkMerged(kind: EntryKind, content: Content, reading: Reading): void {
  for (const [name, rule] of Object.entries(KINDS[kind].fields as FieldRules)) {
    const members = content[name];
    if (!Array.isArray(members)) continue;
    const path = pointer('', name);
    if (members.length > reading.limits.listItems)
      complainTooMany(reading, path, reading.limits.listItems, members.length);
    if (isKeyedList(rule))
      members.forEach((item, index) => rule.checkItem?.(item as never, pointer(path, index), reading));
    if (rule.required && members.length === 0) complainRequired(reading, path);
  }
}

/** Every reference of a content to another entry, in the order of its fields. */
export function* referencesOf(kind: EntryKind, content: Content): Generator<Reference> {
  for (const [name, rule] of Object.entries(KINDS[kind].fields as FieldRules))
    yield* rule.references(content[name], name, pointer('', name), '');
}

/**
 * A content cut down to what somebody may see: newsroom fields are emptied for those outside it, references to what is not
 * visible are null, and what is nothing without its reference is left out (rules 1.2 and 1.4).
 */
export function visibleContent(kind: EntryKind, content: Content, sight: Sight, newsroom: boolean): Content {
  const seen: Input = {};
  for (const [name, rule] of Object.entries(KINDS[kind].fields as FieldRules)) {
    const value = rule.visible(content[name], sight, newsroom);
    seen[name] = value === NOTHING ? null : value;
  }
  return seen as Content;
}

/** A stored content in today's format. */
export function inNewestFormat(kind: EntryKind, format: number, content: Content): Content {
  return KINDS[kind].steps.slice(format - 1).reduce<Input>((older, step) => step(older), content) as Content;
}

/** Whether two values of a field are the same; the order in which an object's keys were written does not count. */
export const sameValue = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other);

type Items = readonly ({ id: string } & Input)[];

/** Whether two values of a field mean the same: as sameValue, but members of sets, also of sets in items, in any order. */
export function sameField(rule: FieldRule, one: unknown, other: unknown): boolean {
  if (sameValue(one, other)) return true;
  if (rule.shape === 'set') return sameValue(membersOf(one), membersOf(other));
  if (!isKeyedList(rule)) return false;
  const [items, others] = [one as Items, other as Items];
  return (
    items.length === others.length &&
    items.every((item, index) => item.id === others[index]?.id && sameFields(rule.items, item, others[index]))
  );
}

const membersOf = (set: unknown): string[] => (set as unknown[]).map((member) => JSON.stringify(member)).toSorted();

const sameFields = (rules: FieldRules, one: Input, other: Input): boolean =>
  Object.entries(rules).every(([name, rule]) => sameField(rule, one[name], other[name]));

/** Whether there is no difference between two contents that a reader could be told. */
export const sameContent = (kind: EntryKind, one: Content, other: Content): boolean =>
  sameFields(KINDS[kind].fields as FieldRules, one, other);

/**
 * A content of nothing: what the first revision is told against. Also without the words that a field has where nobody
 * chooses one, for these are told as added too.
 */
export function emptyContent(kind: EntryKind): Content {
  return Object.fromEntries(
    Object.entries(KINDS[kind].fields as FieldRules).map(([name, rule]) => [
      name,
      Array.isArray(rule.empty) ? rule.empty : null,
    ]),
  ) as Content;
}
