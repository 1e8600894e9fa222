import { sha256 } from '../base/hash';
import type { Content, EntryKind } from '../model/entry';
import type { ExportedRevision, Held } from '../model/export';
import type { View } from '../model/lens';
import { inNewestFormat } from '../rules/contents';
import { derive, type Derived, type DerivedLink, publicPart } from '../rules/derive';
import { longTexts } from '../rules/diff';
import type { FieldRules } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import type { Showing } from '../store/write';

/** What a content that came along names: its own address where it has one, long texts by hash, entries by id. */
export interface Named {
  readonly slug: string | null;
  readonly texts: readonly string[];
  readonly entries: readonly string[];
}

/** What is wrong with a content that came along. */
interface Unreadable {
  readonly wrong: string;
}

/**
 * Looks at a content that came along: it is what its hash says, in a format that this release knows, with the fields of its
 * kind, and can be read. What an editor would be told today is not asked: it stands as it was written.
 */
export function lookAtContent(kind: EntryKind, { format, content, hash }: ExportedRevision): Named | Unreadable {
  if (format > KINDS[kind].format)
    return {
      wrong: `its content has format ${format}; this release knows those of ${kind} up to ${KINDS[kind].format}`,
    };
  if (content === null) return { slug: null, texts: [], entries: [] };
  if (sha256(JSON.stringify(content)) !== hash) return { wrong: `its content has not the hash ${hash}` };
  try {
    const newest = inNewestFormat(kind, format, content as Content);
    const strange = strangeField(kind, newest);
    if (strange) return { wrong: strange };
    const odd = Object.entries(KINDS[kind].fields as FieldRules).find(([name, rule]) => !rule.holds(newest[name]));
    if (odd) return { wrong: `${unreadable(kind, format).wrong}: ${odd[0]} holds what cannot be there` };
    const { links, slug } = derive(kind, newest);
    return {
      slug,
      texts: longTexts(kind).flatMap((name) => (typeof newest[name] === 'string' ? [newest[name]] : [])),
      entries: links.flatMap(({ to }) => (typeof to === 'string' ? [to] : [])),
    };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    return unreadable(kind, format);
  }
}

const unreadable = (kind: EntryKind, format: number): Unreadable => ({
  wrong: `its content cannot be read as one of ${kind} in format ${format}`,
});

function strangeField(kind: EntryKind, content: Content): string | null {
  const rules = Object.keys(KINDS[kind].fields);
  const missing = rules.find((name) => !(name in content));
  if (missing !== undefined) return `its content lacks the field ${missing} of ${kind}`;
  const strange = Object.keys(content).find((name) => !rules.includes(name));
  return strange === undefined ? null : `its content has a field ${strange}, which is none of ${kind}`;
}

/** A revision as it can be shown; where its content did not come along, `held` is what is known of it. */
export type Showable = Pick<ExportedRevision, 'number' | 'format' | 'content'>;

/** What a view is to show of a content as it was written. */
export function showingOfWritten(
  view: View,
  kind: EntryKind,
  { number, format, content }: Showable,
  held: Held | null,
): Showing {
  const derived =
    content === null
      ? {
          ...NOTHING,
          slug: (view === 'LATEST' ? held?.latestSlug : held?.publishedSlug) || null,
          links: linksIn(view, held),
        }
      : derive(kind, inNewestFormat(kind, format, content as Content));
  return {
    view,
    revision: number,
    format,
    content: (content ?? GONE) as Content,
    derived: view === 'PUBLISHED' ? publicPart(kind, derived) : derived,
  };
}

/** In the place of a content that did not come along, until what came after it is written. */
export const GONE = {} as Content;

const NOTHING: Derived = {
  title: '',
  sortTitle: '',
  slug: null,
  language: 'und',
  earliest: null,
  latest: null,
  facets: {},
  links: [],
  texts: [],
};

const linksIn = (view: View, held: Held | null): DerivedLink[] =>
  (held?.links ?? []).flatMap(({ view: of, field, item, to, wanted }) => {
    const target = to ?? wanted;
    return of === view && target !== null ? [{ field, item, to: target }] : [];
  });
