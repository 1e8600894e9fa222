import type { Content } from '../model/entry';
import type { View } from '../model/lens';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { derivedIn, type Mention, mentionsIn, type Source, stepsOf } from './rebuild-sources';
import { findTextLinks } from './rebuild-texts';
import type { Rebuilding } from './rebuilding';

/** From which position to which (null: still) a view of an entry mentioned something. */
export interface Span {
  readonly since: bigint;
  readonly until: bigint | null;
}

/** A mention of one view with all the times it stood there, oldest first. */
export interface Remembered {
  readonly view: View;
  readonly mention: Mention;
  readonly spans: Span[];
}

/** All that an entry has ever mentioned. */
export type History = readonly Remembered[];

const keyOf = ({ field, item, to }: Mention): string => JSON.stringify([field, item, to]);

interface RevisionRow {
  number: number;
  format: number;
  content: Content;
}

// An erased revision has left nothing to tell by: what the one before it mentioned goes on through it.
const findRevisions = (run: Run, entry: string): Promise<RevisionRow[]> =>
  run<RevisionRow>(
    'rebuild-history',
    'select number, format, content from revision where entry = $1 and content is not null order by number',
    [entry],
  );

/** Lets `spans` of what is no longer mentioned end, and new ones begin. */
function advance(
  remembered: Map<string, Remembered>,
  view: View,
  mentions: readonly Mention[],
  position: bigint,
): void {
  const now = new Map(mentions.map((mention) => [keyOf(mention), mention]));
  for (const [key, { spans }] of remembered) {
    const last = spans.at(-1);
    if (last?.until === null && !now.has(key)) spans[spans.length - 1] = { since: last.since, until: position };
  }
  for (const [key, mention] of now) {
    const known = remembered.get(key) ?? { view, mention, spans: [] };
    remembered.set(key, known);
    if (known.spans.at(-1)?.until !== null) known.spans.push({ since: position, until: null });
  }
}

/** Reads what an entry has mentioned, revision by revision. Much to read: only for entries whose links are wrong. */
export async function readHistory(run: Run, rebuilding: Rebuilding, source: Source): Promise<History> {
  const revisions = await findRevisions(run, source.entry);
  const views: readonly View[] = ['LATEST', 'PUBLISHED'];
  const derived = views.map((view) => ({
    view,
    of: new Map(
      revisions.map(({ number, format, content }) => {
        const { links, texts } = derivedIn(view, source.kind, format, content);
        return [number, { links, texts }];
      }),
    ),
  }));
  const hashes = derived.flatMap(({ of }) => [...of.values()].flatMap(({ texts }) => texts.map((text) => text.hash)));
  const textLinks: ReadonlyMap<string, readonly WikiTarget[]> = await findTextLinks(run, rebuilding, new Set(hashes));
  return derived.flatMap(({ view, of }) => {
    const remembered = new Map<string, Remembered>();
    for (const { number, position } of stepsOf(view, source.ledger)) {
      const content = number === null ? { links: [], texts: [] } : of.get(number);
      if (content) advance(remembered, view, mentionsIn(content, textLinks), BigInt(position));
    }
    return [...remembered.values()];
  });
}
