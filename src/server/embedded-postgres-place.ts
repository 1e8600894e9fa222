import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

/** Whom PostgreSQL runs as, where that is not simply who runs us. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where the embedded PostgreSQL keeps everything, and who runs it. */
export interface Place {
  readonly directory: string;
  /** Set only where we run as root, as whom PostgreSQL refuses to run. */
  readonly account: Account | undefined;
}

/** The whole environment of PostgreSQL: nothing of ours, so no secrets, no language, no clock zone of the machine. */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** The last words of a program that failed, as one line to put into a message. */
export function inOneLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  // What initdb tidies up afterwards is not why it failed.
  return lines
    .filter((line) => line !== '' && !line.startsWith('initdb: removing'))
    .slice(-3)
    .join('; ');
}

/** Where a place for root's data can be made if DATA_DIR is below a closed directory such as /root. */
const OPEN_GROUND = '/var/lib';

const isRoot = (): boolean => process.getuid?.() === 0;

/** The directory of the cluster and its password below a place's directory; it exists only when it is complete. */
export const homeIn = (directory: string): string => path.join(directory, 'postgres');

const elsewhereIn = (directory: string): string => path.join(directory, 'elsewhere');

function accountByName(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Files that exist decide: a directory made by an ordinary user stays that user's when root starts the server. */
function chooseAccount(directory: string): Account {
  for (const home of [homeIn(directory), homeIn(elsewhereIn(directory))]) {
    const owner = existsSync(home) ? statSync(home) : undefined;
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const account = accountByName('postgres') ?? accountByName('nobody');
  if (account) return account;
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it: run as an ordinary user, or set DATABASE_URL.',
  );
}

/** Asks the system itself, as that user: modes alone do not tell of access lists and mounts. */
const canEnter = (directory: string, account: Account): boolean =>
  spawnSync('/bin/sh', ['-c', 'test -x "$0"', directory], { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT })
    .status === 0;

/** Where root's data goes if the other user cannot enter DATA_DIR: remembered by a link in DATA_DIR. */
function findElsewhere(directory: string, account: Account): string {
  const link = elsewhereIn(directory);
  if (!existsSync(link)) {
    if (!existsSync(OPEN_GROUND)) {
      throw new Error(
        `PostgreSQL does not run as root, and user ${account.uid}, who would run it, cannot enter ${directory}: set DATA_DIR to a directory that others can enter, or set DATABASE_URL.`,
      );
    }
    const made = mkdtempSync(path.join(OPEN_GROUND, 'newsroom-wiki-'));
    chmodSync(made, 0o755);
    try {
      symlinkSync(made, link);
    } catch (error) {
      rmdirSync(made);
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Another process that starts at the same moment was faster: its place is ours.
      if (existsSync(link)) return realpathSync(link);
      throw new Error(
        `The link ${link} leads to a directory that is gone: restore that, or remove the link to begin with an empty database.`,
        { cause: error },
      );
    }
  }
  return realpathSync(link);
}

function makeWritable(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `The data directory ${directory} cannot be written (${reason}): make it yours, or set DATA_DIR to a directory that is, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Makes the data directory ready and chooses whom PostgreSQL runs as: who runs us, or, as root, whoever owns the files
 * that are there, else `postgres`, else `nobody`. If root's DATA_DIR is where that user cannot come (a checkout below
 * /root), the place is a directory below /var/lib, and DATA_DIR holds a link to it named `elsewhere`.
 */
export function findPlace(dataDirectory: string): Place {
  const isNew = !existsSync(dataDirectory);
  makeWritable(dataDirectory);
  const directory = realpathSync(dataDirectory);
  if (!isRoot()) {
    assertMine(directory);
    return { directory, account: undefined };
  }
  // Whatever the umask: a directory that root has just made must let the other user pass.
  if (isNew) chmodSync(directory, 0o755);
  const account = chooseAccount(directory);
  return { directory: canEnter(directory, account) ? directory : findElsewhere(directory, account), account };
}

function assertMine(directory: string): void {
  const home = homeIn(directory);
  const owner = existsSync(home) ? statSync(home).uid : process.getuid?.();
  if (owner === process.getuid?.()) return;
  throw new Error(
    `The database in ${directory} belongs to user ${owner}, and you are user ${process.getuid?.()}: start as that user or as root, or set DATA_DIR to another directory.`,
  );
}
