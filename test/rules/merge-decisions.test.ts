import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import { sameContent, sameField, sameValue } from '../../src/rules/contents';
import { isKeyedList } from '../../src/rules/field-groups';
import type { FieldRule, FieldRules } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { mergeContents, UNDECIDED, valueAt } from '../../src/rules/merge';
import type { Decide, Decision, FieldConflict } from '../../src/rules/merge-items';
import { CONTENTS } from '../support/arbitrary-contents';
import { threeStates } from '../support/arbitrary-edits';

type Item = { id: string } & Record<string, unknown>;

const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];
const rulesOf = (kind: EntryKind) => KINDS[kind].fields as FieldRules;
const ruleOf = (kind: EntryKind, field: string) => rulesOf(kind)[field] as FieldRule;
const keyOf = (path: readonly string[]): string => path.join('/');
const itemsOf = (content: Content, list: string): Item[] => content[list] as Item[];

/** No two long texts merge here. */
const merge = (kind: EntryKind, base: Content, theirs: Content, mine: Partial<Content>, decide: Decide = UNDECIDED) =>
  mergeContents(kind, base, theirs, mine, { mergeText: () => null, decide });

const always =
  (decision: Decision): Decide =>
  () =>
    decision;

/** A side at a conflict's place, as a decision for it leaves it: an order is that of the items that both sides have. */
const isOrder = (kind: EntryKind, { path }: FieldConflict): boolean =>
  path.length === 1 && isKeyedList(ruleOf(kind, path[0] as string));

function expectOrderOf(side: Item[], other: Item[], result: Item[]): void {
  const both = new Set(side.map(({ id }) => id).filter((id) => other.some((item) => item.id === id)));
  const left = (items: Item[]) => items.map(({ id }) => id).filter((id) => both.has(id));
  const kept = new Set(result.map(({ id }) => id));
  expect(left(result)).toEqual(left(side).filter((id) => kept.has(id)));
}

describe.each(kinds)('What an editor decides about two edits of a %s', (kind) => {
  it('stands at its place, whichever side is taken, and everything else is as it merges', () => {
    fc.assert(
      fc.property(threeStates(kind), fc.infiniteStream(fc.boolean()), ([base, theirs, mine], coins) => {
        const { conflicts } = merge(kind, base, theirs, mine);
        const decisions = new Map(
          conflicts.map((conflict): [string, Decision] => [
            keyOf(conflict.path),
            { take: coins.next().value ? 'MINE' : 'THEIRS' },
          ]),
        );
        const asked = new Set<string>();
        const settled = merge(kind, base, theirs, mine, (path) => {
          asked.add(keyOf(path));
          return decisions.get(keyOf(path));
        });
        expect(settled.conflicts).toEqual([]);
        expect([...asked].toSorted()).toEqual([...decisions.keys()].toSorted());
        const content = settled.content as Content;
        for (const conflict of conflicts) {
          const side = decisions.get(keyOf(conflict.path))?.take === 'MINE' ? mine : theirs;
          const [list = ''] = conflict.path;
          if (isOrder(kind, conflict))
            expectOrderOf(itemsOf(side, list), itemsOf(side === mine ? theirs : mine, list), itemsOf(content, list));
          else if (valueAt(content, conflict.path.slice(0, 2)) === null)
            expect(valueAt(side, conflict.path.slice(0, 2))).toBeNull();
          else expect(valueAt(content, conflict.path)).toEqual(valueAt(side, conflict.path));
        }
        for (const field of Object.keys(base)) {
          const alone = merge(kind, base, theirs, { [field]: mine[field] });
          if (alone.content) expect(content[field]).toEqual(alone.content[field]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never loses an item that only one side has written, nor a change that only one side made to an item', () => {
    fc.assert(
      fc.property(threeStates(kind), fc.constantFrom('MINE', 'THEIRS'), ([base, theirs, mine], take) => {
        const content = merge(kind, base, theirs, mine, always({ take })).content as Content;
        for (const list of Object.keys(base).filter((field) => isKeyedList(ruleOf(kind, field)))) {
          const find = (side: Content, id: string) => itemsOf(side, list).find((item) => item.id === id);
          const [winner, loser] = take === 'MINE' ? [mine, theirs] : [theirs, mine];
          for (const { id } of [...itemsOf(mine, list), ...itemsOf(theirs, list)]) {
            const [old, won, lost, now] = [find(base, id), find(winner, id), find(loser, id), find(content, id)];
            if (!old) expect(now).toEqual(won ?? lost);
            if (!old || !won || !lost) continue;
            for (const part of Object.keys(old))
              if (!Array.isArray(old[part]))
                expect(now?.[part]).toEqual(sameValue(won[part], old[part]) ? lost[part] : won[part]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('for their side of an edit that changed nothing else leaves all as they have it', () => {
    fc.assert(
      fc.property(threeStates(kind), ([base, theirs, mine]) => {
        const contested = Object.keys(base).filter((field) => {
          const rule = ruleOf(kind, field);
          const isOneValue = !isKeyedList(rule) && rule.shape !== 'set';
          return isOneValue && ![mine, theirs].some((side) => sameField(rule, side[field], base[field]));
        });
        const edit = Object.fromEntries(contested.map((field) => [field, mine[field]]));
        const { content } = merge(kind, base, theirs, edit, always({ take: 'THEIRS' }));
        expect(sameContent(kind, content as Content, theirs)).toBe(true);
      }),
    );
  });

  it('stands as it was given where it is a value of their own', () => {
    fc.assert(
      fc.property(threeStates(kind), CONTENTS[kind], ([base, theirs, mine], own) => {
        const { conflicts } = merge(kind, base, theirs, mine);
        const valueFor = (conflict: FieldConflict): unknown => {
          const [list = '', id, part] = conflict.path;
          if (id === undefined) return own[list];
          const item = itemsOf(own, list)[0];
          return part === undefined ? (item ? { ...item, id } : null) : (item?.[part] ?? conflict.base);
        };
        const values = new Map(conflicts.map((conflict) => [keyOf(conflict.path), valueFor(conflict)]));
        const { content } = merge(kind, base, theirs, mine, (path) => ({
          take: 'VALUE',
          value: values.get(keyOf(path)),
        }));
        for (const { path } of conflicts) {
          // A list that was given whole is the last word about its items.
          if (path.length > 1 && values.has(path[0] as string)) continue;
          expect(valueAt(content as Content, path)).toEqual(values.get(keyOf(path)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
