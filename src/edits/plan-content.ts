import { type EditResult, Problem } from '../model/edit';
import type { Content } from '../model/entry';
import { sameContent } from '../rules/contents';
import { isAcceptedAtOnce } from '../rules/policy';
import type { Run } from '../store/database';
import { type LockedEntry, markSubmitted } from '../store/locks';
import type { Target } from '../store/references';
import { findContents } from '../store/revisions';
import type { Viewer } from '../store/scope';
import type { CorrectionRequest } from './correct';
import { findReferenceProblems } from './look-ups';
import type { Plan } from './plan';
import { invalid, unchanged } from './result';
import { accepted, acceptedUnderEmbargo, type Fate, giveSlug, waiting } from './write-draft';

/** Who writes, why, and how: what all parts of one write have in common. */
export interface WriteContext {
  run: Run;
  viewer: Viewer;
  summary: string | null;
  /** Leaves it for review even where the editor could accept it. */
  hold: boolean;
  /** Makes it what the public sees at once, also of an entry that it never saw. */
  publish: boolean;
  /** Puts a draft into the review queue. */
  submit: boolean;
  correction: CorrectionRequest | null;
  minor: boolean;
  /** Entries that the same write makes. */
  newcomers: readonly Target[];
}

/** A write of one entry that asks for nothing in particular. */
export const PLAIN = {
  hold: false,
  publish: false,
  submit: false,
  correction: null,
  minor: false,
  newcomers: [],
} as const;

/** The contents of revisions of an entry by number; what is out of sight is not among them. */
export async function readContents(
  run: Run,
  entry: LockedEntry,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Content>> {
  const addresses = [...new Set(numbers)].map((number) => ({ entry: entry.id, number }));
  return new Map((await findContents(run, addresses)).map(({ number, content }) => [number, content]));
}

/** That a revision's content is out of sight, so that nothing can start from it or go back to it. */
export const outOfSight = (argument: string, number: number): Problem =>
  new Problem('INVALID', `${argument}: the content of revision ${number} is out of sight.`, `/${argument}`);

/** How a new content of an entry came about. */
export interface Origin {
  base: number;
  action: 'EDIT' | 'REVERT' | 'UNDO';
  target: number | null;
  texts: ReadonlyMap<string, string>;
  /** Whether it was put on top of what others did. */
  isMerged: boolean;
  /** Contents whose references need no second look. */
  known: readonly Content[];
  /** What is wrong with it already. */
  problems: readonly Problem[];
  remarks?: readonly Problem[];
}

/** Plans a new content of a locked entry: looks at its references, and whether it changes anything. */
export async function planContent(
  context: WriteContext,
  entry: LockedEntry,
  content: Content,
  latest: Content,
  { base, action, target, texts, isMerged, known, problems: earlier, remarks }: Origin,
): Promise<Plan> {
  const { id, kind } = entry;
  const { run, viewer, summary, minor, newcomers, correction } = context;
  const problems = [...earlier, ...(await findReferenceProblems(run, { kind, content, self: id, known, newcomers }))];
  if (problems.length > 0) return invalid(id, problems);
  const addressed = await giveSlug(run, kind, content, id);
  if (sameContent(kind, addressed, latest)) return context.submit ? submitAsItIs(run, entry) : unchanged(id);
  const fate = fateOf(context, entry);
  if (correction && !(fate.public === 'THIS' && entry.state === 'PUBLISHED')) return invalid(id, [notCorrecting()]);
  return {
    draft: {
      entry: id,
      kind,
      author: viewer.user.uuid,
      was: entry,
      base,
      action,
      target,
      content,
      slugIsMade: false,
      texts,
      summary,
      minor,
      fate,
    },
    before: latest,
    outcome: isMerged ? 'MERGED' : 'SAVED',
    remarks,
    correction,
  };
}

/** Whether there is work on an entry that was accepted once which nobody has accepted yet. */
export const somethingWaits = (entry: LockedEntry): boolean => entry.accepted !== null && entry.accepted < entry.latest;

/** What becomes of an edit: accepted at once, where its editor may and nothing waits; else it waits (rules 2.1). */
export function fateOf(
  { viewer, hold, publish, submit, correction }: Omit<WriteContext, 'run' | 'summary'>,
  entry: LockedEntry,
): Fate {
  if (publish) return accepted(entry, correction !== null);
  if (!isAcceptedAtOnce(viewer, entry, hold)) return waiting(entry, submit);
  if (entry.state === 'PUBLISHED') return accepted(entry, correction !== null);
  return entry.state === 'EMBARGOED' ? acceptedUnderEmbargo(entry) : waiting(entry, submit);
}

/** Puts a draft into the review queue without a change of it. */
async function submitAsItIs(run: Run, entry: LockedEntry): Promise<EditResult> {
  if (entry.isSubmitted || entry.accepted !== null) return unchanged(entry.id);
  await markSubmitted(run, entry.id);
  return { ...unchanged(entry.id), outcome: 'SAVED' };
}

export const notCorrecting = (): Problem =>
  new Problem('INVALID', 'correction: only an edit that replaces what is public corrects it.', '/correction');
