import { Client } from 'pg';
import { CHANNEL } from './pulse';

const LEAST_WAIT_MS = 100;
const MOST_WAIT_MS = 5000;
/** Under this name the connection is seen in Postgres. */
export const LISTENER_NAME = 'newsroom listener';

/**
 * Hears, on a connection of its own, that somebody committed something. Where the connection is lost it is made anew, and
 * whoever listens is told at once, for nobody knows what was said meanwhile. Whether it hears anything matters for the delay only.
 */
export class Listener {
  private client: Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private waitMs = LEAST_WAIT_MS;
  private isStopped = false;
  private work: Promise<void>;

  /** Begins at once. */
  constructor(
    private readonly url: string,
    private readonly onHeard: () => void,
    private readonly onError: (error: Error) => void,
  ) {
    this.work = this.connect();
  }

  /** For good. Resolves once the connection is closed. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.work;
    await this.close();
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: LISTENER_NAME,
      connectionTimeoutMillis: 3000,
      keepAlive: true,
    });
    this.client = client;
    const lost = (error?: Error): void => this.lose(client, error);
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', this.onHeard);
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.waitMs = LEAST_WAIT_MS;
      this.onHeard(); // what was committed before it listened
    } catch (error) {
      lost(error as Error);
    }
  }

  private lose(client: Client, error?: Error): void {
    if (this.client !== client || this.isStopped) return;
    if (error) this.onError(error);
    this.timer = setTimeout(() => (this.work = this.connect()), this.waitMs);
    this.waitMs = Math.min(2 * this.waitMs, MOST_WAIT_MS);
    this.work = this.close();
  }

  private async close(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end().catch(this.onError);
  }
}
