import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as sendRaw } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type HttpAnswer, startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const PREFLIGHTED = { 'apollo-require-preflight': 'yes' };
const get = (parameters: Record<string, string>, headers: Record<string, string> = PREFLIGHTED): Promise<HttpAnswer> =>
  server.send(`/graphql?${new URLSearchParams(parameters)}`, { headers });
const postBody = (body: BodyInit, headers: Record<string, string> = JSON_TYPE): Promise<HttpAnswer> =>
  server.send('/graphql', { method: 'POST', headers, body });

/** A refusal in GraphQL's form, that tells nothing of the inside. */
function expectRefusal(answer: HttpAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  expect(answer.text).not.toMatch(/<html|node_modules|\bat \w+ \(|\.ts:|\bselect\b/i);
}

/** A request whose head fetch would not send; resolves with status and body. */
const sendHead = (headers: Record<string, string>, path = '/graphql'): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const sent = sendRaw({ hostname, port, path, headers, setHost: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });

/** What is answered to what is written as it is, until so much of it has come. */
async function say(text: string, until: RegExp): Promise<string> {
  const connection = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('latin1');
  let answer = '';
  connection.write(text);
  for await (const part of connection) if (until.test((answer += part))) break;
  return answer;
}

describe('Clients of other versions of HTTP', () => {
  const QUERY = JSON.stringify({ query: '{ __typename }' });
  const UPGRADE = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA';

  it('that would rather speak HTTP/2, as Java’s and curl --http2, are answered all the same, again and again', async () => {
    const { hostname, port } = new URL(server.url);
    const head = `POST /graphql HTTP/1.1\r\nhost: here\r\n${UPGRADE}\r\ncontent-type: application/json`;
    const connection = connect(Number(port), hostname).setEncoding('latin1');
    for (let n = 0; n < 12; n++) {
      connection.write(`${head}\r\ncontent-length: ${QUERY.length}\r\n\r\n${QUERY.slice(0, 5)}`);
      connection.write(QUERY.slice(5));
      const [answer] = await once(connection, 'data');
      expect(answer).toMatch(/^HTTP\/1.1 200 [^]*{"data":{"__typename":"Query"}}/);
    }
    connection.destroy();
    expect(await say(`GET /events HTTP/1.1\r\nhost: here\r\n${UPGRADE}\r\n\r\n`, /checkpoint/)).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });

  it('that know nothing of a Host are answered', async () => {
    expect(await say('GET /livez HTTP/1.0\r\n\r\n', /}/)).toMatch(/^HTTP\/1.1 200 /);
    expect(await say('GET /events HTTP/1.0\r\n\r\n', /checkpoint/)).toMatch(/\r\n\r\nretry: 3000\n\nid: /);
  });
});

describe('GraphQL over HTTP', () => {
  it('answers POST', async () => {
    const { status, body, headers } = await server.post('query A($n: String) { story(slug: $n) { id } __typename }', {
      n: 'none',
    });
    expect(status).toBe(200);
    expect(body).toEqual({ data: { story: null, __typename: 'Query' } });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('answers GET with a header that no form can send', async () => {
    const query = 'query A($n: String) { story(slug: $n) { id } __typename }';
    const { status, body } = await get({ query, variables: '{"n":"none"}', operationName: 'A' });
    expect({ status, body }).toEqual({ status: 200, body: { data: { story: null, __typename: 'Query' } } });
    expect((await get({ query: '{ __typename }' }, { 'x-apollo-operation-name': 'A' })).status).toBe(200);
    expectRefusal(await get({ query: '{ __typename }' }, {}), 400, 'BAD_REQUEST');
  });

  it('answers in the media type that is asked for, and no other', async () => {
    const type = 'application/graphql-response+json';
    const { headers, body } = await server.post('{ __typename }', {}, { headers: { accept: type } });
    expect(headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(body.data).toEqual({ __typename: 'Query' });
    const refused = await server.post('{ nope }', {}, { headers: { accept: type } });
    expectRefusal(refused, 400, 'GRAPHQL_VALIDATION_FAILED');
    expect(refused.body).not.toHaveProperty('data');
    const html = await server.post('{ __typename }', {}, { headers: { accept: 'text/html' } });
    expect(html.status).toBe(406);
  });

  it('runs no mutation by GET', async () => {
    const answer = await get({ query: 'mutation { createUser(input: { name: "a", role: ADMIN }) { user { id } } }' });
    expectRefusal(answer, 405, 'BAD_REQUEST');
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('refuses batches', async () => {
    const answer = await postBody(JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]));
    expectRefusal(answer, 400, 'BAD_REQUEST');
    expect(answer.body.errors[0].message).toMatch(/batching/i);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/graphql'],
    ['text/html; charset=utf-8'],
  ])('refuses %s', async (type) => {
    expectRefusal(
      await postBody('{"query":"{ __typename }"}', { 'content-type': type }),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it('refuses a body of no type', async () => {
    const answer = await postBody(new Blob(['{"query":"{ __typename }"}']), {});
    expectRefusal(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it.each<[string, BodyInit, Record<string, string>, number, string]>([
    ['malformed JSON', '{"query": ', {}, 400, 'BAD_REQUEST'],
    ['no JSON at all', '<html></html>', {}, 400, 'BAD_REQUEST'],
    ['an empty body', '', {}, 400, 'BAD_REQUEST'],
    ['invalid UTF-8', Buffer.from('{"query":"{ a\xff }"}', 'latin1'), {}, 400, 'BAD_REQUEST'],
    [
      'UTF-16',
      Buffer.from('{"query":"{ a }"}', 'utf16le'),
      { 'content-type': 'application/json; charset=utf-16' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['another charset', '{}', { 'content-type': 'application/json; charset="latin1"' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a compressed body',
      gzipSync('{"query":"{ __typename }"}'),
      { 'content-encoding': 'gzip' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['an unknown encoding', '{}', { 'content-encoding': 'magic' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['keys that poison prototypes', '{"query":"{ __typename }","__proto__":{"a":1}}', {}, 400, 'BAD_REQUEST'],
    [
      'a poisoned constructor',
      '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"a":1}}}}',
      {},
      400,
      'BAD_REQUEST',
    ],
    ['JSON that is no object', '"{ __typename }"', {}, 400, 'BAD_REQUEST'],
    ['null', 'null', {}, 400, 'BAD_REQUEST'],
    ['no query', '{"variables":{}}', {}, 400, 'BAD_REQUEST'],
    ['an empty query', '{"query":""}', {}, 400, 'BAD_REQUEST'],
    ['a query that is no text', '{"query":{"kind":"Document"}}', {}, 400, 'BAD_REQUEST'],
    ['variables in text', '{"query":"{ __typename }","variables":"{}"}', {}, 400, 'BAD_REQUEST'],
    ['variables in a list', '{"query":"{ __typename }","variables":[]}', {}, 400, 'BAD_REQUEST'],
    ['an operation name that is no text', '{"query":"{ __typename }","operationName":1}', {}, 400, 'BAD_REQUEST'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    expectRefusal(await postBody(body, { ...JSON_TYPE, ...headers }), status, code);
  });

  it.each([
    ['syntax', '{ story(', 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', '{ story(slug: "a") { nope } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['no such operation', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE'],
    ['a subscription', 'subscription { changes { cursor } }', 'BAD_USER_INPUT'],
    ['what is no GraphQL', '\u0000\uffff', 'GRAPHQL_PARSE_FAILED'],
  ])('refuses a query for %s', async (_, query, code) => {
    expectRefusal(await server.post(query), 400, code);
  });

  it('reads charset utf-8 however it is written', async () => {
    const answers = ['utf-8', 'UTF-8', '"utf-8"'].map((charset) =>
      postBody('{"query":"{ __typename }"}', { 'content-type': `application/json; charset=${charset}` }),
    );
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  });

  it('refuses variables that are nested 200,000 deep', async () => {
    const depth = 100_000;
    const body = `{"query":"{ __typename }","variables":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    const answer = await postBody(body);
    expectRefusal(answer, 400, 'BAD_USER_INPUT');
    expect(answer.body.errors[0].extensions).toMatchObject({ field: 'variables', max: 20, actual: depth + 1 });
    const token = await server.tokenOf('CONTRIBUTOR');
    const deeper = `{"query":"{ __typename }","variables":{"a":${'{"b":'.repeat(200_000)}1${'}'.repeat(200_000)}}}`;
    const second = await postBody(deeper, { ...JSON_TYPE, authorization: `Bearer ${token}` });
    expectRefusal(second, 400, 'BAD_USER_INPUT');
    expect(second.body.errors[0].extensions.actual).toBe(200_001);
  });

  it('says at most five mistakes of a query', async () => {
    const fields = Array.from({ length: 200 }, (_, index) => `nope${index}`).join(' ');
    const { text, body } = await server.post(`{ viewer { ${fields} } }`);
    expect(body.errors.length).toBeLessThanOrEqual(6);
    expect(text.length).toBeLessThan(2000);
  });

  it('takes a persisted query, and holds it to the limits each time', async () => {
    const query = 'query P($n: Int) { users(first: $n) { nodes { tokens(first: 100) { nodes { id } } } } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const ask = (variables: object, withText: boolean) =>
      postBody(
        JSON.stringify({
          variables,
          extensions: { persistedQuery: { version: 1, sha256Hash } },
          ...(withText ? { query } : {}),
        }),
      );
    expect((await ask({ n: 1 }, false)).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await ask({ n: 1 }, true)).code).toBe('UNAUTHENTICATED');
    expect((await ask({ n: 1 }, false)).code).toBe('UNAUTHENTICATED');
    expectRefusal(await ask({ n: 9999 }, false), 400, 'QUERY_TOO_COMPLEX');
  });
});

describe('addresses', () => {
  it.each([['/nothing'], ['/graphql/more'], ['/graphqlx'], ['/%00'], ['/..%2f..%2fetc%2fpasswd']])(
    'there is nothing at %s',
    async (where) => {
      expectRefusal(await server.send(where), 404, 'NOT_FOUND');
    },
  );

  it('that cannot be read are refused', async () => {
    expectRefusal(await server.send('/%'), 400, 'BAD_REQUEST');
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s is not for /graphql', async (method) => {
    const answer = await server.send('/graphql', { method, headers: JSON_TYPE, body: '{}' });
    expectRefusal(answer, 405, 'BAD_REQUEST');
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });

  it('never carry a token', async () => {
    const answer = await get({ query: '{ __typename }', access_token: 'nw_0123456789012345678901234' });
    expectRefusal(answer, 400, 'BAD_REQUEST');
    expect(answer.body.errors[0].message).toContain('Authorization header');
    expect(server.logged.join('')).not.toContain('nw_0123456789012345678901234');
  });

  it('are read by the limits as they are read for the answer', async () => {
    // One reader of addresses gives up on a stray %, another does not: what only one can read must not pass the limits.
    const deep = `${'{a'.repeat(30)}${'}'.repeat(30)} #`;
    const stray = await server.send(`/graphql?query=${encodeURIComponent(deep)}%`, { headers: PREFLIGHTED });
    expectRefusal(stray, 400, 'QUERY_TOO_COMPLEX');
    const plus = await server.send(`/graphql?query=${deep.replaceAll('{', '%7B').replaceAll(' #', '+%23')}`, {
      headers: PREFLIGHTED,
    });
    expectRefusal(plus, 400, 'QUERY_TOO_COMPLEX');
    expectRefusal(
      await server.send('/graphql?query=%7Ba%7D&query=%7Bb%7D', { headers: PREFLIGHTED }),
      400,
      'BAD_REQUEST',
    );
    expectRefusal(await get({ query: '{ __typename }', variables: '{' }), 400, 'BAD_REQUEST');
    expectRefusal(
      await get({ query: '{ __typename }', variables: '{"a":'.repeat(30) + '1' + '}'.repeat(30) }),
      400,
      'BAD_USER_INPUT',
    );
  });

  it.each(['[', 'a b', '%', ''])('of a host named "%s" are refused', async (host) => {
    const { status, body } = await sendHead(
      { host, 'apollo-require-preflight': 'yes' },
      '/graphql?query=%7B__typename%7D',
    );
    expect(status).toBe(400);
    expect(JSON.parse(body)).toBeDefined();
    expect(server.logged.join('')).not.toContain('incidentId');
  });

  it('for those who watch over it tell whether it lives and is ready', async () => {
    for (const where of ['/livez', '/readyz', '/healthz'])
      expect(await server.send(where)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
