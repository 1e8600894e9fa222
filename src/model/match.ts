import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';

export const Judgement = words('SAME', 'NOT_SAME', 'UNSURE');
export type Judgement = keyof typeof Judgement;
registerEnumType(Judgement, { name: 'Judgement', description: 'What an editor judged of two actors.' });

/** Two actors that may be one, as far as the store can tell. */
export interface MatchRecord {
  /** The actor that is asked about. */
  parent: string;
  /** The one that it may be. */
  candidate: string;
  score: number;
  reasons: string[];
  judgement: Judgement | null;
}

@ObjectType({ simpleResolvers: true, description: 'Another actor that may be this one.' })
export class MatchCandidate {
  readonly candidate: string;

  @Field(() => Float, { description: 'From 0 to 1: how likely it is the same; for sorting, not for deciding.' })
  score: number;

  @Field(() => [String], { description: 'Why: what the two have in common.' })
  reasons: string[];

  @Field(() => Judgement, { nullable: true, description: 'What an editor judged; null where nobody has.' })
  judgement: Judgement | null;

  constructor(record: MatchRecord) {
    this.candidate = record.candidate;
    this.score = record.score;
    this.reasons = record.reasons;
    this.judgement = record.judgement;
  }
}
