import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { homeIn, inOneLine, POSTGRES_ENVIRONMENT, type Place } from './embedded-postgres-place';

/** A database cluster on disk: complete files of PostgreSQL and the password of its superuser. */
export interface Cluster {
  readonly place: Place;
  /** Directory of the binaries that made it or serve it. */
  readonly native: string;
  /** PostgreSQL's `data_directory`. */
  readonly files: string;
  readonly password: string;
}

const filesIn = (home: string): string => path.join(home, 'data');
const passwordIn = (home: string): string => path.join(home, 'password');

/** Runs initdb; rejects with its own words. */
function runInitdb(native: string, home: string, { place, durable }: ClusterOptions): Promise<void> {
  const options = {
    pgdata: filesIn(home),
    pwfile: passwordIn(home),
    username: 'postgres',
    auth: 'scram-sha-256',
    encoding: 'UTF8',
    // The same order of letters on every machine; what people see sorted names its collation.
    locale: 'C',
    'locale-provider': 'builtin',
    'builtin-locale': 'C.UTF-8',
  };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  if (!durable) words.push('--no-sync');
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(native, 'bin', 'initdb'), words, {
      ...place.account,
      cwd: home,
      env: POSTGRES_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Ctrl-C is for us: whoever started us waits for this second, and then stops what was started.
      detached: true,
    });
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (complaint += part));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(inOneLine(complaint) || `it ended with ${signal ?? code}`));
    });
  });
}

/** Builds a cluster under another name and renames it when it is complete: what is interrupted never counts as one. */
async function createCluster(native: string, options: ClusterOptions): Promise<void> {
  const { directory, account } = options.place;
  const home = homeIn(directory);
  for (const name of readdirSync(directory).filter((entry) => entry.startsWith('postgres.new-'))) {
    rmSync(path.join(directory, name), { recursive: true, force: true, maxRetries: 5 });
  }
  const draft = `${home}.new-${randomUUID()}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordIn(draft), randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (account) for (const made of [draft, passwordIn(draft)]) chownSync(made, account.uid, account.gid);
    await runInitdb(native, draft, options);
    renameSync(draft, home);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `PostgreSQL could not set up its files in ${directory}: ${reason} (DATABASE_URL would use another PostgreSQL.)`,
      {
        cause: error,
      },
    );
  } finally {
    rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface ClusterOptions {
  readonly place: Place;
  /** False spares the disk: for what may be lost, such as a test's database. */
  readonly durable: boolean;
}

/**
 * The cluster in a place, made first where there is none. Call it under the start lock.
 *
 * @throws Error, in one line, where the files are damaged or of another major version; they are left as they are
 */
export async function openCluster(native: string, options: ClusterOptions): Promise<Cluster> {
  const { place } = options;
  const home = homeIn(place.directory);
  if (!existsSync(home)) await createCluster(native, options);
  const files = filesIn(home);
  const versionFile = path.join(files, 'PG_VERSION');
  if (!existsSync(versionFile) || !existsSync(passwordIn(home))) {
    throw new Error(
      `${home} holds no complete database (PG_VERSION or the password is missing): restore it from a backup, or move it away to begin with an empty one.`,
    );
  }
  return { place, native, files, password: readFileSync(passwordIn(home), 'utf8').trim() };
}
