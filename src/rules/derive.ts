import type { Content, EntryKind } from '../model/entry';
import { referencesOf } from './contents';
import { parseEdtf } from './dates';
import { KINDS } from './kinds';

/** A link as the content of an entry makes it. */
export interface DerivedLink {
  readonly field: string;
  /** Id of the list item that holds it; '' outside lists. */
  readonly item: string;
  readonly to: string;
}

/** All that is found, joined and listed by: made from a content by these rules alone, so that it can be made again. */
export interface Derived {
  readonly title: string;
  readonly slug: string | null;
  readonly language: string;
  /** What the entry's date can mean, where it has one. */
  readonly earliest: Date | null;
  readonly latest: Date | null;
  readonly facets: Record<string, unknown>;
  readonly links: readonly DerivedLink[];
}

/** What follows from a content. */
export function derive(kind: EntryKind, content: Content): Derived {
  const rules = KINDS[kind];
  const edtf = rules.when?.(content)?.edtf ?? null;
  const parsed = edtf === null ? null : parseEdtf(edtf);
  const span = parsed?.ok ? parsed.date : null;
  const links = new Map<string, DerivedLink>();
  for (const { field, item, to } of referencesOf(kind, content))
    links.set(`${field} ${item} ${to}`, { field, item, to });
  return {
    title: rules.title(content),
    slug: rules.hasSlug ? String(content.slug) : null,
    language: content.language,
    earliest: span?.earliest ?? null,
    latest: span?.latest ?? null,
    facets: rules.facets(content),
    links: [...links.values()],
  };
}
