import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Content, EntryKind } from '../model/entry';
import { isVerbatim } from '../rules/checks';
import { foldText, standsIn } from '../rules/quotes';
import type { Run } from '../store/database';
import { findKeptDocuments, type KeptDocument } from '../store/facts';
import { findTexts } from '../store/texts';
import { TryAgain } from '../store/transaction';

/** A content that is to be public, and the one that it takes the place of. */
export interface Replacing {
  entry: string;
  kind: EntryKind;
  content: Content;
  before: Content | null;
}

const WORDS = ['quote', 'quoteKind', 'document'] as const;

/** Whether the words of a citation have to be looked for: they are said to be a document's own, and are new in public. */
export const isQuoting = ({ kind, content, before }: Replacing): boolean =>
  kind === 'CITATION' && isVerbatim(content) && WORDS.some((field) => content[field] !== before?.[field]);

const quotingIn = (writes: readonly Replacing[]): Content[] => writes.filter(isQuoting).map(({ content }) => content);

/** Which words stand in which texts: found before the position lock is taken, used under it (rules 4.1). */
export type FoundQuotes = ReadonlyMap<string, boolean>;

const keyOf = (text: string, quote: unknown): string => `${text} ${String(quote)}`;

/** Where the words of citations should stand. */
export interface Sources {
  /** As the write makes it, else as it is; null for one that is nowhere. */
  documentOf(citation: Content): KeptDocument | null;
}

const sourcesOf = (kept: readonly KeptDocument[], writes: readonly Replacing[]): Sources => {
  const known = new Map(kept.map((document) => [document.asked, document]));
  const written = new Map(
    writes.filter(({ kind }) => kind === 'DOCUMENT').map(({ entry, content }) => [entry, content]),
  );
  return {
    documentOf: ({ document }) => {
      const asked = String(document);
      const standing = known.get(asked) ?? null;
      const entry = standing?.entry ?? asked;
      const content = written.get(entry);
      if (!content) return standing;
      return { asked, entry, title: String(content.title), text: content.keptText as string | null };
    },
  };
};

const findKept = async (run: Run, citations: readonly Content[]): Promise<KeptDocument[]> =>
  citations.length > 0 ? findKeptDocuments(run, [...new Set(citations.map(({ document }) => String(document)))]) : [];

/** The sources of what is to be public; a statement, if words have to stand anywhere. */
export const findSources = async (run: Run, writes: readonly Replacing[]): Promise<Sources> =>
  sourcesOf(await findKept(run, quotingIn(writes)), writes);

/**
 * Looks for the words of citations that are to be public in the texts of their documents, each text read once and one at a
 * time: as the write makes them, and as they are, for what the write makes of a document may be held back.
 *
 * @param texts long texts that are not kept yet, by hash.
 */
export async function searchQuotes(
  run: Run,
  writes: readonly Replacing[],
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<FoundQuotes> {
  const found = new Map<string, boolean>();
  const citations = quotingIn(writes);
  const kept = await findKept(run, citations);
  const wanted = new Map<string, Set<string>>();
  for (const sources of [sourcesOf(kept, writes), sourcesOf(kept, [])])
    for (const citation of citations) {
      const text = sources.documentOf(citation)?.text;
      if (text) wanted.set(text, (wanted.get(text) ?? new Set()).add(String(citation.quote)));
    }
  for (const [hash, quotes] of wanted) {
    const body = texts.get(hash) ?? (await findTexts(run, [hash]))[0]?.body ?? '';
    await nextTurn();
    const folded = foldText(body);
    for (const quote of quotes) found.set(keyOf(hash, quote), standsIn(quote, folded));
  }
  return found;
}

/**
 * The document in whose kept text a citation's words do not stand; null where they do, or none is kept.
 *
 * @throws TryAgain where the text is another one by now, which nobody has looked into.
 */
export function misquotedIn(sources: Sources, found: FoundQuotes, citation: Content): KeptDocument | null {
  const document = sources.documentOf(citation);
  if (!document?.text) return null;
  const stands = found.get(keyOf(document.text, citation.quote));
  if (stands === undefined) throw new TryAgain('the text that is kept of a document has changed meanwhile');
  return stands ? null : document;
}
