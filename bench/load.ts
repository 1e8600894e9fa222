import { connect, type Socket } from 'node:net';
import type { Acknowledged } from './judge';
import { Random } from './random';
import { markOf, planEdit, type Sort, type StoryNow, writerName } from './story-edits';

/** What a load is to be: sent to the process that makes it. */
export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly load: Load;
}

/**
 * What to ask. `reads`: bodies, one after the other. `edits`: each connection edits entries of its own in turn, from the
 * revision that the last answer told; `fields` are changed in turn, too. `shared-edits`: all edit one story, each connection
 * its own parts of it, from the revision that its own last answer told. `walk`: the pages of the feed, each from the cursor of
 * the one before, again and again.
 */
export type Load =
  | { readonly kind: 'walk'; readonly query: string }
  | { readonly kind: 'reads'; readonly bodies: readonly string[] }
  | { readonly kind: 'edits'; readonly edit: EditOperation; readonly entries: readonly EditedEntry[] }
  | ({ readonly kind: 'shared-edits' } & SharedEdits);

/** Edits of one story by all connections. */
export interface SharedEdits {
  readonly query: string;
  readonly id: string;
  readonly story: StoryNow;
  /** UUID of the user. */
  readonly author: string;
  /** Whom they put into its cast. */
  readonly actor: string;
  /** From here on marks are counted, so that none comes twice. */
  readonly firstMark: number;
}

/** A mutation with `$input`, and the fields that it changes in turn, one an edit. */
export interface EditOperation {
  readonly query: string;
  readonly fields: readonly string[];
}

/** An entry to edit, and the revision that it has. */
export interface EditedEntry {
  readonly id: string;
  readonly revision: number;
}

/** What came of a load. */
export interface LoadResult {
  /** Of every answer, in milliseconds. */
  readonly latencies: number[];
  readonly seconds: number;
  /** Entries with the revision that they have now. */
  readonly entries: EditedEntry[];
  /** What the edits of one story were told. */
  readonly acknowledged: Acknowledged[];
  /** Changes on the pages of the feed. */
  readonly changes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A connection that sends one request at a time and keeps alive. Node's own client takes as long for a request as the
 * servers that are measured; this one takes a tenth.
 */
class Connection {
  private received: Buffer = Buffer.alloc(0);
  private answer: { resolve(body: Buffer): void; reject(error: Error): void } | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly head: string,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (part: Buffer) => this.take(part));
    socket.on('error', (error) => this.answer?.reject(error));
    socket.on('close', () => this.answer?.reject(new Error('The server closed the connection.')));
  }

  static async open(order: LoadOrder): Promise<Connection> {
    const { hostname, port, host, pathname } = new URL(order.url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const headers = { host, 'content-type': 'application/json', ...order.headers };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return new Connection(socket, `POST ${pathname} HTTP/1.1\r\n${lines.join('')}content-length: `);
  }

  ask(body: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
      this.socket.write(`${this.head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(part: Buffer): void {
    this.received = this.received.length === 0 ? part : Buffer.concat([this.received, part]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    const end = headEnd + HEAD_END.length + length;
    if (this.received.length < end) return;
    const body = this.received.subarray(headEnd + HEAD_END.length, end);
    this.received = this.received.subarray(end);
    const { answer } = this;
    this.answer = null;
    if (head.startsWith('HTTP/1.1 200')) answer?.resolve(body);
    else answer?.reject(new Error(`The server answered ${head.slice(0, 40)} ${body.toString().slice(0, 300)}`));
  }
}

/** Makes the next body of a connection, and looks at what comes back. */
interface Asker {
  next(): string;
  hear(answer: Buffer): void;
}

const ERRORS = Buffer.from('"errors":[');

function makeReader(bodies: readonly string[], start: number, step: number): Asker {
  let at = start;
  return {
    next: () => bodies[(at += step) % bodies.length] as string,
    hear: (answer) => {
      if (answer.includes(ERRORS)) throw new Error(`A query failed: ${answer.toString().slice(0, 300)}`);
    },
  };
}

const CURSOR = /"endCursor":"([\w-]{22})","hasMore":(true|false)/;
const CHANGE = Buffer.from('"entryId":');

function makeWalker(query: string, onChanges: (count: number) => void): Asker {
  let after: string | null = null;
  return {
    next: () => JSON.stringify({ operationName: 'Walk', query, variables: { after } }),
    hear: (answer) => {
      const [, cursor, hasMore] = CURSOR.exec(answer.toString('latin1', 0, 100)) ?? [];
      if (cursor === undefined) throw new Error(`A page failed: ${answer.toString().slice(0, 300)}`);
      let count = 0;
      for (let at = answer.indexOf(CHANGE); at >= 0; at = answer.indexOf(CHANGE, at + 1)) count += 1;
      onChanges(count);
      after = hasMore === 'true' ? cursor : null;
    },
  };
}

/** The body of one edit: another value than before for the field whose turn it is. */
export const editBody = ({ query, fields: names }: EditOperation, { id, revision }: EditedEntry): string => {
  const text = `Bench edit ${revision + 1} of ${id.slice(0, 8)} at ${revision % 7}`;
  const fields = { [names[revision % names.length] as string]: text };
  return JSON.stringify({ operationName: 'Edit', query, variables: { input: { id, baseRevision: revision, fields } } });
};

function makeEditor(edit: EditOperation, entries: { id: string; revision: number }[]): Asker {
  let at = 0;
  return {
    next: () => {
      at = (at + 1) % entries.length;
      return editBody(edit, entries[at] as EditedEntry);
    },
    hear: (answer) => {
      const { data } = JSON.parse(answer.toString()) as { data?: Record<string, { outcome?: string } | null> };
      if (Object.values(data ?? {})[0]?.outcome !== 'SAVED')
        throw new Error(`An edit failed: ${answer.toString().slice(0, 300)}`);
      (entries[at] as { revision: number }).revision += 1;
    },
  };
}

const OWN_SORTS: readonly Sort[] = ['sentence', 'note', 'member', 'topic'];
/** Fields that one connection has for itself. */
const OWN_FIELDS: readonly Sort[] = ['headline', 'summary'];

/** The body of an edit by one of those who share a story, and what it puts there. */
export function sharedEdit(
  { query, id, actor }: SharedEdits,
  story: StoryNow,
  writer: number,
  mark: number,
): { body: string; told: Pick<Acknowledged, 'key' | 'puts'> } {
  const name = writerName(writer);
  const sorts = [...OWN_SORTS, ...OWN_FIELDS.slice(writer, writer + 1)];
  const sort = sorts[mark % sorts.length] as Sort;
  const key = markOf(name, mark);
  const plan = planEdit([sort], story, { name, actor }, () => key, new Random(writer, mark));
  const input = { id, baseRevision: story.latestRevision, fields: plan.fields, summary: `Edit ${key}` };
  return {
    body: JSON.stringify({ operationName: 'Edit', query, variables: { input } }),
    told: { key: input.summary, puts: plan.puts },
  };
}

interface SharedAnswer {
  readonly data?: {
    readonly editStory: {
      readonly outcome: string;
      readonly revision: { readonly number: number } | null;
      readonly story: StoryNow;
    } | null;
  };
}

function makeSharer(load: SharedEdits, writer: number, acknowledged: Acknowledged[]): Asker {
  let { story, firstMark: mark } = load;
  let sent: Pick<Acknowledged, 'key' | 'puts'> | null = null;
  return {
    next: () => {
      const { body, told } = sharedEdit(load, story, writer, (mark += 1));
      sent = told;
      return body;
    },
    hear: (answer) => {
      const { outcome, revision, story: now } = (JSON.parse(answer.toString()) as SharedAnswer).data?.editStory ?? {};
      if (!sent || !now || !revision || (outcome !== 'SAVED' && outcome !== 'MERGED'))
        throw new Error(`An edit failed: ${answer.toString().slice(0, 300)}`);
      story = now;
      acknowledged.push({ ...sent, entry: load.id, number: revision.number, outcome, author: load.author });
    },
  };
}

/** Loads a server for a while, all connections at once. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const { load, connections } = order;
  const own = Array.from({ length: connections }, (_, nr) =>
    load.kind === 'edits'
      ? load.entries.filter((__, index) => index % connections === nr).map((entry) => ({ ...entry }))
      : [],
  );
  const acknowledged: Acknowledged[] = [];
  let changes = 0;
  const askers = own.map((entries, nr) => {
    if (load.kind === 'walk') return makeWalker(load.query, (count) => (changes += count));
    if (load.kind === 'reads') return makeReader(load.bodies, nr, connections);
    return load.kind === 'edits' ? makeEditor(load.edit, entries) : makeSharer(load, nr, acknowledged);
  });
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + order.seconds * 1000;
  const work = askers.map(async (asker) => {
    const connection = await Connection.open(order);
    try {
      for (let now = performance.now(); now < end;) {
        const answer = await connection.ask(asker.next());
        asker.hear(answer);
        const later = performance.now();
        latencies.push(later - now);
        now = later;
      }
    } finally {
      connection.close();
    }
  });
  await Promise.all(work);
  return { latencies, seconds: (performance.now() - started) / 1000, entries: own.flat(), acknowledged, changes };
}
