import { type Desk, openDesk } from '../support/desk';
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

const DRAFT = { publish: false };
const propose = (id: string, base: number, fields: object): Promise<Answer> =>
  desk.edit('story', id, base, { ...fields }, {}, 'CONTRIBUTOR');
const apply = async (edits: object[], more = {}): Promise<Answer> =>
  (
    await room.as('EDITOR').run(
      `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome changeset { revisions { totalCount } }
        results { outcome revision { number review } problems { code path check } } problems { code path } } }`,
      { input: { edits, ...more } },
    )
  ).applyChangeset;

describe('Several editors at the same moment', () => {
  it('accept and reject the same work: one of them does, the others are told', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await propose(id, 1, { headline: 'Two' });
    const answers = await Promise.all([
      desk.act('publish', { id, revision: 2 }),
      desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' }),
      desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' }),
    ]);
    const outcomes = answers.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'SAVED')).toHaveLength(1);
    const reviews = await desk.reviewsOf(id);
    expect(reviews.slice(1)).toEqual(outcomes[0] === 'SAVED' ? ['ACCEPTED'] : ['REJECTED', 'ACCEPTED']);
  });

  it('publish one draft with all that it holds: it happens once', async () => {
    const events = await Promise.all([1, 2, 3].map(() => room.make.event({}, DRAFT)));
    const { id } = await room.make.story({ timeline: events.map((event) => ({ event: event.id })) }, DRAFT);
    const answers = await Promise.all([1, 2, 3].map(() => desk.act('publish', { id, revision: 1, references: true })));
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['SAVED', 'UNCHANGED', 'UNCHANGED']);
    for (const one of [id, ...events.map((event) => event.id)])
      expect(await desk.ledgerOf(one)).toEqual(['CREATED', 'PUBLISHED (PUBLISHED)']);
  });
});

describe('A changeset that is to be public', () => {
  it('goes past waiting work as one edit does, and puts it on top again', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' });
    await propose(id, 1, { summary: 'Second' });
    const answer = await apply([{ editStory: { id, baseRevision: 1, fields: { headline: 'Right' } } }], {
      publish: true,
    });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      changeset: { revisions: { totalCount: 1 } },
      results: [{ revision: { number: 3, review: 'ACCEPTED' } }],
    });
    expect(await desk.publicTitle(id)).toBe('Right');
    expect(await desk.waitingOf(id)).toMatchObject([{ pending: [{ number: 4 }], changes: [{ path: '/summary' }] }]);
  });

  it('is not written at all where the gate stands against going past waiting work', async () => {
    const [claim, story] = [await room.make.claim(), await room.make.story({ headline: 'One' })];
    await desk.edit('claim', claim.id, 1, { text: 'Waits' }, {}, 'CONTRIBUTOR');
    const answer = await writingNothing(room, () =>
      apply(
        [
          { editClaim: { id: claim.id, baseRevision: 1, fields: { mood: 'ALLEGATION' } } },
          { editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Two' } } },
        ],
        { publish: true },
      ),
    );
    expect(answer).toMatchObject({
      outcome: 'INVALID',
      changeset: null,
      results: [{ problems: [{ check: 'UNSOURCED' }] }, { outcome: 'UNCHANGED' }],
    });
  });

  it('with dryRun tells what is held back, as for real', async () => {
    const { id } = await room.make.claim();
    const edits = [{ editClaim: { id, baseRevision: 1, fields: { mood: 'ALLEGATION' } } }];
    const dry = await writingNothing(room, () => apply(edits, { dryRun: true }));
    expect(dry.problems).toEqual((await apply(edits)).problems);
    expect(await desk.waitingOf(id)).toHaveLength(1);
  });
});

describe('Ways back', () => {
  it('to an allegation are held back like any edit', async () => {
    const { id } = await room.make.claim({ mood: 'ALLEGATION' });
    await desk.edit('claim', id, 1, { mood: 'QUESTION' });
    const answer = await desk.act('revertEntry', { id, baseRevision: 2, toRevision: 1 });
    expect(answer).toMatchObject({ revision: { review: 'PENDING' }, problems: [{ check: 'UNSOURCED' }] });
  });
});

describe('Publishing with references', () => {
  it('takes the citations about events, actors and the story itself, too', async () => {
    const [event, actor] = [await room.make.event({}, DRAFT), await room.make.actor({}, DRAFT)];
    const story = await room.make.story({ timeline: [{ event: event.id }], cast: [{ actor: actor.id }] }, DRAFT);
    const document = await room.make.document();
    const cited = [event, actor, story].map(({ id }) =>
      room.make.citation({ about: id, document: document.id }, DRAFT),
    );
    const expected = [event, actor, ...(await Promise.all(cited))].map(({ id }) => id);
    const { also } = await desk.act('publish', { id: story.id, revision: 1, references: true });
    expect(also.map(({ id }: Answer) => id).toSorted()).toEqual(expected.toSorted());
  });

  it('sent twice under one key is written once, and tells again what went with it', async () => {
    const event = await room.make.event({}, DRAFT);
    const { id } = await room.make.story({ timeline: [{ event: event.id }] }, DRAFT);
    const input = { id, revision: 1, references: true, clientMutationId: 'references-1' };
    const first = await desk.act('publish', input);
    expect(await writingNothing(room, () => desk.act('publish', input))).toEqual(first);
    expect(
      await room
        .as('EDITOR')
        .fails(
          `mutation { publish(input: { id: "${id}", revision: 1, clientMutationId: "references-1" }) { outcome } }`,
        ),
    ).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

it('Rejecting sent twice under one key is written once', async () => {
  const { id } = await room.make.story({ headline: 'One' });
  await propose(id, 1, { headline: 'Two' });
  const input = { id, baseRevision: 2, note: 'no', clientMutationId: 'reject-1' };
  const first = await desk.act('rejectRevisions', input);
  expect(await writingNothing(room, () => desk.act('rejectRevisions', input))).toEqual(first);
});
