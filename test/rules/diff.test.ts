import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import type { FieldChange } from '../../src/model/revision';
import { emptyContent, sameContent } from '../../src/rules/contents';
import { changedTexts, diffContents, spellOut } from '../../src/rules/diff';
import type { FieldRules } from '../../src/rules/fields';
import { isKeyedList } from '../../src/rules/field-groups';
import { KINDS } from '../../src/rules/kinds';
import { CONTENTS, TEXTS } from '../support/arbitrary-contents';

type Values = Record<string, unknown>;
type Item = Values & { id: string };

const stepsOf = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
const keyOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Puts changes on a content, as an integration would that keeps a copy: knows shapes, but not the other side. */
function apply(rules: FieldRules, before: Values, changes: readonly FieldChange[], depth = 0): Values {
  const after = structuredClone(before);
  for (const [name, rule] of Object.entries(rules)) {
    const mine = changes.filter((change) => stepsOf(change.path)[depth] === name);
    if (isKeyedList(rule)) after[name] = applyToList(rule.items, after[name] as Item[], mine, depth + 1);
    else if (rule.shape === 'set') after[name] = applyToSet(after[name] as unknown[], mine);
    else for (const change of mine) after[name] = change.after;
  }
  return after;
}

function applyToSet(members: unknown[], changes: readonly FieldChange[]): unknown[] {
  const gone = new Set(changes.filter((change) => change.op === 'REMOVED').map((change) => keyOf(change.before)));
  const kept = members.filter((member) => !gone.has(keyOf(member)));
  return [...kept, ...changes.filter((change) => change.op === 'ADDED').map((change) => change.after)];
}

function applyToList(rules: FieldRules, items: Item[], changes: readonly FieldChange[], depth: number): Item[] {
  const whole = changes.filter((change) => stepsOf(change.path).length === depth + 1);
  const idOf = (change: FieldChange): string => stepsOf(change.path)[depth] as string;
  const ids = (op: string) => new Set(whole.filter((change) => change.op === op).map(idOf));
  const [removed, moved] = [ids('REMOVED'), ids('MOVED')];
  const edited = new Map(
    items.map((item) => [
      item.id,
      apply(
        rules,
        item,
        changes.filter((change) => idOf(change) === item.id && !whole.includes(change)),
        depth + 1,
      ) as Item,
    ]),
  );
  const stayed = items.filter((item) => !removed.has(item.id) && !moved.has(item.id)).map((item) => item.id);
  const added = whole.filter((change) => change.op === 'ADDED').map((change) => change.after as Item);
  for (const item of added) edited.set(item.id, item);
  // Who moved stands where the change says; the others fill the rest, those that are new at the end.
  const places: string[] = [];
  for (const change of whole.filter((one) => one.op === 'MOVED')) places[change.after as number] = idOf(change);
  const rest = [...stayed, ...added.map((item) => item.id)];
  for (let place = 0; rest.length > 0; place++) places[place] ??= rest.shift() as string;
  return places.map((id) => edited.get(id) as Item);
}

/** A content in which the order of what has none is always the same. */
function ordered(rules: FieldRules, content: Values, ignoreOrder: (list: string) => boolean = () => false): Values {
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => {
      const value = content[name];
      if (rule.shape === 'set')
        return [name, (value as unknown[]).toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))];
      if (!isKeyedList(rule)) return [name, value];
      const items = (value as Item[]).map((item) => ({ id: item.id, ...ordered(rule.items, item) }));
      return [name, ignoreOrder(name) ? items.toSorted((one, other) => (one.id < other.id ? -1 : 1)) : items];
    }),
  );
}

const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];
const two = (kind: keyof typeof CONTENTS) => fc.tuple(CONTENTS[kind], CONTENTS[kind]);
const rulesOf = (kind: EntryKind) => KINDS[kind].fields as FieldRules;
const textsOf = (kind: EntryKind, before: Content, after: Content) =>
  new Map(changedTexts(kind, before, after).map((hash) => [hash, TEXTS.get(hash) as string]));

describe.each(kinds)('What changed between two states of a %s', (kind) => {
  it('turns one into the other when it is applied', () => {
    fc.assert(
      fc.property(two(kind), ([before, after]) => {
        const changes = diffContents(kind, before, after, textsOf(kind, before, after));
        const applied = apply(rulesOf(kind), spellOut(kind, before, TEXTS), changes);
        // The place of what is new is not told; where nothing is new, the order is.
        const hasNew = (list: string) =>
          changes.some(
            (change) =>
              change.op === 'ADDED' && change.path.split('/')[1] === list && change.path.split('/').length === 3,
          );
        expect(ordered(rulesOf(kind), applied, hasNew)).toEqual(
          ordered(rulesOf(kind), spellOut(kind, after, TEXTS), hasNew),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('turns nothing into the first state, and the other way round', () => {
    fc.assert(
      fc.property(CONTENTS[kind], (content) => {
        const nothing = emptyContent(kind);
        const opening = diffContents(kind, nothing, content, TEXTS);
        expect(opening.every((change) => change.op === 'ADDED' && change.before === null)).toBe(true);
        expect(ordered(rulesOf(kind), apply(rulesOf(kind), nothing, opening), () => true)).toEqual(
          ordered(rulesOf(kind), spellOut(kind, content, TEXTS), () => true),
        );
        const closing = diffContents(kind, content, nothing, TEXTS);
        expect(closing.every((change) => change.op === 'REMOVED' && change.after === null)).toBe(true);
        expect(apply(rulesOf(kind), spellOut(kind, content, TEXTS), closing)).toEqual(nothing);
      }),
    );
  });

  it('is nothing if and only if they are the same to a reader', () => {
    fc.assert(
      fc.property(two(kind), fc.boolean(), ([before, other], same) => {
        const after = same ? shuffledSets(rulesOf(kind), before) : other;
        const changes = diffContents(kind, before, after as Content, TEXTS);
        expect(changes.length === 0).toBe(sameContent(kind, before, after as Content));
        if (same) expect(changes).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('says the same from the other side: what was added is removed, what was before is after', () => {
    const turned = { ADDED: 'REMOVED', REMOVED: 'ADDED', CHANGED: 'CHANGED', MOVED: 'MOVED' } as const;
    fc.assert(
      fc.property(two(kind), ([before, after]) => {
        const line = (op: string, path: string, one: unknown, other: unknown) => JSON.stringify([op, path, one, other]);
        const there = diffContents(kind, before, after, TEXTS).filter((change) => change.op !== 'MOVED');
        const back = diffContents(kind, after, before, TEXTS).filter((change) => change.op !== 'MOVED');
        expect(
          there.map((change) => line(turned[change.op], change.path, change.after, change.before)).toSorted(),
        ).toEqual(back.map((change) => line(change.op, change.path, change.before, change.after)).toSorted());
      }),
    );
  });
});

function shuffledSets(rules: FieldRules, content: Values): Values {
  const values = Object.entries(rules).map(([name, rule]) => {
    const value = content[name];
    if (rule.shape === 'set') return [name, (value as unknown[]).toReversed()];
    if (!isKeyedList(rule)) return [name, value];
    return [name, (value as Item[]).map((item) => ({ id: item.id, ...shuffledSets(rule.items, item) }))];
  });
  return Object.fromEntries(values);
}

describe('Items of a list that change places', () => {
  const story = (ids: string): Content => ({
    ...emptyContent('STORY'),
    timeline: [...ids].map((id) => ({ id, event: null, claim: null, note: id })),
  });
  const moves = (before: string, after: string): string[] =>
    diffContents('STORY', story(before), story(after), new Map()).map(
      (change) => `${change.op} ${change.path} ${Number(change.before)}→${Number(change.after)}`,
    );

  it.each([
    ['abc', 'abc', []],
    ['abcde', 'bcdea', ['MOVED /timeline/a 0→4']],
    ['abcde', 'eabcd', ['MOVED /timeline/e 4→0']],
    ['abcde', 'acbde', ['MOVED /timeline/c 2→1']],
    ['abcdef', 'fabcde', ['MOVED /timeline/f 5→0']],
  ])('%s → %s tells the fewest moves', (before, after, expected) => {
    expect(moves(before, after)).toEqual(expected);
  });

  it('are not told as moved because others were removed or added before them', () => {
    expect(moves('abcd', 'bcd')).toEqual([expect.stringMatching(/^REMOVED \/timeline\/a/)]);
    expect(moves('bcd', 'abcd')).toEqual([expect.stringMatching(/^ADDED \/timeline\/a/)]);
  });

  it('are all but the longest run that kept its order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...'abcdefgh'], { minLength: 8 }), (after) => {
        const told = moves('abcdefgh', after.join(''));
        expect(told.length).toBe(8 - longestRun(after));
      }),
    );
  });
});

/** Length of the longest subsequence in alphabetical order, by trying all. */
function longestRun(letters: readonly string[]): number {
  let longest = 0;
  for (let mask = 0; mask < 2 ** letters.length; mask++) {
    const run = letters.filter((_, index) => mask & (2 ** index));
    if (run.join('') === run.toSorted().join('')) longest = Math.max(longest, run.length);
  }
  return longest;
}
