import { getIntrospectionQuery } from 'graphql';
import { checkLimits, checkVariables, depthOfJson, type QueryLimits, type Variables } from '../../src/api/limits';
import { busyMs } from '../support/busy';

const limits: QueryLimits = {
  queryLength: 20_000,
  queryTokens: 2000,
  queryDepth: 15,
  queryAliases: 30,
  queryFields: 500,
  queryRootFields: 20,
  queryMutations: 5,
  queryNodes: 20_000,
  pageDefault: 20,
};
/** For what only the limit under test shall refuse. */
const wide: QueryLimits = { ...limits, queryLength: 10_000_000, queryTokens: 10_000_000 };

const refusal = (source: string, within: QueryLimits = limits, variables?: Variables) => {
  const error = checkLimits(source, within, variables);
  return (
    error && {
      code: error.code,
      limit: error.details['limit'],
      max: error.details['max'],
      actual: error.details['actual'],
    }
  );
};
const tooComplex = (limit: string, max: number, actual: unknown) => ({ code: 'QUERY_TOO_COMPLEX', limit, max, actual });
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const nested = (levels: number) => '{a'.repeat(levels) + '}'.repeat(levels);

const STORY_PAGE = `
  query StoryPage($slug: String!, $first: Int = 50) {
    story(slug: $slug) {
      ...Head
      timeline { id note event { ...Head when { edtf earliest } participants { role actor { ...Head } }
        citations(first: $first) { totalCount edges { cursor node { stance quote document { ...Head publisher { id name } } } } } } }
    }
  }
  fragment Head on Entry { __typename id title slug state revision { number createdAt } }`;

describe('an ordinary query', () => {
  it.each([
    ['a story page', STORY_PAGE],
    [
      'an edit',
      'mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome problems { path message } } }',
    ],
    ['a subscription', 'subscription { changes { cursor change { entry { id title } } } }'],
    [
      'several operations of which one will run',
      repeat(6, (i) => `query Q${i} { viewer { id } ${repeat(15, () => 'a')} }`),
    ],
  ])('%s is let through', (_, source) => {
    expect(refusal(source)).toBeNull();
  });

  it.each([
    ['a syntax error', '{ story(id: }'],
    ['an unfinished string', '{ story(id: "x) }'],
    ['what is no GraphQL', '\0\x01 <html>'],
    ['nothing', ''],
    ['brackets that only close', '}])}'],
    ['a spread of no fragment', '{ ...Nobody }'],
    ['a circle of fragments', '{ ...A } fragment A on T { a ...B } fragment B on T { b ...A ...B }'],
    ['type definitions', 'type Query { a: [Int] }'],
  ])('%s is left for the parser or the validation to tell', (_, source) => {
    expect(refusal(source)).toBeNull();
  });

  it('is refused with the limit, the maximum and the actual value in words', () => {
    expect(checkLimits(nested(16), limits)?.message).toBe('The query has 16 levels of fields; at most 15 are allowed.');
  });
});

describe('each limit of a query lets its maximum through and no more', () => {
  const roots = (count: number) => repeat(count, (i) => `f${i}`);
  const filler = { ...wide, queryRootFields: 10_000 };
  const cases: [string, QueryLimits, (size: number) => string, max: number, step?: number][] = [
    ['characters', limits, (size) => `{a}${'#'.repeat(size - 3)}`, 20_000],
    ['tokens', { ...limits, queryFields: 9000, queryRootFields: 9000 }, (size) => `{${'a '.repeat(size - 2)}}`, 2000],
    ['levels of fields', limits, nested, 15],
    ['aliases', filler, (size) => `{${repeat(size, (i) => `a${i}: __typename`)}}`, 30],
    ['fields', filler, (size) => `{${roots(size)}}`, 500],
    ['root fields', limits, (size) => `{${roots(size)}}`, 20],
    ['mutations', limits, (size) => `mutation {${roots(size)}}`, 5],
    ['expected nodes', limits, (size) => `{ stories(first: ${size}) { totalCount } }`, 20_000],
    ['levels of nested values', limits, (size) => `{a(b: ${'['.repeat(size)}${']'.repeat(size)})}`, 20],
    ['levels of nested values', limits, (size) => `{a(b: ${'{c:'.repeat(size)}1${'}'.repeat(size)})}`, 20],
    [
      'levels of nested values',
      limits,
      (size) => `query($v: I = ${'[{c:'.repeat(size / 2)}1${'}]'.repeat(size / 2)}) {a}`,
      20,
      2,
    ],
    [
      'levels of nested selections',
      { ...wide, queryDepth: 900 },
      (size) => `{${'...{'.repeat(size - 1)}a${'}'.repeat(size)}`,
      500,
    ],
  ];

  it.each(cases)('%s', (limit, within, source, max, step = 1) => {
    expect(refusal(source(max), within)).toBeNull();
    expect(refusal(source(max + step), within)).toEqual(tooComplex(limit, max, max + step));
  });
});

describe('fragments', () => {
  it('count wherever they are spread', () => {
    const fragment = `fragment F on T { ${repeat(100, (i) => `f${i}`)} }`;
    const spreads = (count: number) => `{ story { ${repeat(count, (i) => `a${i} { ...F }`)} } } ${fragment}`;
    expect(refusal(spreads(4))).toBeNull();
    expect(refusal(spreads(5))).toEqual(tooComplex('fields', 500, 506));
  });

  it('carry their aliases, their root fields and their mutations with them', () => {
    const fragment = `fragment F on T { ${repeat(4, (i) => `a${i}: b`)} }`;
    expect(refusal(`{ ${repeat(8, (i) => `f${i} { ...F }`)} } ${fragment}`)).toEqual(tooComplex('aliases', 30, 32));
    expect(refusal(`{ ${'...F '.repeat(6)} } ${fragment}`)).toEqual(tooComplex('root fields', 20, 24));
    expect(refusal(`mutation { ...F ... { ...F } } ${fragment}`)).toEqual(tooComplex('mutations', 5, 8));
  });

  it('add no level of their own', () => {
    const chain = repeat(40, (i) => `fragment F${i} on T { ... on T { ...F${i + 1} } }`);
    expect(refusal(`{ ...F0 } ${chain} fragment F40 on T ${nested(15)}`)).toBeNull();
    expect(refusal(`{ ...F0 } ${chain} fragment F40 on T ${nested(16)}`)).toEqual(
      tooComplex('levels of fields', 15, 16),
    );
  });

  it('that nobody spreads, or that have one name, are held to the limits too', () => {
    const long = `fragment F on T { ${repeat(501, (i) => `f${i}`)} }`;
    expect(refusal(`{ a } ${long}`)).toEqual(tooComplex('fields', 500, 501));
    expect(refusal(`{ a } ${long} fragment F on T { a }`)).toEqual(tooComplex('fields', 500, 501));
  });

  it('that double 25 times, or 180 times, are refused without being written out', () => {
    const doubling = (steps: number) =>
      `{ ...F0 } ${repeat(steps, (i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`)} fragment F${steps} on T { a }`;
    expect(refusal(doubling(25))).toEqual(tooComplex('fields', 500, 2 ** 25));
    expect(refusal(doubling(180))).toEqual(tooComplex('fields', 500, 1_000_000_000));
  });

  it('in a chain longer than the stack are refused, not overflown', () => {
    const chain = `{ ...F0 } ${repeat(20_000, (i) => `fragment F${i} on T { ...F${i + 1} }`)} fragment F20000 on T { a }`;
    expect(refusal(chain, wide)).toMatchObject({ limit: 'levels of fields', max: 15 });
  });
});

describe('nesting deeper than the stack', () => {
  it.each([
    ['{a', 'levels of nested selections', 500],
    ['{a(b:{', 'levels of nested values', 20],
    ['[', 'levels of nested values', 20],
    ['{a(b:[[', 'levels of nested values', 20],
    ['query($a: I = {b:', 'levels of nested values', 20],
    ['input A { a: I = {b: ', 'levels of nested selections', 500],
    ['{...{', 'levels of nested selections', 500],
  ])('%s repeated is refused by its text, whatever the other limits', (part, limit, max) => {
    expect(refusal(part.repeat(20_000), wide)).toMatchObject({ code: 'QUERY_TOO_COMPLEX', limit, max });
  });

  it('is refused by the tokens first, where the document is short enough', () => {
    expect(refusal('{a'.repeat(9000))).toEqual(tooComplex('tokens', 2000, 18_000));
    expect(refusal('['.repeat(20_000))).toEqual(tooComplex('tokens', 2000, 20_000));
  });

  it('is refused although what follows it is no GraphQL', () => {
    expect(refusal(`{a(b: ${'['.repeat(600)} \0`)).toEqual(tooComplex('levels of nested values', 20, 600));
  });
});

describe('introspection', () => {
  const everything = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };

  it.each([
    ['with every option of graphql-js', getIntrospectionQuery(everything)],
    ['as graphql-js writes it by default', getIntrospectionQuery()],
    ['as GraphiQL sends it', getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true })],
    ['of one type, two lists deep', '{ __type(name: "Story") { fields { name type { fields { name } } } } }'],
    ['beside a page', `{ __schema { queryType { name } } __typename story(id: 1) { id } }`],
  ])('%s is let through', (_, source) => {
    expect(refusal(source)).toBeNull();
  });

  it('leaves the limits of a query alone, and they it', () => {
    const page = `f { ${repeat(497, (i) => `f${i}`)} }`;
    const document = getIntrospectionQuery(everything).replace('__schema {', `${page} __schema {`);
    expect(refusal(document)).toBeNull();
  });

  it('under a thousand aliases is refused', () => {
    const aliased = (count: number) => `{ ${repeat(count, (i) => `a${i}: __schema { queryType { name } }`)} }`;
    expect(refusal(aliased(1000), wide)).toEqual(tooComplex('aliases', 30, 1000));
    expect(refusal(aliased(21))).toEqual(tooComplex('root fields', 20, 21));
  });

  it('of all that 20 times is refused', () => {
    const body = getIntrospectionQuery().replace('query IntrospectionQuery {', '');
    const query = `query { ${'...All '.repeat(20)} } fragment All on Query { ${body}`;
    expect(refusal(query)).toMatchObject({ limit: 'fields of introspection', max: 500 });
  });

  it.each([
    ['aliases in introspection', 30, `{ __schema { ${repeat(31, (i) => `a${i}: description`)} } }`, 31],
    ['fields of introspection', 500, `{ __schema { ${'description '.repeat(501)} } }`, 501],
    ['levels of introspection', 25, `{ __type(name: "A") ${nested(26)} }`, 26],
    ['levels of lists in introspection', 2, '{ __schema { types { fields { type { fields { name } } } } } }', 3],
    [
      'levels of lists in introspection',
      2,
      '{ __schema { types { ...T } } } fragment T on __Type { possibleTypes { interfaces { name } } }',
      3,
    ],
    ['levels of introspection', 25, `{ a } fragment T on __Type ${nested(26)}`, 26],
  ])('has limits of its own: %s', (limit, max, source, actual) => {
    expect(refusal(source)).toEqual(tooComplex(limit, max, actual));
  });
});

describe('the nodes that a query could give', () => {
  const nodes = (source: string, variables?: Variables) =>
    refusal(source, { ...limits, queryNodes: -1 }, variables)?.actual;

  it.each([
    ['a single entry', '{ story(id: 1) { id } }', 0],
    ['a page that names no number', '{ stories { nodes { id } } }', 20],
    ['a page by its edges', '{ stories { edges { cursor } } }', 20],
    ['a page that is only counted', '{ stories { totalCount } }', 0],
    ['a number of items', '{ stories(first: 7) { nodes { id } } }', 7],
    ['the last items', '{ stories(last: 7) { nodes { id } } }', 7],
    ['both ends: the greater', '{ stories(first: 3, last: 7) { nodes { id } } }', 7],
    ['a list with a number and no connection', '{ changes(first: 9) { changes { cursor } } }', 9],
    [
      'pages in pages',
      '{ a(first: 10) { nodes { b(first: 5) { nodes { c(first: 2) { nodes { id } } } } } } }',
      10 + 50 + 100,
    ],
    [
      'pages beside pages',
      '{ a(first: 10) { nodes { b(first: 5) { nodes { id } } c { nodes { id } } } } d(first: 1) { nodes { id } } }',
      10 + 50 + 200 + 1,
    ],
    [
      'items asked for in a fragment',
      '{ a { ...P } } fragment P on C { ... on C { edges { node { b(first: 3) { ...P2 } } } } } fragment P2 on C { nodes { id } }',
      20 + 60,
    ],
    ['an aliased field that is called nodes', '{ a { nodes: id } }', 0],
    [
      'a negative number, which takes nothing off',
      '{ a(first: 100) { nodes { b(first: -100) { nodes { id } } } } }',
      200,
    ],
    ['a number that is none', '{ a(first: "7") { nodes { id } } }', 20],
    ['a number beyond all', '{ a(first: 99999999999999999999) { nodes { id } } }', 1_000_000_000],
  ])('%s', (_, source, expected) => {
    expect(nodes(source)).toBe(expected);
  });

  it.each<[string, string, Variables | undefined, number]>([
    ['their value', 'query($n: Int) { a(first: $n) { nodes { id } } }', { n: 7 }, 7],
    ['their value before their default', 'query($n: Int = 9) { a(first: $n) { nodes { id } } }', { n: 7 }, 7],
    ['their default', 'query($n: Int = 9) { a(first: $n) { nodes { id } } }', {}, 9],
    ['their default, without any variables', 'query($n: Int = 9) { a(first: $n) { nodes { id } } }', undefined, 9],
    ['an ordinary page for null', 'query($n: Int = 9) { a(first: $n) { nodes { id } } }', { n: null }, 20],
    ['an ordinary page without a value', 'query($n: Int) { a(first: $n) { nodes { id } } }', {}, 20],
    ['an ordinary page for what is no number', 'query($n: Int) { a(first: $n) { nodes { id } } }', { n: '7' }, 20],
    ['an ordinary page for infinity', 'query($n: Int) { a(first: $n) { nodes { id } } }', { n: Infinity }, 20],
    ['nothing inherited', 'query($constructor: Int = 3) { a(first: $constructor) { nodes { id } } }', {}, 3],
    [
      'their value in fragments',
      'query($n: Int) { ...F } fragment F on Query { a(first: $n) { nodes { id } } }',
      { n: 7 },
      7,
    ],
  ])('takes from variables %s', (_, source, variables, expected) => {
    expect(nodes(source, variables)).toBe(expected);
  });

  it('are told apart by operation, each with its own defaults', () => {
    const document = `query A($n: Int = 2) { ...F } query B($n: Int = 30000) { ...F } fragment F on Query { a(first: $n) { nodes { id } } }`;
    expect(refusal(document)).toEqual(tooComplex('expected nodes', 20_000, 30_000));
  });

  it('stop a page of pages of pages of pages', () => {
    const source =
      '{ a(first: 100) { nodes { b(first: 100) { nodes { c(first: 100) { nodes { d(first: 100) { nodes { id } } } } } } } } }';
    expect(refusal(source)).toEqual(tooComplex('expected nodes', 20_000, 101_010_100));
    expect(refusal('{ a(first: 100) { nodes { b(first: 100) { nodes { id } } } } }')).toBeNull();
  });
});

describe('variables', () => {
  const deep = (levels: number, open: string, close: string) =>
    JSON.parse(open.repeat(levels) + '1' + close.repeat(levels));

  it.each([
    ['none', undefined],
    ['null', null],
    ['an edit', { input: { id: '1', fields: { names: [{ text: 'a', usedIn: ['2'] }] } } }],
    ['twenty levels', deep(20, '[', ']')],
  ])('%s may be used', (_, variables) => {
    expect(checkVariables(variables)).toBeNull();
  });

  it.each([
    ['lists', 21, '[', ']'],
    ['objects', 21, '{"a":', '}'],
    ['lists', 200_000, '[', ']'],
    ['objects', 200_000, '{"a":', '}'],
  ])('of %s %i levels deep are refused', (_, levels, open, close) => {
    expect(checkVariables(deep(levels, open, close))).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: `variables: nested ${levels} levels deep; at most 20 are allowed.`,
      details: { field: 'variables', limit: 'levels of nested values', max: 20, actual: levels },
    });
  });

  it('have the depth of their deepest value', () => {
    expect(depthOfJson(1, 100)).toBe(0);
    expect(depthOfJson([], 100)).toBe(1);
    expect(depthOfJson({ a: [1, [2]], b: { c: {} } }, 100)).toBe(3);
    expect(depthOfJson({ b: [{ c: [[]] }, 1], a: 1 }, 100)).toBe(5);
  });

  it('are read no further than asked, even where a value holds itself', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(depthOfJson(circle, 50)).toBe(50);
  });
});

describe('a hostile document of 20 kB', () => {
  const fill = (part: string) => part.repeat(Math.floor(19_900 / part.length));
  const numbered = (part: (index: number) => string) => repeat(600, part).slice(0, 19_900);

  it.each([
    ['opening braces', fill('{a')],
    ['opening brackets', fill('[')],
    ['aliases', `{${numbered((i) => `a${i}:__typename`)}}`],
    ['one field', `{${fill('a ')}}`],
    ['conflicting fields', `{${numbered((i) => `a:b${i}(c:${i})`)}}`],
    ['directives', `{a ${fill('@a')}}`],
    ['spreads', `{${fill('...F ')}} fragment F on T { a }`],
    [
      'fragments that each spread all',
      repeat(20, (i) => `fragment F${i} on T { ${repeat(20, (j) => `...F${j}`)} a }`) + '{...F0}',
    ],
    [
      'operations that share a fragment',
      repeat(120, (i) => `query Q${i}{...F}`) + ` fragment F on T {${'a '.repeat(450)}}`,
    ],
    ['a comment', `{a} #${fill('x')}`],
    ['comments', `{a} ${fill('#\n')}`],
    ['commas', `{a${fill(',')}}`],
    ['a block string', `{a(b: """${fill('\n ')}""")}`],
    ['escapes', `{a(b: "${fill('\\u0000')}")}`],
    ['no GraphQL', fill('\0')],
  ])('of %s is answered in time', (_, source) => {
    const busy = busyMs(() => {
      checkLimits(source, limits);
      checkLimits(source, { ...limits, queryTokens: 100_000, queryFields: 1_000_000, queryAliases: 1_000_000 });
    });
    expect(busy).toBeLessThan(500);
  });
});
