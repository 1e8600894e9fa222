import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const PREFLIGHT_SECONDS = '86400';
const OPEN_HEADERS = 'content-type, accept, apollo-require-preflight, x-apollo-operation-name, last-event-id';

/**
 * Lets pages of other origins read (rules 5.5): any origin, without credentials, what anonymous readers may ask; with a
 * token only the origins that are listed. A token never rides along by itself (there are no cookies), so an open door for
 * anonymous reading gives nothing away.
 */
export function allowOrigins(app: FastifyInstance, listed: readonly string[]): void {
  const answer = (request: FastifyRequest, reply: FastifyReply, withToken: boolean): void => {
    const { origin } = request.headers;
    void reply.header('vary', 'Origin'); // also for who names none: a cache may keep the answer for one who does
    if (!origin) return;
    if (listed.includes(origin)) void reply.header('access-control-allow-origin', origin);
    else if (!withToken) void reply.header('access-control-allow-origin', '*');
  };
  app.addHook('onRequest', async (request, reply) => {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return answer(request, reply, request.headers.authorization !== undefined);
    const isListed = listed.includes(request.headers.origin ?? '');
    answer(request, reply, false);
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': isListed ? `${OPEN_HEADERS}, authorization` : OPEN_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      })
      .send();
  });
}
