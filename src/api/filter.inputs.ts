import { Field, InputType } from 'type-graphql';
import { DateTime } from '../model/scalars';
import type { DateTimeFilter as Instants, FuzzyDateFilter as Spans, StringFilter as Texts } from '../store/filters';

@InputType({ description: 'All that is given must hold. Case, marks and width do not count.' })
export class StringFilter implements Texts {
  @Field(() => String, { nullable: true })
  eq?: string | null;

  @Field(() => [String], { nullable: true })
  in?: string[] | null;

  @Field(() => String, { nullable: true })
  contains?: string | null;

  @Field(() => String, { nullable: true })
  startsWith?: string | null;
}

@InputType({ description: 'From an instant, inclusive, to another, exclusive.' })
export class DateTimeFilter implements Instants {
  @Field(() => DateTime, { nullable: true })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true })
  before?: Date | null;
}

@InputType({
  description: 'May overlap, or must lie within, [from, before). An open or unknown end of a date reaches on.',
})
export class FuzzyDateFilter implements Spans {
  @Field(() => DateTimeFilter, { nullable: true })
  overlaps?: DateTimeFilter | null;

  @Field(() => DateTimeFilter, { nullable: true })
  within?: DateTimeFilter | null;
}
