import { type HttpAnswer, startServer, type TestServer } from '../support/server';

const LISTED = 'https://desk.example.org';
const UNLISTED = 'https://elsewhere.example.net';
const FRONTEND = { 'content-type': 'application/json', accept: 'application/json' };

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer({ corsOrigins: [LISTED] });
  token = await server.tokenOf('EDITOR');
});
afterAll(() => server.close());

/** What a browser of that origin is told before it sends. */
const preflight = (origin: string, method: string, headers: string): Promise<HttpAnswer> =>
  server.send('/graphql', {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

/** Whether a browser would then send it: the Fetch standard's check of a preflight. */
function allows({ status, headers }: HttpAnswer, origin: string, method: string, asked: string): boolean {
  const list = (name: string): string[] => (headers.get(name) ?? '').toLowerCase().split(/, */);
  const lets = headers.get('access-control-allow-origin');
  return (
    status === 204 &&
    (lets === '*' || lets === origin) &&
    list('access-control-allow-methods').includes(method.toLowerCase()) &&
    asked.split(/, */).every((name) => list('access-control-allow-headers').includes(name))
  );
}

describe('a page of any origin', () => {
  it.each([LISTED, UNLISTED, 'null'])('%s may read what anybody may', async (origin) => {
    const asked = 'content-type, apollo-require-preflight';
    expect(allows(await preflight(origin, 'POST', asked), origin, 'POST', asked)).toBe(true);
    expect(allows(await preflight(origin, 'GET', asked), origin, 'GET', asked)).toBe(true);
    const { status, headers, body } = await server.post('{ __typename }', {}, { headers: { ...FRONTEND, origin } });
    expect(status).toBe(200);
    expect(body.data).toEqual({ __typename: 'Query' });
    expect(headers.get('access-control-allow-origin')).toBe(origin === LISTED ? LISTED : '*');
  });

  it('learns why it was refused', async () => {
    const { status, headers } = await server.post('{ nope }', {}, { headers: { origin: UNLISTED } });
    expect({ status, origin: headers.get('access-control-allow-origin') }).toEqual({ status: 400, origin: '*' });
    const missing = await server.send('/nothing', { headers: { origin: UNLISTED } });
    expect(missing.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('is never asked for credentials that a browser sends by itself', async () => {
    for (const origin of [LISTED, UNLISTED]) {
      const answers = [
        await preflight(origin, 'POST', 'content-type'),
        await server.post('{ __typename }', {}, { headers: { origin } }),
      ];
      for (const { headers } of answers) expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
  });

  it('may use GET and POST and nothing else', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      for (const origin of [LISTED, UNLISTED])
        expect(allows(await preflight(origin, method, 'content-type'), origin, method, 'content-type')).toBe(false);
  });
});

describe('with a token', () => {
  const asked = 'authorization, content-type';

  it('a page of a listed origin may ask', async () => {
    expect(allows(await preflight(LISTED, 'POST', asked), LISTED, 'POST', asked)).toBe(true);
    const answer = await server.post('{ viewer { name } }', {}, { token, headers: { ...FRONTEND, origin: LISTED } });
    expect(answer.body.data.viewer.name).toBe('The EDITOR');
    expect(answer.headers.get('access-control-allow-origin')).toBe(LISTED);
  });

  it.each([UNLISTED, 'null', `${LISTED}.evil.example`, 'http://desk.example.org', `${LISTED}:8443`])(
    'a page of %s may not, and cannot read what it would be answered',
    async (origin) => {
      expect(allows(await preflight(origin, 'POST', asked), origin, 'POST', asked)).toBe(false);
      const answer = await server.post('{ viewer { name } }', {}, { token, headers: { ...FRONTEND, origin } });
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  it('a program without an origin is not asked for one', async () => {
    const { body, headers } = await server.post('{ viewer { name } }', {}, { token });
    expect(body.data.viewer.name).toBe('The EDITOR');
    expect(headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('caches', () => {
  it('keep the answers of origins apart, and preflights for a day', async () => {
    for (const headers of [{ origin: LISTED }, { origin: UNLISTED }, {} as Record<string, string>])
      expect((await server.post('{ __typename }', {}, { headers })).headers.get('vary')).toMatch(/\bOrigin\b/);
    const { headers } = await preflight(LISTED, 'POST', 'content-type');
    expect(headers.get('access-control-max-age')).toBe('86400');
    expect(headers.get('vary')).toMatch(/\bOrigin\b/);
  });
});
