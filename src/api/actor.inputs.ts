import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { ActorType, NameKind } from '../model/actor';
import { LanguageTag, Markdown } from '../model/scalars';
import { CreateInput, EditInput, FuzzyDateInput } from './edit.inputs';

@InputType()
export class NameInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => String)
  text: string;

  @Field(() => NameKind, { defaultValue: 'OFFICIAL' })
  kind: NameKind;

  @Field(() => LanguageTag, { nullable: true })
  language?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Without a preferred name the first is it.' })
  preferred?: boolean | null;

  @Field(() => [ID], { nullable: true, description: 'Documents that spell it so.' })
  usedIn?: string[] | null;
}

@InputType()
export class RoleInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => String)
  title: string;

  @Field(() => ID, { nullable: true })
  organization?: string | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  period?: FuzzyDateInput | null;

  @Field(() => String, { nullable: true })
  note?: string | null;
}

@InputType()
export class RelationInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => String)
  type: string;

  @Field(() => ID)
  actor: string;

  @Field(() => FuzzyDateInput, { nullable: true })
  period?: FuzzyDateInput | null;

  @Field(() => String, { nullable: true })
  note?: string | null;
}

@InputType()
export class ExternalIdentifierInput {
  @Field(() => String)
  scheme: string;

  @Field(() => String)
  value: string;
}

@InputType()
export class AnonymityInput {
  @Field(() => String, { description: 'How to call the source in print.' })
  description: string;

  @Field(() => String, { nullable: true, description: 'Why it is not named.' })
  reason?: string | null;

  @Field(() => String, { nullable: true, description: 'How it is placed to know; for the newsroom only.' })
  basis?: string | null;
}

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class ActorFields {
  @Field(() => String, { nullable: true, description: 'Made of the title where it is left out; null makes it anew.' })
  slug?: string | null;

  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => ActorType, { nullable: true, description: 'Required on create.' })
  actorType?: ActorType | null;

  @Field(() => [NameInput], { nullable: true, description: 'At least one on create.' })
  names?: NameInput[] | null;

  @Field(() => String, { nullable: true, description: 'One line: who this is.' })
  description?: string | null;

  @Field(() => Markdown, { nullable: true })
  body?: string | null;

  @Field(() => [RoleInput], { nullable: true })
  roles?: RoleInput[] | null;

  @Field(() => [RelationInput], { nullable: true })
  relations?: RelationInput[] | null;

  @Field(() => [ExternalIdentifierInput], { nullable: true })
  identifiers?: ExternalIdentifierInput[] | null;

  @Field(() => AnonymityInput, { nullable: true })
  anonymity?: AnonymityInput | null;
}

@InputType()
export class CreateActorInput extends CreateInput {
  @Field(() => ActorFields)
  fields: ActorFields;
}

@InputType()
export class EditActorInput extends EditInput {
  @Field(() => ActorFields)
  fields: ActorFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of an actor answers.' })
export class ActorPayload extends EditPayload {}
