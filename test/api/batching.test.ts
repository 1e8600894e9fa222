import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  const { make } = room;
  const actors: string[] = [];
  const document = (await make.document()).id;
  for (let n = 0; n < 50; n++) actors.push((await make.actor({ slug: `actor-${n}` })).id);
  for (let n = 0; n < 50; n++) {
    const [one, two] = [actors[n], actors[(n * 7) % 50]] as [string, string];
    const claim = (await make.claim({ subject: one, mood: n % 2 ? 'FACT' : 'ALLEGATION' })).id;
    const story = await make.story({
      body: `[[actor:actor-${n}]] [[actor:wanted-${n}]] [[claim:${claim}]]`,
      cast: [{ actor: one }, { actor: two, role: 'other' }],
      timeline: [
        { claim, note: `[[actor:actor-${(n + 1) % 50}]]` },
        { note: '[[actor:actor-1]] and [[actor:wanted]]' },
      ],
    });
    for (let m = 0; m < 4; m++)
      await make.citation({
        about: m % 2 ? claim : story.id,
        document,
        stance: 'ASSERTS',
        chain: [{ role: 'SAID_BY', actor: one }],
      });
    await make.event({ participants: [{ actor: one }] });
  }
});
afterAll(() => room.close());

/** Statements of the same query for two and for fifty. */
async function statementsFor(query: string): Promise<[number, number]> {
  const asker = room.as('EDITOR');
  const [two, fifty] = [await asker.statementsOf(query, { first: 2 }), await asker.statementsOf(query, { first: 50 })];
  const [list] = Object.values(fifty.data) as [{ nodes: unknown[] }];
  expect(list.nodes).toHaveLength(50);
  return [two.statements, fifty.statements];
}

const CITATIONS = 'citations(first: 3) { totalCount edges { cursor node { id stance } } pageInfo { hasNextPage } }';

describe('Fifty entries take as many statements as two', () => {
  it.each([
    [
      'stories with cast and citations',
      `{ stories(first: $first) { nodes { cast { role actor { name } } ${CITATIONS} } } }`,
      4,
    ],
    [
      'actors with stories, claims about them and statements',
      `{ actors(first: $first) { nodes { stories(first: 3) { nodes { headline } } claimsAbout(first: 3) { nodes { text } } statements { nodes { stance } } } } }`,
      4,
    ],
    [
      'actors with all of that, totals and events',
      `{ actors(first: $first) { nodes { stories { totalCount } claimsAbout { totalCount } statements { totalCount } events { totalCount } backlinks { totalCount } } } }`,
      11,
    ],
    ['stories as text', `{ stories(first: $first) { nodes { body } } }`, 2],
    ['stories as HTML', `{ stories(first: $first) { nodes { bodyHtml } } }`, 3],
    ['stories as HTML with their notes', `{ stories(first: $first) { nodes { bodyHtml timeline { noteHtml } } } }`, 4],
    ['notes alone', `{ stories(first: $first) { nodes { timeline { noteHtml } } } }`, 4],
    [
      'claims of stories',
      `{ stories(first: $first) { nodes { claims { totalCount nodes { text subject { title } } } } } }`,
      4,
    ],
    ['claims with checks', `{ claims(first: $first, view: LATEST) { nodes { checks { rule message } } } }`, 3],
    [
      'stories with checks',
      `{ stories(first: $first, view: LATEST) { nodes { checks { rule entry { title } } } } }`,
      2,
    ],
    [
      'histories with what was changed',
      `{ stories(first: $first) { nodes { history(first: 2) { totalCount nodes { number changes { path after } } } } } }`,
      7,
    ],
    ['differences', `{ stories(first: $first) { nodes { diff(from: 1, to: 1) { path } } } }`, 4],
    [
      'four levels of relations',
      `{ stories(first: $first) { nodes { cast { actor { claimsAbout(first: 2) { nodes { citations(first: 2) { nodes { document { title } } } } } } } } } }`,
      5,
    ],
  ])('%s', async (_name, selection, most) => {
    const [two, fifty] = await statementsFor(`query ($first: Int!) ${selection}`);
    expect(fifty).toBe(two);
    expect(fifty).toBeLessThanOrEqual(most);
  });

  it('and each gets its own: what one actor is told alone, it is told among fifty', async () => {
    const selection = `id stories(first: 2) { totalCount nodes { id } } claimsAbout { nodes { id } } statements(last: 2) { nodes { id } }`;
    const { actors } = await room.asAnonymous().run(`{ actors(first: 50) { nodes { ${selection} } } }`);
    for (const told of actors.nodes.slice(0, 10)) {
      const { actor } = await room
        .asAnonymous()
        .run(`query ($id: ID!) { actor(id: $id) { ${selection} } }`, { id: told.id });
      expect(told).toEqual(actor);
    }
  });
});
