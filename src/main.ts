import './tools/production';
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Config, readConfig } from './base/config';
import { type Log, makeLog } from './base/log';
import { EmbargoClock } from './edits/lift-embargoes';
import { Hub } from './feed/hub';
import { Couriers, findKeyTrouble } from './feed/couriers';
import { makeHttpServer } from './server/http';
import { forgetOldDeliveries } from './store/deliveries';
import { findFirstStorySlug } from './store/entries';
import { forgetOldKeys } from './store/idempotency';
import type { Newsroom } from './store/scope';
import { ensureFirstAdmin, type FirstAdmin } from './tools/first-admin';
import { loadSample } from './tools/load-sample';
import { findDatabase, Interrupted, openFrom, projectFile, Running } from './tools/start';

const HOUR_MS = 3_600_000;
/** Requests that are under way need the rest of the time for stopping. */
const LONGEST_DRAIN_MS = 4000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * Sees to it that a signal stops what runs, in order, and what is starting, at its next step; a second one ends the process
 * at once. A fault that nobody caught is logged and stops it too.
 */
function stopOnSignals(running: Running, graceMs: number, log: Log): void {
  const stop = (): void => {
    running.askToStop();
    setTimeout(() => process.exit(1), graceMs + 5000).unref();
  };
  const onSignal = (): void => (running.isAskedToStop ? process.exit(1) : stop());
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'a fault that nobody caught');
    process.exitCode = 1;
    if (!running.isAskedToStop) stop();
  });
}

/** One line for whoever started the program, and the end. */
function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** How long a new WebSocket may be silent. */
const INIT_MS = 3000;

async function listen(config: Config, newsroom: Newsroom, running: Running, log: Log): Promise<string> {
  const { host, port, corsOrigins, queryCompiler, shutdownSeconds } = config.server;
  const limits = { ...config.limits };
  const { checkpointMs, slowMs, ...crowd } = config.live;
  const hub = new Hub(newsroom, (error) => log.warn({ err: error }, 'the feed is waiting'), checkpointMs);
  running.onStop(() => hub.close());
  const app = await makeHttpServer({
    newsroom,
    hub,
    live: { crowd, checkpointMs, slowMs, initMs: INIT_MS, shutdownMs: shutdownSeconds * 1000 },
    log,
    limits,
    corsOrigins,
    queryCompiler,
    operations: projectFile('schema', 'operations'),
  });
  running.onStop(async () => {
    const cut = setTimeout(() => app.server.closeAllConnections(), shutdownSeconds * 1000);
    await app.close(); // waits for running requests
    clearTimeout(cut);
  });
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is taken: stop what listens there, or set PORT.`, { cause: error });
    throw new Error(`Cannot listen on ${host}, port ${port}: ${(error as Error).message}. Set HOST or PORT.`, {
      cause: error,
    });
  }
  const address = app.server.address() as AddressInfo;
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function greet(url: string, admin: FirstAdmin, storySlug: string | null): void {
  say(`Newsroom wiki: ${url}/ is the explorer, ${url}/graphql the API.`);
  if (admin.newSecret)
    say(`Sign in as an editor with this header; it is shown this once:\n  authorization: Bearer ${admin.newSecret}`);
  else say('Sign in as an editor with the header "authorization: Bearer <your token>"; a new token: npm run token');
  const query = storySlug ? `{ story(slug: \\"${storySlug}\\") { headline summary } }` : '{ __typename }';
  say(storySlug ? 'Read a story:' : 'There is no public story yet. Ask it something:');
  say(`  curl -s ${url}/graphql -H 'content-type: application/json' -d '{"query":"${query}"}'`);
}

/** Without a key for their secrets there are no webhooks, and nobody to call them. */
async function startCouriers(config: Config, newsroom: Newsroom, running: Running, log: Log): Promise<void> {
  if (!newsroom.vault) return;
  const trouble = await findKeyTrouble(newsroom);
  if (trouble !== null) log.error(trouble);
  const drainMs = Math.min(LONGEST_DRAIN_MS, (config.server.shutdownSeconds * 1000) / 2);
  const couriers = new Couriers(newsroom, newsroom.vault, { drainMs, log });
  couriers.start();
  running.onStop(() => couriers.stop());
}

async function start(config: Config, running: Running, log: Log): Promise<void> {
  const url = await findDatabase(config, running, log, false);
  const newsroom = await openFrom(config, url, running, log);
  const admin = await ensureFirstAdmin(newsroom, config.newsroom.adminToken);
  if (config.newsroom.sample) await loadSample(newsroom, projectFile('sample'), () => running.goOn());
  const address = await listen(config, newsroom, running, log);
  const housekeeping = setInterval(() => {
    Promise.all([forgetOldKeys(newsroom.database.run), forgetOldDeliveries(newsroom.database.run)]).catch(
      (error: unknown) => log.warn({ err: error }, 'housekeeping failed'),
    );
  }, HOUR_MS);
  running.onStop(async () => clearInterval(housekeeping));
  const embargoes = new EmbargoClock(newsroom, (error) => log.warn({ err: error }, 'embargoes could not be looked at'));
  embargoes.start();
  running.onStop(() => embargoes.stop());
  await startCouriers(config, newsroom, running, log);
  greet(address, admin, await findFirstStorySlug(newsroom.database.run));
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const log = makeLog(config.log.level);
  const running = new Running();
  stopOnSignals(running, config.server.shutdownSeconds * 1000, log);
  try {
    await start(config, running, log);
    await running.untilAskedToStop();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    await running.stop();
  }
  process.exit();
}

main().catch(fail);
