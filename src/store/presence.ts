import type { PresentRecord } from '../model/comment';
import type { Run } from './database';
import { oneWith } from './identity';

/** So long after the last word somebody is no longer there, by the database's clock: that of all processes. */
export const SILENCE = `interval '30 seconds'`;

/** So many are told of at once. */
const MOST_TOLD = 500;

/** Who has these entries open now, and which part of each, in the order in which they came. Rows of whoever fell silent do not count;
 * who has open what was merged into it has it open itself. */
export const findPresentIn = (run: Run, entries: readonly string[]): Promise<PresentRecord[]> =>
  run<PresentRecord>(
    'present',
    `select i.id as entry, x.* from (select distinct id from unnest($1::uuid[]) as i (id)) i
      cross join lateral (
        select p.user_id as user, nullif(p.path, '') as path, min(p.since) as since
          from ${oneWith('i.id', `'LATEST'`)} m join presence p on p.entry = m.id
          where p.seen_at >= clock_timestamp() - ${SILENCE}
          group by p.user_id, p.path
          order by 3, 1, p.path limit ${MOST_TOLD}) x
      order by i.id, x.since, x.user, x.path`,
    [entries],
  );

/** Who has an entry open now, and which part of it. */
export const findPresent = (run: Run, entry: string): Promise<PresentRecord[]> => findPresentIn(run, [entry]);
