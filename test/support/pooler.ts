import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPorts } from '../../soak/ports';
import { until } from './until';

const PGBOUNCER = '/usr/sbin/pgbouncer';

/** Whether there is a pooler to test with (Debian: pgbouncer). */
export const hasPgBouncer = (): boolean => existsSync(PGBOUNCER);

/** Connections to Postgres that all share: fewer than there are people who write at a time. */
const CONNECTIONS = 4;

/** A real pooler in transaction mode, on a port of its own. */
export interface Pooler {
  /** The database behind it. */
  readonly url: string;
  /** All that it wrote. */
  log(): string;
  /** Ends it at once, and with it every connection. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = new Socket().connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });

/** Starts PgBouncer in front of a database. Nothing is set in its favour: it refuses what poolers refuse. */
export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(databaseUrl);
  const directory = mkdtempSync(path.join(tmpdir(), 'newsroom-pooler-'));
  chmodSync(directory, 0o755); // run by root, it becomes another user, who must read it
  const [port = 0] = await findPorts(1);
  const users = path.join(directory, 'users.txt');
  writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o644 });
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: CONNECTIONS,
    max_client_conn: 200,
    server_login_retry: 1,
  };
  const file = path.join(directory, 'pgbouncer.ini');
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const databases = `[databases]\n* = host=${hostname} port=${serverPort}\n`;
  writeFileSync(file, `${databases}[pgbouncer]\n${lines.join('\n')}\n`, { mode: 0o644 });
  let log = '';
  let child: ChildProcess;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const start = async (): Promise<void> => {
    child = spawn(PGBOUNCER, [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (log += part));
    await until(() => {
      if (child.exitCode !== null) throw new Error(`There is no pooler: ${log}`);
      return answers(port);
    });
  };
  await start();
  return {
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
    log: () => log,
    kill: () => end('SIGKILL'),
    start,
    close: async () => {
      await end('SIGINT');
      rmSync(directory, { recursive: true });
    },
  };
}
