import 'reflect-metadata';
import { Command } from 'commander';
import { startProgress } from '../bench/progress';
import { inWords } from './lines';
import { numberOption } from './options';
import { countLines, faultsOf } from './report';
import { runSoak } from './run';
import { type SoakOptions, soakEdits } from './soak';

type Options = Pick<SoakOptions, 'editors' | 'edits' | 'entries' | 'servers' | 'minutes' | 'seed'> & {
  readonly killEvery: number;
};

const command = new Command('npm run soak:edits --')
  .description(
    'Lets many editors edit the same few entries over HTTP, with retries, while servers are killed (-9) and started again, and compares what they were told with what is left. Ends with 1 where anything was lost, doubled or changed.',
  )
  .addOption(numberOption('--editors <number>', 'editors at work at the same time', 20, 1, 100))
  .addOption(numberOption('--edits <number>', 'edits to be acknowledged, in all', 2000, 1, 1_000_000))
  .addOption(numberOption('--entries <number>', 'stories that they share', 5, 1, 1000))
  .addOption(numberOption('--servers <number>', 'servers on the one database, killed in turn', 1, 1, 10))
  .addOption(numberOption('--kill-every <seconds>', 'how long a server lives after the last kill', 3, 0.1, 3600))
  .addOption(numberOption('--minutes <number>', 'when to give up', 15, 0.1, 1440))
  .addOption(numberOption('--seed <number>', "of the editors' choices", 1, 0, 2 ** 31));

runSoak<Options>(command, async ({ killEvery, ...options }, ground) => {
  const bar = startProgress(`Acknowledging ${options.edits} edits`, options.edits);
  const report = await soakEdits({
    ...options,
    ...ground,
    killEvery: { seconds: killEvery },
    onProgress: (acknowledged) => bar.update(acknowledged),
  }).finally(() => bar.stop());
  return { lines: countLines(options, report), faults: inWords(faultsOf(report)) };
});
