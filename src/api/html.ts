import type { Entry } from '../model/entry';
import type { Lens } from '../model/lens';
import { linkingTexts, notesIn } from '../rules/derive';
import { renderMarkdown, type ResolvedLink, type WikiTarget, wikiTargetsIn } from '../rules/markdown';
import type { Scope } from '../store/scope';

/** Addresses of entries in rendered text, relative to the frontend that shows it: /actor/hugo-carvajal, /claim/{id}. */
export const hrefOf = ({ kind, slug, id }: Pick<Entry, 'kind' | 'slug' | 'id'>): string =>
  `/${kind.toLowerCase()}/${slug ?? id}`;

type Links = ReadonlyMap<string, ResolvedLink>;

async function findLinks(scope: Scope, lens: Lens, targets: readonly WikiTarget[]): Promise<Links> {
  const loader = scope.loaders.wikiTargets(lens);
  const records = await Promise.all(targets.map((target) => loader.load(target)));
  return new Map(
    targets.flatMap(({ kind, target }, index) => {
      const record = records[index];
      return record ? [[`${kind}:${target}`, { id: record.id, href: hrefOf(record), title: record.title }]] : [];
    }),
  );
}

const render = (lens: Lens, links: Links, text: string): string => {
  // To the public, what is not there and what it may not see are the same plain text.
  const missing = lens.view === 'PUBLISHED' ? 'plain' : 'wanted';
  return renderMarkdown(text, ({ kind, target }) => links.get(`${kind}:${target}`) ?? missing);
};

/** A text by itself as safe HTML, wiki links resolved through the lens. */
export const toHtml = async (scope: Scope, lens: Lens, text: string): Promise<string> =>
  render(lens, await findLinks(scope, lens, wikiTargetsIn(text)), text);

const linksOfEntries = new WeakMap<Entry, Promise<Links>>();

/**
 * Where all the texts of an entry lead. Looked up for all of them together, at the first that is rendered: else body and
 * notes, which arrive one after the other, would each cost a statement.
 */
function linksOf(scope: Scope, entry: Entry): Promise<Links> {
  const known = linksOfEntries.get(entry);
  if (known) return known;
  const hashes = linkingTexts(entry.kind, entry.content).map(({ hash }) => hash);
  const links = Promise.all(hashes.map((hash) => scope.loaders.texts.load(hash))).then((bodies) => {
    const texts = [...bodies.map((body) => body ?? ''), ...notesIn(entry.kind, entry.content).map(({ text }) => text)];
    return findLinks(scope, entry.lens, texts.flatMap(wikiTargetsIn));
  });
  linksOfEntries.set(entry, links);
  return links;
}

/** One of an entry's texts as safe HTML, wiki links resolved through its lens. */
export async function entryHtml(scope: Scope, entry: Entry, text: Promise<string | null>): Promise<string | null> {
  const [links, written] = await Promise.all([linksOf(scope, entry), text]);
  return written === null ? null : render(entry.lens, links, written);
}
