import { EventSource } from 'eventsource';
import { createClient as createStreamClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Row } from './feed-judge';
import type { Followed } from './feed-rows';

/** What came over one connection, with cursors as they came. */
export interface Connection {
  /** The cursor that was asked to go on from. */
  readonly after: string;
  readonly items: {
    readonly cursor: string;
    readonly change: Pick<Row, 'entry' | 'kind' | 'revision'> | null;
    at: number;
  }[];
}

/** How somebody follows. */
export interface Following extends Followed {
  /** Where one may connect, one after the other. */
  readonly urls: readonly string[];
  /** Null is anonymous. */
  readonly token: string | null;
  /** The cursor is kept after so many messages, as by somebody who works them off in lots. */
  readonly keepEvery: number;
}

/** What a consumer wrote down, and nothing more: where it goes on is what it kept last. */
class Notes {
  readonly connections: Connection[] = [];
  /** What it was told for good, and does not come back from. */
  readonly refusals: string[] = [];
  private tries = 0;
  private unkept = 0;

  constructor(
    private readonly following: Following,
    public kept: string,
  ) {}

  /** The next address to try. */
  nextUrl(): string {
    const { urls } = this.following;
    return urls[this.tries++ % urls.length] as string;
  }

  connected(after: string): void {
    this.connections.push({ after, items: [] });
    this.unkept = 0;
  }

  told(cursor: string, change: Connection['items'][number]['change']): void {
    this.connections.at(-1)?.items.push({ cursor, change, at: Date.now() });
    this.unkept += 1;
    if (change && this.unkept < this.following.keepEvery) return;
    this.kept = cursor;
    this.unkept = 0;
  }
}

/** Somebody who follows. */
export interface Consumer {
  readonly name: string;
  readonly followed: Followed;
  readonly connections: readonly Connection[];
  readonly refusals: readonly string[];
  stop(): void;
}

const QUERY = `subscription Follow($after: Cursor, $filter: ChangeFilter) {
  changes(after: $after, filter: $filter) { cursor change { kind entryId revision { number } } }
}`;

interface Message {
  readonly data?: {
    readonly changes?: {
      readonly cursor: string;
      readonly change: {
        readonly kind: string;
        readonly entryId: string;
        readonly revision: { number: number } | null;
      } | null;
    } | null;
  } | null;
  readonly errors?: readonly unknown[];
}

function hear(notes: Notes, { data, errors }: Message): void {
  const step = data?.changes;
  if (errors || !step) return void notes.refusals.push(JSON.stringify(errors ?? data));
  const { cursor, change } = step;
  notes.told(cursor, change && { kind: change.kind, entry: change.entryId, revision: change.revision?.number ?? null });
}

const filterOf = ({ view, entryKinds, story }: Followed): object => ({ view, entryKinds, story });

const describe = ({ view, entryKinds, story, keepEvery }: Following): string =>
  [
    view,
    ...(entryKinds ? [`of ${entryKinds.join(', ')}`] : []),
    ...(story ? ['of a story'] : []),
    ...(keepEvery > 1 ? [`kept every ${keepEvery}`] : []),
  ].join(' ');

/** Long enough that a server that was killed may be back, short enough that it is not killed again meanwhile. */
const retryWait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50 + 200 * Math.random()));

const bearer = (token: string | null): { authorization?: string } =>
  token === null ? {} : { authorization: `Bearer ${token}` };

/** Variables that are read anew at each connection: clients send them again as they are then. */
const variablesOf = (following: Following, notes: Notes): Record<string, unknown> => ({
  get after() {
    return notes.kept;
  },
  filter: filterOf(following),
});

/** Follows over a WebSocket, with graphql-ws. */
export function followBySocket(following: Following, from: string): Consumer {
  const notes = new Notes(following, from);
  const client = createClient({
    url: () => `${notes.nextUrl().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait,
    shouldRetry: () => true, // by itself it gives up where a connection is refused
    connectionParams: bearer(following.token),
    on: { connected: () => notes.connected(notes.kept) },
  });
  client.subscribe(
    { query: QUERY, variables: variablesOf(following, notes) },
    {
      next: (message) => hear(notes, message as Message),
      error: (error) => void notes.refusals.push(inWords(error)),
      complete: () => undefined,
    },
  );
  const stop = (): void => void client.dispose();
  const { connections, refusals } = notes;
  return { name: `WebSocket, ${describe(following)}`, followed: following, connections, refusals, stop };
}

/** Follows over Server-Sent Events, with graphql-sse. */
export function followByStream(following: Following, from: string): Consumer {
  const notes = new Notes(following, from);
  const client = createStreamClient({
    url: () => `${notes.nextUrl()}/graphql/stream`,
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: retryWait,
    headers: { ...bearer(following.token) },
    on: { connected: () => notes.connected(notes.kept) },
  });
  client.subscribe(
    { query: QUERY, variables: variablesOf(following, notes) },
    {
      next: (message) => hear(notes, message as Message),
      error: (error) => void notes.refusals.push(inWords(error)),
      complete: () => undefined,
    },
  );
  const stop = (): void => client.dispose();
  const { connections, refusals } = notes;
  return { name: `SSE, ${describe(following)}`, followed: following, connections, refusals, stop };
}

interface EventMessage {
  readonly data: { readonly kind: string; readonly entryId: string; readonly revision: number | null };
}

/** Follows `/events` with an EventSource: it comes back by itself with the id of the last event, and is made anew where it gives up. */
export function followEvents(following: Following, from: string): Consumer {
  const notes = new Notes({ ...following, keepEvery: 1 }, from);
  const { view, entryKinds, story, token } = following;
  let source: EventSource;
  let isOver = false;
  const open = (): void => {
    const query = new URLSearchParams({
      view,
      ...(entryKinds ? { entryKinds: entryKinds.join() } : {}),
      ...(story ? { story } : {}),
      after: notes.kept,
    });
    source = new EventSource(`${notes.nextUrl()}/events?${query}`, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...bearer(token) } }),
    });
    source.addEventListener('open', () => notes.connected(notes.kept));
    source.addEventListener('checkpoint', ({ lastEventId }) => notes.told(lastEventId, null));
    source.addEventListener('message', ({ lastEventId, data }) => {
      const { kind, entryId: entry, revision } = (JSON.parse(data) as EventMessage).data;
      notes.told(lastEventId, { kind, entry, revision });
    });
    source.addEventListener('refused', ({ data }) => void notes.refusals.push(data));
    source.addEventListener('error', () => {
      // A server that answers that it has no time ends an EventSource for good.
      if (source.readyState === source.CLOSED && !isOver) void retryWait().then(() => !isOver && open());
    });
  };
  open();
  return {
    name: `EventSource, ${describe({ ...following, keepEvery: 1 })}`,
    followed: following,
    connections: notes.connections,
    refusals: notes.refusals,
    stop: () => {
      isOver = true;
      source.close();
    },
  };
}

const inWords = (error: unknown): string =>
  error instanceof Error ? error.message : JSON.stringify(error, ['code', 'reason', 'message', 'type']);
