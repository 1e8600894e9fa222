import { badInput } from '../base/errors';
import { isUuid } from '../base/node-id';
import { assertMayEver } from '../edits/rights';
import type { FeedFilter } from '../store/feed';
import type { Scope } from '../store/scope';
import type { ChangeFilter } from './feed.inputs';
import { lensFor } from './lens';

const MOST_ENTRIES = 100;

/** What no entry has: a filter that names it finds nothing, as with an id of what the viewer may not see. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Each word once, however often it was said. */
const eachOnce = <Word>(words: readonly Word[] | null | undefined): readonly Word[] | null =>
  words ? [...new Set(words)] : null;

/**
 * What a caller wants to follow, if they may. What is not there and what they may not see are not told apart: neither is
 * looked up.
 *
 * @param list how the list of entries is called where it came from, for messages.
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN where LATEST is not for this viewer, or nobody is signed in who could watch;
 *   BAD_USER_INPUT
 */
export function readFeedFilter(
  scope: Scope,
  filter: ChangeFilter | null | undefined,
  list = 'filter.entries',
): FeedFilter {
  const { view } = lensFor(scope, filter?.view ?? 'PUBLISHED');
  const watchedBy = filter?.watched ? assertMayEver(scope, 'WATCH').user.uuid : null;
  const entries = filter?.entries ?? null;
  if (entries && entries.length > MOST_ENTRIES)
    throw badInput(list, `at most ${MOST_ENTRIES} can be followed at once; there are ${entries.length}.`);
  const story = filter?.story ?? null;
  return {
    view,
    kinds: eachOnce(filter?.kinds),
    entryKinds: eachOnce(filter?.entryKinds),
    entries: entries && entries.filter(isUuid),
    story: story === null || isUuid(story) ? story : NOBODY,
    watchedBy,
  };
}
