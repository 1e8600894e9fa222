import { ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { Derived, FromContent } from './derived';
import { type Content, Entry } from './entry';
import type { DateContent } from './fuzzy-date';
import { Node } from './node';
import { DateTime, WebAddress } from './scalars';

export const DocumentType = words(
  'ARTICLE',
  'STATEMENT',
  'FILING',
  'BROADCAST',
  'SOCIAL_POST',
  'INTERVIEW',
  'DATASET',
  'BOOK',
  'OTHER',
);
export type DocumentType = keyof typeof DocumentType;
registerEnumType(DocumentType, { name: 'DocumentType', description: 'What sort of document it is.' });

export const DocumentStatus = words('ACTIVE', 'CORRECTED', 'RETRACTED', 'UNAVAILABLE');
export type DocumentStatus = keyof typeof DocumentStatus;
registerEnumType(DocumentStatus, {
  name: 'DocumentStatus',
  description: 'How its publisher stands to it now. What a RETRACTED document says supports nothing.',
});

/** Something that can be cited. */
export interface DocumentContent extends Content {
  title: string;
  documentType: DocumentType;
  url: string | null;
  archiveUrl: string | null;
  publisher: string | null;
  authors: string[];
  publishedAt: DateContent | null;
  /** RFC 3339. */
  retrievedAt: string | null;
  translationOf: string | null;
  status: DocumentStatus;
  statusNote: string | null;
  /** Hash of the kept text. */
  keptText: string | null;
}

@ObjectType({
  implements: [Node, Entry],
  simpleResolvers: true,
  description: 'Something that can be cited: an article, a filing, a broadcast.',
})
export class Document extends Entry<DocumentContent> {
  @FromContent(() => DocumentType)
  documentType: DocumentType;

  @FromContent(() => WebAddress, { nullable: true })
  url: string | null;

  @FromContent(() => WebAddress, { nullable: true, description: 'Where a copy is kept.' })
  archiveUrl: string | null;

  @FromContent(() => DateTime, { nullable: true, description: 'When the newsroom read it.' })
  retrievedAt: string | null;

  @FromContent(() => DocumentStatus)
  status: DocumentStatus;

  @FromContent(() => String, { nullable: true, description: 'Why it is no longer ACTIVE.' })
  statusNote: string | null;

  // The hash under which the text is kept is the text's own SHA-256, so it is what the contract asks for.
  @Derived<Document>(() => String, (document) => document.content.keptText, {
    nullable: true,
    description: 'SHA-256 of the kept text (UTF-8, as stored), hexadecimal.',
  })
  keptTextHash: string | null;
}
