import { type Content, type EntryKind } from '../model/entry';
import { LATEST_NOW, type Lens, PUBLISHED_NOW } from '../model/lens';
import type { FieldChange, RevisionRecord } from '../model/revision';
import { emptyContent, referencesOf, visibleContent } from '../rules/contents';
import { changedTexts, diffContents } from '../rules/diff';
import type { Scope } from '../store/scope';
import { isNewsroom } from './entries';

/** Contents as this viewer may see them through a lens; references are looked up for both at once. */
async function visibleContents(scope: Scope, lens: Lens, kind: EntryKind, contents: readonly Content[]) {
  if (lens.view === 'LATEST') return contents;
  const ids = new Set(contents.flatMap((content) => [...referencesOf(kind, content)].map((reference) => reference.to)));
  const sight = await scope.loaders.sight(lens, ids);
  return contents.map((content) => visibleContent(kind, content, sight, isNewsroom(scope)));
}

/**
 * What a revision changed against the one below it in its lens; nothing where its content is out of sight. What the viewer may not see was not there before and is
 * not there after.
 */
export const changesOf = async (scope: Scope, record: RevisionRecord, lens: Lens): Promise<FieldChange[]> =>
  record.hiddenReason === null ? differences(scope, lens, record, record.comparedTo, record.number) : [];

/** What turned one revision of an entry into another, as this viewer may see them through a lens; null is before the first. */
export async function differences(
  scope: Scope,
  lens: Lens,
  { entryId: entry, kind }: Pick<RevisionRecord, 'entryId' | 'kind'>,
  from: number | null,
  to: number,
): Promise<FieldChange[]> {
  const load = async (of: number | null): Promise<Content> =>
    (of === null ? null : await scope.loaders.contents.load({ entry, number: of })) ?? emptyContent(kind);
  const kept = await Promise.all([load(from), load(to)]);
  const [before, after] = (await visibleContents(scope, lens, kind, kept)) as [Content, Content];
  const hashes = changedTexts(kind, before, after);
  const bodies = await Promise.all(hashes.map((hash) => scope.loaders.texts.load(hash)));
  const texts = new Map(hashes.map((hash, index) => [hash, bodies[index] ?? '']));
  return diffContents(kind, before, after, texts);
}

/** What a write did, read from what it wrote: against its parent, or for an acceptance against what was public. */
export async function changesWritten(
  scope: Scope,
  entry: string,
  number: number,
  what: 'written' | 'accepted',
): Promise<FieldChange[]> {
  const lens = what === 'written' ? LATEST_NOW : PUBLISHED_NOW;
  const record = await scope.loaders.revisions(lens).load({ entry, number });
  // Its references are told as the newsroom sees them, whatever the lens that finds its parent.
  return record ? changesOf(scope, record, LATEST_NOW) : [];
}
