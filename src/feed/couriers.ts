import { setTimeout as wait } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker';
import type { Log } from '../base/log';
import type { Vault } from '../base/vault';
import { countForeignWebhooks, findDueWebhooks } from '../store/deliveries';
import type { Newsroom } from '../store/scope';
import { Courier, type CourierOptions } from './courier';

/** Where the job queue keeps its tables. */
const QUEUE_SCHEMA = 'newsroom_queue';
const TASK = 'serve-webhook';

/** Webhooks that a process serves at a time. */
const AT_ONCE = 25;
/** How often the tables are asked for webhooks that have something to do. */
const LOOK_EVERY_MS = 400;
/** Each of those who wait for a job asks so often; usually they are woken. */
const POLL_EVERY_MS = 5000;
/** The queue is started again after so long, each time twice as long where it ends at once. */
const START_AGAIN_MS = { first: 1000, longest: 60_000 };
const HOUR_MS = 3_600_000;
/** Receivers that fail wait behind those that do not. Lower comes first. */
const PRIORITY = { sound: 0, failing: 10 };

/** What couriers of a process are given. */
export interface CouriersOptions extends Partial<CourierOptions> {
  /** How long calls that are under way may go on at a stop. */
  readonly drainMs: number;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/**
 * The couriers of a process: they see to it that each webhook that has something to do is served, by one process at a time. The
 * job queue deals the work out among processes and bounds it; it holds nothing that is not in our tables, and may be emptied
 * at any time.
 */
export class Couriers {
  private readonly courier: Courier;
  private readonly asked = new AbortController();
  private readonly cut = new AbortController();
  private runner: Runner | null = null;
  private timer: NodeJS.Timeout | undefined;
  private tidying: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly newsroom: Newsroom,
    private readonly vault: Vault,
    private readonly options: CouriersOptions,
  ) {
    const onError = (error: unknown): void => options.log.warn({ err: error }, 'a webhook could not be served');
    this.courier = new Courier(newsroom, { onError, ...options });
  }

  start(): void {
    this.running = this.keepRunning();
    this.looking = this.look();
    this.tidying = setInterval(() => void this.tidy(), HOUR_MS);
  }

  /** Begins no further call, waits for those under way as long as it may, and lets go of everything. */
  async stop(): Promise<void> {
    this.asked.abort();
    clearTimeout(this.timer);
    clearInterval(this.tidying);
    const cutting = setTimeout(() => this.cut.abort(), this.options.drainMs);
    await this.looking;
    await this.runner?.stop().catch((error: unknown) => this.complain(error));
    await this.running;
    clearTimeout(cutting);
  }

  private complain(error: unknown): void {
    this.options.log.warn({ err: error }, 'the queue of webhooks failed');
  }

  /** The queue's workers end with what they cannot help, such as a database that is gone: then they are started anew. */
  private async keepRunning(): Promise<void> {
    for (let pause = START_AGAIN_MS.first; !this.asked.signal.aborted;) {
      try {
        const runner = await this.startRunner();
        pause = START_AGAIN_MS.first;
        // Asked to stop while it started: nobody else would stop it.
        if (this.asked.signal.aborted) await runner.stop();
        else this.runner = runner;
        await runner.promise;
      } catch (error) {
        this.complain(error);
      }
      this.runner = null;
      await wait(pause, undefined, { signal: this.asked.signal }).catch(() => undefined); // asked to stop meanwhile
      pause = Math.min(pause * 2, START_AGAIN_MS.longest);
    }
  }

  private async startRunner(): Promise<Runner> {
    const { newsroom, courier, options } = this;
    const stop = { asked: this.asked.signal, cut: this.cut.signal };
    return run({
      pgPool: newsroom.database.pool,
      schema: QUEUE_SCHEMA,
      taskList: { [TASK]: (payload) => courier.serve((payload as { webhook: string }).webhook, stop) },
      parsedCronItems: [],
      concurrency: AT_ONCE,
      pollInterval: POLL_EVERY_MS,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: options.drainMs,
      logger: new Logger(() => (level, message) => {
        if (level === 'error') options.log.warn({ queue: message }, 'the queue of webhooks');
      }),
    });
  }

  private async look(): Promise<void> {
    try {
      if (this.runner) {
        const due = await findDueWebhooks(this.newsroom.database.run, this.vault.keyId);
        for (const { id, isFailing } of due)
          await this.runner.addJob(
            TASK,
            { webhook: id },
            { jobKey: id, maxAttempts: 1, priority: isFailing ? PRIORITY.failing : PRIORITY.sound },
          );
      }
    } catch (error) {
      this.complain(error);
    }
    if (!this.asked.signal.aborted) this.timer = setTimeout(() => (this.looking = this.look()), LOOK_EVERY_MS);
  }

  /** Jobs whose worker was killed are given up by the queue after hours; ours are made anew at once, and those forgotten here. */
  private async tidy(): Promise<void> {
    try {
      const utils = await makeWorkerUtils({ pgPool: this.newsroom.database.pool, schema: QUEUE_SCHEMA });
      await utils.cleanup({ tasks: ['DELETE_PERMAFAILED_JOBS'] });
      await utils.release();
    } catch (error) {
      this.complain(error);
    }
  }
}

/** What whoever runs the server must know of secrets that it cannot open; null where there are none. */
export async function findKeyTrouble({ database, vault }: Newsroom): Promise<string | null> {
  const count = vault ? await countForeignWebhooks(database.run, vault.keyId) : 0;
  return count === 0
    ? null
    : `SECRETS_KEY is not the key under which the secrets of ${count} webhook${count === 1 ? ' is' : 's are'} kept: nothing is sent for ${count === 1 ? 'it' : 'them'} by this process. Set the former key, or rotate the secrets.`;
}
