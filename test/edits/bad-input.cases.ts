import type { EntryKind } from '../../src/model/entry';

/** An entry of each kind that is there. */
export type Ids = Record<'story' | 'actor' | 'event' | 'claim' | 'document' | 'citation', string>;

/** The id of no entry. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

/** More items than any list may have. */
export const TOO_MANY_ITEMS = Array.from({ length: 10_000 }, () => ({ note: 'x' }));

/** An input that is refused: what is wrong with it in words, and the problems that are told. */
export type Case = [what: string, kind: EntryKind, fields: (ids: Ids) => Record<string, unknown>, problems: string[]];

export const KINDS_THAT_REFER: Case[] = [
  ['a cast member who does not exist', 'STORY', () => ({ cast: [{ actor: NOBODY }] }), ['NOT_FOUND /cast/0/actor']],
  ['an id that cannot be one', 'STORY', () => ({ cast: [{ actor: 'nobody' }] }), ['NOT_FOUND /cast/0/actor']],
  ['an id with NUL', 'STORY', () => ({ cast: [{ actor: 'a\0' }] }), ['NOT_FOUND /cast/0/actor']],
  ['a story as cast member', 'STORY', (ids) => ({ cast: [{ actor: ids.story }] }), ['INVALID /cast/0/actor']],
  [
    'an event and a claim in each other’s place',
    'STORY',
    (ids) => ({ timeline: [{ event: ids.claim }, { claim: ids.event }] }),
    ['INVALID /timeline/0/event', 'INVALID /timeline/1/claim'],
  ],
  [
    'an actor as related story',
    'STORY',
    (ids) => ({ related: [{ story: ids.actor, relation: 'FOLLOWS' }] }),
    ['INVALID /related/0/story'],
  ],
  [
    'a claim as participant',
    'EVENT',
    (ids) => ({ participants: [{ actor: ids.claim }] }),
    ['INVALID /participants/0/actor'],
  ],
  ['a story as whole of an event', 'EVENT', (ids) => ({ partOf: ids.story }), ['INVALID /partOf']],
  [
    'an actor as anchor of a date',
    'EVENT',
    (ids) => ({ when: { wording: 'then', anchor: ids.actor } }),
    ['INVALID /when/anchor'],
  ],
  ['a subject that does not exist', 'CLAIM', () => ({ subject: NOBODY }), ['NOT_FOUND /subject']],
  ['a value that does not exist', 'CLAIM', () => ({ value: { entry: NOBODY } }), ['NOT_FOUND /value/entry']],
  [
    'an event as related claim',
    'CLAIM',
    (ids) => ({ relations: [{ kind: 'SAME_AS', claim: ids.event }] }),
    ['INVALID /relations/0/claim'],
  ],
  ['a document as publisher', 'DOCUMENT', (ids) => ({ publisher: ids.document }), ['INVALID /publisher']],
  ['a document as author', 'DOCUMENT', (ids) => ({ authors: [ids.actor, ids.document] }), ['INVALID /authors/1']],
  ['an actor as original', 'DOCUMENT', (ids) => ({ translationOf: ids.actor }), ['INVALID /translationOf']],
  ['an actor as document cited', 'CITATION', (ids) => ({ document: ids.actor }), ['INVALID /document']],
  [
    'actor and document of a step in each other’s place',
    'CITATION',
    (ids) => ({ chain: [{ role: 'VIA', actor: ids.document, document: ids.actor }] }),
    ['INVALID /chain/0/actor', 'INVALID /chain/0/document'],
  ],
  [
    'a spelling used in an event',
    'ACTOR',
    (ids) => ({ names: [{ text: 'A', usedIn: [ids.event] }] }),
    ['INVALID /names/0/usedIn/0'],
  ],
  [
    'a role in a document',
    'ACTOR',
    (ids) => ({ roles: [{ title: 'A', organization: ids.document }] }),
    ['INVALID /roles/0/organization'],
  ],
];

export const WORDS_THAT_FAIL: Case[] = [
  ['an empty headline', 'STORY', () => ({ headline: '' }), ['REQUIRED /headline']],
  ['a headline of spaces', 'STORY', () => ({ headline: ' \u00a0 ' }), ['REQUIRED /headline']],
  ['no headline', 'STORY', () => ({ headline: null }), ['REQUIRED /headline']],
  ['a headline of 301 characters', 'STORY', () => ({ headline: 'x'.repeat(301) }), ['TOO_LONG /headline']],
  ['a headline of a million characters', 'STORY', () => ({ headline: 'x'.repeat(1_000_000) }), ['TOO_LONG /headline']],
  ['a summary of 1,001 characters', 'STORY', () => ({ summary: 'x'.repeat(1001) }), ['TOO_LONG /summary']],
  ['a body of 200,001 characters', 'STORY', () => ({ body: 'x'.repeat(200_001) }), ['TOO_LONG /body']],
  [
    'a kept text of 1,000,001 characters',
    'DOCUMENT',
    () => ({ keptText: 'x'.repeat(1_000_001) }),
    ['TOO_LONG /keptText'],
  ],
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
  [
    'a control of the writing direction in a headline',
    'STORY',
    () => ({ headline: 'a\u202eb' }),
    ['INVALID /headline'],
  ],
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

export const DATES_AND_NUMBERS: Case[] = [
  ['a day that there is not', 'EVENT', () => ({ when: { edtf: '2014-02-30' } }), ['INVALID /when/edtf']],
  ['words in place of a date', 'EVENT', () => ({ when: { edtf: 'in December' } }), ['INVALID /when/edtf']],
  ['an end before its start', 'EVENT', () => ({ when: { edtf: '2015/2014' } }), ['INVALID /when/edtf']],
  [
    'a date of a hundred thousand characters',
    'EVENT',
    () => ({ when: { edtf: '2'.repeat(100_000) } }),
    ['INVALID /when/edtf'],
  ],
  ['a date of nothing', 'EVENT', () => ({ when: {} }), ['INVALID /when']],
  ['a date of a place in time alone', 'EVENT', (ids) => ({ when: { anchor: ids.document } }), ['INVALID /when']],
  [
    'a bad date in a role',
    'ACTOR',
    () => ({ roles: [{ title: 'Guard', period: { edtf: '2014-13' } }] }),
    ['INVALID /roles/0/period/edtf'],
  ],
  ['a bad date as value', 'CLAIM', () => ({ value: { date: { edtf: '0000' } } }), ['INVALID /value/date/edtf']],
  ['a latitude beyond the pole', 'EVENT', () => ({ place: { name: 'A', latitude: 91 } }), ['INVALID /place/latitude']],
  [
    'a longitude beyond the globe',
    'EVENT',
    () => ({ place: { name: 'A', longitude: -181 } }),
    ['INVALID /place/longitude'],
  ],
  ['a value of two sorts', 'CLAIM', () => ({ value: { text: 'five', number: 5 } }), ['INVALID /value']],
  ['a value of no sort', 'CLAIM', () => ({ value: {} }), ['INVALID /value']],
  ['a unit without a number', 'CLAIM', () => ({ value: { text: 'five', unit: 't' } }), ['INVALID /value/unit']],
  [
    'a value that is too long, and nothing else about it',
    'CLAIM',
    () => ({ value: { text: 'x'.repeat(1001) } }),
    ['TOO_LONG /value/text'],
  ],
];

export const URLS: Case[] = [
  ['a URL with a password', 'DOCUMENT', () => ({ url: 'https://user:secret@example.org/' }), ['INVALID /url']],
  ['a URL with a user name', 'DOCUMENT', () => ({ archiveUrl: 'http://user@example.org/' }), ['INVALID /archiveUrl']],
  ['a URL of script', 'DOCUMENT', () => ({ url: 'javascript:alert(1)' }), ['INVALID /url']],
  ['a URL of data', 'DOCUMENT', () => ({ url: 'data:text/html,x' }), ['INVALID /url']],
  ['a URL of files', 'DOCUMENT', () => ({ url: 'ftp://example.org/' }), ['INVALID /url']],
  ['a path', 'DOCUMENT', () => ({ url: '/a/b' }), ['INVALID /url']],
  [
    'a URL of 3,000 characters',
    'DOCUMENT',
    () => ({ url: `https://example.org/${'x'.repeat(3000)}` }),
    ['INVALID /url'],
  ],
];

export const LISTS: Case[] = [
  ['10,000 items', 'STORY', () => ({ timeline: TOO_MANY_ITEMS }), ['TOO_MANY /timeline']],
  [
    '501 topics',
    'STORY',
    () => ({ topics: Array.from({ length: 501 }, (_, n) => `topic ${n}`) }),
    ['TOO_MANY /topics'],
  ],
  [
    '10,000 spellings of a name',
    'ACTOR',
    () => ({ names: [{ text: 'A', usedIn: Array(10_000).fill(NOBODY) }] }),
    ['TOO_MANY /names/0/usedIn'],
  ],
  ['no names', 'ACTOR', () => ({ names: [] }), ['REQUIRED /names']],
  ['a name of spaces', 'ACTOR', () => ({ names: [{ text: ' ' }] }), ['REQUIRED /names/0/text']],
  [
    'two preferred names',
    'ACTOR',
    () => ({
      names: [
        { text: 'A', preferred: true },
        { text: 'B', preferred: true },
      ],
    }),
    ['INVALID /names/1/preferred'],
  ],
  ['an empty topic', 'STORY', () => ({ topics: ['a', ' '] }), ['REQUIRED /topics/1']],
  [
    'an id of an item, in an entry that never had one',
    'STORY',
    () => ({ timeline: [{ id: 'abc', note: 'x' }] }),
    ['INVALID /timeline/0/id'],
  ],
  [
    'an id that no item can have',
    'STORY',
    () => ({ timeline: [{ id: '../x\0', note: 'x' }] }),
    ['INVALID /timeline/0/id'],
  ],
  [
    'an item with event and claim',
    'STORY',
    (ids) => ({ timeline: [{ event: ids.event, claim: ids.claim }] }),
    ['INVALID /timeline/0'],
  ],
  ['an item of nothing', 'STORY', () => ({ timeline: [{}] }), ['INVALID /timeline/0']],
  ['a step of nothing', 'CITATION', () => ({ chain: [{ role: 'VIA' }] }), ['INVALID /chain/0']],
  [
    'a step with a bad description, and nothing else about it',
    'CITATION',
    () => ({ chain: [{ role: 'VIA', description: 'a\0' }] }),
    ['INVALID /chain/0/description'],
  ],
];
