import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) {
  outcome
  story { headline summary body topics latestRevision }
  revision { number parent { number } base { number } author { name } summary minor }
  changes { path op before after }
  conflict { base { number } latest { number } fields { path base mine theirs theirRevision { number author { name } } } }
  problems { severity code path message } } }`;

type Fields = Record<string, unknown>;
const editAs = async (
  role: 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN',
  id: string,
  baseRevision: number,
  fields: Fields,
  more: Fields = {},
): Promise<Answer> => (await room.as(role).run(EDIT, { input: { id, baseRevision, fields, ...more } })).editStory;
const edit = (id: string, baseRevision: number, fields: Fields, more: Fields = {}) =>
  editAs('EDITOR', id, baseRevision, fields, more);
const contentOf = async (id: string): Promise<Answer> =>
  (await room.sql(`select content from shown where entry = $1 and view = 'LATEST'`, [id]))[0].content;

describe('An edit that started from an older revision', () => {
  it('is put on top where others changed other fields: parent is the latest, base what its author saw', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves', summary: 'Short', topics: ['army'] });
    expect((await edit(id, 1, { summary: 'Longer' })).outcome).toBe('SAVED');
    expect((await edit(id, 2, { topics: ['army', 'exile'] })).outcome).toBe('SAVED');
    const merged = await editAs('ADMIN', id, 1, { headline: 'Guard leaves for good' }, { summary: 'why', minor: true });
    expect(merged).toMatchObject({
      outcome: 'MERGED',
      story: { headline: 'Guard leaves for good', summary: 'Longer', topics: ['army', 'exile'], latestRevision: 4 },
      revision: {
        number: 4,
        parent: { number: 3 },
        base: { number: 1 },
        author: { name: 'The ADMIN' },
        summary: 'why',
        minor: true,
      },
      changes: [{ path: '/headline', op: 'CHANGED', before: 'Guard leaves', after: 'Guard leaves for good' }],
      conflict: null,
      problems: [],
    });
  });

  it('takes over what both changed alike, and writes what only it changed', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves', summary: 'Short' });
    await edit(id, 1, { headline: 'Guard flees' });
    const merged = await edit(id, 1, { headline: 'Guard flees', summary: 'Longer' });
    expect(merged).toMatchObject({
      outcome: 'MERGED',
      story: { headline: 'Guard flees', summary: 'Longer' },
      changes: [{ path: '/summary' }],
    });
  });

  it('leaves alone what it sends back as its author saw it, although others changed it since', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves', summary: 'Short', body: 'Old body' });
    await edit(id, 1, { headline: 'Guard flees', body: 'New body' });
    const merged = await edit(id, 1, { headline: 'Guard leaves', body: 'Old body', summary: 'Longer' });
    expect(merged).toMatchObject({
      outcome: 'MERGED',
      story: { headline: 'Guard flees', body: 'New body', summary: 'Longer' },
    });
  });

  it('is UNCHANGED where everything in it has been done by others', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves' });
    await edit(id, 1, { headline: 'Guard flees', body: 'He flew.' });
    const answer = await writingNothing(room, () => edit(id, 1, { headline: 'Guard flees', body: 'He flew.' }));
    expect(answer).toMatchObject({ outcome: 'UNCHANGED', revision: null, changes: [], conflict: null, problems: [] });
    expect(answer.story.latestRevision).toBe(2);
  });

  it('is a conflict for the same user in two tabs as well', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves' });
    await edit(id, 1, { headline: 'One tab' });
    expect((await edit(id, 1, { headline: 'Other tab' })).outcome).toBe('CONFLICT');
  });
});

describe('A conflict', () => {
  it('tells base, mine and theirs of every field in question, and writes nothing, not even what did fit', async () => {
    const { id } = await room.make.story({ headline: 'Guard leaves', summary: 'Short', topics: ['army'] });
    await editAs('ADMIN', id, 1, { headline: 'Guard flees', topics: ['exile'] });
    const answer = await writingNothing(room, () =>
      edit(
        id,
        1,
        { headline: 'Guard defects', topics: ['army', 'drugs'], summary: 'Longer', body: 'A body of my own' },
        { clientMutationId: 'conflict-1' },
      ),
    );
    expect(answer).toEqual({
      outcome: 'CONFLICT',
      story: { headline: 'Guard flees', summary: 'Short', body: null, topics: ['exile'], latestRevision: 2 },
      revision: null,
      changes: [],
      problems: [],
      conflict: {
        base: { number: 1 },
        latest: { number: 2 },
        fields: [
          {
            path: '/headline',
            base: 'Guard leaves',
            mine: 'Guard defects',
            theirs: 'Guard flees',
            theirRevision: { number: 2, author: { name: 'The ADMIN' } },
          },
        ],
      },
    });
  });

  it('names the revision that gave each field the value it has now, with others before, between and after', async () => {
    const { id } = await room.make.story({ headline: 'First', summary: 'First' });
    await edit(id, 1, { headline: 'Second' });
    await edit(id, 2, { headline: 'Third' });
    await edit(id, 3, { summary: 'Fourth' });
    await edit(id, 4, { topics: ['fifth'] });
    await edit(id, 5, { topics: ['sixth'] });
    const { conflict } = await edit(id, 1, { headline: 'Mine', summary: 'Mine' });
    expect(conflict).toMatchObject({
      base: { number: 1 },
      latest: { number: 6 },
      fields: [
        { path: '/headline', theirs: 'Third', theirRevision: { number: 3 } },
        { path: '/summary', theirs: 'Fourth', theirRevision: { number: 4 } },
      ],
    });
    expect((await edit(id, 3, { summary: 'Mine' })).conflict.fields).toMatchObject([
      { base: 'First', theirs: 'Fourth', theirRevision: { number: 4 } },
    ]);
  });

  it('finds that revision in a long history, also where its steps of fifty meet', async () => {
    const { id } = await room.make.story({ headline: 'First' });
    await edit(id, 1, { headline: 'Theirs' });
    for (let base = 2; base <= 54; base++) await edit(id, base, { summary: `Summary ${base}` });
    for (const [latest, next] of [
      [55, 56],
      [56, 57],
    ] as const) {
      const { conflict } = await edit(id, 1, { headline: 'Mine' });
      expect(conflict).toMatchObject({
        latest: { number: latest },
        fields: [{ theirs: 'Theirs', theirRevision: { number: 2 } }],
      });
      await edit(id, latest, { summary: `Summary of ${next}` });
    }
    const { conflict } = await edit(id, 5, { summary: 'Mine' });
    expect(conflict.fields).toMatchObject([
      { base: 'Summary 4', theirs: 'Summary of 57', theirRevision: { number: 57 } },
    ]);
  });

  it('names the later revision where a field went to another value and came back', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit(id, 1, { headline: 'Theirs' });
    await edit(id, 2, { headline: 'Another' });
    await edit(id, 3, { headline: 'Theirs' });
    expect((await edit(id, 1, { headline: 'Mine' })).conflict.fields[0].theirRevision.number).toBe(4);
    await edit(id, 4, { headline: 'Base' });
    expect(await edit(id, 1, { headline: 'Mine' })).toMatchObject({ outcome: 'MERGED', story: { headline: 'Mine' } });
  });

  it('shows long texts in words, and null where there is none', async () => {
    const { id } = await room.make.story({ body: 'The old body' });
    await edit(id, 1, { body: 'The body of somebody else' });
    expect((await edit(id, 1, { body: 'My body' })).conflict.fields).toMatchObject([
      { path: '/body', base: 'The old body', mine: 'My body', theirs: 'The body of somebody else' },
    ]);
    expect((await edit(id, 1, { body: null })).conflict.fields).toMatchObject([
      { path: '/body', base: 'The old body', mine: null, theirs: 'The body of somebody else' },
    ]);
    await edit(id, 2, { body: null });
    expect((await edit(id, 1, { body: 'My body' })).conflict.fields).toMatchObject([
      { path: '/body', base: 'The old body', mine: 'My body', theirs: null, theirRevision: { number: 3 } },
    ]);
    expect(await room.sql(`select from text where body = 'My body'`)).toEqual([]);
  });

  it('of two edits of one field at the same moment falls to exactly one of them', async () => {
    for (let round = 0; round < 20; round++) {
      const { id } = await room.make.story({ headline: 'Base' });
      const answers = await Promise.all(['One', 'Two'].map((headline) => edit(id, 1, { headline })));
      expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(['CONFLICT', 'SAVED']);
      const [saved, refused] = answers.toSorted((one) => (one.outcome === 'SAVED' ? -1 : 1));
      expect(refused.conflict.fields[0].theirs).toBe(saved.story.headline);
      expect((await contentOf(id)).headline).toBe(saved.story.headline);
    }
  });

  it('of two edits of different fields at the same moment falls to neither', async () => {
    const { id } = await room.make.story({ headline: 'Base', summary: 'Base' });
    const answers = await Promise.all([edit(id, 1, { headline: 'New' }), edit(id, 1, { summary: 'New' })]);
    expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(['MERGED', 'SAVED']);
    expect(await contentOf(id)).toMatchObject({ headline: 'New', summary: 'New' });
  });
});

describe('A base that is no revision of the entry', () => {
  it.each([
    ['nought', 0],
    ['negative', -1],
    ['the least number', -2147483648],
    ['from the future', 2],
    ['from the far future', 2147483647],
  ])('is refused: %s', async (_, baseRevision) => {
    const { id } = await room.make.story();
    const answer = await writingNothing(room, () => edit(id, baseRevision, { headline: 'New' }));
    expect(answer).toMatchObject({
      outcome: 'INVALID',
      story: { latestRevision: 1 },
      revision: null,
      problems: [{ severity: 'ERROR', code: 'INVALID', path: '/baseRevision' }],
    });
    expect(answer.problems[0].message).toContain(String(baseRevision));
  });
});

describe('An edit that changes nothing', () => {
  const unchanged: [string, Fields, Fields][] = [
    ['no fields', {}, {}],
    ['the same headline', { headline: 'Same' }, { headline: 'Same' }],
    ['the same headline in spaces', { headline: 'Same' }, { headline: '  Same ' }],
    ['é in another form', { headline: 'Caf\u00e9' }, { headline: 'Cafe\u0301' }],
    ['é in another form in the body', { body: 'Caf\u00e9' }, { body: 'Cafe\u0301' }],
    ['other line ends', { body: 'One\nTwo\n', summary: 'a\nb' }, { body: 'One\r\nTwo\r\n', summary: 'a\rb' }],
    ['null for what is empty', {}, { summary: null, body: null, topics: null, timeline: null }],
    ['the same set in another order', { topics: ['a', 'b'] }, { topics: ['b', 'a', 'b'] }],
    ['the same language in capitals', { language: 'es-VE' }, { language: 'ES-ve' }],
    ['a slug to be made of the title, which it is', { headline: 'A very own title' }, { slug: null }],
  ];

  it.each(unchanged)('says so and writes nothing: %s', async (_, before, fields) => {
    const { id } = await room.make.story(before);
    const answer = await writingNothing(room, () =>
      edit(id, 1, fields, { clientMutationId: `unchanged ${_}`.replaceAll(/[^a-z]/g, '-') }),
    );
    expect(answer).toMatchObject({ outcome: 'UNCHANGED', revision: null, changes: [], problems: [], conflict: null });
    expect(answer.story.latestRevision).toBe(1);
  });

  it('is one that writes a list back as it was read, ids and all', async () => {
    const actor = await room.make.actor();
    const { id, content } = await room.make.story({ cast: [{ actor: actor.id, role: 'guard' }] });
    expect((await edit(id, 1, { cast: content['cast'] })).outcome).toBe('UNCHANGED');
  });

  it('is one that sends names back without saying again which is the preferred one', async () => {
    const { id, content } = await room.make.actor({ names: [{ text: 'One' }, { text: 'Two' }] });
    const names = (content['names'] as { id: string; text: string }[]).map((name) => ({
      id: name.id,
      text: name.text,
    }));
    const query = `mutation Edit($input: EditActorInput!) { editActor(input: $input) { outcome } }`;
    const answer = await room.as('EDITOR').run(query, { input: { id, baseRevision: 1, fields: { names } } });
    expect(answer.editActor.outcome).toBe('UNCHANGED');
  });

  it('does not stand in the way of what others changed: the same set in another order is no change of it', async () => {
    const { id } = await room.make.story({ topics: ['a', 'b'] });
    await edit(id, 1, { topics: ['a', 'b', 'c'] });
    expect(await edit(id, 1, { topics: ['b', 'a'], summary: 'New' })).toMatchObject({
      outcome: 'MERGED',
      story: { topics: ['a', 'b', 'c'], summary: 'New' },
    });
  });
});
