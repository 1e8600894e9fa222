import { FollowSocket } from './follow-socket';

/** Who is to follow, and what they ask: the payloads in turn. */
export interface FollowOrder {
  readonly url: string;
  readonly subscribers: number;
  readonly payloads: readonly object[];
}

/** What is to be waited for. */
export interface HearOrder {
  /** Changes that each subscriber is to be told; null is whatever comes until the patience is over. */
  readonly changes: number | null;
  /** Whether each receipt is to be noted, with what it was about. */
  readonly isTimed: boolean;
  /** Whether the messages of one of them are to be kept as they came. */
  readonly isKept: boolean;
  /** When to give up. */
  readonly patienceMs: number;
}

/** What came. Times are in ms since 1970. */
export interface HeardResult {
  readonly messages: number;
  readonly bytes: number;
  /** When the first message came to any of them, and the last to the last. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** What was told, as `entry revision`, and for each receipt which of these it was, and when it came. */
  readonly told: readonly string[];
  readonly receipts: { readonly which: Uint32Array; readonly at: Float64Array };
  readonly kept: readonly string[];
}

const NULL = 'n'.charCodeAt(0);
const CHANGE = '"change":';
const ENTRY = Buffer.from('"entryId":"');
const NUMBER = Buffer.from('"number":');
const UUID_LENGTH = 36;

const now = (): number => performance.timeOrigin + performance.now();

/** What one waits for, and has of it. */
class Heard {
  messages = 0;
  bytes = 0;
  firstAt = 0;
  lastAt = 0;
  readonly told = new Map<string, number>();
  readonly which: number[] = [];
  readonly at: number[] = [];
  readonly kept: string[] = [];

  constructor(
    readonly order: HearOrder,
    readonly wanted: number,
    readonly onDone: () => void,
  ) {}

  add(data: Buffer, start: number, end: number, isFirst: boolean): void {
    const { isTimed, isKept } = this.order;
    if (isTimed || this.messages === 0) this.lastAt = now();
    if (this.messages === 0) this.firstAt = this.lastAt;
    this.messages += 1;
    this.bytes += end - start;
    if (isTimed) this.note(data, start);
    if (isKept && isFirst) this.kept.push(data.toString('utf8', start, end));
    if (this.messages < this.wanted) return;
    this.lastAt = now();
    this.onDone();
  }

  private note(data: Buffer, start: number): void {
    const entry = data.indexOf(ENTRY, start) + ENTRY.length;
    const number = data.indexOf(NUMBER, start) + NUMBER.length;
    const revision = Number.parseInt(data.toString('latin1', number, number + 10), 10);
    const key = `${data.toString('latin1', entry, entry + UUID_LENGTH)} ${revision}`;
    let which = this.told.get(key);
    if (which === undefined) this.told.set(key, (which = this.told.size));
    this.which.push(which);
    this.at.push(this.lastAt);
  }

  get result(): HeardResult {
    const { messages, bytes, firstAt, lastAt, told, kept } = this;
    const receipts = { which: Uint32Array.from(this.which), at: Float64Array.from(this.at) };
    return { messages, bytes, firstAt, lastAt, told: [...told.keys()], receipts, kept };
  }
}

const ACK = Buffer.from('"connection_ack"');

/** Subscribers of one server, all in this process. */
export class Followers {
  private readonly sockets: FollowSocket[] = [];
  private heard: Heard | null = null;
  private early = 0;
  private failure: Error | null = null;
  private onFailure: (error: Error) => void = () => undefined;

  /** Resolves once each has been told where it stands. */
  async open({ url, subscribers, payloads }: FollowOrder): Promise<void> {
    for (let nr = 0; nr < subscribers; nr++) {
      const payload = payloads[nr % payloads.length] as object;
      this.sockets.push(await this.openOne(url, payload, nr === 0));
    }
  }

  private openOne(url: string, payload: object, isFirst: boolean): Promise<FollowSocket> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.failure = error;
        this.onFailure(error);
        reject(error);
      };
      /** Where a message of this subscriber says whether it is a change: cursors are all of one length. */
      let changeAt = 0;
      const hear = (data: Buffer, start: number, end: number): void => {
        if (changeAt > 0) {
          if (data[start + changeAt] !== NULL) this.take(data, start, end, isFirst);
          return;
        }
        if (data.subarray(start, end).includes(ACK)) return opening.say({ id: '1', type: 'subscribe', payload });
        const at = data.toString('latin1', start, end).indexOf(CHANGE);
        if (at < 0) return fail(new Error(`Not a message: ${data.toString('utf8', start, end).slice(0, 300)}`));
        changeAt = at + CHANGE.length;
        resolve(opening);
      };
      let opening: FollowSocket;
      FollowSocket.open(url, hear, fail).then((socket) => {
        opening = socket;
        socket.say({ type: 'connection_init' });
      }, reject);
    });
  }

  private take(data: Buffer, start: number, end: number, isFirst: boolean): void {
    if (this.heard) this.heard.add(data, start, end, isFirst);
    else this.early += 1;
  }

  /** Waits for changes from now on; resolves once all have all of them. */
  hear(order: HearOrder, onReady: () => void): Promise<HeardResult> {
    return new Promise((resolve, reject) => {
      if (this.failure) throw this.failure;
      if (this.early > 0) throw new Error(`${this.early} messages came that nobody waited for.`);
      const end = (): void => {
        clearTimeout(timer);
        this.heard = null;
      };
      const finish = (): void => {
        end();
        resolve(heard.result);
      };
      const wanted = order.changes === null ? Infinity : order.changes * this.sockets.length;
      const heard = new Heard(order, wanted, finish);
      this.onFailure = (error) => {
        end();
        reject(error);
      };
      const giveUp = (): void => this.onFailure(new Error(`Of ${wanted} messages ${heard.messages} came.`));
      const timer = setTimeout(order.changes === null ? finish : giveUp, order.patienceMs);
      this.heard = heard;
      onReady();
    });
  }

  close(): void {
    for (const socket of this.sockets.splice(0)) socket.close();
  }
}
