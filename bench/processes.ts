import { type ChildProcess, fork, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Running } from '../src/tools/start';
import type { LoadOrder, LoadResult } from './load';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Every line that it has written. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 15_000;

/** Ends a process that we started, and waits for its end. */
function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill(signal);
  });
}

/** Starts one of our programs; it serves as soon as it writes an address. */
function startServer(
  file: string,
  env: Readonly<Record<string, string>>,
  running: Running,
  nodeOptions: readonly string[] = [],
): Promise<Server> {
  const child = spawn(process.execPath, [...nodeOptions, file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    cwd: tmpdir(), // an .env file of the project is not for the bench
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.onStop(() => end(child));
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${file} did not start:\n${lines.join('\n')}`)), START_MS);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${file} ended with ${code}:\n${lines.join('\n')}`));
    });
    const hear = (line: string): void => {
      lines.push(line);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (!url) return;
      clearTimeout(timer);
      resolve({ url: `${url}/graphql`, lines, stop: () => end(child), kill: () => end(child, 'SIGKILL') });
    };
    createInterface({ input: child.stdout }).on('line', hear);
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  });
}

/** The project's own server, as `npm start` runs it. */
export const startOurs = (
  databaseUrl: string,
  logLevel: 'warn' | 'debug',
  running: Running,
  nodeOptions: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> =>
  startServer(
    require.resolve('../src/main'),
    { DATABASE_URL: databaseUrl, HOST: '127.0.0.1', PORT: '0', SAMPLE: 'off', LOG_LEVEL: logLevel, ...settings },
    running,
    nodeOptions,
  );

/** The bare server, the limit. */
export const startBare = (databaseUrl: string, running: Running): Promise<Server> =>
  startServer(require.resolve('./bare-server'), { DATABASE_URL: databaseUrl }, running);

/** Makes loads, in a process of its own. */
export interface Loader {
  run(order: LoadOrder): Promise<LoadResult>;
}

export function startLoader(running: Running): Loader {
  const child = fork(require.resolve('./load-process'), { serialization: 'advanced' });
  running.onStop(() => end(child));
  return {
    run: (order) =>
      new Promise((resolve, reject) => {
        child.once('message', (message: { result?: LoadResult; error?: string }) => {
          if (message.result) resolve(message.result);
          else reject(new Error(message.error));
        });
        child.send(order);
      }),
  };
}
