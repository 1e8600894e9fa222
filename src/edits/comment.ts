import { randomUUID } from 'node:crypto';
import { notFound, WikiError } from '../base/errors';
import { uuidOf } from '../base/node-id';
import type { CommentResult } from '../model/comment';
import { Problem, type ProblemCode } from '../model/edit';
import { markdown, shortText } from '../rules/field-types';
import { complainRequired, type Reading } from '../rules/fields';
import { hasPart } from '../rules/parts';
import { may } from '../rules/policy';
import { quoted } from '../rules/text';
import { findCommentForWrite, type KnownComment } from '../store/comments';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries } from '../store/locks';
import { findContents } from '../store/revisions';
import type { Scope } from '../store/scope';
import { inTransaction, type Transaction } from '../store/transaction';
import { endComment, insertComment, settleComment } from '../store/write-talk';
import { assertMutationId, startReading } from './input';
import { goneProblem, lockForAct } from './lock';
import { writeOnce } from './once';
import { readPath } from './path';
import { assertMayEver } from './rights';

/** What somebody wants to say about an entry. */
export interface CommentRequest {
  entry: string;
  body: string;
  /** JSON Pointer to the part that it is about; a reply is about the same part as what it replies to. */
  path?: string | null;
  /** Id of the comment that it replies to. */
  parent?: string | null;
  clientMutationId?: string | null;
}

/** A path in a set may hold a whole member of it: an identifier, a name. */
const LONGEST_PATH = 1000;

/** Replies below replies: so many fit into a query of the default depth, from the entry down to an author's name. */
const MOST_BELOW = 5;

const refused = (...problems: Problem[]): CommentResult => ({
  outcome: 'INVALID',
  commentId: null,
  problems,
  isRepeated: false,
});

function readBody(scope: Scope, reading: Reading, given: string): string {
  const rule = markdown(shortText(scope.newsroom.text.comment));
  const body = rule.read(given, '/body', reading) as string | null;
  if (!body?.trim() && reading.problems.length === 0) complainRequired(reading, '/body');
  return body ?? '';
}

/**
 * Says something about an entry, a part of it, or what somebody else said. The part must be there in the newest revision;
 * a reply is about the part of what it replies to, whatever has become of it.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function comment(scope: Scope, input: CommentRequest): Promise<CommentResult> {
  const viewer = assertMayEver(scope, 'COMMENT');
  assertMutationId(input.clientMutationId);
  const reading = startReading(scope.newsroom);
  const body = readBody(scope, reading, input.body);
  const path = readPath(reading, input.path, LONGEST_PATH);
  if (reading.problems.length > 0) return refused(...reading.problems);
  const work = async ({ run }: Transaction): Promise<CommentResult> => {
    const entry = await lockForAct(run, viewer, 'COMMENT', input.entry);
    const gone = goneProblem(entry);
    if (gone) return refused(gone);
    const place = await findPlace(run, entry, input.parent ?? null, path);
    if (place instanceof Problem) return refused(place);
    const id = randomUUID();
    const author = viewer.user.uuid;
    await insertComment(run, { id, entry: entry.id, revision: entry.latest, body, author, ...place });
    return { outcome: 'CREATED', commentId: id, problems: [], isRepeated: false };
  };
  return writeOnce(scope, viewer.user.uuid, { operation: 'comment', input }, work);
}

/** Where a comment goes: on which part, below which other one. */
type Place = Pick<KnownComment, 'path'> & { parent: string | null };

async function findPlace(
  run: Run,
  entry: LockedEntry,
  parentId: string | null,
  path: string | null,
): Promise<Place | Problem> {
  if (parentId !== null) return placeBelow(run, entry, parentId, path);
  if (path === null) return { path, parent: null };
  const [newest] = await findContents(run, [{ entry: entry.id, number: entry.latest }]);
  return newest && hasPart(entry.kind, newest.content, path) ? { path, parent: null } : noPart(entry, path);
}

const noPart = (entry: LockedEntry, path: string): Problem =>
  new Problem(
    'NOT_FOUND',
    `path: revision ${entry.latest}, the newest, has no part ${quoted(path)}. Parts are fields, and items of lists by their id: /body, /timeline/{id}/note.`,
    '/path',
  );

const problem = (code: ProblemCode, field: string, reason: string): Problem =>
  new Problem(code, `${field}: ${reason}`, `/${field}`);

async function placeBelow(
  run: Run,
  entry: LockedEntry,
  parentId: string,
  path: string | null,
): Promise<Place | Problem> {
  const uuid = uuidOf('comment', parentId);
  const parent = uuid && (await findCommentForWrite(run, uuid));
  if (!parent || parent.entry !== entry.id)
    return problem('NOT_FOUND', 'parent', 'there is no such comment on this entry.');
  if (parent.isDeleted) return problem('GONE', 'parent', 'this comment was deleted.');
  if (parent.depth >= MOST_BELOW)
    return problem(
      'INVALID',
      'parent',
      `replies go ${MOST_BELOW} levels deep, and this one is at level ${parent.depth}; reply to the comment above it.`,
    );
  if (path !== null && path !== parent.path)
    return problem('INVALID', 'path', 'a reply is about the part of what it replies to; leave the path out.');
  return { path: parent.path, parent: parent.uuid };
}

/** Locks the entry of a comment, so that nobody replies to it meanwhile, and reads the comment as it is then. */
async function lockComment(run: Run, id: string): Promise<KnownComment> {
  const uuid = uuidOf('comment', id);
  const seen = uuid && (await findCommentForWrite(run, uuid));
  if (!seen) throw notFound('comment');
  await lockEntries(run, [seen.entry]);
  return (await findCommentForWrite(run, seen.uuid)) as KnownComment;
}

/**
 * Says that what a comment asks for is settled, or is not after all. The first who says so counts.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND
 */
export async function resolveComment(scope: Scope, input: { id: string; resolved: boolean }): Promise<CommentResult> {
  const viewer = assertMayEver(scope, 'COMMENT');
  return inTransaction(scope, async ({ run }) => {
    const known = await lockComment(run, input.id);
    if (known.isDeleted) return refused(problem('GONE', 'id', 'this comment was deleted.'));
    const isNew = known.isResolved !== input.resolved;
    if (isNew) await settleComment(run, known.uuid, input.resolved ? viewer.user.uuid : null);
    return { outcome: isNew ? 'SAVED' : 'UNCHANGED', commentId: known.uuid, problems: [], isRepeated: false };
  });
}

/**
 * Takes back a comment: one's own, or anybody's for EDITOR. What others replied to it stays. To delete it again changes nothing.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND
 */
export async function deleteComment(scope: Scope, input: { id: string }): Promise<CommentResult> {
  const viewer = assertMayEver(scope, 'DELETE_COMMENT');
  return inTransaction(scope, async ({ run }) => {
    const known = await lockComment(run, input.id);
    if (!may(viewer, 'DELETE_COMMENT', { isOwn: known.author === viewer.user.uuid }))
      throw new WikiError('FORBIDDEN', "This is somebody else's comment: only EDITOR and above may delete it.");
    if (!known.isDeleted) await endComment(run, known.uuid);
    return {
      outcome: known.isDeleted ? 'UNCHANGED' : 'SAVED',
      commentId: known.uuid,
      problems: [],
      isRepeated: false,
    };
  });
}
