import 'reflect-metadata';
import { Command } from 'commander';
import pg from 'pg';
import { startOurs } from '../bench/processes';
import { startProgress, tell } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { Running } from '../src/tools/start';
import { findUrl, numberOption } from './options';
import { type OrderReport, soakOrder } from './order-soak';

interface Options {
  readonly seconds: number;
  readonly servers: number;
  readonly writers: number;
  readonly databaseUrl?: string;
}

function readOptions(words: readonly string[]): Options {
  const program = new Command('npm run soak:feed-order --')
    .description(
      'Lets many write at once through several servers, so that transactions commit out of the order in which they began, while readers follow the feed by cursor, and compares what they were told with the ledger. Ends with 1 where a change was missed, told twice or out of order, or none was late.',
    )
    .addOption(numberOption('--seconds <seconds>', 'how long they write', 60, 1, 86_400))
    .addOption(numberOption('--servers <number>', 'servers on the one database', 3, 1, 10))
    .addOption(numberOption('--writers <number>', 'who write at once', 24, 2, 200))
    .option('--database-url <url>', 'an empty Postgres database, instead of the one that comes with the project');
  program.parse(words as string[]);
  return program.opts<Options>();
}

/** The figures, one a line. */
function linesOf({ seconds, servers, writers }: Options, report: OrderReport): string[] {
  const { written, outOfOrder, pages, missed, breaches } = report;
  const lines: [string, string | number][] = [
    ['changes', written],
    ['committed out of the order in which they began', outOfOrder],
    ['pages read meanwhile', pages],
    ['missed, twice or out of order, LATEST / PUBLISHED', `${missed.LATEST} / ${missed.PUBLISHED}`],
    ['breaches of what holds in every newsroom', breaches.length],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    `${writers} writers, ${servers} servers, ${seconds} s`,
    ...lines.map(([name, figure]) => `${name.padEnd(width)}  ${figure}`),
  ];
}

const isGood = ({ outOfOrder, missed, breaches }: OrderReport): boolean =>
  outOfOrder > 0 && missed.LATEST === 0 && missed.PUBLISHED === 0 && breaches.length === 0;

async function main(running: Running): Promise<number> {
  const { databaseUrl, ...options } = readOptions(process.argv);
  const url = await findUrl(databaseUrl, running);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  running.onStop(() => pool.end());
  const adminToken = makeSecret();
  const bar = startProgress('Writing and following', options.seconds);
  const report = await soakOrder({
    ...options,
    adminToken,
    start: () => startOurs(url, 'warn', running, [], { ADMIN_TOKEN: adminToken }),
    pool,
    onProgress: (gone) => bar.update(Math.min(options.seconds, Math.round(gone))),
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
