import {
  findAll,
  findBrokenLinks,
  findMisquoted,
  findRetracted,
  findUnpublishedReferences,
  findUnsourced,
  isVerbatim,
  type Facts,
} from '../../src/rules/checks';

const facts = (given: Partial<Facts>): Facts => ({
  kind: 'CLAIM',
  mood: null,
  support: 0,
  retracted: [],
  misquoted: null,
  brokenLinks: [],
  unpublished: [],
  ...given,
});
const draft = (field: string, path = `/${field}`) => ({ path, field, entry: 'id', title: 'The draft' });

describe('UNSOURCED', () => {
  it.each<[string, Partial<Facts>, string | null]>([
    ['an allegation that nobody supports', { mood: 'ALLEGATION' }, 'ERROR'],
    ['a fact that nobody supports', { mood: 'FACT' }, 'WARNING'],
    ['a belief that nobody supports', { mood: 'BELIEF' }, 'WARNING'],
    ['a question that nobody supports', { mood: 'QUESTION' }, 'WARNING'],
    ['an allegation with one supporting citation', { mood: 'ALLEGATION', support: 1 }, null],
    ['a fact with many', { mood: 'FACT', support: 12 }, null],
    ['a story', { kind: 'STORY' }, null],
    ['a citation', { kind: 'CITATION' }, null],
    ['an actor', { kind: 'ACTOR' }, null],
  ])('of %s', (_name, given, severity) => {
    const found = findUnsourced(facts(given));
    expect(found.map((check) => [check.rule, check.severity, check.path, check.entryId])).toEqual(
      severity === null ? [] : [['UNSOURCED', severity, null, null]],
    );
  });
});

describe('RETRACTED_DOCUMENT', () => {
  const paper = { document: 'paper', title: 'The paper', citations: 1 };
  const book = { document: 'book', title: 'The book', citations: 2 };
  it.each<[string, Partial<Facts>, string[]]>([
    ['of a claim that nobody supports', {}, []],
    ['of a claim whose documents stand', { support: 3 }, []],
    ['of the only document', { support: 1, retracted: [paper] }, ['ERROR paper']],
    ['of all documents', { support: 3, retracted: [paper, book] }, ['ERROR paper', 'ERROR book']],
    ['of the only document, cited twice', { support: 2, retracted: [book] }, ['ERROR book']],
    ['of one of two', { support: 2, retracted: [paper] }, ['WARNING paper']],
    ['of two of three', { support: 4, retracted: [paper, book] }, ['WARNING paper', 'WARNING book']],
  ])('%s', (_name, given, expected) => {
    const found = findRetracted(facts(given));
    expect(found.map(({ severity, entryId }) => `${severity} ${entryId}`)).toEqual(expected);
    for (const check of found) expect(check).toMatchObject({ rule: 'RETRACTED_DOCUMENT', path: null });
  });
});

describe('QUOTE_NOT_IN_DOCUMENT', () => {
  it('names the quotation and the document', () => {
    expect(findMisquoted(facts({}))).toEqual([]);
    expect(findMisquoted(facts({ misquoted: { document: 'paper', title: 'The paper' } }))).toMatchObject([
      { rule: 'QUOTE_NOT_IN_DOCUMENT', severity: 'ERROR', path: '/quote', entryId: 'paper' },
    ]);
  });
  it.each([
    ['VERBATIM', 'words', true],
    ['VERBATIM', '', false],
    ['VERBATIM', null, false],
    ['PARAPHRASE', 'words', false],
    ['TRANSLATED', 'words', false],
  ])('is of words that are said to be the document’s own: %s %p', (quoteKind, quote, expected) => {
    expect(isVerbatim({ quoteKind, quote })).toBe(expected);
  });
});

describe('BROKEN_LINK', () => {
  it.each<[string, Partial<Facts>, [string, string | null][]]>([
    ['no links', {}, []],
    [
      'one in the body',
      { kind: 'STORY', brokenLinks: [{ path: '/body', target: 'actor:x' }] },
      [['[[actor:x]] leads nowhere yet.', '/body']],
    ],
    [
      'several, in their order',
      {
        kind: 'STORY',
        brokenLinks: [
          { path: '/body', target: 'actor:x' },
          { path: '/timeline/a/note', target: 'claim:y' },
        ],
      },
      [
        ['[[actor:x]] leads nowhere yet.', '/body'],
        ['[[claim:y]] leads nowhere yet.', '/timeline/a/note'],
      ],
    ],
  ])('of %s', (_name, given, expected) => {
    const found = findBrokenLinks(facts(given));
    expect(found.map((check) => [check.message, check.path])).toEqual(expected);
    for (const check of found) expect(check).toMatchObject({ rule: 'BROKEN_LINK', severity: 'WARNING', entryId: null });
  });
});

describe('UNPUBLISHED_REFERENCE', () => {
  it.each<[Facts['kind'], string, string]>([
    ['CLAIM', 'subject', 'ERROR'],
    ['CITATION', 'about', 'ERROR'],
    ['CITATION', 'document', 'ERROR'],
    ['CLAIM', 'value.entry', 'WARNING'],
    ['CLAIM', 'relations.claim', 'WARNING'],
    ['CITATION', 'chain.actor', 'WARNING'],
    ['CITATION', 'chain.document', 'WARNING'],
    ['STORY', 'cast.actor', 'WARNING'],
    ['STORY', 'body', 'WARNING'],
    ['EVENT', 'partOf', 'WARNING'],
    ['DOCUMENT', 'publisher', 'WARNING'],
    ['ACTOR', 'names.usedIn', 'WARNING'],
  ])('of %s %s is a %s', (kind, field, severity) => {
    expect(findUnpublishedReferences(facts({ kind, unpublished: [draft(field)] }))).toEqual([
      {
        rule: 'UNPUBLISHED_REFERENCE',
        severity,
        message: '“The draft” is not public: readers will not see it here.',
        path: `/${field}`,
        entryId: 'id',
      },
    ]);
  });
});

it('All that is found is told, worst first, each rule in its order', () => {
  const found = findAll(
    facts({
      mood: 'ALLEGATION',
      brokenLinks: [{ path: '/a', target: 'actor:x' }],
      unpublished: [draft('relations.claim'), draft('subject')],
    }),
  );
  expect(found.map((check) => `${check.severity} ${check.rule} ${check.path}`)).toEqual([
    'ERROR UNSOURCED null',
    'ERROR UNPUBLISHED_REFERENCE /subject',
    'WARNING UNPUBLISHED_REFERENCE /relations.claim',
    'WARNING BROKEN_LINK /a',
  ]);
  expect(findAll(facts({ kind: 'STORY' }))).toEqual([]);
});
