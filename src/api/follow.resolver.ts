import { Arg, Args, ArgsType, Ctx, Field, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound } from '../base/errors';
import { invariant } from '../base/invariant';
import { assertMayEver } from '../edits/rights';
import type { Step } from '../feed/sources';
import { Change } from '../model/change';
import { Presence } from '../model/comment';
import { FeedMessage } from '../model/feed-message';
import { LATEST_NOW, type View } from '../model/lens';
import { Cursor } from '../model/scalars';
import type { FeedFilter } from '../store/feed';
import { Scope } from '../store/scope';
import { loadEntry } from './entries';
import { readFeedFilter } from './feed';
import { ChangeFilter } from './feed.inputs';
import { lensFor } from './lens';
import { ViewArgs } from './lens.inputs';

/** What a subscription is about, rights and all: where its steps come from. Whoever serves it makes a stream of it. */
export class Followed implements AsyncIterable<Step> {
  constructor(
    readonly what: { readonly filter: FeedFilter; readonly after: bigint } | { readonly presenceOf: string },
  ) {}

  [Symbol.asyncIterator](): never {
    throw new Error('What is followed is told by feed/subscriber.ts, not by graphql-js.');
  }
}

@ArgsType()
export class FollowArgs {
  @Field(() => Cursor, {
    nullable: true,
    description: 'Only what came after it, from whatever field of this newsroom it is; without it, from now on.',
  })
  after?: string | null;

  @Field(() => ChangeFilter, { nullable: true })
  filter?: ChangeFilter | null;
}

@ArgsType()
export class StoryChangedArgs extends ViewArgs {
  @Field(() => ID)
  story: string;

  @Field(() => Cursor, { nullable: true, description: 'As with `changes`.' })
  after?: string | null;
}

interface Asked<Args> {
  readonly args: Args;
  readonly context: Scope;
}

/**
 * Where a follower of a view begins: after a cursor, or now.
 *
 * @param argument how the cursor is called where it came from, for messages.
 * @throws WikiError CURSOR_INVALID, CURSOR_EXPIRED
 */
export function findPlace(
  { newsroom, run }: Scope,
  view: View,
  after: string | null | undefined,
  argument = 'after',
): Promise<bigint> {
  const { moments } = newsroom;
  return typeof after === 'string' ? moments.findResumption(run, view, after, argument) : moments.findHead(run);
}

async function follow(scope: Scope, filter: FeedFilter, after: string | null | undefined): Promise<Followed> {
  return new Followed({ filter, after: await findPlace(scope, filter.view, after) });
}

async function followStory(scope: Scope, { story, view, after }: StoryChangedArgs): Promise<Followed> {
  const entry = await loadEntry(scope, lensFor(scope, view), story);
  if (entry?.kind !== 'STORY') throw notFound('story');
  return follow(scope, readFeedFilter(scope, { story: entry.id, view }), after);
}

async function followPresence(scope: Scope, entry: string): Promise<Followed> {
  assertMayEver(scope, 'READ_LATEST', 'see who is present');
  if (!(await loadEntry(scope, LATEST_NOW, entry))) throw notFound();
  return new Followed({ presenceOf: entry });
}

function toMessage(scope: Scope, { position, change }: Step): FeedMessage {
  invariant(position !== null, 'a step of the feed has a place in it');
  return Object.assign(new FeedMessage(), {
    cursor: scope.newsroom.moments.seal(position),
    change: change && new Change(change, { view: change.view, asOf: null }),
  });
}

/** Changes as they happen. Each step is executed as an operation of its own, with a scope of its own. */
@Resolver()
export class FollowResolver {
  @Subscription(() => FeedMessage, {
    description:
      'All after `after` (from now, without it), then as it happens: none missed, none twice on one connection, in the order in which it was committed.',
    subscribe: ({ args, context }: Asked<FollowArgs>) =>
      follow(context, readFeedFilter(context, args.filter), args.after),
  })
  changes(@Root() step: Step, @Args(() => FollowArgs) _args: FollowArgs, @Ctx() scope: Scope): FeedMessage {
    return toMessage(scope, step);
  }

  @Subscription(() => FeedMessage, {
    description: 'As `changes`, of one story and all that it holds.',
    subscribe: ({ args, context }: Asked<StoryChangedArgs>) => followStory(context, args),
  })
  storyChanged(
    @Root() step: Step,
    @Args(() => StoryChangedArgs) _args: StoryChangedArgs,
    @Ctx() scope: Scope,
  ): FeedMessage {
    return toMessage(scope, step);
  }

  @Subscription(() => [Presence], {
    description:
      'Who has the entry open: at once, and whenever that changes. Forgotten 30 seconds after the last word. CONTRIBUTOR and above.',
    subscribe: ({ args, context }: Asked<{ entry: string }>) => followPresence(context, args.entry),
  })
  presence(@Root() { present }: Step, @Arg('entry', () => ID) _entry: string): Presence[] {
    return (present ?? []).map((record) => new Presence(record));
  }
}
