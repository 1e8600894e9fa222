import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { type ClientOptions, WebSocket } from 'ws';
import type { Answer } from './newsroom';

/** What came to a follower, and how to wait for more of it. */
export class Heard<Message = Answer> {
  readonly messages: Message[] = [];
  readonly errors: Answer[] = [];
  isEnded = false;
  private waiters: (() => void)[] = [];

  add(message: Message): void {
    this.messages.push(message);
    this.tell();
  }

  fail(error: unknown): void {
    this.errors.push(error);
    this.tell();
  }

  end(): void {
    this.isEnded = true;
    this.tell();
  }

  /** Waits until it is so. */
  async until(isSo: (heard: this) => boolean, ms = 15_000): Promise<this> {
    const late = Date.now() + ms;
    while (!isSo(this)) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.waiters.push(resolve);
        timer = setTimeout(resolve, late - Date.now());
      });
      clearTimeout(timer);
      if (Date.now() >= late && !isSo(this)) {
        const last = JSON.stringify(this.messages.slice(-3));
        throw new Error(
          `Waited in vain; ${this.messages.length} messages, the last ${last}; errors ${JSON.stringify(this.errors)}`,
        );
      }
    }
    return this;
  }

  private tell(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** A change as followers of these tests ask for it. */
export const CHANGES = `subscription ($after: Cursor, $filter: ChangeFilter) {
  changes(after: $after, filter: $filter) {
    cursor change { kind entryId entry { title } revision { number } }
  }
}`;

const open = new Set<() => void>();

/** Ends whatever a test left open. */
export function stopFollowing(): void {
  for (const stop of open) stop();
}

/** Remembers how something is ended until it is. */
function ending(stop: () => void): () => void {
  const end = (): void => {
    open.delete(end);
    stop();
  };
  open.add(end);
  return end;
}

export interface Following {
  readonly heard: Heard;
  /** Without checkpoints. */
  changes(): Answer[];
  /** Ends it, and waits for nothing. */
  stop(): void;
}

const changesIn = (heard: Heard, field = 'changes'): Answer[] =>
  heard.messages.flatMap((message) => {
    const change = message.data?.[field]?.change;
    return change ? [change] : [];
  });

interface Wanted {
  query?: string;
  variables?: Record<string, unknown>;
  token?: string;
}

/** Follows with graphql-ws, on a connection of its own, until it is stopped or cut. */
export function followBySocket(
  url: string,
  { query = CHANGES, variables, token }: Wanted = {},
): Following & {
  closed: Promise<{ code: number; reason: string }>;
  socket(): WebSocket;
} {
  const heard = new Heard();
  let close: (event: { code: number; reason: string }) => void;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => (close = resolve));
  let socket: WebSocket | undefined;
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: token === undefined ? undefined : { authorization: `Bearer ${token}` },
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      closed: (event) => close(event as { code: number; reason: string }),
    },
    onNonLazyError: () => undefined,
  });
  const stop = client.subscribe(
    { query, variables },
    { next: (message) => heard.add(message), error: (error) => heard.fail(error), complete: () => heard.end() },
  );
  return {
    heard,
    closed,
    changes: () => changesIn(heard),
    socket: () => {
      if (!socket) throw new Error('not open yet');
      return socket;
    },
    stop: ending(() => {
      stop();
      void client.dispose();
    }),
  };
}

/** Follows with graphql-sse, distinct connections. */
export function followByStream(url: string, { query = CHANGES, variables, token }: Wanted = {}): Following {
  const heard = new Heard();
  const client = createSseClient({
    url: `${url}/graphql/stream`,
    retryAttempts: 0,
    headers: token === undefined ? undefined : { authorization: `Bearer ${token}` },
  });
  const stop = client.subscribe(
    { query, variables },
    { next: (message) => heard.add(message), error: (error) => heard.fail(error), complete: () => heard.end() },
  );
  return {
    heard,
    changes: () => changesIn(heard),
    stop: ending(() => {
      stop();
      client.dispose();
    }),
  };
}

/** Follows with an EventSource. */
export function followEvents(url: string, query = '', token?: string): Following & { source: EventSource } {
  const heard = new Heard();
  const source = new EventSource(`${url}/events${query}`, {
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        headers: { ...init?.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      }),
  });
  for (const type of ['message', 'checkpoint', 'refused'])
    source.addEventListener(type, (event) =>
      heard.add({ type, id: (event as MessageEvent).lastEventId, data: JSON.parse((event as MessageEvent).data) }),
    );
  source.addEventListener('error', (event) => heard.fail({ code: event.code, message: event.message }));
  return {
    heard,
    source,
    changes: () => heard.messages.filter(({ type }) => type === 'message').map(({ data }) => data),
    stop: ending(() => source.close()),
  };
}

/** A bare socket, for saying what no client would say. */
export async function openBareSocket(
  url: string,
  options: ClientOptions & { protocol?: string } = {},
): Promise<{
  ws: WebSocket;
  heard: Heard;
  say(message: unknown): void;
  closed: Promise<{ code: number; reason: string }>;
}> {
  const { protocol = 'graphql-transport-ws', ...rest } = options;
  const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, rest);
  const heard = new Heard();
  ws.on('message', (data) => heard.add(JSON.parse(String(data))));
  ws.on('error', (error) => heard.fail(error));
  const closed = once(ws, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
  closed.catch(() => undefined); // not every test waits for it
  ws.on(
    'close',
    ending(() => ws.terminate()),
  );
  await once(ws, 'open');
  return {
    ws,
    heard,
    closed,
    say: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
  };
}
