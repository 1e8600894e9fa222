import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { emptyContent } from '../rules/contents';
import { KINDS } from '../rules/kinds';
import type { Run } from '../store/database';
import { type LockedEntry, lockPosition } from '../store/locks';
import { findContents } from '../store/revisions';
import type { Scope } from '../store/scope';
import { findSlugHolder } from '../store/slugs';
import type { Transaction } from '../store/transaction';
import { type EntryWrite, writeEntries } from '../store/write';
import { goneProblem, lockForAct } from './lock';
import { assertMutationId, readRemark, startReading } from './input';
import { findCycles, type Shown } from './look-ups';
import { outOfSight } from './edit-entry';
import { showingOf } from './write-draft';
import { writeOnce } from './once';
import { foreseen, invalid, saved, unchanged } from './result';
import { assertMayEver } from './rights';
import { tellChanges } from './tell-changes';

/** Which revision of which entry is to be what the public sees. */
export interface PublishRequest {
  id: string;
  revision: number;
  note?: string | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Accepts a revision: it becomes what the public sees, and those below it count as accepted with it.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function publishEntry(scope: Scope, input: PublishRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'PUBLISH');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const note = readRemark(reading, 'note', input.note);
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entry = await lockForAct(run, viewer, 'PUBLISH', input.id);
    const problem = findProblem(entry, input.revision);
    if (problem) return invalid(entry.id, [problem]);
    if (entry.state === 'PUBLISHED' && input.revision === entry.published) return unchanged(entry.id);
    return accept(run, entry, input, viewer.user.uuid, note);
  };
  return writeOnce(scope, viewer.user.uuid, { operation: 'publish', input }, work);
}

function findProblem(entry: LockedEntry, revision: number): Problem | null {
  const gone = goneProblem(entry);
  if (gone) return gone;
  if (revision < 1 || revision > entry.latest)
    return new Problem('NOT_FOUND', `revision: there is no revision ${revision} of this entry.`, '/revision');
  if (entry.published !== null && revision < entry.published)
    return new Problem(
      'INVALID',
      `revision: ${revision} is older than ${entry.published}, which the public sees; edit the entry to go back.`,
      '/revision',
    );
  return null;
}

async function accept(
  run: Run,
  entry: LockedEntry,
  input: PublishRequest,
  author: string,
  note: string | null,
): Promise<EditResult> {
  const { id, kind } = entry;
  const numbers = [input.revision, ...(entry.published === null ? [] : [entry.published])];
  const contents = await findContents(
    run,
    numbers.map((number) => ({ entry: id, number })),
  );
  const content = contents.find((kept) => kept.number === input.revision)?.content;
  if (!content) return invalid(id, [outOfSight('revision', input.revision)]);
  const before = contents.find((kept) => kept.number === entry.published)?.content ?? emptyContent(kind);

  if (!input.dryRun) await lockPosition(run);
  const shown: Shown = { kind, entry: id, view: 'PUBLISHED', content };
  const problems = [...(await findSlugProblems(run, kind, content, id)), ...(await findCycles(run, [shown], [shown]))];
  if (problems.length > 0) return invalid(id, problems);
  if (!input.dryRun) await writeEntries(run, [toAcceptance(entry, content, input.revision, author, note)]);
  if (input.dryRun) return foreseen('SAVED', id, await tellChanges(run, kind, before, content));
  return saved('SAVED', id, input.revision, 'accepted');
}

/** An older revision may hold a slug that was given up, unseen, and that another entry took since. */
async function findSlugProblems(run: Run, kind: EntryKind, content: Content, id: string): Promise<Problem[]> {
  if (!KINDS[kind].hasSlug) return [];
  const holder = await findSlugHolder(run, kind, String(content.slug));
  if (holder === null || holder === id) return [];
  return [new Problem('SLUG_TAKEN', `The slug ${String(content.slug)} is another entry's now.`, '/slug', holder)];
}

const toAcceptance = (
  entry: LockedEntry,
  content: Content,
  number: number,
  author: string,
  note: string | null,
): EntryWrite => ({
  entry: entry.id,
  kind: entry.kind,
  author,
  was: { latest: entry.latest, published: entry.published },
  revision: null,
  accept: { upTo: number, note },
  state: 'PUBLISHED',
  latest: entry.latest,
  published: number,
  change: { kind: 'PUBLISHED', publicKind: entry.state === 'PUBLISHED' ? 'EDITED' : 'PUBLISHED' },
  showings: [showingOf('PUBLISHED', entry.kind, number, content)],
  leavesPublic: false,
});
