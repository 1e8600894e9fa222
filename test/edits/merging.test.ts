import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const EDIT_STORY = `mutation ($input: EditStoryInput!) { editStory(input: $input) {
  outcome
  revision { number parent { number } base { number } }
  story { headline body topics timeline { id note event { id } claim { id } } cast { id role } }
  conflict { latest { number } fields { path base mine theirs theirRevision { number } parts { merged base mine theirs } } }
  problems { path message }
} }`;
const EDIT_ACTOR = `mutation ($input: EditActorInput!) { editActor(input: $input) {
  outcome actor { names { id text preferred } } conflict { fields { path base mine theirs } } } }`;

const editStory = async (id: string, baseRevision: number, fields: object, more: object = {}) =>
  (await room.as('EDITOR').run(EDIT_STORY, { input: { id, baseRevision, fields, ...more } })).editStory;
const itemsOf = (content: Record<string, unknown>, list: string) => content[list] as { id: string }[];

describe('Two editors of one list', () => {
  it('are both kept where they touch different fields of one item', async () => {
    const [event, actor] = [await room.make.event(), await room.make.actor()];
    const { id, content } = await room.make.story({
      timeline: [{ event: event.id, note: 'First words' }],
      cast: [{ actor: actor.id, role: 'guard' }],
    });
    const [item] = itemsOf(content, 'timeline');
    const other = await room.make.event();
    await editStory(id, 1, { timeline: [{ ...item, event: other.id }] });
    const answer = await editStory(id, 1, { timeline: [{ ...item, note: 'Second words' }] });
    expect(answer).toMatchObject({
      outcome: 'MERGED',
      revision: { number: 3, parent: { number: 2 }, base: { number: 1 } },
      story: { timeline: [{ id: item?.id, event: { id: other.id }, note: 'Second words' }] },
    });
  });

  it('are both kept where they add different names, and topics', async () => {
    const { id, content } = await room.make.actor({ names: [{ text: 'Hugo Carvajal' }] });
    const [name] = itemsOf(content, 'names');
    const add = async (text: string) =>
      (await room.as('EDITOR').run(EDIT_ACTOR, { input: { id, baseRevision: 1, fields: { names: [name, { text }] } } }))
        .editActor;
    expect((await add('Carafajal')).outcome).toBe('SAVED');
    const { outcome, actor } = await add('Karafakhal');
    expect(outcome).toBe('MERGED');
    expect(actor.names.map((found: { text: string }) => found.text)).toEqual([
      'Hugo Carvajal',
      'Karafakhal',
      'Carafajal',
    ]);

    const story = await room.make.story({ topics: ['oil', 'drugs'] });
    await editStory(story.id, 1, { topics: ['oil', 'drugs', 'courts'] });
    const topics = await editStory(story.id, 1, { topics: ['drugs', 'army'] });
    expect(topics).toMatchObject({ outcome: 'MERGED', story: { topics: ['drugs', 'courts', 'army'] } });
  });

  it('are told the item and field where they change the same, or one takes out what the other changes', async () => {
    const actor = await room.make.actor();
    const { id, content } = await room.make.story({
      timeline: [{ note: 'One' }, { note: 'Two' }],
      cast: [{ actor: actor.id, role: 'guard' }],
    });
    const [one, two] = itemsOf(content, 'timeline');
    const [member] = itemsOf(content, 'cast');
    await editStory(id, 1, { timeline: [{ ...one, note: 'Theirs' }, two], cast: [{ ...member, role: 'witness' }] });
    const before = await room.sql('select count(*)::int as n from revision');
    const answer = await editStory(id, 1, { timeline: [{ ...one, note: 'Mine' }, two], cast: [] });
    expect(answer.outcome).toBe('CONFLICT');
    expect(answer.conflict.fields).toMatchObject([
      { path: `/timeline/${one?.id}/note`, base: 'One', mine: 'Mine', theirs: 'Theirs', theirRevision: { number: 2 } },
      { path: `/cast/${member?.id}`, base: { role: 'guard' }, mine: null, theirs: { role: 'witness' } },
    ]);
    expect(await room.sql('select count(*)::int as n from revision')).toEqual(before);
  });

  it('come to a conflict where each was right and both together are not', async () => {
    const [event, claim] = [await room.make.event(), await room.make.claim()];
    const { id, content } = await room.make.story({ timeline: [{ note: 'A note' }] });
    const [item] = itemsOf(content, 'timeline');
    await editStory(id, 1, { timeline: [{ ...item, event: event.id }] });
    const answer = await editStory(id, 1, { timeline: [{ ...item, claim: claim.id }] });
    expect(answer).toMatchObject({ outcome: 'CONFLICT', conflict: { fields: [{ path: '/timeline' }] } });
  });
});

describe('Two editors of one text', () => {
  const BODY = 'The guard left in June.\n\nHe came to the United States. He accuses.\n\nThe accused denies it.';

  it('are both kept where their sentences do not touch', async () => {
    const { id } = await room.make.story({ body: BODY });
    await editStory(id, 1, { body: BODY.replace('in June', 'in June 2014') });
    const answer = await editStory(id, 1, { body: BODY.replace('denies it', 'denies all of it') });
    expect(answer).toMatchObject({
      outcome: 'MERGED',
      story: { body: BODY.replace('in June', 'in June 2014').replace('denies it', 'denies all of it') },
    });
  });

  it('are told what merged and what did not where they change one sentence', async () => {
    const { id } = await room.make.story({ body: BODY });
    await editStory(id, 1, { body: BODY.replace('in June', 'in July') });
    const answer = await editStory(id, 1, {
      body: BODY.replace('in June', 'in May').replace('denies it', 'denies all'),
    });
    expect(answer.outcome).toBe('CONFLICT');
    const [field] = answer.conflict.fields;
    expect(field).toMatchObject({ path: '/body', base: BODY, theirs: BODY.replace('in June', 'in July') });
    const open = field.parts.filter((part: { merged: string | null }) => part.merged === null);
    expect(open).toHaveLength(1);
    expect(open[0]).toMatchObject({
      base: expect.stringContaining('in June'),
      mine: expect.stringContaining('in May'),
      theirs: expect.stringContaining('in July'),
    });
    const mine = field.parts.map((part: { merged: string | null; mine: string }) => part.merged ?? part.mine).join('');
    expect(mine).toBe(BODY.replace('in June', 'in May').replace('denies it', 'denies all'));
  });
});

describe('An editor who would rather look', () => {
  it('is refused even a clean merge, with every field of the edit', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'Short' });
    await editStory(id, 1, { summary: 'Longer' });
    const answer = await editStory(id, 1, { headline: 'Two' }, { onConflict: 'FAIL' });
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      conflict: { latest: { number: 2 }, fields: [{ path: '/headline', base: 'One', mine: 'Two', theirs: 'One' }] },
    });
    expect((await editStory(id, 2, { headline: 'Two' }, { onConflict: 'FAIL' })).outcome).toBe('SAVED');
  });
});
