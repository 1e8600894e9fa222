import { Field, ObjectType } from 'type-graphql';
import { Change } from './change';
import { Cursor } from './scalars';

@ObjectType({
  simpleResolvers: true,
  description:
    'change is null in a checkpoint: nothing (more) that you asked for happened up to this cursor. One comes at once, then at least every 30 s.',
})
export class FeedMessage {
  @Field(() => Cursor, { description: 'Keep the last one seen: `after` it goes on from there.' })
  cursor: string;

  @Field(() => Change, { nullable: true })
  change: Change | null;
}
