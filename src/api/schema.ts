import 'reflect-metadata';
import type { GraphQLInputObjectType, GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { Actor } from '../model/actor';
import { Citation } from '../model/citation';
import { Claim } from '../model/claim';
import { Document } from '../model/document';
import { Event } from '../model/event';
import { DateTime } from '../model/scalars';
import { Story } from '../model/story';
import { ActorPayloadResolver, ActorResolver, NameResolver, RelationResolver, RoleResolver } from './actor.resolver';
import { ChangesetPayloadResolver, ChangesetResolver } from './changeset.resolver';
import { BlameResolver } from './blame.resolver';
import { CitationPayloadResolver, CitationResolver, HopResolver } from './citation.resolver';
import { ClaimPayloadResolver, ClaimRelationResolver, ClaimResolver, ClaimValueResolver } from './claim.resolver';
import { CommentResolver, EntryCommentResolver } from './comment.resolver';
import { DocumentPayloadResolver, DocumentResolver } from './document.resolver';
import { EditPayloadResolver, EntryPayloadResolver, ProblemResolver } from './edit.resolver';
import { CorrectionResolver } from './correction.resolver';
import { ReviewResolver } from './review.resolver';
import { ChangeResolver } from './change.resolver';
import { CheckResolver, FieldChangeResolver } from './check.resolver';
import { EntryResolver } from './entry.resolver';
import { ListResolver } from './list.resolver';
import { EventPayloadResolver, EventResolver, ParticipantResolver } from './event.resolver';
import { FuzzyDateResolver } from './fuzzy-date.resolver';
import { TokenResolver, UserResolver } from './people.resolver';
import { PresenceResolver } from './presence.resolver';
import { QueryResolver } from './query.resolver';
import { RevisionResolver } from './revision.resolver';
import {
  CastMemberResolver,
  RelatedStoryResolver,
  StoryPayloadResolver,
  StoryResolver,
  TimelineItemResolver,
} from './story.resolver';
import { MatchCandidateResolver, MergeResolver, UnmergePayloadResolver } from './merge.resolver';
import { TakeBackResolver } from './take-back.resolver';
import { EntryWatchResolver, UserWatchResolver } from './watch.resolver';

const RESOLVERS = [
  QueryResolver,
  ListResolver,
  EntryResolver,
  BlameResolver,
  CheckResolver,
  FieldChangeResolver,
  RevisionResolver,
  ChangesetResolver,
  CorrectionResolver,
  ChangeResolver,
  ReviewResolver,
  FuzzyDateResolver,
  StoryResolver,
  TimelineItemResolver,
  CastMemberResolver,
  RelatedStoryResolver,
  ActorResolver,
  NameResolver,
  RoleResolver,
  RelationResolver,
  EventResolver,
  ParticipantResolver,
  ClaimResolver,
  ClaimValueResolver,
  ClaimRelationResolver,
  DocumentResolver,
  CitationResolver,
  HopResolver,
  EditPayloadResolver,
  EntryPayloadResolver,
  TakeBackResolver,
  MergeResolver,
  UnmergePayloadResolver,
  MatchCandidateResolver,
  ChangesetPayloadResolver,
  ProblemResolver,
  StoryPayloadResolver,
  ActorPayloadResolver,
  EventPayloadResolver,
  ClaimPayloadResolver,
  DocumentPayloadResolver,
  CitationPayloadResolver,
  EntryCommentResolver,
  CommentResolver,
  EntryWatchResolver,
  UserWatchResolver,
  PresenceResolver,
  UserResolver,
  TokenResolver,
] as const;

let built: GraphQLSchema | undefined;

/** The schema of the public API. Built once a process: TypeGraphQL keeps its metadata in one global place. */
export function getSchema(): GraphQLSchema {
  built ??= markOneOf(
    buildSchemaSync({
      resolvers: RESOLVERS,
      orphanedTypes: [Story, Actor, Event, Claim, Document, Citation],
      scalarsMap: [{ type: Date, scalar: DateTime }],
      validate: false, // inputs are read by the rules of their fields, which tell all problems at once
    }),
  );
  return built;
}

/** Inputs of which exactly one field is given. TypeGraphQL has no word for them yet; graphql-js looks at this flag alone. */
function markOneOf(schema: GraphQLSchema): GraphQLSchema {
  for (const name of ['ChangesetEdit', 'AsOf']) (schema.getType(name) as GraphQLInputObjectType).isOneOf = true;
  return schema;
}
