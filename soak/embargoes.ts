import 'reflect-metadata';
import { Command } from 'commander';
import { startProgress } from '../bench/progress';
import { type EmbargoOptions, type EmbargoReport, quantile, soakEmbargoes } from './embargo-soak';
import { columns } from './lines';
import { numberOption } from './options';
import { runSoak } from './run';

type Options = Pick<EmbargoOptions, 'embargoes' | 'servers' | 'lead'>;

const command = new Command('npm run soak:embargoes --')
  .description(
    'Lets many embargoes end within one second before several servers, one of which is killed (-9) in the middle, and tells how often and how late each was lifted. Ends with 1 where one was not lifted just once, before its time, or more than two seconds after it.',
  )
  .addOption(numberOption('--embargoes <number>', 'embargoes that end within one second', 1000, 1, 100_000))
  .addOption(numberOption('--servers <number>', 'servers on the one database', 3, 2, 10))
  .addOption(numberOption('--lead <seconds>', 'time for setting them', 40, 1, 3600));

const MOST_LATE_MS = 2000;

const faultsOf = ({ embargoes, once, early, delays, breaches }: EmbargoReport): string[] => [
  ...(once < embargoes ? [`${embargoes - once} embargoes were not lifted just once.`] : []),
  ...(early > 0 ? [`${early} were lifted before their time.`] : []),
  ...((delays.at(-1) ?? 0) > MOST_LATE_MS ? [`One was lifted ${delays.at(-1)} ms after its time.`] : []),
  ...breaches,
];

runSoak<Options>(command, async (options, ground) => {
  const bar = startProgress(`Lifting ${options.embargoes} embargoes`, options.embargoes);
  const onProgress = (lifted: number): void => bar.update(lifted);
  const report = await soakEmbargoes({ ...options, ...ground, onProgress }).finally(() => bar.stop());
  const { embargoes, once, never, more, early, beforeKill, delays, seenMs, breaches } = report;
  const figures: [string, string | number][] = [
    ['lifted once', `${once} of ${embargoes}`],
    ['never lifted', never],
    ['lifted more than once', more],
    ['lifted before their time', early],
    ['lifted before the kill', beforeKill],
    ['delay p50 / p99 / max, ms', [quantile(delays, 0.5), quantile(delays, 0.99), delays.at(-1)].join(' / ')],
    ['all seen public after the last was due, ms', seenMs],
    ['breaches of what holds in every newsroom', breaches.length],
  ];
  const title = `${embargoes} embargoes within one second, servers: ${options.servers}, one killed`;
  return { lines: [title, ...columns(figures)], faults: faultsOf(report) };
});
