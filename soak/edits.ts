import 'reflect-metadata';
import { Command } from 'commander';
import pg from 'pg';
import { startOurs } from '../bench/processes';
import { startProgress, tell } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { Running } from '../src/tools/start';
import { findUrl, numberOption } from './options';
import { countLines, faultsOf } from './report';
import { soakEdits } from './soak';

interface Options {
  readonly editors: number;
  readonly edits: number;
  readonly entries: number;
  readonly servers: number;
  readonly killEvery: number;
  readonly minutes: number;
  readonly seed: number;
  readonly databaseUrl?: string;
}

function readOptions(words: readonly string[]): Options {
  const program = new Command('npm run soak:edits --')
    .description(
      'Lets many editors edit the same few entries over HTTP, with retries, while servers are killed (-9) and started again, and compares what they were told with what is left. Ends with 1 where anything was lost, doubled or changed.',
    )
    .addOption(numberOption('--editors <number>', 'editors at work at the same time', 20, 1, 100))
    .addOption(numberOption('--edits <number>', 'edits to be acknowledged, in all', 2000, 1, 1_000_000))
    .addOption(numberOption('--entries <number>', 'stories that they share', 5, 1, 1000))
    .addOption(numberOption('--servers <number>', 'servers on the one database, killed in turn', 1, 1, 10))
    .addOption(numberOption('--kill-every <seconds>', 'how long a server lives after the last kill', 3, 0.1, 3600))
    .addOption(numberOption('--minutes <number>', 'when to give up', 15, 0.1, 1440))
    .addOption(numberOption('--seed <number>', "of the editors' choices", 1, 0, 2 ** 31))
    .option('--database-url <url>', 'an empty Postgres database, instead of the one that comes with the project');
  program.parse(words as string[]);
  return program.opts<Options>();
}

async function main(running: Running): Promise<number> {
  const { killEvery, databaseUrl, ...options } = readOptions(process.argv);
  const url = await findUrl(databaseUrl, running);
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // told by whatever is asked of it next
  running.onStop(() => pool.end());
  const adminToken = makeSecret();
  const bar = startProgress(`Acknowledging ${options.edits} edits`, options.edits);
  const report = await soakEdits({
    ...options,
    killEvery: { seconds: killEvery },
    adminToken,
    start: () => startOurs(url, 'warn', running, [], { ADMIN_TOKEN: adminToken }),
    pool,
    onProgress: (acknowledged) => bar.update(acknowledged),
  }).finally(() => bar.stop());
  process.stdout.write(`${countLines(options, report).join('\n')}\n`);
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
