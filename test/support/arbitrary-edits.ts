import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import { isKeyedList } from '../../src/rules/field-groups';
import type { FieldRule } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { CONTENTS } from './arbitrary-contents';

type Item = { id: string } & Record<string, unknown>;

const ruleOf = (kind: EntryKind, field: string) =>
  (KINDS[kind].fields as Record<string, FieldRule>)[field] as FieldRule;

/** A base, and two states that each changed some of its fields: often the same, often others, lists also item by item. */
export const threeStates = (kind: keyof typeof CONTENTS) =>
  fc
    .tuple(CONTENTS[kind], CONTENTS[kind], CONTENTS[kind], fc.infiniteStream(fc.nat(3)))
    .map(([base, one, other, dice]) => {
      const throwDie = () => dice.next().value as number;
      const someItems = (from: Item[], to: Item[]): Item[] =>
        [...from, ...to.filter((item) => !from.some(({ id }) => id === item.id))].flatMap((item) => {
          const die = throwDie();
          if (die === 0) return to.find(({ id }) => id === item.id) ?? [];
          return from.some(({ id }) => id === item.id) || die === 1 ? [item] : [];
        });
      const pick = (changed: Content): Content => {
        const fields = Object.keys(base).map((field) => {
          const die = throwDie();
          const isList = isKeyedList(ruleOf(kind, field));
          if (die === 0 || (die === 1 && !isList)) return [field, base[field]];
          return [field, die === 1 ? someItems(base[field] as Item[], changed[field] as Item[]) : changed[field]];
        });
        return Object.fromEntries(fields) as Content;
      };
      return [base, pick(one), pick(throwDie() < 2 ? one : other)] as const;
    });
