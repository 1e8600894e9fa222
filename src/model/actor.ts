import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { Derived, FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { DateContent } from './fuzzy-date';
import type { Lens } from './lens';
import { Node } from './node';
import { LanguageTag } from './scalars';

export const ActorType = words(
  'PERSON',
  'ORGANIZATION',
  'PUBLIC_BODY',
  'COUNTRY',
  'COMPANY',
  'MEDIA_OUTLET',
  'ARMED_GROUP',
  'GROUP',
  'ANONYMOUS',
  'UNKNOWN',
);
export type ActorType = keyof typeof ActorType;
registerEnumType(ActorType, {
  name: 'ActorType',
  description: 'ANONYMOUS: a source that is not named. UNKNOWN: nobody knows yet what it is.',
});

export const NameKind = words(
  'OFFICIAL',
  'ALIAS',
  'NICKNAME',
  'FORMER',
  'TRANSLITERATION',
  'TRANSLATION',
  'ACRONYM',
  'MISSPELLING',
);
export type NameKind = keyof typeof NameKind;
registerEnumType(NameKind, { name: 'NameKind', description: 'What sort of name it is.' });

export interface NameContent {
  id: string;
  text: string;
  kind: NameKind;
  language: string | null;
  preferred: boolean;
  usedIn: string[];
}
export interface RoleContent {
  id: string;
  title: string;
  organization: string | null;
  period: DateContent | null;
  note: string | null;
}
export interface RelationContent {
  id: string;
  type: string;
  actor: string;
  period: DateContent | null;
  note: string | null;
}
export interface AnonymityContent {
  description: string;
  reason: string | null;
  basis: string | null;
}

/** A person, organisation, public body, outlet, or a source that is not named. */
export interface ActorContent extends Content {
  slug: string;
  actorType: ActorType;
  names: NameContent[];
  description: string | null;
  /** Hash of the body. */
  body: string | null;
  roles: RoleContent[];
  relations: RelationContent[];
  identifiers: { scheme: string; value: string }[];
  anonymity: AnonymityContent | null;
}

@ObjectType({ simpleResolvers: true, description: 'A key in another collection, such as wikidata Q1234.' })
export class ExternalIdentifier {
  @Field()
  scheme: string;

  @Field()
  value: string;
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'A person, organisation, public body, outlet, or a source that is not named.',
})
export class Actor extends Entry<ActorContent> {
  @Field(() => String, { description: 'Address within its kind; old ones keep finding the actor.' })
  override slug: string;

  @FromContent(() => ActorType)
  actorType: ActorType;

  @Derived<Actor>(() => String, (actor) => actor.title, { description: 'The preferred name.' })
  name: string;

  @FromContent(() => String, { nullable: true, description: 'One line: who this is.' })
  description: string | null;

  @FromContent(() => [ExternalIdentifier], { description: 'Keys of this actor in other collections.' })
  identifiers: ExternalIdentifier[];
}

@ObjectType({ simpleResolvers: true, description: 'A name of an actor, in one spelling and language.' })
export class Name {
  @Field(() => ID)
  id: string;

  @Field()
  text: string;

  @Field(() => NameKind)
  kind: NameKind;

  @Field(() => LanguageTag, { nullable: true })
  language: string | null;

  @Field({ description: 'The one to call the actor by; exactly one name is.' })
  preferred: boolean;

  readonly usedInIds: string[];

  constructor(
    content: NameContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.text = content.text;
    this.kind = content.kind;
    this.language = content.language;
    this.preferred = content.preferred;
    this.usedInIds = content.usedIn;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A post held, and when.' })
export class Role {
  @Field(() => ID)
  id: string;

  @Field()
  title: string;

  @Field(() => String, { nullable: true })
  note: string | null;

  readonly organizationId: string | null;
  readonly periodContent: DateContent | null;

  constructor(
    content: RoleContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.title = content.title;
    this.note = content.note;
    this.organizationId = content.organization;
    this.periodContent = content.period;
  }
}

@ObjectType({ simpleResolvers: true, description: 'How this actor stands to another: spouse, subsidiary, ally.' })
export class Relation {
  @Field(() => ID)
  id: string;

  @Field()
  type: string;

  @Field(() => String, { nullable: true })
  note: string | null;

  readonly actorId: string;
  readonly periodContent: DateContent | null;

  constructor(
    content: RelationContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.type = content.type;
    this.note = content.note;
    this.actorId = content.actor;
    this.periodContent = content.period;
  }
}

@ObjectType({
  simpleResolvers: true,
  description: 'What may be told of a source that is not named. Who it is is never kept here.',
})
export class Anonymity {
  @Field({ description: 'How to call the source in print: "an official close to the investigation".' })
  description: string;

  @Field(() => String, { nullable: true, description: 'Why it is not named.' })
  reason: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the source is placed to know; for CONTRIBUTOR and above, null to others.',
  })
  basis: string | null;

  constructor(content: AnonymityContent) {
    this.description = content.description;
    this.reason = content.reason;
    this.basis = content.basis;
  }
}
