import * as fc from 'fast-check';
import { sha256 } from '../../src/base/hash';
import type { Content } from '../../src/model/entry';

/** Long texts that contents may hold, by hash. */
export const TEXTS: ReadonlyMap<string, string> = new Map(
  ['The body.', 'The body,\n\nlonger.', 'Another body.'].map((text) => [sha256(text), text]),
);

/** Few values, so that two contents often agree. */
const word = fc.constantFrom('guard', 'Assembly', 'a/b~c', 'é', 'airport');
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { freq: 2 });
export const ENTRIES = Array.from({ length: 6 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`);
const reference = fc.constantFrom(...ENTRIES);
const text = maybe(fc.constantFrom(...TEXTS.keys()));
const date = maybe(
  fc.constantFrom(
    { edtf: '2014-12?', wording: null, anchor: null },
    { edtf: null, wording: 'in December', anchor: null },
    { edtf: '2014-12?', wording: 'in December', anchor: ENTRIES[0] as string },
  ),
);
const setOf = <Value>(member: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.uniqueArray(member, { maxLength: 4, selector: (value) => JSON.stringify(value) });

/** A list of items with ids of their own, in any order. */
const listOf = <Item extends object>(
  item: fc.Arbitrary<Item>,
  minLength = 0,
): fc.Arbitrary<({ id: string } & Item)[]> =>
  fc
    .uniqueArray(fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7'), { minLength, maxLength: 7 })
    .chain((ids) => fc.tuple(...ids.map((id) => item.map((values) => ({ id, ...values })))));

const story: fc.Arbitrary<Content> = fc.record({
  slug: fc.constantFrom('guard', 'vote'),
  language: fc.constantFrom('en', 'es'),
  headline: word,
  summary: maybe(word),
  body: text,
  topics: setOf(word),
  timeline: listOf(fc.record({ event: maybe(reference), claim: fc.constant(null), note: word })),
  cast: listOf(fc.record({ actor: reference, role: maybe(word) })),
  related: listOf(fc.record({ story: reference, relation: fc.constantFrom('FOLLOWS', 'SEE_ALSO') })),
});

const actor: fc.Arbitrary<Content> = fc.record({
  slug: fc.constantFrom('guard', 'vote'),
  language: fc.constantFrom('en', 'es'),
  actorType: fc.constantFrom('PERSON', 'UNKNOWN'),
  names: listOf(
    fc.record({
      text: word,
      kind: fc.constantFrom('OFFICIAL', 'ALIAS'),
      language: maybe(fc.constant('es')),
      preferred: fc.constant(false),
      usedIn: setOf(reference),
    }),
    1,
  ).map((names) => names.map((name, index) => ({ ...name, preferred: index === 0 }))),
  description: maybe(word),
  body: text,
  roles: listOf(fc.record({ title: word, organization: maybe(reference), period: date, note: maybe(word) })),
  relations: listOf(fc.record({ type: word, actor: reference, period: date, note: maybe(word) })),
  identifiers: setOf(fc.record({ scheme: word, value: word })),
  anonymity: maybe(fc.record({ description: word, reason: maybe(word), basis: maybe(word) })),
});

const event: fc.Arbitrary<Content> = fc.record({
  slug: fc.constantFrom('guard', 'vote'),
  language: fc.constantFrom('en', 'es'),
  title: word,
  eventType: fc.constantFrom('ARREST', 'OTHER'),
  body: text,
  when: date,
  place: maybe(
    fc.record({
      name: word,
      country: maybe(word),
      latitude: maybe(fc.constantFrom(0, 10.5)),
      longitude: fc.constant(null),
    }),
  ),
  occurrence: fc.constantFrom('OCCURRED', 'DISPUTED'),
  participants: listOf(fc.record({ actor: reference, role: maybe(word) })),
  partOf: maybe(reference),
});

const claim: fc.Arbitrary<Content> = fc.record({
  language: fc.constantFrom('en', 'es'),
  text: word,
  subject: reference,
  property: maybe(word),
  value: maybe(
    fc.constantFrom(
      { text: null, number: 0, unit: 'kg', date: null, entry: null },
      { text: 'a/b~c', number: null, unit: null, date: null, entry: null },
      { text: null, number: null, unit: null, date: null, entry: ENTRIES[1] as string },
    ),
  ),
  mood: fc.constantFrom('FACT', 'ALLEGATION'),
  when: date,
  relations: listOf(fc.record({ kind: fc.constantFrom('SAME_AS', 'CONTRADICTS'), claim: reference })),
  verdict: maybe(fc.record({ rating: fc.constantFrom('TRUE', 'FALSE'), reason: word })),
});

const document: fc.Arbitrary<Content> = fc.record({
  language: fc.constantFrom('en', 'es'),
  title: word,
  documentType: fc.constantFrom('ARTICLE', 'INTERVIEW'),
  url: maybe(fc.constantFrom('https://example.org/a', 'https://example.org/b')),
  archiveUrl: fc.constant(null),
  publisher: maybe(reference),
  authors: setOf(reference),
  publishedAt: date,
  retrievedAt: maybe(fc.constant('2015-01-28T14:05:00.000Z')),
  translationOf: maybe(reference),
  status: fc.constantFrom('ACTIVE', 'RETRACTED'),
  statusNote: maybe(word),
  keptText: text,
});

const citation: fc.Arbitrary<Content> = fc.record({
  language: fc.constantFrom('en', 'es'),
  about: reference,
  path: maybe(fc.constantFrom('/headline', '/timeline/i1/note')),
  stance: fc.constantFrom('ASSERTS', 'DENIES'),
  document: reference,
  quote: maybe(word),
  quoteKind: fc.constantFrom('VERBATIM', 'PARAPHRASE'),
  locator: maybe(word),
  chain: listOf(
    fc.record({
      role: fc.constantFrom('VIA', 'SAID_BY'),
      actor: maybe(reference),
      document: maybe(reference),
      description: word,
    }),
  ),
  saidAt: date,
});

/** As Postgres gives it back: plain objects, which share nothing. */
const asStored = (content: Content): Content => JSON.parse(JSON.stringify(content)) as Content;

/** Contents of every kind. */
export const CONTENTS = {
  STORY: story.map(asStored),
  ACTOR: actor.map(asStored),
  EVENT: event.map(asStored),
  CLAIM: claim.map(asStored),
  DOCUMENT: document.map(asStored),
  CITATION: citation.map(asStored),
} as const;
