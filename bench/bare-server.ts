import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { readConfig } from '../src/base/config';
import { sha256 } from '../src/base/hash';
import { sortKey } from '../src/rules/titles';
import { EDIT, EDIT_FUNCTION, HISTORY, STORY_LIST, STORY_PAGE } from './bare-sql';

// The limit: what Node, pg and Postgres do at most for such a request. One statement, no GraphQL, nothing checked twice.

const config = readConfig(process.env);
const pool = new pg.Pool({ connectionString: config.database.url, max: config.database.poolSize });
pool.on('connect', (client) => {
  client.query(EDIT_FUNCTION).catch((error: Error) => process.stderr.write(`${error.message}\n`));
});

interface Asked {
  readonly operationName: string;
  readonly variables: {
    readonly slug?: string;
    readonly id?: string;
    /** The history's page stays below this number; told to this server alone, which cannot read a cursor. */
    readonly below?: number;
    readonly input?: { id: string; baseRevision: number; fields: { headline?: string; summary?: string } };
  };
}

async function answer(request: IncomingMessage, asked: Asked): Promise<string> {
  const { slug, id, below, input } = asked.variables;
  const secret = request.headers.authorization?.slice('Bearer '.length) ?? '';
  if (asked.operationName === 'StoryList') return bodyOf(await pool.query({ name: 'story-list', text: STORY_LIST }));
  if (asked.operationName === 'History')
    return bodyOf(await pool.query({ name: 'history', text: HISTORY, values: [sha256(secret), id, below] }));
  if (!input) return bodyOf(await pool.query({ name: 'story-page', text: STORY_PAGE, values: [slug] }));
  const { headline, summary } = input.fields;
  const folded = headline === undefined ? null : sortKey(headline);
  const values = [sha256(secret), input.id, input.baseRevision, headline, summary, folded];
  return bodyOf(await pool.query({ name: 'edit', text: EDIT, values }));
}

const bodyOf = ({ rows }: pg.QueryResult<{ body: string | null }>): string => rows[0]?.body ?? '{"data":null}';

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    answer(request, JSON.parse(Buffer.concat(parts).toString()) as Asked).then(
      (body) => send(response, 200, body),
      (error: Error) => send(response, 500, JSON.stringify({ errors: [{ message: error.message }] })),
    );
  });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`bare server: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void pool.end();
});
