import { columns, counted } from './lines';
import type { SoakOptions, SoakReport } from './soak';

/** Everything that must not be, by name; all lists are empty where everything was kept. */
export const faultsOf = ({
  faults,
  told,
  troubles,
  apiDiffers,
  breaches,
}: SoakReport): [string, readonly string[]][] => [
  ['lost', faults.lost],
  ['doubled', faults.doubled],
  ['gaps in the numbers', faults.gaps],
  ['wrong parents', faults.wrongParents],
  ['revisions nobody was told of', faults.unheard],
  ['acknowledged text absent from its revision', faults.absent],
  ['text that nobody took out, missing later', faults.vanished],
  ['text that was taken out or refused, and is there', faults.returned],
  ['different answers to one request', told.contradicted],
  ['refused as invalid', told.invalid],
  ['faults of the server', troubles.incidents],
  ['told differently by the API', apiDiffers],
  ['breaches of what holds in every newsroom', breaches],
];

/** The counts, one a line. */
export function countLines(options: Pick<SoakOptions, 'editors' | 'entries' | 'servers' | 'seed'>, report: SoakReport) {
  const { told, troubles, kills, seconds } = report;
  const merged = told.edits.filter(({ outcome }) => outcome === 'MERGED').length;
  const { editors, entries, servers, seed } = options;
  return [
    `${editors} editors, ${entries} entries, servers: ${servers}, seed ${seed}, ${seconds.toFixed(0)} s`,
    ...columns([
      ['acknowledged', `${told.edits.length} (${told.edits.length - merged} saved, ${merged} merged)`],
      ['conflicts', told.conflicts],
      ['nothing to change', told.unchanged],
      ['kills', kills],
      ['retries after a lost connection', troubles.lost],
      ['retries after hanging up', troubles.hungUp],
      ['retries because the server asked for it', troubles.refused],
      ['repeated answers', `${told.repeated} (${told.untold} to what a killed server had written and not told)`],
      ...counted(faultsOf(report)),
    ]),
  ];
}
