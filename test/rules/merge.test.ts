import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import { sameContent, sameField } from '../../src/rules/contents';
import { isKeyedList } from '../../src/rules/field-groups';
import type { FieldRule } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { mergeContents, UNDECIDED } from '../../src/rules/merge';
import { CONTENTS } from '../support/arbitrary-contents';
import { threeStates as three } from '../support/arbitrary-edits';

type Item = { id: string } & Record<string, unknown>;

const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];
const ruleOf = (kind: EntryKind, field: string) =>
  (KINDS[kind].fields as Record<string, FieldRule>)[field] as FieldRule;

/** No two long texts merge here; how they do is another test's matter. */
const merge = (kind: EntryKind, base: Content, theirs: Content, mine: Partial<Content>) =>
  mergeContents(kind, base, theirs, mine, { mergeText: () => null, decide: UNDECIDED });

const itemsOf = (value: unknown): Map<string, Item> => new Map((value as Item[]).map((item) => [item.id, item]));

describe.each(kinds)('Merging two edits of a %s', (kind) => {
  const same = (field: string, one: Content, other: Content) =>
    sameField(ruleOf(kind, field), one[field], other[field]);
  const isOneValue = (field: string) => !isKeyedList(ruleOf(kind, field)) && ruleOf(kind, field).shape !== 'set';

  it('gives theirs where mine changed nothing, mine where theirs changed nothing, and either where both did the same', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        expect(merge(kind, base, theirs, base)).toEqual({ content: theirs, conflicts: [] });
        expect(merge(kind, base, theirs, {})).toEqual({ content: theirs, conflicts: [] });
        expect(sameContent(kind, merge(kind, base, base, mine).content as Content, mine)).toBe(true);
        expect(merge(kind, base, mine, mine)).toEqual({ content: mine, conflicts: [] });
      }),
    );
  });

  it('asks about every value that they wrote differently, and about no other', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const { content, conflicts } = merge(kind, base, theirs, mine);
        const contested = Object.keys(base).filter(
          (field) =>
            isOneValue(field) && !same(field, base, theirs) && !same(field, base, mine) && !same(field, mine, theirs),
        );
        const told = conflicts.filter(({ path }) => isOneValue(path[0] as string));
        expect(told).toEqual(
          contested.map((field) => ({ path: [field], base: base[field], mine: mine[field], theirs: theirs[field] })),
        );
        for (const field of content ? Object.keys(base).filter(isOneValue) : []) {
          const changed = same(field, base, mine) ? theirs : mine;
          expect(same(field, content as Content, changed)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps each member that one of them added to a set, and none that one of them took out', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const { content } = merge(kind, base, theirs, mine);
        const sets = Object.keys(base).filter((field) => ruleOf(kind, field).shape === 'set');
        for (const field of content ? sets : []) {
          const [had, wanted, has, got] = [base, mine, theirs, content as Content].map(
            (side) => new Set((side[field] as unknown[]).map((member) => JSON.stringify(member))),
          ) as [Set<string>, Set<string>, Set<string>, Set<string>];
          for (const member of new Set([...had, ...wanted, ...has]))
            expect([member, got.has(member)]).toEqual([
              member,
              had.has(member) ? wanted.has(member) && has.has(member) : true,
            ]);
        }
      }),
    );
  });

  it('keeps in a list what only one of them added or changed, and takes out what one of them took out untouched', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const { content } = merge(kind, base, theirs, mine);
        const lists = Object.keys(base).filter((field) => isKeyedList(ruleOf(kind, field)));
        for (const field of content ? lists : []) {
          const [had, wanted, has, got] = [base, mine, theirs, content as Content].map((side) =>
            itemsOf(side[field]),
          ) as [Map<string, Item>, Map<string, Item>, Map<string, Item>, Map<string, Item>];
          for (const id of new Set([...had.keys(), ...wanted.keys(), ...has.keys()])) {
            const [old, one, other, now] = [had.get(id), wanted.get(id), has.get(id), got.get(id)];
            if (old && (!one || !other)) expect(now).toBeUndefined();
            if (!old) expect(now).toEqual(other ?? one);
            if (!old || !one || !other) continue;
            for (const part of Object.keys(old)) {
              const changed = JSON.stringify(one[part]) === JSON.stringify(old[part]) ? other : one;
              if (!Array.isArray(old[part])) expect([part, now?.[part]]).toEqual([part, changed[part]]);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the same but for the order, whoever was first', () => {
    const unordered = (value: unknown): unknown =>
      Array.isArray(value) ? value.map((part) => JSON.stringify(unordered(part))).toSorted() : value;
    const plain = (content: Content) =>
      Object.fromEntries(Object.entries(content).map(([field, value]) => [field, unordered(value)]));
    fc.assert(
      fc.property(three(kind), ([base, one, other]) => {
        const [first, second] = [merge(kind, base, one, other), merge(kind, base, other, one)];
        const places = (conflicts: readonly { path: readonly string[] }[]) =>
          conflicts.map(({ path }) => path.join('/')).toSorted();
        expect(places(first.conflicts)).toEqual(places(second.conflicts));
        if (!first.content || !second.content) return;
        const sorted = (content: Content) =>
          JSON.parse(JSON.stringify(plain(content)).replaceAll(/\\"usedIn\\":\[.*?\]/g, ''));
        expect(sorted(first.content)).toEqual(sorted(second.content));
      }),
    );
  });

  it('does not touch fields that an edit leaves out', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const { language } = mine;
        const { content, conflicts } = merge(kind, base, theirs, { language });
        if (content) expect(content).toEqual({ ...theirs, language: content.language });
        else expect(conflicts).toMatchObject([{ path: ['language'] }]);
      }),
    );
  });
});

describe('Merging the order of a list', () => {
  const item = (id: string, note = id): Item => ({ id, event: null, claim: null, note });
  const orders = (base: string, mine: string, theirs: string): string | null => {
    const side = (ids: string): Content => ({ language: 'en', timeline: [...ids].map((id) => item(id)) });
    const { timeline } = side(mine);
    const { content } = merge('STORY', side(base), side(theirs), { timeline });
    return content && (content.timeline as Item[]).map(({ id }) => id).join('');
  };

  it.each([
    ['mine moves, theirs adds', 'abc', 'cab', 'abxc', 'cabx'],
    ['theirs moves, mine adds', 'abc', 'abxc', 'cab', 'cabx'],
    ['both add in different places', 'abc', 'axbc', 'abcy', 'axbcy'],
    ['both add at the start', 'abc', 'xabc', 'yabc', 'xyabc'],
    ['both add at the end', 'abc', 'abcx', 'abcy', 'abcxy'],
    ['mine adds two, theirs takes out what stood before them', 'abc', 'abxyc', 'ac', 'axyc'],
    ['both move alike, and add', 'abc', 'cabx', 'cyab', 'cyabx'],
    ['both move differently', 'abc', 'cab', 'bac', null],
    ['one moves what the other takes out', 'abc', 'cab', 'ab', 'ab'],
  ])('%s', (_name, base, mine, theirs, merged) => {
    expect(orders(base, mine, theirs)).toBe(merged);
  });
});
