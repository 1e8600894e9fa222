import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { EditPayload } from '../model/edit';
import { EventType, Occurrence } from '../model/event';
import { LanguageTag, Markdown } from '../model/scalars';
import { CreateInput, EditInput, FuzzyDateInput } from './edit.inputs';

@InputType()
export class PlaceInput {
  @Field(() => String)
  name: string;

  @Field(() => String, { nullable: true })
  country?: string | null;

  @Field(() => Float, { nullable: true, description: 'Degrees north, WGS 84.' })
  latitude?: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east, WGS 84.' })
  longitude?: number | null;
}

@InputType()
export class ParticipantInput {
  @Field(() => ID, { nullable: true, description: 'Of an item that the list has, or had; left out for a new one.' })
  id?: string | null;

  @Field(() => ID)
  actor: string;

  @Field(() => String, { nullable: true })
  role?: string | null;
}

@InputType({
  description: 'What is absent stays as it is, null clears, a list replaces the list; its items are matched by id.',
})
export class EventFields {
  @Field(() => String, { nullable: true, description: 'Made of the title where it is left out; null makes it anew.' })
  slug?: string | null;

  @Field(() => LanguageTag, { nullable: true, description: "The newsroom's own where it is left out." })
  language?: string | null;

  @Field(() => String, { nullable: true, description: 'Required on create.' })
  title?: string | null;

  @Field(() => EventType, { nullable: true, description: 'OTHER where it is left out.' })
  eventType?: EventType | null;

  @Field(() => Markdown, { nullable: true })
  body?: string | null;

  @Field(() => FuzzyDateInput, { nullable: true })
  when?: FuzzyDateInput | null;

  @Field(() => PlaceInput, { nullable: true })
  place?: PlaceInput | null;

  @Field(() => Occurrence, { nullable: true, description: 'OCCURRED where it is left out.' })
  occurrence?: Occurrence | null;

  @Field(() => [ParticipantInput], { nullable: true })
  participants?: ParticipantInput[] | null;

  @Field(() => ID, { nullable: true, description: 'The event that it is a part of.' })
  partOf?: string | null;
}

@InputType()
export class CreateEventInput extends CreateInput {
  @Field(() => EventFields)
  fields: EventFields;
}

@InputType()
export class EditEventInput extends EditInput {
  @Field(() => EventFields)
  fields: EventFields;
}

@ObjectType({ implements: EditPayload, simpleResolvers: true, description: 'What an edit of an event answers.' })
export class EventPayload extends EditPayload {}
