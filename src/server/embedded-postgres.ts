import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareBinaries } from './embedded-postgres-binaries';
import { openCluster, type Cluster } from './embedded-postgres-cluster';
import { withFileLock } from './embedded-postgres-lock';
import { findPlace } from './embedded-postgres-place';
import {
  answers,
  findPostmaster,
  launchPostmaster,
  stopPostmaster,
  urlOf,
  type Postmaster,
} from './embedded-postgres-postmaster';
import {
  commandOf,
  isRunning,
  isSame,
  signalProcess,
  thisProcess,
  type ProcessMark,
} from './embedded-postgres-process';

/** How to start the PostgreSQL that comes with the project. */
export interface EmbeddedPostgresOptions {
  /** The data directory; made where it is absent. */
  readonly dir: string;
  /** False spares the disk and may lose everything at a power cut: for tests. */
  readonly durable?: boolean;
  /** True joins the server of another process if one runs there, as command-line tools do; false refuses to start. */
  readonly attach?: boolean;
  /** Hears what PostgreSQL writes and what is done with it. */
  readonly log?: (line: string) => void;
}

/** A PostgreSQL that answers. */
export interface EmbeddedPostgres {
  /** Of the superuser and the database `postgres`; holds the password. */
  readonly url: string;
  /** Whether it is ours to stop; false where it was joined. */
  readonly owner: boolean;
  /** Stops it if it is ours, at once, whoever is connected: end the pool first. May be called again. */
  stop(): Promise<void>;
}

/** Who runs which server; believed only as long as that very server runs, so that nothing old ever stands in the way. */
interface OwnerRecord {
  readonly postmaster: ProcessMark;
  readonly owner: ProcessMark;
  readonly port: number;
}

const SETTLE_MS = 90_000;

const recordFile = (cluster: Cluster): string => path.join(cluster.place.directory, 'server.json');

function readRecord(cluster: Cluster): OwnerRecord | undefined {
  const file = recordFile(cluster);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OwnerRecord) : undefined;
}

function writeRecord(cluster: Cluster, record: OwnerRecord): void {
  const file = recordFile(cluster);
  // Readable by all, and no secret: root may start the server of an ordinary user, who starts it the next time.
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o644 });
  renameSync(`${file}.new`, file);
}

function findOwner(cluster: Cluster, postmaster: Postmaster): ProcessMark | undefined {
  const record = readRecord(cluster);
  return record && isSame(record.postmaster, postmaster.process) && isRunning(record.owner) ? record.owner : undefined;
}

function refusal(dir: string, owner: ProcessMark): Error {
  const command = commandOf(owner.pid).slice(0, 120);
  const who = `process ${owner.pid}${command === '' ? '' : ` (${command})`}`;
  return new Error(
    `The database in ${dir} is in use by ${who}: stop that process, or set DATA_DIR to another directory, or set DATABASE_URL.`,
  );
}

/**
 * Waits until a server that runs on the files is either somebody's who answers for it, or gone. One whose owner has died
 * is stopped: its watchdog is doing the same, and a server about to stop is none to join.
 */
async function settle(cluster: Cluster, log: (line: string) => void): Promise<(Postmaster & Owned) | undefined> {
  const deadline = Date.now() + SETTLE_MS;
  let told: ProcessMark | undefined;
  for (;;) {
    const postmaster = findPostmaster(cluster);
    if (!postmaster) return undefined;
    const owner = findOwner(cluster, postmaster);
    if (owner && (await answers(cluster, postmaster.port))) return { ...postmaster, owner };
    if (!owner && !isSame(told, postmaster.process)) {
      log(`stopping PostgreSQL ${postmaster.process.pid}, whose owner has gone`);
      signalProcess(postmaster.process, 'SIGINT');
      told = postmaster.process;
    }
    if (Date.now() > deadline) {
      const { pid } = postmaster.process;
      throw new Error(`PostgreSQL (process ${pid}) in ${cluster.files} neither answers nor stops: end that process.`);
    }
    await sleep(25);
  }
}

interface Owned {
  readonly owner: ProcessMark;
}

async function launch(cluster: Cluster, durable: boolean, log: (line: string) => void): Promise<EmbeddedPostgres> {
  const lastPort = readRecord(cluster)?.port;
  const postmaster = await launchPostmaster(cluster, { durable, lastPort, log });
  writeRecord(cluster, { postmaster: postmaster.process, owner: thisProcess(), port: postmaster.port });
  return {
    url: urlOf(cluster, postmaster.port),
    owner: true,
    stop: () => stopPostmaster(postmaster.process),
  };
}

/**
 * Starts the PostgreSQL that came with npm on a data directory, and makes the directory ready first where it is new.
 * It listens on 127.0.0.1 only, with a random password. It ends with this process, however this process ends; after a
 * kill -9 of either, the next start recovers. Of processes that start at the same moment one becomes the owner.
 *
 * @throws Error, in one line for people, where another process runs there (`attach: false`), the directory cannot be
 * used, or PostgreSQL does not run on this machine
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, attach = false, log = () => undefined } = options;
  const dir = path.resolve(options.dir);
  const place = findPlace(dir);
  return withFileLock(path.join(place.directory, 'start.lock'), async () => {
    const native = prepareBinaries(place);
    const cluster = await openCluster(native, { place, durable });
    const running = await settle(cluster, log);
    if (!running) return launch(cluster, durable, log);
    if (!attach) throw refusal(dir, running.owner);
    log(`joined PostgreSQL ${running.process.pid} of process ${running.owner.pid}`);
    return { url: urlOf(cluster, running.port), owner: false, stop: () => Promise.resolve() };
  });
}
