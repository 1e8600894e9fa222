import type { FastifyReply } from 'fastify';
import type { Outlet } from '../feed/subscriber';

const FULL_BYTES = 1_048_576;
/** Between two signs of life, for proxies that close what is silent. */
const HEARTBEAT_MS = 15_000;

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // nginx would keep events back
};

/** One answer of Server-Sent Events. It ends where the reader is gone, or reads nothing for too long. */
export class EventStream implements Outlet {
  private readonly ending = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly raw: FastifyReply['raw'];

  /** Sends the head. */
  constructor(
    reply: FastifyReply,
    private readonly slowMs: number,
    /** How a message is framed. */
    private readonly frame: (bytes: Buffer) => Buffer,
  ) {
    reply.hijack();
    this.raw = reply.raw;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) this.raw.setHeader(name, value);
    this.raw.writeHead(200, HEAD);
    this.raw.flushHeaders();
    this.heartbeat = setInterval(() => {
      if (this.raw.writableLength === 0) this.say(':\n\n');
    }, HEARTBEAT_MS);
    this.raw.on('close', () => this.end());
    this.raw.on('error', () => this.end());
    if (this.raw.destroyed) this.end(); // whoever asked has gone already, and goes only once
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  get isFull(): boolean {
    return this.raw.writableLength > FULL_BYTES;
  }

  untilRead(): Promise<void> {
    return new Promise((resolve) => {
      // There is nothing in Server-Sent Events to say it with: the reader comes back, and finds its place.
      const timer = setTimeout(() => this.raw.destroy(), this.slowMs);
      const go = (): void => {
        clearTimeout(timer);
        this.raw.off('drain', go);
        this.raw.off('close', go);
        resolve();
      };
      this.raw.on('drain', go);
      this.raw.on('close', go);
    });
  }

  write(bytes: Buffer): void {
    this.say(this.frame(bytes));
  }

  /** Writes a part of the stream as it is. */
  say(part: string | Buffer): void {
    if (!this.raw.writableEnded && !this.raw.destroyed) this.raw.write(part);
  }

  /** Ends the answer; whoever reads it may come back. */
  end(): void {
    clearInterval(this.heartbeat);
    this.ending.abort();
    if (!this.raw.writableEnded) this.raw.end();
  }
}
