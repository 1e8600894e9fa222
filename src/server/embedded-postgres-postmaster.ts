import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Cluster } from './embedded-postgres-cluster';
import { inOneLine, POSTGRES_ENVIRONMENT } from './embedded-postgres-place';
import { commandOf, findProcess, hasGoneWithin, signalProcess, type ProcessMark } from './embedded-postgres-process';

/** Long enough for the recovery of a large database after a crash. */
const READY_MS = 300_000;
const FAST_STOP_MS = 60_000;
const HARD_STOP_MS = 10_000;

/** A PostgreSQL server that answers. */
export interface Postmaster {
  readonly process: ProcessMark;
  readonly port: number;
}

/** How a server is started, and who hears of it. */
export interface LaunchOptions {
  readonly durable: boolean;
  /** Port of the last time, so that an address that somebody noted stays good; another one is taken if it is not free. */
  readonly lastPort: number | undefined;
  readonly log: (line: string) => void;
}

/** Address of a cluster's server; no TLS, whatever the environment asks of pg, because it listens on this machine only. */
export const urlOf = (cluster: Cluster, port: number): string =>
  `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres?sslmode=disable`;

/** Whether this very cluster answers on that port: somebody else's server may have taken it. */
export async function answers(cluster: Cluster, port: number): Promise<boolean> {
  const client = new Client({ connectionString: urlOf(cluster, port), connectionTimeoutMillis: 2000 });
  // Without a listener, a server that goes away between two answers would end our process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ files: string }>(`select current_setting('data_directory') as files`);
    return rows[0]?.files === cluster.files;
  } catch {
    // Not yet, no longer, or another server: whoever asks goes on asking until a deadline.
    return false;
  } finally {
    // A connection that never came about cannot be ended, and need not be.
    await client.end().catch(() => undefined);
  }
}

/**
 * The server that runs on a cluster's files, whether it answers or not; undefined where none does. A pid file that tells
 * of a stranger's process (after a reboot or in a new container) is removed: PostgreSQL would not start beside it.
 */
export function findPostmaster(cluster: Cluster): Postmaster | undefined {
  const pidFile = path.join(cluster.files, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const [pid, , , port] = readFileSync(pidFile, 'utf8').split('\n').map(Number);
  const found = findProcess(pid ?? 0);
  if (!found) return undefined;
  const command = commandOf(found.pid);
  if (command.includes('postgres') && command.includes(cluster.files)) return { process: found, port: port ?? 0 };
  if (command !== '') rmSync(pidFile, { force: true });
  return undefined;
}

/** A port that nobody listens on at this moment: the wanted one if it can be had. */
function findFreePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted === 0 ? reject(error) : resolve(findFreePort())));
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** Lets our process end although this child and its pipes are open. */
function detach(child: ChildProcess): void {
  child.unref();
  for (const pipe of [child.stdin, child.stderr]) if (pipe instanceof Socket) pipe.unref();
}

/**
 * Stops PostgreSQL when our process ends in whatever way, kill -9 included: its pipe to us closes then. The other
 * user's shell sends the signal, so it could never reach a process that is not that user's.
 */
function watchOver(postmaster: ChildProcess, cluster: Cluster, log: LaunchOptions['log']): void {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r word || kill -INT "$0"', String(postmaster.pid)], {
    ...cluster.place.account,
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.once('error', (error) =>
    log(`nothing will stop PostgreSQL after a kill -9 of this process: ${error.message}`),
  );
  // The shell may have gone before us, killed by somebody: then there is nothing left to tell it.
  watchdog.stdin.on('error', () => undefined);
  postmaster.once('exit', () => watchdog.stdin.end('gone\n'));
  detach(watchdog);
}

interface Attempt {
  readonly child: ChildProcess;
  readonly hasEnded: () => boolean;
  /** The end of what it wrote. */
  readonly lastWords: () => string;
}

function spawnPostmaster(cluster: Cluster, port: number, { durable, log }: LaunchOptions): Attempt {
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    // Socket files have a limit of 107 bytes on their path, and nobody needs one.
    'unix_socket_directories=',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const child = spawn(
    path.join(cluster.native, 'bin', 'postgres'),
    ['-D', cluster.files, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...cluster.place.account,
      cwd: cluster.files,
      env: POSTGRES_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A session of its own: Ctrl-C in the terminal must not reach it before we have finished with it.
      detached: true,
    },
  );
  let ended = false;
  let words = '';
  child.once('exit', () => (ended = true));
  child.once('error', (error) => {
    ended = true;
    words += error.message;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    words = (words + part).slice(-4000);
    log(part.trimEnd());
  });
  if (child.pid !== undefined) watchOver(child, cluster, log);
  detach(child);
  return { child, hasEnded: () => ended, lastWords: () => words };
}

async function becomesReady(cluster: Cluster, port: number, attempt: Attempt): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (!attempt.hasEnded() && Date.now() < deadline) {
    if (await answers(cluster, port)) return true;
    await sleep(15);
  }
  return false;
}

/**
 * Starts PostgreSQL on a cluster and waits until it answers. Tries again where the port was taken meanwhile and while
 * processes of a server that was killed have not yet let go of its memory. The caller holds the start lock.
 *
 * @throws Error, in one line, with PostgreSQL's own last words
 */
export async function launchPostmaster(cluster: Cluster, options: LaunchOptions): Promise<Postmaster> {
  const deadline = Date.now() + 30_000;
  let port = await findFreePort(options.lastPort);
  for (;;) {
    const attempt = spawnPostmaster(cluster, port, options);
    const ready = await becomesReady(cluster, port, attempt);
    const running = findProcess(attempt.child.pid ?? 0);
    if (ready && running) return { process: running, port };
    if (running && !attempt.hasEnded()) await stopPostmaster(running);
    const words = attempt.lastWords();
    const portTaken = /could not bind|could not create any TCP\/IP sockets/.test(words);
    const notYetGone = /pre-existing shared memory block|lock file ".*" already exists/.test(words);
    if (Date.now() > deadline || !(portTaken || notYetGone)) {
      throw new Error(`PostgreSQL did not start in ${cluster.files}: ${inOneLine(words) || 'it did not answer'}`);
    }
    if (portTaken) port = await findFreePort();
    else await sleep(100);
  }
}

/** Stops PostgreSQL without waiting for its clients; does nothing where it has already gone. */
export async function stopPostmaster(postmaster: ProcessMark): Promise<void> {
  if (!signalProcess(postmaster, 'SIGINT') || (await hasGoneWithin(postmaster, FAST_STOP_MS))) return;
  if (!signalProcess(postmaster, 'SIGQUIT') || (await hasGoneWithin(postmaster, HARD_STOP_MS))) return;
  throw new Error(`PostgreSQL (process ${postmaster.pid}) does not stop: look at that process, and end it.`);
}
