import { liftEmbargoes } from '../../src/edits/lift-embargoes';
import { eraseRevisions } from '../../src/edits/hide-revisions';
import { findBreaches } from '../support/invariants';
import { codes, type JoiningDesk, openJoiningDesk } from '../support/joining';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
let desk: JoiningDesk;
beforeAll(async () => {
  room = await openTestNewsroom();
  desk = openJoiningDesk(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

const FAR = '2999-01-01T00:00:00.000Z';

describe('What becomes of the survivor meanwhile', () => {
  it('deleted: parting waits until it is restored; then each stands as it stood', async () => {
    const [one, other] = await desk.two({ slug: 'while-deleted' });
    await desk.merged(one, other);
    await desk.act('deleteEntry', { id: other, baseRevision: 2 });
    expect(codes(await desk.part(one))).toEqual(['INVALID', 'GONE null']);
    expect((await room.asAnonymous().run(`{ actor(slug: "while-deleted") { id } }`)).actor).toBeNull();
    expect(
      (await room.as('EDITOR').run(`query ($id: ID!) { actor(id: $id, view: LATEST) { id state } }`, { id: one }))
        .actor,
    ).toEqual({ id: other, state: 'DELETED' });
    await desk.act('restoreEntry', { id: other });
    expect((await desk.parted(one)).restored).toMatchObject({ id: one, state: 'PUBLISHED', latestRevision: 1 });
    expect(await desk.stateOf(other)).toBe('PUBLISHED');
  });

  it('withdrawn: what is parted comes back withdrawn, with the same note, until it is published', async () => {
    const [one, other] = await desk.two({ slug: 'while-withdrawn' });
    await desk.merged(one, other);
    await desk.act('withdraw', { id: other, note: 'Mistaken for another.' });
    const withdrawal = async (id: string) =>
      (await room.asAnonymous().run(`query ($id: ID!) { withdrawal(id: $id) { id kind note } }`, { id })).withdrawal;
    const noted = { id: other, kind: 'ACTOR', note: 'Mistaken for another.' };
    expect(await withdrawal(one)).toEqual(noted);
    const { bySlug } = await room
      .asAnonymous()
      .run(`{ bySlug: withdrawal(kind: ACTOR, slug: "while-withdrawn") { id kind note } }`);
    expect(bySlug).toEqual(noted);
    expect((await desk.parted(one)).restored).toMatchObject({ id: one, state: 'WITHDRAWN' });
    expect(await withdrawal(one)).toEqual({ id: one, kind: 'ACTOR', note: 'Mistaken for another.' });
    expect(await withdrawal(other)).toEqual({ id: other, kind: 'ACTOR', note: 'Mistaken for another.' });
    expect(await desk.publicTitle(one)).toBeNull();
    await desk.act('publish', { id: one, revision: 1 });
    expect(await desk.publicTitle(one)).not.toBeNull();
    expect(await withdrawal(one)).toBeNull();
  });

  it('published: what is parted is a draft again, and the public never hears of it', async () => {
    const [one, other] = await desk.two(
      { slug: 'while-published', names: [{ text: 'Never heard of' }] },
      { publish: false },
    );
    await desk.merged(one, other);
    const published = await desk.act('publish', { id: other, revision: 2 });
    expect(published.outcome).toBe('SAVED');
    const heard = async () => [
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id } }`, { id: one })).actor,
      (await room.asAnonymous().run(`{ actor(slug: "while-published") { id } }`)).actor,
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { formerIds } }`, { id: other })).actor
        .formerIds,
    ];
    expect(await heard()).toEqual([null, null, []]);
    expect((await desk.parted(one)).restored).toMatchObject({ id: one, state: 'DRAFT' });
    expect(await heard()).toEqual([null, null, []]);
    expect(await desk.ledgerOf(one)).toEqual(['CREATED', 'MERGED', 'UNMERGED']);
  });

  it('of an embargo nothing is seen before its time, whichever of the two has it; after it what was parted goes public by itself', async () => {
    const [one, other] = await desk.two({ slug: 'under-embargo' }, { publish: false });
    await desk.act('publish', { id: one, revision: 1, embargoUntil: FAR });
    await desk.merged(one, other);
    // Its time comes while it is merged: nothing of it is lifted.
    await room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [
      one,
    ]);
    expect(await liftEmbargoes(room.newsroom)).toBe(0);
    expect(await desk.stateOf(one)).toBe('MERGED');
    expect(await desk.publicTitle(one)).toBeNull();
    const { restored } = await desk.parted(one);
    expect(restored).toMatchObject({ id: one, state: 'EMBARGOED' });
    expect(await liftEmbargoes(room.newsroom)).toBe(1);
    expect(await desk.publicTitle(one)).not.toBeNull();
    expect(await desk.stateOf(other)).toBe('DRAFT');
  });

  it('its embargo ends while it answers for a draft: the survivor is public, the draft is not', async () => {
    const [one, other] = await desk.two({ slug: 'draft-under-embargo' }, { publish: false });
    await desk.act('publish', { id: other, revision: 1, embargoUntil: FAR });
    await desk.merged(one, other);
    await room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [
      other,
    ]);
    expect(await liftEmbargoes(room.newsroom)).toBe(1);
    expect(await desk.publicTitle(other)).not.toBeNull();
    expect(await desk.publicTitle(one)).toBeNull();
    expect((await desk.parted(one)).restored.state).toBe('DRAFT');
    expect(await desk.stateOf(other)).toBe('PUBLISHED');
  });

  it('work that waits on either waits still, when they are parted', async () => {
    const [one, other] = await desk.two({ names: [{ text: 'Both work' }] });
    await desk.edit('actor', one, 1, { description: 'of one' }, {}, 'CONTRIBUTOR');
    await desk.edit('actor', other, 1, { description: 'of the other' }, {}, 'CONTRIBUTOR');
    await desk.merged(one, other);
    expect(await desk.waitingOf(one)).toEqual([]);
    expect((await desk.waitingOf(other))[0].pending).toMatchObject([{ number: 2 }, { number: 3 }]);
    expect(await desk.reviewsOf(other)).toEqual(['ACCEPTED', 'PENDING', 'PENDING']);
    await desk.parted(one);
    expect((await desk.waitingOf(one))[0].pending).toMatchObject([{ number: 2 }]);
    const { actor } = await room
      .as('EDITOR')
      .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { description names { text } } }`, { id: other });
    expect(actor).toMatchObject({ description: 'of the other', names: [{}] });
  });

  it('its MERGE revision rejected, then parted: nothing is left of it, nothing is missing', async () => {
    const [one, other] = await desk.two({ names: [{ text: 'Rejected join' }] });
    await desk.edit('actor', other, 1, { description: 'waits' }, {}, 'CONTRIBUTOR');
    await desk.merged(one, other);
    await desk.act('rejectRevisions', { id: other, baseRevision: 3, note: 'no' });
    const answer = await desk.parted(one);
    expect(answer.problems).toEqual([]);
    expect(await desk.namesOf(other)).toHaveLength(1);
  });
});

describe('The MERGE revision', () => {
  it('out of sight, is given back all the same', async () => {
    const [one, other] = await desk.two({ names: [{ text: 'Out of sight' }] });
    await desk.merged(one, other);
    await desk.edit('actor', other, 2, { description: 'later' });
    await desk.act('hideRevisions', { id: other, revisions: [2], reason: 'privacy' }, 'ADMIN');
    expect((await desk.parted(one)).problems).toEqual([]);
    expect(await desk.namesOf(other)).toHaveLength(1);
    expect(await desk.namesOf(one)).toEqual(['Out of sight']);
  });

  it('erased, says that somebody has to look', async () => {
    const [one, other] = await desk.two({ names: [{ text: 'Erased' }] });
    await desk.merged(one, other);
    await desk.edit('actor', other, 2, { description: 'later' });
    const request = { id: other, revisions: [2], reason: 'the law', askedBy: 'a court' };
    expect(await eraseRevisions(room.newsroom, request)).toEqual([]);
    expect((await desk.parted(one)).problems).toMatchObject([{ severity: 'WARNING', code: 'CHECK' }]);
  });

  it('is not undone, nor is anything reverted to before it so that one entry is two: then parted, each has its own', async () => {
    const [one, other] = await desk.two({ names: [{ text: 'Undone' }] });
    await desk.merged(one, other);
    const undone = await desk.act('undoRevision', { id: other, revision: 2 });
    expect([undone.outcome, await desk.namesOf(other)]).toEqual(['INVALID', expect.arrayContaining(['Undone'])]);
    expect((await desk.act('revertEntry', { id: other, baseRevision: 2, toRevision: 1 })).outcome).toBe('SAVED');
    expect(await desk.namesOf(other)).toHaveLength(1);
    expect((await desk.parted(one)).problems).toEqual([]);
    expect([await desk.namesOf(one), (await desk.namesOf(other)).length]).toEqual([['Undone'], 1]);
    expect((await desk.act('revertEntry', { id: other, baseRevision: 4, toRevision: 2 })).outcome).toBe('SAVED');
    expect(await desk.namesOf(other)).toHaveLength(2);
  });
});
