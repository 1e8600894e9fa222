import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

type Setting = 'off' | 'changes' | 'authors';
const SETTINGS: readonly Setting[] = ['off', 'changes', 'authors'];

/** A story that was public in three revisions, and corrected; one more waits. */
interface Opened {
  room: TestNewsroom;
  id: string;
}
const opened = {} as Record<Setting, Opened>;

const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
async function open(publicHistory: Setting): Promise<Opened> {
  const room = await openTestNewsroom({ publicHistory });
  const { id } = await room.make.story(
    { headline: 'One', body: 'A first sentence.', topics: ['army'] },
    { summary: 'opened' },
  );
  const edit = (role: 'EDITOR' | 'CONTRIBUTOR', input: object) => room.as(role).run(EDIT, { input: { id, ...input } });
  await edit('EDITOR', {
    baseRevision: 1,
    fields: { body: 'A first sentence. A second one.', topics: ['army', 'navy'] },
    summary: 'a second sentence',
    correction: { kind: 'UPDATE', note: 'News.' },
  });
  await edit('EDITOR', { baseRevision: 2, fields: { headline: 'Three' }, summary: 'a better headline' });
  await edit('CONTRIBUTOR', { baseRevision: 3, fields: { headline: 'Waits' } });
  return { room, id };
}
beforeAll(async () => {
  for (const setting of SETTINGS) opened[setting] = await open(setting);
});
afterAll(() => Promise.all(SETTINGS.map((setting) => opened[setting].room.close())));

const REVISION = `number author { name } summary reviewedBy { name } base { number } parent { number } changeset { id }
  changes { path before after } snapshot { title }`;
const READ = `query ($id: ID!) { story(id: $id) {
  headline revision { ${REVISION} } one: revisionByNumber(number: 1) { number } four: revisionByNumber(number: 4) { number }
  history { totalCount nodes { ${REVISION} } pageInfo { hasNextPage hasPreviousPage } }
  blame(path: "/body") { text revision { number } } topics: blame(path: "/topics") { text revision { number author { name } } }
  corrections { note revision { number } } } }`;
const read = async (setting: Setting, role: 'READER' | 'CONTRIBUTOR' | null = null): Promise<Answer> => {
  const { room, id } = opened[setting];
  return (await (role ? room.as(role) : room.asAnonymous()).run(READ, { id })).story;
};
const numbersOf = ({ history }: Answer): number[] => history.nodes.map(({ number }: Answer) => number);

describe('With PUBLIC_HISTORY=off', () => {
  it('readers are told of the revision that is shown, and of nothing older', async () => {
    const story = await read('off');
    expect(story).toMatchObject({ headline: 'Three', one: null, four: null, revision: { number: 3, parent: null } });
    expect(story.history).toMatchObject({ totalCount: 1, pageInfo: { hasNextPage: false, hasPreviousPage: false } });
    expect(numbersOf(story)).toEqual([3]);
    const [revision] = story.history.nodes;
    expect(revision).toMatchObject({ author: null, summary: null, parent: null, snapshot: { title: 'Three' } });
    expect(revision.changes).toContainEqual({ path: '/headline', before: null, after: 'Three' });
    expect(JSON.stringify(story)).not.toMatch(/One/);
  });

  it('all of it came, for them, with the revision that is shown: blame tells no older one, nor where one ended', async () => {
    const story = await read('off');
    expect(story.blame).toEqual([{ text: 'A first sentence. A second one.', revision: { number: 3 } }]);
    expect(story.topics.map(({ revision }: Answer) => revision.number)).toEqual([3, 3]);
    expect(story.corrections).toEqual([{ note: 'News.', revision: { number: 3 } }]);
  });

  it('diff, ids and pages lead to nothing older either', async () => {
    const { room, id } = opened.off;
    const diff = (from: number, to: number) => `{ story(id: "${id}") { diff(from: ${from}, to: ${to}) { path } } }`;
    expect(await room.asAnonymous().fails(diff(1, 3))).toBe('BAD_USER_INPUT');
    expect(await room.asAnonymous().run(diff(3, 3))).toEqual({ story: { diff: [] } });
    for (const number of [1, 2, 4])
      expect(await room.asAnonymous().run(`{ node(id: "${id}:${number}") { id } }`)).toEqual({ node: null });
    expect(await room.asAnonymous().run(`{ node(id: "${id}:3") { id } }`)).toEqual({ node: { id: `${id}:3` } });
    const page = async (args: string): Promise<Answer> =>
      (
        await room.asAnonymous().run(`{ story(id: "${id}") { history(${args}) { totalCount nodes { number }
        pageInfo { hasNextPage startCursor endCursor } } } }`)
      ).story.history;
    const first = await page('first: 1');
    expect(first.pageInfo.hasNextPage).toBe(false);
    expect((await page(`first: 1, after: "${first.pageInfo.endCursor}"`)).nodes).toEqual([]);
    expect((await page(`last: 1, before: "${first.pageInfo.startCursor}"`)).nodes).toEqual([]);
    expect((await page('last: 1')).nodes).toEqual([{ number: 3 }]);
  });
});

describe('With PUBLIC_HISTORY=changes', () => {
  it('readers are told what changed, not by whom or why', async () => {
    const story = await read('changes');
    expect(numbersOf(story)).toEqual([3, 2, 1]);
    expect(story.history.nodes[0]).toMatchObject({
      author: null,
      summary: null,
      parent: { number: 2 },
      changes: [{ path: '/headline', before: 'One', after: 'Three' }],
    });
    expect(story.blame.map(({ revision }: Answer) => revision.number)).toEqual([1, 2]);
    expect(story.corrections).toEqual([{ note: 'News.', revision: { number: 2 } }]);
  });
});

describe('With PUBLIC_HISTORY=authors', () => {
  it('readers are told by whom and why too, of what was public and nothing else', async () => {
    const story = await read('authors');
    expect(numbersOf(story)).toEqual([3, 2, 1]);
    expect(story.history.nodes).toMatchObject([
      { author: { name: 'The EDITOR' }, summary: 'a better headline', reviewedBy: null, base: null, changeset: null },
      { author: { name: 'The EDITOR' }, summary: 'a second sentence' },
      { author: { name: 'The EDITOR' }, summary: 'opened' },
    ]);
    expect(story.topics[0].revision.author).toEqual({ name: 'The EDITOR' });
    expect(story.four).toBeNull();
    expect(JSON.stringify(story)).not.toMatch(/CONTRIBUTOR/);
  });
});

describe('Whatever PUBLIC_HISTORY is', () => {
  it.each(SETTINGS)('a reader who has signed in is told the same as anybody: %s', async (setting) => {
    expect(await read(setting, 'READER')).toEqual(await read(setting));
  });

  it('the newsroom is told all of it', async () => {
    const [off, changes, authors] = await Promise.all(SETTINGS.map((setting) => read(setting, 'CONTRIBUTOR')));
    expect(off).toEqual(changes);
    expect(off).toEqual(authors);
    expect(off.history.nodes[0]).toMatchObject({
      number: 3,
      author: { name: 'The EDITOR' },
      summary: 'a better headline',
    });
    const { room, id } = opened.off;
    const latest = await room.as('CONTRIBUTOR').run(`{ story(id: "${id}", view: LATEST) { history { totalCount } } }`);
    expect(latest.story.history.totalCount).toBe(4);
  });
});
