import { sha256 } from '../base/hash';
import { invariant } from '../base/invariant';
import { Problem } from '../model/edit';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { View } from '../model/lens';
import type { RevisionAction } from '../model/revision';
import { derive, publicPart } from '../rules/derive';
import { KINDS } from '../rules/kinds';
import { slugFrom } from '../rules/slugs';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import type { Viewer } from '../store/scope';
import { findFreeSlug, findSlugHolders } from '../store/slugs';
import { TryAgain } from '../store/transaction';
import type { EntryWrite, Showing } from '../store/write';
import { cyclesIn, findPaths, type Shown } from './look-ups';

/** How an entry stands once a draft is written. */
export interface Fate {
  state: EntryState;
  isAccepted: boolean;
  /** What the public sees from now on: what it saw, this revision, another one, or nothing any more. */
  public: 'AS_BEFORE' | 'THIS' | 'NOTHING' | { readonly number: number; readonly content: Content };
  change: EntryWrite['change'];
  /** With state EMBARGOED. */
  embargoUntil: Date | null;
  /** Whether it is put into the review queue, or taken out; null leaves that as it is. */
  isSubmitted: boolean | null;
  /** What becomes of revisions that waited, where they are not accepted with it. */
  dismiss?: EntryWrite['dismiss'];
}

/** How an entry stood when it was locked. */
export interface Standing {
  latest: number;
  published: number | null;
  accepted: number | null;
  state: EntryState;
  embargoUntil: Date | null;
}

/** A content that is about to become a revision. */
export interface Draft {
  entry: string;
  kind: EntryKind;
  author: string;
  /** The locked row; null for a new entry. */
  was: Standing | null;
  base: number | null;
  action: RevisionAction;
  /** The revision that it restores or undoes. */
  target: number | null;
  content: Content;
  /** Whether its slug was made of its title already, and so may be made anew where it is taken meanwhile. */
  slugIsMade: boolean;
  /** Long texts that the content may be the first to hold. */
  texts: ReadonlyMap<string, string>;
  summary: string | null;
  minor: boolean;
  fate: Fate;
}

/** A draft, and the content that it follows; null for a new entry. */
interface PlannedDraft {
  readonly draft: Draft;
  readonly before: Content | null;
}

/** It waits for an editor, or stays a draft. */
export const waiting = (was: Standing | null, submit = false): Fate => ({
  state: was?.state ?? 'DRAFT',
  isAccepted: false,
  public: 'AS_BEFORE',
  change: { kind: was ? 'EDITED' : 'CREATED', publicKind: null },
  embargoUntil: was?.embargoUntil ?? null,
  isSubmitted: submit || null,
});

/** It is what the public sees from now on. */
export const accepted = (was: Standing | null, isCorrection = false): Fate => {
  const edited = isCorrection ? 'CORRECTED' : 'EDITED';
  return {
    state: 'PUBLISHED',
    isAccepted: true,
    public: 'THIS',
    change: { kind: was ? edited : 'CREATED', publicKind: was?.state === 'PUBLISHED' ? edited : 'PUBLISHED' },
    embargoUntil: null,
    isSubmitted: false,
  };
};

/** It is what the public is to see when the embargo ends. */
export const acceptedUnderEmbargo = (was: Standing): Fate => ({
  ...waiting(was),
  isAccepted: true,
  isSubmitted: false,
});

/** A revision that an act on an entry as a whole makes: what its author wrote themselves is no part of it. */
export const standingDraft = (
  viewer: Viewer,
  summary: string | null,
  entry: LockedEntry,
  content: Content,
  how: Pick<Draft, 'action' | 'base' | 'fate'>,
): Draft => ({
  ...how,
  entry: entry.id,
  kind: entry.kind,
  author: viewer.user.uuid,
  was: entry,
  target: null,
  content,
  slugIsMade: false,
  texts: new Map(),
  summary,
  minor: false,
});

/** The number that a draft will have. */
export const numberOf = ({ was }: Pick<Draft, 'was'>): number => (was?.latest ?? 0) + 1;

/** Addresses that the drafts of one write take, each by kind and slug. */
export type TakenSlugs = Map<string, string>;

/** A content with an address: where nobody chose one, the first free one made of the title. */
export async function giveSlug(
  run: Run,
  kind: EntryKind,
  content: Content,
  entry: string,
  taken: TakenSlugs = new Map(),
): Promise<Content> {
  if (!KINDS[kind].hasSlug || content.slug !== '') return content;
  const isTaken = (slug: string): boolean => (taken.get(`${kind}:${slug}`) ?? entry) !== entry;
  return { ...content, slug: await findFreeSlug(run, kind, slugFrom(KINDS[kind].title(content)), entry, isTaken) };
}

/** Keeps the address that a content brings along from being made for another one. Who comes first keeps it. */
export function reserveSlug(
  taken: TakenSlugs,
  { kind, entry, content }: { kind: EntryKind; entry: string; content: Partial<Content> },
): void {
  const key = `${kind}:${String(content.slug)}`;
  if (KINDS[kind].hasSlug && content.slug && !taken.has(key)) taken.set(key, entry);
}

/** Gives each draft an address, where nobody chose one; one that somebody chose must be free. */
async function settleSlugs(run: Run, plans: readonly PlannedDraft[]): Promise<Problem[][]> {
  // What is chosen already is nobody else's, wherever it stands in the write.
  const taken: TakenSlugs = new Map();
  for (const { draft } of plans) reserveSlug(taken, draft);
  const wanted = plans.flatMap(({ draft: { kind, content } }) =>
    KINDS[kind].hasSlug && content.slug ? [{ kind, slug: String(content.slug) }] : [],
  );
  const holders = await findSlugHolders(run, wanted);
  const problems: Problem[][] = [];
  for (const { draft, before } of plans) {
    const { kind, entry, content } = draft;
    const key = `${kind}:${String(content.slug)}`;
    const isNew = KINDS[kind].hasSlug && content.slug !== '' && content.slug !== before?.slug;
    const problem = isNew ? slugProblemOf(draft, taken.get(key) ?? entry, holders.get(key) ?? entry) : null;
    problems.push(problem ? [problem] : []);
    draft.content = await giveSlug(run, kind, content, entry, taken);
    reserveSlug(taken, draft);
  }
  return problems;
}

/** That an address is another's: of the same write, or of one that is there. */
function slugProblemOf({ entry, content, slugIsMade }: Draft, inWrite: string, holder: string): Problem | null {
  const slug = String(content.slug);
  const taken = (by: string | null): Problem =>
    new Problem('SLUG_TAKEN', `The slug ${slug} is another entry's.`, '/slug', by);
  if (inWrite !== entry) return taken(null);
  if (holder === entry) return null;
  if (slugIsMade) throw new TryAgain(`the slug ${slug} was taken meanwhile`);
  return taken(holder);
}

/** What the views are to show of a draft's entry, where that changes. */
const shownOf = ({ kind, entry, content, fate }: Draft): Shown[] => {
  const shown = (view: View, of: Content): Shown => ({ kind, entry, view, content: of });
  if (fate.public === 'THIS') return [shown('LATEST', content), shown('PUBLISHED', content)];
  if (typeof fate.public === 'object') return [shown('LATEST', content), shown('PUBLISHED', fate.public.content)];
  return [shown('LATEST', content)];
};

/**
 * What can only be known for sure while nobody else writes: that slugs are free, and that no circle is closed. Gives each
 * draft its slug.
 *
 * @returns the problems of each draft, in their order.
 */
export async function findLateProblems(run: Run, plans: readonly PlannedDraft[]): Promise<Problem[][]> {
  const problems = await settleSlugs(run, plans);
  const all = plans.map(({ draft }) => shownOf(draft));
  // Nothing can refer to a new entry yet but what is written with it.
  if (plans.length === 1 && !plans[0]?.draft.was) return problems;
  const paths = await findPaths(run, all.flat());
  return problems.map((found, index) => [...found, ...cyclesIn(paths, all[index] ?? [])]);
}

/** What a view is to show of a content. */
export function showingOf(view: View, kind: EntryKind, revision: number, content: Content): Showing {
  const derived = derive(kind, content);
  return {
    view,
    revision,
    format: KINDS[kind].format,
    content,
    derived: view === 'PUBLISHED' ? publicPart(kind, derived) : derived,
  };
}

/** Number of what the public sees, saw last, or is to see: a revision that is accepted without changing that leaves it. */
function publishedBy(draft: Draft): number | null {
  const { fate, was } = draft;
  const isShown = fate.public === 'THIS' || (fate.isAccepted && fate.state === 'EMBARGOED');
  return isShown ? numberOf(draft) : (was?.published ?? null);
}

/** The draft as the store writes it. */
export function toEntryWrite(draft: Draft): EntryWrite {
  const { entry, kind, author, was, content, fate } = draft;
  const number = numberOf(draft);
  const showings = [showingOf('LATEST', kind, number, content)];
  if (fate.public === 'THIS') showings.push(showingOf('PUBLISHED', kind, number, content));
  if (typeof fate.public === 'object')
    showings.push(showingOf('PUBLISHED', kind, fate.public.number, fate.public.content));
  invariant(was !== null || fate.public !== 'NOTHING', 'a new entry was never public');
  return {
    entry,
    kind,
    author,
    was: was && { latest: was.latest, published: was.published, accepted: was.accepted },
    revision: {
      number,
      parent: was?.latest ?? null,
      base: draft.base,
      action: draft.action,
      target: draft.target,
      summary: draft.summary,
      minor: draft.minor,
      format: KINDS[kind].format,
      content,
      hash: sha256(JSON.stringify(content)),
    },
    accept: fate.isAccepted ? { upTo: number, note: null } : null,
    dismiss: fate.dismiss ?? null,
    state: fate.state,
    embargoUntil: fate.embargoUntil,
    isSubmitted: fate.isSubmitted,
    latest: number,
    published: publishedBy(draft),
    accepted: fate.isAccepted ? number : (was?.accepted ?? null),
    change: fate.change,
    showings,
    leavesPublic: fate.public === 'NOTHING',
  };
}
