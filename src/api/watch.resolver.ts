import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { watch } from '../edits/watch';
import { Entry } from '../model/entry';
import { LATEST_NOW, lensKey, PUBLISHED_NOW } from '../model/lens';
import { User } from '../model/user';
import { mayEver } from '../rules/policy';
import { toRecord } from '../store/entries';
import { makePage, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { isWatchingLoader, watchedCountLoader, watchedLoader } from '../store/talk-loaders';
import { watchKey } from '../store/watches';
import { EntryConnection, ForwardPageArgs } from './connections';
import { EntryPayload } from './edit.inputs';
import { isNewsroom, toEntry } from './entries';
import { toPayload } from './payloads';
import { WatchInput } from './talk.inputs';

/** What the viewer watches among entries: as of now, whatever moment the entry is seen at (rules 3.1). */
@Resolver(() => Entry)
export class EntryWatchResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it is on the list of what the viewer watches.' })
  async viewerIsWatching(@Root() entry: Entry, @Ctx() scope: Scope): Promise<boolean> {
    return scope.viewer ? isWatchingLoader(scope, scope.viewer.user.uuid).load(entry.id) : false;
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      "Put an entry on the viewer's list of what they watch, or take it off. For whoever is signed in; readers watch what is public.",
  })
  async watch(@Arg('input') input: WatchInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await watch(scope, input));
  }
}

/** Who watches what. */
@Resolver(() => User)
export class UserWatchResolver {
  @FieldResolver(() => EntryConnection, {
    nullable: true,
    description:
      'What they watch, newest first, in LATEST for the newsroom; what the viewer does not see is left out. For oneself and for ADMIN; null to others.',
  })
  async watching(@Root() user: User, @Args(() => ForwardPageArgs) args: ForwardPageArgs, @Ctx() scope: Scope) {
    if (scope.viewer?.user.uuid !== user.uuid && !mayEver(scope.viewer, 'MANAGE_USERS')) return null;
    const lens = isNewsroom(scope) ? LATEST_NOW : PUBLISHED_NOW;
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`watching ${lensKey(lens)} ${user.uuid}`, args, pages, cursors);
    const rows = await watchedLoader(scope, lens.view, { ...request, list: 'watching' }).load(user.uuid);
    return new EntryConnection(
      makePage(
        rows,
        request,
        watchKey,
        (row) => toEntry(toRecord(row), lens),
        cursors,
        () => watchedCountLoader(scope, lens.view).load(user.uuid),
      ),
    );
  }
}
