import type { UserRole } from '../../src/model/user';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

type Kind = 'Story' | 'Actor' | 'Document' | 'Event';
type Part = [text: string, by: number];
interface Segment {
  text: string;
  revision: { number: number };
}
const parts = (segments: Segment[]): Part[] => segments.map(({ text, revision }) => [text, revision.number]);

async function edit(kind: Kind, id: string, base: number, fields: object, by: UserRole = 'EDITOR'): Promise<void> {
  const { payload } = await room
    .as(by)
    .run(
      `mutation ($input: Edit${kind}Input!) { payload: edit${kind}(input: $input) { outcome problems { message } } }`,
      { input: { id, baseRevision: base, fields } },
    );
  expect(payload).toEqual({ outcome: expect.stringMatching('SAVED|MERGED'), problems: [] });
}

const BLAME = `query ($id: ID!, $path: String!, $view: View!) { node(id: $id, view: $view) {
  ... on Entry { blame(path: $path) { text revision { number } } } } }`;

const asked = (role: UserRole | null) => (role === null ? room.asAnonymous() : room.as(role));

async function blame(id: string, path: string, view = 'LATEST', role: UserRole | null = 'EDITOR'): Promise<Part[]> {
  return parts((await asked(role).run(BLAME, { id, path, view })).node.blame);
}

async function refusal(id: string, path: string, view = 'LATEST', role: UserRole | null = 'EDITOR'): Promise<string> {
  const { errors } = await asked(role).ask(BLAME, { id, path, view });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  return String(errors?.[0]?.message);
}

/** Until reverts and undos are written by the API: the newest edit counts as one. */
const takesBack = (id: string, number: number, action: 'REVERT' | 'UNDO', target: number): Promise<unknown> =>
  room.sql('update revision set action = $3, target = $4 where entry = $1 and number = $2', [
    id,
    number,
    action,
    target,
  ]);

const itemsOf = async (kind: Kind, id: string, list: string): Promise<string[]> =>
  (
    await room
      .as('EDITOR')
      .run(`query ($id: ID!) { node(id: $id, view: LATEST) { ... on ${kind} { ${list} { id } } } }`, {
        id,
      })
  ).node[list].map((item: { id: string }) => item.id);

describe('blame of a text', () => {
  it('tells which revision brought which words, and joins to the text', async () => {
    const { id } = await room.make.story({ headline: 'The guard denies it', body: 'It rained.\n\nNobody came.' });
    expect(await blame(id, '/headline')).toEqual([['The guard denies it', 1]]);
    await edit('Story', id, 1, { headline: 'The general denies it', body: 'It rained all day.\n\nNobody came.' });
    await edit('Story', id, 2, { body: 'It rained all day.\n\nNobody came.\n\nSo it ended.' });
    expect(await blame(id, '/headline')).toEqual([
      ['The ', 1],
      ['general', 2],
      [' denies it', 1],
    ]);
    const body = await blame(id, '/body');
    expect(body.map(([text]) => text).join('')).toBe('It rained all day.\n\nNobody came.\n\nSo it ended.');
    expect(body).toContainEqual(['So it ended.', 3]);
    expect(body[0]).toEqual(['It rained', 1]);
    expect(await blame(id, '/summary')).toEqual([]);
  });

  it('leaves to both what two editors wrote from the same revision', async () => {
    const { id } = await room.make.story({
      body: 'The vote was lost.\n\nA second one is planned.\n\nNobody knows when.',
    });
    await edit('Story', id, 1, { body: 'The vote was won.\n\nA second one is planned.\n\nNobody knows when.' });
    await edit('Story', id, 1, { body: 'The vote was lost.\n\nA second one is planned.\n\nEverybody knows when.' });
    expect(await blame(id, '/body')).toEqual([
      ['The vote was ', 1],
      ['won', 2],
      ['.\n\nA second one is planned.\n\n', 1],
      ['Everybody', 3],
      [' knows when.', 1],
    ]);
  });

  it('follows reverts and undos, also of texts too short to be known by themselves', async () => {
    const { id } = await room.make.story({ headline: 'Yes', summary: 'One.' });
    await edit('Story', id, 1, { headline: 'No' });
    await edit('Story', id, 2, { summary: 'Two.' });
    await edit('Story', id, 3, { headline: 'Yes' });
    expect(await blame(id, '/headline')).toEqual([['Yes', 4]]);
    await takesBack(id, 4, 'REVERT', 1);
    expect(await blame(id, '/headline')).toEqual([['Yes', 1]]);
    await takesBack(id, 4, 'UNDO', 2);
    expect(await blame(id, '/headline')).toEqual([['Yes', 1]]);
    expect(await blame(id, '/summary')).toEqual([['Two.', 3]]);
  });

  it('keeps the first author of a paragraph put back by hand', async () => {
    const [one, two] = ['The airport was closed for hours.', 'The minister spoke to reporters.'];
    const { id } = await room.make.story({ body: `${one}\n\n${two}\n\nThe end of it.` });
    await edit('Story', id, 1, { body: `${one}\n\nThe end of it.` });
    await edit('Story', id, 2, { body: `${one}\n\nThe end of it all.` });
    await edit('Story', id, 3, { body: `${two}\n\n${one}\n\nThe end of it all.` });
    expect(await blame(id, '/body')).toEqual([
      [`${two}\n\n${one}\n\nThe end of it`, 1],
      [' all', 3],
      ['.', 1],
    ]);
  });
});

describe('blame of other values', () => {
  it('tells a date, a place or a word as one value, by the revision that made it what it is', async () => {
    const { id } = await room.make.event({ when: { wording: 'in December' }, place: { name: 'Caracas' } });
    await edit('Event', id, 1, { when: { edtf: '2014-12', wording: 'in December' } });
    await edit('Event', id, 2, { eventType: 'MEETING' });
    const [[when]] = (await blame(id, '/when')) as [Part];
    expect(JSON.parse(when)).toEqual({ edtf: '2014-12', wording: 'in December', anchor: null });
    expect((await blame(id, '/when'))[0]?.[1]).toBe(2);
    expect(await blame(id, '/eventType')).toEqual([['MEETING', 3]]);
    expect(await blame(id, '/place')).toEqual([[expect.stringContaining('"name":"Caracas"'), 1]]);
    expect(await blame(id, '/partOf')).toEqual([]);
  });

  it('follows a revert of a value to whoever gave it, and takes the same value given by hand for a new one', async () => {
    const { id } = await room.make.event({ eventType: 'MEETING' });
    await edit('Event', id, 1, { eventType: 'OTHER' });
    await edit('Event', id, 2, { eventType: 'MEETING' });
    expect(await blame(id, '/eventType')).toEqual([['MEETING', 3]]);
    await takesBack(id, 3, 'REVERT', 1);
    expect(await blame(id, '/eventType')).toEqual([['MEETING', 1]]);
    await takesBack(id, 3, 'UNDO', 2);
    expect(await blame(id, '/eventType')).toEqual([['MEETING', 1]]);
  });

  it('tells members of a set each for itself', async () => {
    const { id } = await room.make.story({ topics: ['Drugs', 'Army'] });
    await edit('Story', id, 1, { topics: ['Army', 'Courts/EU'] });
    expect(await blame(id, '/topics')).toEqual([
      ['Army', 1],
      ['Courts/EU', 2],
    ]);
    expect(await blame(id, '/topics/Courts~1EU')).toEqual([['Courts/EU', 2]]);
    await edit('Story', id, 2, { topics: ['Army', 'Drugs'] });
    expect(await blame(id, '/topics/Drugs')).toEqual([['Drugs', 3]]);
    await takesBack(id, 3, 'REVERT', 1);
    expect(await blame(id, '/topics')).toEqual([
      ['Army', 1],
      ['Drugs', 1],
    ]);
    expect(await refusal(id, '/topics/Sport')).toBe(
      'path: "/topics/Sport" names an item or a member that is not there.',
    );
  });

  it('tells items of a list field by field, wherever they were moved', async () => {
    const event = (await room.make.event()).id;
    const { id } = await room.make.story({ timeline: [{ note: 'At first.' }, { event, note: 'It is said.' }] });
    const [a, b] = await itemsOf('Story', id, 'timeline');
    await edit('Story', id, 1, {
      timeline: [
        { id: b, event, note: 'It is denied.' },
        { id: a, note: 'At first.' },
      ],
    });
    const ofB: Part[] = [
      [event, 1],
      ['It is ', 1],
      ['denied', 2],
      ['.', 1],
    ];
    expect(await blame(id, '/timeline')).toEqual([...ofB, ['At first.', 1]]);
    expect(await blame(id, `/timeline/${b}`)).toEqual(ofB);
    expect(await blame(id, `/timeline/${b}/note`)).toEqual(ofB.slice(1));
    expect(await blame(id, `/timeline/${a}/event`)).toEqual([]);
    await edit('Story', id, 2, { timeline: [{ id: a, note: 'At first.' }] });
    expect(await refusal(id, `/timeline/${b}/note`)).toContain('not there');
    await edit('Story', id, 3, {
      timeline: [
        { id: a, note: 'At first.' },
        { id: b, event, note: 'It is denied.' },
      ],
    });
    await takesBack(id, 4, 'UNDO', 3);
    expect(await blame(id, `/timeline/${b}`)).toEqual(ofB);
  });
});

describe('a path that names nothing', () => {
  it('is refused in words', async () => {
    const { id } = await room.make.story({ body: 'It rained.' });
    const refused = { headline: 'is not the path of a field', '': 'is not the path of a field' };
    for (const [path, words] of Object.entries(refused)) expect(await refusal(id, path)).toContain(words);
    expect(await refusal(id, '/mood')).toBe('path: an entry of the kind STORY has no field "mood".');
    expect(await refusal(id, '/constructor')).toContain('has no field');
    expect(await refusal(id, '/')).toContain('has no field ""');
    expect(await refusal(id, '/body/1')).toBe('path: body is one value; nothing in it has a path of its own.');
    expect(await refusal(id, '/timeline/nothing')).toContain('not there');
    expect(await refusal(id, '/timeline/nothing/mood')).toBe('path: an item of timeline has no field "mood".');
    expect(await refusal(id, '/head~2line')).toContain('~ is written ~0');
  });
});

describe('what the public is told', () => {
  it('counts what was public only, and what waits only for the newsroom', async () => {
    const { id } = await room.make.story({ headline: 'One two three' });
    await edit('Story', id, 1, { headline: 'One new three' }, 'CONTRIBUTOR');
    await edit('Story', id, 2, { headline: 'One new four' }, 'CONTRIBUTOR');
    expect(await blame(id, '/headline', 'PUBLISHED', null)).toEqual([['One two three', 1]]);
    await room.as('EDITOR').run('mutation ($input: PublishInput!) { publish(input: $input) { outcome } }', {
      input: { id, revision: 3 },
    });
    expect(await blame(id, '/headline')).toEqual([
      ['One ', 1],
      ['new', 2],
      [' ', 1],
      ['four', 3],
    ]);
    expect(await blame(id, '/headline', 'PUBLISHED', null)).toEqual([
      ['One ', 1],
      ['new four', 3],
    ]);
  });

  it('answers about newsroom fields as about none to whoever is outside, and to the newsroom as they are', async () => {
    const document = (await room.make.document({ keptText: 'The whole page.' })).id;
    const actor = await room.make.actor({ names: [{ text: 'Hugo', usedIn: [document] }] });
    const [name] = await itemsOf('Actor', actor.id, 'names');
    const outside = (id: string, path: string) => refusal(id, path, 'PUBLISHED', 'READER');
    expect(await outside(document, '/keptText')).toBe(
      (await outside(document, '/keptTexx')).replace('keptTexx', 'keptText'),
    );
    expect(await outside(actor.id, `/names/${name}/usedIn`)).toBe('path: an item of names has no field "usedIn".');
    expect((await blame(actor.id, `/names/${name}`, 'PUBLISHED', null)).map(([text]) => text)).not.toContain(document);
    expect(await blame(document, '/keptText', 'PUBLISHED', 'CONTRIBUTOR')).toEqual([['The whole page.', 1]]);
    expect(await blame(actor.id, `/names/${name}/usedIn`, 'PUBLISHED', 'CONTRIBUTOR')).toEqual([[document, 1]]);
    expect(await blame(actor.id, `/names/${name}/usedIn/${document}`)).toEqual([[document, 1]]);
  });

  it('has no items, members and references that lead to what is not public', async () => {
    const secret = (await room.make.actor({}, { publish: false })).id;
    const known = (await room.make.actor()).id;
    const { id } = await room.make.story({
      cast: [
        { actor: secret, role: 'Driver' },
        { actor: known, role: 'Guard' },
      ],
    });
    const document = (await room.make.document({ publisher: secret, authors: [secret, known] })).id;
    const [hidden] = await itemsOf('Story', id, 'cast');
    expect(await blame(id, '/cast')).toContainEqual([secret, 1]);
    expect(await blame(id, '/cast', 'PUBLISHED', null)).toEqual([
      [known, 1],
      ['Guard', 1],
    ]);
    expect(await refusal(id, `/cast/${hidden}/role`, 'PUBLISHED', null)).toContain('not there');
    expect(await blame(document, '/publisher', 'PUBLISHED', null)).toEqual([]);
    expect(await blame(document, '/authors', 'PUBLISHED', null)).toEqual([[known, 1]]);
  });
});

describe('revisions that are hidden, and old ones', () => {
  it('passes over hidden revisions: what they brought is by the next one', async () => {
    const { id } = await room.make.story({ headline: 'The guard left' });
    await edit('Story', id, 1, { headline: 'The guard left early' });
    await edit('Story', id, 2, { headline: 'The guard left early today' });
    await room.sql(
      `update revision set hidden_at = now(), hidden_reason = 'a name', content = null where entry = $1 and number = 2`,
      [id],
    );
    expect(await blame(id, '/headline')).toEqual([
      ['The guard left', 1],
      [' early today', 3],
    ]);
  });

  it('tells an old revision as it stood then', async () => {
    const { id } = await room.make.story({ headline: 'The guard left' });
    await edit('Story', id, 1, { headline: 'The guard left early', topics: ['Army'] });
    await edit('Story', id, 2, { headline: 'Nobody ever left early' });
    const { story } = await room.as('EDITOR').run(
      `query ($id: ID!) { story(id: $id, view: LATEST) { history(first: 5) { nodes {
        snapshot { blame(path: "/headline") { text revision { number } } } } } } }`,
      { id },
    );
    expect(story.history.nodes.map((node: { snapshot: { blame: Segment[] } }) => parts(node.snapshot.blame))).toEqual([
      [
        ['Nobody ever', 3],
        [' left', 1],
        [' early', 2],
      ],
      [
        ['The guard left', 1],
        [' early', 2],
      ],
      [['The guard left', 1]],
    ]);
  });
});

describe('what it costs', () => {
  const ONE = `story(id: $id, view: LATEST)`;
  const statements = async (id: string, query: string): Promise<number> =>
    (await room.as('EDITOR').statementsOf(`query { ${query.replace('$id', `"${id}"`)} }`)).statements;

  it('takes the statements of a level, however many paths, revisions and entries', async () => {
    const stories = await Promise.all([1, 2, 3].map(() => room.make.story({ body: 'It rained.', headline: 'Rain' })));
    const id = stories[0]?.id as string;
    const segment = '{ text revision { number } }';
    const one = await statements(id, `${ONE} { blame(path: "/headline") ${segment} }`);
    expect(one).toBe(4); // the story; its revisions, their contents; the revisions told
    for (let base = 1; base < 6; base++)
      await edit('Story', id, base, { headline: `Rain ${base}`, body: `Rain ${base}.` });
    expect(
      await statements(id, `${ONE} { blame(path: "/headline") ${segment} topics: blame(path: "/topics") ${segment} }`),
    ).toBe(one);
    expect(await statements(id, `${ONE} { blame(path: "/body") ${segment} }`)).toBe(one + 2); // how long texts are; texts
    const all = `stories(first: 3, view: LATEST) { nodes { blame(path: "/body") ${segment} headline: blame(path: "/headline") ${segment} } }`;
    expect(await statements(id, all)).toBe(one + 2);
  });

  it('refuses to read more than a request may', async () => {
    const { id } = await room.make.story({ body: 'It rained.' });
    const limited = { ...room.newsroom, pages: { ...room.newsroom.pages, queryText: 1 } };
    const pages = room.newsroom.pages;
    Object.assign(room.newsroom, { pages: limited.pages });
    try {
      expect(await room.as('EDITOR').fails(BLAME, { id, path: '/body', view: 'LATEST' })).toBe('QUERY_TOO_COMPLEX');
    } finally {
      Object.assign(room.newsroom, { pages });
    }
  });
});
