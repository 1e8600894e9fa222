import 'reflect-metadata';
import { Command } from 'commander';
import pg from 'pg';
import { startOurs } from '../bench/processes';
import { startProgress, tell } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { Running } from '../src/tools/start';
import { type EmbargoReport, quantile, soakEmbargoes } from './embargo-soak';
import { findUrl, numberOption } from './options';

interface Options {
  readonly embargoes: number;
  readonly servers: number;
  readonly lead: number;
  readonly databaseUrl?: string;
}

function readOptions(words: readonly string[]): Options {
  const program = new Command('npm run soak:embargoes --')
    .description(
      'Lets many embargoes end within one second before several servers, one of which is killed (-9) in the middle, and tells how often and how late each was lifted. Ends with 1 where one was not lifted just once, before its time, or more than two seconds after it.',
    )
    .addOption(numberOption('--embargoes <number>', 'embargoes that end within one second', 1000, 1, 100_000))
    .addOption(numberOption('--servers <number>', 'servers on the one database', 3, 2, 10))
    .addOption(numberOption('--lead <seconds>', 'time for setting them', 40, 1, 3600))
    .option('--database-url <url>', 'an empty Postgres database, instead of the one that comes with the project');
  program.parse(words as string[]);
  return program.opts<Options>();
}

const MOST_LATE_MS = 2000;

/** The figures, one a line. */
function linesOf({ servers }: Options, report: EmbargoReport): string[] {
  const { embargoes, once, never, more, early, beforeKill, delays, seenMs, breaches } = report;
  const lines: [string, string | number][] = [
    ['lifted once', `${once} of ${embargoes}`],
    ['never lifted', never],
    ['lifted more than once', more],
    ['lifted before their time', early],
    ['lifted before the kill', beforeKill],
    ['delay p50 / p99 / max, ms', [quantile(delays, 0.5), quantile(delays, 0.99), delays.at(-1)].join(' / ')],
    ['all seen public after the last was due, ms', seenMs],
    ['breaches of what holds in every newsroom', breaches.length],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    `${embargoes} embargoes within one second, servers: ${servers}, one killed`,
    ...lines.map(([name, figure]) => `${name.padEnd(width)}  ${figure}`),
  ];
}

const isGood = ({ embargoes, once, early, delays, breaches }: EmbargoReport): boolean =>
  once === embargoes && early === 0 && (delays.at(-1) ?? 0) <= MOST_LATE_MS && breaches.length === 0;

async function main(running: Running): Promise<number> {
  const { databaseUrl, ...options } = readOptions(process.argv);
  const url = await findUrl(databaseUrl, running);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // told by whatever is asked of it next
  running.onStop(() => pool.end());
  const adminToken = makeSecret();
  const bar = startProgress(`Lifting ${options.embargoes} embargoes`, options.embargoes);
  const report = await soakEmbargoes({
    ...options,
    adminToken,
    start: () => startOurs(url, 'warn', running, [], { ADMIN_TOKEN: adminToken }),
    pool,
    onProgress: (lifted) => bar.update(lifted),
  }).finally(() => bar.stop());
  process.stdout.write(`${linesOf(options, report).join('\n')}\n`);
  for (const breach of report.breaches.slice(0, 10)) tell(breach.slice(0, 500));
  return isGood(report) ? 0 : 1;
}

const running = new Running();
const stopAndEnd = (code: number): void => void running.stop().finally(() => process.exit(code));
process.once('SIGINT', () => stopAndEnd(130));
process.once('SIGTERM', () => stopAndEnd(143));
main(running).then(stopAndEnd, (error: Error) => {
  tell(error.message);
  stopAndEnd(1);
});
