import type { IncomingMessage } from 'node:http';
import type { ExecutionArgs } from 'graphql';
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { type Operation, ToldError } from '../api/operations';
import { WikiError } from '../base/errors';
import type { Outlet, Question } from '../feed/subscriber';
import type { Seat } from '../feed/standings';
import { tooMany } from './crowd';
import type { Answer, Telling } from './live';
import { RequestScope } from './request-scope';

/** Where it is full, nothing more is made for a reader; what is under way may still come on top. */
const FULL_BYTES = 1_048_576;
/** What a reader asked for without ever reading the answers. */
const MOST_BYTES = 4 * FULL_BYTES;
/** "Try again later": clients come back by themselves. */
export const TRY_AGAIN = 1013;
export const GOING_AWAY = 1001;

/** A close frame has room for so much. */
const reasonOf = (text: string): string => Buffer.from(text).subarray(0, 123).toString().replace(/�+$/, '');

/** What graphql-ws iterates over: nothing but the end, for each message is written as bytes that all subscribers share. */
export interface Streamed extends AsyncIterableIterator<Answer> {
  return(): Promise<IteratorResult<Answer>>;
}

export type SocketContext = Context<Record<string, unknown>, Socket>;

/** One WebSocket: who it is of, what is asked over it, and how much of it is still on its way. */
export class Socket {
  seat: Seat | null = null;
  /** When something was last heard of it. */
  heardAt = performance.now();
  readonly closed: Promise<void>;
  private authorization: string | undefined;
  private readonly subscriptions = new Map<string, AbortController>();
  private readonly running = new Set<Promise<unknown>>();
  private waiters: (() => void)[] = [];
  private isClosing = false;
  private isCorked = false;

  constructor(
    private readonly ws: WebSocket,
    readonly request: IncomingMessage,
    private readonly telling: Telling,
    /** Whether pages of this origin may send a token. */
    private readonly mayBringToken: boolean,
  ) {
    this.closed = new Promise((resolve) => ws.once('close', () => resolve()));
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  /** Signs in whoever opened the socket. False where it was closed instead. */
  async connect({ connectionParams = {} }: SocketContext): Promise<boolean> {
    const given = Object.entries(connectionParams).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    // Whoever sends something believes to be signed in.
    if (given !== undefined && given !== null && typeof given !== 'string')
      return this.close(CloseCode.Forbidden, 'authorization: must be a string, "Bearer <token>".');
    this.authorization = given || this.request.headers.authorization;
    if (this.authorization && !this.mayBringToken)
      return this.close(CloseCode.Forbidden, 'Pages of this origin may not send a token: see CORS_ORIGINS.');
    try {
      const scope = this.newScope();
      await scope.signIn();
      const refusal = this.telling.crowd.refuseConnection(scope.viewer);
      if (refusal) throw refusal;
      if (!this.isOpen) return false;
      this.seat = this.telling.live.hub.standings.take(scope.viewer, () =>
        this.close(CloseCode.Forbidden, 'This token is not valid any more.'),
      );
      return true;
    } catch (error) {
      if (error instanceof WikiError && error.code === 'UNAUTHENTICATED')
        return this.close(CloseCode.Forbidden, error.message);
      if (!(error instanceof WikiError)) this.telling.log.error({ err: error }, 'a socket could not be signed in');
      return this.close(TRY_AGAIN, error instanceof WikiError ? error.message : 'Something went wrong on our side.');
    }
  }

  /** Begins an operation: what is to be iterated over or passed on, or the errors for which it was not begun. */
  async begin(id: string, payload: SubscribePayload): Promise<[Operation, Streamed | Answer] | readonly ToldError[]> {
    if (this.isClosing || !this.isOpen)
      return this.telling.told(new WikiError('SERVICE_UNAVAILABLE', 'The server is stopping.'));
    try {
      const operation = this.telling.read(payload);
      if (operation.type === 'subscription') return [operation, await this.subscribe(id, operation, payload.variables)];
      const answer = await this.run(payload);
      return 'data' in answer && answer.data !== undefined
        ? [operation, answer]
        : ((answer.errors ?? []) as ToldError['told'][]).map((error) => new ToldError(error));
    } catch (error) {
      // The protocol has no word for "later": the socket has.
      if (this.telling.isAway(error)) this.close(TRY_AGAIN, 'The database cannot be reached at the moment.');
      return this.telling.told(error);
    }
  }

  /** A query or a mutation, signed in anew: what was revoked since opens nothing. */
  private async run(payload: SubscribePayload): Promise<Answer> {
    const max = this.telling.crowd.limits.subscriptionsPerSocket;
    if (this.running.size >= max) throw tooMany('operations at once on this socket', max, this.running.size + 1);
    const work = this.telling.answer(this.newScope(), payload);
    const settled = work.then(
      () => undefined,
      () => undefined, // told to whoever asked
    );
    this.running.add(settled);
    void settled.then(() => this.running.delete(settled));
    return work;
  }

  private async subscribe(id: string, operation: Operation, variables: unknown): Promise<Streamed> {
    const { crowd, live } = this.telling;
    const max = crowd.limits.subscriptionsPerSocket;
    if (this.subscriptions.size >= max) throw tooMany('subscriptions on this socket', max, this.subscriptions.size + 1);
    const leave = crowd.enter();
    const ending = new AbortController();
    this.subscriptions.set(id, ending);
    const end = (): void => {
      ending.abort();
      leave();
      if (this.subscriptions.get(id) === ending) this.subscriptions.delete(id);
    };
    try {
      await live.hub.standings.look();
      const ask = (after: bigint | null): Promise<Question> =>
        this.telling.open(this.seat?.viewer ?? null, operation, variables, after);
      return this.stream(id, await ask(null), ask, ending, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  private stream(
    id: string,
    question: Question,
    ask: (after: bigint | null) => Promise<Question>,
    ending: AbortController,
    end: () => void,
  ): Streamed {
    const head = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
    const tail = Buffer.from('}');
    const isFull = (): boolean => this.ws.bufferedAmount > FULL_BYTES;
    const outlet: Outlet = {
      signal: ending.signal,
      get isFull() {
        return isFull();
      },
      untilRead: () => this.untilRead(),
      write: (bytes) => this.send(Buffer.concat([head, bytes, tail])),
    };
    const done: IteratorResult<Answer> = { done: true, value: undefined };
    // Over for the client at once, though what is being waited for may take a while to notice.
    const ended = new Promise<readonly ToldError[]>((resolve) =>
      ending.signal.addEventListener('abort', () => resolve([]), { once: true }),
    );
    let telling: Promise<readonly ToldError[]> | null = null;
    const finish = async (): Promise<IteratorResult<Answer>> => {
      end();
      question.source.leave();
      return done;
    };
    return {
      next: async () => {
        if (telling || !this.seat) return finish();
        telling = this.telling.tell(this.seat, question, ask, outlet);
        const errors = await Promise.race([telling, ended]);
        if (errors.length === 0 || ending.signal.aborted) return finish();
        return { done: false, value: { data: null, errors } };
      },
      return: finish,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  private newScope(): RequestScope {
    const { hub } = this.telling.live;
    return new RequestScope(hub.newsroom, this.authorization, hub.onError);
  }

  /** Writes a message; one who never reads what they ask for is not served any longer. */
  send(data: Buffer | string): void {
    if (!this.isOpen) return;
    if (this.ws.bufferedAmount > MOST_BYTES) return void this.close(TRY_AGAIN, 'What was sent was not read.');
    this.cork();
    this.ws.send(data, { binary: false }, this.onSent);
  }

  /** What is said in one go leaves in one go: asking the system to write is most of what a message costs. */
  private cork(): void {
    if (this.isCorked) return;
    const { socket } = this.request;
    this.isCorked = true;
    socket.cork();
    process.nextTick(() => {
      this.isCorked = false;
      socket.uncork();
    });
  }

  private readonly onSent = (): void => {
    if (this.waiters.length > 0 && this.ws.bufferedAmount <= FULL_BYTES / 2) this.letGo();
  };

  private letGo(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }

  private untilRead(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  ping(): void {
    if (this.isOpen) this.ws.ping();
  }

  /** @returns false, as graphql-ws has it for what is refused. */
  close(code: number, reason: string): false {
    this.isClosing = true;
    this.ws.close(code, reasonOf(reason));
    this.end();
    return false;
  }

  /** Nothing more is begun; what is being answered is answered before the socket goes. */
  async goAway(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.running);
    await new Promise((resolve) => setImmediate(resolve)); // graphql-ws has yet to pass the answers on
    this.goNow();
  }

  /** Without waiting. The socket first: of what ends while it is open clients believe that there is no more to come. */
  goNow(): void {
    this.close(GOING_AWAY, 'The server is stopping.');
  }

  cut(): void {
    this.ws.terminate();
  }

  /** Everything that was asked over it ends. */
  end(): void {
    for (const ending of this.subscriptions.values()) ending.abort();
    this.seat?.leave();
    this.letGo();
  }
}

/** The arguments under which graphql-ws passes an operation back to us. */
export const argsOf = (schema: ExecutionArgs['schema'], { document, name }: Operation): ExecutionArgs => ({
  schema,
  document,
  operationName: name,
  contextValue: null,
});
