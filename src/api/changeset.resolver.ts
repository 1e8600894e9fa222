import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { applyChangeset } from '../edits/changeset';
import { undoChangeset } from '../edits/undo-changeset';
import { Changeset } from '../model/changeset';
import type { ChangesetResult } from '../model/edit';
import { LATEST_NOW, type Lens, lensKey } from '../model/lens';
import { Revision } from '../model/revision';
import { User } from '../model/user';
import { makePage, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { ApplyChangesetInput, ChangesetPayload, toChangesetEdit, UndoChangesetInput } from './changeset.inputs';
import { PageArgs, RevisionConnection } from './connections';
import { EntryPayload } from './edit.inputs';

/** Changesets are for the newsroom's eyes: nobody else comes to one (rules 1.3). */
@Resolver(() => Changeset)
export class ChangesetResolver {
  @FieldResolver(() => String, { nullable: true, description: 'Why, in the words of its author.' })
  summary(@Root() changeset: Changeset): string | null {
    return changeset.record.summary;
  }

  @FieldResolver(() => User, { nullable: true })
  author(@Root() changeset: Changeset, @Ctx() scope: Scope): Promise<User | null> {
    return scope.loaders.users.load(changeset.record.author);
  }

  @FieldResolver(() => RevisionConnection, { description: 'What it wrote, in the order of its edits.' })
  async revisions(
    @Root() { record, lens: { asOf } }: Changeset,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() scope: Scope,
  ) {
    const { cursors, pages } = scope.newsroom;
    const lens: Lens = { view: 'LATEST', asOf };
    const request = readPageRequest(`changeset ${lensKey(lens)} ${record.uuid}`, args, pages, cursors);
    const rows = await scope.loaders.changesetRevisions(lens, { ...request, list: 'changeset' }).load(record.uuid);
    const loader = scope.loaders.revisions(lens);
    const records = await Promise.all(rows.map((row) => loader.load(row)));
    const found = rows.flatMap((row, index) => {
      const revision = records[index];
      return revision ? [{ row, revision }] : [];
    });
    const page = makePage(
      found,
      request,
      ({ row }) => [row.position.padStart(19, '0')],
      ({ revision }) => new Revision(revision, lens),
      cursors,
      () => scope.loaders.changesetRevisionCount(lens).load(record.uuid),
    );
    return new RevisionConnection(page);
  }
}

/** Several entries written as one. */
@Resolver(() => ChangesetPayload)
export class ChangesetPayloadResolver {
  @FieldResolver(() => Changeset, { nullable: true, description: 'Null where nothing was written.' })
  changeset(@Root() { result }: ChangesetPayload, @Ctx() scope: Scope): Promise<Changeset | null> | null {
    return result.changesetId === null ? null : scope.loaders.changesets(LATEST_NOW).load(result.changesetId);
  }

  @FieldResolver(() => [EntryPayload], { description: 'One an edit, in their order.' })
  results(@Root() { result }: ChangesetPayload): EntryPayload[] {
    return result.results.map((each) => new EntryPayload(each));
  }

  @Mutation(() => ChangesetPayload, {
    nullable: true,
    description: 'Creates and edits several entries, all or none, as one changeset in the history of each.',
  })
  async applyChangeset(
    @Arg('input') input: ApplyChangesetInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<ChangesetPayload> {
    const edits = input.edits.flatMap((edit, index) => toChangesetEdit(schema, edit, index));
    return toPayload(scope, await applyChangeset(scope, { ...input, edits }));
  }

  @Mutation(() => ChangesetPayload, {
    nullable: true,
    description:
      'Takes back all that a changeset did, as one: what it created is deleted, what it edited is undone, and what came after is kept.',
  })
  async undoChangeset(@Arg('input') input: UndoChangesetInput, @Ctx() scope: Scope): Promise<ChangesetPayload> {
    return toPayload(scope, await undoChangeset(scope, input));
  }
}

/** What the request has read before is read again: it may have changed. */
function toPayload(scope: Scope, result: ChangesetResult): ChangesetPayload {
  scope.forget();
  return new ChangesetPayload(result);
}
