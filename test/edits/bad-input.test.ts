import { createEntry } from '../../src/edits/create-entry';
import { editEntry } from '../../src/edits/edit-entry';
import type { EntryKind } from '../../src/model/entry';
import { Scope } from '../../src/store/scope';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';
import {
  DATES_AND_NUMBERS,
  type Ids,
  KINDS_THAT_REFER,
  LISTS,
  NOBODY,
  TOO_MANY_ITEMS,
  URLS,
  WORDS_THAT_FAIL,
} from './bad-input.cases';

let room: TestNewsroom;
let ids: Ids;
beforeAll(async () => {
  room = await openTestNewsroom();
  const idOf = async (made: Promise<{ id: string }>) => (await made).id;
  ids = {
    story: await idOf(room.make.story({ slug: 'taken' })),
    actor: await idOf(room.make.actor()),
    event: await idOf(room.make.event()),
    claim: await idOf(room.make.claim()),
    document: await idOf(room.make.document()),
    citation: await idOf(room.make.citation()),
  };
});
afterAll(() => room.close());

const WORDS: Record<EntryKind, string> = {
  STORY: 'Story',
  ACTOR: 'Actor',
  EVENT: 'Event',
  CLAIM: 'Claim',
  DOCUMENT: 'Document',
  CITATION: 'Citation',
};
const least: Record<EntryKind, () => Record<string, unknown>> = {
  STORY: () => ({ headline: 'A story' }),
  ACTOR: () => ({ actorType: 'PERSON', names: [{ text: 'Somebody' }] }),
  EVENT: () => ({ title: 'An event' }),
  CLAIM: () => ({ text: 'A claim', subject: ids.actor, mood: 'FACT' }),
  DOCUMENT: () => ({ title: 'A document', documentType: 'ARTICLE' }),
  CITATION: () => ({ about: ids.claim, document: ids.document, stance: 'ASSERTS' }),
};
const create = async (
  kind: EntryKind,
  fields: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<Answer> => {
  const word = WORDS[kind];
  const mutation = `mutation Create($input: Create${word}Input!) { create${word}(input: $input) {
    outcome problems { severity code path message entry { id } } } }`;
  return (await room.as('EDITOR').run(mutation, { input: { fields, ...more } }))[`create${word}`];
};
const told = (answer: Answer): string[] =>
  answer.problems.map((problem: { code: string; path: string }) => `${problem.code} ${problem.path}`);

describe.each([
  ['references', KINDS_THAT_REFER],
  ['words', WORDS_THAT_FAIL],
  ['dates and numbers', DATES_AND_NUMBERS],
  ['addresses', URLS],
  ['lists', LISTS],
])('Bad %s', (_, cases) => {
  it.each(cases)(
    '%s: refused with the field and the reason, nothing written',
    async (_what, kind, fields, problems) => {
      const input = { ...least[kind](), ...fields(ids) };
      const answer = await writingNothing(room, () => create(kind, input, { clientMutationId: 'bad-input' }));
      expect(answer.outcome).toBe('INVALID');
      expect(told(answer)).toEqual(problems);
      for (const problem of answer.problems) {
        expect(problem.severity).toBe('ERROR');
        expect(problem.message).toMatch(/^[\p{L}\p{M}\p{N}\x20-\x7e“”…]{1,400}\.$/u);
        expect(problem.message).not.toMatch(/secret|select|insert|\bat .*\.ts/);
      }
    },
  );

  const inEdits = cases.filter(([, , , problems]) => problems[0] !== 'SLUG_TAKEN /slug'); // it is the entry's own
  it.each(inEdits)('%s: refused in an edit just the same', async (_what, kind, fields, problems) => {
    const id = ids[kind.toLowerCase() as keyof typeof ids];
    const word = WORDS[kind];
    const mutation = `mutation Edit($input: Edit${word}Input!) { edit${word}(input: $input) {
      outcome revision { number } changes { path } problems { code path } } }`;
    const answer = await writingNothing(room, () =>
      room.as('EDITOR').run(mutation, { input: { id, baseRevision: 1, fields: fields(ids) } }),
    );
    expect(answer[`edit${word}`]).toMatchObject({ outcome: 'INVALID', revision: null, changes: [] });
    expect(told(answer[`edit${word}`])).toEqual(problems);
  });
});

describe('What a create leaves out', () => {
  it.each<[EntryKind, string[]]>([
    ['STORY', ['REQUIRED /headline']],
    ['ACTOR', ['REQUIRED /actorType', 'REQUIRED /names']],
    ['EVENT', ['REQUIRED /title']],
    ['CLAIM', ['REQUIRED /text', 'REQUIRED /subject', 'REQUIRED /mood']],
    ['DOCUMENT', ['REQUIRED /title', 'REQUIRED /documentType']],
    ['CITATION', ['REQUIRED /about', 'REQUIRED /stance', 'REQUIRED /document']],
  ])('is told all at once (%s)', async (kind, problems) => {
    expect(told(await writingNothing(room, () => create(kind, {})))).toEqual(problems);
  });
});

describe('An input with many mistakes', () => {
  it('is told all of them at once, each with its path, before anything is looked up', async () => {
    const scope = new Scope(room.newsroom, room.as('EDITOR').viewer);
    const result = await createEntry(scope, 'STORY', {
      summary: 'a\0b',
      fields: {
        slug: 'No Slug',
        language: 'x',
        headline: 'y'.repeat(400),
        body: '\ud800',
        topics: ['a\u202e', ''],
        timeline: [{ event: ids.event, claim: ids.claim }, {}, { id: 'a', note: 'x' }, { id: 'a', note: 'y' }],
        cast: [{ actor: 'nobody', role: 'z'.repeat(301) }],
        related: Array.from({ length: 501 }, () => ({ story: NOBODY, relation: 'FOLLOWS' })),
      },
    });
    expect(told(result)).toEqual([
      'INVALID /slug',
      'INVALID /language',
      'TOO_LONG /headline',
      'INVALID /body',
      'INVALID /topics/0',
      'REQUIRED /topics/1',
      'INVALID /timeline/0',
      'INVALID /timeline/1',
      'DUPLICATE /timeline/3/id',
      'TOO_LONG /cast/0/role',
      'TOO_MANY /related',
      'NOT_FOUND /cast/0/actor',
      'INVALID null',
    ]);
    expect(scope.statements).toBe(0);
  });

  it('is told all that only look-ups find at once as well', async () => {
    const answer = await writingNothing(room, () =>
      create('STORY', {
        headline: 'A',
        timeline: [{ id: 'strange', event: ids.claim }, { claim: NOBODY }],
        cast: [{ actor: ids.actor }, { actor: ids.story }],
      }),
    );
    expect(told(answer)).toEqual([
      'INVALID /timeline/0/id',
      'INVALID /timeline/0/event',
      'NOT_FOUND /timeline/1/claim',
      'INVALID /cast/1/actor',
    ]);
  });

  it.each([
    ['an over-long headline', { headline: 'x'.repeat(301) }],
    ['10,000 items', { timeline: TOO_MANY_ITEMS }],
    ['an id that cannot be one', { cast: [{ actor: 'nobody' }] }],
    ['a headline that may not be empty', { headline: null }],
  ])('costs no statement to refuse an edit with %s', async (_, fields) => {
    const scope = new Scope(room.newsroom, room.as('EDITOR').viewer);
    const result = await editEntry(scope, 'STORY', { id: ids.story, baseRevision: 1, fields });
    expect(result.outcome).toBe('INVALID');
    expect(scope.statements).toBe(0);
  });

  it('says the limit and the actual length', async () => {
    const { problems } = await create('STORY', { headline: 'x'.repeat(301) });
    expect(problems[0].message).toBe('headline has 301 characters; at most 300 are allowed.');
    const [many] = (await create('STORY', { headline: 'A', timeline: TOO_MANY_ITEMS })).problems;
    expect(many.message).toBe('timeline has 10000 items; at most 500 are allowed.');
  });
});

describe('The longest that is allowed', () => {
  it('is kept whole, counted as it is stored', async () => {
    const e = 'e\u0301'; // one character in NFC
    const { content } = await room.make.story({
      headline: e.repeat(300),
      summary: 'x'.repeat(1000),
      body: 'y\r\n'.repeat(100_000),
    });
    expect(content['headline']).toBe('é'.repeat(300));
  });
});

describe('A refusal', () => {
  it('names who holds a slug', async () => {
    const { problems } = await create('STORY', { headline: 'A', slug: 'taken' });
    expect(problems).toMatchObject([{ code: 'SLUG_TAKEN', path: '/slug', entry: { id: ids.story } }]);
  });

  it('of what is no enum, no number, no date-time and no field of the schema is GraphQL’s own, before anything runs', async () => {
    const mutation = (word: string) =>
      `mutation Create($input: Create${word}Input!) { create${word}(input: $input) { outcome } }`;
    const inputs: [string, Record<string, unknown>][] = [
      ['Claim', { ...least.CLAIM(), mood: 'CERTAINTY' }],
      ['Claim', { ...least.CLAIM(), value: { number: 'five' } }],
      ['Claim', { ...least.CLAIM(), value: { number: Infinity } }],
      ['Document', { ...least.DOCUMENT(), retrievedAt: '2015-02-30T00:00:00Z' }],
      ['Document', { ...least.DOCUMENT(), retrievedAt: 'yesterday' }],
      ['Story', { ...least.STORY(), role: 'ADMIN' }],
      ['Story', { ...least.STORY(), __proto__: null, constructor: {} }],
      ['Story', { ...least.STORY(), timeline: [null] }],
    ];
    await writingNothing(room, async () => {
      for (const [word, fields] of inputs) {
        const answer = await room.as('EDITOR').ask(mutation(word), { input: { fields } });
        expect(answer.errors).toHaveLength(1); // its code is given by the server
        expect(answer.data).toBeUndefined();
      }
    });
  });
});

describe('An edit without a right to it', () => {
  const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;

  it('is refused before anything is looked at, the same for what exists and what does not', async () => {
    await writingNothing(room, async () => {
      for (const id of [ids.story, NOBODY, 'nonsense']) {
        const input = { id, baseRevision: 0, fields: { headline: '' } };
        expect(await room.asAnonymous().fails(EDIT, { input })).toBe('UNAUTHENTICATED');
        expect(await room.as('READER').fails(EDIT, { input })).toBe('FORBIDDEN');
      }
      const opening = `mutation { createStory(input: { fields: {} }) { outcome } }`;
      expect(await room.asAnonymous().fails(opening)).toBe('UNAUTHENTICATED');
      expect(await room.as('READER').fails(opening)).toBe('FORBIDDEN');
    });
  });

  it('of a protected entry is refused below the role that it asks for, until the protection has run out', async () => {
    const { id } = await room.make.story({ headline: 'Protected' });
    const edit = (headline: string) => ({ input: { id, baseRevision: 1, fields: { headline } } });
    await room.sql(`update entry set protected_role = 'EDITOR' where id = $1`, [id]);
    expect(await writingNothing(room, () => room.as('CONTRIBUTOR').fails(EDIT, edit('New')))).toBe('FORBIDDEN');
    await room.sql(
      `update entry set protected_role = 'ADMIN', protected_until = clock_timestamp() + interval '1 hour' where id = $1`,
      [id],
    );
    expect(await room.as('EDITOR').fails(EDIT, edit('New'))).toBe('FORBIDDEN');
    await room.sql(`update entry set protected_until = clock_timestamp() - interval '1 second' where id = $1`, [id]);
    expect((await room.as('CONTRIBUTOR').run(EDIT, edit('New'))).editStory.outcome).toBe('SAVED');
  });
});

describe('An edit by the wrong address', () => {
  it.each([
    ['an actor’s id', () => ids.actor],
    ['nobody’s id', () => NOBODY],
    ['the id in capitals', () => ids.story.toUpperCase()],
    ['no id', () => ''],
    ['NUL', () => '\0'],
    ['the id of a revision', () => `${ids.story}:1`],
  ])('is NOT_FOUND, in the same words: %s as a story', async (_, id) => {
    const mutation = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
    const input = { id: id(), baseRevision: 1, fields: { headline: 'New' } };
    const { errors } = await writingNothing(room, () => room.as('EDITOR').ask(mutation, { input }));
    expect(errors).toMatchObject([
      { message: 'There is no such entry, or you may not see it.', extensions: { code: 'NOT_FOUND' } },
    ]);
  });
});
