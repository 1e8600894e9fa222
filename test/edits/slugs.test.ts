import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) {
  outcome story { slug latestRevision } problems { code path entry { id } } } }`;
const edit = async (
  id: string,
  baseRevision: number,
  fields: Record<string, unknown>,
  role: 'CONTRIBUTOR' | 'EDITOR' = 'EDITOR',
): Promise<Answer> => (await room.as(role).run(EDIT, { input: { id, baseRevision, fields } })).editStory;
const CREATE = `mutation Create($input: CreateStoryInput!) { createStory(input: $input) {
  outcome story { id slug } problems { code path entry { id } } } }`;
const create = async (fields: Record<string, unknown>): Promise<Answer> =>
  (await room.as('EDITOR').run(CREATE, { input: { fields, publish: true } })).createStory;
const find = async (slug: string, view: 'PUBLISHED' | 'LATEST' = 'PUBLISHED'): Promise<string | null> =>
  (
    await room
      .as('EDITOR')
      .run(`query Find($slug: String!, $view: View!) { story(slug: $slug, view: $view) { id } }`, { slug, view })
  ).story?.id ?? null;
/** Every entry's own present address leads to it, and to nothing else. */
const expectAddressesToLead = async (): Promise<void> => {
  const strays = await room.sql(
    `select s.entry, s.slug, a.entry as held_by from shown s left join slug a on a.kind = s.kind and a.slug = s.slug
      where s.slug is not null and a.entry is distinct from s.entry`,
  );
  expect(strays).toEqual([]);
};

describe('A slug that nobody chose', () => {
  it('is made of the headline, with a number where it is taken', async () => {
    const slugs: string[] = [];
    for (let n = 0; n < 12; n++) slugs.push((await create({ headline: 'Vote in Caracas!' })).story.slug);
    expect(slugs).toEqual(['vote-in-caracas', ...Array.from({ length: 11 }, (_, n) => `vote-in-caracas-${n + 2}`)]);
    await expectAddressesToLead();
  });

  it('is another one for each of 50 stories that are created with one headline at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => create({ headline: 'All at once' })));
    expect(answers.map((answer) => answer.outcome)).toEqual(Array(50).fill('CREATED'));
    expect(new Set(answers.map((answer) => answer.story.slug)).size).toBe(50);
    for (const { story } of answers) expect(await find(story.slug)).toBe(story.id);
    await expectAddressesToLead();
  });

  it('never takes another story’s where a long one must be cut to make room for its number', async () => {
    const headline = 'x'.repeat(80);
    const made: Answer[] = [];
    for (let n = 0; n < 14; n++) made.push((await create({ headline })).story);
    expect(new Set(made.map((story) => story.slug)).size).toBe(14);
    for (const { id, slug } of made) expect(await find(slug)).toBe(id);
    const words = `${'y'.repeat(76)} z w`;
    const more = await Promise.all(Array.from({ length: 13 }, () => create({ headline: words })));
    expect(new Set(more.map(({ story }) => story.slug)).size).toBe(13);
    await expectAddressesToLead();
  });

  it('stays when the headline changes, and follows it where the editor clears the slug', async () => {
    const { id } = await room.make.story({ headline: 'Old words' });
    expect((await edit(id, 1, { headline: 'New words' })).story.slug).toBe('old-words');
    expect((await edit(id, 2, { slug: null })).story.slug).toBe('new-words');
    expect((await edit(id, 3, { headline: 'Old words', slug: null })).story.slug).toBe('old-words');
  });

  it('may be that of an actor: each kind has addresses of its own', async () => {
    await room.make.actor({ slug: 'caracas' });
    expect(await create({ headline: 'Caracas' })).toMatchObject({ story: { slug: 'caracas' } });
    expect((await create({ headline: 'C', slug: 'caracas' })).problems).toMatchObject([{ code: 'SLUG_TAKEN' }]);
  });

  it('is there for a headline that has no letters, and for one that looks like an id', async () => {
    expect((await create({ headline: '🗳️' })).story.slug).toBe('untitled');
    const id = '00000000-0000-4000-8000-000000000000';
    const { story } = await create({ headline: id });
    expect(story.slug).toBe(`id-${id}`);
    expect(await find(story.slug)).toBe(story.id);
  });
});

describe('A slug that was chosen', () => {
  it('is refused where it is another story’s, which is named, and nothing is written', async () => {
    const holder = await room.make.story({ slug: 'chosen' });
    const { id } = await room.make.story();
    await writingNothing(room, async () => {
      const problems = [{ code: 'SLUG_TAKEN', path: '/slug', entry: { id: holder.id } }];
      expect(await create({ headline: 'A', slug: 'chosen' })).toEqual({ outcome: 'INVALID', story: null, problems });
      expect(await edit(id, 1, { slug: 'chosen' })).toMatchObject({ outcome: 'INVALID', problems });
    });
  });

  it('goes to exactly one of 20 that want it at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => create({ headline: 'A', slug: 'wanted-by-all' })),
    );
    const winners = answers.filter((answer) => answer.outcome === 'CREATED');
    expect(winners).toHaveLength(1);
    for (const answer of answers)
      if (answer.outcome !== 'CREATED')
        expect(answer.problems).toEqual([{ code: 'SLUG_TAKEN', path: '/slug', entry: { id: winners[0].story.id } }]);
    await expectAddressesToLead();
  });

  it('goes to one of two stories that are renamed to it at the same moment', async () => {
    const [one, other] = [await room.make.story(), await room.make.story()];
    const answers = await Promise.all([
      edit(one.id, 1, { slug: 'both-want-it' }),
      edit(other.id, 1, { slug: 'both-want-it' }),
    ]);
    expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(['INVALID', 'SAVED']);
    await expectAddressesToLead();
  });
});

describe('A story that is renamed', () => {
  it('is found under its old slugs too, which nobody else can take and itself can take back', async () => {
    const { id } = await room.make.story({ slug: 'first-address' });
    await edit(id, 1, { slug: 'second-address' });
    await edit(id, 2, { slug: 'third-address' });
    for (const slug of ['first-address', 'second-address', 'third-address']) expect(await find(slug)).toBe(id);
    expect((await create({ headline: 'A', slug: 'first-address' })).problems).toMatchObject([
      { code: 'SLUG_TAKEN', entry: { id } },
    ]);
    expect((await create({ headline: 'First address' })).story.slug).toBe('first-address-2');
    expect((await edit(id, 3, { slug: 'first-address' })).story.slug).toBe('first-address');
    expect(await find('third-address')).toBe(id);
    await expectAddressesToLead();
  });

  it('by an edit that waits is found by the public under its old slug only, by the newsroom under both', async () => {
    const { id } = await room.make.story({ slug: 'public-address' });
    await edit(id, 1, { slug: 'proposed-address' }, 'CONTRIBUTOR');
    expect(await find('public-address')).toBe(id);
    expect(await find('proposed-address')).toBeNull();
    expect(await find('public-address', 'LATEST')).toBe(id);
    expect(await find('proposed-address', 'LATEST')).toBe(id);
    expect((await create({ headline: 'A', slug: 'proposed-address' })).problems).toMatchObject([
      { code: 'SLUG_TAKEN' },
    ]);
    await room
      .as('EDITOR')
      .run(`mutation Publish($id: ID!) { publish(input: { id: $id, revision: 2 }) { outcome } }`, { id });
    expect(await find('proposed-address')).toBe(id);
    expect(await find('public-address')).toBe(id);
  });

  it('before the public ever saw its slug leaves it to others', async () => {
    const { id } = await room.make.story({ slug: 'never-seen' }, { publish: false });
    expect((await create({ headline: 'A', slug: 'never-seen' })).problems).toMatchObject([
      { code: 'SLUG_TAKEN', entry: { id } },
    ]);
    await edit(id, 1, { slug: 'another-draft' });
    expect(await find('never-seen', 'LATEST')).toBe(id);
    const taker = await create({ headline: 'A', slug: 'never-seen' });
    expect(taker.outcome).toBe('CREATED');
    expect(await find('never-seen', 'LATEST')).toBe(taker.story.id);
    expect(await find('never-seen')).toBe(taker.story.id);
    expect((await edit(id, 2, { slug: 'never-seen' })).problems).toMatchObject([
      { code: 'SLUG_TAKEN', entry: { id: taker.story.id } },
    ]);
    await expectAddressesToLead();
  });
});

describe('An address that was given up before anybody saw it', () => {
  const leadsTo = async (id: string, view = 'LATEST'): Promise<string[]> => {
    const rows = await room.sql(
      `select coalesce(to_entry::text, wanted_slug) as "to" from link
        where from_entry = $1 and view = $2 and until is null order by field, item, since, 1`,
      [id, view],
    );
    return rows.map((row) => row.to);
  };
  const draft = async (fields: Record<string, unknown>): Promise<string> =>
    (await room.make.story(fields, { publish: false, by: 'CONTRIBUTOR' })).id;
  const editDraft = (id: string, baseRevision: number, fields: Record<string, unknown>): Promise<Answer> =>
    edit(id, baseRevision, fields, 'CONTRIBUTOR');

  it('takes the wiki links that name it along to whoever takes it, from then on', async () => {
    const one = await draft({ slug: 'passed-on' });
    const naming = await draft({
      body: 'See [[story:passed-on]].',
      timeline: [{ note: 'As [[story:passed-on]] has it' }],
    });
    const related = await draft({ related: [{ story: one, relation: 'SEE_ALSO' }] });
    await editDraft(one, 1, { slug: 'elsewhere' });
    expect(await leadsTo(naming)).toEqual([one, one]);
    const other = await draft({ slug: 'passed-on' });
    expect(await leadsTo(naming)).toEqual([other, other]);
    expect(await leadsTo(related)).toEqual([one]);
    const rows = await room.sql(
      `select l.since, l.until, l.to_entry, s.since as taken from link l join slug s on s.slug = 'passed-on'
        where l.from_entry = $1 and l.field = 'body' order by l.since`,
      [naming],
    );
    expect(rows).toMatchObject([
      { to_entry: one, until: rows[0].taken },
      { to_entry: other, since: rows[0].taken, until: null },
    ]);
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('leaves a text that names both addresses of the former with what still leads there', async () => {
    const one = await draft({ slug: 'first-name' });
    const naming = await draft({ body: 'See [[story:first-name]] or [[story:second-name]].' });
    await editDraft(one, 1, { slug: 'second-name' });
    expect(await leadsTo(naming)).toEqual([one]);
    const other = await draft({});
    await editDraft(other, 1, { slug: 'first-name' });
    expect((await leadsTo(naming)).toSorted()).toEqual([one, other].toSorted());
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('leads nowhere for the public until it is public with whoever took it', async () => {
    const one = await draft({ slug: 'not-yet' });
    const { id: naming } = await room.make.story({ body: 'See [[story:not-yet]].' });
    await editDraft(one, 1, { slug: 'never' });
    const other = await draft({ slug: 'not-yet' });
    expect([await leadsTo(naming), await leadsTo(naming, 'PUBLISHED')]).toEqual([[other], ['not-yet']]);
    const publish = `mutation Publish($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`;
    await room.as('EDITOR').run(publish, { id: other });
    expect([await leadsTo(naming), await leadsTo(naming, 'PUBLISHED')]).toEqual([[other], [other]]);
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('goes back to the first where an old revision of it is published', async () => {
    const one = await draft({ slug: 'back-again' });
    const naming = await draft({ body: 'See [[story:back-again]].' });
    await editDraft(one, 1, { slug: 'for-a-while' });
    const other = await draft({ slug: 'back-again' });
    await editDraft(other, 1, { slug: 'gone-on' });
    expect(await leadsTo(naming)).toEqual([other]);
    const publish = `mutation Publish($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome problems { code } } }`;
    expect((await room.as('EDITOR').run(publish, { id: one })).publish).toEqual({ outcome: 'SAVED', problems: [] });
    expect(await leadsTo(naming)).toEqual([one]);
    expect(await findBreaches(room.sql)).toEqual([]);
  });
});
