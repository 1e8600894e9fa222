/** Codes that clients meet in `extensions.code`; the list is closed and documented in the README. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CURSOR_INVALID'
  | 'CURSOR_EXPIRED'
  | 'SERVICE_UNAVAILABLE'
  | 'TIMEOUT';

/**
 * What a caller did wrong or must know, in words made for them. Thrown in any room, translated once, in `api/errors.ts`;
 * whatever else is thrown there is shown as INTERNAL_SERVER_ERROR without its message.
 */
export class WikiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'WikiError';
  }
}

/**
 * What is absent and what may not be seen: the same words for both, so that an answer never tells that a secret exists.
 * `what` is how the caller named it (an argument's name), never what was found.
 */
export const notFound = (what = 'entry'): WikiError =>
  new WikiError('NOT_FOUND', `There is no such ${what}, or you may not see it.`);

export const badInput = (field: string, reason: string): WikiError =>
  new WikiError('BAD_USER_INPUT', `${field}: ${reason}`, { field, reason });

/** A limit of the design's section 8; names the limit, the maximum and the actual value. */
export const tooComplex = (limit: string, max: number, actual: number): WikiError =>
  new WikiError('QUERY_TOO_COMPLEX', `The query has ${actual} ${limit}; at most ${max} are allowed.`, {
    limit,
    max,
    actual,
  });
