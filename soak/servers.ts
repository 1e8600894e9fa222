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
  /** How often one was killed. */
  kills = 0;
  private readonly up = new Map<number, ServerProcess>();
  private readonly starting: Promise<unknown>[] = [];

  private constructor(private readonly start: () => Promise<ServerProcess>) {}

  static async open(start: () => Promise<ServerProcess>, count: number): Promise<Servers> {
    const servers = new Servers(start);
    // One after the other: the first migrates, and every one has its connections.
    for (let slot = 0; slot < count; slot++) await (servers.starting[slot] = servers.startIn(slot));
    return servers;
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
    this.kills += 1;
    const gone = victim?.kill();
    this.up.delete(slot);
    this.starting[slot] = Promise.resolve(gone).then(() => this.startIn(slot));
    await this.starting[slot];
  }

  private async startIn(slot: number): Promise<void> {
    this.up.set(slot, await this.start());
  }
}
