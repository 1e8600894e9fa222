import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, isSame, thisProcess, type ProcessMark } from './embedded-postgres-process';

const PATIENCE_MS = 120_000;

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');

function readHolder(file: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Gives a file a second name; false where that name is taken. */
function linkUnlessTaken(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** A link appears whole or not at all: nobody ever reads a lock that does not yet say whose it is. */
function tryLock(file: string): boolean {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(thisProcess()));
  try {
    return linkUnlessTaken(draft, file);
  } finally {
    rmSync(draft);
  }
}

/** Takes a dead holder's lock away, and gives it back if in between it has become somebody else's. */
function removeStale(file: string, holder: ProcessMark): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (!isSame(readHolder(aside), holder)) linkUnlessTaken(aside, file);
  rmSync(aside);
}

/**
 * Does some work while no other process does work under the same lock file. Waits for a living holder, takes over from
 * a dead one. The lock is gone when the work is done, and also when it failed.
 */
export async function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!tryLock(file)) {
    const holder = readHolder(file);
    if (holder && !isRunning(holder)) {
      removeStale(file, holder);
    } else if (Date.now() > deadline) {
      throw new Error(`Process ${holder?.pid} has been starting the database for ${PATIENCE_MS / 1000} s; stop it.`);
    } else {
      await sleep(25);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
