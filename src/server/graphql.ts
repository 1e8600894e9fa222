import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { toGraphQLError } from '../api/errors';
import { badInput, WikiError } from '../base/errors';
import { makeExecution } from './execution';
import { headersOf, statusOf } from './refusals';
import type { RequestScope } from './request-scope';

/** A refusal of the whole request, with the HTTP status that goes with it. */
const toRefusal = (error: WikiError): Error =>
  toGraphQLError(error, { status: statusOf(error), headers: new HeaderMap(headersOf(error)) });

/** What a query's text and variables exceed; null where it may be asked. */
export type CheckQuery = (query: unknown, variables: unknown) => WikiError | null;

/** Signs in after validation: a query that is refused for what it is costs no statement. */
const signIn = (checkQuery: CheckQuery): ApolloServerPlugin<RequestScope> => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ request, source, operation, contextValue }) => {
      if (!operation) return; // execution finds that there is none of that name
      try {
        if (operation.operation === 'subscription')
          throw badInput(
            'query',
            'subscriptions are answered over WebSocket at this address, and over Server-Sent Events at /graphql/stream.',
          );
        // The text of a persisted query was not in the request: nobody has looked at it with these variables.
        const refusal = request.query === undefined ? checkQuery(source, request.variables) : null;
        if (refusal) throw refusal;
        await contextValue.signIn();
      } catch (error) {
        throw error instanceof WikiError ? toRefusal(error) : error;
      }
    },
  }),
});

/** Apollo Server over the schema, with its own extras switched off. */
export const makeApollo = (
  schema: GraphQLSchema,
  compiles: boolean,
  checkQuery: CheckQuery,
  formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError,
): ApolloServer<RequestScope> =>
  new ApolloServer<RequestScope>({
    gateway: makeExecution(schema, compiles),
    plugins: [
      signIn(checkQuery),
      // It would wrap every field: with it 230 requests a second, without it 640 (measured).
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
    formatError,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: false,
    stopOnTerminationSignals: false,
    status400ForVariableCoercionErrors: true,
    cache: 'bounded',
    validationOptions: { maxErrors: 5 },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
