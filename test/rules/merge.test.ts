import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import { sameContent, sameField } from '../../src/rules/contents';
import type { FieldRule } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { mergeFields } from '../../src/rules/merge';
import { CONTENTS } from '../support/arbitrary-contents';

const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];
const ruleOf = (kind: EntryKind, field: string) =>
  (KINDS[kind].fields as Record<string, FieldRule>)[field] as FieldRule;

/** A base, and two states that each changed some of its fields: often the same, often others. */
const three = (kind: keyof typeof CONTENTS) =>
  fc
    .tuple(CONTENTS[kind], CONTENTS[kind], CONTENTS[kind], fc.infiniteStream(fc.boolean()))
    .map(([base, one, other, coins]) => {
      const pick = (changed: Content): Content => {
        const fields = Object.keys(base).map((field) => [field, coins.next().value ? changed[field] : base[field]]);
        return Object.fromEntries(fields) as Content;
      };
      return [base, pick(one), pick(coins.next().value ? one : other)] as const;
    });

describe.each(kinds)('Merging two edits of a %s', (kind) => {
  const same = (field: string, one: Content, other: Content) =>
    sameField(ruleOf(kind, field), one[field], other[field]);

  it('gives theirs where mine changed nothing, mine where theirs changed nothing, and either where both did the same', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        expect(mergeFields(kind, base, theirs, base)).toEqual({ content: theirs, conflicts: [] });
        expect(mergeFields(kind, base, theirs, {})).toEqual({ content: theirs, conflicts: [] });
        expect(sameContent(kind, mergeFields(kind, base, base, mine).content as Content, mine)).toBe(true);
        expect(mergeFields(kind, base, mine, mine)).toEqual({ content: mine, conflicts: [] });
      }),
    );
  });

  it('loses nothing that only one of them wrote, and asks about just what they wrote differently', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const merge = mergeFields(kind, base, theirs, mine);
        const fields = Object.keys(base);
        const contested = fields.filter(
          (field) => !same(field, base, theirs) && !same(field, base, mine) && !same(field, mine, theirs),
        );
        expect(merge.conflicts).toEqual(
          contested.map((field) => ({ field, base: base[field], mine: mine[field], theirs: theirs[field] })),
        );
        if (!merge.content) return;
        for (const field of fields) {
          if (!same(field, base, mine)) expect(same(field, merge.content, mine)).toBe(true);
          if (!same(field, base, theirs)) expect(same(field, merge.content, theirs)).toBe(true);
          if (same(field, base, mine) && same(field, base, theirs)) expect(same(field, merge.content, base)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the same, whoever was first', () => {
    fc.assert(
      fc.property(three(kind), ([base, one, other]) => {
        const [first, second] = [mergeFields(kind, base, one, other), mergeFields(kind, base, other, one)];
        expect(first.conflicts.map((conflict) => conflict.field)).toEqual(
          second.conflicts.map((conflict) => conflict.field),
        );
        if (first.content && second.content) expect(sameContent(kind, first.content, second.content)).toBe(true);
      }),
    );
  });

  it('does not touch fields that an edit leaves out', () => {
    fc.assert(
      fc.property(three(kind), ([base, theirs, mine]) => {
        const { language } = mine;
        const { content, conflicts } = mergeFields(kind, base, theirs, { language });
        if (content) expect(content).toEqual({ ...theirs, language: content.language });
        else expect(conflicts).toMatchObject([{ field: 'language' }]);
      }),
    );
  });
});
