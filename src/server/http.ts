import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { makeFormatError } from '../api/errors';
import { checkLimits, checkVariables, type QueryLimits } from '../api/limits';
import { getSchema } from '../api/schema';
import { WikiError } from '../base/errors';
import type { Log } from '../base/log';
import type { Newsroom } from '../store/scope';
import { type BodyLimits, readBodies, RequestError } from './bodies';
import { allowOrigins } from './cors';
import { serveExplorer } from './explorer';
import { makeApollo } from './graphql';
import { serveHealth } from './health';
import { RecentlyUsed } from './recently-used';
import { headersOf, statusOf } from './refusals';
import { RequestScope } from './request-scope';

export interface HttpOptions {
  readonly newsroom: Newsroom;
  readonly log: Log;
  readonly limits: QueryLimits & BodyLimits;
  readonly corsOrigins: readonly string[];
  readonly queryCompiler: boolean;
  /** Folder of the operations that the explorer opens with. */
  readonly operations: string;
}

const CHECKED_QUERIES = 1000;

/** Checks limits on a query's text; what passed once with the same page sizes passes again without a look. */
function makeLimitsCheck(limits: QueryLimits) {
  const passed = new RecentlyUsed<true>(CHECKED_QUERIES);
  return (query: unknown, variables: unknown): WikiError | null => {
    const refusal = checkVariables(variables);
    if (refusal || typeof query !== 'string') return refusal;
    const values = typeof variables === 'object' && variables !== null ? (variables as Record<string, unknown>) : {};
    const sizes = Object.entries(values).filter(([, value]) => typeof value === 'number');
    const key = `${JSON.stringify(sizes)} ${query}`;
    if (query.length <= limits.queryLength && passed.get(key)) return null;
    const excess = checkLimits(query, limits, values);
    if (!excess) passed.set(key, true);
    return excess;
  };
}

function parseVariables(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // Apollo refuses it with words of its own
  }
}

/** Answers in GraphQL's form what was refused before GraphQL had a say. */
function answerError(reply: FastifyReply, status: number, message: string, extensions: Record<string, unknown>) {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message, extensions }] });
}

function handleErrors(app: FastifyInstance, log: Log): void {
  const formatError = makeFormatError((error, incidentId) => log.error({ err: error, incidentId }, 'request failed'));
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
    if (error instanceof RequestError)
      return answerError(reply, error.statusCode, error.message, { code: error.code, ...error.details });
    if (error instanceof WikiError) {
      for (const [name, value] of headersOf(error)) void reply.header(name, value);
      return answerError(reply, statusOf(error), error.message, { code: error.code, ...error.details });
    }
    if (error.statusCode === 415)
      return answerError(reply, 415, 'Send the query as application/json.', { code: 'UNSUPPORTED_MEDIA_TYPE' });
    if (error.statusCode && error.statusCode < 500)
      return answerError(reply, error.statusCode, 'This is not a request that the server understands.', {
        code: 'BAD_REQUEST',
      });
    const { message, extensions = {} } = formatError({ message: '' }, error);
    return answerError(reply, 500, message, extensions);
  });
  app.setNotFoundHandler((_request, reply) =>
    answerError(reply, 404, 'There is nothing here. The API is at /graphql, its explorer at /.', { code: 'NOT_FOUND' }),
  );
}

/** The HTTP server, ready to listen: GraphQL, its explorer, health. */
export async function makeHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { newsroom, log, limits } = options;
  const app = fastify({
    loggerInstance: undefined,
    logger: false,
    bodyLimit: limits.bodyBytesSignedIn,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });
  app.server.headersTimeout = 10_000;
  const onBackgroundError = (error: unknown): void => log.warn({ err: error }, 'could not note the use of a token');
  app.decorateRequest('scope', null as unknown as RequestScope);
  allowOrigins(app, options.corsOrigins);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-content-type-options': 'nosniff' });
    request.setDecorator('scope', new RequestScope(newsroom, request.headers.authorization, onBackgroundError));
  });
  readBodies(app, limits);
  handleErrors(app, log);

  const formatError = makeFormatError((error, incidentId) => log.error({ err: error, incidentId }, 'query failed'));
  const apollo = makeApollo(getSchema(), options.queryCompiler, formatError);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  const checkQuery = makeLimitsCheck(limits);
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request) => {
      const asked = (request.method === 'GET' ? request.query : request.body) as Record<string, unknown> | null;
      const variables = asked?.variables;
      const refusal = checkQuery(asked?.query, typeof variables === 'string' ? parseVariables(variables) : variables);
      if (refusal) throw refusal;
    },
    handler: fastifyApolloHandler(apollo, { context: async (request) => request.getDecorator<RequestScope>('scope') }),
    onResponse: async (request, reply) => logRequest(log, request, reply),
  });
  serveHealth(app, newsroom);
  serveExplorer(app, options.operations);
  return app;
}

const logRequest = (log: Log, request: FastifyRequest, reply: FastifyReply): void =>
  log.debug(
    {
      operation: (request.body as { operationName?: unknown } | null)?.operationName ?? null,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      statements: request.getDecorator<RequestScope>('scope').statements,
    },
    'request',
  );
