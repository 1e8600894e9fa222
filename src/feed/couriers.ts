import { EventEmitter, once, setMaxListeners } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run, type Runner, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type { Log } from '../base/log';
import type { Vault } from '../base/vault';
import { type Database, lendClient } from '../store/database';
import { countForeignWebhooks, findDueWebhooks } from '../store/deliveries';
import type { Newsroom } from '../store/scope';
import { Courier, type CourierOptions } from './courier';

/** Where the job queue keeps its tables. */
const QUEUE_SCHEMA = 'newsroom_queue';
const TASK = 'serve-webhook';

/** Webhooks that a process serves at a time. */
const AT_ONCE = 16;
/** How often the tables are asked for webhooks that have something to do. */
const LOOK_EVERY_MS = 400;
/** Each of those who wait for a job asks so often; usually they are woken. */
const POLL_EVERY_MS = 10_000;
/**
 * Otherwise the queue does not wait to hear that a job was noted as done: when the database is gone just then, it is a rejection that
 * nobody handles, which ends the process (seen under load).
 */
const HANDLED = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };
/** The queue is started again after so long, each time twice as long where it ends at once. */
const START_AGAIN_MS = { first: 1000, longest: 10_000 };
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
 * The pool as the queue is given it. It asks with a callback only for the connection on which it would listen: that one it
 * never gets. Whoever puts a job into the queue wakes its own workers, so nothing is to be heard; a pooler would pass on what
 * is said to whoever has the connection at the moment; and workers that do not end would keep theirs for good. Why there is no
 * connection it is told in our words: where it knows the code it would wait by itself, up to minutes, and could not be woken.
 */
const withoutListening = (pool: Database['pool']): Database['pool'] =>
  new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return (callback?: unknown) => (callback === undefined ? lendClient(target) : undefined);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** The queue's workers in this process. */
interface Workers {
  readonly runner: Runner;
  readonly pool: WorkerPool;
  /** Resolves as soon as they take no further job, whatever the reason. */
  readonly ending: Promise<unknown>;
}

/**
 * What became of the first question for a job of the queue's workers: null where it was answered, else why not. Before they ask, they
 * look up once, for all of them, which tasks there are, and keep what came of it, be it an error (0.17.3): then none of
 * them would take a job any more, wherever the database is.
 */
function firstFailure(events: WorkerEvents): Promise<Error | null> {
  return new Promise((resolve) => {
    events.once('worker:getJob:error', ({ error }) => resolve(error as Error));
    for (const answered of ['worker:getJob:empty', 'job:start'] as const) events.once(answered, () => resolve(null));
  });
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
  private workers: Workers | null = null;
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
    setMaxListeners(0, this.cut.signal); // one for each call that is under way
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
    await this.workers?.runner.stop().catch((error: unknown) => this.complain(error));
    await this.running;
    clearTimeout(cutting);
  }

  private complain(error: unknown): void {
    this.options.log.warn({ err: error }, 'the queue of webhooks failed');
  }

  /**
   * The queue's workers end with what they cannot help, such as a database that is gone: then others are started. Not after them:
   * where several jobs could not be noted as done, their end may never come (read in its source), and each webhook is served by one of
   * whoever is there in any case.
   */
  private async keepRunning(): Promise<void> {
    for (let pause = START_AGAIN_MS.first; !this.asked.signal.aborted;) {
      try {
        const workers = await this.startWorkers();
        const { runner, ending } = workers;
        pause = START_AGAIN_MS.first;
        // Asked to stop while they started: nobody else would stop them.
        if (this.asked.signal.aborted) await runner.stop();
        else this.workers = workers;
        await Promise.race([runner.promise, ending]);
      } catch (error) {
        this.complain(error);
      }
      this.workers = null;
      await wait(pause, undefined, { signal: this.asked.signal }).catch(() => undefined); // asked to stop meanwhile
      pause = Math.min(pause * 2, START_AGAIN_MS.longest);
    }
  }

  private async startWorkers(): Promise<Workers> {
    const { newsroom, courier, options } = this;
    const stop = { asked: this.asked.signal, cut: this.cut.signal };
    const events: WorkerEvents = new EventEmitter();
    const ending = once(events, 'pool:gracefulShutdown');
    const answer = firstFailure(events);
    const created = once(events, 'pool:create') as Promise<[{ workerPool: WorkerPool }]>;
    const runner = await run({
      preset: { worker: { ...HANDLED, preparedStatements: newsroom.database.keepsSessions } },
      events,
      pgPool: withoutListening(newsroom.database.pool),
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
    const [{ workerPool: pool }] = await created;
    const failure = await answer;
    if (failure === null) return { runner, pool, ending };
    await nextTurn(); // for the other workers to hear of it, too: each that is stopped as it asks writes a trace of its own
    void runner.stop().catch((error: unknown) => this.complain(error));
    throw failure;
  }

  private async look(): Promise<void> {
    try {
      const { workers } = this;
      if (workers) {
        await this.courier.letGo();
        const due = await findDueWebhooks(this.newsroom.database.run, this.vault.keyId);
        for (const { id, isFailing } of due) {
          await workers.runner.addJob(
            TASK,
            { webhook: id },
            { jobKey: id, maxAttempts: 1, priority: isFailing ? PRIORITY.failing : PRIORITY.sound },
          );
          workers.pool.nudge(1);
        }
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
