import { ArgsType, Field, Int } from 'type-graphql';
import { Actor } from '../model/actor';
import { Citation } from '../model/citation';
import { Claim } from '../model/claim';
import { Comment } from '../model/comment';
import { Document } from '../model/document';
import { Entry } from '../model/entry';
import { Event } from '../model/event';
import { connectionOf } from '../model/page';
import { Revision } from '../model/revision';
import { Story } from '../model/story';
import { Token } from '../model/token';
import { User } from '../model/user';
import { Delivery } from '../model/webhook';
import type { PageArguments } from '../store/pages';

/** Arguments of a connection that is paged forward only. */
@ArgsType()
export class ForwardPageArgs implements PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: 'So many from the start, or after `after`. Default 20, at most 100.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;
}

/** Arguments of a connection that can be paged both ways. */
@ArgsType()
export class PageArgs extends ForwardPageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'So many from the end, or before `before`; not together with first.',
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

export const EntryConnection = connectionOf(Entry, 'Entry');
export type EntryConnection = InstanceType<typeof EntryConnection>;

export const StoryConnection = connectionOf(Story, 'Story');
export type StoryConnection = InstanceType<typeof StoryConnection>;

export const ActorConnection = connectionOf(Actor, 'Actor');
export type ActorConnection = InstanceType<typeof ActorConnection>;

export const EventConnection = connectionOf(Event, 'Event');
export type EventConnection = InstanceType<typeof EventConnection>;

export const ClaimConnection = connectionOf(Claim, 'Claim');
export type ClaimConnection = InstanceType<typeof ClaimConnection>;

export const DocumentConnection = connectionOf(Document, 'Document');
export type DocumentConnection = InstanceType<typeof DocumentConnection>;

export const CitationConnection = connectionOf(Citation, 'Citation');
export type CitationConnection = InstanceType<typeof CitationConnection>;

export const RevisionConnection = connectionOf(Revision, 'Revision');
export type RevisionConnection = InstanceType<typeof RevisionConnection>;

export const CommentConnection = connectionOf(Comment, 'Comment');
export type CommentConnection = InstanceType<typeof CommentConnection>;

export const UserConnection = connectionOf(User, 'User');
export type UserConnection = InstanceType<typeof UserConnection>;

export const TokenConnection = connectionOf(Token, 'Token');
export type TokenConnection = InstanceType<typeof TokenConnection>;

export const DeliveryConnection = connectionOf(Delivery, 'Delivery');
export type DeliveryConnection = InstanceType<typeof DeliveryConnection>;
