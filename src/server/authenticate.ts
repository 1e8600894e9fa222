import { WikiError } from '../base/errors';
import { sha256 } from '../base/hash';
import { findBearer, touchToken } from '../store/people';
import type { Run } from '../store/database';
import type { Viewer } from '../store/scope';

const refuse = (message: string): never => {
  throw new WikiError('UNAUTHENTICATED', message);
};

/** The secret in an Authorization header; null where there is no header, or nothing in it, as in the explorer's form. */
function readBearer(header: string | undefined): string | null {
  if (!header) return null;
  const secret = /^Bearer +([\x21-\x7e]{20,}) *$/i.exec(header)?.[1];
  return secret ?? refuse('The Authorization header must read "Bearer <token>".');
}

/**
 * Who sends a request. One statement, none for anonymous readers.
 *
 * @param run runs the look-up; what is noted of the token's use is not counted to the request.
 * @throws WikiError UNAUTHENTICATED, with the same words for unknown, expired and revoked tokens.
 */
export async function authenticate(
  header: string | undefined,
  run: Run,
  inBackground: (work: (run: Run) => Promise<unknown>) => void,
): Promise<Viewer | null> {
  const secret = readBearer(header);
  if (secret === null) return null;
  const bearer = await findBearer(run, sha256(secret));
  if (!bearer) return refuse('This token is not valid: unknown, expired or revoked.');
  const { user, role, tokenId, lastUsedAt } = bearer;
  if (!lastUsedAt || Date.now() - lastUsedAt.getTime() > 120_000) inBackground((later) => touchToken(later, tokenId));
  return { user, role, tokenId };
}
