import { type DocumentContent, DocumentStatus, DocumentType } from '../model/document';
import { newsroomOnly, required } from './fields';
import { fuzzyDate, setOf } from './field-groups';
import { entryLanguage, instant, line, longText, oneOf, reference, requiredWord, shortText, url } from './field-types';
import { defineKind } from './kind';
import { fold } from './titles';

export const documentRules = defineKind<DocumentContent>({
  kind: 'DOCUMENT',
  format: 1,
  steps: [],
  hasSlug: false,
  fields: {
    language: entryLanguage(),
    title: required(line('headline')),
    documentType: requiredWord(DocumentType),
    url: url(),
    archiveUrl: url(),
    publisher: reference(['ACTOR']),
    authors: setOf(reference(['ACTOR'], { essential: true })),
    publishedAt: fuzzyDate(),
    retrievedAt: instant(),
    translationOf: reference(['DOCUMENT'], { acyclic: true }),
    status: oneOf(DocumentStatus, 'ACTIVE'),
    statusNote: shortText(5000),
    keptText: newsroomOnly(longText('keptText')),
  },
  joins: { authors: {} },
  title: (document) => document.title,
  when: (document) => document.publishedAt,
  facets: (document) => ({
    documentType: document.documentType,
    foldedUrl: document.url && fold(document.url),
    status: document.status,
  }),
});
