import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { countRows, writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const ANSWER = `outcome story { id slug headline latestRevision publishedRevision } revision { number createdAt }
  changes { path op before after } problems { code path } conflict { fields { path } }`;
const CREATE = `mutation Create($input: CreateStoryInput!) { createStory(input: $input) { ${ANSWER} } }`;
const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { ${ANSWER} } }`;
const PUBLISH = `mutation Publish($input: PublishInput!) { publish(input: $input) {
  outcome entry { id latestRevision publishedRevision } revision { number reviewNote } changes { path before after } problems { code path } } }`;

type Input = Record<string, unknown>;
const create = async (input: Input, role: 'CONTRIBUTOR' | 'EDITOR' = 'EDITOR'): Promise<Answer> =>
  (await room.as(role).run(CREATE, { input })).createStory;
const edit = async (input: Input, role: 'CONTRIBUTOR' | 'EDITOR' = 'EDITOR'): Promise<Answer> =>
  (await room.as(role).run(EDIT, { input })).editStory;
const publish = async (input: Input): Promise<Answer> => (await room.as('EDITOR').run(PUBLISH, { input })).publish;

let keys = 0;
const newKey = (): string => `key-${(keys += 1)}`;

describe('A write that is sent again with its clientMutationId', () => {
  it('creates one story, and answers the second time as the first', async () => {
    const input = { fields: { headline: 'Sent twice' }, publish: true, clientMutationId: newKey() };
    const first = await create(input);
    expect(first).toMatchObject({ outcome: 'CREATED', revision: { number: 1 }, story: { slug: 'sent-twice' } });
    expect(await writingNothing(room, () => create(input))).toEqual(first);
  });

  it('edits once, and the repeated answer shows the story as that edit left it, whatever came after', async () => {
    const { id } = await room.make.story({ headline: 'First' });
    const input = { id, baseRevision: 1, fields: { headline: 'Second' }, clientMutationId: newKey() };
    const first = await edit(input);
    await edit({ id, baseRevision: 2, fields: { headline: 'Third' } });
    const again = await writingNothing(room, () => edit(input));
    expect(again).toMatchObject({
      outcome: 'SAVED',
      revision: first.revision,
      changes: first.changes,
      story: { headline: 'Second', latestRevision: 2 },
    });
  });

  it('is answered MERGED again where it was merged', async () => {
    const { id } = await room.make.story({ headline: 'First' });
    await edit({ id, baseRevision: 1, fields: { headline: 'Second' } });
    const input = { id, baseRevision: 1, fields: { summary: 'New' }, clientMutationId: newKey() };
    const first = await edit(input);
    expect(first.outcome).toBe('MERGED');
    expect(await writingNothing(room, () => edit(input))).toEqual(first);
  });

  it('publishes once', async () => {
    const { id } = await room.make.story({}, { publish: false });
    const input = { id, revision: 1, note: 'Checked', clientMutationId: newKey() };
    const first = await publish(input);
    expect(first).toMatchObject({ outcome: 'SAVED', revision: { number: 1, reviewNote: 'Checked' } });
    expect(await writingNothing(room, () => publish(input))).toEqual(first);
  });

  it('writes once when it is sent ten times at the same moment, and all ten are told the same', async () => {
    const before = await countRows(room);
    const input = { fields: { headline: 'Sent ten times' }, clientMutationId: newKey() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(input)));
    expect(answers).toEqual(Array(10).fill(answers[0]));
    const after = await countRows(room);
    expect(after).toMatchObject({
      entry: Number(before['entry']) + 1,
      revision: Number(before['revision']) + 1,
      change: Number(before['change']) + 1,
      idempotency: Number(before['idempotency']) + 1,
    });
    const { id } = answers[0].story;
    const edits = await Promise.all(
      Array.from({ length: 10 }, () =>
        edit({ id, baseRevision: 1, fields: { headline: 'Edited ten times' }, clientMutationId: 'ten-edits' }),
      ),
    );
    expect(edits).toEqual(Array(10).fill(edits[0]));
    expect(edits[0]).toMatchObject({ outcome: 'SAVED', story: { latestRevision: 2 } });
  });

  it('is another write where somebody else sends it', async () => {
    const clientMutationId = newKey();
    const mine = await create({ fields: { headline: 'Mine' }, clientMutationId });
    const theirs = await create({ fields: { headline: 'Theirs' }, clientMutationId }, 'CONTRIBUTOR');
    expect(theirs).toMatchObject({ outcome: 'CREATED', story: { headline: 'Theirs' } });
    expect(theirs.story.id).not.toBe(mine.story.id);
  });

  it('is a new write after 24 hours, and not a minute before', async () => {
    const clientMutationId = newKey();
    const age = (interval: string) =>
      room.sql(`update idempotency set created_at = clock_timestamp() - $2::interval where key = $1`, [
        clientMutationId,
        interval,
      ]);
    const first = await create({ fields: { headline: 'Of yesterday' }, clientMutationId });
    await age('23 hours 59 minutes');
    expect(await create({ fields: { headline: 'Of yesterday' }, clientMutationId })).toEqual(first);
    await age('24 hours 1 minute');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => create({ fields: { headline: 'Of today' }, clientMutationId })),
    );
    expect(answers[0].story).toMatchObject({ headline: 'Of today' });
    expect(answers).toEqual(Array(5).fill(answers[0]));
    expect(answers[0].story.id).not.toBe(first.story.id);
  });
});

describe('A clientMutationId that was used', () => {
  it('is refused for another input, and nothing is written', async () => {
    const clientMutationId = newKey();
    const made = await create({ fields: { headline: 'One' }, clientMutationId });
    const { id } = made.story;
    await writingNothing(room, async () => {
      const editor = room.as('EDITOR');
      const others: [string, Input][] = [
        [CREATE, { fields: { headline: 'Two' }, clientMutationId }],
        [CREATE, { fields: { headline: 'One' }, summary: 'Another reason', clientMutationId }],
        [CREATE, { fields: { headline: 'One' }, publish: true, clientMutationId }],
        [EDIT, { id, baseRevision: 1, fields: { headline: 'One' }, clientMutationId }],
        [PUBLISH, { id, revision: 1, clientMutationId }],
      ];
      for (const [mutation, input] of others)
        expect(await editor.fails(mutation, { input })).toBe('IDEMPOTENCY_KEY_REUSED');
    });
  });

  it('is refused for the same words to another operation', async () => {
    const fields = { language: 'en' };
    const clientMutationId = newKey();
    const [event, actor] = [await room.make.event(), await room.make.actor()];
    const mutation = (word: string) =>
      `mutation Edit($input: Edit${word}Input!) { edit${word}(input: $input) { outcome } }`;
    const input = (id: string) => ({ id, baseRevision: 1, fields: { ...fields, language: 'es' }, clientMutationId });
    await room.as('EDITOR').run(mutation('Event'), { input: input(event.id) });
    expect(await room.as('EDITOR').fails(mutation('Actor'), { input: input(actor.id) })).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['with NUL', 'a\0'],
    ['not ASCII', 'é'],
    ['of half a surrogate pair', '\ud800'],
    ['of 201 characters', 'x'.repeat(201)],
  ])('must be one at all: %s is refused before anything is looked up', async (_, clientMutationId) => {
    const { errors } = await room
      .as('EDITOR')
      .ask(CREATE, { input: { fields: { headline: 'One' }, clientMutationId } });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'clientMutationId' } }]);
  });
});

describe('A write that wrote nothing', () => {
  const forgets = async (clientMutationId: string): Promise<void> => {
    expect(await room.sql('select from idempotency where key = $1', [clientMutationId])).toEqual([]);
  };

  it('is not remembered: a conflict can be mended under the same id', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit({ id, baseRevision: 1, fields: { headline: 'Theirs' } });
    const clientMutationId = newKey();
    const refused = await edit({ id, baseRevision: 1, fields: { headline: 'Mine' }, clientMutationId });
    expect(refused.outcome).toBe('CONFLICT');
    await forgets(clientMutationId);
    const mended = await edit({ id, baseRevision: 2, fields: { headline: 'Mine' }, clientMutationId });
    expect(mended).toMatchObject({ outcome: 'SAVED', story: { headline: 'Mine' } });
  });

  it('is not remembered: refusals before and behind the lock, and no change at all', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    const clientMutationId = newKey();
    const attempts: [string, Input][] = [
      ['INVALID', { id, baseRevision: 1, fields: { headline: '' } }],
      ['INVALID', { id, baseRevision: 9, fields: { headline: 'New' } }],
      ['INVALID', { id, baseRevision: 1, fields: { cast: [{ actor: id }] } }],
      ['UNCHANGED', { id, baseRevision: 1, fields: { headline: 'Base' } }],
    ];
    for (const [outcome, input] of attempts) {
      expect((await edit({ ...input, clientMutationId })).outcome).toBe(outcome);
      await forgets(clientMutationId);
    }
    expect((await edit({ id, baseRevision: 1, fields: { headline: 'New' }, clientMutationId })).outcome).toBe('SAVED');
  });

  it('is not remembered: an error', async () => {
    const clientMutationId = newKey();
    const input = { id: '00000000-0000-4000-8000-000000000000', baseRevision: 1, fields: {}, clientMutationId };
    expect(await room.as('EDITOR').fails(EDIT, { input })).toBe('NOT_FOUND');
    await forgets(clientMutationId);
  });

  it('is not remembered: a dry run, nor does it use up the id', async () => {
    const clientMutationId = newKey();
    const fields = { headline: 'Rehearsed' };
    await writingNothing(room, () => create({ fields, dryRun: true, clientMutationId }));
    expect((await create({ fields, clientMutationId })).outcome).toBe('CREATED');
    const again = await writingNothing(room, () => create({ fields, dryRun: true, clientMutationId }));
    expect(again).toMatchObject({ outcome: 'CREATED', story: null, revision: null });
  });
});

describe('A dry run', () => {
  it('of a new story tells all that it would be, and there is no story', async () => {
    const answer = await writingNothing(room, () =>
      create({ fields: { headline: 'Not yet', body: 'Words', topics: ['a'] }, publish: true, dryRun: true }),
    );
    expect(answer).toEqual({
      outcome: 'CREATED',
      story: null,
      revision: null,
      problems: [],
      conflict: null,
      changes: [
        { path: '/slug', op: 'ADDED', before: null, after: 'not-yet' },
        { path: '/language', op: 'ADDED', before: null, after: 'en' },
        { path: '/headline', op: 'ADDED', before: null, after: 'Not yet' },
        { path: '/body', op: 'ADDED', before: null, after: 'Words' },
        { path: '/topics/a', op: 'ADDED', before: null, after: 'a' },
      ],
    });
  });

  it('foresees the very changes that the write then makes', async () => {
    const fields = { headline: 'Foreseen', body: 'Words' };
    const foreseen = await create({ fields, dryRun: true });
    const made = await create({ fields });
    expect(made.changes).toEqual(foreseen.changes);
    const input = { id: made.story.id, baseRevision: 1, fields: { headline: 'Foreseen too', body: null, slug: null } };
    const foreseenEdit = await writingNothing(room, () => edit({ ...input, dryRun: true }));
    expect(foreseenEdit).toMatchObject({
      outcome: 'SAVED',
      revision: null,
      story: { headline: 'Foreseen', latestRevision: 1 },
      changes: [
        { path: '/slug', before: 'foreseen', after: 'foreseen-too' },
        { path: '/headline', before: 'Foreseen', after: 'Foreseen too' },
        { path: '/body', op: 'REMOVED', before: 'Words', after: null },
      ],
    });
    expect((await edit(input)).changes).toEqual(foreseenEdit.changes);
  });

  it('tells an event of the ordinary sort with its sort, as the first revision does', async () => {
    const mutation = `mutation Create($input: CreateEventInput!) { createEvent(input: $input) { changes { path op before after } } }`;
    for (const dryRun of [true, false]) {
      const { createEvent } = await room.as('EDITOR').run(mutation, { input: { fields: { title: 'Vote' }, dryRun } });
      expect(createEvent.changes).toContainEqual({ path: '/eventType', op: 'ADDED', before: null, after: 'OTHER' });
      expect(createEvent.changes).toContainEqual({ path: '/occurrence', op: 'ADDED', before: null, after: 'OCCURRED' });
    }
  });

  it('foresees a merge and a conflict', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    await edit({ id, baseRevision: 1, fields: { headline: 'Theirs' } });
    await writingNothing(room, async () => {
      expect(await edit({ id, baseRevision: 1, fields: { summary: 'New' }, dryRun: true })).toMatchObject({
        outcome: 'MERGED',
        revision: null,
        changes: [{ path: '/summary', before: null, after: 'New' }],
      });
      expect(await edit({ id, baseRevision: 1, fields: { headline: 'Mine' }, dryRun: true })).toMatchObject({
        outcome: 'CONFLICT',
        changes: [],
        conflict: { fields: [{ path: '/headline' }] },
      });
      expect(await edit({ id, baseRevision: 2, fields: { headline: 'Theirs' }, dryRun: true })).toMatchObject({
        outcome: 'UNCHANGED',
      });
    });
  });

  it('finds the problems that only the database knows', async () => {
    const { id } = await room.make.story({ slug: 'taken-by-another' });
    await writingNothing(room, async () => {
      expect(await create({ fields: { headline: 'A', slug: 'taken-by-another' }, dryRun: true })).toMatchObject({
        outcome: 'INVALID',
        problems: [{ code: 'SLUG_TAKEN', path: '/slug' }],
      });
      expect(
        await edit({ id, baseRevision: 1, fields: { related: [{ story: id, relation: 'FOLLOWS' }] }, dryRun: true }),
      ).toMatchObject({ outcome: 'INVALID', problems: [{ code: 'CYCLE', path: '/related/0/story' }] });
    });
  });

  it('of publishing tells what the public would see change, and publishes nothing', async () => {
    const { id } = await room.make.story({ headline: 'Public', body: 'Old' });
    await edit({ id, baseRevision: 1, fields: { body: 'New' } }, 'CONTRIBUTOR');
    const answer = await writingNothing(room, () => publish({ id, revision: 2, dryRun: true }));
    expect(answer).toEqual({
      outcome: 'SAVED',
      entry: { id, latestRevision: 2, publishedRevision: 1 },
      revision: null,
      changes: [{ path: '/body', before: 'Old', after: 'New' }],
      problems: [],
    });
    expect((await publish({ id, revision: 2 })).changes).toEqual(answer.changes);
  });
});
