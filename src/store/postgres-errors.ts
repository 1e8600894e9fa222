import { WikiError } from '../base/errors';

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Postgres ended the transaction to untie it from another; nothing was written, so it can be tried again. */
export const isWorthRetrying = (error: unknown): boolean => {
  const code = codeOf(error instanceof WikiError ? error.cause : error);
  return code === '40001' || code === '40P01';
};

const unavailable = (error: unknown, message: string): WikiError =>
  new WikiError('SERVICE_UNAVAILABLE', message, { retryAfterSeconds: 1 }, { cause: error });

/** What somebody is told who lost against others until it was enough. */
export const tooMuchAtOnce = (error: unknown): WikiError =>
  unavailable(error, 'Somebody else is writing to the same entries. Nothing was written; try again.');

const CONNECTION_CODES: ReadonlySet<string> = new Set([
  '25006', // it has become a replica
  '28000', // it takes this user or password no longer
  '28P01',
  '3D000', // the database was dropped
  '55000', // the database takes no connections
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);
const CONNECTION_LOST =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Client was closed/;

/** What Postgres reports, in words that a caller can act on; what nobody outside can help stays as it is. */
export function translatePostgresError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === '55P03' || code === '40P01' || code === '40001') return tooMuchAtOnce(error);
  if (code === '57014')
    return new WikiError('TIMEOUT', 'The database took too long. Ask for less, or try again.', {}, { cause: error });
  const isConnectionTrouble =
    code.startsWith('57P') ||
    code.startsWith('08') ||
    code.startsWith('53') ||
    CONNECTION_CODES.has(code) ||
    CONNECTION_LOST.test((error as Error | null)?.message ?? '');
  return isConnectionTrouble ? unavailable(error, 'The database cannot be reached at the moment; try again.') : error;
}
