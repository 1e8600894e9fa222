import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { StoryRelation } from '../model/story';
import { LanguageTag, Markdown } from '../model/scalars';
import { CreateInput, EditInput } from './edit.inputs';

@InputType({ description: 'At most one of event and claim; a note may go with it, or stand alone.' })
export class TimelineItemInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => ID, { nullable: true })
  event?: string | null;

  @Field(() => ID, { nullable: true })
  claim?: string | null;

  @Field(() => Markdown, { nullable: true })
  note?: string | null;
}

@InputType()
export class CastMemberInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => ID)
  actor: string;

  @Field(() => String, { nullable: true })
  role?: string | null;
}

@InputType()
export class RelatedStoryInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => ID)
  story: string;

  @Field(() => StoryRelation)
  relation: StoryRelation;
}

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class StoryFields {
  @Field(() => String, { nullable: true, description: 'Made of the title where it is left out; null makes it anew.' })
  slug?: string | null;

  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'Required on create.' })
  headline?: string | null;

  @Field(() => String, { nullable: true })
  summary?: string | null;

  @Field(() => Markdown, { nullable: true })
  body?: string | null;

  @Field(() => [String], { nullable: true })
  topics?: string[] | null;

  @Field(() => [TimelineItemInput], { nullable: true })
  timeline?: TimelineItemInput[] | null;

  @Field(() => [CastMemberInput], { nullable: true })
  cast?: CastMemberInput[] | null;

  @Field(() => [RelatedStoryInput], { nullable: true })
  related?: RelatedStoryInput[] | null;
}

@InputType()
export class CreateStoryInput extends CreateInput {
  @Field(() => StoryFields)
  fields: StoryFields;
}

@InputType()
export class EditStoryInput extends EditInput {
  @Field(() => StoryFields)
  fields: StoryFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of a story answers.' })
export class StoryPayload extends EditPayload {}
