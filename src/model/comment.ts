import { Field, ID, Int, ObjectType } from 'type-graphql';
import { nodeId } from '../base/node-id';
import { Derived } from './derived';
import type { Outcome, Problem } from './edit';
import type { Lens } from './lens';
import { Node } from './node';
import { DateTime, Markdown } from './scalars';

/** What the store knows of a comment. */
export interface CommentRecord {
  uuid: string;
  entry: string;
  /** JSON Pointer to the part that it is about; null is the entry as a whole. */
  path: string | null;
  /** The newest revision when it was written. */
  revision: number;
  /** Null where it was deleted, and stays for what was replied to it. */
  body: string | null;
  author: string;
  createdAt: Date;
  /** The comment that it replies to. */
  parent: string | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
}

/** What somebody of the newsroom says about an entry, or a part of it. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'What somebody of the newsroom says about an entry, or a part of it. One that was deleted is gone; where others replied it stays with an empty body and no bodyHtml.',
})
export class Comment {
  @Derived<Comment>(() => ID, (comment) => nodeId('comment', comment.record.uuid))
  id: string;

  @Derived<Comment>(() => String, (comment) => comment.record.path, {
    nullable: true,
    description:
      "JSON Pointer into the entry's fields, list items by id, as diffs have it; null for the entry as a whole. It keeps its place as items move. Where the part is no longer there, `revision` still has it, and the diff from `revision` tells how it went.",
  })
  path: string | null;

  @Derived<Comment>(() => Int, (comment) => comment.record.revision, {
    description: 'Number of the newest revision when it was written.',
  })
  revision: number;

  @Derived<Comment>(() => Markdown, (comment) => comment.record.body ?? '', {
    description: 'Empty where it was deleted.',
  })
  body: string;

  @Derived<Comment>(() => DateTime, (comment) => comment.record.createdAt)
  createdAt: Date;

  @Derived<Comment>(() => DateTime, (comment) => comment.record.resolvedAt, {
    nullable: true,
    description: 'When what it asks for was settled; null while it is open.',
  })
  resolvedAt: Date | null;

  constructor(
    readonly record: CommentRecord,
    /** Through which its entry is seen. */
    readonly lens: Lens,
  ) {}
}

/** What a write of a comment came to. */
export interface CommentResult {
  outcome: Outcome;
  /** Null where there is none. */
  commentId: string | null;
  problems: readonly Problem[];
  /** True where the answer repeats an earlier one with the same clientMutationId. */
  isRepeated: boolean;
}

/** Somebody who has an entry open. */
export interface PresentRecord {
  user: string;
  entry: string;
  /** Which part of it; null is the entry as a whole. */
  path: string | null;
  since: Date;
}

/** Who has which entry open, and which part of it. */
@ObjectType({ simpleResolvers: true, description: 'Who has which entry open, and which part of it.' })
export class Presence {
  @Field(() => String, { nullable: true, description: 'JSON Pointer to the part; null for the entry as a whole.' })
  path: string | null;

  @Field(() => Date, { description: 'Since when, without a silence of 30 seconds.' })
  since: Date;

  constructor(readonly record: PresentRecord) {
    this.path = record.path;
    this.since = record.since;
  }
}
