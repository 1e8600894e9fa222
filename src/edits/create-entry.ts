import { randomUUID } from 'node:crypto';
import type { EditResult } from '../model/edit';
import type { EntryKind } from '../model/entry';
import { emptyContent, readNewContent } from '../rules/contents';
import type { Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { complainMalformedReferences, assertMutationId, readRemark, startReading } from './input';
import { findReferenceProblems, findUnknownItems } from './look-ups';
import { writeOnce } from './once';
import { foreseen, invalid, saved } from './result';
import { assertMayEver } from './rights';
import { tellChanges } from './tell-changes';
import { type Draft, findLateProblems, writeDraft } from './write-draft';

/** What every create takes besides its fields. */
export interface CreateRequest {
  fields: object;
  summary?: string | null;
  publish?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/**
 * Opens a new entry: a draft, or public at once with `publish` (EDITOR).
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function createEntry(scope: Scope, kind: EntryKind, input: CreateRequest): Promise<EditResult> {
  const viewer = assertMayEver(scope, 'CREATE');
  if (input.publish) assertMayEver(scope, 'PUBLISH');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const content = readNewContent(kind, { ...input.fields }, reading);
  const summary = readRemark(reading, 'summary', input.summary);
  complainMalformedReferences(reading, kind, content);
  if (reading.problems.length > 0) return invalid(null, reading.problems);

  const entry = randomUUID();
  // Made anew for every try of the transaction, for the write fills in the slug that it finds free.
  const makeDraft = (): Draft => ({
    entry,
    kind,
    author: viewer.user.uuid,
    was: null,
    base: null,
    action: 'CREATE',
    content,
    texts: reading.texts,
    summary,
    minor: false,
    accepted: input.publish === true,
  });
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const draft = makeDraft();
    const problems = [
      ...(await findUnknownItems(run, null, reading, [])),
      ...(await findReferenceProblems(run, kind, content, null, entry)),
    ];
    if (problems.length === 0)
      problems.push(...(input.dryRun ? await findLateProblems(run, draft, null) : await writeDraft(run, draft, null)));
    if (problems.length > 0) return invalid(null, problems);
    if (input.dryRun)
      return foreseen('CREATED', null, await tellChanges(run, kind, emptyContent(kind), draft.content, draft.texts));
    return saved('CREATED', entry, 1, 'written');
  };
  return writeOnce(scope, viewer.user.uuid, { operation: `create ${kind}`, input }, work);
}
