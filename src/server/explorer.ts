import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { FastifyInstance } from 'fastify';

interface Page {
  html: Buffer;
  gzip: Buffer;
}

/** The page runs scripts of its own only, and talks to this server only; nobody frames it to steal a token. */
const SAFETY = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Not every browser takes a WebSocket of ours for "self". */
const policyFor = (host: string): string =>
  [
    "default-src 'none'",
    "script-src 'unsafe-inline' blob:",
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    `connect-src 'self'${/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : ''}`,
    "img-src 'self' data:",
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

let page: Page | undefined;

/** What tabs open with, in the order of the files' names: operations, with variables where a file beside has some. */
const readTabs = (folder: string): { query: string; variables?: string }[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .toSorted()
    .map((name) => {
      const file = path.join(folder, name);
      const variables = file.replace(/graphql$/, 'variables.json');
      const query = readFileSync(file, 'utf8');
      return existsSync(variables) ? { query, variables: readFileSync(variables, 'utf8') } : { query };
    });

/** The page is 9 MB, almost all of it GraphiQL itself: made at the first visit, compressed once, kept. */
function getPage(folder: string): Page {
  if (page) return page;
  const html = Buffer.from(
    renderGraphiQL({
      title: 'Newsroom Wiki',
      defaultTabs: readTabs(folder),
      // Empty, so that everything public works before anybody has a token.
      headers: '{\n  "authorization": ""\n}',
      endpoint: '/graphql',
      subscriptionsProtocol: 'WS',
    }),
  );
  page = { html, gzip: gzipSync(html) };
  return page;
}

/** GraphiQL at `/`, whole from the package: it asks no other server for anything. */
export function serveExplorer(app: FastifyInstance, folder: string): void {
  app.get('/', async (request, reply) => {
    const { html, gzip } = getPage(folder);
    void reply
      .type('text/html; charset=utf-8')
      .headers({ 'cache-control': 'no-cache', vary: 'Origin, Accept-Encoding', ...SAFETY })
      .header('content-security-policy', policyFor(request.host));
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    return takesGzip ? reply.header('content-encoding', 'gzip').send(gzip) : reply.send(html);
  });
}
