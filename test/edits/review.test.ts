import { type Desk, NOBODY, openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
let desk: Desk;
beforeAll(async () => {
  room = await openTestNewsroom();
  desk = openDesk(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

const propose = (id: string, base: number, fields: Record<string, unknown>): Promise<Answer> =>
  desk.edit('story', id, base, fields, {}, 'CONTRIBUTOR');

describe('The review queue', () => {
  it('shows a contributor’s edits of one entry as one, with what they come to against what was accepted', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' });
    await propose(id, 1, { headline: 'Two' });
    await propose(id, 2, { headline: 'Three', summary: 'Third' });
    const [item, ...more] = await desk.waitingOf(id);
    expect(more).toEqual([]);
    expect(item).toMatchObject({
      reason: 'PENDING_EDIT',
      cause: null,
      entry: { title: 'Three' },
      pending: [
        { number: 2, review: 'PENDING' },
        { number: 3, review: 'PENDING' },
      ],
      changes: [
        { path: '/headline', before: 'One', after: 'Three' },
        { path: '/summary', before: 'First', after: 'Third' },
      ],
    });
    const [{ at }] = await room.sql('select at from revision where entry = $1 and number = 2', [id]);
    expect(item.since).toBe(at.toISOString());
  });

  it('has a draft only once it was submitted, with an edit or without one, and not twice', async () => {
    const draft = await room.make.story({ headline: 'Draft' }, { publish: false, by: 'CONTRIBUTOR' });
    expect(await desk.waitingOf(draft.id)).toEqual([]);
    await propose(draft.id, 1, { headline: 'Better' });
    expect(await desk.waitingOf(draft.id)).toEqual([]);
    const same = await desk.edit('story', draft.id, 2, {}, { submit: true }, 'CONTRIBUTOR');
    expect(same).toMatchObject({ outcome: 'SAVED', revision: null, problems: [] });
    expect(await desk.waitingOf(draft.id)).toMatchObject([
      { reason: 'PENDING_EDIT', pending: [{ number: 1 }, { number: 2 }] },
    ]);
    expect((await desk.edit('story', draft.id, 2, {}, { submit: true }, 'CONTRIBUTOR')).outcome).toBe('UNCHANGED');
    const submitted = await desk.create('story', { headline: 'Sent' }, { submit: true }, 'CONTRIBUTOR');
    expect(await desk.waitingOf(submitted.entry.id)).toHaveLength(1);
  });

  it('is left by what was published, rejected or deleted, and entered again by what is restored', async () => {
    const [a, b, c] = await Promise.all(['A', 'B', 'C'].map((headline) => room.make.story({ headline })));
    for (const one of [a, b, c]) await propose((one as { id: string }).id, 1, { summary: 'x' });
    await desk.act('publish', { id: a?.id, revision: 2 });
    await desk.act('rejectRevisions', { id: b?.id, baseRevision: 2, note: 'no source' });
    await desk.act('deleteEntry', { id: c?.id, baseRevision: 2 });
    for (const one of [a, b, c]) expect(await desk.waitingOf(one?.id ?? '')).toEqual([]);
    await desk.act('restoreEntry', { id: c?.id });
    expect(await desk.waitingOf(c?.id ?? '')).toMatchObject([{ changes: [{ path: '/summary' }] }]);
  });

  it('is paged oldest first, counted and filtered by kind and reason', async () => {
    const actor = await room.make.actor({}, { by: 'EDITOR' });
    await desk.edit('actor', actor.id, 1, { description: 'Somebody' }, {}, 'CONTRIBUTOR');
    const ask = async (args: string): Promise<Answer> =>
      (
        await room.as('CONTRIBUTOR').run(`{ reviewQueue(${args}) { totalCount nodes { since entry { kind id } }
          pageInfo { hasNextPage endCursor } } }`)
      ).reviewQueue;
    const all = await ask('first: 100');
    expect(all.totalCount).toBe(all.nodes.length);
    expect(all.nodes.map((node: Answer) => node.since)).toEqual(all.nodes.map((node: Answer) => node.since).toSorted());
    const told: string[] = [];
    for (let after = ''; ;) {
      const page = await ask(`first: 1${after}`);
      expect(page.totalCount).toBe(all.totalCount);
      told.push(...page.nodes.map((node: Answer) => node.entry.id));
      if (!page.pageInfo.hasNextPage) break;
      after = `, after: "${page.pageInfo.endCursor}"`;
    }
    expect(told).toEqual(all.nodes.map((node: Answer) => node.entry.id));
    expect(await ask('kinds: [ACTOR]')).toMatchObject({ totalCount: 1, nodes: [{ entry: { id: actor.id } }] });
    expect(await ask('reasons: [UNSETTLED]')).toMatchObject({ totalCount: 0, nodes: [] });
    expect((await ask('reasons: [PENDING_EDIT, UNSETTLED], first: 100')).totalCount).toBe(all.totalCount);
  });

  it('takes no more statements for fifty entries than for two', async () => {
    for (let n = 0; n < 12; n++) {
      const { id } = await room.make.story({ headline: `Many ${n}` });
      await propose(id, 1, { summary: 'waits' });
    }
    const query = `query ($first: Int) { reviewQueue(first: $first) { totalCount nodes { reason since entry { title }
      cause { id } pending { number author { name } } changes { path } } } }`;
    const few = await room.as('EDITOR').statementsOf(query, { first: 2 });
    const many = await room.as('EDITOR').statementsOf(query, { first: 50 });
    expect(many.data.reviewQueue.nodes.length).toBeGreaterThan(10);
    expect(many.statements).toBe(few.statements);
  });

  it('is not for readers and nobody', async () => {
    expect(await room.as('READER').fails('{ reviewQueue { totalCount } }')).toBe('FORBIDDEN');
    expect(await room.asAnonymous().fails('{ reviewQueue { totalCount } }')).toBe('UNAUTHENTICATED');
  });
});

describe('Rejecting revisions', () => {
  it('writes one revision equal to what the public sees, which goes on seeing it, and keeps the note', async () => {
    const { id } = await room.make.story({ headline: 'Seen', topics: ['army'] });
    await propose(id, 1, { headline: 'Wrong' });
    await propose(id, 2, { topics: ['navy'] });
    const answer = await desk.act('rejectRevisions', { id, baseRevision: 3, note: 'not true' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { title: 'Seen', latestRevision: 4, publishedRevision: 4 },
      revision: { number: 4, action: 'REVERT', review: 'ACCEPTED', summary: 'not true' },
    });
    expect(await desk.reviewsOf(id)).toEqual(['ACCEPTED', 'REJECTED', 'REJECTED', 'ACCEPTED']);
    expect(
      await room.sql('select distinct review_note from revision where entry = $1 and number in (2, 3)', [id]),
    ).toEqual([{ review_note: 'not true' }]);
    expect((await desk.ledgerOf(id)).at(-1)).toBe('REJECTED');
    const seen = await room
      .asAnonymous()
      .run(`query ($id: ID!) { story(id: $id) { latestRevision history { totalCount } } }`, {
        id,
      });
    expect(seen.story).toEqual({ latestRevision: 1, history: { totalCount: 1 } });
    expect((await desk.edit('story', id, 4, { headline: 'Goes on' })).entry).toMatchObject({ publishedRevision: 5 });
  });

  it('only marks a draft that was never published; what is saved on top of it can be published', async () => {
    const { id } = await room.make.story({ headline: 'Draft' }, { publish: false, by: 'CONTRIBUTOR' });
    await desk.edit('story', id, 1, {}, { submit: true }, 'CONTRIBUTOR');
    const answer = await desk.act('rejectRevisions', { id, baseRevision: 1, note: 'too thin' });
    expect(answer).toMatchObject({ outcome: 'SAVED', revision: null, entry: { state: 'DRAFT', latestRevision: 1 } });
    expect(await desk.reviewsOf(id)).toEqual(['REJECTED']);
    expect(await desk.waitingOf(id)).toEqual([]);
    const again = { id, baseRevision: 1, note: 'still' };
    expect((await writingNothing(room, () => desk.act('rejectRevisions', again))).outcome).toBe('UNCHANGED');
    expect((await writingNothing(room, () => desk.act('publish', { id, revision: 1 }))).problems).toMatchObject([
      { code: 'INVALID', path: '/revision' },
    ]);
    await propose(id, 1, { summary: 'thicker' });
    expect((await desk.act('publish', { id, revision: 2 })).outcome).toBe('SAVED');
    expect(await desk.reviewsOf(id)).toEqual(['REJECTED', 'ACCEPTED']);
  });

  it('past a newer revision than the editor saw is a CONFLICT that tells what changed, and writes nothing', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Two' });
    await propose(id, 2, { headline: 'Three' });
    const answer = await writingNothing(room, () => desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' }));
    expect(answer).toMatchObject({ outcome: 'CONFLICT', conflict: { fields: [{ path: '/headline' }] } });
    expect(await desk.reviewsOf(id)).toEqual(['ACCEPTED', 'PENDING', 'PENDING']);
  });

  it('where nothing waits is UNCHANGED; without a note, of no revision, of what is deleted it is refused', async () => {
    const { id } = await room.make.story();
    const reject = (input: Record<string, unknown>): Promise<Answer> =>
      writingNothing(room, () => desk.act('rejectRevisions', { id, baseRevision: 1, note: 'no', ...input }));
    expect((await reject({})).outcome).toBe('UNCHANGED');
    expect((await reject({ note: '  ' })).problems).toMatchObject([{ code: 'REQUIRED', path: '/note' }]);
    for (const baseRevision of [0, -1, 2])
      expect((await reject({ baseRevision })).problems).toMatchObject([{ code: 'INVALID', path: '/baseRevision' }]);
    await desk.act('deleteEntry', { id, baseRevision: 1 });
    expect((await reject({ baseRevision: 2 })).problems).toMatchObject([{ code: 'GONE' }]);
  });

  it('keeps a rejected revision from being published, and says how to go on', async () => {
    const { id } = await room.make.story({ headline: 'Seen' });
    await propose(id, 1, { headline: 'Wrong' });
    await desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' });
    const answer = await writingNothing(room, () => desk.act('publish', { id, revision: 2 }));
    expect(answer).toMatchObject({ outcome: 'INVALID', problems: [{ code: 'INVALID', path: '/revision' }] });
    expect(answer.problems[0].message).toMatch(/rejected; save a new one/);
    // The revision that ended it shows nothing new.
    expect((await writingNothing(room, () => desk.act('publish', { id, revision: 3 }))).outcome).toBe('UNCHANGED');
  });

  it('goes back to what the public sees where what was accepted since is out of sight', async () => {
    const { id } = await room.make.story({ headline: 'Seen' });
    await propose(id, 1, { headline: 'Wrong' });
    await desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' });
    await propose(id, 3, { headline: 'Wrong again' });
    const hide = `mutation ($input: HideRevisionsInput!) { hideRevisions(input: $input) { outcome } }`;
    await room.as('ADMIN').run(hide, { input: { id, revisions: [3], reason: 'names a minor' } });
    expect(await desk.waitingOf(id)).toMatchObject([{ changes: [{ before: 'Seen', after: 'Wrong again' }] }]);
    expect(await desk.act('rejectRevisions', { id, baseRevision: 4, note: 'no' })).toMatchObject({
      outcome: 'SAVED',
      entry: { title: 'Seen' },
    });
  });
});

describe('Holding and submitting', () => {
  it('leaves an editor’s edit for review where it is held', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    expect(await desk.edit('story', id, 1, { headline: 'Two' }, { hold: true })).toMatchObject({
      outcome: 'SAVED',
      revision: { review: 'PENDING' },
    });
    expect(await desk.publicTitle(id)).toBe('One');
    expect(await desk.waitingOf(id)).toHaveLength(1);
    const both = await writingNothing(room, () =>
      desk.edit('story', id, 2, { headline: 'Three' }, { hold: true, publish: true }),
    );
    expect(both.problems).toMatchObject([{ code: 'INVALID', path: '/publish' }]);
  });

  it('with dryRun submits nothing', async () => {
    const { id } = await room.make.story({}, { publish: false });
    expect((await desk.edit('story', id, 1, {}, { submit: true, dryRun: true })).outcome).toBe('SAVED');
    expect(await desk.waitingOf(id)).toEqual([]);
  });
});

describe('The urgent correction', () => {
  const urgent = (id: string, base: number, fields: Record<string, unknown>, more = {}): Promise<Answer> =>
    desk.edit('story', id, base, fields, { publish: true, ...more });

  it('is public at once; what waited is put on top of it again, as its author’s, and its old revisions are superseded', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First', topics: ['army'] });
    await desk.edit('story', id, 1, { summary: 'Second' }, { summary: 'why' }, 'CONTRIBUTOR');
    await desk.edit('story', id, 2, { topics: ['navy'] }, { summary: 'why too' }, 'CONTRIBUTOR');
    const answer = await urgent(
      id,
      1,
      { headline: 'Right' },
      { correction: { kind: 'CORRECTION', note: 'It was wrong.' } },
    );
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      problems: [],
      revision: { number: 4, review: 'ACCEPTED', base: { number: 1 }, author: { name: 'The EDITOR' } },
      changes: [{ path: '/headline', before: 'One', after: 'Right' }],
      entry: { latestRevision: 5, publishedRevision: 4 },
    });
    expect(await desk.publicTitle(id)).toBe('Right');
    expect(await desk.reviewsOf(id)).toEqual(['ACCEPTED', 'SUPERSEDED', 'SUPERSEDED', 'ACCEPTED', 'PENDING']);
    const { story } = await room.as('EDITOR').run(
      `query ($id: ID!) { story(id: $id, view: LATEST) { headline summary topics
        revision { base { number } author { name } summary } corrections { note revision { number } } } }`,
      { id },
    );
    expect(story).toEqual({
      headline: 'Right',
      summary: 'Second',
      topics: ['navy'],
      revision: { base: { number: 3 }, author: { name: 'The CONTRIBUTOR' }, summary: 'why too' },
      corrections: [{ note: 'It was wrong.', revision: { number: 4 } }],
    });
    expect(await desk.waitingOf(id)).toMatchObject([
      { pending: [{ number: 5 }], changes: [{ path: '/summary' }, { path: '/topics/army' }, { path: '/topics/navy' }] },
    ]);
    expect(await desk.ledgerOf(id)).toEqual([
      'CREATED (PUBLISHED)',
      'EDITED',
      'EDITED',
      'CORRECTED (CORRECTED)',
      'EDITED',
    ]);
  });

  it('leaves waiting work that does not fit any more in the history, and says so', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Proposed' });
    const answer = await urgent(id, 1, { headline: 'Right' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { title: 'Right', latestRevision: 3, publishedRevision: 3 },
      problems: [{ severity: 'WARNING', code: 'CONFLICT', entry: { id } }],
    });
    expect(await desk.reviewsOf(id)).toEqual(['ACCEPTED', 'SUPERSEDED', 'ACCEPTED']);
    expect(await desk.waitingOf(id)).toEqual([]);
    expect((await writingNothing(room, () => desk.act('publish', { id, revision: 2 }))).problems).toMatchObject([
      { code: 'INVALID', path: '/revision' },
    ]);
  });

  it('leaves nothing waiting where it is what waited', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Right' });
    expect(await urgent(id, 1, { headline: 'Right' })).toMatchObject({
      entry: { latestRevision: 3, publishedRevision: 3 },
      problems: [],
    });
    expect(await desk.waitingOf(id)).toEqual([]);
  });

  it('that starts from waiting work takes only what it changes itself', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' });
    await propose(id, 1, { summary: 'Unchecked' });
    const answer = await urgent(id, 2, { headline: 'Right' });
    expect(answer).toMatchObject({ outcome: 'MERGED', revision: { number: 3 }, entry: { latestRevision: 4 } });
    const { story } = await room.asAnonymous().run(`query ($id: ID!) { story(id: $id) { headline summary } }`, { id });
    expect(story).toEqual({ headline: 'Right', summary: 'First' });
  });

  it('conflicts where it changes what only the waiting work has brought', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Proposed' });
    const answer = await writingNothing(room, () => urgent(id, 2, { headline: 'Other' }));
    expect(answer).toMatchObject({ outcome: 'CONFLICT', conflict: { fields: [{ path: '/headline' }] } });
  });

  it('of what the public sees already is nothing to write', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Proposed' });
    expect((await writingNothing(room, () => urgent(id, 1, { headline: 'One' }))).outcome).toBe('UNCHANGED');
  });

  it('with dryRun tells the same as for real', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' });
    await propose(id, 1, { summary: 'Second' });
    const dry = await writingNothing(room, () => urgent(id, 1, { headline: 'Right' }, { dryRun: true }));
    const real = await urgent(id, 1, { headline: 'Right' });
    expect(dry).toMatchObject({
      revision: null,
      outcome: real.outcome,
      changes: real.changes,
      problems: real.problems,
    });
  });

  it('keeps long texts of both sides, sentence by sentence', async () => {
    const body = 'He left at night. Nobody saw him. That is all.\n\nThe minister denies it.\n';
    const { id } = await room.make.story({ body });
    await propose(id, 1, { body: body.replace('denies it', 'denies all of it') });
    await urgent(id, 1, { body: body.replace('Nobody saw him', 'Two men saw him') });
    const { story } = await room.as('EDITOR').run(`query ($id: ID!) { story(id: $id, view: LATEST) { body } }`, { id });
    expect(story.body).toBe('He left at night. Two men saw him. That is all.\n\nThe minister denies all of it.\n');
  });

  it('is for editors', async () => {
    const { id } = await room.make.story();
    const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
    const input = { id, baseRevision: 1, fields: { headline: 'x' } };
    expect(await room.as('CONTRIBUTOR').fails(EDIT, { input: { ...input, publish: true } })).toBe('FORBIDDEN');
    const correction = { kind: 'UPDATE', note: 'x' };
    expect(await room.as('CONTRIBUTOR').fails(EDIT, { input: { ...input, correction } })).toBe('FORBIDDEN');
  });

  it('sent twice under one key is written once', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { summary: 'waits' });
    const first = await urgent(id, 1, { headline: 'Right' }, { clientMutationId: 'urgent-1' });
    const again = await writingNothing(room, () =>
      urgent(id, 1, { headline: 'Right' }, { clientMutationId: 'urgent-1' }),
    );
    expect([again.outcome, again.revision, again.changes]).toEqual([first.outcome, first.revision, first.changes]);
  });
});

describe('Who may review', () => {
  const ACTS: [string, Record<string, unknown>][] = [
    ['publish', { revision: 1 }],
    ['rejectRevisions', { baseRevision: 1, note: 'x' }],
    ['withdraw', { note: 'x' }],
    ['protect', { minimumRole: 'EDITOR' }],
  ];
  it.each(ACTS)('%s: editors and above, told before anything is looked up', async (name, input) => {
    const { id } = await room.make.story();
    await writingNothing(room, async () => {
      for (const target of [id, ...NOBODY]) {
        expect(await desk.fails(name, { id: target, ...input }, null)).toBe('UNAUTHENTICATED');
        expect(await desk.fails(name, { id: target, ...input }, 'READER')).toBe('FORBIDDEN');
        expect(await desk.fails(name, { id: target, ...input }, 'CONTRIBUTOR')).toBe('FORBIDDEN');
      }
      for (const target of NOBODY) expect(await desk.fails(name, { id: target, ...input }, 'EDITOR')).toBe('NOT_FOUND');
    });
  });
});
