import { badInput } from '../base/errors';
import type { NewsroomLine } from '../model/export';
import type { Run } from '../store/database';
import { findLastTelling, type Telling } from '../store/write-import';
import type { Checked } from './import-check';

const tellingOf = ({ head, exportedAt }: NewsroomLine): Telling => ({
  position: head?.position ?? 0,
  at: exportedAt,
  isWhole: false,
});

/** Of two exports with the same head one is older by the clock, for comments and the like are settled without a change. */
const isOlder = (one: Telling, other: Telling): boolean =>
  one.position < other.position || (one.position === other.position && one.at < other.at);

/**
 * What an export tells that is not known here yet; null where all of it is, for what is known is not undone by who tells it as it
 * was. That is so for what is older than what was told last, and for what a newsroom once said of itself.
 *
 * @throws WikiError BAD_USER_INPUT where what was told last was not written to its end, and this is older.
 */
export async function findTelling(run: Run, { newsroom, here }: Checked): Promise<Telling | null> {
  const telling = tellingOf(newsroom);
  if (here > telling.position) return null;
  const last = await findLastTelling(run);
  // What was written here, not told: it says of itself what was.
  if (here === telling.position && here > (last?.position ?? 0)) return null;
  if (last === null || isOlder(last, telling)) return telling;
  if (!isOlder(telling, last)) return last.isWhole ? null : telling;
  if (here === telling.position) return null;
  throw badInput(
    'import',
    `an export of ${last.at}, up to position ${last.position}, was begun with here and is newer than this one, of ${telling.at}, up to position ${telling.position}. Import that one to its end, or one that is newer still.`,
  );
}
