import * as fc from 'fast-check';
import type { Content, EntryKind } from '../../src/model/entry';
import {
  emptyContent,
  inNewestFormat,
  readGivenFields,
  readNewContent,
  referencesOf,
  sameContent,
  settleGiven,
  visibleContent,
} from '../../src/rules/contents';
import { derive } from '../../src/rules/derive';
import { spellOut } from '../../src/rules/diff';
import type { FieldRules, Reading } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';
import { CONTENTS, ENTRIES, TEXTS } from '../support/arbitrary-contents';

let items = 0;
const startReading = (): Reading => ({
  limits: { headline: 300, summary: 1000, body: 200_000, keptText: 1_000_000, comment: 10_000, listItems: 500 },
  defaultLanguage: 'en',
  newItemId: () => `new-${(items += 1)}`,
  refs: null,
  problems: [],
  texts: new Map(),
  wikiLinks: 0,
  claimedItems: [],
});
const kinds = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];

describe.each(kinds)('A content of the kind %s', (kind) => {
  it('that was read can be written back whole, and is the same', () => {
    fc.assert(
      fc.property(CONTENTS[kind], (content) => {
        const reading = startReading();
        const given = readGivenFields(kind, spellOut(kind, content, TEXTS), reading);
        expect(reading.problems).toEqual([]);
        expect(given).toEqual(content);
        expect(settleGiven(kind, content, given)).toEqual(content);
        for (const [hash, text] of reading.texts) expect(TEXTS.get(hash)).toBe(text);
      }),
    );
  });

  it('that was read is what its fields hold', () => {
    fc.assert(
      fc.property(CONTENTS[kind], (content) => {
        for (const [name, rule] of Object.entries(KINDS[kind].fields))
          expect([name, rule.holds(content[name as keyof Content])]).toEqual([name, true]);
      }),
    );
  });

  it('is read from whatever stands in its fields: taken, or refused with a path, and never thrown out', () => {
    const leaf = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.boolean(), fc.constant(null));
    const fields = Object.keys(KINDS[kind].fields).filter((name) => !Array.isArray(KINDS[kind].fields[name]?.empty));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields), leaf), (input) => {
        const reading = startReading();
        const given = readGivenFields(kind, input, reading);
        for (const problem of reading.problems) expect(problem.path).toMatch(/^\/\w+/);
        expect(Object.keys(given).every((name) => name in KINDS[kind].fields)).toBe(true);
      }),
    );
  });

  it('shows no reference to what may not be seen, nor what is nothing without it, and keeps all else', () => {
    fc.assert(
      fc.property(CONTENTS[kind], fc.subarray(ENTRIES), (content, seen) => {
        const visible = visibleContent(kind, content, (id) => (seen.includes(id) ? id : null), true);
        for (const { to } of referencesOf(kind, visible)) expect(seen).toContain(to);
        expect(visibleContent(kind, content, (id) => id, true)).toEqual(content);
        const lists = Object.entries(visible).filter(([, value]) => Array.isArray(value)) as [
          string,
          { id?: string }[],
        ][];
        for (const [name, list] of lists)
          expect((content[name] as { id?: string }[]).map((item) => item.id ?? item)).toEqual(
            expect.arrayContaining(list.map((item) => item.id ?? item)),
          );
      }),
    );
  });

  it('has each of its references as a link, once', () => {
    fc.assert(
      fc.property(CONTENTS[kind], (content) => {
        const { links } = derive(kind, content);
        const lines = links.map(({ field, item, to }) => `${field} ${item} ${to}`);
        expect(new Set(lines).size).toBe(lines.length);
        expect(new Set(lines)).toEqual(
          new Set([...referencesOf(kind, content)].map(({ field, item, to }) => `${field} ${item} ${to}`)),
        );
      }),
    );
  });

  it('is the same as itself, whatever the order of its sets, and not as one with other items', () => {
    fc.assert(
      fc.property(CONTENTS[kind], CONTENTS[kind], (one, other) => {
        expect(sameContent(kind, one, one)).toBe(true);
        expect(sameContent(kind, one, other)).toBe(sameContent(kind, other, one));
        expect(sameContent(kind, one, JSON.parse(JSON.stringify(one)))).toBe(true);
      }),
    );
  });
});

describe('What only the newsroom may see', () => {
  it('is empty for everybody else: which spelling is used where, how a source is placed to know, kept texts', () => {
    const actor = {
      ...emptyContent('ACTOR'),
      names: [{ id: 'a', text: 'A', kind: 'OFFICIAL', language: null, preferred: true, usedIn: [ENTRIES[0]] }],
      anonymity: { description: 'an official', reason: 'fear', basis: 'was there' },
    } as Content;
    const seen = visibleContent('ACTOR', actor, (id) => id, false);
    expect(seen['names']).toMatchObject([{ text: 'A', usedIn: [] }]);
    expect(seen['anonymity']).toEqual({ description: 'an official', reason: 'fear', basis: null });
    const document = { ...emptyContent('DOCUMENT'), keptText: 'hash', statusNote: 'public' } as Content;
    expect(visibleContent('DOCUMENT', document, (id) => id, false)).toMatchObject({
      keptText: null,
      statusNote: 'public',
    });
  });
});

describe('Every kind', () => {
  const all = Object.keys(KINDS) as EntryKind[];

  it.each(all)('%s names what a create must have, and nothing else, when all is left out', (kind) => {
    const reading = startReading();
    readNewContent(kind, {}, reading);
    expect(new Set(reading.problems.map((problem) => problem.code))).toEqual(new Set(['REQUIRED']));
    for (const { path } of reading.problems) expect(KINDS[kind].fields[String(path).slice(1)]?.required).toBe(true);
  });

  it.each(all)('%s has fields without holes: an empty content has all of them, and leads nowhere', (kind) => {
    const empty = emptyContent(kind);
    expect(Object.keys(empty)).toEqual(Object.keys(KINDS[kind].fields));
    expect([...referencesOf(kind, empty)]).toEqual([]);
    expect(visibleContent(kind, empty, () => null, false)).toEqual(empty);
    expect(sameContent(kind, empty, emptyContent(kind))).toBe(true);
  });

  it.each(all)('%s reads contents of every format it ever had', (kind) => {
    expect(KINDS[kind].steps).toHaveLength(KINDS[kind].format - 1);
    const content = emptyContent(kind);
    expect(inNewestFormat(kind, KINDS[kind].format, content)).toEqual(content);
  });
});

it('What was cleaned of addresses, languages, slugs, dates and moments is what such a field holds', () => {
  const { slug, language } = KINDS.STORY.fields as FieldRules;
  const { url, publishedAt, retrievedAt } = KINDS.DOCUMENT.fields as FieldRules;
  const day = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const words = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary' }).map((tail) => `https://ex\u00e4mple.org/${tail}`),
    fc.stringMatching(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
    fc.stringMatching(/^-?[0-9X]{4}(-[0-9X]{2}(-[0-9X]{2})?)?[?~%]?(\/([0-9]{4}(-[0-9]{2})?|\.\.)?)?$/),
    day,
    day.map((date) => date.slice(0, 10)),
  );
  let taken = 0;
  fc.assert(
    fc.property(words, (value) => {
      for (const [rule, input] of [
        [slug, value],
        [language, value],
        [url, value],
        [retrievedAt, value],
        [publishedAt, { edtf: value }],
      ] as const) {
        const reading = startReading();
        const read = rule?.read(input, '/x', reading);
        // A slug that is '' stands for one of the title, and is none yet.
        if (reading.problems.length > 0 || read === '') continue;
        taken += 1;
        expect([input, read, rule?.holds(read)]).toEqual([input, read, true]);
      }
    }),
    { numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(500);
});

it('What was put together elsewhere, of the wrong sort, is not what a field holds', () => {
  const { cast, topics, slug } = KINDS.STORY.fields as FieldRules;
  const { mood, value } = KINDS.CLAIM.fields as FieldRules;
  const item = { id: 'i1', actor: ENTRIES[0], role: null };
  expect(cast?.holds([item, { ...item, id: 'i2' }])).toBe(true);
  for (const wrong of [
    null,
    {},
    [null],
    [{ ...item, id: 7 }],
    [item, item],
    [{ ...item, role: 7 }],
    [{ ...item, x: 1 }],
  ])
    expect([wrong, cast?.holds(wrong)]).toEqual([wrong, false]);
  expect([['a'], 'a', ['a', null], null].map((given) => topics?.holds(given))).toEqual([true, false, false, false]);
  expect(['FACT', 'fact', null, 7].map((given) => mood?.holds(given))).toEqual([true, false, false, false]);
  expect(['a-b', 'A b', '', null].map((given) => slug?.holds(given))).toEqual([true, false, false, false]);
  expect([null, 7, { number: 3 }].map((given) => value?.holds(given))).toEqual([true, false, false]);
});
