import { once } from 'node:events';
import path from 'node:path';
import type { Config } from '../base/config';
import type { Log } from '../base/log';
import { startEmbeddedPostgres } from '../server/embedded-postgres';
import { checkServer } from '../store/check-server';
import { migrate } from '../store/migrate';
import { openNewsroom } from '../store/open-newsroom';
import type { Newsroom } from '../store/scope';
import { findSecretsKey } from './secrets-key';

/** Thrown to whatever is still starting when it is asked to stop. */
export class Interrupted extends Error {
  constructor() {
    super('Asked to stop while starting.');
    this.name = 'Interrupted';
  }
}

/** Things that are running, stopped in the reverse order of their start. */
export class Running {
  private readonly stops: (() => Promise<unknown>)[] = [];
  private readonly asked = new AbortController();

  /** @throws Interrupted where a stop was asked for meanwhile: nothing more is started, what runs is stopped. */
  onStop(stop: () => Promise<unknown>): void {
    this.stops.push(stop);
    this.goOn();
  }

  get isAskedToStop(): boolean {
    return this.asked.signal.aborted;
  }

  askToStop(): void {
    this.asked.abort();
  }

  /** @throws Interrupted where a stop was asked for. */
  goOn(): void {
    if (this.isAskedToStop) throw new Interrupted();
  }

  /** Waits until a stop is asked for. */
  async untilAskedToStop(): Promise<void> {
    if (!this.isAskedToStop) await once(this.asked.signal, 'abort');
  }

  async stop(): Promise<void> {
    for (let stop = this.stops.pop(); stop; stop = this.stops.pop()) await stop();
  }
}

/** Where the files are that come with the project, wherever it was started from. */
export const projectFile = (...steps: string[]): string => path.resolve(__dirname, '..', '..', '..', ...steps);

/**
 * The database that the settings name, or the one that comes with the project, started if need be.
 *
 * @param attach whether to join the database of a running server, as command-line tools do.
 * @throws with one line for whoever starts the program.
 */
export async function findDatabase(config: Config, running: Running, log: Log, attach: boolean): Promise<string> {
  if (config.database.url) {
    await checkServer(config.database.url);
    return config.database.url;
  }
  const postgres = await startEmbeddedPostgres({
    dir: config.database.dataDir,
    attach,
    log: (line) => log.debug({ postgres: line }, 'database'),
  });
  running.onStop(() => postgres.stop());
  return postgres.url;
}

/** A newsroom on that database, migrated to this release. */
export async function openFrom(config: Config, url: string, running: Running, log: Log): Promise<Newsroom> {
  const ran = await migrate(url);
  if (ran.length > 0) log.info({ migrations: ran }, 'migrated');
  const { database, text, limits } = config;
  const newsroom = await openNewsroom({
    database: {
      url,
      pooler: database.pooler,
      listenUrl: database.listenUrl,
      poolSize: database.poolSize,
      statementTimeoutMs: database.statementTimeoutMs,
      lockTimeoutMs: database.lockTimeoutMs,
      onConnectionError: (error) => log.warn({ err: error }, 'a database connection was lost'),
    },
    text,
    pages: limits,
    language: config.newsroom.language,
    publicHistory: config.newsroom.publicHistory,
    secretsKey: findSecretsKey(config, log),
    webhooks: config.webhooks,
    feedRetentionMs: config.newsroom.feedRetentionMs,
  });
  running.onStop(() => newsroom.database.close());
  return newsroom;
}
