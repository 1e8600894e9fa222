import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import type { Lens } from './lens';
import { EDTF } from './scalars';

export const DateStatus = words('RESOLVED', 'UNANCHORED');
export type DateStatus = keyof typeof DateStatus;
registerEnumType(DateStatus, {
  name: 'DateStatus',
  description: 'UNANCHORED: words only, which no calendar date stands for yet.',
});

/** A date as it is stored: what the source said, and in EDTF what it means. At least one of edtf and wording is there. */
export interface DateContent {
  edtf: string | null;
  wording: string | null;
  /** Id of the document whose publication date relative words count from. */
  anchor: string | null;
}

/** What an EDTF date can mean. */
export interface DateSpan {
  earliest: Date | null;
  latest: Date | null;
  uncertain: boolean;
  approximate: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'A date as a source gives it, and what it resolves to.' })
export class FuzzyDate {
  @Field(() => EDTF, { nullable: true })
  edtf: string | null;

  @Field(() => String, { nullable: true, description: "The words of the source: 'I think in December'." })
  wording: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'First instant that it can mean, inclusive; null where it is open or not known.',
  })
  earliest: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Last instant that it can mean, exclusive; null where it is open or not known.',
  })
  latest: Date | null;

  @Field(() => DateStatus)
  status: DateStatus;

  @Field({ description: 'The source is not sure of it: ? or % in EDTF.' })
  uncertain: boolean;

  @Field({ description: 'It is about then: ~ or % in EDTF.' })
  approximate: boolean;

  /** Id of the document that relative words count from. */
  readonly anchorId: string | null;

  constructor(
    content: DateContent,
    span: DateSpan | null,
    readonly lens: Lens,
  ) {
    this.edtf = content.edtf;
    this.wording = content.wording;
    this.anchorId = content.anchor;
    this.earliest = span?.earliest ?? null;
    this.latest = span?.latest ?? null;
    this.uncertain = span?.uncertain ?? false;
    this.approximate = span?.approximate ?? false;
    this.status = span ? 'RESOLVED' : 'UNANCHORED';
  }
}
