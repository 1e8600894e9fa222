import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process, so named that the name is never another's: a process id comes back after a reboot or in the next
 * container, the moment of its start does not.
 */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** Text of a file that is there while a process runs; undefined once it has gone, or where it is not ours to read. */
function readWhileRunning(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** What `ps` says in one column about a process; undefined where there is none. */
function askPs(pid: number, column: string): string | undefined {
  const answer = spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

const isDead = (state: string | undefined): boolean => state === undefined || /^[ZX]/.test(state);

/** The process with this id, undefined where none runs; one that only waits to be reaped does not run. */
export function findProcess(pid: number): ProcessMark | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform !== 'linux') {
    const started = askPs(pid, 'lstart');
    return started === undefined || isDead(askPs(pid, 'stat')) ? undefined : { pid, started };
  }
  const stat = readWhileRunning(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the command's name in brackets and may hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const boot = readWhileRunning('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return isDead(fields[0]) ? undefined : { pid, started: `${boot}/${fields[19]}` };
}

/** The process that runs this code. */
export function thisProcess(): ProcessMark {
  return findProcess(process.pid) ?? { pid: process.pid, started: '' };
}

/** Whether it is the same process, not merely the same id. */
export const isSame = (one: ProcessMark | undefined, other: ProcessMark | undefined): boolean =>
  one !== undefined && one.pid === other?.pid && one.started === other.started;

/** Whether that very process runs still. */
export const isRunning = (mark: ProcessMark): boolean => isSame(mark, findProcess(mark.pid));

/** Command line of a running process, empty where it cannot be had. */
export function commandOf(pid: number): string {
  if (process.platform !== 'linux') return askPs(pid, 'command') ?? '';
  return readWhileRunning(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? '';
}

/** Sends a signal to that very process; whether it was there to receive it. */
export function signalProcess(mark: ProcessMark, signal: NodeJS.Signals): boolean {
  if (!isRunning(mark)) return false;
  try {
    return process.kill(mark.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until a process has gone; false where it still runs after so many ms. */
export async function hasGoneWithin(mark: ProcessMark, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isRunning(mark)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}
