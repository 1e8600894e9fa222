import type { PresentRecord } from '../model/comment';
import type { Run } from './database';

/** So long after the last word somebody is no longer there, by the database's clock: that of all processes. */
export const SILENCE = `interval '30 seconds'`;

/** So many are told of at once. */
const MOST_TOLD = 500;

/** Who has these entries open now, and which part of each, in the order in which they came. Rows of whoever fell silent do not count. */
export const findPresentIn = (run: Run, entries: readonly string[]): Promise<PresentRecord[]> =>
  run<PresentRecord>(
    'present',
    `select x.* from (select distinct id from unnest($1::uuid[]) as i (id)) i
      cross join lateral (
        select user_id as user, entry, nullif(path, '') as path, since from presence
          where entry = i.id and seen_at >= clock_timestamp() - ${SILENCE}
          order by since, user_id, path limit ${MOST_TOLD}) x
      order by x.entry, x.since, x.user, x.path`,
    [entries],
  );

/** Who has an entry open now, and which part of it. */
export const findPresent = (run: Run, entry: string): Promise<PresentRecord[]> => findPresentIn(run, [entry]);
