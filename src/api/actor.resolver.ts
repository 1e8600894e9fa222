import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Actor, Anonymity, Name, Relation, Role } from '../model/actor';
import type { Citation } from '../model/citation';
import type { Claim } from '../model/claim';
import { Document } from '../model/document';
import type { Event } from '../model/event';
import { FuzzyDate } from '../model/fuzzy-date';
import { MatchCandidate } from '../model/match';
import { DateTime, Markdown } from '../model/scalars';
import type { Story } from '../model/story';
import { mayMean } from '../rules/dates';
import { readFirst } from '../store/pages';
import { Scope } from '../store/scope';
import { CitationConnection, ClaimConnection, EventConnection, PageArgs, StoryConnection } from './connections';
import { toFuzzyDate } from './dates';
import { isNewsroom, loadEntry, loadText, loadVisible, visibleItems } from './entries';
import { ActorPayload, CreateActorInput, EditActorInput } from './actor.inputs';
import { entryHtml } from './html';
import { incomingPage } from './incoming';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What an actor leads to, and how one is written. */
@Resolver(() => Actor)
export class ActorResolver {
  @FieldResolver(() => [Name])
  names(@Root() actor: Actor): Name[] {
    return actor.content.names.map((item) => new Name(item, actor.lens));
  }

  @FieldResolver(() => Markdown, { nullable: true })
  body(@Root() actor: Actor, @Ctx() scope: Scope): Promise<string | null> {
    return loadText(scope, actor.content.body);
  }

  @FieldResolver(() => [Role], {
    description: 'Posts held; with `at`, those held then (an unknown end counts as held).',
  })
  roles(
    @Root() actor: Actor,
    // A moment of the world, not of what the newsroom knew: that is the lens.
    @Arg('at', () => DateTime, { nullable: true }) at?: Date | null,
  ): Role[] {
    const { roles } = actor.content;
    const held = at ? roles.filter(({ period }) => mayMean(period?.edtf ?? null, at)) : roles;
    return held.map((item) => new Role(item, actor.lens));
  }

  @FieldResolver(() => [Relation])
  async relations(@Root() actor: Actor, @Ctx() scope: Scope): Promise<Relation[]> {
    const items = await visibleItems(scope, actor.lens, actor.content.relations, (item) => item.actor);
    return items.map((item) => new Relation(item, actor.lens));
  }

  @FieldResolver(() => Anonymity, { nullable: true, description: 'What may be told of a source that is not named.' })
  anonymity(@Root() actor: Actor, @Ctx() scope: Scope): Anonymity | null {
    const { anonymity } = actor.content;
    return anonymity && new Anonymity(isNewsroom(scope) ? anonymity : { ...anonymity, basis: null });
  }

  @FieldResolver(() => String, { nullable: true, description: 'The body as safe HTML, wiki links resolved.' })
  bodyHtml(@Root() actor: Actor, @Ctx() scope: Scope): Promise<string | null> {
    return entryHtml(scope, actor, loadText(scope, actor.content.body));
  }

  @FieldResolver(() => StoryConnection, {
    description: 'Stories that have this actor in their cast or link to it, newest link first.',
  })
  async stories(@Root() actor: Actor, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new StoryConnection(
      await incomingPage<Story>(
        scope,
        actor,
        { fields: ['cast.actor', 'body', 'timeline.note'], kinds: ['STORY'] },
        args,
      ),
    );
  }

  @FieldResolver(() => EventConnection, { description: 'Events in which this actor took part, newest link first.' })
  async events(@Root() actor: Actor, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new EventConnection(
      await incomingPage<Event>(scope, actor, { fields: ['participants.actor'], kinds: ['EVENT'] }, args),
    );
  }

  @FieldResolver(() => ClaimConnection, { description: 'Claims whose subject this actor is, newest link first.' })
  async claimsAbout(@Root() actor: Actor, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new ClaimConnection(
      await incomingPage<Claim>(scope, actor, { fields: ['subject'], kinds: ['CLAIM'] }, args),
    );
  }

  @FieldResolver(() => [MatchCandidate], {
    description:
      'Other actors that may be this one, best first: with a key or a name in common, or judged so; never what was judged NOT_SAME. For CONTRIBUTOR and above, and of now; empty to others, and as of a moment.',
  })
  async matchCandidates(
    @Root() actor: Actor,
    @Arg('first', () => Int, { nullable: true }) first: number | null,
    @Ctx() scope: Scope,
  ): Promise<MatchCandidate[]> {
    const limit = readFirst(first, scope.newsroom.pages);
    if (!isNewsroom(scope) || actor.lens.asOf !== null) return [];
    const matches = await scope.loaders.matches(limit).load(actor.id);
    scope.spendItems(matches.length);
    return matches.map((match) => new MatchCandidate(match));
  }

  @FieldResolver(() => CitationConnection, {
    description: 'Citations in whose chain this actor speaks, newest link first.',
  })
  async statements(@Root() actor: Actor, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CitationConnection(
      await incomingPage<Citation>(scope, actor, { fields: ['chain.actor'], kinds: ['CITATION'] }, args),
    );
  }

  @Mutation(() => ActorPayload, {
    nullable: true,
    description: 'Opens an actor: a draft, or public at once with publish.',
  })
  async createActor(@Arg('input') input: CreateActorInput, @Ctx() scope: Scope): Promise<ActorPayload> {
    return toPayload(scope, ActorPayload, await createEntry(scope, 'ACTOR', input));
  }

  @Mutation(() => ActorPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editActor(
    @Arg('input') input: EditActorInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<ActorPayload> {
    const edit = readResolve(schema, 'ACTOR', input);
    return toPayload(scope, ActorPayload, await editEntry(scope, 'ACTOR', edit));
  }
}

@Resolver(() => ActorPayload)
export class ActorPayloadResolver {
  @FieldResolver(() => Actor, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  actor(@Root() payload: ActorPayload, @Ctx() scope: Scope): Promise<Actor | null> {
    return entryOf<Actor>(scope, payload.result);
  }
}

@Resolver(() => Name)
export class NameResolver {
  @FieldResolver(() => [Document], {
    description: 'Documents that spell it so; for CONTRIBUTOR and above, empty to others.',
  })
  async usedIn(@Root() name: Name, @Ctx() scope: Scope): Promise<Document[]> {
    return isNewsroom(scope) ? loadVisible<Document>(scope, name.lens, name.usedInIds) : [];
  }
}

@Resolver(() => Role)
export class RoleResolver {
  @FieldResolver(() => Actor, { nullable: true })
  organization(@Root() role: Role, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, role.lens, role.organizationId);
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  period(@Root() role: Role): FuzzyDate | null {
    return toFuzzyDate(role.periodContent, role.lens);
  }
}

@Resolver(() => Relation)
export class RelationResolver {
  @FieldResolver(() => Actor)
  actor(@Root() relation: Relation, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, relation.lens, relation.actorId);
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  period(@Root() relation: Relation): FuzzyDate | null {
    return toFuzzyDate(relation.periodContent, relation.lens);
  }
}
