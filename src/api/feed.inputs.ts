import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { ChangeKind } from '../model/change';
import { EntryKind } from '../model/entry';
import { View } from '../model/lens';
import { Cursor } from '../model/scalars';

@InputType({
  description:
    'What of the feed is meant; what is given adds up (and). An empty list means nothing, as does an id of what is not there or not for the viewer.',
})
export class ChangeFilter {
  @Field(() => [ChangeKind], { nullable: true, description: 'In PUBLISHED: as the public is told.' })
  kinds?: ChangeKind[] | null;

  @Field(() => [EntryKind], { nullable: true })
  entryKinds?: EntryKind[] | null;

  @Field(() => [ID], { nullable: true, description: 'Only of these, at most 100.' })
  entries?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Only of this story and all that it holds, as it was at each change: what it links to, the citations about any of that, what they refer to, and what its events and claims refer to.',
  })
  story?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only of what the viewer watches now; they must be signed in.' })
  watched?: boolean | null;

  @Field(() => View, { defaultValue: 'PUBLISHED', description: 'LATEST needs at least CONTRIBUTOR.' })
  view: View;
}

@ArgsType()
export class ChangesArgs {
  @Field(() => Cursor, {
    nullable: true,
    description: 'Only what came after it; without it from the beginning. Not bound to a filter.',
  })
  after?: string | null;

  @Field(() => ChangeFilter, { nullable: true })
  filter?: ChangeFilter | null;

  @Field(() => Int, { nullable: true })
  first?: number | null;
}
