import type { Content, EntryKind } from '../../src/model/entry';
import { referencesOf } from '../../src/rules/contents';
import { spellOut } from '../../src/rules/diff';
import { isKeyedList } from '../../src/rules/field-groups';
import type { FieldRules } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { ENTRIES, TEXTS } from './arbitrary-contents';
import type { Makers, TestNewsroom } from './newsroom';

type Values = Record<string, unknown>;
type Item = Values & { id: string };

const NAMES: Readonly<Record<EntryKind, keyof Makers>> = {
  STORY: 'story',
  ACTOR: 'actor',
  EVENT: 'event',
  CLAIM: 'claim',
  DOCUMENT: 'document',
  CITATION: 'citation',
};

/** Entries of every kind, for arbitrary contents to refer to. */
export async function openPool(room: TestNewsroom): Promise<Readonly<Record<EntryKind, readonly string[]>>> {
  const pool = {} as Record<EntryKind, string[]>;
  for (const [kind, name] of Object.entries(NAMES) as [EntryKind, keyof Makers][]) {
    pool[kind] = [];
    for (const _ of ENTRIES) pool[kind].push((await room.make[name]()).id);
  }
  return pool;
}

function setAt(value: Values, path: string, to: unknown): void {
  const steps = path.slice(1).split('/');
  const last = steps.pop() as string;
  const holder = steps.reduce((inner, step) => inner[step] as Values, value);
  holder[last] = to;
}

/** The fields of an arbitrary content as an input: with texts, entries that are there, and the ids that its items have got. */
export class Translator {
  private readonly itemIds = new Map<string, string>();

  constructor(
    private readonly kind: EntryKind,
    private readonly pool: Readonly<Record<EntryKind, readonly string[]>>,
    private readonly address: string,
  ) {}

  private get lists(): string[] {
    const rules = Object.entries(KINDS[this.kind].fields as FieldRules);
    return rules.flatMap(([name, rule]) => (isKeyedList(rule) ? [name] : []));
  }

  toInput(content: Content, only: readonly string[] = Object.keys(content)): Values {
    const input = structuredClone(spellOut(this.kind, content, TEXTS)) as Values;
    for (const { to, kinds, path } of referencesOf(this.kind, content))
      setAt(input, path, this.pool[kinds?.[0] ?? 'ACTOR'][ENTRIES.indexOf(to)]);
    for (const list of this.lists)
      for (const item of input[list] as Values[]) item.id = this.itemIds.get(`${list} ${String(item.id)}`);
    if ('slug' in input) input.slug = `${String(input.slug)}-${this.address}`;
    return Object.fromEntries(Object.entries(input).filter(([name]) => only.includes(name)));
  }

  /** Takes note of the ids that new items have got. */
  learn(given: Content, saved: Content, only: readonly string[] = Object.keys(given)): void {
    for (const list of this.lists.filter((name) => only.includes(name)))
      (given[list] as Item[]).forEach(({ id }, index) =>
        this.itemIds.set(`${list} ${id}`, ((saved[list] as Item[])[index] as Item).id),
      );
  }
}
