import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { ClaimRelationKind, Mood, VerdictRating } from '../model/claim';
import { LanguageTag } from '../model/scalars';
import { CreateInput, EditInput, FuzzyDateInput } from './edit.inputs';

@InputType({ description: 'Exactly one of text, number, date and entry; a unit may go with a number.' })
export class ClaimValueInput {
  @Field(() => String, { nullable: true })
  text?: string | null;

  @Field(() => Float, { nullable: true })
  number?: number | null;

  @Field(() => String, { nullable: true })
  unit?: string | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  date?: FuzzyDateInput | null;

  @Field(() => ID, { nullable: true })
  entry?: string | null;
}

@InputType()
export class ClaimRelationInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => ClaimRelationKind)
  kind: ClaimRelationKind;

  @Field(() => ID)
  claim: string;
}

@InputType()
export class VerdictInput {
  @Field(() => VerdictRating)
  rating: VerdictRating;

  @Field(() => String)
  reason: string;
}

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class ClaimFields {
  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'Required on create.' })
  text?: string | null;

  @Field(() => ID, { nullable: true, description: 'What it is about; required on create.' })
  subject?: string | null;

  @Field(() => String, { nullable: true, description: 'What it says about the subject, as a short key.' })
  property?: string | null;

  @Field(() => ClaimValueInput, { nullable: true })
  value?: ClaimValueInput | null;

  @Field(() => Mood, { nullable: true, description: 'Required on create.' })
  mood?: Mood | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  when?: FuzzyDateInput | null;

  @Field(() => [ClaimRelationInput], { nullable: true })
  relations?: ClaimRelationInput[] | null;

  @Field(() => VerdictInput, { nullable: true })
  verdict?: VerdictInput | null;
}

@InputType()
export class CreateClaimInput extends CreateInput {
  @Field(() => ClaimFields)
  fields: ClaimFields;
}

@InputType()
export class EditClaimInput extends EditInput {
  @Field(() => ClaimFields)
  fields: ClaimFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of a claim answers.' })
export class ClaimPayload extends EditPayload {}
