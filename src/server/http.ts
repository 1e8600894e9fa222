import type { Socket } from 'node:net';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { makeFormatError } from '../api/errors';
import { checkLimits, checkVariables, type QueryLimits } from '../api/limits';
import { getSchema } from '../api/schema';
import { WikiError } from '../base/errors';
import type { Log } from '../base/log';
import type { Hub } from '../feed/hub';
import { PresenceWatch } from '../feed/presence-watch';
import type { Newsroom } from '../store/scope';
import { readAsked } from './asked';
import { type BodyLimits, readBodies, refuseAddress, RequestError } from './bodies';
import { allowOrigins } from './cors';
import { Crowd, type CrowdLimits } from './crowd';
import { serveExplorer } from './explorer';
import { type CheckQuery, makeApollo } from './graphql';
import { serveHealth } from './health';
import { Telling } from './live';
import { RecentlyUsed } from './recently-used';
import { headersOf, statusOf } from './refusals';
import { RequestScope } from './request-scope';
import { Sockets, type SocketOptions } from './sockets';
import { Streams } from './streams';

type FormatError = ReturnType<typeof makeFormatError>;

export interface HttpOptions {
  readonly newsroom: Newsroom;
  /** Whoever opened it closes it, after the server. */
  readonly hub: Hub;
  readonly live: Omit<SocketOptions, 'corsOrigins'> & {
    readonly crowd: CrowdLimits;
    /** So long at most without a message of the feed, in milliseconds. */
    readonly checkpointMs: number;
  };
  readonly log: Log;
  readonly limits: QueryLimits & BodyLimits;
  readonly corsOrigins: readonly string[];
  readonly queryCompiler: boolean;
  /** Folder of the operations that the explorer opens with. */
  readonly operations: string;
}

const CHECKED_QUERIES = 1000;

/** Checks limits on a query's text; what passed once with the same page sizes passes again without a look. */
function makeLimitsCheck(limits: QueryLimits): CheckQuery {
  const passed = new RecentlyUsed<true>(CHECKED_QUERIES);
  return (query, variables) => {
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

/** Refuses what would come to no good whatever is asked. */
async function checkAddress({ headers, url }: FastifyRequest): Promise<void> {
  const refusal = refuseAddress(headers.host ?? 'localhost', url); // HTTP/1.0 knows of no Host
  if (refusal) throw refusal;
}

/** Answers in GraphQL's form what was refused before GraphQL had a say. */
function answerError(reply: FastifyReply, status: number, message: string, extensions: Record<string, unknown>) {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message, extensions }] });
}

const refuseUnreadable = (reply: FastifyReply, status: number): FastifyReply =>
  answerError(reply, status, 'This is not a request that the server understands.', { code: 'BAD_REQUEST' });

/** With what one asks where. */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/graphql', ['GET', 'POST']],
  ['/graphql/stream', ['GET', 'POST']],
  ['/events', ['GET']],
]);

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
    if (error.statusCode && error.statusCode < 500) return refuseUnreadable(reply, error.statusCode);
    const { message, extensions = {} } = formatError({ message: '' }, error);
    return answerError(reply, 500, message, extensions);
  });
  app.setNotFoundHandler((request, reply) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const allowed = METHODS.get(pathname);
    if (!allowed)
      return answerError(reply, 404, 'There is nothing here. The API is at /graphql, its explorer at /.', {
        code: 'NOT_FOUND',
      });
    void reply.header('allow', allowed.join(', '));
    return answerError(reply, 405, `Ask with ${allowed.join(' or ')}.`, { code: 'BAD_REQUEST' });
  });
}

/** At a stop, closes connections over which nothing is asked: by themselves they would stay for as long as they are kept alive. */
function closeIdle(app: FastifyInstance): void {
  const open = new Set<Socket>();
  app.server.on('connection', (connection) => {
    if (open.has(connection)) return; // it comes again where it asked for another protocol than there is
    open.add(connection);
    connection.once('close', () => open.delete(connection));
  });
  app.addHook('preClose', async () => {
    const sweep = setInterval(() => {
      app.server.closeIdleConnections(); // some fall idle only now
      // Clients open some to spare, which Node does not count as idle.
      for (const connection of open) if (connection.bytesRead === 0) connection.destroy();
    }, 50);
    app.server.once('close', () => clearInterval(sweep));
  });
}

/** Sockets and streams, for as long as the server is open. */
function serveLive(
  app: FastifyInstance,
  { newsroom, hub, live, log, corsOrigins }: HttpOptions,
  {
    formatError,
    apollo,
    checkQuery,
  }: { formatError: FormatError; apollo: ApolloServer<RequestScope>; checkQuery: CheckQuery },
): void {
  const presence = new PresenceWatch(newsroom.database.run, hub.onError);
  const { checkpointMs } = live;
  const telling = new Telling(
    { schema: getSchema(), hub, presence, checkpointMs, formatError },
    new Crowd(live.crowd, hub),
    log,
    apollo,
    checkQuery,
  );
  const sockets = new Sockets(telling, { ...live, corsOrigins });
  sockets.serve(app.server);
  const streams = new Streams(telling, live.slowMs);
  streams.serve(app);
  app.addHook('preClose', async () => {
    streams.stop();
    presence.stop();
    await sockets.stop();
  });
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
    frameworkErrors: (_error, _request, reply) => void refuseUnreadable(reply, 400),
  });
  app.server.headersTimeout = 10_000;
  closeIdle(app);
  const onBackgroundError = (error: unknown): void => log.warn({ err: error }, 'could not note the use of a token');
  app.decorateRequest('scope', null as unknown as RequestScope);
  allowOrigins(app, options.corsOrigins);
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-content-type-options': 'nosniff' });
    request.setDecorator('scope', new RequestScope(newsroom, request.headers.authorization, onBackgroundError));
  });
  app.addHook('onRequest', checkAddress);
  readBodies(app, limits);
  handleErrors(app, log);

  const formatError = makeFormatError((error, incidentId) => log.error({ err: error, incidentId }, 'query failed'));
  const checkQuery = makeLimitsCheck(limits);
  const apollo = makeApollo(getSchema(), options.queryCompiler, checkQuery, formatError);
  await apollo.start();
  app.addHook('onClose', () => apollo.stop());
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request) => {
      const { query, variables } = readAsked(request);
      const refusal = checkQuery(query, variables);
      if (refusal) throw refusal;
    },
    handler: fastifyApolloHandler(apollo, { context: async (request) => request.getDecorator<RequestScope>('scope') }),
    onResponse: async (request, reply) => logRequest(log, request, reply),
  });
  serveLive(app, options, { formatError, apollo, checkQuery });
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
