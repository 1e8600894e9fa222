import 'reflect-metadata';
import { Command } from 'commander';
import pg from 'pg';
import { startOurs } from '../bench/processes';
import { startProgress, tell } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { Running } from '../src/tools/start';
import { countLines, faultsOf } from './feed-report';
import { soakFeed } from './feed-soak';
import { findUrl, numberOption } from './options';
import { findPorts } from './ports';

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly writers: number;
  readonly servers: number;
  readonly killEvery: number;
  readonly hangs: number;
  readonly minutes: number;
  readonly seed: number;
  readonly databaseUrl?: string;
}

function readOptions(words: readonly string[]): Options {
  const program = new Command('npm run soak:feed --')
    .description(
      'Lets people write over HTTP, with retries, while others follow over WebSockets, Server-Sent Events and webhooks and servers are killed (-9) and started again, and compares what each was told with the ledger. Ends with 1 where a change was lost, told to whom it is not for, out of order, or again although it was kept.',
    )
    .addOption(numberOption('--rate <number>', 'acts a second', 50, 0.1, 1000))
    .addOption(numberOption('--seconds <seconds>', 'how long they write', 60, 1, 86_400))
    .addOption(numberOption('--writers <number>', 'who write at the same time', 12, 1, 200))
    .addOption(numberOption('--servers <number>', 'servers on the one database, killed in turn', 1, 1, 10))
    .addOption(numberOption('--kill-every <seconds>', 'how long a server lives after the last kill', 3, 0.1, 3600))
    .addOption(numberOption('--hangs <number>', "calls that each webhook's receiver never answers", 2, 0, 100))
    .addOption(numberOption('--minutes <number>', 'when to give up', 10, 0.1, 1440))
    .addOption(numberOption('--seed <number>', "of the writers' choices", 1, 0, 2 ** 31))
    .option('--database-url <url>', 'an empty Postgres database, instead of the one that comes with the project');
  program.parse(words as string[]);
  return program.opts<Options>();
}

async function main(running: Running): Promise<number> {
  const { killEvery, databaseUrl, servers, ...options } = readOptions(process.argv);
  const url = await findUrl(databaseUrl, running);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // told by whatever is asked of it next
  running.onStop(() => pool.end());
  const adminToken = makeSecret();
  const ports = await findPorts(servers);
  const settings = {
    ADMIN_TOKEN: adminToken,
    CHECKPOINT_MS: '500',
    SECRETS_KEY: makeSecret(),
    WEBHOOKS_ALLOW_LOOPBACK: 'on',
  };
  const total = Math.round(options.rate * options.seconds);
  const bar = startProgress(`Acknowledging ${total} acts`, total);
  const given = {
    ...options,
    killEvery: { seconds: killEvery },
    adminToken,
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    start: (slot: number) => startOurs(url, 'warn', running, [], { ...settings, PORT: String(ports[slot]) }),
    pool,
    onProgress: (acknowledged: number) => bar.update(Math.min(total, acknowledged)),
  };
  const report = await soakFeed(given).finally(() => bar.stop());
  process.stdout.write(`${countLines(given, report).join('\n')}\n`);
  const faults = faultsOf(report);
  for (const [name, found] of faults) for (const line of found.slice(0, 10)) tell(`${name}: ${line.slice(0, 500)}`);
  return faults.every(([, found]) => found.length === 0) ? 0 : 1;
}

const running = new Running();
const stopAndEnd = (code: number): void => void running.stop().finally(() => process.exit(code));
process.once('SIGINT', () => stopAndEnd(130));
process.once('SIGTERM', () => stopAndEnd(143));
main(running).then(stopAndEnd, (error: Error) => {
  tell(error.message);
  stopAndEnd(1);
});
