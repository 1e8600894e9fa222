import { request as sendRaw } from 'node:http';
import { type HttpAnswer, readAnswer, startServer, type TestServer } from '../support/server';

let server: TestServer;
let contributor: string;
let reader: string;
beforeAll(async () => {
  server = await startServer();
  contributor = await server.tokenOf('CONTRIBUTOR');
  reader = await server.tokenOf('READER');
  // What is noted of a token's first use is not what is counted below.
  await server.post('{ viewer { name } }', {}, { token: contributor });
  await server.post('{ viewer { name } }', {}, { token: reader });
});
afterAll(() => server.close());

const repeat = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** A query of exactly so many characters. */
const ofLength = (length: number): string => '{ __typename } #'.padEnd(length, 'x');
/** A brace, so many fields less the braces' two tokens, a brace. */
const ofTokens = (tokens: number): string =>
  `{ __typename ${'@skip(if: $x) '.repeat(0)}${repeat((tokens - 3) / 2, () => '...F')} }`;
const ofDepth = (depth: number): string => {
  const levels = depth - 3; // story, history, nodes and the leaf are four, and parent is repeated
  return `{ story(slug: "a") { history(first: 1) { nodes ${'{ parent '.repeat(levels - 1)}{ number }${' }'.repeat(levels - 1)} } } }`;
};
const ofAliases = (count: number): string => `{ viewer { ${repeat(count, (index) => `a${index}: name`)} } }`;
const ofFields = (count: number): string => `{ viewer { ${repeat(count - 1, () => 'name')} } }`;
const ofRootFields = (count: number): string => `{ ${repeat(count, () => '__typename')} }`;
const ofMutations = (count: number): string =>
  `mutation { ${repeat(count, (index) => `a${index}: revokeToken(input: { id: "x" }) { __typename }`)} }`;
const ofNodes = (inner: number): string =>
  `{ users(first: 100) { nodes { tokens(first: ${inner}) { nodes { id } } } } }`;

describe('each limit lets its maximum through, and refuses one more before any SQL', () => {
  it.each<[string, number, (size: number) => string]>([
    ['characters', 20_000, ofLength],
    ['levels of fields', 15, ofDepth],
    ['aliases', 30, ofAliases],
    ['fields', 500, ofFields],
    ['root fields', 20, ofRootFields],
    ['mutations', 5, ofMutations],
  ])('%s: %i', async (limit, max, make) => {
    const allowed = await server.post(make(max));
    expect(allowed.code).not.toBe('QUERY_TOO_COMPLEX');
    expect(allowed.text).not.toMatch(/INTERNAL_SERVER_ERROR|GRAPHQL_/);
    for (const token of [undefined, contributor]) {
      let answer: HttpAnswer | undefined;
      const sql = await server.countSql(async () => (answer = await server.post(make(max + 1), {}, { token })));
      expect(answer?.status).toBe(400);
      expect(answer?.body.errors).toEqual([
        {
          message: `The query has ${max + 1} ${limit}; at most ${max} are allowed.`,
          extensions: { code: 'QUERY_TOO_COMPLEX', limit, max, actual: max + 1 },
        },
      ]);
      expect(sql).toBe(0);
    }
  });

  it('tokens: 2000', async () => {
    // Every spread has two tokens, the braces and the field three; validation may say more, the limit does not.
    expect((await server.post(ofTokens(1999))).code).not.toBe('QUERY_TOO_COMPLEX');
    let answer: HttpAnswer | undefined;
    expect(await server.countSql(async () => (answer = await server.post(ofTokens(2001))))).toBe(0);
    expect(answer?.body.errors[0].extensions).toEqual({
      code: 'QUERY_TOO_COMPLEX',
      limit: 'tokens',
      max: 2000,
      actual: 2001,
    });
  });

  it('expected nodes: 20,000, in literals and in variables', async () => {
    const token = await server.tokenOf('ADMIN');
    expect((await server.post(ofNodes(199), {}, { token })).code).not.toBe('QUERY_TOO_COMPLEX');
    const query = 'query ($n: Int) { users(first: $n) { nodes { tokens(first: 100) { nodes { id } } } } }';
    const exceeding: [string, object, number][] = [
      [ofNodes(200), {}, 20_100],
      [query, { n: 199 }, 20_099],
    ];
    for (const [text, variables, actual] of exceeding) {
      let answer: HttpAnswer | undefined;
      expect(await server.countSql(async () => (answer = await server.post(text, variables, { token })))).toBe(0);
      expect(answer?.body.errors[0].extensions).toEqual({
        code: 'QUERY_TOO_COMPLEX',
        limit: 'expected nodes',
        max: 20_000,
        actual,
      });
    }
    // What passed with one page size is looked at again with another.
    expect((await server.post(query, { n: 1 }, { token })).status).toBe(200);
    expect((await server.post(query, { n: 198 }, { token })).code).not.toBe('QUERY_TOO_COMPLEX');
    expect((await server.post(query, { n: 199 }, { token })).code).toBe('QUERY_TOO_COMPLEX');
  });

  it('page size: 100', async () => {
    const token = await server.tokenOf('ADMIN');
    const query = 'query ($n: Int) { users(first: $n) { nodes { id } } }';
    const { body } = await server.post(query, { n: 100 }, { token });
    expect(body.data.users.nodes).toHaveLength(4);
    for (const n of [101, -1]) {
      const refused = await server.post(query, { n }, { token });
      expect(refused.code).toBe('BAD_USER_INPUT');
      expect(refused.body.errors[0].message).toContain(String(n));
    }
    let sql = 0;
    sql = await server.countSql(() =>
      server.post('{ nodes(ids: $ids) { id } }'.replace('$ids', JSON.stringify(Array(101).fill('a')))),
    );
    expect(sql).toBe(0);
  });

  it('introspection has limits of its own', async () => {
    const nested = (levels: number): string =>
      `{ __schema { types ${'{ fields { type '.repeat(levels)}{ name }${' } }'.repeat(levels)} } }`;
    expect((await server.post(nested(1))).status).toBe(200);
    expect((await server.post(nested(2))).code).toBe('QUERY_TOO_COMPLEX');
  });

  it('a hostile query is refused in time', async () => {
    const bombs = [
      '{a'.repeat(9000),
      `{${repeat(1500, (index) => `a${index}:__typename`)}}`,
      `{ ...F0 } ${repeat(25, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F25 on Query { __typename }`,
    ];
    for (const bomb of bombs) {
      const start = performance.now();
      const { status, text } = await server.post(bomb);
      expect(status).toBe(400);
      expect(text.length).toBeLessThan(2000);
      expect(performance.now() - start).toBeLessThan(1000);
    }
  });
});

describe('the length of a body', () => {
  const MAX = 262_144;
  const MAX_SIGNED_IN = 8_388_608;
  const ofBytes = (bytes: number): string => {
    const head = '{"query":"{ __typename }","variables":{"a":"';
    return `${head}${'x'.repeat(bytes - head.length - 3)}"}}`;
  };
  const sendBytes = (bytes: number, token?: string): Promise<HttpAnswer> =>
    server.send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: ofBytes(bytes),
    });
  /** Sends without saying how long it will be. */
  const sendChunks = (bytes: number, token?: string): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      };
      const sent = sendRaw(`${server.url}/graphql`, { method: 'POST', headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          resolve(readAnswer(new Response(Buffer.concat(parts), { status: response.statusCode ?? 0 })));
          sent.destroy();
        });
      });
      sent.on('error', reject);
      const text = ofBytes(bytes);
      for (let at = 0; at < text.length; at += 60_000) sent.write(text.slice(at, at + 60_000));
      sent.end();
    });

  it.each([
    ['nobody in particular', () => undefined, MAX],
    ['a READER', () => reader, MAX],
    ['a CONTRIBUTOR', () => contributor, MAX_SIGNED_IN],
  ])('of %s ends where it should', async (_, tokenOf, max) => {
    const token = tokenOf();
    for (const send of [sendBytes, sendChunks]) {
      const allowed = await send(max, token);
      expect({ status: allowed.status, body: allowed.body }).toEqual({
        status: 200,
        body: { data: { __typename: 'Query' } },
      });
      const refused = await send(max + 1, token);
      expect(refused.status).toBe(413);
      expect(refused.body.errors[0].extensions).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', limit: 'body bytes', max });
      expect(refused.body.errors[0].extensions.actual).toBeGreaterThan(max);
    }
  });

  it("past anybody's limit is refused before any SQL, and past a reader's where there is no token", async () => {
    expect(await server.countSql(() => sendBytes(MAX + 1))).toBe(0);
    expect(await server.countSql(() => sendChunks(MAX + 1))).toBe(0);
    expect(await server.countSql(() => sendBytes(MAX_SIGNED_IN + 1, contributor))).toBe(0);
  });

  it('does not matter where the token is not valid', async () => {
    const answer = await sendBytes(MAX + 1, 'nw_000000000000000000000000');
    expect({ status: answer.status, code: answer.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});
