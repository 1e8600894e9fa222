import { createHash } from 'node:crypto';
import type { Answer } from '../support/newsroom';

/** Entries that others refer to. */
export type Ids = Record<
  'person' | 'ministry' | 'outlet' | 'event' | 'claim' | 'story' | 'report' | 'original',
  string
>;

const DATE = 'edtf wording earliest latest status uncertain approximate';
const december = { edtf: '2014-12?', wording: 'I think in December' };
const decemberRead = {
  ...december,
  earliest: '2014-12-01T00:00:00.000Z',
  latest: '2015-01-01T00:00:00.000Z',
  status: 'RESOLVED',
  uncertain: true,
  approximate: false,
};
const someDay = { wording: 'the day after the vote' };
const someDayRead = {
  edtf: null,
  wording: 'the day after the vote',
  earliest: null,
  latest: null,
  status: 'UNANCHORED',
  uncertain: false,
  approximate: false,
};
const BODY = 'First paragraph with [a link](https://example.org).\n\n  Indented, مرحبا, 👩‍👩‍👧 and é.\n';

/** A kind with all it can hold. */
export interface Kind {
  word: string;
  /** What is asked back. */
  selection: string;
  /** All fields of the kind, and how they are read back. */
  created: (ids: Ids) => { fields: Answer; read: Answer };
  /** An edit of some, and how these are read back. */
  edited: (ids: Ids) => { fields: Answer; read: Answer };
}

export const kinds: Kind[] = [
  {
    word: 'Story',
    selection: `slug language title headline summary body topics
      timeline { event { id } claim { id } note } cast { actor { id } role } related { story { id } relation }`,
    created: (ids) => ({
      fields: {
        slug: 'the-guard',
        language: 'es-VE',
        headline: 'The guard who left',
        summary: 'Two lines\nof summary',
        body: BODY,
        topics: ['defections', 'drug trade'],
        timeline: [{ event: ids.event, note: 'It began so' }, { claim: ids.claim }, { note: 'Nobody knows more.' }],
        cast: [{ actor: ids.person, role: 'the guard' }, { actor: ids.ministry }],
        related: [{ story: ids.story, relation: 'BACKGROUND' }],
      },
      read: {
        slug: 'the-guard',
        language: 'es-VE',
        title: 'The guard who left',
        headline: 'The guard who left',
        summary: 'Two lines\nof summary',
        body: BODY,
        topics: ['defections', 'drug trade'],
        timeline: [
          { event: { id: ids.event }, claim: null, note: 'It began so' },
          { event: null, claim: { id: ids.claim }, note: null },
          { event: null, claim: null, note: 'Nobody knows more.' },
        ],
        cast: [
          { actor: { id: ids.person }, role: 'the guard' },
          { actor: { id: ids.ministry }, role: null },
        ],
        related: [{ story: { id: ids.story }, relation: 'BACKGROUND' }],
      },
    }),
    edited: () => ({
      fields: {
        headline: 'The guard who stayed',
        summary: null,
        topics: ['drug trade'],
        timeline: null,
        body: 'Short.',
      },
      read: {
        title: 'The guard who stayed',
        headline: 'The guard who stayed',
        summary: null,
        topics: ['drug trade'],
        timeline: [],
        body: 'Short.',
      },
    }),
  },
  {
    word: 'Actor',
    selection: `slug language title name actorType description body
      names { text kind language preferred usedIn { id } }
      roles { title organization { id } period { ${DATE} } note } relations { type actor { id } period { ${DATE} } note }
      identifiers { scheme value } anonymity { description reason basis }`,
    created: (ids) => ({
      fields: {
        slug: 'leamsy-salazar',
        language: 'en',
        actorType: 'PERSON',
        names: [
          { text: 'Leamsy Villafaña', kind: 'ALIAS' },
          { text: 'Leamsy Salazar', preferred: true, language: 'es', usedIn: [ids.report, ids.original] },
        ],
        description: 'A guard of two presidents of the Assembly',
        body: BODY,
        roles: [{ title: 'Guard', organization: ids.ministry, period: { edtf: '2007/2014-12' }, note: 'of the chair' }],
        relations: [{ type: 'subordinate', actor: ids.person, period: someDay, note: 'until he left' }],
        identifiers: [{ scheme: 'wikidata', value: 'Q1' }],
        anonymity: { description: 'a guard', reason: 'fear', basis: 'was there' },
      },
      read: {
        slug: 'leamsy-salazar',
        language: 'en',
        title: 'Leamsy Salazar',
        name: 'Leamsy Salazar',
        actorType: 'PERSON',
        description: 'A guard of two presidents of the Assembly',
        body: BODY,
        names: [
          { text: 'Leamsy Villafaña', kind: 'ALIAS', language: null, preferred: false, usedIn: [] },
          {
            text: 'Leamsy Salazar',
            kind: 'OFFICIAL',
            language: 'es',
            preferred: true,
            usedIn: [{ id: ids.report }, { id: ids.original }],
          },
        ],
        roles: [
          {
            title: 'Guard',
            organization: { id: ids.ministry },
            note: 'of the chair',
            period: {
              edtf: '2007/2014-12',
              wording: null,
              earliest: '2007-01-01T00:00:00.000Z',
              latest: '2015-01-01T00:00:00.000Z',
              status: 'RESOLVED',
              uncertain: false,
              approximate: false,
            },
          },
        ],
        relations: [{ type: 'subordinate', actor: { id: ids.person }, period: someDayRead, note: 'until he left' }],
        identifiers: [{ scheme: 'wikidata', value: 'Q1' }],
        anonymity: { description: 'a guard', reason: 'fear', basis: 'was there' },
      },
    }),
    edited: () => ({
      fields: { names: [{ text: 'L. Salazar' }], anonymity: null, roles: [], identifiers: null, actorType: 'UNKNOWN' },
      read: {
        title: 'L. Salazar',
        name: 'L. Salazar',
        names: [{ text: 'L. Salazar', kind: 'OFFICIAL', language: null, preferred: true, usedIn: [] }],
        anonymity: null,
        roles: [],
        identifiers: [],
        actorType: 'UNKNOWN',
      },
    }),
  },
  {
    word: 'Event',
    selection: `slug language title eventType body when { ${DATE} } place { name country latitude longitude }
      occurrence participants { actor { id } role } partOf { id }`,
    created: (ids) => ({
      fields: {
        slug: 'arrival',
        language: 'en',
        title: 'Arrival in Washington',
        eventType: 'DEFECTION',
        body: BODY,
        when: december,
        place: { name: 'Washington', country: 'US', latitude: 38.9, longitude: -77 },
        occurrence: 'DISPUTED',
        participants: [{ actor: ids.person, role: 'the guard' }],
        partOf: ids.event,
      },
      read: {
        slug: 'arrival',
        language: 'en',
        title: 'Arrival in Washington',
        eventType: 'DEFECTION',
        body: BODY,
        when: decemberRead,
        place: { name: 'Washington', country: 'US', latitude: 38.9, longitude: -77 },
        occurrence: 'DISPUTED',
        participants: [{ actor: { id: ids.person }, role: 'the guard' }],
        partOf: { id: ids.event },
      },
    }),
    edited: () => ({
      fields: { when: someDay, place: { name: 'Miami' }, eventType: null, occurrence: null, partOf: null },
      read: {
        when: someDayRead,
        place: { name: 'Miami', country: null, latitude: null, longitude: null },
        eventType: 'OTHER',
        occurrence: 'OCCURRED',
        partOf: null,
      },
    }),
  },
  {
    word: 'Claim',
    selection: `slug language title text subject { id } property
      value { text number unit date { ${DATE} } entry { id } } mood when { ${DATE} }
      relations { kind claim { id } } verdict { rating reason }`,
    created: (ids) => ({
      fields: {
        language: 'en',
        text: 'The guard carried five tonnes',
        subject: ids.person,
        property: 'carried',
        value: { number: 5.5, unit: 't' },
        mood: 'BELIEF',
        when: december,
        relations: [{ kind: 'STRONGER_THAN', claim: ids.claim }],
        verdict: { rating: 'UNPROVEN', reason: 'One source,\nnot named.' },
      },
      read: {
        slug: null,
        language: 'en',
        title: 'The guard carried five tonnes',
        text: 'The guard carried five tonnes',
        subject: { id: ids.person },
        property: 'carried',
        value: { text: null, number: 5.5, unit: 't', date: null, entry: null },
        mood: 'BELIEF',
        when: decemberRead,
        relations: [{ kind: 'STRONGER_THAN', claim: { id: ids.claim } }],
        verdict: { rating: 'UNPROVEN', reason: 'One source,\nnot named.' },
      },
    }),
    edited: (ids) => ({
      fields: { value: { entry: ids.ministry }, verdict: null, subject: ids.event },
      read: {
        value: { text: null, number: null, unit: null, date: null, entry: { id: ids.ministry } },
        verdict: null,
        subject: { id: ids.event },
      },
    }),
  },
  {
    word: 'Document',
    selection: `slug language title documentType url archiveUrl publisher { id } authors { id } publishedAt { ${DATE} }
      retrievedAt translationOf { id } status statusNote keptText keptTextHash`,
    created: (ids) => ({
      fields: {
        language: 'es',
        title: 'The guard speaks',
        documentType: 'INTERVIEW',
        url: 'https://example.org/a?b=c',
        archiveUrl: 'https://archive.example.org/1',
        publisher: ids.outlet,
        authors: [ids.person, ids.ministry],
        publishedAt: { ...december, anchor: ids.original },
        retrievedAt: '2015-01-28T15:05:00+01:00',
        translationOf: ids.original,
        status: 'CORRECTED',
        statusNote: 'A name was wrong.',
        keptText: BODY,
      },
      read: {
        slug: null,
        language: 'es',
        title: 'The guard speaks',
        documentType: 'INTERVIEW',
        url: 'https://example.org/a?b=c',
        archiveUrl: 'https://archive.example.org/1',
        publisher: { id: ids.outlet },
        authors: [{ id: ids.person }, { id: ids.ministry }],
        publishedAt: decemberRead,
        retrievedAt: '2015-01-28T14:05:00.000Z',
        translationOf: { id: ids.original },
        status: 'CORRECTED',
        statusNote: 'A name was wrong.',
        keptText: BODY,
        keptTextHash: createHash('sha256').update(BODY).digest('hex'),
      },
    }),
    edited: (ids) => ({
      fields: { url: null, authors: [ids.ministry], keptText: null, status: null, retrievedAt: null },
      read: {
        url: null,
        authors: [{ id: ids.ministry }],
        keptText: null,
        keptTextHash: null,
        status: 'ACTIVE',
        retrievedAt: null,
      },
    }),
  },
  {
    word: 'Citation',
    selection: `slug language title about { id } path stance document { id } quote quoteKind locator
      chain { role actor { id } document { id } description } saidAt { ${DATE} }`,
    created: (ids) => ({
      fields: {
        language: 'en',
        about: ids.claim,
        path: '/value',
        stance: 'DENIES',
        document: ids.report,
        quote: 'Never.\nNot once.',
        quoteKind: 'TRANSLATED',
        locator: 'paragraph 4',
        chain: [
          { role: 'VIA', actor: ids.outlet, document: ids.original },
          { role: 'SAID_BY', description: 'an official' },
        ],
        saidAt: december,
      },
      read: {
        slug: null,
        language: 'en',
        title: 'Denies: “Never. Not once.”',
        about: { id: ids.claim },
        path: '/value',
        stance: 'DENIES',
        document: { id: ids.report },
        quote: 'Never.\nNot once.',
        quoteKind: 'TRANSLATED',
        locator: 'paragraph 4',
        chain: [
          { role: 'VIA', actor: { id: ids.outlet }, document: { id: ids.original }, description: null },
          { role: 'SAID_BY', actor: null, document: null, description: 'an official' },
        ],
        saidAt: decemberRead,
      },
    }),
    edited: (ids) => ({
      fields: { about: ids.event, quote: null, quoteKind: null, chain: null, saidAt: null },
      read: {
        title: 'Denies',
        about: { id: ids.event },
        quote: null,
        quoteKind: 'PARAPHRASE',
        chain: [],
        saidAt: null,
      },
    }),
  },
];
