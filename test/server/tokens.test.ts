import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type HttpAnswer, startServer, type TestServer } from '../support/server';

const WHO = '{ viewer { name role } }';
const STORY_PAGE = readFileSync(path.join(__dirname, '../api/story-page.graphql'), 'utf8');

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

function expectUnauthenticated(answer: HttpAnswer): void {
  expect({ status: answer.status, code: answer.code }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.body).not.toHaveProperty('data');
}

const withHeader = (authorization: string): Promise<HttpAnswer> => server.post(WHO, {}, { headers: { authorization } });

describe('a token', () => {
  it('says who asks', async () => {
    for (const role of ['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const) {
      const token = await server.tokenOf(role);
      const { body } = await server.post(WHO, {}, { token });
      expect(body.data.viewer.name).toBe(`The ${role}`);
    }
    expect((await server.post(WHO)).body).toEqual({ data: { viewer: null } });
  });

  it('may be written with any number of spaces and any case of "Bearer"', async () => {
    const token = await server.tokenOf('EDITOR');
    for (const header of [`bearer ${token}`, `BEARER   ${token}  `])
      expect((await withHeader(header)).body.data.viewer.name).toBe('The EDITOR');
  });

  it('may be as long as a header', async () => {
    const secret = 'x'.repeat(4000);
    const [user] = await server.room.sql(`select id from "user" where role = 'EDITOR'`);
    await server.room.sql(
      `insert into token (id, hash, user_id, label) values (gen_random_uuid(), encode(sha256($1::bytea), 'hex'), $2, 'long')`,
      [secret, user.id],
    );
    expect((await withHeader(`Bearer ${secret}`)).body.data.viewer.name).toBe('The EDITOR');
  });

  it('is refused in the same words whether it is unknown, revoked, expired or its owner inactive', async () => {
    const revoked = await server.tokenOf('EDITOR');
    const expired = await server.tokenOf('EDITOR', { expiresAt: new Date(Date.now() - 1000) });
    const ofInactive = await server.tokenOf('CONTRIBUTOR');
    for (const token of [revoked, ofInactive]) expect((await server.post(WHO, {}, { token })).status).toBe(200);
    const [last] = await server.room.sql(`select id from token where expires_at is null order by created_at desc`);
    expect(last).toBeDefined();
    await server.room.sql(
      `update token set revoked_at = clock_timestamp() where hash = encode(sha256($1::bytea), 'hex')`,
      [revoked],
    );
    await server.room.sql(`update "user" set active = false where role = 'CONTRIBUTOR'`);
    const answers = [];
    for (const token of ['nw_nobody_has_ever_had_this_token', revoked, expired, ofInactive])
      answers.push(await server.post(WHO, {}, { token }));
    await server.room.sql(`update "user" set active = true where role = 'CONTRIBUTOR'`);
    for (const answer of answers) {
      expectUnauthenticated(answer);
      expect(answer.text).toBe(answers[0]?.text);
    }
    expect(answers[0]?.body.errors[0].message).toBe('This token is not valid: unknown, expired or revoked.');
  });

  it.each([
    ['Basic dXNlcjpwYXNzd29yZA=='],
    ['Bearer'],
    ['Bearer short'],
    ['Bearer two words_that_are_long_enough'],
    ['nw_without_the_word_bearer_before_it'],
    ['Bearer "nw_0123456789012345678901234", Bearer x'],
    ['Bearer nw_0123456789012345678é901234'],
  ])('is refused where the header reads %j', async (header) => {
    const answer = await withHeader(header);
    expectUnauthenticated(answer);
    expect(answer.body.errors[0].message).toBe('The Authorization header must read "Bearer <token>".');
  });

  it('that is refused is refused for GET and for every query alike', async () => {
    const headers = { authorization: 'Bearer nw_nobody_has_ever_had_this_token', 'apollo-require-preflight': 'yes' };
    expectUnauthenticated(await server.send('/graphql?query=%7B__typename%7D', { headers }));
    expectUnauthenticated(await server.post('{ __schema { queryType { name } } }', {}, { headers }));
  });

  it('with a ceiling lets do no more than that', async () => {
    const token = await server.tokenOf('ADMIN', { ceiling: 'READER' });
    const { body } = await server.post(`${WHO.slice(0, -1)} users { totalCount } }`, {}, { token });
    expect(body.data.viewer.name).toBe('The ADMIN');
    expect(body.errors.map((error: { extensions: object }) => error.extensions)).toEqual([
      { code: 'FORBIDDEN', role: 'READER' },
    ]);
    const above = await server.tokenOf('READER', { ceiling: 'ADMIN' });
    expect((await server.post('{ users { totalCount } }', {}, { token: above })).code).toBe('FORBIDDEN');
  });

  it('costs the story page one statement: 7 instead of 6', async () => {
    const { make } = server.room;
    const publisher = await make.actor({ actorType: 'MEDIA_OUTLET' });
    const document = await make.document({ publisher: publisher.id });
    const actor = await make.actor();
    const event = await make.event({ participants: [{ actor: actor.id, role: 'speaker' }] });
    await make.citation({ about: event.id, document: document.id });
    await make.story({ slug: 'told', timeline: [{ event: event.id }] });
    const token = await server.tokenOf('READER');
    const ask = (given?: string) => server.post(STORY_PAGE, { slug: 'told' }, { token: given });
    expect((await ask(token)).body.data.story.timeline).toHaveLength(1); // notes the token's first use
    for (let round = 0; round < 3; round++) {
      expect(await server.countSql(() => ask())).toBe(6);
      expect(await server.countSql(() => ask(token))).toBe(7);
    }
  });

  it('is written nowhere: not in the logs, not in the database', async () => {
    const token = await server.tokenOf('EDITOR');
    const { id } = (await server.post('{ viewer { id } }', {}, { token })).body.data.viewer;
    const mutation =
      'mutation ($input: CreateTokenInput!) { createToken(input: $input) { secret problems { message } } }';
    const { body } = await server.post(mutation, { input: { user: id, label: 'mine' } }, { token });
    const { secret } = body.data.createToken;
    expect((await server.post(WHO, {}, { token: secret })).body.data.viewer.name).toBe('The EDITOR');
    await server.post('{ nope }', { secret }, { token: secret });
    await server.post(WHO, { secret }, { token: `${secret}x` });
    const logs = server.logged.join('');
    expect(logs).toContain('"msg":"request"');
    for (const hidden of [token, secret]) expect(logs).not.toContain(hidden);
    const rows = await server.room.sql('select token::text as row from token');
    for (const { row } of rows) for (const hidden of [token, secret]) expect(row).not.toContain(hidden);
  });
});
