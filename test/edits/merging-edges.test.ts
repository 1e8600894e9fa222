import { liftEmbargoes } from '../../src/edits/lift-embargoes';
import { eraseRevisions } from '../../src/edits/hide-revisions';
import { type Desk, NOBODY, openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';
import { talkIn } from '../support/talk';

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

type Fields = Record<string, unknown>;
const FAR = '2999-01-01T00:00:00.000Z';

const PART = `mutation ($input: UnmergeEntryInput!) { act: unmergeEntry(input: $input) {
  outcome restored { id title state latestRevision embargoUntil } into { id latestRevision } needsReassignment { id }
  problems { severity code path message entry { id } } } }`;

const merge = (from: string, into: string, more: Fields = {}, role: 'EDITOR' | 'ADMIN' = 'EDITOR'): Promise<Answer> =>
  desk.act('mergeEntries', { from, into, ...more }, role);
const part = async (id: string, more: Fields = {}): Promise<Answer> =>
  (await room.as('EDITOR').run(PART, { input: { id, ...more } })).act;
const stateOf = async (id: string): Promise<string> =>
  (await room.sql('select state from entry where id = $1', [id]))[0].state;
const codes = ({ outcome, problems }: Answer): string[] => [
  outcome,
  ...problems.map(({ code, path }: Answer) => `${code} ${path}`),
];

/** Merges what must be mergeable. */
async function merged(from: string, into: string): Promise<void> {
  const answer = await merge(from, into);
  if (answer.outcome !== 'SAVED') throw new Error(JSON.stringify(answer));
}

async function parted(id: string): Promise<Answer> {
  const answer = await part(id);
  if (answer.outcome !== 'SAVED') throw new Error(JSON.stringify(answer));
  return answer;
}

const two = async (fields: Fields = {}, options: { publish?: boolean } = {}): Promise<[string, string]> => [
  (await room.make.actor(fields, options)).id,
  (await room.make.actor({}, options)).id,
];

describe('Circles', () => {
  it('of events are not closed by merging: what leads to the one that is merged into it', async () => {
    const top = (await room.make.event()).id;
    const part1 = (await room.make.event({ partOf: top })).id;
    const detail = (await room.make.event({ partOf: part1 })).id;
    await writingNothing(room, async () => {
      expect(codes(await merge(top, detail))).toEqual(['INVALID', 'CYCLE /into']);
      expect(codes(await merge(part1, detail))).toEqual(['INVALID', 'CYCLE /into']);
      expect(codes(await merge(top, detail, { dryRun: true }))).toEqual(['INVALID', 'CYCLE /into']);
    });
    // The other way round nothing is lost but that the detail was a part: it is the whole now.
    expect(codes(await merge(detail, top))).toEqual(['SAVED']);
    expect(codes(await part(detail))).toEqual(['SAVED']);
  });

  it('nor by what an editor proposes and nobody has accepted', async () => {
    const top = (await room.make.event()).id;
    const other = (await room.make.event()).id;
    await desk.edit('event', other, 1, { partOf: top }, {}, 'CONTRIBUTOR');
    expect(codes(await merge(top, other))).toEqual(['INVALID', 'CYCLE /into']);
  });

  it('of documents: an original is not merged into its translation', async () => {
    const original = (await room.make.document()).id;
    const translation = (await room.make.document({ translationOf: original })).id;
    expect(codes(await merge(original, translation))).toEqual(['INVALID', 'CYCLE /into']);
  });

  it('are not closed by edits through an id that was merged', async () => {
    const [one, double, top] = [
      (await room.make.event()).id,
      (await room.make.event()).id,
      (await room.make.event()).id,
    ];
    await desk.edit('event', one, 1, { partOf: top });
    await merged(double, one);
    expect(codes(await desk.edit('event', top, 1, { partOf: double }))).toEqual(['INVALID', 'CYCLE /partOf']);
    expect(codes(await desk.edit('event', one, 3, { partOf: double }))).toEqual(['INVALID', 'CYCLE /partOf']);
  });

  it('are not closed by parting, and nothing is written', async () => {
    const whole = (await room.make.event()).id;
    const double = (await room.make.event({ partOf: whole })).id;
    const one = (await room.make.event()).id;
    await merged(double, one);
    // As one it is no part of anything: the whole may be a part of it, by either name.
    expect(codes(await desk.edit('event', whole, 1, { partOf: double }))).toEqual(['SAVED']);
    await writingNothing(room, async () => {
      const answer = await part(double);
      expect(codes(answer)).toEqual(['INVALID', 'CYCLE /partOf']);
      expect(answer).toMatchObject({ restored: null, into: null, needsReassignment: [] });
    });
    expect(await stateOf(double)).toBe('MERGED');
    await desk.edit('event', whole, 2, { partOf: null });
    expect(codes(await part(double))).toEqual(['SAVED']);
  });
});

describe('Limits and rights', () => {
  it('a list that would become too long refuses the merging, and says which', async () => {
    const names = (of: string) => Array.from({ length: 300 }, (_, n) => ({ text: `${of} ${n}` }));
    const [one, other] = [
      (await room.make.actor({ names: names('One') })).id,
      (await room.make.actor({ names: names('Other') })).id,
    ];
    await writingNothing(room, async () => {
      const answer = await merge(other, one);
      expect(answer).toMatchObject({ outcome: 'INVALID', problems: [{ code: 'TOO_MANY', path: '/names' }] });
      expect(answer.problems[0].message).toMatch(/600.*500|500.*600/);
    });
  });

  it('what is protected for others is not merged by whoever may not edit it, neither way', async () => {
    const [one, other] = await two();
    await desk.act('protect', { id: one, minimumRole: 'ADMIN' }, 'ADMIN');
    for (const [from, into] of [
      [one, other],
      [other, one],
    ])
      expect(await desk.fails('mergeEntries', { from, into }, 'EDITOR')).toBe('FORBIDDEN');
    expect((await merge(one, other, {}, 'ADMIN')).outcome).toBe('SAVED');
    expect(codes(await part(one))).toEqual(['SAVED']);
    expect(
      (
        await room
          .as('EDITOR')
          .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { protection { minimumRole } } }`, { id: one })
      ).actor,
    ).toEqual({ protection: { minimumRole: 'ADMIN' } });
  });

  it('nobody below EDITOR merges, parts or judges; nobody is told what is not there', async () => {
    const [one, other] = await two();
    for (const role of [null, 'READER', 'CONTRIBUTOR'] as const) {
      const asker = role ? room.as(role) : room.asAnonymous();
      const code = role ? 'FORBIDDEN' : 'UNAUTHENTICATED';
      expect(await desk.fails('mergeEntries', { from: one, into: other }, role)).toBe(code);
      expect(await asker.fails(PART, { input: { id: one } })).toBe(code);
      expect(
        await asker.fails(
          `mutation ($a: ID!, $b: ID!) { judgeMatch(input: { a: $a, b: $b, judgement: SAME }) { problems { code } } }`,
          { a: one, b: other },
        ),
      ).toBe(code);
    }
    for (const id of NOBODY) {
      expect(await desk.fails('mergeEntries', { from: id, into: one }, 'EDITOR')).toBe('NOT_FOUND');
      expect(await desk.fails('mergeEntries', { from: one, into: id }, 'EDITOR')).toBe('NOT_FOUND');
      expect(await room.as('EDITOR').fails(PART, { input: { id } })).toBe('NOT_FOUND');
    }
  });

  it('is written once under one key, also when it was parted since; a key is not another input’s', async () => {
    const [one, other] = await two();
    const first = await merge(one, other, { clientMutationId: 'merge-1' });
    expect(first).toMatchObject({ outcome: 'SAVED', revision: { number: 2 } });
    await writingNothing(room, async () => {
      expect(await merge(one, other, { clientMutationId: 'merge-1' })).toMatchObject({
        outcome: 'SAVED',
        revision: { number: 2 },
      });
      expect(await desk.fails('mergeEntries', { from: other, into: one, clientMutationId: 'merge-1' }, 'EDITOR')).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
    });
    const apart = await part(one, { clientMutationId: 'part-1' });
    await writingNothing(room, async () => {
      expect(await part(one, { clientMutationId: 'part-1' })).toEqual(apart);
      expect(await room.as('EDITOR').fails(PART, { input: { id: other, clientMutationId: 'part-1' } })).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
    });
  });

  it('a dry run tells what would be taken over, and writes nothing', async () => {
    const [one, other] = await two({ names: [{ text: 'Tried' }], identifiers: [{ scheme: 'viaf', value: 'dry' }] });
    const tried = await writingNothing(room, () => merge(one, other, { dryRun: true, clientMutationId: 'dry' }));
    expect(tried).toMatchObject({ outcome: 'SAVED', revision: null, entry: { id: other, latestRevision: 1 } });
    const done = await merge(one, other, { clientMutationId: 'dry' });
    expect(done.changes).toEqual(tried.changes);
    expect(done.changes.map(({ path }: Answer) => path).toSorted()).toHaveLength(2);
  });
});

describe('What becomes of the survivor meanwhile', () => {
  it('deleted: parting waits until it is restored; then each stands as it stood', async () => {
    const [one, other] = await two({ slug: 'while-deleted' });
    await merged(one, other);
    await desk.act('deleteEntry', { id: other, baseRevision: 2 });
    expect(codes(await part(one))).toEqual(['INVALID', 'GONE null']);
    expect((await room.asAnonymous().run(`{ actor(slug: "while-deleted") { id } }`)).actor).toBeNull();
    expect(
      (await room.as('EDITOR').run(`query ($id: ID!) { actor(id: $id, view: LATEST) { id state } }`, { id: one }))
        .actor,
    ).toEqual({ id: other, state: 'DELETED' });
    await desk.act('restoreEntry', { id: other });
    expect((await parted(one)).restored).toMatchObject({ id: one, state: 'PUBLISHED', latestRevision: 1 });
    expect(await stateOf(other)).toBe('PUBLISHED');
  });

  it('withdrawn: what is parted comes back withdrawn, with the same note, until it is published', async () => {
    const [one, other] = await two({ slug: 'while-withdrawn' });
    await merged(one, other);
    await desk.act('withdraw', { id: other, note: 'Mistaken for another.' });
    const withdrawal = async (id: string) =>
      (await room.asAnonymous().run(`query ($id: ID!) { withdrawal(id: $id) { id kind note } }`, { id })).withdrawal;
    const noted = { id: other, kind: 'ACTOR', note: 'Mistaken for another.' };
    expect(await withdrawal(one)).toEqual(noted);
    const { bySlug } = await room
      .asAnonymous()
      .run(`{ bySlug: withdrawal(kind: ACTOR, slug: "while-withdrawn") { id kind note } }`);
    expect(bySlug).toEqual(noted);
    expect((await parted(one)).restored).toMatchObject({ id: one, state: 'WITHDRAWN' });
    expect(await withdrawal(one)).toEqual({ id: one, kind: 'ACTOR', note: 'Mistaken for another.' });
    expect(await withdrawal(other)).toEqual({ id: other, kind: 'ACTOR', note: 'Mistaken for another.' });
    expect(await desk.publicTitle(one)).toBeNull();
    await desk.act('publish', { id: one, revision: 1 });
    expect(await desk.publicTitle(one)).not.toBeNull();
    expect(await withdrawal(one)).toBeNull();
  });

  it('published: what is parted is a draft again, and the public never hears of it', async () => {
    const [one, other] = await two(
      { slug: 'while-published', names: [{ text: 'Never heard of' }] },
      { publish: false },
    );
    await merged(one, other);
    const published = await desk.act('publish', { id: other, revision: 2 });
    expect(published.outcome).toBe('SAVED');
    const heard = async () => [
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id } }`, { id: one })).actor,
      (await room.asAnonymous().run(`{ actor(slug: "while-published") { id } }`)).actor,
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { formerIds } }`, { id: other })).actor
        .formerIds,
    ];
    expect(await heard()).toEqual([null, null, []]);
    expect((await parted(one)).restored).toMatchObject({ id: one, state: 'DRAFT' });
    expect(await heard()).toEqual([null, null, []]);
    expect(await desk.ledgerOf(one)).toEqual(['CREATED', 'MERGED', 'UNMERGED']);
  });

  it('of an embargo nothing is seen before its time, whichever of the two has it; after it what was parted goes public by itself', async () => {
    const [one, other] = await two({ slug: 'under-embargo' }, { publish: false });
    await desk.act('publish', { id: one, revision: 1, embargoUntil: FAR });
    await merged(one, other);
    // Its time comes while it is merged: nothing of it is lifted.
    await room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [
      one,
    ]);
    expect(await liftEmbargoes(room.newsroom)).toBe(0);
    expect(await stateOf(one)).toBe('MERGED');
    expect(await desk.publicTitle(one)).toBeNull();
    const { restored } = await parted(one);
    expect(restored).toMatchObject({ id: one, state: 'EMBARGOED' });
    expect(await liftEmbargoes(room.newsroom)).toBe(1);
    expect(await desk.publicTitle(one)).not.toBeNull();
    expect(await stateOf(other)).toBe('DRAFT');
  });

  it('its embargo ends while it answers for a draft: the survivor is public, the draft is not', async () => {
    const [one, other] = await two({ slug: 'draft-under-embargo' }, { publish: false });
    await desk.act('publish', { id: other, revision: 1, embargoUntil: FAR });
    await merged(one, other);
    await room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [
      other,
    ]);
    expect(await liftEmbargoes(room.newsroom)).toBe(1);
    expect(await desk.publicTitle(other)).not.toBeNull();
    expect(await desk.publicTitle(one)).toBeNull();
    expect((await parted(one)).restored.state).toBe('DRAFT');
    expect(await stateOf(other)).toBe('PUBLISHED');
  });

  it('work that waits on either waits still, when they are parted', async () => {
    const [one, other] = await two({ names: [{ text: 'Both work' }] });
    await desk.edit('actor', one, 1, { description: 'of one' }, {}, 'CONTRIBUTOR');
    await desk.edit('actor', other, 1, { description: 'of the other' }, {}, 'CONTRIBUTOR');
    await merged(one, other);
    expect(await desk.waitingOf(one)).toEqual([]);
    expect((await desk.waitingOf(other))[0].pending).toMatchObject([{ number: 2 }, { number: 3 }]);
    expect(await desk.reviewsOf(other)).toEqual(['ACCEPTED', 'PENDING', 'PENDING']);
    await parted(one);
    expect((await desk.waitingOf(one))[0].pending).toMatchObject([{ number: 2 }]);
    const { actor } = await room
      .as('EDITOR')
      .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { description names { text } } }`, { id: other });
    expect(actor).toMatchObject({ description: 'of the other', names: [{}] });
  });

  it('its MERGE revision rejected, then parted: nothing is left of it, nothing is missing', async () => {
    const [one, other] = await two({ names: [{ text: 'Rejected join' }] });
    await desk.edit('actor', other, 1, { description: 'waits' }, {}, 'CONTRIBUTOR');
    await merged(one, other);
    await desk.act('rejectRevisions', { id: other, baseRevision: 3, note: 'no' });
    const answer = await parted(one);
    expect(answer.problems).toEqual([]);
    expect(await namesOf(other)).toHaveLength(1);
  });
});

const namesOf = async (id: string): Promise<string[]> =>
  (
    await room.as('EDITOR').run(`query ($id: ID!) { actor(id: $id, view: LATEST) { names { text } } }`, { id })
  ).actor.names.map(({ text }: Answer) => text);

describe('The MERGE revision', () => {
  it('out of sight, is given back all the same', async () => {
    const [one, other] = await two({ names: [{ text: 'Out of sight' }] });
    await merged(one, other);
    await desk.edit('actor', other, 2, { description: 'later' });
    await desk.act('hideRevisions', { id: other, revisions: [2], reason: 'privacy' }, 'ADMIN');
    expect((await parted(one)).problems).toEqual([]);
    expect(await namesOf(other)).toHaveLength(1);
    expect(await namesOf(one)).toEqual(['Out of sight']);
  });

  it('erased, says that somebody has to look', async () => {
    const [one, other] = await two({ names: [{ text: 'Erased' }] });
    await merged(one, other);
    await desk.edit('actor', other, 2, { description: 'later' });
    const request = { id: other, revisions: [2], reason: 'the law', askedBy: 'a court' };
    expect(await eraseRevisions(room.newsroom, request)).toEqual([]);
    expect((await parted(one)).problems).toMatchObject([{ severity: 'WARNING', code: 'CHECK' }]);
  });

  it('is not undone, nor is anything reverted to before it so that one entry is two: then parted, each has its own', async () => {
    const [one, other] = await two({ names: [{ text: 'Undone' }] });
    await merged(one, other);
    const undone = await desk.act('undoRevision', { id: other, revision: 2 });
    expect([undone.outcome, await namesOf(other)]).toEqual(['INVALID', expect.arrayContaining(['Undone'])]);
    expect((await desk.act('revertEntry', { id: other, baseRevision: 2, toRevision: 1 })).outcome).toBe('SAVED');
    expect(await namesOf(other)).toHaveLength(1);
    expect((await parted(one)).problems).toEqual([]);
    expect([await namesOf(one), (await namesOf(other)).length]).toEqual([['Undone'], 1]);
    expect((await desk.act('revertEntry', { id: other, baseRevision: 4, toRevision: 2 })).outcome).toBe('SAVED');
    expect(await namesOf(other)).toHaveLength(2);
  });
});

describe('Several in one, and one in another', () => {
  it('parts the last first, and says which', async () => {
    const [x, y] = await two();
    const z = (await room.make.actor()).id;
    await merged(x, y);
    await merged(y, z);
    await writingNothing(room, async () => {
      const answer = await part(x);
      expect(answer).toMatchObject({
        outcome: 'INVALID',
        problems: [{ code: 'INVALID', path: '/id', entry: { id: z } }],
      });
      expect(answer.problems[0].message).toContain(y);
    });
    const { actor } = await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: x });
    expect(actor).toEqual({ id: z, formerIds: expect.arrayContaining([x, y]) });
    await parted(y);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: x })).actor,
    ).toEqual({ id: y, formerIds: [x] });
    await parted(x);
    await merged(y, x);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: y })).actor,
    ).toEqual({ id: x, formerIds: [y] });
    await parted(y);
  });

  it('what two brought is still there when one of them has gone, and goes with the other', async () => {
    const party = (await room.make.actor({ actorType: 'ORGANIZATION' })).id;
    const article = (await room.make.document()).id;
    const shared = (usedIn: string[]) => ({
      names: [{ text: 'Own name' }, { text: 'Shared name', kind: 'ALIAS', usedIn }],
      relations: [{ type: 'ally', actor: party }],
      identifiers: [{ scheme: 'viaf', value: 'shared' }],
    });
    const [b, c] = [(await room.make.actor(shared([]))).id, (await room.make.actor(shared([article]))).id];
    const a = (await room.make.actor({ names: [{ text: 'The third' }] })).id;
    const ASK = `query ($id: ID!) { actor(id: $id) { names { text usedIn { id } } relations { type actor { id } } identifiers { value } } }`;
    const told = async () => (await room.asAnonymous().run(ASK, { id: a })).actor;
    const alone = await told();
    await merged(c, a);
    const withC = await told();
    await parted(c);
    await merged(b, a);
    await merged(c, a);
    const together = await told();
    expect(together.names).toHaveLength(3);
    expect((await parted(b)).problems).toEqual([]);
    expect(await told()).toEqual(withC);
    expect((await parted(c)).problems).toEqual([]);
    expect(await told()).toEqual(alone);
  });
});

describe('Everything else that names an entry', () => {
  it('finds the survivor by the former id: filters, changesets, watches, comments, corrections, publish with references', async () => {
    const [one, other] = await two({ slug: 'former-slug', names: [{ text: 'Former' }] });
    const told = (await room.make.story({ cast: [{ actor: one }], headline: 'Of the former' })).id;
    await desk.edit(
      'actor',
      one,
      1,
      { description: 'right' },
      { correction: { kind: 'CORRECTION', note: 'He is a general.' } },
    );
    await room
      .as('READER')
      .run(`mutation ($id: ID!) { watch(input: { entry: $id, watching: true }) { outcome } }`, { id: one });
    await talkIn(room).say(one, 'Who is he?');
    await merged(one, other);
    const corrections = async (id: string) =>
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { corrections { note } } }`, { id })).actor
        ?.corrections;
    for (const id of [one, other]) {
      const { stories, claims } = await room
        .asAnonymous()
        .run(
          `query ($id: ID!) { stories(filter: { actor: $id }) { totalCount nodes { id } } claims(filter: { subject: $id }) { totalCount } }`,
          { id },
        );
      expect(stories).toEqual({ totalCount: 1, nodes: [{ id: told }] });
      expect(claims.totalCount).toBe(0);
      expect(await corrections(id)).toEqual([{ note: 'He is a general.' }]);
    }
    const { corrections: ofStory } = await room
      .asAnonymous()
      .run(`query ($id: ID!) { corrections(story: $id) { totalCount nodes { note entry { id } } } }`, { id: told });
    expect(ofStory).toEqual({ totalCount: 1, nodes: [{ note: 'He is a general.', entry: { id: other } }] });
    const watching = async () =>
      (await room.as('READER').run(`{ viewer { watching { totalCount nodes { id viewerIsWatching } } } }`)).viewer
        .watching;
    expect(await watching()).toEqual({ totalCount: 1, nodes: [{ id: other, viewerIsWatching: true }] });
    const { applyChangeset } = await room
      .as('EDITOR')
      .run(
        `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome results { problems { code path entry { id } } } problems { code path } } }`,
        {
          input: {
            edits: [
              { editActor: { id: one, baseRevision: 2, fields: { description: 'x' } } },
              { createStory: { fields: { headline: 'By changeset', cast: [{ actor: one }] } } },
            ],
          },
        },
      );
    expect(applyChangeset.outcome).toBe('INVALID');
    expect(applyChangeset.results[0].problems).toMatchObject([{ code: 'GONE', entry: { id: other } }]);
    expect(
      codes(await desk.create('actor', { actorType: 'PERSON', names: [{ text: 'Thief' }], slug: 'former-slug' })),
    ).toEqual(['INVALID', 'SLUG_TAKEN /slug']);
    await parted(one);
    expect(await corrections(one)).toEqual([{ note: 'He is a general.' }]);
    expect(await corrections(other)).toEqual([]);
    expect(await watching()).toEqual({ totalCount: 1, nodes: [{ id: one, viewerIsWatching: true }] });
    const comments = async (id: string) =>
      (
        await room
          .as('EDITOR')
          .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { comments(first: 5) { nodes { body } } } }`, { id })
      ).actor.comments.nodes;
    expect(await comments(one)).toEqual([{ body: 'Who is he?' }]);
    expect(await comments(other)).toEqual([]);
  });

  it('a draft’s address is not free for others while it is merged', async () => {
    const [one, other] = await two({ slug: 'draft-merged' }, { publish: false });
    await merged(one, other);
    expect(
      codes(await desk.create('actor', { actorType: 'PERSON', names: [{ text: 'Thief' }], slug: 'draft-merged' })),
    ).toEqual(['INVALID', 'SLUG_TAKEN /slug']);
    expect(codes(await desk.edit('actor', other, 2, { slug: 'draft-merged' }))).toEqual([
      'INVALID',
      'SLUG_TAKEN /slug',
    ]);
    await parted(one);
    expect((await room.as('EDITOR').run(`{ actor(slug: "draft-merged", view: LATEST) { id } }`)).actor).toEqual({
      id: one,
    });
  });

  it('publishes with a story whom it tells of by a former id', async () => {
    const [one, other] = await two({}, { publish: false });
    const story = (await room.make.story({ cast: [{ actor: one }], body: 'x' }, { publish: false })).id;
    const claim = (await room.make.claim({ subject: one }, { publish: false })).id;
    const citation = (await room.make.citation({ about: claim }, { publish: false })).id;
    await merged(one, other);
    await desk.edit('story', story, 1, { timeline: [{ claim }] });
    const { publish } = await room
      .as('EDITOR')
      .run(
        `mutation ($id: ID!) { publish(input: { id: $id, revision: 2, references: true, override: true, note: "x" }) { outcome also { id } problems { code message } } }`,
        { id: story },
      );
    expect(publish).toMatchObject({ outcome: 'SAVED', problems: [] });
    expect(publish.also.map(({ id }: Answer) => id)).toEqual(expect.arrayContaining([other, claim, citation]));
    expect(await stateOf(other)).toBe('PUBLISHED');
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { story(id: $id) { cast { actor { id } } } }`, { id: story }))
        .story.cast,
    ).toEqual([{ actor: { id: other } }]);
    await parted(one);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { story(id: $id) { cast { actor { id } } } }`, { id: story }))
        .story.cast,
    ).toEqual([]);
  });
});

describe('Judging whether two are one', () => {
  const JUDGE = `mutation ($input: JudgeMatchInput!) { act: judgeMatch(input: $input) {
    candidate { actor { id } judgement score reasons } problems { code path message entry { id } } } }`;
  const judge = async (a: string, b: string, judgement: string): Promise<Answer> =>
    (await room.as('EDITOR').run(JUDGE, { input: { a, b, judgement } })).act;
  const candidates = async (id: string): Promise<Answer[]> =>
    (
      await room
        .as('CONTRIBUTOR')
        .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { matchCandidates { actor { id } judgement } } }`, { id })
    ).actor.matchCandidates;

  it('NOT_SAME is remembered both ways: proposed to nobody, and not merged until judged otherwise', async () => {
    const [one, other] = [
      (await room.make.actor({ names: [{ text: 'Namesake Pérez' }] })).id,
      (await room.make.actor({ names: [{ text: 'namesake perez' }] })).id,
    ];
    expect(await candidates(one)).toEqual([{ actor: { id: other }, judgement: null }]);
    expect(await judge(one, other, 'NOT_SAME')).toMatchObject({
      candidate: { actor: { id: other }, judgement: 'NOT_SAME' },
      problems: [],
    });
    expect([await candidates(one), await candidates(other)]).toEqual([[], []]);
    for (const [from, into] of [
      [one, other],
      [other, one],
    ] as const)
      expect(codes(await writingNothing(room, () => merge(from, into)))).toEqual(['INVALID', 'INVALID /into']);
    expect((await judge(other, one, 'UNSURE')).candidate).toMatchObject({ actor: { id: one }, judgement: 'UNSURE' });
    expect(await candidates(one)).toEqual([{ actor: { id: other }, judgement: 'UNSURE' }]);
    await judge(one, other, 'SAME');
    expect(await candidates(other)).toEqual([{ actor: { id: one }, judgement: 'SAME' }]);
    expect(await stateOf(one)).toBe('PUBLISHED');
    await merged(one, other);
    expect(await candidates(other)).toEqual([]);
    await parted(one);
    expect(await candidates(other)).toEqual([{ actor: { id: one }, judgement: 'SAME' }]);
  });

  it('NOT_SAME of what was merged into one of them holds for both: what answers for it is not merged either', async () => {
    const [one, other] = await two();
    const double = (await room.make.actor()).id;
    await judge(double, other, 'NOT_SAME');
    await merged(double, one);
    expect(codes(await merge(one, other))).toEqual(['INVALID', 'INVALID /into']);
    expect(codes(await merge(other, one))).toEqual(['INVALID', 'INVALID /into']);
  });

  it('refuses what is no pair of actors, and writes nothing', async () => {
    const [one, other] = await two();
    const [gone, double] = await two();
    const story = (await room.make.story()).id;
    await desk.act('deleteEntry', { id: gone, baseRevision: 1 });
    await merged(double, other);
    await writingNothing(room, async () => {
      const refused = async (a: string, b: string) => {
        const { candidate, problems } = await judge(a, b, 'SAME');
        return [candidate, ...problems.map(({ code, path }: Answer) => `${code} ${path}`)];
      };
      expect(await refused(one, one)).toEqual([null, 'INVALID /b']);
      expect(await refused(one, story)).toEqual([null, 'INVALID /b']);
      expect(await refused(gone, one)).toEqual([null, 'GONE /a']);
      expect(await refused(one, double)).toEqual([null, 'GONE /b']);
      for (const id of NOBODY)
        expect(await room.as('EDITOR').fails(JUDGE, { input: { a: one, b: id, judgement: 'SAME' } })).toBe('NOT_FOUND');
    });
  });
});
