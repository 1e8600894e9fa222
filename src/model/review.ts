import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { DateTime } from './scalars';

export const ReviewReason = words('PENDING_EDIT', 'UNSETTLED');
export type ReviewReason = keyof typeof ReviewReason;
registerEnumType(ReviewReason, {
  name: 'ReviewReason',
  description:
    'PENDING_EDIT: its newest revision is not accepted. UNSETTLED: what it rests on was retracted, corrected or judged false; or it was to be public when its embargo ended, and could not: without what it rests on, or with a check that is an ERROR by now.',
});

@ObjectType({ simpleResolvers: true, description: 'Something that waits for an editor.' })
export class ReviewItem {
  readonly entryId: string;
  readonly causeId: string | null;

  @Field(() => ReviewReason)
  reason: ReviewReason;

  @Field(() => DateTime)
  since: Date;
}
