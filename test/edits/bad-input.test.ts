import { createEntry } from '../../src/edits/create-entry';
import { editEntry } from '../../src/edits/edit-entry';
import type { EntryKind } from '../../src/model/entry';
import { Scope } from '../../src/store/scope';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
let ids: Record<'story' | 'actor' | 'event' | 'claim' | 'document' | 'citation', string>;
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

const NOBODY = '00000000-0000-4000-8000-000000000000';
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
const create = async (kind: EntryKind, fields: Record<string, unknown>, more: Record<string, unknown> = {}): Promise<Answer> => {
  const word = WORDS[kind];
  const mutation = `mutation Create($input: Create${word}Input!) { create${word}(input: $input) {
    outcome problems { severity code path message entry { id } } } }`;
  return (await room.as('EDITOR').run(mutation, { input: { fields, ...more } }))[`create${word}`];
};
const told = (answer: Answer): string[] =>
  answer.problems.map((problem: { code: string; path: string }) => `${problem.code} ${problem.path}`);

type Case = [what: string, kind: EntryKind, fields: () => Record<string, unknown>, problems: string[]];

const KINDS_THAT_REFER: Case[] = [
  ['a cast member who does not exist', 'STORY', () => ({ cast: [{ actor: NOBODY }] }), ['NOT_FOUND /cast/0/actor']],
  ['an id that cannot be one', 'STORY', () => ({ cast: [{ actor: 'nobody' }] }), ['NOT_FOUND /cast/0/actor']],
  ['an id with NUL', 'STORY', () => ({ cast: [{ actor: 'a\0' }] }), ['NOT_FOUND /cast/0/actor']],
  ['a story as cast member', 'STORY', () => ({ cast: [{ actor: ids.story }] }), ['INVALID /cast/0/actor']],
  [
    'an event and a claim in each other’s place',
    'STORY',
    () => ({ timeline: [{ event: ids.claim }, { claim: ids.event }] }),
    ['INVALID /timeline/0/event', 'INVALID /timeline/1/claim'],
  ],
  ['an actor as related story', 'STORY', () => ({ related: [{ story: ids.actor, relation: 'FOLLOWS' }] }), ['INVALID /related/0/story']],
  ['a claim as participant', 'EVENT', () => ({ participants: [{ actor: ids.claim }] }), ['INVALID /participants/0/actor']],
  ['a story as whole of an event', 'EVENT', () => ({ partOf: ids.story }), ['INVALID /partOf']],
  ['an actor as anchor of a date', 'EVENT', () => ({ when: { wording: 'then', anchor: ids.actor } }), ['INVALID /when/anchor']],
  ['a subject that does not exist', 'CLAIM', () => ({ subject: NOBODY }), ['NOT_FOUND /subject']],
  ['a value that does not exist', 'CLAIM', () => ({ value: { entry: NOBODY } }), ['NOT_FOUND /value/entry']],
  ['an event as related claim', 'CLAIM', () => ({ relations: [{ kind: 'SAME_AS', claim: ids.event }] }), ['INVALID /relations/0/claim']],
  ['a document as publisher', 'DOCUMENT', () => ({ publisher: ids.document }), ['INVALID /publisher']],
  ['a document as author', 'DOCUMENT', () => ({ authors: [ids.actor, ids.document] }), ['INVALID /authors/1']],
  ['an actor as original', 'DOCUMENT', () => ({ translationOf: ids.actor }), ['INVALID /translationOf']],
  ['an actor as document cited', 'CITATION', () => ({ document: ids.actor }), ['INVALID /document']],
  [
    'actor and document of a step in each other’s place',
    'CITATION',
    () => ({ chain: [{ role: 'VIA', actor: ids.document, document: ids.actor }] }),
    ['INVALID /chain/0/actor', 'INVALID /chain/0/document'],
  ],
  ['a spelling used in an event', 'ACTOR', () => ({ names: [{ text: 'A', usedIn: [ids.event] }] }), ['INVALID /names/0/usedIn/0']],
  ['a role in a document', 'ACTOR', () => ({ roles: [{ title: 'A', organization: ids.document }] }), ['INVALID /roles/0/organization']],
];

const WORDS_THAT_FAIL: Case[] = [
  ['an empty headline', 'STORY', () => ({ headline: '' }), ['REQUIRED /headline']],
  ['a headline of spaces', 'STORY', () => ({ headline: ' \u00a0 ' }), ['REQUIRED /headline']],
  ['no headline', 'STORY', () => ({ headline: null }), ['REQUIRED /headline']],
  ['a headline of 301 characters', 'STORY', () => ({ headline: 'x'.repeat(301) }), ['TOO_LONG /headline']],
  ['a headline of a million characters', 'STORY', () => ({ headline: 'x'.repeat(1_000_000) }), ['TOO_LONG /headline']],
  ['a summary of 1,001 characters', 'STORY', () => ({ summary: 'x'.repeat(1001) }), ['TOO_LONG /summary']],
  ['a body of 200,001 characters', 'STORY', () => ({ body: 'x'.repeat(200_001) }), ['TOO_LONG /body']],
  ['a kept text of 1,000,001 characters', 'DOCUMENT', () => ({ keptText: 'x'.repeat(1_000_001) }), ['TOO_LONG /keptText']],
  ['NUL in a headline', 'STORY', () => ({ headline: 'a\0b' }), ['INVALID /headline']],
  ['NUL in a body', 'STORY', () => ({ body: 'a\0b' }), ['INVALID /body']],
  ['NUL in a note of an item', 'STORY', () => ({ timeline: [{ note: 'a\0b' }] }), ['INVALID /timeline/0/note']],
  ['NUL in a topic', 'STORY', () => ({ topics: ['fine', 'a\0b'] }), ['INVALID /topics/1']],
  ['half of a surrogate pair in a headline', 'STORY', () => ({ headline: 'a\ud800b' }), ['INVALID /headline']],
  ['half of a surrogate pair in a body', 'STORY', () => ({ body: 'a\udc00b' }), ['INVALID /body']],
  ['half of a surrogate pair in a slug', 'STORY', () => ({ slug: 'a\ud800' }), ['INVALID /slug']],
  ['half of a surrogate pair in a language', 'STORY', () => ({ language: 'e\ud800' }), ['INVALID /language']],
  ['half of a surrogate pair in a place', 'EVENT', () => ({ place: { name: 'a\ud800' } }), ['INVALID /place/name']],
  ['half of a surrogate pair in a URL', 'DOCUMENT', () => ({ url: 'https://example.org/\ud800' }), ['INVALID /url']],
  ['half of a surrogate pair in a date', 'EVENT', () => ({ when: { edtf: '2014\ud800' } }), ['INVALID /when/edtf']],
  ['a control of the writing direction in a headline', 'STORY', () => ({ headline: 'a\u202eb' }), ['INVALID /headline']],
  ['one in a name', 'ACTOR', () => ({ names: [{ text: 'a\u2066b' }] }), ['INVALID /names/0/text']],
  ['one in the title of an event', 'EVENT', () => ({ title: '\u202da' }), ['INVALID /title']],
  ['one in the title of a document', 'DOCUMENT', () => ({ title: 'a\u2069' }), ['INVALID /title']],
  ['a line break in a headline', 'STORY', () => ({ headline: 'a\nb' }), ['INVALID /headline']],
  ['a control character in a body', 'STORY', () => ({ body: 'a\u0007b' }), ['INVALID /body']],
  ['a headline of nothing that can be seen', 'STORY', () => ({ headline: '\u200d' }), ['INVALID /headline']],
  ['a slug with spaces', 'STORY', () => ({ slug: 'Two words' }), ['INVALID /slug']],
  ['an empty slug', 'STORY', () => ({ slug: '' }), ['INVALID /slug']],
  ['a slug that looks like an id', 'STORY', () => ({ slug: NOBODY }), ['INVALID /slug']],
  ['a slug that is another story’s', 'STORY', () => ({ slug: 'taken' }), ['SLUG_TAKEN /slug']],
  ['a language that is none', 'STORY', () => ({ language: 'not a language' }), ['INVALID /language']],
  ['a pointer that is none', 'CITATION', () => ({ path: 'value' }), ['INVALID /path']],
];

const DATES_AND_NUMBERS: Case[] = [
  ['a day that there is not', 'EVENT', () => ({ when: { edtf: '2014-02-30' } }), ['INVALID /when/edtf']],
  ['words in place of a date', 'EVENT', () => ({ when: { edtf: 'in December' } }), ['INVALID /when/edtf']],
  ['an end before its start', 'EVENT', () => ({ when: { edtf: '2015/2014' } }), ['INVALID /when/edtf']],
  ['a date of a hundred thousand characters', 'EVENT', () => ({ when: { edtf: '2'.repeat(100_000) } }), ['INVALID /when/edtf']],
  ['a date of nothing', 'EVENT', () => ({ when: {} }), ['INVALID /when']],
  ['a date of a place in time alone', 'EVENT', () => ({ when: { anchor: ids.document } }), ['INVALID /when']],
  ['a bad date in a role', 'ACTOR', () => ({ roles: [{ title: 'Guard', period: { edtf: '2014-13' } }] }), ['INVALID /roles/0/period/edtf']],
  ['a bad date as value', 'CLAIM', () => ({ value: { date: { edtf: '0000' } } }), ['INVALID /value/date/edtf']],
  ['a latitude beyond the pole', 'EVENT', () => ({ place: { name: 'A', latitude: 91 } }), ['INVALID /place/latitude']],
  ['a longitude beyond the globe', 'EVENT', () => ({ place: { name: 'A', longitude: -181 } }), ['INVALID /place/longitude']],
  ['a value of two sorts', 'CLAIM', () => ({ value: { text: 'five', number: 5 } }), ['INVALID /value']],
  ['a value of no sort', 'CLAIM', () => ({ value: {} }), ['INVALID /value']],
  ['a unit without a number', 'CLAIM', () => ({ value: { text: 'five', unit: 't' } }), ['INVALID /value/unit']],
  ['a value that is too long, and nothing else about it', 'CLAIM', () => ({ value: { text: 'x'.repeat(1001) } }), ['TOO_LONG /value/text']],
];

const URLS: Case[] = [
  ['a URL with a password', 'DOCUMENT', () => ({ url: 'https://user:secret@example.org/' }), ['INVALID /url']],
  ['a URL with a user name', 'DOCUMENT', () => ({ archiveUrl: 'http://user@example.org/' }), ['INVALID /archiveUrl']],
  ['a URL of script', 'DOCUMENT', () => ({ url: 'javascript:alert(1)' }), ['INVALID /url']],
  ['a URL of data', 'DOCUMENT', () => ({ url: 'data:text/html,x' }), ['INVALID /url']],
  ['a URL of files', 'DOCUMENT', () => ({ url: 'ftp://example.org/' }), ['INVALID /url']],
  ['a path', 'DOCUMENT', () => ({ url: '/a/b' }), ['INVALID /url']],
  ['a URL of 3,000 characters', 'DOCUMENT', () => ({ url: `https://example.org/${'x'.repeat(3000)}` }), ['INVALID /url']],
];

const LISTS: Case[] = [
  ['10,000 items', 'STORY', () => ({ timeline: Array(10_000).fill({ note: 'x' }) }), ['TOO_MANY /timeline']],
  ['501 topics', 'STORY', () => ({ topics: Array.from({ length: 501 }, (_, n) => `topic ${n}`) }), ['TOO_MANY /topics']],
  ['10,000 spellings of a name', 'ACTOR', () => ({ names: [{ text: 'A', usedIn: Array(10_000).fill(NOBODY) }] }), ['TOO_MANY /names/0/usedIn']],
  ['no names', 'ACTOR', () => ({ names: [] }), ['REQUIRED /names']],
  ['a name of spaces', 'ACTOR', () => ({ names: [{ text: ' ' }] }), ['REQUIRED /names/0/text']],
  ['two preferred names', 'ACTOR', () => ({ names: [{ text: 'A', preferred: true }, { text: 'B', preferred: true }] }), ['INVALID /names/1/preferred']],
  ['an empty topic', 'STORY', () => ({ topics: ['a', ' '] }), ['REQUIRED /topics/1']],
  ['an id of an item, in an entry that never had one', 'STORY', () => ({ timeline: [{ id: 'abc', note: 'x' }] }), ['INVALID /timeline/0/id']],
  ['an id that no item can have', 'STORY', () => ({ timeline: [{ id: '../x\0', note: 'x' }] }), ['INVALID /timeline/0/id']],
  ['an item with event and claim', 'STORY', () => ({ timeline: [{ event: ids.event, claim: ids.claim }] }), ['INVALID /timeline/0']],
  ['an item of nothing', 'STORY', () => ({ timeline: [{}] }), ['INVALID /timeline/0']],
  ['a step of nothing', 'CITATION', () => ({ chain: [{ role: 'VIA' }] }), ['INVALID /chain/0']],
  ['a step with a bad description, and nothing else about it', 'CITATION', () => ({ chain: [{ role: 'VIA', description: 'a\0' }] }), ['INVALID /chain/0/description']],
];

describe.each([
  ['references', KINDS_THAT_REFER],
  ['words', WORDS_THAT_FAIL],
  ['dates and numbers', DATES_AND_NUMBERS],
  ['addresses', URLS],
  ['lists', LISTS],
])('Bad %s', (_, cases) => {
  it.each(cases)('%s: refused with the field and the reason, nothing written', async (_what, kind, fields, problems) => {
    const input = { ...least[kind](), ...fields() };
    const answer = await writingNothing(room, () => create(kind, input, { clientMutationId: 'bad-input' }));
    expect(answer.outcome).toBe('INVALID');
    expect(told(answer)).toEqual(problems);
    for (const problem of answer.problems) {
      expect(problem.severity).toBe('ERROR');
      expect(problem.message).toMatch(/^[\p{L}\p{M}\p{N}\x20-\x7e“”…]{1,400}\.$/u);
      expect(problem.message).not.toMatch(/secret|select|insert|\bat .*\.ts/);
    }
  });

  it.each(cases)('%s: refused in an edit just the same', async (_what, kind, fields, problems) => {
    const id = ids[kind.toLowerCase() as keyof typeof ids];
    const word = WORDS[kind];
    const mutation = `mutation Edit($input: Edit${word}Input!) { edit${word}(input: $input) {
      outcome revision { number } changes { path } problems { code path } } }`;
    if (kind === 'STORY' && problems[0]?.startsWith('SLUG_TAKEN')) return; // its own
    const answer = await writingNothing(room, () =>
      room.as('EDITOR').run(mutation, { input: { id, baseRevision: 1, fields: fields() } }),
    );
    expect(answer[`edit${word}`]).toMatchObject({ outcome: 'INVALID', revision: null, changes: [] });
    // What leads to the entry itself is told as such.
    expect(told(answer[`edit${word}`]).map((line) => line.replace('CYCLE', 'INVALID'))).toEqual(problems);
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
        related: Array(501).fill({ story: NOBODY, relation: 'FOLLOWS' }),
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
      'INVALID /summary',
      'NOT_FOUND /cast/0/actor',
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
    ['10,000 items', { timeline: Array(10_000).fill({ note: 'x' }) }],
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
    const [many] = (await create('STORY', { headline: 'A', timeline: Array(10_000).fill({ note: 'x' }) })).problems;
    expect(many.message).toBe('timeline has 10000 items; at most 500 are allowed.');
  });
});

describe('The longest that is allowed', () => {
  it('is kept whole, counted as it is stored', async () => {
    const e = 'e\u0301'; // one character in NFC
    const { content } = await room.make.story({ headline: e.repeat(300), summary: 'x'.repeat(1000), body: 'y\r\n'.repeat(100_000) });
    expect(content['headline']).toBe('é'.repeat(300));
  });
});

describe('A refusal', () => {
  it('names who holds a slug', async () => {
    const { problems } = await create('STORY', { headline: 'A', slug: 'taken' });
    expect(problems).toMatchObject([{ code: 'SLUG_TAKEN', path: '/slug', entry: { id: ids.story } }]);
  });

  it('of what is no enum, no number, no date-time and no input of the schema names the variable, in GraphQL’s own way', async () => {
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
      for (const [word, fields] of inputs)
        expect(await room.as('EDITOR').fails(mutation(word), { input: { fields } })).toBe('BAD_USER_INPUT');
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
      const create = `mutation { createStory(input: { fields: {} }) { outcome } }`;
      expect(await room.asAnonymous().fails(create)).toBe('UNAUTHENTICATED');
      expect(await room.as('READER').fails(create)).toBe('FORBIDDEN');
    });
  });

  it('of a protected entry is refused below the role that it asks for, until the protection has run out', async () => {
    const { id } = await room.make.story({ headline: 'Protected' });
    const edit = (headline: string) => ({ input: { id, baseRevision: 1, fields: { headline } } });
    await room.sql(`update entry set protected_role = 'EDITOR' where id = $1`, [id]);
    expect(await writingNothing(room, () => room.as('CONTRIBUTOR').fails(EDIT, edit('New')))).toBe('FORBIDDEN');
    await room.sql(`update entry set protected_role = 'ADMIN', protected_until = clock_timestamp() + interval '1 hour' where id = $1`, [id]);
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
