import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Derived } from '../model/derived';
import { Outcome, Problem, type UnmergeResult } from '../model/edit';
import { Judgement, MatchCandidate } from '../model/match';

@InputType()
export class MergeEntriesInput {
  @Field(() => ID, { description: 'What is merged.' })
  from: string;

  @Field(() => ID, { description: 'What stays.' })
  into: string;

  @Field(() => String, { nullable: true })
  summary?: string | null;

  @Field(() => String, { nullable: true })
  clientMutationId?: string | null;

  @Field(() => Boolean, { nullable: true })
  dryRun?: boolean | null;
}

@InputType()
export class UnmergeEntryInput {
  @Field(() => ID, { description: 'What was merged into another: one of its formerIds.' })
  id: string;

  @Field(() => String, { nullable: true })
  summary?: string | null;

  @Field(() => String, { nullable: true })
  clientMutationId?: string | null;
}

@InputType()
export class JudgeMatchInput {
  @Field(() => ID)
  a: string;

  @Field(() => ID)
  b: string;

  @Field(() => Judgement)
  judgement: Judgement;
}

@ObjectType({ simpleResolvers: true, description: 'What parting two entries came to.' })
export class UnmergePayload {
  @Derived<UnmergePayload>(() => Outcome, (payload) => payload.result.outcome)
  outcome: Outcome;

  @Derived<UnmergePayload>(() => [Problem], (payload) => payload.result.problems)
  problems: Problem[];

  constructor(readonly result: UnmergeResult) {}
}

@ObjectType({ simpleResolvers: true, description: 'What an editor judged of two actors.' })
export class JudgeMatchPayload {
  @Field(() => MatchCandidate, {
    nullable: true,
    description: 'The second actor as a candidate for the first; null where nothing was noted.',
  })
  candidate: MatchCandidate | null;

  @Field(() => [Problem])
  problems: Problem[];
}
