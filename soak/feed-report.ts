import type { FeedFaults } from './feed-judge';
import type { FeedOptions, FeedReport, Told } from './feed-soak';
import { columns, counted } from './lines';

const FAULTS: Readonly<Record<keyof FeedFaults, string>> = {
  lost: 'lost',
  untold: 'told that should not be told',
  disorder: 'out of order',
  repeated: 'told again although kept',
  forged: 'signatures or ids that are not good',
};

const ofAll = (consumers: readonly Told[], fault: keyof FeedFaults): string[] =>
  consumers.flatMap(({ name, faults }) => faults[fault].map((line) => `${name}: ${line}`));

/** Everything that must not be, by name; all lists are empty where all was told. */
export const faultsOf = ({ acts, troubles, consumers, breaches }: FeedReport): [string, readonly string[]][] => [
  ...(Object.keys(FAULTS) as (keyof FeedFaults)[]).map((fault): [string, string[]] => [
    FAULTS[fault],
    ofAll(consumers, fault),
  ]),
  ['refused those who follow', consumers.flatMap(({ name, refusals }) => refusals.map((line) => `${name}: ${line}`))],
  ['acts refused', acts.refused],
  ['faults of the server', troubles.incidents],
  ['breaches of what holds in every newsroom', breaches],
];

const toldLine = ({ name, told, again, leftOut, slowestMs, interruptions, faults }: Told): [string, string] => [
  name,
  `${told} told, ${again} again, ${leftOut} left out, ${faults.lost.length} lost, ${interruptions} interruptions, the slowest after ${(slowestMs / 1000).toFixed(1)} s`,
];

/** The counts, one a line. */
export function countLines(options: Pick<FeedOptions, 'rate' | 'urls' | 'seed'>, report: FeedReport): string[] {
  const { acts, troubles, kills, seconds, changes, consumers } = report;
  const done = [...acts.done].toSorted(([, one], [, other]) => other - one);
  const total = done.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${options.rate} acts a second, servers: ${options.urls.length}, seed ${options.seed}, ${seconds.toFixed(0)} s`,
    ...columns([
      ['acknowledged', `${total} (${done.map(([name, count]) => `${count} ${name}`).join(', ')})`],
      ['changes in the ledger', changes],
      ['kills', kills],
      ['retries after a lost connection', troubles.lost],
      ['retries because the server asked for it', troubles.refused],
    ]),
    '',
    ...columns(consumers.map(toldLine)),
    '',
    ...columns(counted(faultsOf(report))),
  ];
}
