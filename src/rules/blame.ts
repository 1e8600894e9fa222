import { sameValue } from './contents';
import { isKeyedList } from './field-groups';
import type { FieldRule, FieldRules } from './fields';
import { type BlamedPart, TextBlame } from './blame-text';
import type { BlameStep } from './blame-units';

/** Who brought which part of one value, followed from revision to revision. */
export interface Blame {
  /** The value as of the next revision, or what holds nothing. */
  step(value: unknown, at: BlameStep): void;
  /** Of the value as it is now; nothing where it holds nothing. */
  parts(): BlamedPart[];
}

/** Follows a field, or a part of one, as its rule says. Long texts are followed by their text, not by their hash. */
export function blameOf(rule: FieldRule): Blame {
  if (isKeyedList(rule)) return new ListBlame(rule.items);
  if (rule.shape === 'set') return new SetBlame();
  return rule.isProse ? new ProseBlame() : new ValueBlame();
}

const isNothing = (value: unknown): boolean => value === null || value === undefined || value === '';

/** A value, or a member of a set, as the text of a segment and as a step of a path. */
export const inText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

class ProseBlame implements Blame {
  private readonly text = new TextBlame();

  step(value: unknown, at: BlameStep): void {
    const text = isNothing(value) ? '' : String(value);
    this.text.step(text, text, at);
  }

  parts(): BlamedPart[] {
    return this.text.parts();
  }
}

/** One value that changes as one. */
class ValueBlame implements Blame {
  private readonly past: { number: number; value: unknown; by: number }[] = [{ number: 0, value: null, by: 0 }];

  step(given: unknown, { number, takesBack }: BlameStep): void {
    const value = isNothing(given) ? null : given;
    if (sameValue(value, this.past.at(-1)?.value)) return;
    const then = takesBack === null ? undefined : this.past.findLast((one) => one.number <= takesBack);
    this.past.push({ number, value, by: then && sameValue(then.value, value) ? then.by : number });
  }

  parts(): BlamedPart[] {
    const now = this.past.at(-1);
    return !now || now.value === null ? [] : [{ text: inText(now.value), by: now.by }];
  }
}

/** While a member was in a set: from one revision on, and up to another that did not have it any more. */
interface Stay {
  from: number;
  until: number;
  by: number;
}

/** Members of a set, each by the revision that brought it. */
class SetBlame implements Blame {
  private members: string[] = [];
  private readonly stays = new Map<string, Stay[]>();

  step(value: unknown, at: BlameStep): void {
    const members = ((value ?? []) as unknown[]).map(inText);
    const now = new Set(members);
    for (const member of this.members) {
      const stay = this.stays.get(member)?.at(-1);
      if (stay && !now.has(member)) stay.until = at.number;
    }
    for (const member of members) this.come(member, at);
    this.members = members;
  }

  parts(): BlamedPart[] {
    return this.members.map((member) => ({ text: member, by: this.stays.get(member)?.at(-1)?.by ?? 0 }));
  }

  private come(member: string, { number, takesBack }: BlameStep): void {
    const stays = this.stays.get(member) ?? [];
    if (stays.at(-1)?.until === Infinity) return;
    const then =
      takesBack === null ? undefined : stays.find((stay) => stay.from <= takesBack && takesBack < stay.until);
    stays.push({ from: number, until: Infinity, by: then?.by ?? number });
    this.stays.set(member, stays);
  }
}

type Item = Record<string, unknown> & { id: string };

/** The fields of one item of a list, each for itself. */
export class ItemBlame implements Blame {
  private readonly fields: readonly [string, Blame][];

  constructor(rules: FieldRules) {
    this.fields = Object.entries(rules).map(([name, rule]) => [name, blameOf(rule)]);
  }

  step(value: unknown, at: BlameStep): void {
    const item = value as Item | null;
    for (const [name, field] of this.fields) field.step(item?.[name] ?? null, at);
  }

  parts(): BlamedPart[] {
    return this.fields.flatMap(([, field]) => field.parts());
  }
}

/** Items by their ids, in the order of the list. Where an item stands is not told; an item that comes back is the same. */
class ListBlame implements Blame {
  private items: readonly Item[] = [];
  private readonly blames = new Map<string, ItemBlame>();

  constructor(private readonly rules: FieldRules) {}

  step(value: unknown, at: BlameStep): void {
    const [before, items] = [new Map(this.items.map((item) => [item.id, item])), (value ?? []) as Item[]];
    for (const item of items) {
      const blame = this.blames.get(item.id) ?? new ItemBlame(this.rules);
      this.blames.set(item.id, blame);
      if (!sameValue(before.get(item.id), item)) blame.step(item, at);
      before.delete(item.id);
    }
    for (const id of before.keys()) this.blames.get(id)?.step(null, at);
    this.items = items;
  }

  parts(): BlamedPart[] {
    return this.items.flatMap((item) => this.blames.get(item.id)?.parts() ?? []);
  }
}
