import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { deleteEntry, restoreEntry } from '../edits/delete-entry';
import { hideRevisions } from '../edits/hide-revisions';
import { revertEntry, undoRevision } from '../edits/take-back';
import { Scope } from '../store/scope';
import {
  DeleteEntryInput,
  EntryPayload,
  HideRevisionsInput,
  RestoreEntryInput,
  RevertEntryInput,
  UndoRevisionInput,
} from './edit.inputs';
import { toPayload } from './payloads';

/** Ways back: nothing that was ever saved is lost. */
@Resolver()
export class TakeBackResolver {
  @Mutation(() => EntryPayload, { nullable: true, description: 'Back to an earlier revision, as a new one.' })
  async revertEntry(@Arg('input') input: RevertEntryInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await revertEntry(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      'Take back what one revision did and keep what came after; a conflict where that cannot be told apart: its base is the revision undone, mine what stood before it.',
  })
  async undoRevision(@Arg('input') input: UndoRevisionInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await undoRevision(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      'Out of all lists and out of public sight; by id it still answers the newsroom, with state DELETED. What refers to it is told in problems, as warnings. CONTRIBUTOR: only what never was public.',
  })
  async deleteEntry(@Arg('input') input: DeleteEntryInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await deleteEntry(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description: 'Brings a deleted entry back as it was: a draft, or public again.',
  })
  async restoreEntry(@Arg('input') input: RestoreEntryInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await restoreEntry(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      "Take revisions' content out of sight (law, privacy), or bring it back; the history keeps their number, author and the reason. Not the newest, nor what the public sees. ADMIN.",
  })
  async hideRevisions(@Arg('input') input: HideRevisionsInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await hideRevisions(scope, input));
  }
}
