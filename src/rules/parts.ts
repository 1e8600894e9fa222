import { stepsOf } from '../base/pointer';
import type { Content, EntryKind } from '../model/entry';
import { memberKey } from './diff';
import { isKeyedList } from './field-groups';
import type { FieldRule, FieldRules } from './fields';
import { KINDS } from './kinds';

type Item = { id: string } & Record<string, unknown>;

/**
 * Whether a path names a part of a content, as differences name it: a field, also one that holds nothing; an item of a list
 * by its id, and a field of it; a member of a set by its value. The empty path is the whole.
 */
export function hasPart(kind: EntryKind, content: Content, path: string): boolean {
  const steps = stepsOf(path);
  return steps !== null && hasField(KINDS[kind].fields as FieldRules, content, steps);
}

function hasField(rules: FieldRules, values: Record<string, unknown>, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  return Object.hasOwn(rules, name) && hasWithin(rules[name] as FieldRule, values[name], rest);
}

function hasWithin(rule: FieldRule, value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true;
  if (isKeyedList(rule)) {
    const item = (value as Item[]).find(({ id }) => id === step);
    return item !== undefined && hasField(rule.items, item, rest);
  }
  return rule.shape === 'set' && rest.length === 0 && (value as unknown[]).some((member) => memberKey(member) === step);
}
