import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry } from '../model/entry';
import { type Lens, lensKey } from '../model/lens';
import { linkingTexts, notesIn } from '../rules/derive';
import { renderMarkdown, type ResolvedLink, type WikiTarget, wikiTargetsIn } from '../rules/markdown';
import type { AskedBy } from '../store/entries';
import type { Scope } from '../store/scope';

/** Addresses of entries in rendered text, relative to the frontend that shows it: /actor/hugo-carvajal, /claim/{id}. */
export const hrefOf = ({ kind, slug, id }: Pick<Entry, 'kind' | 'slug' | 'id'>): string =>
  `/${kind.toLowerCase()}/${slug ?? id}`;

type Links = ReadonlyMap<string, ResolvedLink>;

async function findLinks(scope: Scope, lens: Lens, targets: readonly WikiTarget[], by?: AskedBy): Promise<Links> {
  const loader = scope.loaders.wikiTargets(lens, by);
  const records = await Promise.all(targets.map((target) => loader.load(target)));
  return new Map(
    targets.flatMap(({ kind, target }, index) => {
      const record = records[index];
      return record ? [[`${kind}:${target}`, { id: record.id, href: hrefOf(record), title: record.title }]] : [];
    }),
  );
}

/** Renders a text once a request, however often it is asked for; others have a turn before a long one. */
const render = (scope: Scope, lens: Lens, links: Promise<Links>, text: string, by: AskedBy): Promise<string> =>
  scope.loaders.once(`html ${by} ${lensKey(lens)} ${text}`, async () => {
    scope.spendText(text.length);
    const found = await links;
    await nextTurn();
    // To the public, what is not there and what it may not see are the same plain text.
    const missing = lens.view === 'PUBLISHED' ? 'plain' : 'wanted';
    return renderMarkdown(text, ({ kind, target }) => found.get(`${kind}:${target}`) ?? missing);
  });

/** A text that somebody brings as safe HTML, wiki links resolved through the lens. */
export const toHtml = (scope: Scope, lens: Lens, text: string): Promise<string> =>
  render(scope, lens, findLinks(scope, lens, wikiTargetsIn(text), 'NAME'), text, 'NAME');

/**
 * Where all the texts of an entry lead. Looked up for all of them together, at the first that is rendered: else body and
 * notes, which arrive one after the other, would each cost a statement.
 */
const linksOf = (scope: Scope, { id, kind, content, lens, revisionNumber }: Entry): Promise<Links> =>
  scope.loaders.once(`links ${lensKey(lens)} ${id} ${revisionNumber}`, async () => {
    const hashes = linkingTexts(kind, content).map(({ hash }) => hash);
    const bodies = await Promise.all(hashes.map((hash) => scope.loaders.texts.load(hash)));
    const texts = [...bodies.map((body) => body ?? ''), ...notesIn(kind, content).map(({ text }) => text)];
    scope.spendText(texts.reduce((sum, text) => sum + text.length, 0));
    return findLinks(scope, lens, texts.flatMap(wikiTargetsIn));
  });

/** One of an entry's texts as safe HTML, wiki links resolved through its lens. */
export async function entryHtml(scope: Scope, entry: Entry, text: Promise<string | null>): Promise<string | null> {
  const links = linksOf(scope, entry);
  const [written] = await Promise.all([text, links]);
  return written === null ? null : render(scope, entry.lens, links, written, 'REFERENCE');
}
