import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openEvents } from '../api/event-query';
import { type Operation, OperationRefused, type ToldError } from '../api/operations';
import { WikiError } from '../base/errors';
import type { Question } from '../feed/subscriber';
import { Scope, type Viewer } from '../store/scope';
import { readStreamed } from './asked';
import { RequestError } from './bodies';
import { EventStream } from './event-stream';
import type { Answer, Telling } from './live';
import type { RequestScope } from './request-scope';

/** How long somebody who was cut off waits before they come back, unless they know better. */
const RETRY_MS = 3000;

/** What a stream says beside its messages. */
interface Manner {
  readonly hello: string;
  frame(bytes: Buffer): Buffer;
  /** Why there will be no more, for good. */
  farewell(errors: readonly ToldError[]): string;
}

const part = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The protocol of graphql-sse, distinct connections. */
const GRAPHQL: Manner = {
  hello: ':\n\n', // some browsers take an answer for begun only when there is something in it
  frame: (bytes) => Buffer.concat([Buffer.from('event: next\ndata: '), bytes, Buffer.from('\n\n')]),
  farewell: (errors) => `${errors.length > 0 ? part('next', { errors }) : ''}event: complete\ndata:\n\n`,
};

/** Plain events: what is told is framed already, each with its id. */
const PLAIN: Manner = {
  hello: `retry: ${RETRY_MS}\n\n`,
  frame: (bytes) => bytes,
  farewell: (errors) => part('refused', { errors }),
};

/** Server-Sent Events: `/graphql/stream` for clients of graphql-sse, `/events` for any EventSource. */
export class Streams {
  private readonly open = new Set<EventStream>();
  private isStopping = false;

  constructor(
    private readonly telling: Telling,
    private readonly slowMs: number,
  ) {}

  serve(app: FastifyInstance): void {
    app.route({
      method: ['GET', 'POST'],
      url: '/graphql/stream',
      exposeHeadRoute: false,
      handler: (request, reply) => this.answerGraphql(request, reply),
    });
    app.route({
      method: 'GET',
      url: '/events',
      exposeHeadRoute: false,
      handler: (request, reply) => this.answerEvents(request, reply),
    });
  }

  /** Ends every stream: whoever reads one comes back, to another server. */
  stop(): void {
    this.isStopping = true;
    for (const stream of this.open) stream.end();
  }

  private async answerEvents(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const scope = request.getDecorator<RequestScope>('scope');
    await scope.signIn();
    const { searchParams } = new URL(request.url, 'http://localhost');
    const last = request.headers['last-event-id'];
    const { live } = this.telling;
    await this.stream(reply, scope.viewer, PLAIN, (viewer, after) =>
      openEvents(live, new Scope(live.hub.newsroom, viewer), searchParams, String(last ?? '') || null, after),
    );
  }

  private async answerGraphql(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const scope = request.getDecorator<RequestScope>('scope');
    const asked = readStreamed(request);
    await scope.signIn();
    try {
      const operation = this.telling.read(asked);
      if (operation.type === 'mutation' && request.method === 'GET') {
        void reply.header('allow', 'POST');
        throw new RequestError(405, 'BAD_REQUEST', 'Mutations go with POST.');
      }
      if (operation.type !== 'subscription') return this.answerOnce(reply, await this.telling.answer(scope, asked));
      await this.follow(reply, scope.viewer, operation, asked.variables);
    } catch (error) {
      if (!(error instanceof OperationRefused) || this.telling.isAway(error)) throw error;
      // As graphql-sse has it: the request was understood, and this is its answer.
      this.answerOnce(reply, { errors: this.telling.told(error) });
    }
  }

  private answerOnce(reply: FastifyReply, answer: Answer): void {
    const stream = this.begin(reply, GRAPHQL);
    stream.write(Buffer.from(JSON.stringify(answer)));
    stream.say(GRAPHQL.farewell([]));
    stream.end();
  }

  private follow(reply: FastifyReply, viewer: Viewer | null, operation: Operation, variables: unknown): Promise<void> {
    return this.stream(reply, viewer, GRAPHQL, (now, after) => this.telling.open(now, operation, variables, after));
  }

  /** @throws whatever refuses it, as long as nothing was sent. */
  private async stream(
    reply: FastifyReply,
    viewer: Viewer | null,
    manner: Manner,
    open: (viewer: Viewer | null, after: bigint | null) => Promise<Question>,
  ): Promise<void> {
    const { crowd, live } = this.telling;
    const refusal = crowd.refuseConnection(viewer);
    if (refusal) throw refusal;
    const leave = crowd.enter();
    let stream: EventStream | null = null;
    const dismiss = (): void => {
      const lost = new WikiError('UNAUTHENTICATED', 'This token is not valid any more.');
      stream?.say(manner.farewell(this.telling.told(lost)));
      stream?.end();
    };
    const seat = live.hub.standings.take(viewer, dismiss);
    const ask = (after: bigint | null): Promise<Question> => open(seat.viewer, after);
    try {
      const question = await ask(null);
      stream = this.begin(reply, manner);
      // While it was being asked: either is told once.
      if (seat.isLost) dismiss();
      if (this.isStopping) stream.end();
      const errors = await this.telling.tell(seat, question, ask, stream);
      if (errors.length > 0) stream.say(manner.farewell(errors));
    } finally {
      stream?.end();
      seat.leave();
      leave();
    }
  }

  private begin(reply: FastifyReply, manner: Manner): EventStream {
    const stream = new EventStream(reply, this.slowMs, manner.frame);
    if (!stream.signal.aborted) this.open.add(stream);
    stream.signal.addEventListener('abort', () => this.open.delete(stream), { once: true });
    stream.say(manner.hello);
    return stream;
  }
}
