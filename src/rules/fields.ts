import type { EntryKind } from '../model/entry';
import { type ProblemCode, Problem } from '../model/edit';

/** Lengths in UTF-16 units and counts; configurable (design, section 8). */
export interface TextLimits {
  readonly headline: number;
  readonly summary: number;
  readonly body: number;
  readonly keptText: number;
  readonly comment: number;
  readonly listItems: number;
}

/** An entry that the same changeset creates. */
export interface Newcomer {
  readonly kind: EntryKind;
  readonly entry: string;
  /** What wiki links call it: its slug, or for a claim its id. Null while it is not known, or where it has none. */
  readonly address: string | null;
}

/** One reading of an input: what it brings along, and all that is wrong with it. */
export interface Reading {
  /** What `#ref` stands for, in a changeset; null where there is none. */
  readonly refs: ReadonlyMap<string, Newcomer> | null;
  readonly limits: TextLimits;
  /** Language of entries that name none. */
  readonly defaultLanguage: string;
  newItemId(): string;
  readonly problems: Problem[];
  /** Long texts of the input by their hash, which is what the content holds. */
  readonly texts: Map<string, string>;
  /** How many wiki links its texts have, all together. */
  wikiLinks: number;
  /** Items that the input takes for existing ones. */
  readonly claimedItems: { list: string; id: string; path: string }[];
}

/** A reference from a content to another entry. */
export interface Reference {
  readonly to: string;
  /** Kinds it may lead to; null is any. */
  readonly kinds: readonly EntryKind[] | null;
  /** Dotted name of the field: 'cast.actor'. */
  readonly field: string;
  /** Id of the list item that holds it; '' outside lists. */
  readonly item: string;
  /** JSON Pointer into the content. */
  readonly path: string;
  /** Following it again and again must never lead back. */
  readonly acyclic: boolean;
}

/** As which entry a reference is seen by whoever a content is shown to: what answers for it; null where they may not see it. */
export type Sight = (id: string) => string | null;

/** Stands for "nothing is left of it" where a content is cut down to what its reader may see. */
export const NOTHING = Symbol('nothing is left');

/** How two versions of a field are told apart and put together. */
export type Shape = 'value' | 'set' | 'list' | 'text';

/** All that the machinery needs to know of one field of a kind. */
export interface FieldRule<Value = unknown> {
  readonly shape: Shape;
  /** A create without it, or null for it, is refused. */
  readonly required: boolean;
  /** Whether its texts are Markdown, whose wiki links lead to other entries. */
  readonly isMarkdown: boolean;
  /** Whether it is a text that is read, so that its changes are told word by word. */
  readonly isProse: boolean;
  /** Whether it is a reference without which the item that holds it is left out (rules 1.2). */
  readonly isEssential: boolean;
  /** newsroom: shown to CONTRIBUTOR and above only (rules 1.4). */
  readonly audience: 'public' | 'newsroom';
  /** What holds nothing. */
  readonly empty: Value;
  /** What a create that leaves it out, and null, make of it; `empty` where there is no such rule. */
  initial?(reading: Reading): Value;
  /** Turns an input (not null) into what is stored; pushes every problem that it finds. */
  read(input: unknown, path: string, reading: Reading): Value;
  /** Whether a value is of the sort that is stored here: asked of what was written elsewhere, before it is kept. */
  holds(value: unknown): boolean;
  /** References in a stored value. */
  references(value: Value, field: string, path: string, item: string): Iterable<Reference>;
  /** The value as whoever sees only some entries may see it. */
  visible(value: Value, sight: Sight, newsroom: boolean): Value | typeof NOTHING;
}

/** Rules of the fields of a content or of a list's items, by name and in the order in which they are stored. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

export const complain = (reading: Reading, code: ProblemCode, path: string, message: string): void => {
  reading.problems.push(new Problem(code, message, path));
};

/** A path as a sentence names it: timeline.3.note. */
export const inWords = (path: string): string => path.slice(1).replaceAll('/', '.') || 'The input';

/** Says that something required is missing. */
export const complainRequired = (reading: Reading, path: string): void =>
  complain(reading, 'REQUIRED', path, `${inWords(path)} is required.`);

export const complainTooLong = (reading: Reading, path: string, max: number, actual: number): void =>
  complain(reading, 'TOO_LONG', path, `${inWords(path)} has ${actual} characters; at most ${max} are allowed.`);

export const complainTooMany = (reading: Reading, path: string, max: number, actual: number): void =>
  complain(reading, 'TOO_MANY', path, `${inWords(path)} has ${actual} items; at most ${max} are allowed.`);

/** Says that nothing in the changeset is called that. */
export const complainUnknownRef = (reading: Reading, path: string, ref: string): void =>
  complain(reading, 'NOT_FOUND', path, `${inWords(path)}: nothing that the changeset creates has the ref ${ref}.`);

export const complainInvalid = (reading: Reading, path: string, reason: string): void =>
  complain(reading, 'INVALID', path, `${inWords(path)}: ${reason}`);

/** A rule that holds a plain value without references: a text, where it says nothing else. */
export function valueRule<Value>(
  rule: Pick<FieldRule<Value>, 'read' | 'empty'> & Partial<FieldRule<Value>>,
): FieldRule<Value> {
  return {
    shape: 'value',
    required: false,
    isMarkdown: false,
    isProse: false,
    isEssential: false,
    audience: 'public',
    holds: (value) => typeof value === 'string' || (value === null && rule.empty === null),
    references: () => [],
    visible: (value) => value,
    ...rule,
  };
}

/** The same field, but for CONTRIBUTOR and above only. */
export const newsroomOnly = <Value>(rule: FieldRule<Value>): FieldRule<Value> => ({
  ...rule,
  audience: 'newsroom',
  visible: (value, sight, newsroom) => (newsroom ? rule.visible(value, sight, newsroom) : rule.empty),
});

/** The same field, without which no entry (or item) of its kind can be. `empty` is then met in refused inputs only. */
export const required = <Value>(rule: FieldRule<Value>): FieldRule<NonNullable<Value>> =>
  ({ ...rule, required: true, holds: (value) => value !== null && rule.holds(value) }) as FieldRule<NonNullable<Value>>;
