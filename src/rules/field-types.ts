import { sha256 } from '../base/hash';
import { isUuid } from '../base/node-id';
import type { EntryKind } from '../model/entry';
import { cleanLanguageTag } from './language-tags';
import { replaceWikiRef, wikiRefsIn, wikiTargetsIn } from './markdown';
import { slugProblem } from './slugs';
import { cleanLine, cleanText } from './text';
import { cleanUrl } from './urls';
import {
  complain,
  complainInvalid,
  complainTooLong,
  complainUnknownRef,
  type FieldRule,
  inWords,
  NOTHING,
  type Reading,
  type Reference,
  required,
  type TextLimits,
  valueRule,
} from './fields';

type Limit = number | keyof TextLimits;
const limitOf = (limit: Limit, reading: Reading): number => (typeof limit === 'number' ? limit : reading.limits[limit]);

type Cleaning = { ok: true; value: string } | { ok: false; reason: string };

/** Cleans, then measures: what a reader would count is what is stored. */
function readString(
  input: unknown,
  path: string,
  reading: Reading,
  limit: Limit,
  clean: (value: string) => Cleaning,
): string | null {
  const text = String(input);
  const max = limitOf(limit, reading);
  // Far beyond the limit there is nothing to clean: a refusal must not cost more than what is refused.
  if (text.length > 2 * max + 100) {
    complainTooLong(reading, path, max, text.length);
    return null;
  }
  const cleaned = clean(text);
  if (!cleaned.ok) {
    complainInvalid(reading, path, cleaned.reason);
    return null;
  }
  if (cleaned.value.length > max) {
    complainTooLong(reading, path, max, cleaned.value.length);
    return null;
  }
  return cleaned.value;
}

/** One line of text: a headline, a name, a role. Nothing but white space is the same as none. */
export const line = (limit: Limit): FieldRule<string | null> =>
  valueRule<string | null>({
    empty: null,
    isProse: true,
    read: (input, path, reading) => readString(input, path, reading, limit, cleanLine) || null,
  });

/** A few lines, kept with the content: a quotation, a reason. */
export const shortText = (limit: Limit): FieldRule<string | null> =>
  valueRule<string | null>({
    empty: null,
    isProse: true,
    read: (input, path, reading) => readString(input, path, reading, limit, cleanText) || null,
  });

/** A long text, kept apart: the content holds its hash. */
export const longText = (limit: Limit): FieldRule<string | null> =>
  valueRule<string | null>({
    shape: 'text',
    empty: null,
    isProse: true,
    read: (input, path, reading) => {
      const text = readString(input, path, reading, limit, cleanText);
      if (!text) return null;
      const hash = sha256(text);
      reading.texts.set(hash, text);
      return hash;
    },
  });

/** A text whose wiki links name what the changeset creates by its address, as far as that is known. */
function nameNewcomers(text: string, path: string, reading: Reading): string {
  const { refs } = reading;
  if (!refs || !text.includes(':#')) return text;
  let named = text;
  for (const { kind, ref } of wikiRefsIn(text)) {
    const newcomer = refs.get(ref);
    if (!newcomer) complainUnknownRef(reading, path, ref);
    else if (newcomer.kind !== kind)
      complainInvalid(reading, path, `what the changeset calls ${ref} is not of the kind ${kind}.`);
    else if (newcomer.address !== null) named = replaceWikiRef(named, kind, ref, newcomer.address);
  }
  return named;
}

/** The same text, but Markdown: its wiki links lead to other entries. At most as many as a list may have items. */
export const markdown = (rule: FieldRule<string | null>): FieldRule<string | null> => ({
  ...rule,
  isMarkdown: true,
  read: (input, path, reading) => {
    const value = rule.read(nameNewcomers(String(input), path, reading), path, reading);
    const links = wikiTargetsIn(reading.texts.get(value ?? '') ?? value ?? '').length;
    const max = reading.limits.listItems;
    const wasTooMany = reading.wikiLinks > max;
    reading.wikiLinks += links;
    if (reading.wikiLinks > max && !wasTooMany)
      complain(
        reading,
        'TOO_MANY',
        path,
        `${inWords(path)}: the texts have ${reading.wikiLinks} wiki links up to here; at most ${max} are allowed.`,
      );
    return value;
  },
});

/** One word of a closed vocabulary, which the API has checked already. */
export const oneOf = <Word extends string>(words: Readonly<Record<Word, Word>>, fallback: Word): FieldRule<Word> =>
  valueRule<Word>({
    empty: fallback,
    read: (input) => input as Word,
    holds: (value) => Object.values(words).includes(value),
  });

/** One word of a closed vocabulary, or none. */
export const optionalWord = <Word extends string>(words: Readonly<Record<Word, Word>>): FieldRule<Word | null> =>
  valueRule<Word | null>({
    empty: null,
    read: (input) => input as Word,
    holds: (value) => value === null || Object.values(words).includes(value),
  });

/** One word of a closed vocabulary, which the newsroom has to choose. */
export const requiredWord = <Word extends string>(words: Readonly<Record<Word, Word>>): FieldRule<Word> =>
  required(optionalWord(words)) as FieldRule<Word>;

export const flag = (): FieldRule<boolean> =>
  valueRule<boolean>({
    empty: false,
    read: (input) => input === true,
    holds: (value) => typeof value === 'boolean',
  });

/** A finite number, within bounds where there are some. */
export const quantity = (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): FieldRule<number | null> =>
  valueRule<number | null>({
    empty: null,
    read: (input, path, reading) => {
      const number = Number(input);
      if (number >= min && number <= max) return number === 0 ? 0 : number; // -0 is 0
      complainInvalid(reading, path, `${number} is not between ${min} and ${max}.`);
      return null;
    },
    holds: (value) => value === null || (typeof value === 'number' && value >= min && value <= max),
  });

/** A moment: the API hands over a Date, what was stored is RFC 3339. */
export const instant = (): FieldRule<string | null> =>
  valueRule<string | null>({
    empty: null,
    read: (input, path, reading) => {
      const at = input instanceof Date ? input : new Date(String(input));
      if (!Number.isNaN(at.getTime())) return at.toISOString();
      complainInvalid(reading, path, 'this is not a moment.');
      return null;
    },
    holds: (value) => value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value))),
  });

const cleaned = (clean: (value: string) => Cleaning, limit: number) =>
  valueRule<string | null>({
    empty: null,
    read: (input, path, reading) => readString(input, path, reading, limit, clean),
    holds: (value) => value === null || (typeof value === 'string' && clean(value).ok),
  });

export const url = (): FieldRule<string | null> => cleaned(cleanUrl, 2000);

/** A language, or null where it is not known or does not matter. */
export const languageTag = (): FieldRule<string | null> => cleaned(cleanLanguageTag, 35);

/** The language that an entry is written in; the newsroom's own where nobody says. */
export const entryLanguage = (): FieldRule<string> => ({
  ...valueRule<string>({
    empty: '',
    read: (input, path, reading) => readString(input, path, reading, 35, cleanLanguageTag) ?? reading.defaultLanguage,
    holds: (value) => typeof value === 'string' && cleanLanguageTag(value).ok,
  }),
  initial: (reading) => reading.defaultLanguage,
});

/** An entry's address. '' stands for "make one of the title", which the write does. */
export const slug = (): FieldRule<string> =>
  valueRule<string>({
    empty: '',
    read: (input, path, reading) => {
      const text = readString(input, path, reading, 80, cleanLine);
      if (text === null) return '';
      const reason = slugProblem(text);
      if (reason) complainInvalid(reading, path, reason);
      return text;
    },
    holds: (value) => typeof value === 'string' && slugProblem(value) === null,
  });

export interface ReferenceOptions {
  /** What holds it is nothing without it: left out where it may not be seen (rules 1.2). */
  essential?: boolean;
  acyclic?: boolean;
}

/** An id, or in a changeset `#` and the ref of what it creates. */
function readReference(input: unknown, path: string, reading: Reading): string | null {
  const id = String(input);
  if (!reading.refs || !id.startsWith('#')) return id;
  const newcomer = reading.refs.get(id.slice(1));
  if (!newcomer) complainUnknownRef(reading, path, id.slice(1));
  return newcomer?.entry ?? null;
}

/** The id of another entry, of one of these kinds; null for any. */
export const reference = (
  kinds: readonly EntryKind[] | null,
  options: ReferenceOptions = {},
): FieldRule<string | null> => ({
  ...valueRule<string | null>({
    empty: null,
    read: readReference,
    holds: (value) => value === null || (typeof value === 'string' && isUuid(value)),
  }),
  isEssential: options.essential ?? false,
  references: (to, field, path, item): Reference[] =>
    to === null ? [] : [{ to, kinds, field, item, path, acyclic: options.acyclic ?? false }],
  visible: (to, sight) => (to === null ? null : (sight(to) ?? (options.essential ? NOTHING : null))),
});
