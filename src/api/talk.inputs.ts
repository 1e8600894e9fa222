import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { CommentRequest } from '../edits/comment';
import { Comment, Presence } from '../model/comment';
import { Problem } from '../model/edit';
import { Markdown } from '../model/scalars';

@InputType()
export class CommentInput implements CommentRequest {
  @Field(() => ID)
  entry: string;

  @Field(() => Markdown)
  body: string;

  @Field(() => String, {
    nullable: true,
    description:
      'JSON Pointer to the part that it is about: /body, /timeline/{id}, /timeline/{id}/note, /cast/{id}. It must be there in the newest revision. A reply takes that of its parent.',
  })
  path?: string | null;

  @Field(() => ID, { nullable: true, description: 'The comment that it replies to; replies go five levels deep.' })
  parent?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Makes a retry safe: the same id with the same input gives the first answer again (kept 24 h).',
  })
  clientMutationId?: string | null;
}

@InputType()
export class ResolveCommentInput {
  @Field(() => ID)
  id: string;

  @Field({ defaultValue: true, description: 'False opens it again.' })
  resolved: boolean;
}

@InputType()
export class DeleteCommentInput {
  @Field(() => ID)
  id: string;
}

@InputType()
export class WatchInput {
  @Field(() => ID)
  entry: string;

  @Field()
  watching: boolean;
}

@InputType()
export class AnnouncePresenceInput {
  @Field(() => ID)
  entry: string;

  @Field(() => String, {
    nullable: true,
    description: 'JSON Pointer to the part that one has open; without it, the entry as a whole.',
  })
  path?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A comment, or what is wrong.' })
export class CommentPayload {
  @Field(() => Comment, { nullable: true, description: 'As it is now; null where it is not there, or no longer.' })
  comment: Comment | null;

  @Field(() => [Problem])
  problems: readonly Problem[];
}

@ObjectType({ simpleResolvers: true, description: 'Who has the entry open.' })
export class PresencePayload {
  @Field(() => [Presence], { description: 'Oneself too, in the order in which they came; at most 500.' })
  present: Presence[];
}
