import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { HopRole, QuoteKind, Stance } from '../model/citation';
import { LanguageTag } from '../model/scalars';
import { CreateInput, EditInput, FuzzyDateInput } from './edit.inputs';

@InputType({ description: 'At least one of actor, document and description; actor with document: who, in what.' })
export class HopInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => HopRole)
  role: HopRole;

  @Field(() => ID, { nullable: true })
  actor?: string | null;

  @Field(() => ID, { nullable: true })
  document?: string | null;

  @Field(() => String, { nullable: true, description: 'Words for who is not named.' })
  description?: string | null;
}

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class CitationFields {
  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => ID, { nullable: true, description: 'Required on create.' })
  about?: string | null;

  @Field(() => String, { nullable: true, description: 'Which part of the entry, as a JSON Pointer.' })
  path?: string | null;

  @Field(() => Stance, { nullable: true, description: 'Required on create.' })
  stance?: Stance | null;

  @Field(() => ID, { nullable: true, description: 'Required on create.' })
  document?: string | null;

  @Field(() => String, { nullable: true })
  quote?: string | null;

  @Field(() => QuoteKind, { nullable: true, description: 'PARAPHRASE without a quote, else VERBATIM.' })
  quoteKind?: QuoteKind | null;

  @Field(() => String, { nullable: true, description: 'Page, paragraph, timestamp: as the document counts.' })
  locator?: string | null;

  @Field(() => [HopInput], {
    nullable: true,
    description: 'From whoever published the document (first) to the origin (last).',
  })
  chain?: HopInput[] | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  saidAt?: FuzzyDateInput | null;
}

@InputType()
export class CreateCitationInput extends CreateInput {
  @Field(() => CitationFields)
  fields: CitationFields;
}

@InputType()
export class EditCitationInput extends EditInput {
  @Field(() => CitationFields)
  fields: CitationFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of a citation answers.' })
export class CitationPayload extends EditPayload {}
