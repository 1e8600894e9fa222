import 'reflect-metadata';
import { Command } from 'commander';
import { startProgress } from '../bench/progress';
import { makeSecret } from '../src/edits/people';
import { countLines, faultsOf } from './feed-report';
import { type FeedOptions, soakFeed } from './feed-soak';
import { inWords } from './lines';
import { numberOption } from './options';
import { findPorts } from './ports';
import { runSoak } from './run';

type Options = Pick<FeedOptions, 'rate' | 'seconds' | 'writers' | 'hangs' | 'patience' | 'seed'> & {
  readonly servers: number;
  readonly killEvery: number;
};

const command = new Command('npm run soak:feed --')
  .description(
    'Lets people write over HTTP, with retries, while others follow over WebSockets, Server-Sent Events and webhooks and servers are killed (-9) and started again, and compares what each was told with the ledger. Ends with 1 where a change was lost, told to whom it is not for, out of order, or again although it was kept.',
  )
  .addOption(numberOption('--rate <number>', 'acts a second', 50, 0.1, 1000))
  .addOption(numberOption('--seconds <seconds>', 'how long they write', 60, 1, 86_400))
  .addOption(numberOption('--writers <number>', 'who write at the same time', 12, 1, 200))
  .addOption(numberOption('--servers <number>', 'servers on the one database, killed in turn', 1, 1, 10))
  .addOption(numberOption('--kill-every <seconds>', 'how long a server lives after the last kill', 3, 0.1, 3600))
  .addOption(numberOption('--hangs <number>', "calls that each webhook's receiver never answers", 2, 0, 100))
  .addOption(numberOption('--patience <seconds>', 'when to give up: so long after anything came about', 60, 1, 86_400))
  .addOption(numberOption('--seed <number>', "of the writers' choices", 1, 0, 2 ** 31));

runSoak<Options>(command, async ({ killEvery, servers, ...options }, { start, ...ground }) => {
  const ports = await findPorts(servers);
  const settings = { CHECKPOINT_MS: '500', SECRETS_KEY: makeSecret(), WEBHOOKS_ALLOW_LOOPBACK: 'on' };
  const total = Math.round(options.rate * options.seconds);
  const bar = startProgress(`Acknowledging ${total} acts`, total);
  const given: FeedOptions = {
    ...options,
    ...ground,
    killEvery: { seconds: killEvery },
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    start: (slot) => start({ ...settings, PORT: String(ports[slot]) }),
    onProgress: (acknowledged) => bar.update(Math.min(total, acknowledged)),
  };
  const report = await soakFeed(given).finally(() => bar.stop());
  return { lines: countLines(given, report), faults: inWords(faultsOf(report)) };
});
