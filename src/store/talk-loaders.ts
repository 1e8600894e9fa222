import DataLoader from 'dataloader';
import type { CommentRecord } from '../model/comment';
import type { Lens, View } from '../model/lens';
import { type CommentList, countComments, findComments, listComments } from './comments';
import { byParent, inOrder } from './loaders';
import type { PageRequest } from './pages';
import type { Scope } from './scope';
import { countWatched, findWatched, listWatched, type WatchedRow } from './watches';

/** Comments by id, of the lens's moment whatever its view; null for what is not there. For the newsroom's eyes. */
export const commentLoader = ({ loaders, run }: Scope, { asOf }: Lens): DataLoader<string, CommentRecord | null> =>
  loaders.once(
    `comments ${asOf}`,
    () => new DataLoader(async (ids) => inOrder(ids, await findComments(run, asOf, ids), (comment) => comment.uuid)),
  );

/** Pages of the comments on entries, or of the replies to comments. For the newsroom's eyes. */
export const commentsLoader = (
  { loaders, run }: Scope,
  { asOf }: Lens,
  list: CommentList,
  page: PageRequest,
): DataLoader<string, CommentRecord[]> =>
  loaders.once(
    `comments of ${asOf} ${list} ${JSON.stringify(page)}`,
    () =>
      new DataLoader(async (parents) =>
        byParent(parents, await listComments(run, asOf, list, parents, page), (comment) => comment[list] as string),
      ),
  );

export const commentCountLoader = (
  { loaders, run }: Scope,
  { asOf }: Lens,
  list: CommentList,
): DataLoader<string, number> =>
  loaders.once(
    `comment count ${asOf} ${list}`,
    () =>
      new DataLoader(async (parents) => {
        const counts = await countComments(run, asOf, list, parents);
        return inOrder(parents, counts, (row) => row.parent).map((row) => row?.count ?? 0);
      }),
  );

/** Whether a user watches an entry. */
export const isWatchingLoader = ({ loaders, run }: Scope, user: string): DataLoader<string, boolean> =>
  loaders.once(
    `is watching ${user}`,
    () =>
      new DataLoader(async (entries) => {
        const watched = await findWatched(run, user, entries);
        return inOrder(entries, watched, (row) => row.entry).map((row) => row !== null);
      }),
  );

/** Pages of what users watch, of what the view shows. */
export const watchedLoader = (
  { loaders, run }: Scope,
  view: View,
  page: PageRequest,
): DataLoader<string, WatchedRow[]> =>
  loaders.once(
    `watched by ${view} ${JSON.stringify(page)}`,
    () =>
      new DataLoader(async (users) => byParent(users, await listWatched(run, view, users, page), (row) => row.user)),
  );

export const watchedCountLoader = ({ loaders, run }: Scope, view: View): DataLoader<string, number> =>
  loaders.once(
    `watched count ${view}`,
    () =>
      new DataLoader(async (users) => {
        const counts = await countWatched(run, view, users);
        return inOrder(users, counts, (row) => row.user).map((row) => row?.count ?? 0);
      }),
  );
