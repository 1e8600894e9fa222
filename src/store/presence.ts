import type { PresentRecord } from '../model/comment';
import type { Run } from './database';

/** So long after the last word somebody is no longer there, by the database's clock: that of all processes. */
export const SILENCE = `interval '30 seconds'`;

/** So many are told of at once. */
const MOST_TOLD = 500;

/** Who has an entry open now, and which part of it, in the order in which they came. Rows of whoever fell silent do not count. */
export const findPresent = (run: Run, entry: string): Promise<PresentRecord[]> =>
  run<PresentRecord>(
    'present',
    `select user_id as user, entry, nullif(path, '') as path, since from presence
      where entry = $1 and seen_at >= clock_timestamp() - ${SILENCE}
      order by since, user_id, path limit ${MOST_TOLD}`,
    [entry],
  );
