import { WikiError, notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { type EditResult, type OnConflict, Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { readGivenFields, sameContent } from '../rules/contents';
import type { Reading } from '../rules/fields';
import { isAcceptedAtOnce, may } from '../rules/policy';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries } from '../store/locks';
import { findContents } from '../store/revisions';
import type { Scope, Viewer } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { describeConflict } from './conflicts';
import { assertMutationId, complainMalformedReferences, readRemark, startReading } from './input';
import { findReferenceProblems, findUnknownItems } from './look-ups';
import { givenConflicts, mergeEdit } from './merge-edit';
import { writeOnce } from './once';
import { conflicting, foreseen, invalid, saved, unchanged } from './result';
import { assertMayEver } from './rights';
import { tellChanges } from './tell-changes';
import { type Draft, findLateProblems, giveSlug, writeDraft } from './write-draft';

/** What every edit takes besides its fields. */
export interface EditRequest {
  id: string;
  /** Number of the revision that the editor saw. */
  baseRevision: number;
  fields: object;
  summary?: string | null;
  minor?: boolean | null;
  /** FAIL refuses even what would merge. */
  onConflict?: OnConflict | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Locks an entry that an edit names, and looks whether this viewer may do this to it.
 *
 * @throws WikiError NOT_FOUND where there is none of the kind, FORBIDDEN where it is protected or not theirs to touch.
 */
export async function lockForAct(run: Run, viewer: Viewer, act: 'EDIT' | 'PUBLISH', id: string, kind?: EntryKind) {
  const [entry] = isUuid(id) ? await lockEntries(run, [id]) : [];
  if (!entry || (kind && entry.kind !== kind)) throw notFound();
  const protection = entry.protectedRole && { minimumRole: entry.protectedRole };
  if (!may(viewer, act, { wasEverPublic: entry.wasPublic, protection }))
    throw new WikiError('FORBIDDEN', `This entry is protected: only ${entry.protectedRole} and above may do that.`);
  return entry;
}

/** Everything that one edit works on. */
interface Work {
  run: Run;
  scope: Scope;
  viewer: Viewer;
  kind: EntryKind;
  input: EditRequest;
  reading: Reading;
  given: Partial<Content>;
  summary: string | null;
}

/**
 * Changes the given fields of an entry. On a stale `baseRevision` it is put on top of what others did since, field by
 * field; where both changed the same, nothing is written and the conflict is told.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function editEntry(scope: Scope, kind: EntryKind, input: EditRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'EDIT');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const given = readGivenFields(kind, { ...input.fields }, reading);
  const summary = readRemark(reading, 'summary', input.summary);
  complainMalformedReferences(reading, kind, given);
  if (input.baseRevision < 1) reading.problems.push(badBase(input.baseRevision));
  if (reading.problems.length > 0) return invalid(isUuid(input.id) ? input.id : null, reading.problems);
  const work = ({ run }: Transaction) => edit({ run, scope, viewer, kind, input, reading, given, summary });
  return writeOnce(scope, viewer.user.uuid, { operation: `edit ${kind}`, input }, work);
}

const badBase = (number: number): Problem =>
  new Problem('INVALID', `baseRevision: there is no revision ${number} of this entry.`, '/baseRevision');

async function edit(work: Work): Promise<EditResult> {
  const { run, viewer, kind, input, reading, given } = work;
  const entry = await lockForAct(run, viewer, 'EDIT', input.id, kind);
  if (entry.state === 'DELETED')
    return invalid(entry.id, [new Problem('GONE', 'This entry was deleted; restore it first.', null, entry.id)]);
  if (input.baseRevision > entry.latest) return invalid(entry.id, [badBase(input.baseRevision)]);
  const [base, latest] = await readBases(run, entry, input.baseRevision);

  const standpoints = { base, latest, isStale: input.baseRevision < entry.latest };
  const merge = await mergeEdit(run, kind, standpoints, given, reading);
  if (!merge.content)
    return conflicting(entry.id, await describeConflict(run, entry, input.baseRevision, merge, reading.texts));
  const { content } = merge;
  const contested = standpoints.isStale && input.onConflict === 'FAIL' ? givenConflicts(kind, standpoints, given) : [];
  if (contested.length > 0 && !sameContent(kind, content, latest)) {
    const refused = { conflicts: contested, parts: new Map() };
    return conflicting(entry.id, await describeConflict(run, entry, input.baseRevision, refused, reading.texts));
  }
  const problems = [
    ...reading.problems,
    ...(await findUnknownItems(run, entry.id, reading, [base, latest])),
    ...(await findReferenceProblems(run, kind, content, latest, entry.id)),
  ];
  if (problems.length > 0) return invalid(entry.id, problems);
  const addressed = await giveSlug(run, kind, content, entry.id);
  if (sameContent(kind, addressed, latest)) return unchanged(entry.id);
  return save(work, entry, content, latest);
}

async function readBases(run: Run, entry: LockedEntry, baseRevision: number): Promise<[Content, Content]> {
  const numbers = [...new Set([baseRevision, entry.latest])];
  const found = await findContents(
    run,
    numbers.map((number) => ({ entry: entry.id, number })),
  );
  const contentOf = (number: number) => found.find((kept) => kept.number === number)?.content as Content;
  return [contentOf(baseRevision), contentOf(entry.latest)];
}

async function save(work: Work, entry: LockedEntry, content: Content, latest: Content): Promise<EditResult> {
  const { run, viewer, kind, input, reading, summary } = work;
  const draft: Draft = {
    entry: entry.id,
    kind,
    author: viewer.user.uuid,
    was: entry,
    base: input.baseRevision,
    action: 'EDIT',
    content,
    texts: reading.texts,
    summary,
    minor: input.minor === true,
    accepted: entry.state === 'PUBLISHED' && isAcceptedAtOnce(viewer, entry),
  };
  const problems = input.dryRun ? await findLateProblems(run, draft, latest) : await writeDraft(run, draft, latest);
  if (problems.length > 0) return invalid(entry.id, problems);
  const outcome = input.baseRevision < entry.latest ? 'MERGED' : 'SAVED';
  if (input.dryRun)
    return foreseen(outcome, entry.id, await tellChanges(run, kind, latest, draft.content, draft.texts));
  return saved(outcome, entry.id, entry.latest + 1, 'written');
}
