import type { FastifyInstance } from 'fastify';
import type { Newsroom } from '../store/scope';

/** `/livez`: the process runs. `/readyz` (and `/healthz`): the database answers, and the process is not stopping. */
export function serveHealth(app: FastifyInstance, newsroom: Newsroom): void {
  app.get('/livez', async () => ({ status: 'ok' }));
  for (const path of ['/readyz', '/healthz'])
    app.get(path, async (_request, reply) => {
      try {
        await newsroom.database.run('ready', 'select 1');
        return { status: 'ok' };
      } catch {
        return reply.code(503).send({ status: 'the database does not answer' });
      }
    });
}
