import type { WikiError } from '../base/errors';

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CURSOR_EXPIRED: 410,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
};

/** HTTP status of an error that refuses a whole request. */
export const statusOf = ({ code }: WikiError): number => STATUS[code] ?? 400;

/** HTTP headers that go with it. */
export const headersOf = (error: WikiError): [string, string][] => {
  if (error.code === 'UNAUTHENTICATED') return [['www-authenticate', 'Bearer']];
  return [429, 503].includes(statusOf(error)) ? [['retry-after', '1']] : [];
};
