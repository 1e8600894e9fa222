import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { talkIn } from '../support/talk';

let room: TestNewsroom;
let talk: ReturnType<typeof talkIn>;
const stories: string[] = [];
beforeAll(async () => {
  room = await openTestNewsroom();
  talk = talkIn(room);
  for (let n = 0; n < 12; n++) {
    const { id } = await room.make.story({ body: 'See [[actor:somebody]].' });
    stories.push(id);
    for (const role of ['CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const) {
      const asked = await talk.say(id, `See [[actor:somebody-${n}]] and [[actor:nobody]]`, { path: '/body' }, role);
      await talk.say(id, 'One', { parent: asked }, 'EDITOR');
      await talk.say(id, 'Two', { parent: asked }, role);
      await talk.resolve({ id: asked }, 'ADMIN');
    }
    if (n % 2) await room.as('EDITOR').run(`mutation { watch(input: { entry: "${id}", watching: true }) { outcome } }`);
  }
});
afterAll(() => room.close());

const PEOPLE = 'author { name } resolvedBy { name }';

describe('Twelve stories take as many statements as two', () => {
  it.each([
    ['with their comments', 'comments { nodes { body } }', 2],
    ['with comments, who wrote them, and totals', `comments { totalCount nodes { body ${PEOPLE} } }`, 4],
    [
      'with comments, replies to them and totals',
      'comments(first: 2) { nodes { replies(first: 1) { totalCount nodes { body parent { body } } } } }',
      5,
    ],
    ['with comments from the end, each with its entry', 'comments(last: 2) { nodes { entry { id title } } }', 3],
    ['with comments as HTML', 'comments { nodes { bodyHtml } }', 3],
    ['with whether one watches them', 'viewerIsWatching', 2],
    ['with who is allowed what', 'viewerCan', 2],
  ])('%s', async (_name, fields, statements) => {
    const query = `query ($first: Int) { stories(first: $first) { nodes { ${fields} } } }`;
    const asker = room.as('EDITOR');
    const [two, twelve] = [
      await asker.statementsOf(query, { first: 2 }),
      await asker.statementsOf(query, { first: 12 }),
    ];
    expect(twelve.data.stories.nodes).toHaveLength(12);
    expect([two.statements, twelve.statements]).toEqual([statements, statements]);
  });

  it('for several users with what they watch', async () => {
    for (const role of ['READER', 'ADMIN'] as const)
      await room.as(role).run(`mutation { watch(input: { entry: "${stories[0]}", watching: true }) { outcome } }`);
    const { statements, data } = await room
      .as('ADMIN')
      .statementsOf('{ users { nodes { name watching { totalCount nodes { id } } } } }');
    expect(statements).toBe(3);
    expect(
      Object.fromEntries(data.users.nodes.map(({ name, watching }: Answer) => [name, watching.totalCount])),
    ).toEqual({ 'The READER': 1, 'The CONTRIBUTOR': 0, 'The EDITOR': 6, 'The ADMIN': 1 });
  });
});

describe('What the newsroom says', () => {
  const said = (id: string): string => `{ story(id: "${id}") { comments { totalCount nodes { id body }
    edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } viewerCan } }`;

  it('is not told to readers, nor that it was said, and costs them no statement', async () => {
    const id = stories[0] as string;
    for (const asker of [room.asAnonymous(), room.as('READER')]) {
      const { statements, data } = await asker.statementsOf(said(id));
      expect(statements).toBe(1);
      expect(data.story).toEqual({
        comments: {
          totalCount: 0,
          nodes: [],
          edges: [],
          pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
        },
        viewerCan: [],
      });
      const { comments } = (await room.as('EDITOR').run(said(id))).story;
      const node = `{ node(id: "${comments.nodes[0].id}") { id } nodes(ids: ["${comments.nodes[1].id}"]) { id } }`;
      expect(await asker.run(node)).toEqual({ node: null, nodes: [null] });
      const page = `{ story(id: "${id}") { comments(after: "${comments.pageInfo.startCursor}") { totalCount nodes { id } } } }`;
      expect(await asker.run(page)).toEqual({ story: { comments: { totalCount: 0, nodes: [] } } });
    }
  });

  it('is told to the newsroom in both views, each with the entry as that view shows it', async () => {
    const { id } = await room.make.story({ headline: 'Public' });
    await talk.say(id, 'Hm.');
    await room
      .as('CONTRIBUTOR')
      .run(`mutation { editStory(input: { id: "${id}", baseRevision: 1, fields: { headline: "Next" } }) { outcome } }`);
    const inView = (view: string): string =>
      `story(id: "${id}", view: ${view}) { comments { nodes { body entry { title } } } viewerCan }`;
    const { now, next } = await room.as('CONTRIBUTOR').run(`{ now: ${inView('PUBLISHED')} next: ${inView('LATEST')} }`);
    expect(now.comments.nodes).toEqual([{ body: 'Hm.', entry: { title: 'Public' } }]);
    expect(next.comments.nodes).toEqual([{ body: 'Hm.', entry: { title: 'Next' } }]);
    expect(now.viewerCan).toContain('COMMENT');
  });

  it('is still told about an entry that was deleted, which nobody may comment any more', async () => {
    const { id } = await room.make.story();
    await talk.say(id, 'Hm.');
    await room.as('EDITOR').run(`mutation { deleteEntry(input: { id: "${id}", baseRevision: 1 }) { outcome } }`);
    const { story } = await room
      .as('EDITOR')
      .run(`{ story(id: "${id}", view: LATEST) { comments { nodes { body } } viewerCan } }`);
    expect(story).toEqual({ comments: { nodes: [{ body: 'Hm.' }] }, viewerCan: ['RESTORE'] });
  });

  it('can be read whole in one query, down to the deepest reply', async () => {
    const { id } = await room.make.story();
    let parent: string | undefined;
    for (let level = 0; level <= 5; level++) parent = await talk.say(id, `Level ${level}`, { parent });
    const nested = (level: number): string =>
      `nodes { body author { name }${level < 5 ? ` replies(first: 2) { ${nested(level + 1)} }` : ''} }`;
    const { story } = await room.as('EDITOR').run(`{ story(id: "${id}") { comments(first: 2) { ${nested(0)} } } }`);
    expect(JSON.stringify(story)).toContain('Level 5');
  });
});
