import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { EditPayload, OnConflict } from '../model/edit';
import type { CreateRequest } from '../edits/create-entry';
import type { EditRequest } from '../edits/edit-entry';
import { EDTF } from '../model/scalars';

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

/** What every write takes. */
@InputType()
abstract class WriteInput {
  @Field(() => String, {
    nullable: true,
    description: 'Makes a retry safe: the same id with the same input gives the first answer again (kept 24 h).',
  })
  clientMutationId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'The full answer, nothing written.' })
  dryRun?: boolean | null;
}

/** What every create takes besides its fields. */
@InputType()
export abstract class CreateInput extends WriteInput implements Omit<CreateRequest, 'fields'> {
  @Field(() => String, { nullable: true, description: 'Why, for the history.' })
  summary?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Public at once; else it is a draft. Needs EDITOR.' })
  publish?: boolean | null;
}

/** What every edit takes besides its fields. */
@InputType()
export abstract class EditInput extends WriteInput implements Omit<EditRequest, 'fields'> {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'Number of the revision that the editor saw.' })
  baseRevision: number;

  @Field(() => String, { nullable: true, description: 'Why, for the history.' })
  summary?: string | null;

  @Field(() => OnConflict, { nullable: true, description: 'MERGE where it is left out.' })
  onConflict?: OnConflict | null;

  @Field(() => Boolean, { nullable: true, description: 'Changes nothing of the meaning: a typing error, a comma.' })
  minor?: boolean | null;
}

@InputType()
export class PublishInput extends WriteInput {
  @Field(() => ID)
  id: string;

  @Field(() => Int, { description: 'Number of the revision to accept; those below it count as accepted with it.' })
  revision: number;

  @Field(() => String, { nullable: true, description: 'Why, for the history.' })
  note?: string | null;
}

@ObjectType({
  implements: EditPayload,
  simpleResolvers: true,
  description: 'What an act on an entry of any kind answers.',
})
export class EntryPayload extends EditPayload {}
