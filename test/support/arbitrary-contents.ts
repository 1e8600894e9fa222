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

/** As Postgres gives it back: plain objects, which share nothing. */
const asStored = (content: Content): Content => JSON.parse(JSON.stringify(content)) as Content;

/** Contents of the two kinds that between them have fields of every shape. */
export const CONTENTS = { STORY: story.map(asStored), ACTOR: actor.map(asStored) } as const;
