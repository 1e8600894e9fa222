import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Actor } from '../model/actor';
import type { Claim } from '../model/claim';
import { Event, Participant } from '../model/event';
import { FuzzyDate } from '../model/fuzzy-date';
import { Markdown } from '../model/scalars';
import type { Story } from '../model/story';
import { Scope } from '../store/scope';
import { ClaimConnection, EventConnection, PageArgs, StoryConnection } from './connections';
import { toFuzzyDate } from './dates';
import { loadEntry, loadText, visibleItems } from './entries';
import { CreateEventInput, EditEventInput, EventPayload } from './event.inputs';
import { entryHtml } from './html';
import { incomingPage } from './incoming';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What an event leads to, and how one is written. */
@Resolver(() => Event)
export class EventResolver {
  @FieldResolver(() => Markdown, { nullable: true })
  body(@Root() event: Event, @Ctx() scope: Scope): Promise<string | null> {
    return loadText(scope, event.content.body);
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  when(@Root() event: Event): FuzzyDate | null {
    return toFuzzyDate(event.content.when, event.lens);
  }

  @FieldResolver(() => [Participant], { description: 'Who took part, and as what.' })
  async participants(@Root() event: Event, @Ctx() scope: Scope): Promise<Participant[]> {
    const items = await visibleItems(scope, event.lens, event.content.participants, (item) => item.actor);
    return items.map((item) => new Participant(item, event.lens));
  }

  @FieldResolver(() => Event, { nullable: true })
  partOf(@Root() event: Event, @Ctx() scope: Scope): Promise<Event | null> {
    return loadEntry<Event>(scope, event.lens, event.content.partOf);
  }

  @FieldResolver(() => String, { nullable: true, description: 'The body as safe HTML, wiki links resolved.' })
  bodyHtml(@Root() event: Event, @Ctx() scope: Scope): Promise<string | null> {
    return entryHtml(scope, event, loadText(scope, event.content.body));
  }

  @FieldResolver(() => EventConnection, { description: 'Events that are part of this one, newest link first.' })
  async parts(@Root() event: Event, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new EventConnection(await incomingPage<Event>(scope, event, { fields: ['partOf'], kinds: ['EVENT'] }, args));
  }

  @FieldResolver(() => StoryConnection, {
    description: 'Stories that have this event on their timeline or link to it, newest link first.',
  })
  async stories(@Root() event: Event, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new StoryConnection(
      await incomingPage<Story>(
        scope,
        event,
        { fields: ['timeline.event', 'body', 'timeline.note'], kinds: ['STORY'] },
        args,
      ),
    );
  }

  @FieldResolver(() => ClaimConnection, { description: 'Claims whose subject this event is, newest link first.' })
  async claims(@Root() event: Event, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new ClaimConnection(
      await incomingPage<Claim>(scope, event, { fields: ['subject'], kinds: ['CLAIM'] }, args),
    );
  }

  @Mutation(() => EventPayload, {
    nullable: true,
    description: 'Opens an event: a draft, or public at once with publish.',
  })
  async createEvent(@Arg('input') input: CreateEventInput, @Ctx() scope: Scope): Promise<EventPayload> {
    return toPayload(scope, EventPayload, await createEntry(scope, 'EVENT', input));
  }

  @Mutation(() => EventPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editEvent(
    @Arg('input') input: EditEventInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<EventPayload> {
    const edit = readResolve(schema, 'EVENT', input);
    return toPayload(scope, EventPayload, await editEntry(scope, 'EVENT', edit));
  }
}

@Resolver(() => EventPayload)
export class EventPayloadResolver {
  @FieldResolver(() => Event, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  event(@Root() payload: EventPayload, @Ctx() scope: Scope): Promise<Event | null> {
    return entryOf<Event>(scope, payload.result);
  }
}

@Resolver(() => Participant)
export class ParticipantResolver {
  @FieldResolver(() => Actor)
  actor(@Root() participant: Participant, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, participant.lens, participant.actorId);
  }
}
