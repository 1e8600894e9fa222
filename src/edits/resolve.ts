import { pointer } from '../base/pointer';
import { Problem, type Side } from '../model/edit';
import type { EntryKind } from '../model/entry';
import { isKeyedList, readField, readFields } from '../rules/field-groups';
import { complain, complainRequired, type FieldRule, type FieldRules, type Reading } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import type { Decide, Decision } from '../rules/merge-items';

/** How one conflict is settled, as it is asked for. */
export interface Resolution {
  /** As the conflict told it. */
  path: string;
  take: Side;
  /** With VALUE; null clears, and takes an item out. */
  value?: unknown;
}

const segmentsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

const keyOf = (path: readonly string[]): string => path.reduce<string>(pointer, '');

/** What an editor decided about the conflicts of an edit, and what of it was needed. */
export class Decisions {
  private readonly used = new Set<string>();

  constructor(private readonly byPath: ReadonlyMap<string, { place: string; decision: Decision }>) {}

  /** What was decided about a place; asking uses it. */
  readonly decide: Decide = (path) => {
    const key = keyOf(path);
    const found = this.byPath.get(key);
    if (found) this.used.add(key);
    return found?.decision;
  };

  /** Begins anew, for another try of the same write: nothing was asked for yet. */
  startAnew(): void {
    this.used.clear();
  }

  /** Whether what was decided about a place was asked for before. */
  wasUsed(path: readonly string[]): boolean {
    return this.used.has(keyOf(path));
  }

  /** Whether anything was decided about a field or a part of it. */
  speaksOf(field: string): boolean {
    return [...this.byPath.keys()].some((path) => segmentsOf(path)[0] === field);
  }

  /** Decisions about places that do not conflict: what the editor saw is not what there is. */
  problemsOfUnused(): Problem[] {
    return [...this.byPath]
      .filter(([path]) => !this.used.has(path))
      .map(
        ([path, { place }]) =>
          new Problem('INVALID', `resolve: nothing conflicts at ${path}; leave it out.`, `${place}/path`),
      );
  }
}

export const NO_DECISIONS = new Decisions(new Map());

const ruleNamed = (rules: FieldRules, name: string): FieldRule | undefined =>
  Object.hasOwn(rules, name) ? rules[name] : undefined;

function readItem(rules: FieldRules, id: string, value: object, path: string, reading: Reading): unknown {
  return { id, ...readFields(rules, value as Record<string, unknown>, path, reading) };
}

/** Reads a value for a place, as an input of that place is read; null clears. */
function readValue(rule: FieldRule, rest: readonly string[], value: unknown, path: string, reading: Reading): unknown {
  const [item, part, ...further] = rest;
  if (item === undefined) {
    if (value !== null) return readField(rule, value, path, reading);
    if (rule.required) complainRequired(reading, path);
    return rule.initial?.(reading) ?? rule.empty;
  }
  if (!isKeyedList(rule) || further.length > 0) return null; // no conflict has such a place, and that is told
  if (part !== undefined) {
    const partRule = ruleNamed(rule.items, part);
    return partRule ? readValue(partRule, [], value, path, reading) : null;
  }
  return value === null ? null : readItem(rule.items, item, value as object, path, reading);
}

/**
 * Reads what an editor decided. Values are read by the rules of their place, as the same value in an edit's fields would
 * be; what is wrong with them is told at their place in the input.
 */
export function readResolutions(
  kind: EntryKind,
  given: readonly Resolution[] | null | undefined,
  reading: Reading,
): Decisions {
  const byPath = new Map<string, { place: string; decision: Decision }>();
  for (const [index, { path, take, value }] of (given ?? []).entries()) {
    const place = `/resolve/${index}`;
    if (byPath.has(path)) complain(reading, 'DUPLICATE', `${place}/path`, `resolve: ${path} is decided twice.`);
    const [field = '', ...rest] = segmentsOf(path);
    const rule = ruleNamed(KINDS[kind].fields, field);
    if (take !== 'VALUE') byPath.set(path, { place, decision: { take } });
    else if (value === undefined)
      complain(reading, 'REQUIRED', `${place}/value`, 'resolve: VALUE needs a value; null clears.');
    else {
      const { length: claimed } = reading.claimedItems;
      const read = rule ? readValue(rule, rest, value, `${place}/value`, reading) : null;
      // Items of a list that is given here are those of the entry's list.
      for (const item of reading.claimedItems.slice(claimed)) item.list = pointer('', field);
      byPath.set(path, { place, decision: { take, value: read } });
    }
  }
  return new Decisions(byPath);
}
