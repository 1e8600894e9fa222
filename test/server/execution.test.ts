import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Kind, parse } from 'graphql';
import { loadSample } from '../../src/tools/load-sample';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type HttpAnswer, startServer, type TestServer } from '../support/server';

const ROOT = path.resolve(__dirname, '..', '..');
const OPERATIONS = path.join(ROOT, 'schema', 'operations');

let room: TestNewsroom;
let compiled: TestServer;
let interpreted: TestServer;
let editor: string;
let storyId: string;

beforeAll(async () => {
  room = await openTestNewsroom();
  await loadSample(room.newsroom, path.join(ROOT, 'sample'));
  compiled = await startServer({ room, queryCompiler: true });
  interpreted = await startServer({ room, queryCompiler: false });
  editor = await compiled.tokenOf('EDITOR');
  storyId = (await room.asAnonymous().run('{ story(slug: "salazar-accuses-cabello") { id } }')).story.id;
});
afterAll(async () => {
  await compiled.close();
  await interpreted.close();
  await room.close();
});

/** A query, its variables, and what else goes with it. */
interface Asked {
  query: string;
  variables?: unknown;
  operationName?: string;
}

/** Cursors of the feed are other words each time, too. */
const withoutIncidents = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'INCIDENT')
    .replaceAll(/"(cursor|endCursor)":"[\w-]{22}"/g, '"$1":"PLACE"');

const ask = ({ url }: TestServer, asked: Asked): Promise<HttpAnswer> =>
  (url === compiled.url ? compiled : interpreted).send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${editor}` },
    body: JSON.stringify(asked),
  });

/** Asks both servers three times, so that the one that compiles has compiled; one answer, or a failure that shows both. */
async function askBoth(asked: Asked): Promise<HttpAnswer> {
  const answers: HttpAnswer[] = [];
  for (let round = 0; round < 3; round++) answers.push(await ask(interpreted, asked), await ask(compiled, asked));
  const [first, ...others] = answers.map(({ status, text }) => `${status} ${withoutIncidents(text)}`);
  for (const other of others) expect(other).toBe(first);
  return answers.at(-1) as HttpAnswer;
}

const operationsIn = (query: string): string[] =>
  parse(query).definitions.flatMap((definition) =>
    definition.kind === ('OperationDefinition' as Kind.OPERATION_DEFINITION) && definition.name
      ? [definition.name.value]
      : [],
  );

describe('the operations of the explorer', () => {
  const asked = readdirSync(OPERATIONS)
    .filter((file) => file.endsWith('.graphql'))
    .flatMap((file) => {
      const query = readFileSync(path.join(OPERATIONS, file), 'utf8');
      return operationsIn(query).map((operationName) => ({ operationName, query }));
    });

  it.each(asked)('$operationName answers alike, compiled or not', async (one) => {
    const { text } = await askBoth(one);
    expect(text).not.toMatch(/INTERNAL_SERVER_ERROR/);
  });
});

describe('queries that can be answered', () => {
  const HEAD = `fragment Head on Entry { __typename id title state latestRevision ... on Story { slug } ...Kind }
    fragment Kind on Entry { kind }`;

  it.each<[string, Asked]>([
    ['a fragment of an interface', { query: `{ story(slug: "salazar-accuses-cabello") { ...Head } } ${HEAD}` }],
    [
      'fragments that repeat and overlap',
      {
        query: `{ story(slug: "salazar-accuses-cabello") { headline ...A ...B headline }
          ... on Query { story(slug: "salazar-accuses-cabello") { topics cast { actor { id } } } } }
          fragment A on Story { cast { role } timeline { id } summary } fragment B on Story { timeline { note } cast { actor { name } } }`,
      },
    ],
    [
      'aliases of one field with other arguments',
      {
        query: `{ a: story(slug: "salazar-accuses-cabello") { h: history(first: 1) { n: totalCount } g: history(first: 2) { nodes { number } } }
          b: actor(slug: "diosdado-cabello") { name names { t: text } } c: actor(slug: "nobody-at-all") { name } }`,
      },
    ],
    ['what is not there', { query: '{ story(slug: "no-such-story") { headline } viewer { name role } }' }],
    [
      'a page',
      {
        query:
          '{ actor(slug: "diosdado-cabello") { history(first: 2) { edges { cursor node { number changes { path op before after } } } pageInfo { hasNextPage endCursor } } } }',
      },
    ],
    [
      'introspection',
      {
        query:
          '{ __schema { queryType { name fields { name type { kind name } } } } __type(name: "Story") { name } __typename }',
      },
    ],
  ])('%s', async (_, asked) => {
    const { status, body } = await askBoth(asked);
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('@include(if: %s) with @skip(if: %s)', async (include, skip) => {
    const query = `query ($i: Boolean!, $s: Boolean = false) { story(slug: "salazar-accuses-cabello") {
      id headline @include(if: $i) summary @skip(if: $s) ...F @include(if: $i) topics @include(if: $i) @skip(if: $s)
      ... on Story @skip(if: $s) { timeline { note @include(if: $i) } } } } fragment F on Story { slug latestRevision @skip(if: $s) }`;
    const { body } = await askBoth({ query, variables: { i: include, s: skip } });
    expect('headline' in body.data.story).toBe(include);
    expect('summary' in body.data.story).toBe(!skip);
  });

  it('any kind of entry by nodes, with what each kind alone has', async () => {
    const rows = await room.sql(
      `select distinct on (kind) entry from shown where view = 'PUBLISHED' order by kind, entry`,
    );
    const ids = [...rows.map((row) => row.entry), storyId, 'x', '00000000-0000-4000-8000-000000000000'];
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Entry { title slug revision { number } }
      ... on Story { headline timeline { event { title when { edtf } } } } ... on Actor { name: name names { text } } ... on Event { title when { edtf earliest } }
      ... on Claim { text subject { ... on Entry { id title } } } ... on Document { title publisher { name } } ... on Citation { stance chain { role actor { name } } } } }`;
    const { body } = await askBoth({ query, variables: { ids } });
    expect(body.data.nodes).toHaveLength(9);
  });
});

describe('variables', () => {
  const BY =
    'query By($slug: String, $id: ID, $view: View! = PUBLISHED) { story(slug: $slug, id: $id, view: $view) { headline } }';
  const NODES = 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id } }';
  const PAGE =
    'query Page($first: Int, $after: String) { actor(slug: "diosdado-cabello") { history(first: $first, after: $after) { nodes { number } } } }';
  const INCLUDE = 'query Include($if: Boolean!) { viewer { name @include(if: $if) } }';
  const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome problems { path message } changes { path op before after } } }`;
  const slug = 'salazar-accuses-cabello';

  it.each<[string, unknown]>([
    [BY, { slug }],
    [BY, { slug, view: 'LATEST' }],
    [BY, { slug, view: null }],
    [BY, { slug, view: 'latest' }],
    [BY, { slug, view: 7 }],
    [BY, { slug, view: ['LATEST'] }],
    [BY, { slug: null }],
    [BY, { slug: 7 }],
    [BY, { slug: ['a'] }],
    [BY, { slug: {} }],
    [BY, { slug: true }],
    [BY, { id: 7 }],
    [BY, { id: 7.5 }],
    [BY, { id: true }],
    [BY, { id: 'not an id' }],
    [BY, { slug, id: 'both' }],
    [BY, { slug, unknown: 1 }],
    [BY, {}],
    [BY, undefined],
    [BY, null],
    [BY, []],
    [BY, 'a'],
    [BY, { slug: 'nul \u0000 and \ud800' }],
    [NODES, { ids: 'one' }],
    [NODES, { ids: ['one', null] }],
    [NODES, { ids: [['one']] }],
    [NODES, { ids: [] }],
    [NODES, { ids: { 0: 'one' } }],
    [NODES, { ids: null }],
    [NODES, {}],
    [NODES, { ids: [1, 'b', true, {}, null] }],
    [PAGE, { first: 1 }],
    [PAGE, { first: null }],
    [PAGE, { first: 0 }],
    [PAGE, { first: -1 }],
    [PAGE, { first: 101 }],
    [PAGE, { first: 1.5 }],
    [PAGE, { first: '1' }],
    [PAGE, { first: 2147483647 }],
    [PAGE, { first: 2147483648 }],
    [PAGE, { first: 1e300 }],
    [PAGE, { first: [1] }],
    [PAGE, { after: 'a cursor of nobody' }],
    [PAGE, { after: 5 }],
    [INCLUDE, { if: 'true' }],
    [INCLUDE, { if: 1 }],
    [INCLUDE, { if: null }],
    [INCLUDE, {}],
    [EDIT, {}],
    [EDIT, { input: null }],
    [EDIT, { input: [] }],
    [EDIT, { input: 'a' }],
    [EDIT, { input: {} }],
    [EDIT, { input: { id: 'x', baseRevision: 1, fields: {}, dryRun: true } }],
    [EDIT, { input: { id: 'x', baseRevision: '1', fields: {}, dryRun: true } }],
    [EDIT, { input: { id: 'x', baseRevision: 1, fields: [], dryRun: true } }],
    [EDIT, { input: { id: 'x', baseRevision: 1, fields: { nothing: 1, nope: 2 }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { headline: 'Other' }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { summary: null }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { headline: null, topics: 'one' }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { topics: [1, null] }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { cast: [{ actor: 'x' }] }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: { cast: {} }, dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: {}, onConflict: 'NEVER', dryRun: true } }],
    [EDIT, { input: { id: 'STORY', baseRevision: 1, fields: {}, __proto__: { dryRun: true }, dryRun: true } }],
  ])('%s with %j', async (query, variables) => {
    const given = JSON.parse(JSON.stringify(variables ?? null).replace('"STORY"', JSON.stringify(storyId)));
    const { body, text } = await askBoth({ query, variables: variables === undefined ? undefined : given });
    expect(text).not.toMatch(/INTERNAL_SERVER_ERROR/);
    expect(body).toBeDefined();
  });

  it('of a wrong type are BAD_USER_INPUT, with status 400', async () => {
    const { status, body } = await askBoth({ query: PAGE, variables: { first: 'one' } });
    expect(status).toBe(400);
    expect(body.errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

describe('errors', () => {
  it.each<[string, Asked]>([
    ['of syntax', { query: '{ story(' }],
    ['of a field that is not there', { query: '{ story(slug: "x") { nope headlin } }' }],
    ['of an argument that is missing', { query: '{ claim { id } }' }],
    ['of an unknown directive', { query: '{ viewer { name @upper } }' }],
    ['of no operation with that name', { query: 'query A { __typename }', operationName: 'B' }],
    ['of several operations without a name', { query: 'query A { __typename } query B { __typename }' }],
    ['of both id and slug', { query: '{ story(id: "a", slug: "b") { headline } }' }],
    ['of neither', { query: '{ a: story { headline } b: actor { name } viewer { name } }' }],
    [
      'of a page that is too long',
      { query: '{ viewer { name } actor(slug: "diosdado-cabello") { name history(first: 1000) { totalCount } } }' },
    ],
    [
      'of a page in both directions',
      { query: '{ actor(slug: "diosdado-cabello") { name history(first: 1, last: 1) { totalCount } } }' },
    ],
    ['of a right that is missing', { query: '{ users { totalCount nodes { name } } viewer { name } }' }],
    [
      'of too many nodes',
      { query: `{ nodes(ids: ${JSON.stringify(Array.from({ length: 101 }, () => 'a'))}) { id } viewer { name } }` },
    ],
    ['of a subscription', { query: 'subscription { nothing }' }],
    ['of wrong literals', { query: '{ story(slug: 7) { headline } actor(slug: "x", view: SOME) { name } }' }],
  ])('%s', async (_, asked) => {
    const { body } = await askBoth(asked);
    expect(body.errors.length).toBeGreaterThan(0);
    expect(body.errors.map((error: { extensions: { code: string } }) => error.extensions.code)).not.toContain(
      'INTERNAL_SERVER_ERROR',
    );
  });

  it('deep in non-null places blank as much, and name the same places', async () => {
    // A claim whose content has lost what the schema says is always there.
    const { id } = await room.make.claim({ text: 'A claim that will be damaged' });
    const { id: whole } = await room.make.claim({ text: 'A claim that stays whole' });
    await room.sql(`update shown set content = (content::jsonb - 'text')::json where entry = $1`, [id]);
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Claim { text mood subject { ... on Entry { title } } } } viewer { name } }`;
    const { body } = await askBoth({ query, variables: { ids: [whole, id, whole] } });
    expect(body.errors.length).toBeGreaterThan(0);
    expect(body.data.viewer.name).toBe('The EDITOR');
    const single = await askBoth({ query: `{ claim(id: "${id}") { text mood } viewer { name } }` });
    expect(single.body.data.claim).toBeNull();
  });
});

describe('A query as of a moment', () => {
  const query = `query Then($id: ID!, $asOf: AsOf) { story(id: $id, asOf: $asOf) { headline } head: __typename }`;
  const inText = `query Then($id: ID!, $time: DateTime, $cursor: Cursor) {
    story(id: $id, asOf: { cursor: $cursor, time: $time }) { headline } }`;

  it.each([
    ['the head', async () => ({ asOf: { cursor: (await room.asAnonymous().run('{ head }')).head } }), null],
    ['now, by null', async () => ({ asOf: null }), null],
    ['long ago', async () => ({ asOf: { time: '1999-01-01T00:00:00Z' } }), null],
    ['a cut cursor', async () => ({ asOf: { cursor: 'cut' } }), 'CURSOR_INVALID'],
    ['the future', async () => ({ asOf: { time: '2999-01-01T00:00:00Z' } }), 'BAD_USER_INPUT'],
    ['both', async () => ({ asOf: { time: '1999-01-01T00:00:00Z', cursor: 'x' } }), 'BAD_USER_INPUT'],
    ['neither', async () => ({ asOf: {} }), 'BAD_USER_INPUT'],
    ['nothing', async () => ({ asOf: { time: null } }), 'BAD_USER_INPUT'],
  ])('is answered or refused alike: %s', async (_, variables, code) => {
    const asked = { query, variables: { id: storyId, ...(await variables()) }, operationName: 'Then' };
    const answers = [];
    for (let round = 0; round < 3; round++) answers.push(await ask(interpreted, asked), await ask(compiled, asked));
    for (const { body } of answers) expect(body.errors?.[0]?.extensions.code ?? null).toBe(code);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
  });

  it('takes no two variables for the two ways to name one', async () => {
    const variables = { id: storyId, time: '1999-01-01T00:00:00Z', cursor: 'x' };
    for (let round = 0; round < 3; round++)
      for (const server of [interpreted, compiled])
        expect((await ask(server, { query: inText, variables })).body.errors[0].extensions.code).toBe(
          'GRAPHQL_VALIDATION_FAILED',
        );
  });
});
