import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import { WikiError } from '../base/errors';

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
  for (let inner = error; inner instanceof Error;) {
    if (inner instanceof WikiError) return inner;
    inner = inner instanceof GraphQLError ? inner.originalError : null;
  }
  return null;
}

/** Apollo gives these no code of their own. */
const PERSISTED_QUERY_MISTAKE = /^(provided sha does not match query|Unsupported persisted query version)$/;

/** A WikiError as clients see it. Of a scalar that cannot be read GraphQL knows the place, and the scalar does not. */
function toldOf({ message, code, details }: WikiError, wrapped: string): GraphQLFormattedError {
  const field = /^Variable "\$.*?" got invalid value .* at "([^"]+)"/s.exec(wrapped)?.[1];
  if (field === undefined) return { message, extensions: { code, ...details } };
  return { message: `${field}: ${String(details.reason ?? message)}`, extensions: { code, ...details, field } };
}

/** A WikiError as GraphQL's own, with the HTTP head that Apollo is to answer with. */
export const toGraphQLError = (error: WikiError, http: object): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error as Error,
    extensions: { code: error.code, http },
  });

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
      return { ...toldOf(wiki, formatted.message), ...place };
    }
    if (PERSISTED_QUERY_MISTAKE.test(formatted.message))
      return { message: formatted.message, ...place, extensions: { code: 'BAD_REQUEST' } };
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
