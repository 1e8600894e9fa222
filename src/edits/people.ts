import { randomBytes, randomUUID } from 'node:crypto';
import { WikiError, notFound } from '../base/errors';
import { sha256 } from '../base/hash';
import { uuidOf } from '../base/node-id';
import { Problem } from '../model/edit';
import type { UserRole } from '../model/user';
import { cleanLine } from '../rules/text';
import type { Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import {
  countOtherAdmins,
  findOwner,
  insertToken,
  insertUser,
  lockAdmins,
  markTokenRevoked,
  updateUser,
} from '../store/write-people';
import { assertMayEver } from './rights';

/** What a change of people came to: an id, or what is wrong. */
export interface PersonResult {
  id: string | null;
  /** A new token's secret: shown once, kept nowhere. */
  secret?: string;
  problems: Problem[];
}

const refused = (...problems: Problem[]): PersonResult => ({ id: null, problems });

const MAX_NAME = 200;

function readName(field: string, given: string): { name: string; problems: Problem[] } {
  const cleaned = cleanLine(given);
  const path = `/${field}`;
  if (!cleaned.ok) return { name: '', problems: [new Problem('INVALID', `${field}: ${cleaned.reason}`, path)] };
  const { value: name } = cleaned;
  if (!name) return { name, problems: [new Problem('REQUIRED', `${field} is required.`, path)] };
  if (name.length <= MAX_NAME) return { name, problems: [] };
  const message = `${field} has ${name.length} characters; at most ${MAX_NAME} are allowed.`;
  return { name, problems: [new Problem('TOO_LONG', message, path)] };
}

/** A new person or program, who cannot sign in before they get a token. ADMIN. */
export async function createUser(
  scope: Scope,
  input: { name: string; role: UserRole; bot?: boolean | null },
): Promise<PersonResult> {
  assertMayEver(scope, 'MANAGE_USERS');
  const { name, problems } = readName('name', input.name);
  if (problems.length > 0) return refused(...problems);
  const id = randomUUID();
  await insertUser(scope.run, { id, name, role: input.role, bot: input.bot === true });
  return { id, problems: [] };
}

/**
 * Gives a user another role, or lets them in or out. There is always an administrator who can sign in. ADMIN.
 *
 * @throws WikiError NOT_FOUND, FORBIDDEN where it would leave no administrator.
 */
export async function changeUser(
  scope: Scope,
  input: { user: string; role?: UserRole; active?: boolean },
): Promise<PersonResult> {
  assertMayEver(scope, 'MANAGE_USERS');
  const id = uuidOf('user', input.user);
  if (id === null) throw notFound('user');
  return inTransaction(scope, async ({ run }) => {
    // All who are administrators are locked, so that of two who demote each other one fails.
    await lockAdmins(run);
    const staysAdmin = input.role === undefined ? input.active : input.role === 'ADMIN';
    if (!staysAdmin && (await countOtherAdmins(run, id)) === 0)
      throw new WikiError('FORBIDDEN', 'The last administrator cannot be demoted or shut out.');
    if (!(await updateUser(run, id, input))) throw notFound('user');
    if (id === scope.viewer?.user.uuid) scope.demote(input);
    return { id, problems: [] };
  });
}

/** A secret that nobody can guess: 256 random bits, marked as ours so that scanners for leaked secrets find it. */
export const makeSecret = (): string => `nw_${randomBytes(32).toString('base64url')}`;

/**
 * A new token; its secret is in the answer and nowhere else. One's own, or anybody's for ADMIN.
 *
 * @throws WikiError NOT_FOUND
 */
export async function createToken(
  scope: Scope,
  input: { user: string; label: string; expiresAt?: Date | null },
): Promise<PersonResult> {
  const viewer = assertMayEver(scope, 'MANAGE_OWN_TOKENS');
  const user = uuidOf('user', input.user);
  if (user !== viewer.user.uuid) assertMayEver(scope, 'MANAGE_TOKENS_OF_OTHERS');
  const { name: label, problems } = readName('label', input.label);
  const { expiresAt = null } = input;
  if (expiresAt !== null && expiresAt.getTime() <= Date.now())
    problems.push(new Problem('INVALID', `expiresAt: ${expiresAt.toISOString()} is in the past.`, '/expiresAt'));
  if (problems.length > 0) return refused(...problems);
  const [secret, id] = [makeSecret(), randomUUID()];
  // A token cannot bring forth one that may do more than itself.
  const ceiling = user === viewer.user.uuid && viewer.role !== viewer.user.role ? viewer.role : null;
  const token = { id, hash: sha256(secret), user: user ?? '', label, expiresAt, ceiling };
  if (user === null || !(await insertToken(scope.run, token))) throw notFound('user');
  return { id, secret, problems: [] };
}

/**
 * Ends a token at once. One's own, or anybody's for ADMIN.
 *
 * @throws WikiError NOT_FOUND, for other people's as for none
 */
export async function revokeToken(scope: Scope, input: { id: string }): Promise<PersonResult> {
  const viewer = assertMayEver(scope, 'MANAGE_OWN_TOKENS');
  const id = uuidOf('token', input.id);
  const owner = id === null ? null : await findOwner(scope.run, id);
  if (id === null || owner === null || (owner !== viewer.user.uuid && viewer.role !== 'ADMIN')) throw notFound('token');
  await markTokenRevoked(scope.run, id);
  if (id === viewer.tokenId) scope.signOut();
  return { id, problems: [] };
}
