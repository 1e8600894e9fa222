import { sha256 } from '../base/hash';
import { invariant } from '../base/invariant';
import type { MergePart } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { checkMerged, sameField, settle, settleGiven } from '../rules/contents';
import type { FieldRule, FieldRules, Reading } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import { mergeContents } from '../rules/merge';
import type { FieldConflict, Versions } from '../rules/merge-items';
import type { TextMerge } from '../rules/text-merge';
import type { Run } from '../store/database';
import { gatherTexts } from './tell-changes';
import { mergeTextsAside } from './text-merger';

/** What an edit starts from, and what it is put on. */
export interface Standpoints {
  base: Content;
  latest: Content;
  /** Whether others have written since. */
  isStale: boolean;
}

/** What an edit comes to: a content, or where it cannot be put on what others did. */
export type EditMerge =
  | { content: Content; conflicts: null }
  | { content: null; conflicts: readonly FieldConflict[]; parts: ReadonlyMap<string, readonly MergePart[]> };

const isOfThree = (versions: Versions): versions is Versions<string> =>
  Object.values(versions).every((hash) => typeof hash === 'string') && new Set(Object.values(versions)).size === 3;

/** Long texts that all three sides have differently: only these have to be read for a merge. */
const textsToMerge = (kind: EntryKind, base: Content, latest: Content, mine: Partial<Content>): Versions<string>[] =>
  Object.entries(KINDS[kind].fields as FieldRules)
    .filter(([, rule]) => rule.shape === 'text')
    .map(([name]): Versions => ({ base: base[name], mine: mine[name], theirs: latest[name] }))
    .filter(isOfThree);

const keyOf = ({ base, mine, theirs }: Versions<string>): string => [base, mine, theirs].join();

/** What long texts come to, by their hashes: merged ahead, for that may take a while and `mergeContents` does not wait. */
async function mergeAhead(
  run: Run,
  toMerge: readonly Versions<string>[],
  newTexts: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, TextMerge>> {
  const texts = await gatherTexts(
    run,
    toMerge.flatMap(({ base, mine, theirs }) => [base, mine, theirs]),
    newTexts,
  );
  const textOf = (hash: string): string => texts.get(hash) ?? '';
  const merges = new Map<string, TextMerge>();
  for (const versions of toMerge) {
    const { base, mine, theirs } = versions;
    merges.set(keyOf(versions), await mergeTextsAside(textOf(base), textOf(mine), textOf(theirs)));
  }
  return merges;
}

const refused = (
  conflicts: readonly FieldConflict[],
  parts: Map<string, readonly MergePart[]> = new Map(),
): EditMerge => ({
  content: null,
  conflicts,
  parts,
});

/** The fields that an edit gives, as conflicts: for editors who would rather look themselves. */
export function givenConflicts(
  kind: EntryKind,
  { base, latest }: Standpoints,
  given: Partial<Content>,
): FieldConflict[] {
  return Object.entries(given)
    .filter(([name, mine]) => !sameField((KINDS[kind].fields as FieldRules)[name] as FieldRule, mine, base[name]))
    .map(([name, mine]) => ({ path: [name], base: base[name], mine, theirs: latest[name] }));
}

/** Problems of a merged content, as conflicts of the fields that they speak of (rules 4.3). */
function conflictsOf(reading: Reading, { base, latest }: Standpoints, given: Partial<Content>): FieldConflict[] {
  const fields = new Set(reading.problems.map((problem) => problem.path?.split('/')[1] ?? ''));
  return [...fields].map((name) => ({
    path: [name],
    base: base[name] ?? null,
    mine: given[name] ?? base[name] ?? null,
    theirs: latest[name] ?? null,
  }));
}

/**
 * Puts an edit on the latest content. What merges is looked at like an input: what would be a problem of an edit's own is a
 * conflict where it comes of the merge.
 */
export async function mergeEdit(
  run: Run,
  kind: EntryKind,
  standpoints: Standpoints,
  edited: Partial<Content>,
  reading: Reading,
): Promise<EditMerge> {
  const { base, latest, isStale } = standpoints;
  const given = settleGiven(kind, base, edited);
  const merges = await mergeAhead(run, isStale ? textsToMerge(kind, base, latest, given) : [], reading.texts);
  const parts = new Map<string, readonly MergePart[]>();
  const mergeText = (versions: Versions<string>): string | null => {
    const merge = merges.get(keyOf(versions));
    invariant(merge, 'a text that all three sides have differently was merged ahead');
    if (merge.merged === null) {
      parts.set(versions.mine, merge.parts.map(toPart));
      return null;
    }
    const hash = sha256(merge.merged);
    reading.texts.set(hash, merge.merged);
    return hash;
  };
  const merge = mergeContents(kind, base, latest, given, mergeText);
  if (!merge.content) return refused(merge.conflicts, parts);
  const content = settle(kind, merge.content, reading);
  if (isStale) checkMerged(kind, content, reading);
  if (isStale && reading.problems.length > 0) return refused(conflictsOf(reading, standpoints, given));
  return { content, conflicts: null };
}

const toPart = (part: Partial<MergePart>): MergePart => ({
  merged: part.merged ?? null,
  base: part.base ?? null,
  mine: part.mine ?? null,
  theirs: part.theirs ?? null,
});
