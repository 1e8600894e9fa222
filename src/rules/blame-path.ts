import { badInput } from '../base/errors';
import type { Content, EntryKind } from '../model/entry';
import { type Blame, blameOf, inText, ItemBlame } from './blame';
import { isKeyedList } from './field-groups';
import { type FieldRule, type FieldRules, NOTHING, type Sight } from './fields';
import { KINDS } from './kinds';
import { quoted } from './text';

/** What a path names: a field of a kind, or a part of it. */
export interface BlamedField {
  readonly name: string;
  readonly rule: FieldRule;
  /** Whether contents hold the hash of a text. */
  readonly isLong: boolean;
  /** The part of a value of the field; undefined where it has none such. */
  pick(value: unknown): unknown;
  blame(): Blame;
}

type Part = Pick<BlamedField, 'pick' | 'blame'>;
type Item = Record<string, unknown> & { id: string };

/**
 * Finds what a JSON Pointer names, as `diff` names it: a field, an item of a list by its id, a field of that, a member of
 * a set. To whoever does not belong to the newsroom its fields are not there at all.
 *
 * @throws WikiError BAD_USER_INPUT
 */
export function findField(kind: EntryKind, path: string, newsroom: boolean): BlamedField {
  const [name, ...steps] = stepsOf(path);
  const rules = KINDS[kind].fields as FieldRules;
  const rule = ruleNamed(rules, name as string, newsroom, `an entry of the kind ${kind}`);
  return {
    name: name as string,
    rule,
    isLong: rule.shape === 'text',
    ...partOf(rule, steps, name as string, newsroom),
  };
}

/** The field of a content as its reader may see it, cut down to the part that is asked for; undefined where it has none such. */
export function valueOf(field: BlamedField, content: Content, sight: Sight, newsroom: boolean): unknown {
  const value = field.rule.visible(content[field.name], sight, newsroom);
  return field.pick(value === NOTHING ? null : value);
}

/** @throws WikiError BAD_USER_INPUT: what is shown has no such item or member. */
export const missingPart = (path: string): never => {
  throw badInput('path', `${quoted(path)} names an item or a member that is not there.`);
};

function stepsOf(path: string): string[] {
  if (!path.startsWith('/'))
    throw badInput('path', `${quoted(path)} is not the path of a field; it is a JSON Pointer such as /headline.`);
  const steps = path.slice(1).split('/');
  if (steps.some((step) => /~(?![01])/.test(step)))
    throw badInput('path', `${quoted(path)} is not a JSON Pointer; ~ is written ~0, and / in a name ~1.`);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function ruleNamed(rules: FieldRules, name: string, newsroom: boolean, where: string): FieldRule {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (!rule || (rule.audience === 'newsroom' && !newsroom))
    throw badInput('path', `${where} has no field ${quoted(name)}.`);
  return rule;
}

function partOf(rule: FieldRule, steps: readonly string[], name: string, newsroom: boolean): Part {
  const [step, ...deeper] = steps;
  if (step === undefined) return { pick: (value) => value, blame: () => blameOf(rule) };
  if (isKeyedList(rule)) return itemOf(rule.items, step, deeper, { name, newsroom });
  if (rule.shape === 'set' && deeper.length === 0)
    return {
      pick: (members) => {
        const found = (members as unknown[] | null)?.filter((member) => inText(member) === step) ?? [];
        return found.length > 0 ? found : undefined;
      },
      blame: () => blameOf(rule),
    };
  throw badInput('path', `${name} is one value; nothing in it has a path of its own.`);
}

function itemOf(
  rules: FieldRules,
  id: string,
  [name, ...deeper]: readonly string[],
  { name: list, newsroom }: { name: string; newsroom: boolean },
): Part {
  const find = (items: unknown): Item | undefined => (items as Item[] | null)?.find((item) => item.id === id);
  if (name === undefined) return { pick: find, blame: () => new ItemBlame(rules) };
  const rule = ruleNamed(rules, name, newsroom, `an item of ${list}`);
  const part = partOf(rule, deeper, `${list}.${name}`, newsroom);
  return {
    pick: (items) => {
      const item = find(items);
      return item && part.pick(item[name] ?? null);
    },
    blame: part.blame,
  };
}
