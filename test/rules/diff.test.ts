import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import { emptyContent, sameContent } from '../../src/rules/contents';
import { changedTexts, diffContents, spellOut } from '../../src/rules/diff';
import type { FieldRules } from '../../src/rules/fields';
import { isKeyedList } from '../../src/rules/field-groups';
import { KINDS } from '../../src/rules/kinds';
import { applyChanges, inOneOrder } from '../support/apply-changes';
import { CONTENTS, TEXTS } from '../support/arbitrary-contents';

type Values = Record<string, unknown>;
type Item = Values & { id: string };

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
        const applied = applyChanges(rulesOf(kind), spellOut(kind, before, TEXTS), changes);
        expect(inOneOrder(rulesOf(kind), applied)).toEqual(inOneOrder(rulesOf(kind), spellOut(kind, after, TEXTS)));
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
        expect(applyChanges(rulesOf(kind), nothing, opening)).toEqual(spellOut(kind, content, TEXTS));
        const closing = diffContents(kind, content, nothing, TEXTS);
        expect(closing.every((change) => change.op === 'REMOVED' && change.after === null)).toBe(true);
        expect(applyChanges(rulesOf(kind), spellOut(kind, content, TEXTS), closing)).toEqual(nothing);
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
    expect(moves('abc', 'abcd')).toEqual([expect.stringMatching(/^ADDED \/timeline\/d/)]);
  });

  it('are told with their place where they are new and not at the end', () => {
    const places = (before: string, after: string) =>
      diffContents('STORY', story(before), story(after), new Map())
        .filter(({ op }) => op === 'MOVED')
        .map(({ path, before: from, after: to }) => [path, from, to]);
    expect(places('bcd', 'abcd')).toEqual([['/timeline/a', null, 0]]);
    expect(places('bc', 'bxcy')).toEqual([['/timeline/x', null, 1]]);
    expect(places('ab', 'bxa')).toEqual([
      ['/timeline/b', 1, 0],
      ['/timeline/x', null, 1],
    ]);
    expect(places('', 'abc')).toEqual([]);
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
