import { sha256 } from '../base/hash';
import { invariant } from '../base/invariant';
import type { MergePart } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { checkMerged, sameContent, sameField, settle, settleGiven } from '../rules/contents';
import type { FieldRule, FieldRules, Reading } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import { mergeContents } from '../rules/merge';
import { decided, type FieldConflict, type Versions } from '../rules/merge-items';
import type { TextMerge } from '../rules/text-merge';
import type { Run } from '../store/database';
import type { Decisions } from './resolve';
import { gatherTexts } from './tell-changes';
import { mergeTextsAside } from './text-merger';
import { asWritten } from './written-ids';

/** What an edit starts from, and what it is put on. */
export interface Standpoints {
  base: Content;
  latest: Content;
  /** Whether others have written since. */
  isStale: boolean;
}

/** How an edit wants its conflicts handled. */
export interface Manner {
  decisions: Decisions;
  /** Refuses to merge: every given field is the editor's to look at. */
  failing: boolean;
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

/** The fields that an edit changes, as conflicts: for editors who would rather look themselves. */
function givenConflicts(kind: EntryKind, { base, latest }: Standpoints, given: Partial<Content>): FieldConflict[] {
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
    mine: (Object.hasOwn(given, name) ? given[name] : base[name]) ?? null,
    theirs: latest[name] ?? null,
  }));
}

/** Puts what was decided about whole fields into a merged content; tells what nothing was decided about. */
function applyDecisions(content: Content, conflicts: readonly FieldConflict[], { decisions }: Manner) {
  const open: FieldConflict[] = [];
  const settled: Content = { ...content };
  for (const conflict of conflicts) {
    // What was decided where the merge asked has had its effect: taking the whole field now would lose what merged.
    if (decisions.wasUsed(conflict.path)) continue;
    const decision = decisions.decide(conflict.path);
    if (decision) settled[conflict.path[0] as string] = decided(decision, conflict);
    else open.push(conflict);
  }
  return { settled, open };
}

/** Gives what long texts come to, by their hashes; notes it, or the parts of those that cannot agree. */
const textMerger =
  (merges: ReadonlyMap<string, TextMerge>, parts: Map<string, readonly MergePart[]>, reading: Reading) =>
  (versions: Versions<string>): string | null => {
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

/**
 * Puts an edit on the latest content. What merges is looked at like an input: what would be a problem of an edit's own is a
 * conflict where it comes of the merge. What the editor decided settles what conflicts, field by field.
 */
export async function mergeEdit(
  run: Run,
  kind: EntryKind,
  standpoints: Standpoints,
  edited: Partial<Content>,
  reading: Reading,
  manner: Manner,
): Promise<EditMerge> {
  const { base, latest, isStale } = standpoints;
  const given = settleGiven(kind, base, await asWritten(run, kind, base, edited));
  const merges = await mergeAhead(run, isStale ? textsToMerge(kind, base, latest, given) : [], reading.texts);
  const parts = new Map<string, readonly MergePart[]>();
  const help = { mergeText: textMerger(merges, parts, reading), decide: manner.decisions.decide };
  const merge = mergeContents(kind, base, latest, given, help);
  if (!merge.content) return refused(merge.conflicts, parts);
  if (!isStale) return { content: settle(kind, merge.content, reading), conflicts: null };

  const unmerged =
    manner.failing && !sameContent(kind, merge.content, latest) ? givenConflicts(kind, standpoints, given) : [];
  const { settled, open } = applyDecisions(merge.content, unmerged, manner);
  const refusing = open.filter(({ path }) => !manner.decisions.speaksOf(path[0] as string));
  return refusing.length > 0 ? refused(refusing) : settleMerged(kind, settled, standpoints, given, reading, manner);
}

/** Looks at a merged content as at an input; what was decided about fields that fail takes the place of what merged. */
function settleMerged(
  kind: EntryKind,
  merged: Content,
  standpoints: Standpoints,
  given: Partial<Content>,
  reading: Reading,
  manner: Manner,
): EditMerge {
  const look = (content: Content): Content => {
    reading.problems.length = 0;
    const settled = settle(kind, content, reading);
    checkMerged(kind, settled, reading);
    return settled;
  };
  const content = look(merged);
  if (reading.problems.length === 0) return { content, conflicts: null };
  const { settled, open } = applyDecisions(content, conflictsOf(reading, standpoints, given), manner);
  if (open.length > 0) return refused(open);
  const decidedContent = look(settled);
  if (reading.problems.length === 0) return { content: decidedContent, conflicts: null };
  return refused(conflictsOf(reading, standpoints, given));
}

const toPart = (part: Partial<MergePart>): MergePart => ({
  merged: part.merged ?? null,
  base: part.base ?? null,
  mine: part.mine ?? null,
  theirs: part.theirs ?? null,
});
