import type { Content, EntryKind } from '../model/entry';
import { referencesOf } from './contents';
import { parseEdtf } from './dates';
import { isKeyedList } from './field-groups';
import type { FieldRule, FieldRules } from './fields';
import { KINDS } from './kinds';
import { wikiTargetsIn, type WikiTarget } from './markdown';
import { sortKey } from './titles';

/** A link as the content of an entry makes it. */
export interface DerivedLink {
  readonly field: string;
  /** Id of the list item that holds it; '' outside lists. */
  readonly item: string;
  /** The entry it leads to, by id or, where a wiki link makes it, by its address. */
  readonly to: string | WikiTarget;
}

/** A long text of the content whose wiki links are links of the entry. What they are is kept with the text. */
export interface LinkingText {
  readonly field: string;
  readonly hash: string;
}

/** All that is found, joined and listed by: made from a content by these rules alone, so that it can be made again. */
export interface Derived {
  readonly title: string;
  readonly sortTitle: string;
  readonly slug: string | null;
  readonly language: string;
  /** What the entry's date can mean, where it has one. */
  readonly earliest: Date | null;
  readonly latest: Date | null;
  readonly facets: Record<string, unknown>;
  readonly links: readonly DerivedLink[];
  readonly texts: readonly LinkingText[];
}

/** What follows from a content. */
export function derive(kind: EntryKind, content: Content): Derived {
  const rules = KINDS[kind];
  const edtf = rules.when?.(content)?.edtf ?? null;
  const parsed = edtf === null ? null : parseEdtf(edtf);
  const span = parsed?.ok ? parsed.date : null;
  const title = rules.title(content);
  return {
    title,
    sortTitle: sortKey(title),
    slug: rules.hasSlug ? String(content.slug) : null,
    language: content.language,
    earliest: span?.earliest ?? null,
    latest: span?.latest ?? null,
    facets: rules.facets(content),
    links: distinct([...referenceLinks(kind, content), ...noteLinks(kind, content)]),
    texts: linkingTexts(kind, content),
  };
}

/** What of it the public may be told: without the links of newsroom fields (rules 1.4). */
export const publicPart = (kind: EntryKind, derived: Derived): Derived => ({
  ...derived,
  links: derived.links.filter((link) => !isNewsroomField(KINDS[kind].fields as FieldRules, link.field)),
});

function isNewsroomField(rules: FieldRules, field: string): boolean {
  const [name = '', ...rest] = field.split('.');
  const rule = rules[name];
  if (!rule || rule.audience === 'newsroom') return rule !== undefined;
  return isKeyedList(rule) && isNewsroomField(rule.items, rest.join('.'));
}

/** Dotted names of the fields whose links the public is never shown: 'names.usedIn'. */
export const newsroomLinkFields: readonly string[] = Object.values(KINDS).flatMap((kind) =>
  Object.entries(kind.fields as FieldRules).flatMap(([name, rule]) => {
    const names = isKeyedList(rule) ? Object.keys(rule.items).map((part) => `${name}.${part}`) : [name];
    return names.filter((field) => isNewsroomField(kind.fields as FieldRules, field));
  }),
);

const distinct = (links: readonly DerivedLink[]): DerivedLink[] => [
  ...new Map(links.map((link) => [JSON.stringify(link), link])).values(),
];

const referenceLinks = (kind: EntryKind, content: Content): DerivedLink[] =>
  [...referencesOf(kind, content)].map(({ field, item, to }) => ({ field, item, to }));

const noteLinks = (kind: EntryKind, content: Content): DerivedLink[] =>
  notesIn(kind, content).flatMap(({ field, item, text }) => wikiTargetsIn(text).map((to) => ({ field, item, to })));

/** Dotted names of the references without which an item of a list is left out: 'timeline.event', 'cast.actor'. */
export const essentialFields: readonly string[] = Object.values(KINDS).flatMap((kind) =>
  Object.entries(kind.fields as FieldRules).flatMap(([name, rule]) =>
    isKeyedList(rule)
      ? Object.keys(rule.items).flatMap((part) => (rule.items[part]?.isEssential ? [`${name}.${part}`] : []))
      : [],
  ),
);

/** A Markdown text that stands in the content itself. */
export interface Note {
  readonly field: string;
  /** Id of the list item that holds it; '' outside lists. */
  readonly item: string;
  readonly text: string;
}

const isNote = (rule: FieldRule): boolean => rule.isMarkdown && rule.shape !== 'text';

/** The short Markdown texts of a content. */
export function notesIn(kind: EntryKind, content: Content): Note[] {
  return Object.entries(KINDS[kind].fields as FieldRules).flatMap(([name, rule]) => {
    const parts = isKeyedList(rule)
      ? Object.keys(rule.items).filter((part) => isNote(rule.items[part] as FieldRule))
      : [];
    const items = isKeyedList(rule) ? (content[name] as ({ id: string } & Record<string, unknown>)[]) : [];
    const notes = items.flatMap((item) =>
      parts.map((part) => ({ field: `${name}.${part}`, item: item.id, text: item[part] })),
    );
    if (isNote(rule)) notes.push({ field: name, item: '', text: content[name] });
    return notes.filter((note): note is Note => typeof note.text === 'string');
  });
}

/** The long Markdown texts of a content. */
export const linkingTexts = (kind: EntryKind, content: Content): LinkingText[] =>
  Object.entries(KINDS[kind].fields as FieldRules).flatMap(([field, rule]) =>
    rule.isMarkdown && rule.shape === 'text' && typeof content[field] === 'string'
      ? [{ field, hash: content[field] as string }]
      : [],
  );
