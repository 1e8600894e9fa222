import { startServer, type TestServer } from '../support/server';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('A query whose lists multiply', () => {
  it('is refused once it has reached too many entries, long before it has used up the server', async () => {
    const one = await server.room.make.actor();
    const relations = Array.from({ length: 30 }, () => ({ type: 'ally', actor: one.id }));
    const other = await server.room.make.actor({ relations });
    const back = relations.map(() => ({ type: 'ally', actor: other.id }));
    await server.room.as('EDITOR').run(`mutation ($input: EditActorInput!) { editActor(input: $input) { outcome } }`, {
      input: { id: one.id, baseRevision: 1, fields: { relations: back } },
    });
    const nested = Array.from({ length: 6 }).reduce<string>((inner) => `relations { actor { ${inner} } }`, 'id');
    const { code, body } = await server.post(`{ actor(id: "${one.id}") { ${nested} } }`);
    expect(code).toBe('QUERY_TOO_COMPLEX');
    expect(body.errors[0].message).toMatch(/at most 50000 are allowed/);
  });
});

describe('Texts that a query has rendered and compared', () => {
  const long = (mark: string) => Array.from({ length: 9000 }, (_, index) => `${mark}${index % 97}`).join(' ');

  it('are rendered once, however often they are asked for', async () => {
    const { id } = await server.room.make.story({ body: '[['.repeat(90_000) });
    const fields = Array.from({ length: 30 }, (_, index) => `a${index}: bodyHtml`).join(' ');
    const { body } = await server.post(`{ story(id: "${id}") { ${fields} } }`);
    expect(body.errors).toBeUndefined();
    expect(body.data.story.a29).toBe(body.data.story.a0);
  });

  it('are refused past two million characters', async () => {
    const previews = Array.from({ length: 15 }, (_, index) => `a${index}: renderMarkdown(markdown: $m${index})`);
    const variables = Object.fromEntries(previews.map((_, index) => [`m${index}`, long(`w${index}`).repeat(3)]));
    const parameters = Object.keys(variables).map((name) => `$${name}: Markdown!`);
    const token = await server.tokenOf('CONTRIBUTOR');
    const { body } = await server.post(`query (${parameters.join()}) { ${previews.join(' ')} }`, variables, { token });
    expect(body.errors[0].extensions).toMatchObject({
      code: 'QUERY_TOO_COMPLEX',
      limit: 'characters to render or compare',
      max: 2_000_000,
    });
  });
});

describe('Rights that end within a request', () => {
  it('are gone for what comes after in the same request', async () => {
    const admin = await server.tokenOf('ADMIN');
    const made = await server.post(
      'mutation { createUser(input: { name: "Second", role: ADMIN }) { user { id } } }',
      {},
      { token: admin },
    );
    const { id } = made.body.data.createUser.user;
    const { body } = await server.post(
      `mutation { createToken(input: { user: "${id}", label: "t" }) { secret } }`,
      {},
      { token: admin },
    );
    const answer = await server.post(
      `mutation { a: setRole(input: { user: "${id}", role: READER }) { user { role } }
        b: createUser(input: { name: "Too late", role: ADMIN }) { user { id } } }`,
      {},
      { token: body.data.createToken.secret },
    );
    expect(answer.body.data).toEqual({ a: { user: { role: 'READER' } }, b: null });
    expect(answer.code).toBe('FORBIDDEN');
  });

  it('do not come back by a token that a lesser one makes', async () => {
    const lesser = await server.tokenOf('ADMIN', { ceiling: 'CONTRIBUTOR' });
    const { body } = await server.post('{ viewer { id } }', {}, { token: lesser });
    const made = await server.post(
      `mutation { createToken(input: { user: "${body.data.viewer.id}", label: "t" }) { secret } }`,
      {},
      { token: lesser },
    );
    const asked = await server.post('{ users { totalCount } }', {}, { token: made.body.data.createToken.secret });
    expect(asked.code).toBe('FORBIDDEN');
  });
});

describe('What a caller got wrong', () => {
  it('is named by its place, also where a scalar cannot be read', async () => {
    const token = await server.tokenOf('ADMIN');
    const { body } = await server.post(
      'mutation ($input: CreateTokenInput!) { createToken(input: $input) { secret } }',
      { input: { user: 'user:x', label: 'x', expiresAt: 'tomorrow' } },
      { token },
    );
    expect(body.errors[0]).toMatchObject({
      message: expect.stringContaining('input.expiresAt'),
      extensions: { code: 'BAD_USER_INPUT', field: 'input.expiresAt' },
    });
  });

  it('is no incident of ours: a persisted query under another hash, or of another version', async () => {
    for (const persistedQuery of [
      { version: 1, sha256Hash: 'abc' },
      { version: 2, sha256Hash: 'abc' },
    ]) {
      const answer = await server.send('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ viewer { id } }', extensions: { persistedQuery } }),
      });
      expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST']);
    }
  });

  it('is told where a token would end before it begins', async () => {
    const token = await server.tokenOf('ADMIN');
    const { body } = await server.post('{ viewer { id } }', {}, { token });
    const made = await server.post(
      `mutation { createToken(input: { user: "${body.data.viewer.id}", label: "t", expiresAt: "2001-01-01T00:00:00Z" }) {
        secret problems { code path } } }`,
      {},
      { token },
    );
    expect(made.body.data.createToken).toEqual({ secret: null, problems: [{ code: 'INVALID', path: '/expiresAt' }] });
  });
});

describe('Wiki links of one entry', () => {
  it('are refused past 500 in all its texts together', async () => {
    const timeline = Array.from({ length: 10 }, (_, note) => ({
      note: Array.from({ length: 100 }, (__, link) => `[[story:x-${note}-${link}]]`).join(' '),
    }));
    const data = await server.room
      .as('EDITOR')
      .run(
        `mutation ($fields: StoryFields!) { createStory(input: { fields: $fields }) { outcome problems { code path } } }`,
        {
          fields: { headline: 'x', timeline },
        },
      );
    expect(data.createStory).toEqual({
      outcome: 'INVALID',
      problems: [{ code: 'TOO_MANY', path: '/timeline/5/note' }],
    });
  });
});
