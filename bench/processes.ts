import { type ChildProcess, fork, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Running } from '../src/tools/start';
import type { FollowOrder, HeardResult, HearOrder } from './follow-load';
import type { LoadOrder, LoadResult } from './load';

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Every line that it has written. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
  /** Ends it as kill -9 does. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
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
      resolve({
        url: `${url}/graphql`,
        lines,
        stop: () => end(child),
        kill: () => end(child, 'SIGKILL'),
        signal: (signal) => void child.kill(signal),
      });
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

/** The bare WebSocket server, the limit of the feed. */
export const startBareSockets = (running: Running): Promise<Server> =>
  startServer(require.resolve('./bare-socket-server'), {}, running);

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

/** Subscribers, in a process of their own. */
export interface FollowProcess {
  /** Resolves once each has been told where it stands. */
  open(order: FollowOrder): Promise<void>;
  /** Resolves once they wait; `result` once they have what they waited for. */
  hear(order: HearOrder): Promise<{ readonly result: Promise<HeardResult> }>;
  /** They leave. */
  leave(): Promise<void>;
}

/** What is asked of that process, and what it answers. */
export type FollowAsk = { readonly open: FollowOrder } | { readonly hear: HearOrder } | { readonly leave: true };
export type FollowAnswer =
  | { readonly is: 'done' }
  | { readonly is: 'ready' }
  | { readonly is: 'heard'; readonly result: HeardResult }
  | { readonly is: 'failed'; readonly error: string };

export function startFollowers(running: Running): FollowProcess {
  const child = fork(require.resolve('./follow-process'), { serialization: 'advanced' });
  running.onStop(() => end(child));
  const next = <Is extends FollowAnswer['is']>(is: Is): Promise<Extract<FollowAnswer, { is: Is }>> =>
    new Promise((resolve, reject) => {
      child.once('message', (answer: FollowAnswer) => {
        if (answer.is === is) resolve(answer as Extract<FollowAnswer, { is: Is }>);
        else reject(new Error(answer.is === 'failed' ? answer.error : `The subscribers answered ${answer.is}.`));
      });
    });
  const ask = <Is extends FollowAnswer['is']>(what: FollowAsk, is: Is): Promise<Extract<FollowAnswer, { is: Is }>> => {
    const answer = next(is);
    child.send(what);
    return answer;
  };
  return {
    open: async (order) => void (await ask({ open: order }, 'done')),
    hear: async (order) => {
      await ask({ hear: order }, 'ready');
      const result = next('heard').then((answer) => answer.result);
      result.catch(() => undefined); // told to whoever waits for it, maybe later
      return { result };
    },
    leave: async () => void (await ask({ leave: true }, 'done')),
  };
}
