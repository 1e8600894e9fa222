import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { findBreaches } from '../support/invariants';
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

const PAYLOAD = `outcome
  entry: story { headline summary body topics timeline { id note } cast { actor { id } role } latestRevision }
  conflict { latest { number } fields { path base mine theirs } }
  problems { severity code path message }`;
const edit = async (id: string, baseRevision: number, fields: Fields, more: Fields = {}): Promise<Answer> =>
  (
    await room.as('EDITOR').run(`mutation ($input: EditStoryInput!) { editStory(input: $input) { ${PAYLOAD} } }`, {
      input: { id, baseRevision, fields, ...more },
    })
  ).editStory;
const paths = ({ conflict }: Answer): string[] => conflict.fields.map(({ path }: Answer) => path);

/** A story with a timeline that two editors have changed in many ways. */
async function contested() {
  const { id, content } = await room.make.story({
    headline: 'Base',
    summary: 'Base summary',
    topics: ['army'],
    timeline: ['first', 'second', 'third', 'fourth'].map((note) => ({ note })),
  });
  const items = content.timeline as { id: string; note: string }[];
  const [first, second, third, fourth] = items.map((item) => item.id) as [string, string, string, string];
  const theirs = {
    headline: 'Theirs',
    timeline: [
      { id: third, note: 'third' },
      { id: first, note: 'first, theirs' },
      { id: second, note: 'second, theirs' },
      { id: fourth, note: 'fourth' },
      { note: 'their new one' },
    ],
  };
  const mine = {
    headline: 'Mine',
    summary: 'My summary',
    timeline: [
      { id: fourth, note: 'fourth' },
      { id: first, note: 'first, mine' },
      { id: third, note: 'third' },
      { id: 'mine-1', note: 'my new one' },
    ],
  };
  delete (mine.timeline[3] as { id?: string }).id;
  expect((await edit(id, 1, theirs)).outcome).toBe('SAVED');
  return { id, mine, first, second, third, fourth };
}

describe('Settling a conflict', () => {
  it('takes each place from the side that is chosen for it, and merges the rest', async () => {
    const { id, mine, first, second } = await contested();
    const refused = await edit(id, 1, mine);
    expect(refused.outcome).toBe('CONFLICT');
    expect(paths(refused)).toEqual(['/headline', `/timeline/${first}/note`, `/timeline/${second}`, '/timeline']);
    const settled = await edit(id, 1, mine, {
      against: 2,
      resolve: [
        { path: '/headline', take: 'THEIRS' },
        { path: `/timeline/${first}/note`, take: 'VALUE', value: 'first, ours' },
        { path: `/timeline/${second}`, take: 'THEIRS' },
        { path: '/timeline', take: 'MINE' },
      ],
    });
    expect(settled).toMatchObject({
      outcome: 'MERGED',
      problems: [],
      entry: { headline: 'Theirs', summary: 'My summary' },
    });
    expect(settled.entry.timeline.map(({ note }: Answer) => note)).toEqual([
      'fourth',
      'their new one',
      'first, ours',
      'second, theirs',
      'third',
      'my new one',
    ]);
  });

  it('for their side everywhere, where the edit does nothing else, leaves nothing to write', async () => {
    const { id, content } = await room.make.story({
      headline: 'Base',
      timeline: ['a', 'b', 'c'].map((note) => ({ note })),
    });
    const [a, b, c] = content.timeline as Fields[];
    await edit(id, 1, { headline: 'Theirs', timeline: [c, a, b] });
    const mine = { headline: 'Mine', timeline: [b, a, c] };
    const refused = await edit(id, 1, mine);
    expect(paths(refused)).toEqual(['/headline', '/timeline']);
    const resolve = paths(refused).map((path) => ({ path, take: 'THEIRS' }));
    const settled = await writingNothing(room, () => edit(id, 1, mine, { against: 2, resolve }));
    expect([settled.outcome, settled.problems]).toEqual(['UNCHANGED', []]);
  });

  it('can take an item out, or bring a list of its own', async () => {
    const { id, mine, first, second } = await contested();
    const settled = await edit(id, 1, mine, {
      against: 2,
      resolve: [
        { path: '/headline', take: 'MINE' },
        { path: `/timeline/${first}/note`, take: 'MINE' },
        { path: `/timeline/${second}`, take: 'MINE' },
        { path: '/timeline', take: 'VALUE', value: [{ id: first, note: 'only this' }] },
      ],
    });
    expect(settled).toMatchObject({
      outcome: 'MERGED',
      entry: { headline: 'Mine', timeline: [{ note: 'only this' }] },
    });
  });

  it('tells what is still open', async () => {
    const { id, mine, first, second } = await contested();
    const still = await writingNothing(room, () =>
      edit(id, 1, mine, { against: 2, resolve: [{ path: '/headline', take: 'MINE' }] }),
    );
    expect(paths(still)).toEqual([`/timeline/${first}/note`, `/timeline/${second}`, '/timeline']);
  });

  it('of a text takes a side or a text, without sending it twice', async () => {
    const body = 'The first sentence stands here. The second one follows.\n\nA third paragraph closes.\n';
    const { id } = await room.make.story({ body });
    await edit(id, 1, { body: body.replace('first', 'FIRST') });
    const mine = { body: body.replace('first', 'opening') };
    expect(paths(await edit(id, 1, mine))).toEqual(['/body']);
    const settled = await edit(id, 1, mine, { against: 2, resolve: [{ path: '/body', take: 'MINE' }] });
    expect(settled.entry.body).toBe(mine.body);
    const other = await edit(
      id,
      1,
      { body: 'x' },
      { against: 3, resolve: [{ path: '/body', take: 'VALUE', value: 'Own' }] },
    );
    expect(other.entry.body).toBe('Own');
  });

  it('answers a new conflict where the entry has moved on since, even elsewhere', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit(id, 1, { headline: 'Theirs' });
    await edit(id, 2, { summary: 'elsewhere' });
    const input = { against: 2, resolve: [{ path: '/headline', take: 'MINE' }] };
    const again = await writingNothing(room, () => edit(id, 1, { headline: 'Mine' }, input));
    expect(again).toMatchObject({ outcome: 'CONFLICT', conflict: { latest: { number: 3 } } });
    expect(paths(again)).toEqual(['/headline']);
    expect((await edit(id, 1, { headline: 'Mine' }, { ...input, against: 3 })).entry.headline).toBe('Mine');
  });

  it('answers a new conflict also where what conflicted has gone meanwhile', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit(id, 1, { headline: 'Theirs' });
    await edit(id, 2, { headline: 'Base' });
    const input = { against: 2, resolve: [{ path: '/headline', take: 'THEIRS' }] };
    expect(paths(await edit(id, 1, { headline: 'Mine' }, input))).toEqual(['/headline']);
  });

  it('of an edit that would rather fail than merge is by whole fields', async () => {
    const { id } = await room.make.story({ headline: 'Base', topics: ['army'] });
    await edit(id, 1, { topics: ['army', 'navy'] });
    const mine = { topics: ['army', 'exile'], headline: 'Mine' };
    expect(paths(await edit(id, 1, mine, { onConflict: 'FAIL' }))).toEqual(['/headline', '/topics'].toSorted());
    const settled = await edit(id, 1, mine, {
      onConflict: 'FAIL',
      against: 2,
      resolve: [
        { path: '/headline', take: 'MINE' },
        { path: '/topics', take: 'VALUE', value: ['exile'] },
      ],
    });
    expect(settled.entry).toMatchObject({ headline: 'Mine', topics: ['exile'] });
  });

  it('settles what only the merge made wrong', async () => {
    const actor = await room.make.actor({ names: [{ text: 'One', preferred: true }] });
    const EDIT = `mutation ($input: EditActorInput!) { editActor(input: $input) { outcome actor { names { text } }
      conflict { fields { path mine theirs } } problems { path message } } }`;
    const many = (word: string) => Array.from({ length: 300 }, (_, index) => ({ text: `${word} ${index}` }));
    const [one] = actor.content.names as Fields[];
    const send = async (words: Fields[], more: Fields = {}): Promise<Answer> =>
      (
        await room.as('EDITOR').run(EDIT, {
          input: { id: actor.id, baseRevision: 1, fields: { names: [{ ...one, usedIn: [] }, ...words] }, ...more },
        })
      ).editActor;
    await send(many('theirs'));
    const refused = await send(many('mine'));
    expect(paths(refused)).toEqual(['/names']);
    const settled = await send(many('mine'), { against: 2, resolve: [{ path: '/names', take: 'MINE' }] });
    expect(settled.outcome).toBe('MERGED');
    expect(settled.actor.names).toHaveLength(301);
  });
});

describe('Resolutions that cannot be', () => {
  it.each<[string, Fields, string[]]>([
    ['of places that do not conflict', { resolve: [{ path: '/summary', take: 'MINE' }] }, ['INVALID /resolve/0/path']],
    ['of places that are none', { resolve: [{ path: 'nonsense', take: 'MINE' }] }, ['INVALID /resolve/0/path']],
    [
      'of one place twice',
      { resolve: ['MINE', 'THEIRS'].map((take) => ({ path: '/headline', take })) },
      ['DUPLICATE /resolve/1/path'],
    ],
    ['without against', { against: null, resolve: [{ path: '/headline', take: 'MINE' }] }, ['REQUIRED /against']],
    ['with VALUE and none', { resolve: [{ path: '/headline', take: 'VALUE' }] }, ['REQUIRED /resolve/0/value']],
    [
      'that clear what is required',
      { resolve: [{ path: '/headline', take: 'VALUE', value: null }] },
      ['REQUIRED /resolve/0/value'],
    ],
    [
      'that are too long',
      { resolve: [{ path: '/headline', take: 'VALUE', value: 'x'.repeat(301) }] },
      ['TOO_LONG /resolve/0/value'],
    ],
    ['against the future', { against: 9, resolve: [{ path: '/headline', take: 'MINE' }] }, ['INVALID /against']],
    ['against what is older than the base', { baseRevision: 2, against: 1, resolve: [] }, ['INVALID /against']],
  ])('are refused: %s', async (_, more, problems) => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit(id, 1, { headline: 'Theirs' });
    const resolve = (more.resolve as Fields[]).map((one) => one);
    const answer = await writingNothing(room, () =>
      edit(id, 1, { headline: 'Mine' }, { against: 2, ...more, resolve: addHeadline(resolve) }),
    );
    expect(answer.outcome).toBe('INVALID');
    expect(answer.problems.map(({ code, path }: Answer) => `${code} ${path}`)).toEqual(problems);
  });

  /** What conflicts is settled, so that only what is wrong with the rest stands against it. */
  const addHeadline = (resolve: Fields[]): Fields[] =>
    resolve.length === 0 || resolve.some(({ path }) => path === '/headline')
      ? resolve
      : [...resolve, { path: '/headline', take: 'MINE' }];

  it('have values of the type of their place', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit(id, 1, { headline: 'Theirs' });
    const { errors } = await room
      .as('EDITOR')
      .ask(`mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`, {
        input: {
          id,
          baseRevision: 1,
          fields: { headline: 'Mine' },
          against: 2,
          resolve: [{ path: '/headline', take: 'VALUE', value: { not: 'a text' } }],
        },
      });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'resolve.0.value' } });
  });
});
