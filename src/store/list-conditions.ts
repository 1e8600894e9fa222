import type { EntryKind } from '../model/entry';
import { isUuid } from '../base/node-id';
import { IDENTITY_NOW } from './identity';
import { isStorable, onFacet, onReference, onReferrer, onSpan, onText, onTexts, type Parameters } from './filters';

const { rootOf, namedBy, clusterOf } = IDENTITY_NOW;

const SUPPORTING = `('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')`;

/** That an actor stands anywhere in the chain of a citation about the claim. */
const attributedTo = (id: string, parameters: Parameters): string => {
  if (!isUuid(id)) return 'false';
  const actor = namedBy(`${parameters.add(id)}::uuid`, '$1');
  return `exists (
    select from link about
      join link hop on hop.from_entry = about.from_entry and hop.view = $1 and hop.field = 'chain.actor'
        and hop.to_entry = any(${clusterOf(actor)}) and hop.until is null
      join shown c on c.entry = about.from_entry and c.view = $1 and c.state <> 'DELETED'
      join shown a on a.entry = ${actor} and a.view = $1
      where about.to_entry = any(${clusterOf('s.entry')}) and about.view = $1 and about.field = 'about' and about.until is null)`;
};

/** What the checks of `rules/checks.ts` find, as conditions; always on what editors see. */
const CHECKS: Readonly<Record<string, string>> = {
  UNSOURCED: `not exists (
    select from link l join shown c on c.entry = l.from_entry and c.view = 'LATEST' and c.state <> 'DELETED'
      where l.to_entry = any(${clusterOf('s.entry')}) and l.view = 'LATEST' and l.field = 'about' and l.until is null
        and c.facets ->> 'stance' in ${SUPPORTING})`,
  BROKEN_LINK: `exists (
    select from link l
      where l.from_entry = s.entry and l.view = 'LATEST' and l.until is null and l.wanted_slug is not null)`,
  UNPUBLISHED_REFERENCE: `exists (
    select from link l
      where l.from_entry = s.entry and l.view = 'LATEST' and l.until is null and l.to_entry is not null
        and not exists (select from shown p where p.entry = ${rootOf('l.to_entry')} and p.view = 'PUBLISHED'))`,
};

const asKept = (text: string): string => text.trim().normalize('NFC');

/** What each field of a kind's filter asks. Fields that all kinds share stand in `filters.ts`. */
export const LIST_CONDITIONS = {
  STORY: {
    headline: onText(`s.facets ->> 'foldedHeadline'`),
    topic: onTexts('foldedTopics'),
    actor: onReference('cast.actor', 'body', 'timeline.note'),
    event: onReference('timeline.event', 'body', 'timeline.note'),
    claim: onReference('timeline.claim', 'body', 'timeline.note'),
  },
  ACTOR: {
    actorType: onFacet('actorType'),
    name: onTexts('foldedNames'),
    story: onReferrer('cast.actor', 'body', 'timeline.note'),
    identifier: ({ scheme, value }: { scheme: string; value: string }, parameters: Parameters) =>
      isStorable(scheme) && isStorable(value)
        ? onFacet('identifiers')([{ scheme: asKept(scheme), value: asKept(value) }], parameters)
        : 'false',
  },
  EVENT: {
    eventType: onFacet('eventType'),
    when: onSpan,
    participant: onReference('participants.actor'),
    story: onReferrer('timeline.event', 'body', 'timeline.note'),
  },
  CLAIM: {
    story: onReferrer('timeline.claim', 'body', 'timeline.note'),
    subject: onReference('subject'),
    property: onText(`s.facets ->> 'foldedProperty'`),
    attributedTo,
    check: (rule: string, { newsroom }: Parameters) => (newsroom ? CHECKS[rule] : undefined) ?? 'false',
    when: onSpan,
  },
  DOCUMENT: {
    documentType: onFacet('documentType'),
    publisher: onReference('publisher'),
    url: onText(`s.facets ->> 'foldedUrl'`),
    status: onFacet('status'),
    publishedAt: onSpan,
  },
  CITATION: {
    about: onReference('about'),
    document: onReference('document'),
    stance: onFacet('stance'),
    actor: onReference('chain.actor'),
  },
} as const satisfies Record<EntryKind, Record<string, unknown>>;
