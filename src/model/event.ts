import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { DateContent } from './fuzzy-date';
import type { Lens } from './lens';
import { Node } from './node';

export const EventType = words(
  'STATEMENT',
  'MEETING',
  'ARREST',
  'SANCTION',
  'DEFECTION',
  'APPOINTMENT',
  'COURT',
  'PROTEST',
  'SEIZURE',
  'ATTACK',
  'ELECTION',
  'PUBLICATION',
  'OTHER',
);
export type EventType = keyof typeof EventType;
registerEnumType(EventType, { name: 'EventType', description: 'What sort of event it is.' });

export const Occurrence = words('PLANNED', 'MAY_OCCUR', 'OCCURRED', 'CANCELLED', 'DISPUTED');
export type Occurrence = keyof typeof Occurrence;
registerEnumType(Occurrence, {
  name: 'Occurrence',
  description: 'Whether it happened, as far as the newsroom knows. DISPUTED: some say that it did not.',
});

export interface PlaceContent {
  name: string;
  country: string | null;
  latitude: number | null;
  longitude: number | null;
}
export interface ParticipantContent {
  id: string;
  actor: string;
  role: string | null;
}

/** Something that happened, or may. */
export interface EventContent extends Content {
  slug: string;
  title: string;
  eventType: EventType;
  /** Hash of the body. */
  body: string | null;
  when: DateContent | null;
  place: PlaceContent | null;
  occurrence: Occurrence;
  participants: ParticipantContent[];
  partOf: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'Where something happened.' })
export class Place {
  @Field()
  name: string;

  @Field(() => String, { nullable: true })
  country: string | null;

  @Field(() => Float, { nullable: true, description: 'Degrees north, WGS 84.' })
  latitude: number | null;

  @Field(() => Float, { nullable: true, description: 'Degrees east, WGS 84.' })
  longitude: number | null;
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'Something that happened, or may: when, where, who took part.',
})
export class Event extends Entry<EventContent> {
  @Field(() => String, { description: 'Address within its kind; old ones keep finding the event.' })
  override slug: string;

  @FromContent(() => EventType)
  eventType: EventType;

  @FromContent(() => Place, { nullable: true })
  place: Place | null;

  @FromContent(() => Occurrence)
  occurrence: Occurrence;
}

@ObjectType({ simpleResolvers: true, description: 'Somebody who took part, and as what.' })
export class Participant {
  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true })
  role: string | null;

  readonly actorId: string;

  constructor(
    content: ParticipantContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.role = content.role;
    this.actorId = content.actor;
  }
}
