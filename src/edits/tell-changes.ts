import type { Content, EntryKind } from '../model/entry';
import type { FieldChange } from '../model/revision';
import { changedTexts, diffContents } from '../rules/diff';
import type { Run } from '../store/database';
import { findTexts } from '../store/texts';

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/** Long texts by hash: those that an input brought along, and the kept ones. */
export async function gatherTexts(
  run: Run,
  hashes: readonly (string | null)[],
  newTexts: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const texts = new Map(newTexts);
  const kept = hashes.filter((hash): hash is string => hash !== null && !texts.has(hash));
  if (kept.length > 0) for (const { hash, body } of await findTexts(run, kept)) texts.set(hash, body);
  return texts;
}

/** What would turn one content into another, for editors, before anything is written. */
export async function tellChanges(
  run: Run,
  kind: EntryKind,
  before: Content,
  after: Content,
  newTexts: ReadonlyMap<string, string> = NO_TEXTS,
): Promise<FieldChange[]> {
  return diffContents(kind, before, after, await gatherTexts(run, changedTexts(kind, before, after), newTexts));
}
