import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { Lens } from './lens';
import { Node } from './node';
import { Markdown } from './scalars';

export const StoryRelation = words('BACKGROUND', 'FOLLOWS', 'PART_OF', 'SEE_ALSO');
export type StoryRelation = keyof typeof StoryRelation;
registerEnumType(StoryRelation, { name: 'StoryRelation', description: 'How one story stands to another.' });

export interface TimelineItemContent {
  id: string;
  event: string | null;
  claim: string | null;
  note: string | null;
}
export interface CastMemberContent {
  id: string;
  actor: string;
  role: string | null;
}
export interface RelatedStoryContent {
  id: string;
  story: string;
  relation: StoryRelation;
}

/** An editorial selection and telling of what happened. */
export interface StoryContent extends Content {
  slug: string;
  headline: string;
  summary: string | null;
  /** Hash of the body. */
  body: string | null;
  topics: string[];
  timeline: TimelineItemContent[];
  cast: CastMemberContent[];
  related: RelatedStoryContent[];
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'An editorial selection and telling: headline, body, timeline, cast.',
})
export class Story extends Entry<StoryContent> {
  @Field(() => String, { description: 'Address within its kind; old ones keep finding the story.' })
  override slug: string;

  @FromContent(() => String)
  headline: string;

  @FromContent(() => String, { nullable: true })
  summary: string | null;

  @FromContent(() => [String], { description: 'Subjects it is filed under.' })
  topics: string[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'One step of a story: an event or a claim, with a note if need be, or a note alone.',
})
export class TimelineItem {
  @Field(() => ID)
  id: string;

  @Field(() => Markdown, { nullable: true })
  note: string | null;

  readonly eventId: string | null;
  readonly claimId: string | null;

  readonly lens: Lens;

  constructor(
    content: TimelineItemContent,
    readonly story: Story,
  ) {
    this.lens = story.lens;
    this.id = content.id;
    this.note = content.note;
    this.eventId = content.event;
    this.claimId = content.claim;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Somebody in a story, and as what.' })
export class CastMember {
  @Field(() => ID)
  id: string;

  @Field(() => String, { nullable: true })
  role: string | null;

  readonly actorId: string;

  constructor(
    content: CastMemberContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.role = content.role;
    this.actorId = content.actor;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Another story, and how it stands to this one.' })
export class RelatedStory {
  @Field(() => ID)
  id: string;

  @Field(() => StoryRelation)
  relation: StoryRelation;

  readonly storyId: string;

  constructor(
    content: RelatedStoryContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.relation = content.relation;
    this.storyId = content.story;
  }
}
