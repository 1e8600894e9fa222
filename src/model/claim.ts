import { Field, Float, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { DateContent } from './fuzzy-date';
import type { Lens } from './lens';
import { Node } from './node';

export const Mood = words('FACT', 'ALLEGATION', 'BELIEF', 'POSSIBILITY', 'INTENTION', 'OPINION', 'QUESTION');
export type Mood = keyof typeof Mood;
registerEnumType(Mood, { name: 'Mood', description: 'In what mood the proposition is made.' });

export const ClaimRelationKind = words('CONTRADICTS', 'STRONGER_THAN', 'SAME_AS', 'RESPONDS_TO', 'SUPERSEDES');
export type ClaimRelationKind = keyof typeof ClaimRelationKind;
registerEnumType(ClaimRelationKind, { name: 'ClaimRelationKind', description: 'How one claim stands to another.' });

export const VerdictRating = words('TRUE', 'MOSTLY_TRUE', 'MIXED', 'UNPROVEN', 'MOSTLY_FALSE', 'FALSE');
export type VerdictRating = keyof typeof VerdictRating;
registerEnumType(VerdictRating, { name: 'VerdictRating', description: "The newsroom's own rating of a claim." });

export interface ClaimValueContent {
  text: string | null;
  number: number | null;
  unit: string | null;
  date: DateContent | null;
  entry: string | null;
}
export interface ClaimRelationContent {
  id: string;
  kind: ClaimRelationKind;
  claim: string;
}
export interface VerdictContent {
  rating: VerdictRating;
  reason: string;
}

/** One proposition that somebody makes. Who makes it, who denies it and where are its citations. */
export interface ClaimContent extends Content {
  text: string;
  subject: string;
  property: string | null;
  value: ClaimValueContent | null;
  mood: Mood;
  when: DateContent | null;
  relations: ClaimRelationContent[];
  verdict: VerdictContent | null;
}

@ObjectType({ simpleResolvers: true, description: "The newsroom's own judgement, apart from what the sources say." })
export class Verdict {
  @Field(() => VerdictRating)
  rating: VerdictRating;

  @Field()
  reason: string;
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'One proposition that somebody makes. Who makes it, who denies it and where are its citations.',
})
export class Claim extends Entry<ClaimContent> {
  @FromContent(() => String)
  text: string;

  @FromContent(() => String, {
    nullable: true,
    description: 'What it says about the subject, as a short key: sanctioned-by-us, role-with-cabello.',
  })
  property: string | null;

  @FromContent(() => Mood)
  mood: Mood;

  @FromContent(() => Verdict, { nullable: true })
  verdict: Verdict | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Exactly one of text, number, date and entry is set; a unit may go with a number.',
})
export class ClaimValue {
  @Field(() => String, { nullable: true })
  text: string | null;

  @Field(() => Float, { nullable: true })
  number: number | null;

  @Field(() => String, { nullable: true })
  unit: string | null;

  readonly dateContent: DateContent | null;
  readonly entryId: string | null;

  constructor(
    content: ClaimValueContent,
    readonly lens: Lens,
  ) {
    this.text = content.text;
    this.number = content.number;
    this.unit = content.unit;
    this.dateContent = content.date;
    this.entryId = content.entry;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Another claim, and how it stands to this one.' })
export class ClaimRelation {
  @Field(() => ID)
  id: string;

  @Field(() => ClaimRelationKind)
  kind: ClaimRelationKind;

  readonly claimId: string;

  constructor(
    content: ClaimRelationContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.kind = content.kind;
    this.claimId = content.claim;
  }
}
