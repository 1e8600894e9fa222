import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const reader = () => room.asAnonymous();
const editor = () => room.as('EDITOR');

describe('wiki links', () => {
  it('lead to what their slug names, and are backlinks there', async () => {
    const actor = await room.make.actor({ slug: 'hugo', names: [{ text: 'Hugo Carvajal' }] });
    const claim = await room.make.claim({ subject: actor.id });
    const story = await room.make.story({
      body: `[[actor:hugo|The general]] and [[claim:${claim.id}|this]] and [[actor:nobody-yet|somebody]]`,
      timeline: [{ note: 'See [[actor:hugo]].' }],
    });
    const { data, statements } = await reader().statementsOf(
      `query ($id: ID!) { story(id: $id) { bodyHtml timeline { noteHtml } claims { nodes { id } totalCount } } }`,
      { id: story.id },
    );
    expect(data.story.bodyHtml).toBe(
      `<p><a class="wiki-link" href="/actor/hugo" data-entry="${actor.id}">The general</a> and ` +
        `<a class="wiki-link" href="/claim/${claim.id}" data-entry="${claim.id}">this</a> and somebody</p>\n`,
    );
    expect(data.story.timeline[0].noteHtml).toBe(
      `<p>See <a class="wiki-link" href="/actor/hugo" data-entry="${actor.id}">Hugo Carvajal</a>.</p>\n`,
    );
    expect(data.story.claims).toEqual({ nodes: [{ id: claim.id }], totalCount: 1 });
    expect(statements).toBe(4); // story, text, link targets, claims
    const back = await reader().run(
      `query ($id: ID!) { actor(id: $id) {
        backlinks { totalCount nodes { id } } stories { totalCount nodes { id } } claimsAbout { nodes { id } } } }`,
      { id: actor.id },
    );
    expect(back.actor.backlinks).toEqual({ totalCount: 2, nodes: [{ id: story.id }, { id: claim.id }] });
    expect(back.actor.stories).toEqual({ totalCount: 1, nodes: [{ id: story.id }] });
    expect(back.actor.claimsAbout.nodes).toEqual([{ id: claim.id }]);
  });

  it('to nothing are wanted: editors see them so, and they become links when their slug appears', async () => {
    const story = await room.make.story({ body: '[[actor:coming|Soon]]', timeline: [{ note: '[[actor:coming]]' }] });
    const query = `query ($id: ID!, $view: View!) { story(id: $id, view: $view) { bodyHtml checks { rule path message } } }`;
    const before = await editor().run(query, { id: story.id, view: 'LATEST' });
    expect(before.story.bodyHtml).toBe('<p><span class="wanted-link">Soon</span></p>\n');
    expect(before.story.checks.map((check: { rule: string }) => check.rule)).toEqual(['BROKEN_LINK', 'BROKEN_LINK']);
    const actor = await room.make.actor({ slug: 'coming' }, { publish: false });
    const after = await editor().run(query, { id: story.id, view: 'LATEST' });
    expect(after.story.bodyHtml).toContain('href="/actor/coming"');
    expect(after.story.checks.map((check: { rule: string }) => check.rule)).toEqual([
      'UNPUBLISHED_REFERENCE',
      'UNPUBLISHED_REFERENCE',
    ]);
    // To the public, nothing and a draft are the same plain text.
    expect((await reader().run(query, { id: story.id, view: 'PUBLISHED' })).story.bodyHtml).toBe('<p>Soon</p>\n');
    const backlinks = `query ($id: ID!) { actor(id: $id, view: LATEST) { backlinks { nodes { id } } } }`;
    expect((await editor().run(backlinks, { id: actor.id })).actor.backlinks.nodes).toEqual([{ id: story.id }]);
  });

  it('are refused past 500 in one text', async () => {
    const body = Array.from({ length: 10_000 }, (_, index) => `[[actor:a${index}]]`)
      .join(' ')
      .slice(0, 199_999);
    const answer = await editor().run(
      `mutation ($input: CreateStoryInput!) { createStory(input: $input) { outcome problems { code path message } } }`,
      { input: { fields: { headline: 'x', body } } },
    );
    expect(answer.createStory.problems).toEqual([
      { code: 'TOO_MANY', path: '/body', message: expect.stringContaining('at most 500') },
    ]);
  });
});

describe('lists', () => {
  it('are filtered and sorted, in both views', async () => {
    const draft = await room.make.event({ title: 'Zulu draft', when: { edtf: '2019-01' } }, { publish: false });
    const one = await room.make.event({ title: 'Ábaco', eventType: 'ARREST', when: { edtf: '2014' } });
    const two = await room.make.event({ title: 'abacus', eventType: 'ARREST', when: { edtf: '2012-05' } });
    const query = `query ($filter: EventFilter, $orderBy: EventOrder!, $view: View!) {
      events(filter: $filter, orderBy: $orderBy, view: $view) { nodes { id title } totalCount pageInfo { hasNextPage } } }`;
    const titles = async (filter: object | null, orderBy = 'TITLE_ASC', view = 'PUBLISHED') => {
      const data = await editor().run(query, { filter, orderBy, view });
      expect(data.events.totalCount).toBe(data.events.nodes.length);
      return data.events.nodes.map((node: { title: string }) => node.title);
    };
    expect(await titles({ eventType: 'ARREST' })).toEqual(['Ábaco', 'abacus']);
    expect(await titles({ eventType: 'ARREST' }, 'WHEN_ASC')).toEqual(['abacus', 'Ábaco']);
    expect(
      await titles({ when: { within: { from: '2014-01-01T00:00:00Z', before: '2015-01-01T00:00:00Z' } } }),
    ).toEqual(['Ábaco']);
    expect(
      await titles({ when: { overlaps: { from: '2012-05-31T00:00:00Z', before: '2013-01-01T00:00:00Z' } } }),
    ).toEqual(['abacus']);
    expect(await titles({ state: 'DRAFT' })).toEqual([]);
    expect(await titles({ state: 'DRAFT' }, 'TITLE_ASC', 'LATEST')).toEqual(['Zulu draft']);
    expect(await titles({ or: [] })).toEqual([]);
    expect(
      await titles({ and: [], eventType: 'ARREST', not: { when: { within: { before: '2013-01-01T00:00:00Z' } } } }),
    ).toEqual(['Ábaco']);
    expect([draft.id, one.id, two.id]).toHaveLength(3);
  });

  it('refuse cursors of other lists, and sizes that cannot be', async () => {
    const { stories } = await reader().run('{ stories(first: 1) { edges { cursor } } }');
    const cursor = stories.edges[0].cursor;
    expect(await reader().fails(`{ actors(after: "${cursor}") { nodes { id } } }`)).toBe('BAD_USER_INPUT');
    expect(await reader().fails(`{ stories(orderBy: TITLE_ASC, after: "${cursor}") { nodes { id } } }`)).toBe(
      'BAD_USER_INPUT',
    );
    expect(await reader().fails('{ stories(first: -1) { nodes { id } } }')).toBe('BAD_USER_INPUT');
    expect(await reader().fails('{ stories(first: 1000) { nodes { id } } }')).toBe('BAD_USER_INPUT');
    expect(await reader().fails('{ stories(first: 1, last: 1) { nodes { id } } }')).toBe('BAD_USER_INPUT');
  });
});

describe('a difference', () => {
  it('is told field by field and word by word', async () => {
    const story = await room.make.story({ headline: 'The guard denies it', body: 'One.\n\nTwo.' });
    await editor().run(`mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`, {
      input: { id: story.id, baseRevision: 1, fields: { headline: 'The general denies it', body: 'One.\n\nThree.' } },
    });
    const { story: seen } = await reader().run(
      `query ($id: ID!) { story(id: $id) { diff(from: 1, to: 2) { path op text { op text } } } }`,
      { id: story.id },
    );
    expect(seen.diff).toEqual([
      {
        path: '/headline',
        op: 'CHANGED',
        text: [
          { op: 'EQUAL', text: 'The ' },
          { op: 'DELETE', text: 'guard' },
          { op: 'INSERT', text: 'general' },
          { op: 'EQUAL', text: ' denies it' },
        ],
      },
      {
        path: '/body',
        op: 'CHANGED',
        text: [
          { op: 'EQUAL', text: 'One.\n\n' },
          { op: 'DELETE', text: 'Two' },
          { op: 'INSERT', text: 'Three' },
          { op: 'EQUAL', text: '.' },
        ],
      },
    ]);
  });
});
