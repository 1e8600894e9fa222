import 'reflect-metadata';
import { Command } from 'commander';
import { startProgress } from '../bench/progress';
import { columns } from './lines';
import { numberOption } from './options';
import { type OrderOptions, type OrderReport, soakOrder } from './order-soak';
import { runSoak } from './run';

type Options = Pick<OrderOptions, 'seconds' | 'servers' | 'writers'>;

const command = new Command('npm run soak:feed-order --')
  .description(
    'Lets many write at once through several servers, so that transactions commit out of the order in which they began, while readers follow the feed by cursor, and compares what they were told with the ledger. Ends with 1 where a change was missed, told twice or out of order, or none was late.',
  )
  .addOption(numberOption('--seconds <seconds>', 'how long they write', 60, 1, 86_400))
  .addOption(numberOption('--servers <number>', 'servers on the one database', 3, 1, 10))
  .addOption(numberOption('--writers <number>', 'who write at once', 24, 2, 200));

/** Where nothing came late the run says nothing. */
const faultsOf = ({ outOfOrder, missed, breaches }: OrderReport): string[] => [
  ...(outOfOrder === 0 ? ['Every transaction was committed in the order in which it began.'] : []),
  ...(missed.LATEST + missed.PUBLISHED > 0 ? ['What was told is not what the ledger has.'] : []),
  ...breaches,
];

runSoak<Options>(command, async (options, ground) => {
  const { seconds, servers, writers } = options;
  const bar = startProgress('Writing and following', seconds);
  const onProgress = (gone: number): void => bar.update(Math.min(seconds, Math.round(gone)));
  const report = await soakOrder({ ...options, ...ground, onProgress }).finally(() => bar.stop());
  const { written, outOfOrder, pages, missed, breaches } = report;
  const figures: [string, string | number][] = [
    ['changes', written],
    ['committed out of the order in which they began', outOfOrder],
    ['pages read meanwhile', pages],
    ['missed, twice or out of order, LATEST / PUBLISHED', `${missed.LATEST} / ${missed.PUBLISHED}`],
    ['breaches of what holds in every newsroom', breaches.length],
  ];
  const lines = [`${writers} writers, ${servers} servers, ${seconds} s`, ...columns(figures)];
  return { lines, faults: faultsOf(report) };
});
