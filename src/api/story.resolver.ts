import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Actor } from '../model/actor';
import { Claim } from '../model/claim';
import { Event } from '../model/event';
import { Markdown } from '../model/scalars';
import { CastMember, RelatedStory, Story, TimelineItem } from '../model/story';
import { Scope } from '../store/scope';
import { ClaimConnection, PageArgs } from './connections';
import { loadEntry, loadText, visibleItems } from './entries';
import { entryHtml } from './html';
import { storyClaims } from './story-claims';
import { CreateStoryInput, EditStoryInput, StoryPayload } from './story.inputs';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What a story leads to, and how one is written. */
@Resolver(() => Story)
export class StoryResolver {
  @FieldResolver(() => Markdown, { nullable: true })
  body(@Root() story: Story, @Ctx() scope: Scope): Promise<string | null> {
    return loadText(scope, story.content.body);
  }

  @FieldResolver(() => [TimelineItem], { description: 'The story in the order it is told: events, claims, notes.' })
  async timeline(@Root() story: Story, @Ctx() scope: Scope): Promise<TimelineItem[]> {
    const items = await visibleItems(scope, story.lens, story.content.timeline, (item) => item.event ?? item.claim);
    return items.map((item) => new TimelineItem(item, story));
  }

  @FieldResolver(() => [CastMember], { description: 'Who is in the story, and as what.' })
  async cast(@Root() story: Story, @Ctx() scope: Scope): Promise<CastMember[]> {
    const items = await visibleItems(scope, story.lens, story.content.cast, (item) => item.actor);
    return items.map((item) => new CastMember(item, story.lens));
  }

  @FieldResolver(() => [RelatedStory])
  async related(@Root() story: Story, @Ctx() scope: Scope): Promise<RelatedStory[]> {
    const items = await visibleItems(scope, story.lens, story.content.related, (item) => item.story);
    return items.map((item) => new RelatedStory(item, story.lens));
  }

  @FieldResolver(() => String, { nullable: true, description: 'The body as safe HTML, wiki links resolved.' })
  bodyHtml(@Root() story: Story, @Ctx() scope: Scope): Promise<string | null> {
    return entryHtml(scope, story, loadText(scope, story.content.body));
  }

  @FieldResolver(() => ClaimConnection, {
    description: 'Claims on the timeline, then those linked from notes and the body, in telling order.',
  })
  async claims(@Root() story: Story, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new ClaimConnection(await storyClaims(scope, story, args));
  }

  @Mutation(() => StoryPayload, {
    nullable: true,
    description: 'Opens a story: a draft, or public at once with publish.',
  })
  async createStory(@Arg('input') input: CreateStoryInput, @Ctx() scope: Scope): Promise<StoryPayload> {
    return toPayload(scope, StoryPayload, await createEntry(scope, 'STORY', input));
  }

  @Mutation(() => StoryPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editStory(
    @Arg('input') input: EditStoryInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<StoryPayload> {
    const edit = readResolve(schema, 'STORY', input);
    return toPayload(scope, StoryPayload, await editEntry(scope, 'STORY', edit));
  }
}

@Resolver(() => StoryPayload)
export class StoryPayloadResolver {
  @FieldResolver(() => Story, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  story(@Root() payload: StoryPayload, @Ctx() scope: Scope): Promise<Story | null> {
    return entryOf<Story>(scope, payload.result);
  }
}

@Resolver(() => TimelineItem)
export class TimelineItemResolver {
  @FieldResolver(() => String, { nullable: true, description: 'The note as safe HTML, wiki links resolved.' })
  noteHtml(@Root() item: TimelineItem, @Ctx() scope: Scope): Promise<string | null> {
    return entryHtml(scope, item.story, Promise.resolve(item.note));
  }

  @FieldResolver(() => Event, { nullable: true })
  event(@Root() item: TimelineItem, @Ctx() scope: Scope): Promise<Event | null> {
    return loadEntry<Event>(scope, item.lens, item.eventId);
  }

  @FieldResolver(() => Claim, { nullable: true })
  claim(@Root() item: TimelineItem, @Ctx() scope: Scope): Promise<Claim | null> {
    return loadEntry<Claim>(scope, item.lens, item.claimId);
  }
}

@Resolver(() => CastMember)
export class CastMemberResolver {
  @FieldResolver(() => Actor)
  actor(@Root() member: CastMember, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, member.lens, member.actorId);
  }
}

@Resolver(() => RelatedStory)
export class RelatedStoryResolver {
  @FieldResolver(() => Story)
  story(@Root() related: RelatedStory, @Ctx() scope: Scope): Promise<Story | null> {
    return loadEntry<Story>(scope, related.lens, related.storyId);
  }
}
