import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..', '..');

/** The built program in a place of its own, so that no other build can change it while it runs. */
export interface BuiltProgram {
  /** Starts it with nothing in its environment but the settings given. */
  start(settings: Record<string, string>): Started;
  /** Starts a command of `newsroom`, with nothing in its environment but the settings given. */
  startTool(args: readonly string[], settings: Record<string, string>): Started;
  /** Starts the bench. */
  startBench(args: readonly string[]): Started;
  /** Runs a script in its place, until it ends by itself. */
  run(script: string): { code: number | null; stdout: string; stderr: string };
  /** A directory for data that any user may enter. */
  makeDirectory(): string;
  /** Ends what still runs, and removes the place. */
  clear(): Promise<void>;
}

/** A program that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Address of the server, once it has greeted; rejects where it ends before. */
  readonly ready: Promise<string>;
  /** Exit code or signal, once it has ended and all it wrote was read. */
  readonly ended: Promise<number | string>;
  /** Waits until it has written this. */
  writes(pattern: RegExp): Promise<RegExpExecArray>;
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

function startProgram(place: string, script: readonly string[], settings: Record<string, string>): Started {
  const [file = '', ...args] = script;
  const child = spawn(process.execPath, [path.join(place, 'dist/src', file), ...args], {
    cwd: place,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const writes = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(stdout);
      if (found) return found;
      const end = await Promise.race([once(child.stdout, 'data').then(() => undefined), ended]);
      if (end !== undefined && !pattern.test(stdout)) throw new Error(`It ended with ${end}: ${stdout}${stderr}`);
    }
  };
  const ready = writes(/curl -s (http:\S+)\/graphql.*\n/).then((found) => found[1] as string);
  ready.catch(() => undefined); // not every test waits for it
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ready,
    ended,
    writes,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** What a built program needs beside it. */
function furnish(place: string, names: readonly string[], from: string): void {
  chmodSync(place, 0o755);
  for (const name of names) symlinkSync(path.join(from, name), path.join(place, name));
}

const FURNITURE = ['node_modules', 'sample', 'schema', 'package.json'];

function compile(place: string, dist: string): void {
  furnish(place, FURNITURE, ROOT);
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const [part, options] = [path.join(place, 'part'), ['-p', path.join(ROOT, 'tsconfig.build.json')]];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, '--outDir', part], { encoding: 'utf8' });
  writeFileSync(path.join(place, 'said'), stdout);
  if (!existsSync(part)) mkdirSync(part);
  renameSync(part, dist); // there is all of it, or nothing
}

/** Of all files of a test run the first that needs the program builds it; the others wait for that one. */
async function compileOnce(): Promise<string> {
  const place = path.join(process.env.TEST_PLACE as string, 'program');
  const dist = path.join(place, 'dist');
  const isFirst = mkdirSync(place, { recursive: true }) !== undefined;
  if (isFirst) compile(place, dist);
  const changes = watch(place);
  try {
    while (!existsSync(dist)) await once(changes, 'change');
  } finally {
    changes.close();
  }
  if (!existsSync(path.join(dist, 'src/main.js')))
    throw new Error(`The build failed: ${readFileSync(path.join(place, 'said'), 'utf8')}`);
  return place;
}

/** Builds the program as `npm start` does. */
export async function buildProgram(): Promise<BuiltProgram> {
  const compiled = await compileOnce();
  const place = mkdtempSync(path.join(tmpdir(), 'newsroom-program-'));
  furnish(place, [...FURNITURE, 'dist'], compiled);
  const started: Started[] = [];
  const begin = (script: readonly string[], settings: Record<string, string>): Started => {
    const one = startProgram(place, script, settings);
    started.push(one);
    return one;
  };
  return {
    start: (settings) => begin(['main.js'], settings),
    startTool: (args, settings) => begin(['tools/newsroom.js', ...args], settings),
    startBench: (args) => begin(['../bench/bench.js', ...args], {}),
    run: (script) => {
      const options = { cwd: place, encoding: 'utf8', timeout: 20_000 } as const;
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], options);
      return { code: status, stdout, stderr };
    },
    makeDirectory: () => {
      const directory = mkdtempSync(path.join(place, 'data-'));
      chmodSync(directory, 0o755);
      return directory;
    },
    clear: async () => {
      // Not kill -9: what it has started ends with it.
      for (const { child } of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await Promise.all(started.map(({ ended }) => ended));
      rmSync(place, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
