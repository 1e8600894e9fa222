import type { Random } from '../bench/random';

/** A server in a process of its own. */
export interface ServerProcess {
  /** Where it answers GraphQL. */
  readonly url: string;
  /** Ends it as kill -9 does; resolves when it is gone. */
  kill(): Promise<unknown>;
}

/** Servers on one database that are killed in turn, each started again at once. */
export class Servers {
  /** When one was killed, in ms since 1970. */
  readonly killedAt: number[] = [];
  private readonly up = new Map<number, ServerProcess>();
  private readonly starting: Promise<unknown>[] = [];

  private constructor(private readonly start: (slot: number) => Promise<ServerProcess>) {}

  /** @param start starts the one of a slot, which is told so that it can have an address of its own. */
  static async open(start: (slot: number) => Promise<ServerProcess>, count: number): Promise<Servers> {
    const servers = new Servers(start);
    // One after the other: the first migrates, and every one has its connections.
    for (let slot = 0; slot < count; slot++) await (servers.starting[slot] = servers.startIn(slot));
    return servers;
  }

  /** How often one was killed. */
  get kills(): number {
    return this.killedAt.length;
  }

  /** Where to send a request; waits where none is up. What it names may be killed the next moment. */
  async pick(random: Random): Promise<string> {
    while (this.up.size === 0) await Promise.race(this.starting);
    return random.pick([...this.up.values()]).url;
  }

  /** Kills the one whose turn it is, whatever it is doing, and starts it again; resolves when it is up. */
  async killNext(): Promise<void> {
    const slot = this.kills % this.starting.length;
    await this.starting[slot];
    const victim = this.up.get(slot);
    this.killedAt.push(Date.now());
    const gone = victim?.kill();
    this.up.delete(slot);
    this.starting[slot] = Promise.resolve(gone).then(() => this.startIn(slot));
    await this.starting[slot];
  }

  private async startIn(slot: number): Promise<void> {
    this.up.set(slot, await this.start(slot));
  }
}
