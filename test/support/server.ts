import type { FastifyInstance } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { readConfig } from '../../src/base/config';
import { sha256 } from '../../src/base/hash';
import { Hub } from '../../src/feed/hub';
import type { UserRole } from '../../src/model/user';
import { type HttpOptions, makeHttpServer } from '../../src/server/http';
import type { Newsroom } from '../../src/store/scope';
import { insertToken } from '../../src/store/write-people';
import type { Answer, TestNewsroom } from './newsroom';
import { openTestNewsroom } from './newsroom';
import { until } from './until';

/** What came back over HTTP. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** As it was sent. */
  text: string;
  /** Read as JSON; undefined where it is none. */
  body: Answer;
  /** Code of the first error. */
  code: string | undefined;
}

interface Sending {
  token?: string;
  headers?: Record<string, string>;
}

/** The newsroom's HTTP server, listening on a port of its own. */
export interface TestServer {
  readonly room: TestNewsroom;
  readonly app: FastifyInstance;
  readonly hub: Hub;
  readonly url: string;
  /** Sends a query as JSON. */
  post(query: unknown, variables?: unknown, sending?: Sending): Promise<HttpAnswer>;
  /** Sends anything. */
  send(path: string, init?: RequestInit): Promise<HttpAnswer>;
  /** A new token of the user with that role. */
  tokenOf(role: UserRole, options?: { ceiling?: UserRole; expiresAt?: Date }): Promise<string>;
  /**
   * What was sent to the database while `work` ran: statements outside transactions, and transactions. Waits
   * first for what goes on by itself: other processes are told of a commit a moment after it.
   */
  countSql(work: () => Promise<unknown>): Promise<number>;
  /** Everything that was logged, one JSON object a line. */
  readonly logged: string[];
  close(): Promise<void>;
}

export type ServerOptions = Partial<Pick<HttpOptions, 'corsOrigins' | 'queryCompiler'>> & {
  /** A newsroom to serve, closed by whoever opened it; without it the server has one of its own. */
  room?: TestNewsroom;
  /** Where to listen; a free port where it is left out. */
  port?: number;
  limits?: Partial<HttpOptions['limits']>;
  live?: Partial<Omit<HttpOptions['live'], 'crowd'>> & Partial<HttpOptions['live']['crowd']>;
};

export async function readAnswer(response: Response): Promise<HttpAnswer> {
  const text = await response.text();
  let body: Answer;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const code = body?.errors?.[0]?.extensions?.code as string | undefined;
  return { status: response.status, headers: response.headers, text, body, code };
}

async function makeToken({ database }: Newsroom, user: string, options: { ceiling?: UserRole; expiresAt?: Date }) {
  const secret = `nw_${randomBytes(24).toString('base64url')}`;
  const id = randomUUID();
  const { ceiling = null, expiresAt = null } = options;
  await insertToken(database.run, { id, hash: sha256(secret), user, label: 'test', expiresAt });
  await database.run('test-ceiling', 'update token set ceiling = $2 where id = $1', [id, ceiling]);
  return secret;
}

/** Starts the server in this process; close it in `afterAll`. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const room = options.room ?? (await openTestNewsroom());
  const logged: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged.push(chunk.toString());
      done();
    },
  });
  const log = pino({ level: 'debug' }, sink);
  const config = readConfig({});
  const { checkpointMs, slowMs, initMs, shutdownMs, ...crowd } = {
    ...config.live,
    initMs: 3000,
    shutdownMs: 10_000,
    ...options.live,
  };
  const hub = new Hub(room.newsroom, (error) => log.warn({ err: error }, 'the feed is waiting'), checkpointMs);
  const app = await makeHttpServer({
    newsroom: room.newsroom,
    hub,
    live: { crowd, checkpointMs, slowMs, initMs, shutdownMs },
    log,
    limits: { ...config.limits, ...options.limits },
    corsOrigins: options.corsOrigins ?? [],
    queryCompiler: options.queryCompiler ?? true,
    operations: path.resolve(__dirname, '..', '..', 'schema', 'operations'),
  });
  await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  let acquired = 0;
  const { pool, pulse } = room.newsroom.database;
  pool.on('acquire', () => (acquired += 1));
  const send: TestServer['send'] = async (where, init) => readAnswer(await fetch(url + where, init));
  return {
    room,
    app,
    hub,
    url,
    logged,
    send,
    post: (query, variables, { token, headers } = {}) =>
      send('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      }),
    tokenOf: (role, given = {}) => makeToken(room.newsroom, room.as(role).viewer?.user.uuid ?? '', given),
    countSql: async (work) => {
      await until(() => !pulse.hasMoreToTell && pool.waitingCount === 0 && pool.idleCount === pool.totalCount);
      const before = acquired;
      await work();
      return acquired - before;
    },
    close: async () => {
      await app.close();
      await hub.close();
      if (!options.room) await room.close();
    },
  };
}
