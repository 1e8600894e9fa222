import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { FieldEdit } from '../edits/read-edit';
import { EditPayload, OnConflict, Side } from '../model/edit';
import type { CreateRequest } from '../edits/create-entry';
import type { EditRequest } from '../edits/edit-entry';
import { CorrectionKind } from '../model/correction';
import { DateTime, EDTF, Json } from '../model/scalars';
import { UserRole } from '../model/user';

/** A date as a source gives it: at least its words, or what they mean in EDTF. */
@InputType({ description: 'At least one of edtf and wording.' })
export class FuzzyDateInput {
  @Field(() => EDTF, { nullable: true })
  edtf?: string | null;

  @Field(() => String, { nullable: true, description: "The words of the source: 'I think in December'." })
  wording?: string | null;

  @Field(() => ID, { nullable: true, description: 'The document whose publication date relative words count from.' })
  anchor?: string | null;
}

const SUMMARY = { nullable: true, description: 'Why, for the history.' };
const HOLD = { nullable: true, description: 'Leaves it for review even where the editor could accept it.' };
const SUBMIT = {
  nullable: true,
  description: 'Put a draft into the review queue; edits of what is public are in it anyway.',
};
const DRY_RUN = { nullable: true, description: 'The full answer, nothing written.' };
const MUTATION_ID = {
  nullable: true,
  description: 'Makes a retry safe: the same id with the same input gives the first answer again (kept 24 h).',
};

/** What every write takes. */
@InputType()
export abstract class WriteInput {
  @Field(() => String, MUTATION_ID)
  clientMutationId?: string | null;

  @Field(() => Boolean, DRY_RUN)
  dryRun?: boolean | null;
}

/** What every create takes besides its fields. */
@InputType()
export abstract class CreateInput extends WriteInput implements Omit<CreateRequest, 'fields'> {
  @Field(() => String, SUMMARY)
  summary?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Public at once; else it is a draft. Needs EDITOR.' })
  publish?: boolean | null;

  @Field(() => Boolean, SUBMIT)
  submit?: boolean | null;
}

@InputType({ description: 'Publish a correction with this edit.' })
export class CorrectionInput {
  @Field(() => CorrectionKind)
  kind: CorrectionKind;

  @Field({ description: 'What readers are told.' })
  note: string;
}

@InputType({
  description: 'Settles one conflict: the same edit is sent again with these, and `against` the newest revision seen.',
})
export class ResolutionInput {
  @Field({ description: 'As the conflict told it.' })
  path: string;

  @Field(() => Side)
  take: Side;

  @Field(() => Json, {
    nullable: true,
    description:
      "With VALUE: what is to stand there, as it would be given among the fields; null clears, or takes an item out. For a conflict about a list's order: the whole list.",
  })
  value?: unknown;
}

/** What an edit of an entry takes besides its fields, in a changeset too. */
@InputType()
export abstract class FieldEditInput implements Omit<FieldEdit, 'fields'> {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'Number of the revision that the editor saw.' })
  baseRevision: number;

  @Field(() => OnConflict, { nullable: true, description: 'MERGE where it is left out.' })
  onConflict?: OnConflict | null;

  @Field(() => [ResolutionInput], { nullable: true, description: 'Settles what conflicted. Goes with `against`.' })
  resolve?: ResolutionInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Conflict.latest.number: the newest revision that the editor saw. If the entry has moved on since, a new conflict is answered.',
  })
  against?: number | null;
}

/** What every edit takes besides its fields. */
@InputType()
export abstract class EditInput extends FieldEditInput implements Omit<EditRequest, 'fields'> {
  @Field(() => String, SUMMARY)
  summary?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Changes nothing of the meaning: a typing error, a comma.' })
  minor?: boolean | null;

  @Field(() => Boolean, HOLD)
  hold?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Public at once, although other work waits: that is put on top of it again. Needs EDITOR.',
  })
  publish?: boolean | null;

  @Field(() => Boolean, SUBMIT)
  submit?: boolean | null;

  @Field(() => CorrectionInput, { nullable: true, description: 'What readers are told of it. Needs EDITOR.' })
  correction?: CorrectionInput | null;

  @Field(() => String, MUTATION_ID)
  clientMutationId?: string | null;

  @Field(() => Boolean, DRY_RUN)
  dryRun?: boolean | null;
}

@InputType()
export class PublishInput extends WriteInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'Number of the revision to accept; those below it count as accepted with it.' })
  revision: number;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'With it, what it refers to and was never published, and the citations about any of that; as one changeset of at most 200.',
  })
  references?: boolean | null;

  @Field(() => DateTime, { nullable: true, description: 'Public not before then. Only for what is not public.' })
  embargoUntil?: Date | null;

  @Field(() => CorrectionInput, { nullable: true })
  correction?: CorrectionInput | null;

  @Field(() => Boolean, { nullable: true, description: 'Although a check is an ERROR; the note says why.' })
  override?: boolean | null;

  @Field(() => String, SUMMARY)
  note?: string | null;
}

/** What every way back takes. */
@InputType()
export abstract class TakeBackInput extends WriteInput {
  @Field(() => String, SUMMARY)
  summary?: string | null;

  @Field(() => Boolean, HOLD)
  hold?: boolean | null;
}

@InputType()
export class RevertEntryInput extends TakeBackInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'Number of the newest revision that the editor saw.' })
  baseRevision: number;

  @Field(() => Int)
  toRevision: number;
}

@InputType()
export class UndoRevisionInput extends TakeBackInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int)
  revision: number;
}

@InputType()
export class RestoreEntryInput extends WriteInput {
  @Field(() => ID)
  id: string;

  @Field(() => String, SUMMARY)
  summary?: string | null;
}

@InputType()
export class DeleteEntryInput extends RestoreEntryInput {
  @Field(() => Int, {
    description: 'Number of the newest revision that the editor saw; a change since then is a CONFLICT.',
  })
  baseRevision: number;
}

@InputType()
export class WithdrawInput {
  @Field(() => ID)
  id: string;

  @Field({ description: 'What readers are told in its place.' })
  note: string;

  @Field(() => String, MUTATION_ID)
  clientMutationId?: string | null;
}

@InputType()
export class RejectRevisionsInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'The newest revision that the editor saw; a newer one is a CONFLICT.' })
  baseRevision: number;

  @Field({ description: 'Why, for whoever wrote it.' })
  note: string;

  @Field(() => String, MUTATION_ID)
  clientMutationId?: string | null;
}

@InputType()
export class ProtectInput {
  @Field(() => ID)
  id: string;

  @Field(() => UserRole, { nullable: true, description: 'Null lifts the protection.' })
  minimumRole?: UserRole | null;

  @Field(() => DateTime, { nullable: true, description: 'For good where it is left out.' })
  until?: Date | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}

@InputType()
export class HideRevisionsInput {
  @Field(() => ID)
  id: string;

  @Field(() => [Int])
  revisions: number[];

  @Field({ defaultValue: true, description: 'False brings them back into sight.' })
  hidden: boolean;

  @Field({ description: 'Why; everybody who sees the history can read it.' })
  reason: string;
}

@ObjectType({
  implements: EditPayload,
  simpleResolvers: true,
  description: 'What an act on an entry of any kind answers.',
})
export class EntryPayload extends EditPayload {}
