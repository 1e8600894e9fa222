import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { comment, deleteComment, resolveComment } from '../edits/comment';
import { Comment, type CommentResult } from '../model/comment';
import { Entry } from '../model/entry';
import { LATEST_NOW, type Lens } from '../model/lens';
import type { Page } from '../model/page';
import { User } from '../model/user';
import { commentKey, type CommentList } from '../store/comments';
import { makePage, type PageArguments, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { commentCountLoader, commentLoader, commentsLoader } from '../store/talk-loaders';
import { CommentConnection, PageArgs } from './connections';
import { isNewsroom, loadEntry } from './entries';
import { toHtml } from './html';
import { CommentInput, CommentPayload, DeleteCommentInput, ResolveCommentInput } from './talk.inputs';

/** What the newsroom says is seen as of the lens's moment, in the newest view: it may speak of what is not public. */
const inNewsroom = ({ asOf }: Lens): Lens => (asOf === null ? LATEST_NOW : { view: 'LATEST', asOf });

/** A comment by id, for the newsroom; else null, as for none. */
export async function findComment(scope: Scope, lens: Lens, uuid: string): Promise<Comment | null> {
  if (!isNewsroom(scope)) return null;
  const record = await commentLoader(scope, lens).load(uuid);
  return record && new Comment(record, inNewsroom(lens));
}

/** A page of an entry's comments, or of the replies to a comment; an empty one outside the newsroom. */
async function commentPage(
  scope: Scope,
  lens: Lens,
  list: CommentList,
  parent: string,
  args: PageArguments,
): Promise<Page<Comment>> {
  const { cursors, pages } = scope.newsroom;
  const request = readPageRequest(`comments ${list} ${parent} ${lens.asOf ?? 'now'}`, args, pages, cursors);
  const isOpen = isNewsroom(scope);
  const records = isOpen ? await commentsLoader(scope, lens, list, { ...request, list }).load(parent) : [];
  return makePage(
    records,
    request,
    commentKey,
    (record) => new Comment(record, lens),
    cursors,
    async () => (isOpen ? commentCountLoader(scope, lens, list).load(parent) : 0),
  );
}

/** What is said about entries. */
@Resolver(() => Entry)
export class EntryCommentResolver {
  @FieldResolver(() => CommentConnection, {
    description:
      'What the newsroom says about it, oldest first; answers are in replies. For CONTRIBUTOR and above, empty to others.',
  })
  async comments(@Root() entry: Entry, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CommentConnection(await commentPage(scope, entry.lens, 'entry', entry.id, args));
  }
}

/** Comments are for the newsroom's eyes: nobody else comes to one (rules 1.4). */
@Resolver(() => Comment)
export class CommentResolver {
  @FieldResolver(() => Entry)
  entry(@Root() { record, lens }: Comment, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, lens, record.entry);
  }

  @FieldResolver(() => User)
  author(@Root() { record }: Comment, @Ctx() scope: Scope): Promise<User | null> {
    return scope.loaders.users.load(record.author);
  }

  @FieldResolver(() => Comment, { nullable: true, description: 'What it replies to.' })
  async parent(@Root() { record, lens }: Comment, @Ctx() scope: Scope): Promise<Comment | null> {
    const parent = record.parent === null ? null : await commentLoader(scope, lens).load(record.parent);
    return parent && new Comment(parent, lens);
  }

  @FieldResolver(() => CommentConnection, { description: 'Oldest first.' })
  async replies(@Root() { record, lens }: Comment, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CommentConnection(await commentPage(scope, lens, 'parent', record.uuid, args));
  }

  @FieldResolver(() => User, { nullable: true })
  resolvedBy(@Root() { record }: Comment, @Ctx() scope: Scope): Promise<User | null> | null {
    return record.resolvedBy === null ? null : scope.loaders.users.load(record.resolvedBy);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The body as safe HTML, wiki links resolved as in LATEST. Null where it was deleted.',
  })
  bodyHtml(@Root() { record, lens }: Comment, @Ctx() scope: Scope): Promise<string> | null {
    return record.body === null ? null : toHtml(scope, inNewsroom(lens), record.body);
  }

  @Mutation(() => CommentPayload, {
    nullable: true,
    description: 'Say something about an entry, a part of it, or what somebody else said.',
  })
  async comment(@Arg('input') input: CommentInput, @Ctx() scope: Scope): Promise<CommentPayload> {
    return toPayload(scope, await comment(scope, input));
  }

  @Mutation(() => CommentPayload, {
    nullable: true,
    description: 'Say that what a comment asks for is settled, or is not after all. The first who says so is told.',
  })
  async resolveComment(@Arg('input') input: ResolveCommentInput, @Ctx() scope: Scope): Promise<CommentPayload> {
    return toPayload(scope, await resolveComment(scope, input));
  }

  @Mutation(() => CommentPayload, {
    nullable: true,
    description:
      "One's own; for EDITOR, anybody's. What others replied stays, below an empty comment; else the answer is null.",
  })
  async deleteComment(@Arg('input') input: DeleteCommentInput, @Ctx() scope: Scope): Promise<CommentPayload> {
    return toPayload(scope, await deleteComment(scope, input));
  }
}

/** What the request has read before is read again: it may have changed. */
async function toPayload(scope: Scope, { commentId, problems }: CommentResult): Promise<CommentPayload> {
  scope.forget();
  const found = commentId && (await findComment(scope, LATEST_NOW, commentId));
  return Object.assign(new CommentPayload(), { comment: found || null, problems });
}
