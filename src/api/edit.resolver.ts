import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { publishEntry } from '../edits/publish-entry';
import { EditPayload, Problem } from '../model/edit';
import { Entry } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { FieldChange, Revision } from '../model/revision';
import { Scope } from '../store/scope';
import { changesWritten } from './changes';
import { EntryPayload, PublishInput } from './edit.inputs';
import { loadEntry, loadVisible } from './entries';
import { entryOf, toPayload } from './payloads';

/** What all edits answer alike. */
@Resolver(() => EditPayload)
export class EditPayloadResolver {
  @FieldResolver(() => Revision, {
    nullable: true,
    description: 'The revision that was written or accepted; null where none was.',
  })
  async revision(@Root() { result }: EditPayload, @Ctx() scope: Scope): Promise<Revision | null> {
    const { entryId: entry, revisionNumber: number } = result;
    if (entry === null || number === null) return null;
    const record = await scope.loaders.revisions(LATEST_NOW).load({ entry, number });
    return record && new Revision(record, LATEST_NOW);
  }

  @FieldResolver(() => [FieldChange], {
    description: 'What the edit did, field by field, or with dryRun would do; for publish, to what the public sees.',
  })
  async changes(@Root() { result }: EditPayload, @Ctx() scope: Scope): Promise<readonly FieldChange[]> {
    const { entryId, revisionNumber, changes } = result;
    if (changes !== 'written' && changes !== 'accepted') return changes;
    return entryId === null || revisionNumber === null ? [] : changesWritten(scope, entryId, revisionNumber, changes);
  }
}

/** Acts on entries of any kind. */
@Resolver(() => EntryPayload)
export class EntryPayloadResolver {
  @FieldResolver(() => Entry, {
    nullable: true,
    description: 'As it is after the act, in LATEST; to readers outside the newsroom in PUBLISHED.',
  })
  entry(@Root() payload: EntryPayload, @Ctx() scope: Scope): Promise<Entry | null> {
    return entryOf(scope, payload.result);
  }

  @FieldResolver(() => [Entry], { description: 'What publish wrote besides: the entries published with it.' })
  also(@Root() { result }: EntryPayload, @Ctx() scope: Scope): Promise<Entry[]> {
    return loadVisible<Entry>(scope, LATEST_NOW, result.also ?? []);
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      'Accept a revision: it becomes what the public sees. Lower revisions count as accepted with it. EDITOR.',
  })
  async publish(@Arg('input') input: PublishInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await publishEntry(scope, input));
  }
}

@Resolver(() => Problem)
export class ProblemResolver {
  @FieldResolver(() => Entry, { nullable: true, description: 'The entry it speaks of: the holder of the slug.' })
  entry(@Root() problem: Problem, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, LATEST_NOW, problem.entryId);
  }
}
