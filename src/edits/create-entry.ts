import { randomUUID } from 'node:crypto';
import type { EditResult } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { readNewContent } from '../rules/contents';
import type { Reading } from '../rules/fields';
import type { Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { PLAIN, type WriteContext } from './plan-content';
import { complainMalformedReferences, assertMutationId, readRemark, startReading } from './input';
import { findReferenceProblems, findUnknownItems } from './look-ups';
import { writeOnce } from './once';
import { carryOutAlone, type Plan } from './plan';
import { invalid } from './result';
import { assertMayEver } from './rights';
import { accepted, waiting } from './write-draft';

/** What every create takes besides its fields. */
export interface CreateRequest {
  fields: object;
  summary?: string | null;
  publish?: boolean | null;
  /** Puts it into the review queue. */
  submit?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/** A create whose shape was read. */
export interface ReadCreate {
  kind: EntryKind;
  /** The id that it will have. */
  entry: string;
  content: Content;
  reading: Reading;
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
  const create = readCreate(kind, input.fields, randomUUID(), startReading(scope.newsroom));
  const summary = readRemark(create.reading, 'summary', input.summary);
  if (create.reading.problems.length > 0) return invalid(null, create.reading.problems);
  const work = async ({ run }: Transaction): Promise<EditResult> => {
    const context = { ...PLAIN, run, viewer, summary, publish: input.publish === true, submit: input.submit === true };
    return carryOutAlone(run, await planCreate(context, create), { dryRun: input.dryRun });
  };
  return writeOnce(scope, viewer.user.uuid, { operation: `create ${kind}`, input }, work);
}

/** Reads the shape of a create: everything that can be wrong with it before anything is looked up. */
export function readCreate(kind: EntryKind, fields: object, entry: string, reading: Reading): ReadCreate {
  const content = readNewContent(kind, { ...fields }, reading);
  complainMalformedReferences(reading, kind, content);
  return { kind, entry, content, reading };
}

/** Plans a new entry: looks at what it refers to. */
export async function planCreate(
  { run, viewer, summary, publish, submit, newcomers }: WriteContext,
  { kind, entry, content, reading }: ReadCreate,
  slugIsMade = false,
): Promise<Plan> {
  const problems = [
    ...(await findUnknownItems(run, null, reading, [])),
    ...(await findReferenceProblems(run, { kind, content, self: entry, known: [], newcomers })),
  ];
  if (problems.length > 0) return invalid(null, problems);
  return {
    // Made anew for every try of the transaction, for the write fills in the slug that it finds free.
    draft: {
      entry,
      kind,
      author: viewer.user.uuid,
      was: null,
      base: null,
      action: 'CREATE',
      target: null,
      content,
      slugIsMade,
      texts: reading.texts,
      summary,
      minor: false,
      fate: publish ? accepted(null) : waiting(null, submit),
    },
    before: null,
    outcome: 'CREATED',
  };
}
