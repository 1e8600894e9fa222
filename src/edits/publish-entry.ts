import { notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { type EditResult, Problem } from '../model/edit';
import type { Content } from '../model/entry';
import type { FieldChange } from '../model/revision';
import { emptyContent } from '../rules/contents';
import { newsroomLinkFields } from '../rules/derive';
import { KINDS } from '../rules/kinds';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries, lockPosition } from '../store/locks';
import { findHeld } from '../store/held';
import { findContents, findSeenBefore } from '../store/revisions';
import type { Scope, Viewer } from '../store/scope';
import { findSlugHolder } from '../store/slugs';
import { TryAgain, type Transaction } from '../store/transaction';
import { type EntryWrite, type NewChangeset, writeEntries } from '../store/write';
import { type CorrectionRequest, readCorrection, writeCorrection } from './correct';
import { outOfSight } from './plan-content';
import { type Becoming, findErrors, keyOf } from './gate';
import { assertMutationId, readRemark, startReading } from './input';
import { assertMay, goneProblem } from './lock';
import { findCycles, type Shown } from './look-ups';
import { writeOnce } from './once';
import { newChangeset } from './plan';
import { searchQuotes } from './quotes';
import { foreseen, invalid, saved, unchanged } from './result';
import { assertMayEver } from './rights';
import { tellChanges } from './tell-changes';
import { canUnsettle, unsettle } from './unsettle';
import { showingOf } from './write-draft';

/** Which revision of which entry is to be what the public sees, and how. */
export interface PublishRequest {
  id: string;
  revision: number;
  /** With it, what it refers to and was never published, and the citations about any of that. */
  references?: boolean | null;
  /** Not before then. */
  embargoUntil?: Date | null;
  correction?: CorrectionRequest | null;
  note?: string | null;
  /** Although a check is an ERROR; the note says why. */
  override?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/** As many entries as one write may hold the position lock for (rules 2.4). */
const MOST_ENTRIES = 200;

/** One entry that is to be published: its row, and the revision. */
interface Part {
  entry: LockedEntry;
  number: number;
  content: Content;
}

/**
 * Accepts a revision: it becomes what the public sees, now or when an embargo ends, and those below it count as accepted
 * with it.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function publishEntry(scope: Scope, input: PublishRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'PUBLISH');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const note = readRemark(reading, 'note', input.note);
  const correction = readCorrection(reading, input.correction);
  if (input.override && note === null)
    reading.problems.push(new Problem('REQUIRED', 'note: say why it is published although a check fails.', '/note'));
  if (input.embargoUntil && correction)
    reading.problems.push(new Problem('INVALID', 'correction: only what is public can be corrected.', '/correction'));
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const entries = await lockParts(run, viewer, input);
    const [root, ...others] = entries;
    if (!root) throw notFound();
    const problem = findProblem(root, input) ?? tooMany(entries);
    if (problem) return invalid(root.id, [problem]);
    const found = await readParts(run, input, entries);
    if (found instanceof Problem) return invalid(root.id, [found]);
    const stays = isSettled(root, input);
    if (stays && correction) return invalid(root.id, [notCorrecting()]);
    if (stays && others.length === 0) return unchanged(root.id);
    const parts = stays ? found.filter(({ entry }) => entry !== root) : found;
    return accept(run, root, parts, { ...input, note, correction, author: viewer.user.uuid });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: 'publish', input }, work);
}

/**
 * Whether the entry stands already as it is to stand. What was accepted after what is shown changes nothing that is shown: it
 * ends a rejection, or a deletion.
 */
const isSettled = (entry: LockedEntry, { revision, embargoUntil }: PublishRequest): boolean =>
  revision <= (entry.accepted ?? 0) &&
  (entry.state === 'PUBLISHED' ||
    (entry.state === 'EMBARGOED' && embargoUntil?.getTime() === entry.embargoUntil?.getTime()));

/** Locks what is to be published, the entry that was named first. */
async function lockParts(run: Run, viewer: Viewer, input: PublishRequest): Promise<LockedEntry[]> {
  if (!isUuid(input.id)) return [];
  const held = (): Promise<string[]> =>
    input.references ? findHeld(run, input.id, newsroomLinkFields, MOST_ENTRIES + 1) : Promise.resolve([]);
  const ids = await held();
  const locked = await lockEntries(run, [input.id, ...ids]);
  // What it holds may have changed before all of it was locked.
  if (ids.join() !== (await held()).join()) throw new TryAgain('what the entry holds has changed');
  const root = locked.find((entry) => entry.id === input.id);
  if (!root) return [];
  for (const entry of locked) assertMay(viewer, 'PUBLISH', entry);
  return [root, ...locked.filter((entry) => entry !== root)];
}

const tooMany = (entries: readonly LockedEntry[]): Problem | null =>
  entries.length > MOST_ENTRIES
    ? new Problem(
        'TOO_MANY',
        `references: more than ${MOST_ENTRIES} entries would be published with it; publish some of them first.`,
        '/references',
      )
    : null;

function findProblem(entry: LockedEntry, input: PublishRequest): Problem | null {
  const { revision } = input;
  const gone = goneProblem(entry);
  if (gone) return gone;
  if (revision < 1 || revision > entry.latest)
    return new Problem('NOT_FOUND', `revision: there is no revision ${revision} of this entry.`, '/revision');
  if (entry.published !== null && revision < entry.published)
    return new Problem(
      'INVALID',
      `revision: ${revision} is older than ${entry.published}, which was published; edit the entry to go back.`,
      '/revision',
    );
  if (input.references && revision !== entry.latest)
    return new Problem(
      'INVALID',
      'references: only with the newest revision, whose references they are.',
      '/references',
    );
  // Not before the key is looked up: a retry that comes after the embargo has ended is to get the first answer.
  if (input.embargoUntil && input.embargoUntil.getTime() <= Date.now())
    return new Problem('INVALID', 'embargoUntil: this moment has passed.', '/embargoUntil');
  if (input.embargoUntil && entry.state === 'PUBLISHED')
    return new Problem('INVALID', 'embargoUntil: this entry is public already.', '/embargoUntil');
  return input.correction && entry.state !== 'PUBLISHED' ? notCorrecting() : null;
}

const notCorrecting = (): Problem =>
  new Problem('INVALID', 'correction: only what replaces what is public corrects it.', '/correction');

/** The contents that are to be published: of the entry that was named its given revision, of the others the newest. */
async function readParts(
  run: Run,
  { id, revision }: PublishRequest,
  entries: readonly LockedEntry[],
): Promise<Part[] | Problem> {
  const numberOf = (entry: LockedEntry): number => (entry.id === id ? revision : entry.latest);
  const addresses = entries.map((entry) => ({ entry: entry.id, number: numberOf(entry) }));
  const found = await findContents(run, addresses);
  const parts: Part[] = [];
  for (const entry of entries) {
    const number = numberOf(entry);
    const kept = found.find((content) => content.entry === entry.id);
    if (!kept) return outOfSight('revision', number);
    if (kept.review === 'REJECTED')
      return new Problem(
        'INVALID',
        `revision: ${number} was rejected; save a new one on top of it.`,
        '/revision',
        entry.id,
      );
    parts.push({ entry, number, content: kept.content });
  }
  return parts;
}

type Acceptance = Omit<PublishRequest, 'note'> & { note: string | null; author: string };

async function accept(run: Run, root: LockedEntry, parts: readonly Part[], input: Acceptance): Promise<EditResult> {
  // What is under an embargo has no public revision yet that could tell what it changes.
  const isTold = !input.dryRun && !input.embargoUntil && parts[0]?.entry === root;
  const changes = isTold ? 'accepted' : await tellPublished(run, root, parts);
  const before = await readSeen(run, parts);
  const becoming = toBecoming(parts, before, input);
  const quotes = await searchQuotes(run, becoming);
  if (!input.dryRun) await lockPosition(run);
  const problems = await findProblems(run, parts);
  const errors = problems.length > 0 ? new Map<string, Problem[]>() : await findErrors(run, becoming, quotes);
  if (!input.override) problems.push(...[...errors.values()].flat());
  if (problems.length > 0) return invalid(root.id, problems);
  const also = parts.flatMap(({ entry }) => (entry === root ? [] : [entry.id]));
  if (input.dryRun) return { ...foreseen('SAVED', root.id, changes === 'accepted' ? [] : changes), also };
  const changeset: NewChangeset | null = also.length > 0 ? newChangeset(input.note) : null;
  const written = await writeEntries(
    run,
    parts.map((part) => toAcceptance(part, input, errors.get(part.entry.id)?.map(keyOf))),
    changeset,
  );
  if (input.correction)
    await writeCorrection(run, input.correction, {
      entry: root.id,
      revision: input.revision,
      author: input.author,
      written,
    });
  const accepted = parts.map(({ entry, content }) => ({
    entry: entry.id,
    kind: entry.kind,
    before: before.get(entry.id) ?? null,
    after: content,
  }));
  const remarks = accepted.some(({ kind }) => canUnsettle(kind))
    ? await unsettle(run, accepted, { written, author: input.author })
    : [];
  return { ...saved('SAVED', root.id, input.revision, changes, remarks), also };
}

/** What is to be public; what is wrong already with what is public holds no publication back. */
const toBecoming = (
  parts: readonly Part[],
  seen: ReadonlyMap<string, Content>,
  { embargoUntil }: Acceptance,
): Becoming[] =>
  parts.map(({ entry, content }) => ({
    entry: entry.id,
    kind: entry.kind,
    content,
    before: entry.state === 'PUBLISHED' ? (seen.get(entry.id) ?? null) : null,
    from: embargoUntil ?? null,
  }));

/** What nobody can override. */
async function findProblems(run: Run, parts: readonly Part[]): Promise<Problem[]> {
  const all = parts.map(({ entry, content }): Shown => ({
    kind: entry.kind,
    entry: entry.id,
    view: 'PUBLISHED',
    content,
  }));
  const problems: Problem[] = [];
  for (const [index, { entry, content }] of parts.entries()) {
    problems.push(...(await findSlugProblems(run, entry, content)));
    problems.push(...(await findCycles(run, [all[index] as Shown], all)));
  }
  return problems;
}

/** What was accepted of these before, by entry. */
async function readSeen(run: Run, parts: readonly Part[]): Promise<ReadonlyMap<string, Content>> {
  const addresses = parts.flatMap(({ entry: { id, published } }) =>
    published === null ? [] : [{ entry: id, number: published }],
  );
  const contents = addresses.length > 0 ? await findContents(run, addresses) : [];
  return new Map(contents.map(({ entry, content }) => [entry, content]));
}

/** An older revision may hold a slug that was given up, unseen, and that another entry took since. */
async function findSlugProblems(run: Run, { id, kind }: LockedEntry, content: Content): Promise<Problem[]> {
  if (!KINDS[kind].hasSlug) return [];
  const holder = await findSlugHolder(run, kind, String(content.slug));
  if (holder === null || holder === id) return [];
  return [new Problem('SLUG_TAKEN', `The slug ${String(content.slug)} is another entry's now.`, '/slug', holder)];
}

/** What it changes of what the public sees, or saw last. */
async function tellPublished(run: Run, root: LockedEntry, parts: readonly Part[]): Promise<FieldChange[]> {
  const part = parts.find(({ entry }) => entry === root);
  if (!part) return [];
  const before = await findSeenBefore(run, root.id, part.number);
  return tellChanges(run, root.kind, before ?? emptyContent(root.kind), part.content);
}

function toAcceptance(
  { entry, number, content }: Part,
  input: Acceptance,
  overridden: readonly string[] | undefined,
): EntryWrite {
  const until = input.embargoUntil ?? null;
  const wasPublic = entry.state === 'PUBLISHED';
  const isCorrection = Boolean(input.correction) && entry.id === input.id;
  return {
    entry: entry.id,
    kind: entry.kind,
    author: input.author,
    was: entry,
    revision: null,
    accept: { upTo: number, note: input.note },
    dismiss: null,
    state: until ? 'EMBARGOED' : 'PUBLISHED',
    embargoUntil: until,
    isSubmitted: false,
    latest: entry.latest,
    published: number,
    accepted: Math.max(number, entry.accepted ?? 0),
    change: {
      kind: until ? 'EMBARGOED' : isCorrection ? 'CORRECTED' : 'PUBLISHED',
      publicKind: until ? null : isCorrection ? 'CORRECTED' : wasPublic ? 'EDITED' : 'PUBLISHED',
      overridden,
    },
    showings: until ? [] : [showingOf('PUBLISHED', entry.kind, number, content)],
    leavesPublic: false,
  };
}
