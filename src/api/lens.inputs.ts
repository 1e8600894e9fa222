import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { View } from '../model/lens';
import { Cursor, DateTime } from '../model/scalars';

@InputType({
  description:
    'The knowledge of a moment: nothing written after it is seen, across the whole graph below the field that takes it. Exactly one of time and cursor.',
})
export class AsOf {
  @Field(() => DateTime, {
    nullable: true,
    description: 'As of the last change at or before it; before the first there is nothing. Not in the future.',
  })
  time?: Date | null;

  @Field(() => Cursor, { nullable: true, description: 'As of right after the change that it is of.' })
  cursor?: string | null;
}

@ArgsType()
export class ViewArgs {
  @Field(() => View, { defaultValue: 'PUBLISHED', description: 'LATEST needs at least CONTRIBUTOR.' })
  view: View;
}

/** Through what a root field looks. */
@ArgsType()
export class LensArgs extends ViewArgs {
  @Field(() => AsOf, {
    nullable: true,
    description: 'As it was then; in PUBLISHED what was public then and is public now. Addresses are those of now.',
  })
  asOf?: AsOf | null;
}

@ArgsType()
export class IdArgs extends LensArgs {
  @Field(() => ID)
  id: string;
}

/** How entries with addresses are asked for. */
@ArgsType()
export class IdOrSlugArgs extends LensArgs {
  @Field(() => ID, { nullable: true, description: 'Exactly one of id and slug.' })
  id?: string | null;

  @Field(() => String, { nullable: true, description: 'Present or former address within the kind.' })
  slug?: string | null;
}
