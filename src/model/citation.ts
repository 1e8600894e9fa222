import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { DateContent } from './fuzzy-date';
import type { Lens } from './lens';
import { Node } from './node';

export const Stance = words(
  'ASSERTS',
  'CONFIRMS',
  'PARTLY_CONFIRMS',
  'DENIES',
  'DOUBTS',
  'DECLINES_COMMENT',
  'RETRACTS',
  'MENTIONS',
);
export type Stance = keyof typeof Stance;
registerEnumType(Stance, {
  name: 'Stance',
  description:
    'How who speaks stands to what the citation is about. RETRACTS takes back what the same origin said before.',
});

export const QuoteKind = words('VERBATIM', 'TRANSLATED', 'PARAPHRASE');
export type QuoteKind = keyof typeof QuoteKind;
registerEnumType(QuoteKind, { name: 'QuoteKind', description: 'VERBATIM: word for word as the document has it.' });

export const HopRole = words(
  'PUBLISHED_BY',
  'VIA',
  'REPORTED_BY',
  'SAID_TO',
  'SAID_BY',
  'ON_BEHALF_OF',
  'DOCUMENTED_IN',
  'ORIGIN',
);
export type HopRole = keyof typeof HopRole;
registerEnumType(HopRole, { name: 'HopRole', description: 'What a step of a chain did with what was said.' });

export interface HopContent {
  id: string;
  role: HopRole;
  actor: string | null;
  document: string | null;
  description: string | null;
}

/** Who says what about an entry, through whom, in which document, at which place. */
export interface CitationContent extends Content {
  about: string;
  path: string | null;
  stance: Stance;
  document: string;
  quote: string | null;
  quoteKind: QuoteKind;
  locator: string | null;
  chain: HopContent[];
  saidAt: DateContent | null;
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'Who says what about an entry, through whom, in which document, at which place.',
})
export class Citation extends Entry<CitationContent> {
  @FromContent(() => String, {
    nullable: true,
    description: 'Which part of the entry, as a JSON Pointer; null for all of it.',
  })
  path: string | null;

  @FromContent(() => Stance)
  stance: Stance;

  @FromContent(() => String, { nullable: true })
  quote: string | null;

  @FromContent(() => QuoteKind)
  quoteKind: QuoteKind;

  @FromContent(() => String, { nullable: true, description: 'Page, paragraph, timestamp: as the document counts.' })
  locator: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'One step of a chain: an actor, or a document, or words for one that is not named.',
})
export class Hop {
  @Field(() => ID)
  id: string;

  @Field(() => HopRole)
  role: HopRole;

  @Field(() => String, { nullable: true })
  description: string | null;

  readonly actorId: string | null;
  readonly documentId: string | null;

  constructor(
    content: HopContent,
    readonly lens: Lens,
  ) {
    this.id = content.id;
    this.role = content.role;
    this.description = content.description;
    this.actorId = content.actor;
    this.documentId = content.document;
  }
}
