import type { FieldChange } from '../../src/model/revision';
import { isKeyedList } from '../../src/rules/field-groups';
import type { FieldRules } from '../../src/rules/fields';

/** A change as the API tells it. */
export type ToldChange = Pick<FieldChange, 'path' | 'op' | 'before' | 'after'>;
type Values = Record<string, unknown>;
type Item = Values & { id: string };

const stepsOf = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
const keyOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Puts changes on a content, as an integration would that keeps a copy: knows shapes, but not the other side. */
export function applyChanges(rules: FieldRules, before: Values, changes: readonly ToldChange[], depth = 0): Values {
  const after = structuredClone(before);
  for (const [name, rule] of Object.entries(rules)) {
    const mine = changes.filter((change) => stepsOf(change.path)[depth] === name);
    if (isKeyedList(rule)) after[name] = applyToList(rule.items, after[name] as Item[], mine, depth + 1);
    else if (rule.shape === 'set') after[name] = applyToSet(after[name] as unknown[], mine);
    else for (const change of mine) after[name] = change.after;
  }
  return after;
}

function applyToSet(members: unknown[], changes: readonly ToldChange[]): unknown[] {
  const gone = new Set(changes.filter((change) => change.op === 'REMOVED').map((change) => keyOf(change.before)));
  const kept = members.filter((member) => !gone.has(keyOf(member)));
  return [...kept, ...changes.filter((change) => change.op === 'ADDED').map((change) => change.after)];
}

function applyToList(rules: FieldRules, items: Item[], changes: readonly ToldChange[], depth: number): Item[] {
  const whole = changes.filter((change) => stepsOf(change.path).length === depth + 1);
  const idOf = (change: ToldChange): string => stepsOf(change.path)[depth] as string;
  const of = (op: ToldChange['op']) => whole.filter((change) => change.op === op);
  const removed = new Set(of('REMOVED').map(idOf));
  const placed = new Map(of('MOVED').map((change) => [idOf(change), change.after as number]));
  const found = new Map(of('ADDED').map((change) => [idOf(change), change.after as Item]));
  for (const item of items.filter(({ id }) => !removed.has(id))) {
    const within = changes.filter((change) => idOf(change) === item.id && !whole.includes(change));
    found.set(item.id, applyChanges(rules, item, within, depth + 1) as Item);
  }
  // What has a place told stands there; the others fill the rest, those that are new at the end.
  const stayed = items.map((item) => item.id).filter((id) => !removed.has(id));
  const rest = [...stayed, ...of('ADDED').map(idOf)].filter((id) => !placed.has(id));
  const places: string[] = [];
  for (const [id, place] of placed) places[place] = id;
  for (let place = 0; rest.length > 0; place++) places[place] ??= rest.shift() as string;
  return places.map((id) => found.get(id) as Item);
}

/** A content in which the members of sets always stand in one order. */
export function inOneOrder(rules: FieldRules, content: Values): Values {
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const value = content[name];
      if (rule.shape === 'set')
        return [name, (value as unknown[]).toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))];
      if (!isKeyedList(rule)) return [name, value];
      return [name, (value as Item[]).map((item) => ({ id: item.id, ...inOneOrder(rule.items, item) }))];
    }),
  );
}
