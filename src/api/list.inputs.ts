import { Field, ID, InputType } from 'type-graphql';
import { ActorType } from '../model/actor';
import { CheckRule } from '../model/check';
import { Stance } from '../model/citation';
import { DocumentStatus, DocumentType } from '../model/document';
import { EntryState } from '../model/entry';
import { EventType } from '../model/event';
import type { EntryFilter } from '../store/filters';
import { ExternalIdentifierInput } from './actor.inputs';
import { DateTimeFilter, FuzzyDateFilter, StringFilter } from './filter.inputs';

@InputType({ description: 'What is given must hold, all of it.' })
export class StoryFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [StoryFilter], { nullable: true })
  and?: StoryFilter[] | null;

  @Field(() => [StoryFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: StoryFilter[] | null;

  @Field(() => StoryFilter, { nullable: true })
  not?: StoryFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => StringFilter, { nullable: true })
  headline?: StringFilter | null;

  @Field(() => StringFilter, { nullable: true })
  topic?: StringFilter | null;

  @Field(() => ID, { nullable: true })
  actor?: string | null;

  @Field(() => ID, { nullable: true })
  event?: string | null;

  @Field(() => ID, { nullable: true })
  claim?: string | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ActorFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [ActorFilter], { nullable: true })
  and?: ActorFilter[] | null;

  @Field(() => [ActorFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: ActorFilter[] | null;

  @Field(() => ActorFilter, { nullable: true })
  not?: ActorFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => ActorType, { nullable: true })
  actorType?: ActorType | null;

  @Field(() => StringFilter, { nullable: true })
  name?: StringFilter | null;

  @Field(() => ID, { nullable: true })
  story?: string | null;

  @Field(() => ExternalIdentifierInput, { nullable: true })
  identifier?: ExternalIdentifierInput | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class EventFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [EventFilter], { nullable: true })
  and?: EventFilter[] | null;

  @Field(() => [EventFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: EventFilter[] | null;

  @Field(() => EventFilter, { nullable: true })
  not?: EventFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => EventType, { nullable: true })
  eventType?: EventType | null;

  @Field(() => FuzzyDateFilter, { nullable: true })
  when?: FuzzyDateFilter | null;

  @Field(() => ID, { nullable: true })
  participant?: string | null;

  @Field(() => ID, { nullable: true })
  story?: string | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ClaimFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [ClaimFilter], { nullable: true })
  and?: ClaimFilter[] | null;

  @Field(() => [ClaimFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: ClaimFilter[] | null;

  @Field(() => ClaimFilter, { nullable: true })
  not?: ClaimFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => ID, { nullable: true })
  story?: string | null;

  @Field(() => ID, { nullable: true })
  subject?: string | null;

  @Field(() => StringFilter, { nullable: true })
  property?: StringFilter | null;

  @Field(() => ID, { nullable: true, description: 'An actor anywhere in the chain of a citation about it.' })
  attributedTo?: string | null;

  @Field(() => CheckRule, {
    nullable: true,
    description: 'What an editor should look at; for CONTRIBUTOR and above, nothing to others.',
  })
  check?: CheckRule | null;

  @Field(() => FuzzyDateFilter, { nullable: true })
  when?: FuzzyDateFilter | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class DocumentFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [DocumentFilter], { nullable: true })
  and?: DocumentFilter[] | null;

  @Field(() => [DocumentFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: DocumentFilter[] | null;

  @Field(() => DocumentFilter, { nullable: true })
  not?: DocumentFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => DocumentType, { nullable: true })
  documentType?: DocumentType | null;

  @Field(() => ID, { nullable: true })
  publisher?: string | null;

  @Field(() => StringFilter, { nullable: true })
  url?: StringFilter | null;

  @Field(() => DocumentStatus, { nullable: true })
  status?: DocumentStatus | null;

  @Field(() => FuzzyDateFilter, { nullable: true })
  publishedAt?: FuzzyDateFilter | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class CitationFilter implements EntryFilter {
  [field: string]: unknown;

  @Field(() => [CitationFilter], { nullable: true })
  and?: CitationFilter[] | null;

  @Field(() => [CitationFilter], { nullable: true, description: 'At least one must hold; an empty list is nothing.' })
  or?: CitationFilter[] | null;

  @Field(() => CitationFilter, { nullable: true })
  not?: CitationFilter | null;

  @Field(() => EntryState, { nullable: true, description: 'In PUBLISHED every state but PUBLISHED gives nothing.' })
  state?: EntryState | null;

  @Field(() => ID, { nullable: true })
  about?: string | null;

  @Field(() => ID, { nullable: true })
  document?: string | null;

  @Field(() => Stance, { nullable: true })
  stance?: Stance | null;

  @Field(() => ID, { nullable: true, description: 'An actor anywhere in its chain.' })
  actor?: string | null;

  @Field(() => DateTimeFilter, { nullable: true })
  updatedAt?: DateTimeFilter | null;
}
