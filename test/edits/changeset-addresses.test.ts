import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;

const APPLY = `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) {
  outcome results { outcome entry { id slug } } problems { code path entry { id } } } }`;
const apply = async (edits: Fields[], more: Fields = {}): Promise<Answer> =>
  (await room.as('EDITOR').run(APPLY, { input: { edits, ...more } })).applyChangeset;
const event = (title: string, ref?: string, more: Fields = {}): Fields => ({
  createEvent: { ref, fields: { title, ...more } },
});
const slugs = ({ results }: Answer): string[] => results.map(({ entry }: Answer) => entry?.slug);
const bodyOf = async (id: string): Promise<string> =>
  (await room.as('EDITOR').run(`query ($id: ID!) { event(id: $id, view: LATEST) { body } }`, { id })).event.body;

describe('An address that a changeset makes of a title', () => {
  it.each<[string, (title: string, slug: string) => Fields[], string[]]>([
    [
      'after one of the same title that nothing refers to',
      (title) => [event(title), event(title, 'a', { body: '[[event:#a]]' })],
      ['', '-2'],
    ],
    [
      'before one of the same title that nothing refers to',
      (title) => [event(title, 'a', { body: '[[event:#a]]' }), event(title)],
      ['', '-2'],
    ],
    [
      'after one that another create chose',
      (title, slug) => [event('Other', undefined, { slug }), event(title, 'a', { body: '[[event:#a]]' })],
      ['', '-2'],
    ],
    [
      'before one that another create chose',
      (title, slug) => [event(title, 'a', { body: '[[event:#a]]' }), event('Other', undefined, { slug })],
      ['-2', ''],
    ],
  ])('is another than what the changeset itself takes: %s', async (name, edits, endings) => {
    const slug = name.replaceAll(' ', '-').slice(0, 40).toLowerCase();
    const answer = await apply(edits(name.slice(0, 40), slug));
    expect(answer).toMatchObject({ outcome: 'CREATED', problems: [] });
    expect(slugs(answer)).toEqual(endings.map((ending) => slug + ending));
    for (const { entry } of answer.results) {
      const body = await bodyOf(entry.id);
      if (body) expect(body).toBe(`[[event:${entry.slug}]]`);
    }
  });

  it('is another than what an edit of the same changeset moves to', async () => {
    const { id } = await room.make.event();
    const answer = await apply([
      { editEvent: { id, baseRevision: 1, fields: { slug: 'moving-here' } } },
      event('Moving here', 'a', { body: '[[event:#a]]' }),
    ]);
    expect(slugs(answer)).toEqual(['moving-here', 'moving-here-2']);
  });

  it('is never left to chance: eight who want the same at once get one each, and their links lead to their own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        apply([event('Wanted by all', 'a', { body: `Number ${index}: [[event:#a]]` }), event('Wanted by all')]),
      ),
    );
    const taken = answers.flatMap(slugs);
    expect(new Set(taken).size).toBe(16);
    for (const { results } of answers)
      expect(await bodyOf(results[0].entry.id)).toMatch(new RegExp(`\\[\\[event:${results[0].entry.slug}\\]\\]$`));
  });

  it('that two of a changeset choose is refused for the second', async () => {
    const both = [event('One', 'a', { slug: 'chosen-twice' }), event('Two', 'b', { slug: 'chosen-twice' })];
    const answer = await writingNothing(room, () => apply(both));
    expect(answer.problems).toEqual([{ code: 'SLUG_TAKEN', path: '/edits/1/createEvent/fields/slug', entry: null }]);
  });

  it('can name its own entry in the text of an edit beside it, and stays where it is edited in the next', async () => {
    const made = await apply([event('Self', 'a', { body: '[[event:#a|me]]' })], { publish: true });
    const { id, slug } = made.results[0].entry;
    expect(await bodyOf(id)).toBe(`[[event:${slug}|me]]`);
    const again = await apply([{ editEvent: { id, baseRevision: 1, fields: { title: 'Renamed' } } }]);
    expect(slugs(again)).toEqual([slug]);
  });
});

describe('Publishing a changeset', () => {
  it('is public past other work that waits, which is put on top of it again', async () => {
    const { id } = await room.make.event({ title: 'Seen' });
    await room.as('CONTRIBUTOR').run(`mutation ($input: EditEventInput!) { editEvent(input: $input) { outcome } }`, {
      input: { id, baseRevision: 1, fields: { title: 'Waiting' } },
    });
    const edit = { editEvent: { id, baseRevision: 2, fields: { body: 'More.' } } };
    expect((await apply([edit], { publish: true })).problems).toEqual([]);
    const both = `query ($id: ID!) { seen: event(id: $id) { title body } waiting: event(id: $id, view: LATEST) { title body } }`;
    expect(await room.as('EDITOR').run(both, { id })).toEqual({
      seen: { title: 'Seen', body: 'More.' },
      waiting: { title: 'Waiting', body: 'More.' },
    });
  });
});
