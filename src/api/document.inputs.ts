import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { DocumentStatus, DocumentType } from '../model/document';
import { DateTime, LanguageTag, WebAddress } from '../model/scalars';
import { CreateInput, EditInput, FuzzyDateInput } from './edit.inputs';

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class DocumentFields {
  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'Required on create.' })
  title?: string | null;

  @Field(() => DocumentType, { nullable: true, description: 'Required on create.' })
  documentType?: DocumentType | null;

  @Field(() => WebAddress, { nullable: true })
  url?: string | null;

  @Field(() => WebAddress, { nullable: true })
  archiveUrl?: string | null;

  @Field(() => ID, { nullable: true })
  publisher?: string | null;

  @Field(() => [ID], { nullable: true })
  authors?: string[] | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  publishedAt?: FuzzyDateInput | null;

  @Field(() => DateTime, { nullable: true })
  retrievedAt?: Date | null;

  @Field(() => ID, { nullable: true })
  translationOf?: string | null;

  @Field(() => DocumentStatus, { nullable: true, description: 'ACTIVE where it is left out.' })
  status?: DocumentStatus | null;

  @Field(() => String, { nullable: true })
  statusNote?: string | null;

  @Field(() => String, { nullable: true, description: 'The text, kept for checking quotes; for the newsroom only.' })
  keptText?: string | null;
}

@InputType()
export class CreateDocumentInput extends CreateInput {
  @Field(() => DocumentFields)
  fields: DocumentFields;
}

@InputType()
export class EditDocumentInput extends EditInput {
  @Field(() => DocumentFields)
  fields: DocumentFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of a document answers.' })
export class DocumentPayload extends EditPayload {}
