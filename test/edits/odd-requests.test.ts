import { randomUUID } from 'node:crypto';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { countRows, writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;

const typeOf = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
const send = (name: string, input: Fields) =>
  room
    .as('ADMIN')
    .ask(
      `mutation ($input: ${typeOf(name)}!) { act: ${name}(input: $input) { outcome problems { code path message } } }`,
      { input },
    );
/** What an answer says in one line: how it came out and what is wrong, or the code of its error. */
const told = ({ data, errors }: Answer): string =>
  errors
    ? errors.map(({ extensions }: Answer) => extensions?.code).join()
    : [data.act.outcome, ...data.act.problems.map(({ code, path }: Answer) => `${code} ${path}`)].join(' ');

describe('Resolutions of places that no entry has', () => {
  /** An actor about whose name, summary and period two editors disagree. */
  async function contested() {
    const { id, content } = await room.make.actor({
      description: 'Base',
      names: [{ text: 'Base' }],
      roles: [{ title: 'Base', period: { edtf: '2001' } }],
    });
    const [name, role] = [(content.names as Fields[])[0], (content.roles as Fields[])[0]] as [Fields, Fields];
    const fields = (word: string, edtf: string, language: string) => ({
      description: word,
      names: [{ id: name.id, text: 'Base', kind: word === 'Mine' ? 'ALIAS' : 'NICKNAME', language }],
      roles: [{ id: role.id, title: 'Base', period: { edtf } }],
    });
    await send('editActor', { id, baseRevision: 1, fields: fields('Theirs', '2002', 'es') });
    const mine = { id, baseRevision: 1, against: 2, fields: fields('Mine', '2003', 'fr') };
    return { mine, name: String(name.id), role: String(role.id) };
  }
  const places = [
    '',
    '/',
    '//',
    '/constructor',
    '/__proto__',
    '/toString/x/y',
    '/names/x/constructor',
    '/names/x/__proto__',
    '/names/__proto__/text',
    '/names/x/text/y',
    '/names/x/usedIn/y',
    '/roles/x/period/edtf',
    '/identifiers/x',
    '/body/x',
    '/names/\u0000/text',
    '/names/\ud800',
    `/${'names/'.repeat(500)}`,
    '/slug',
  ];
  const values: [string, unknown][] = [
    ['nothing', null],
    ['a text', 'x'],
    ['a number', 1e308],
    ['a list', ['x']],
    ['an object', { __proto__: null, toString: 1, length: 3, constructor: { prototype: {} } }],
    ['much nested', JSON.parse(`${'['.repeat(15)}${']'.repeat(15)}`)],
  ];
  it.each(values)('are refused, with %s as their value, and nothing else happens', async (_, value) => {
    const { mine } = await contested();
    const before = await countRows(room);
    for (const path of places) {
      const answer = await send('editActor', { ...mine, resolve: [{ path, take: 'VALUE', value }] });
      expect([path, told(answer)]).toEqual([path, expect.stringMatching(/^(INVALID|CONFLICT|BAD_USER_INPUT)/)]);
    }
    expect(await countRows(room)).toEqual(before);
  });

  it.each(['MINE', 'THEIRS'])('are refused with %s too, each by its place in the input', async (take) => {
    const { mine, name, role } = await contested();
    const needed = ['/description', `/names/${name}/kind`, `/names/${name}/language`, `/roles/${role}/period`];
    const resolve = [...needed, ...places].map((path) => ({ path, take }));
    const answer = await writingNothing(room, () => send('editActor', { ...mine, resolve }));
    expect(answer.data.act.problems.map(({ path }: Answer) => path)).toEqual(
      places.map((_place, index) => `/resolve/${index + needed.length}/path`),
    );
  });

  it('take words of a vocabulary, dates and languages as the fields take them', async () => {
    const { mine, name, role } = await contested();
    const resolve = (kind: unknown, period: unknown, language: unknown) => [
      { path: '/description', take: 'VALUE', value: ' Ours ' },
      { path: `/names/${name}/kind`, take: 'VALUE', value: kind },
      { path: `/names/${name}/language`, take: 'VALUE', value: language },
      { path: `/roles/${role}/period`, take: 'VALUE', value: period },
    ];
    const refused = async (...given: Parameters<typeof resolve>) =>
      told(await writingNothing(room, () => send('editActor', { ...mine, resolve: resolve(...given) })));
    expect(await refused('NO_SUCH_KIND', { edtf: '2004' }, 'en')).toBe('BAD_USER_INPUT');
    expect(await refused('ALIAS', '2004', 'en')).toBe('BAD_USER_INPUT');
    expect(await refused('ALIAS', {}, 'en')).toBe('INVALID INVALID /resolve/3/value');
    expect(await refused('ALIAS', { edtf: 'soon' }, 'en')).toMatch(/INVALID|BAD_USER_INPUT/);
    expect(await refused('ALIAS', { edtf: '2004' }, 'no such tongue')).toBe('INVALID INVALID /resolve/2/value');
    const settled = await send('editActor', { ...mine, resolve: resolve('TRANSLATION', { edtf: '2004' }, null) });
    expect(told(settled)).toBe('MERGED');
    const { actor } = await room
      .as('EDITOR')
      .run(
        `query ($id: ID!) { actor(id: $id, view: LATEST) { description names { kind language } roles { period { edtf } } } }`,
        { id: mine.id },
      );
    expect(actor).toEqual({
      description: 'Ours',
      names: [{ kind: 'TRANSLATION', language: null }],
      roles: [{ period: { edtf: '2004' } }],
    });
  });

  it('five hundred at once are answered at once', async () => {
    const { mine } = await contested();
    const resolve = Array.from({ length: 500 }, (_, index) => ({ path: `/names/n${index}/text`, take: 'MINE' }));
    expect(told(await writingNothing(room, () => send('editActor', { ...mine, resolve })))).toBe('CONFLICT');
  });

  it.each(['a\u0000b', 'a\ud800b'])('texts that cannot be kept are refused at their place: %j', async (value) => {
    const { mine } = await contested();
    const resolve = [{ path: '/description', take: 'VALUE', value }];
    expect(told(await send('editActor', { ...mine, resolve }))).toBe('INVALID INVALID /resolve/0/value');
    const remarked = await send('editActor', { ...mine, summary: value });
    expect(told(remarked)).toBe('INVALID INVALID null');
  });
});

describe('Acts on what is no entry', () => {
  const numbers = { baseRevision: 1, toRevision: 1, revision: 1 };
  const inputs = (id: string): [string, Fields][] => [
    ['revertEntry', { id, baseRevision: numbers.baseRevision, toRevision: numbers.toRevision }],
    ['undoRevision', { id, revision: numbers.revision }],
    ['deleteEntry', { id, baseRevision: numbers.baseRevision }],
    ['restoreEntry', { id }],
    ['hideRevisions', { id, revisions: [1], reason: 'law' }],
    ['undoChangeset', { changeset: id }],
  ];
  const oddIds = (story: string, user: string): string[] => [
    '',
    ' ',
    'nonsense',
    '\u0000',
    '\ud800',
    '#ref',
    randomUUID(),
    story.toUpperCase(),
    ` ${story}`,
    `${story}:1`,
    `changeset:${story}`,
    `user:${user}`,
    `changeset:${user}`,
    'x'.repeat(10_000),
  ];
  it('are answered NOT_FOUND, whatever it is', async () => {
    const story = await room.make.story();
    const user = room.as('EDITOR').viewer?.user.uuid ?? '';
    for (const odd of oddIds(story.id, user))
      for (const [name, input] of inputs(odd))
        expect([name, odd.slice(0, 60), told(await writingNothing(room, () => send(name, input)))]).toEqual([
          name,
          odd.slice(0, 60),
          'NOT_FOUND',
        ]);
  });

  it('in a changeset are told at their place', async () => {
    const story = await room.make.story();
    const user = room.as('EDITOR').viewer?.user.uuid ?? '';
    const edits = oddIds(story.id, user).map((id) => ({
      editStory: { id, baseRevision: 1, fields: { summary: 'x' } },
    }));
    const answer = await writingNothing(room, () => send('applyChangeset', { edits }));
    expect(answer.data.act.problems.map(({ code, path }: Answer) => `${code} ${path}`)).toEqual(
      edits.map((_, index) => `NOT_FOUND /edits/${index}/editStory/id`),
    );
  });

  it.each([0, -1, -2147483648, 2147483647])('of revision %s are refused, and nothing is written', async (number) => {
    const { id } = await room.make.story();
    for (const [name, input, place] of [
      ['revertEntry', { id, baseRevision: number, toRevision: 1 }, '/baseRevision'],
      ['revertEntry', { id, baseRevision: 1, toRevision: number }, '/toRevision'],
      ['undoRevision', { id, revision: number }, '/revision'],
      ['deleteEntry', { id, baseRevision: number }, '/baseRevision'],
      ['editStory', { id, baseRevision: number, fields: {} }, '/baseRevision'],
      ['editStory', { id, baseRevision: 1, against: number, fields: {} }, '/against'],
    ] as const)
      expect([name, told(await writingNothing(room, () => send(name, input)))]).toEqual([
        name,
        `INVALID INVALID ${place}`,
      ]);
    const hidden = { id, revisions: [number, number, 1], reason: 'law' };
    expect(told(await writingNothing(room, () => send('hideRevisions', hidden)))).toBe(
      'INVALID NOT_FOUND /revisions/0 INVALID /revisions/2',
    );
  });
});

describe('Words of an act that cannot be kept', () => {
  it.each(['a\u0000b', 'a\ud800b', 'x'.repeat(3000)])('are refused: %j', async (words) => {
    const { id } = await room.make.story();
    const { id: other } = await room.make.story();
    const ref = [{ createStory: { ref: words, fields: { headline: 'x' } } }];
    for (const [name, input] of [
      ['revertEntry', { id, baseRevision: 1, toRevision: 1, summary: words }],
      ['undoRevision', { id, revision: 1, summary: words }],
      ['deleteEntry', { id, baseRevision: 1, summary: words }],
      ['restoreEntry', { id, summary: words }],
      ['hideRevisions', { id, revisions: [1], reason: words }],
      ['undoChangeset', { changeset: `changeset:${other}`, summary: words }],
      ['applyChangeset', { edits: ref }],
      ['applyChangeset', { edits: [{ createStory: { fields: { headline: 'x' } } }], summary: words }],
    ] as const)
      expect([name, told(await writingNothing(room, () => send(name, input)))]).toEqual([
        name,
        expect.stringMatching(/^INVALID (INVALID|TOO_LONG) /),
      ]);
    for (const name of ['deleteEntry', 'restoreEntry'])
      expect(
        told(await send(name, { id, ...(name === 'deleteEntry' && { baseRevision: 1 }), clientMutationId: words })),
      ).toBe('BAD_USER_INPUT');
  });
});
