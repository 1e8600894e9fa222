import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import { WikiError } from '../base/errors';

/** HTTP status of errors that refuse a whole request. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  QUERY_TOO_COMPLEX: 400,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  TIMEOUT: 504,
};

/** Codes of Apollo's own that tell nothing of the inside. */
const OPEN_CODES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** The WikiError behind whatever was caught: errors come wrapped, once for their place in the query. */
function wikiErrorIn(error: unknown): WikiError | null {
  for (let inner = error; inner instanceof Error; ) {
    if (inner instanceof WikiError) return inner;
    inner = inner instanceof GraphQLError ? inner.originalError : null;
  }
  return null;
}

/** A WikiError as a GraphQL error, with the HTTP status that goes with it where it refuses the request. */
export function toGraphQLError(error: WikiError): GraphQLError {
  const status = STATUS[error.code];
  const headers = new Map<string, string>();
  if (error.code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer');
  if (status === 503) headers.set('retry-after', '1');
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, ...error.details, ...(status ? { http: { status, headers } } : {}) },
  });
}

/**
 * The one translator of errors. What the rooms below throw on purpose is told as it is; what GraphQL itself refuses passes;
 * everything else is handed to `log` whole and shown as an incident, without a word of SQL or code.
 */
export const makeFormatError =
  (log: (error: unknown, incidentId: string) => void) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = { locations: formatted.locations, path: formatted.path };
    const wiki = wikiErrorIn(error);
    if (wiki) {
      if (wiki.cause) log(wiki, 'told');
      return { message: wiki.message, ...place, extensions: { code: wiki.code, ...wiki.details } };
    }
    const code = formatted.extensions?.code;
    if (OPEN_CODES.has(code)) return { message: formatted.message, ...place, extensions: { code } };
    const incidentId = randomUUID();
    log(error, incidentId);
    return {
      message: `Something went wrong on our side. Please report incident ${incidentId}.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', incidentId },
    };
  };
