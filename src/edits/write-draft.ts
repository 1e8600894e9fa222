import { invariant } from '../base/invariant';
import { sha256 } from '../base/hash';
import { Problem } from '../model/edit';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { RevisionAction } from '../model/revision';
import { derive, publicPart } from '../rules/derive';
import { KINDS } from '../rules/kinds';
import { slugFrom } from '../rules/slugs';
import type { Run } from '../store/database';
import { lockPosition } from '../store/locks';
import { findFreeSlug, findSlugHolder } from '../store/slugs';
import { type EntryWrite, keepTexts, type Showing, writeEntries } from '../store/write';
import { findCycles } from './look-ups';

/** A content that is about to become a revision. */
export interface Draft {
  entry: string;
  kind: EntryKind;
  author: string;
  /** The locked row; null for a new entry. */
  was: { latest: number; published: number | null; state: EntryState } | null;
  base: number | null;
  action: RevisionAction;
  content: Content;
  /** Long texts that the content may be the first to hold. */
  texts: ReadonlyMap<string, string>;
  summary: string | null;
  minor: boolean;
  /** Whether it is what the public sees from now on. */
  accepted: boolean;
}

/** Whether two contents answer to the same slug; a slug that is still to be made of the title answers to none. */
const keepsSlug = (draft: Draft, before: Content | null): boolean =>
  before !== null && draft.content.slug !== '' && draft.content.slug === before.slug;

/** A content with an address: where nobody chose one, the first free one made of the title. */
export async function giveSlug(run: Run, kind: EntryKind, content: Content, entry: string): Promise<Content> {
  if (!KINDS[kind].hasSlug || content.slug !== '') return content;
  return { ...content, slug: await findFreeSlug(run, kind, slugFrom(KINDS[kind].title(content)), entry) };
}

/** Gives the draft an address, where nobody chose one; one that somebody chose must be free. */
async function settleSlug(run: Run, draft: Draft, before: Content | null): Promise<Problem[]> {
  if (!KINDS[draft.kind].hasSlug || keepsSlug(draft, before)) return [];
  if (draft.content.slug === '') {
    draft.content = await giveSlug(run, draft.kind, draft.content, draft.entry);
    return [];
  }
  const slug = String(draft.content.slug);
  const holder = await findSlugHolder(run, draft.kind, slug);
  if (holder === null || holder === draft.entry) return [];
  return [new Problem('SLUG_TAKEN', `The slug ${slug} is another entry's.`, '/slug', holder)];
}

/** What can only be known for sure while nobody else writes: the slug, and that no circle is closed. */
export async function findLateProblems(run: Run, draft: Draft, before: Content | null): Promise<Problem[]> {
  return [
    ...(await settleSlug(run, draft, before)),
    ...(draft.was ? await findCycles(run, draft, draft.accepted ? ['LATEST', 'PUBLISHED'] : ['LATEST']) : []),
  ];
}

/** The draft as the store writes it. */
export function toEntryWrite(draft: Draft): EntryWrite {
  const { entry, kind, author, was, content } = draft;
  const number = (was?.latest ?? 0) + 1;
  const format = KINDS[kind].format;
  const derived = derive(kind, content);
  const shown = { revision: number, format, content };
  const latest: Showing = { ...shown, view: 'LATEST', derived };
  const published: Showing = { ...shown, view: 'PUBLISHED', derived: publicPart(kind, derived) };
  return {
    entry,
    kind,
    author,
    was: was && { latest: was.latest, published: was.published },
    revision: {
      number,
      parent: was?.latest ?? null,
      base: draft.base,
      action: draft.action,
      summary: draft.summary,
      minor: draft.minor,
      changeset: null,
      format,
      content,
      hash: sha256(JSON.stringify(content)),
    },
    accept: draft.accepted ? { upTo: number, note: null } : null,
    state: draft.accepted ? 'PUBLISHED' : (was?.state ?? 'DRAFT'),
    latest: number,
    published: draft.accepted ? number : (was?.published ?? null),
    change: {
      kind: was ? 'EDITED' : 'CREATED',
      publicKind: draft.accepted ? (was ? 'EDITED' : 'PUBLISHED') : null,
    },
    showings: draft.accepted ? [latest, published] : [latest],
  };
}

/**
 * Writes a draft: texts, then the position lock, then what only the lock makes sure, then the revision and all that
 * follows from it.
 *
 * @returns what stands against it; nothing is written then.
 */
export async function writeDraft(run: Run, draft: Draft, before: Content | null): Promise<Problem[]> {
  await keepTexts(
    run,
    [...draft.texts].map(([hash, body]) => ({ hash, body })),
  );
  await lockPosition(run);
  const problems = await findLateProblems(run, draft, before);
  if (problems.length > 0) return problems;
  const written = await writeEntries(run, [toEntryWrite(draft)]);
  invariant(written.position > 0n, 'positions count from 1');
  return [];
}
