import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { ToldError } from '../api/operations';
import { type RequestError, refuseAddress } from './bodies';
import type { Answer, Telling } from './live';
import { mayBringToken } from './origins';
import { argsOf, Socket, type SocketContext, type Streamed, TRY_AGAIN } from './socket';
import { Turns } from './turns';

const MOST_FRAME_BYTES = 65_536;
/** How long the close of a socket is waited for at a stop. */
const CLOSING_MS = 1000;
/** How often in the time after which a reader is too slow one is asked whether one still reads. */
const LOOKS = 4;

export interface SocketOptions {
  readonly corsOrigins: readonly string[];
  /** A reader who reads nothing for so long is closed, in milliseconds. */
  readonly slowMs: number;
  /** How long a new socket may be silent. */
  readonly initMs: number;
  /** How long running operations may finish at a stop. */
  readonly shutdownMs: number;
}

/** Says no in plain HTTP, before there is a socket. */
function refuse(duplex: Duplex, status: string, code: string, message: string, details: object = {}): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code, ...details } }] });
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status.startsWith('503') ? ['retry-after: 1'] : []),
  ];
  duplex.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * A request that would rather speak a protocol that there is not is answered in HTTP as if it had not said so (RFC 9110, 7.8):
 * Java's client and `curl --http2` say it each time. Node has taken it out of HTTP by now, so it goes in again from its start.
 */
function answerUnchanged(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  duplex: Duplex,
  head: Buffer,
): void {
  const fields = rawHeaders.flatMap((name, index) => {
    const isField = index % 2 === 0 && !['upgrade', 'http2-settings'].includes(name.toLowerCase());
    return isField ? [`${name}: ${rawHeaders[index + 1]}`] : [];
  });
  const start = [`${method} ${url} HTTP/${httpVersion}`, ...fields];
  duplex.unshift(Buffer.concat([Buffer.from(`${start.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', duplex);
}

/** WebSockets on `/graphql`, in the protocol of graphql-ws (graphql-transport-ws). */
export class Sockets {
  private readonly sockets = new Set<Socket>();
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  /** What graphql-ws is to find when it asks for an operation's result. */
  private readonly results = new WeakMap<ExecutionArgs, Streamed | Answer>();
  private readonly protocol: ReturnType<typeof makeServer<Record<string, unknown>, Socket>>;
  private readonly timer: NodeJS.Timeout;
  private isStopping = false;

  constructor(
    private readonly telling: Telling,
    private readonly options: SocketOptions,
  ) {
    this.protocol = this.speak();
    this.timer = setInterval(() => this.lookForSlow(), options.slowMs / LOOKS);
  }

  /** Takes over what a server is asked to upgrade. */
  serve(server: Server): void {
    server.on('upgrade', (request, duplex, head) => {
      if (request.headers.upgrade?.toLowerCase() !== 'websocket')
        return void answerUnchanged(server, request, duplex, head);
      duplex.on('error', (error: Error) => this.telling.log.debug({ err: error }, 'a socket broke'));
      const refusal = this.refusalOf(request);
      if (refusal) refuse(duplex, ...refusal);
      else this.server.handleUpgrade(request, duplex, head, (ws) => this.open(ws, request));
    });
  }

  /** Closes every socket with 1001, once what is being answered over it is answered, or the time is over. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    const open = [...this.sockets];
    await within(this.options.shutdownMs, Promise.all(open.map((socket) => socket.goAway())));
    for (const socket of open) socket.goNow();
    await within(CLOSING_MS, Promise.all(open.map((socket) => socket.closed)));
    for (const socket of this.sockets) socket.cut();
  }

  private refusalOf(request: IncomingMessage): [string, string, string, object?] | null {
    if (this.isStopping) return ['503 Service Unavailable', 'SERVICE_UNAVAILABLE', 'The server is stopping.'];
    const { host, origin, authorization } = request.headers;
    const wrong: RequestError | null = refuseAddress(host ?? '', request.url ?? '');
    if (wrong) return ['400 Bad Request', wrong.code, wrong.message];
    if (new URL(request.url ?? '', 'http://localhost').pathname !== '/graphql')
      return ['404 Not Found', 'NOT_FOUND', 'There are sockets at /graphql only.'];
    if (authorization && !mayBringToken(origin, host, this.options.corsOrigins))
      return ['403 Forbidden', 'FORBIDDEN', 'Pages of this origin may not send a token: see CORS_ORIGINS.'];
    const full = this.telling.crowd.refuseSocket();
    return full && ['503 Service Unavailable', full.code, full.message, full.details];
  }

  private open(ws: WebSocket, request: IncomingMessage): void {
    const { telling, options } = this;
    const { host, origin } = request.headers;
    const socket = new Socket(ws, request, telling, mayBringToken(origin, host, options.corsOrigins));
    this.sockets.add(socket);
    telling.crowd.sockets += 1;
    const heard = (): void => void (socket.heardAt = performance.now());
    ws.on('pong', heard);
    // Too large a frame, or none at all: ws closes with the code that goes with it.
    ws.on('error', (error) => telling.log.debug({ err: error }, 'a socket broke'));
    const closed = this.protocol.opened(
      {
        protocol: ws.protocol,
        send: async (data) => socket.send(data),
        close: (code, reason) => void socket.close(code ?? CloseCode.BadRequest, reason ?? ''),
        onMessage: (receive) => {
          const turns = new Turns(
            receive,
            (id) => socket.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`),
            (error) => this.fail(socket, error),
          );
          ws.on('message', (data) => {
            heard();
            turns.take(String(data));
          });
        },
      },
      socket,
    );
    ws.once('close', (code, reason) => {
      this.sockets.delete(socket);
      telling.crowd.sockets -= 1;
      socket.end();
      closed(code, String(reason)).catch((error: unknown) => this.fail(socket, error));
    });
  }

  private fail(socket: Socket, error: unknown): void {
    // graphql-ws has no code for messages that only servers send.
    if (error instanceof Error && error.message.startsWith('Unexpected message of type'))
      return void socket.close(CloseCode.BadRequest, error.message);
    this.telling.log.error({ err: error }, 'a socket failed');
    socket.close(TRY_AGAIN, 'Something went wrong on our side.');
  }

  private speak() {
    const resultOf = (args: ExecutionArgs): Streamed | Answer => this.results.get(args) ?? {};
    return makeServer<Record<string, unknown>, Socket>({
      connectionInitWaitTimeout: this.options.initMs,
      onConnect: (context) => context.extra.connect(context),
      onSubscribe: async ({ extra: socket }: SocketContext, id, payload) => {
        const begun = await socket.begin(id, payload);
        if (!isBegun(begun)) return begun;
        const [operation, result] = begun;
        const args = argsOf(this.telling.live.schema, operation);
        this.results.set(args, result);
        return args;
      },
      // Answered already: graphql-ws fetches what `begin` has made of it.
      subscribe: (args) => resultOf(args) as AsyncIterableIterator<never>,
      execute: (args) => resultOf(args) as never,
      onNext: (_context, _id, _payload, _args, result) => result,
    });
  }

  private lookForSlow(): void {
    const now = performance.now();
    for (const socket of this.sockets) {
      if (now - socket.heardAt <= this.options.slowMs) socket.ping();
      else if (socket.isOpen) {
        this.telling.log.info({ slowMs: this.options.slowMs }, 'a reader who reads nothing was closed');
        socket.close(TRY_AGAIN, `Nothing was read for ${this.options.slowMs / 1000} s.`);
      }
    }
  }
}

const isBegun = <Begun>(begun: Begun | readonly ToldError[]): begun is Begun =>
  !(Array.isArray(begun) && begun.every((one) => one instanceof ToldError));

/** Waits for something, but not longer. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
