import { warning } from '../model/edit';
import type { Content } from '../model/entry';
import { sameContent } from '../rules/contents';
import type { LockedEntry } from '../store/locks';
import { findAuthorship } from '../store/revisions';
import { describeConflict } from './conflicts';
import { notCorrecting, outOfSight, planContent, readContents, type WriteContext } from './plan-content';
import { type ReadEdit } from './read-edit';
import { findUnknownItems } from './look-ups';
import { mergeEdit } from './merge-edit';
import { isWrite, type Plan } from './plan';
import { NO_DECISIONS } from './resolve';
import { conflicting, invalid } from './result';
import { tellChanges } from './tell-changes';
import { accepted, type Draft, numberOf, waiting } from './write-draft';

/**
 * Plans the urgent correction past waiting work (rules 2.2): the edit is put on what was accepted, and is public at once;
 * what waited is put on top of it again, as a revision that waits, and its old revisions are SUPERSEDED. Where it does not
 * fit any more, it stays in the history.
 */
export async function planUrgent(context: WriteContext, entry: LockedEntry, read: ReadEdit): Promise<Plan> {
  const { run } = context;
  const { kind, edit, given, reading, decisions } = read;
  // What was accepted since without being shown is the same content, and may be out of sight.
  const standing = entry.published as number;
  const contents = await readContents(run, entry, [edit.baseRevision, standing, entry.latest]);
  const [base, seen] = [contents.get(edit.baseRevision), contents.get(standing) as Content];
  if (!base) return invalid(entry.id, [outOfSight('baseRevision', edit.baseRevision)]);
  const isStale = edit.baseRevision !== standing;
  const manner = { decisions, failing: edit.onConflict === 'FAIL' };
  const merge = await mergeEdit(run, kind, { base, latest: seen, isStale }, given, reading, manner);
  if (!merge.content)
    return conflicting(entry.id, await describeConflict(run, entry, edit.baseRevision, merge, reading.texts));
  const problems = [
    ...reading.problems,
    ...decisions.problemsOfUnused(),
    ...(await findUnknownItems(run, entry.id, reading, [base, seen])),
  ];
  const plan = await planContent({ ...context, correction: null }, entry, merge.content, seen, {
    base: edit.baseRevision,
    action: 'EDIT',
    target: null,
    texts: reading.texts,
    isMerged: isStale,
    known: [seen],
    problems,
  });
  if (!isWrite(plan)) return plan;
  const { correction } = context;
  if (correction && entry.state !== 'PUBLISHED') return invalid(entry.id, [notCorrecting()]);
  plan.draft.fate = { ...accepted(entry, correction !== null), dismiss: { as: 'SUPERSEDED', note: null } };
  const again = await putOnTop(context, entry, read, plan.draft, seen, contents.get(entry.latest) as Content);
  const changes = await tellChanges(run, kind, seen, plan.draft.content, plan.draft.texts);
  const remarks = again === null ? [superseded(entry)] : [];
  return { ...plan, correction, isUrgent: true, onTop: again, changes, remarks };
}

const superseded = (entry: LockedEntry) =>
  warning(
    'CONFLICT',
    `What waited (up to revision ${entry.latest}) does not fit on this any more; it stays in the history as superseded.`,
    null,
    entry.id,
  );

/** The work that waited, on top of what is published now; undefined where nothing of it is left, null where it conflicts. */
async function putOnTop(
  { run }: WriteContext,
  entry: LockedEntry,
  { kind, reading }: ReadEdit,
  urgent: Draft,
  seen: Content,
  waited: Content,
): Promise<Draft | null | undefined> {
  const standpoints = { base: seen, latest: urgent.content, isStale: true };
  const texts = { ...reading, problems: [], texts: new Map(reading.texts) };
  const merge = await mergeEdit(run, kind, standpoints, waited, texts, { decisions: NO_DECISIONS, failing: false });
  if (!merge.content) return null;
  if (sameContent(kind, merge.content, urgent.content)) return undefined;
  const number = numberOf(urgent);
  const was = { latest: number, published: number, accepted: number, state: 'PUBLISHED', embargoUntil: null } as const;
  const { author, summary, minor } = await findAuthorship(run, entry.id, entry.latest);
  // The texts of both are kept together, before the position lock.
  for (const [hash, body] of texts.texts) (urgent.texts as Map<string, string>).set(hash, body);
  return {
    ...urgent,
    author,
    summary,
    minor,
    was,
    base: entry.latest,
    action: 'EDIT',
    content: merge.content,
    fate: waiting(was),
  };
}
