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
const idsOf = (entries: readonly { id: string }[]): string[] => entries.map(({ id }) => id).toSorted();
const publish = (id: string, revision: number, more = {}): Promise<Answer> =>
  desk.act('publish', { id, revision, ...more });

/** A story that holds an allegation, with all that is said about it; all of it drafts. */
async function openAllegation(): Promise<Record<string, string>> {
  const { make } = room;
  const minister = await make.actor({}, DRAFT);
  const guard = await make.actor({}, DRAFT);
  const outlet = await make.actor({ actorType: 'MEDIA_OUTLET' }, DRAFT);
  const claim = await make.claim({ subject: minister.id, mood: 'ALLEGATION' }, DRAFT);
  const [paper, record] = [await make.document({ publisher: outlet.id }, DRAFT), await make.document({}, DRAFT)];
  const said = await make.citation(
    {
      about: claim.id,
      document: paper.id,
      chain: [
        { role: 'SAID_BY', actor: guard.id },
        { role: 'ORIGIN', document: record.id },
      ],
    },
    DRAFT,
  );
  const answer = await make.document({}, DRAFT);
  const denied = await make.citation({ about: claim.id, document: answer.id, stance: 'DENIES' }, DRAFT);
  const event = await make.event({ title: `Meeting ${claim.id}` }, DRAFT);
  const { content } = event;
  const story = await make.story(
    { body: `See [[event:${String(content.slug)}]].`, timeline: [{ claim: claim.id }] },
    DRAFT,
  );
  const all = { minister, guard, outlet, claim, paper, record, said, answer, denied, event, story };
  return Object.fromEntries(Object.entries(all).map(([name, { id }]) => [name, id]));
}

describe('Publishing with references', () => {
  it('publishes what it holds, through references and wiki links, and the citations about any of it with all they name', async () => {
    const { story, ...others } = await openAllegation();
    const dry = await writingNothing(room, () => publish(story ?? '', 1, { references: true, dryRun: true }));
    const real = await publish(story ?? '', 1, { references: true, note: 'all checked' });
    expect(real).toMatchObject({ outcome: 'SAVED', problems: [], entry: { state: 'PUBLISHED' } });
    expect(idsOf(real.also)).toEqual(Object.values(others).toSorted());
    expect({ ...dry, entry: null, revision: null }).toEqual({ ...real, entry: null, revision: null });
    for (const id of Object.values(others)) expect(await desk.publicTitle(id)).not.toBeNull();
    const changesets = await room.sql(
      'select distinct changeset from change where public_kind is not null and entry = any($1)',
      [[story, ...Object.values(others)]],
    );
    expect(changesets).toHaveLength(1);
    expect((await writingNothing(room, () => publish(story ?? '', 1, { references: true }))).outcome).toBe('UNCHANGED');
  });

  it('publishes what a public story holds by now, though the story itself stays as it is', async () => {
    const event = await room.make.event({}, DRAFT);
    const { id } = await room.make.story({ timeline: [{ event: event.id }] });
    const answer = await publish(id, 1, { references: true });
    expect(answer).toMatchObject({ outcome: 'SAVED', also: [{ id: event.id }], changes: [] });
    expect(await desk.ledgerOf(id)).toEqual(['CREATED (PUBLISHED)']);
  });

  it('leaves out what is deleted, rejected, withdrawn or under an embargo, and what only a newsroom field names', async () => {
    const { make } = room;
    const [deleted, rejected, withdrawn, embargoed] = await Promise.all([0, 1, 2, 3].map(() => make.event({}, DRAFT)));
    const document = await make.document({}, DRAFT);
    const actor = await make.actor({ names: [{ text: 'Spelt so', usedIn: [document.id] }] }, DRAFT);
    const timeline = [deleted, rejected, withdrawn, embargoed].map((event) => ({ event: event?.id }));
    const { id } = await make.story({ timeline, cast: [{ actor: actor.id }] }, DRAFT);
    await desk.act('deleteEntry', { id: deleted?.id, baseRevision: 1 });
    await desk.act('rejectRevisions', { id: rejected?.id, baseRevision: 1, note: 'no' });
    await publish(withdrawn?.id ?? '', 1);
    await desk.act('withdraw', { id: withdrawn?.id, note: 'an error' });
    await publish(embargoed?.id ?? '', 1, { embargoUntil: '2999-01-01T00:00:00.000Z' });
    expect((await publish(id, 1, { references: true })).also).toEqual([{ id: actor.id }]);
    expect(await desk.publicTitle(document.id)).toBeNull();
  });

  it('publishes nothing where one of them has an ERROR, and names the check', async () => {
    const nobody = await room.make.actor({ actorType: 'ANONYMOUS', anonymity: { description: 'an official' } }, DRAFT);
    const { id } = await room.make.story({ cast: [{ actor: nobody.id }] }, DRAFT);
    const answer = await writingNothing(room, () => publish(id, 1, { references: true }));
    expect(answer).toMatchObject({
      outcome: 'INVALID',
      problems: [{ severity: 'ERROR', code: 'CHECK', check: 'ANONYMOUS_WITHOUT_REASON' }],
    });
  });

  it('goes with the newest revision only', async () => {
    const { id } = await room.make.story({}, DRAFT);
    await desk.edit('story', id, 1, { summary: 'x' });
    expect((await writingNothing(room, () => publish(id, 1, { references: true }))).problems).toMatchObject([
      { code: 'INVALID', path: '/references' },
    ]);
  });

  it('takes 200 entries and no more', async () => {
    const { applyChangeset } = await room
      .as('EDITOR')
      .run(`mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { results { entry { id } } } }`, {
        input: { edits: Array.from({ length: 200 }, () => ({ createEvent: { fields: { title: 'One of many' } } })) },
      });
    const timelineOf = (count: number) =>
      applyChangeset.results.slice(0, count).map(({ entry }: Answer) => ({ event: entry.id }));
    const { id } = await room.make.story({ timeline: timelineOf(200) }, DRAFT);
    expect((await writingNothing(room, () => publish(id, 1, { references: true }))).problems).toMatchObject([
      { code: 'TOO_MANY', path: '/references' },
    ]);
    await desk.edit('story', id, 1, { timeline: timelineOf(199) });
    expect((await publish(id, 2, { references: true })).outcome).toBe('SAVED');
  });
});

describe('Checks that are ERRORs', () => {
  const allegation = async (more = {}) => room.make.claim({ mood: 'ALLEGATION' }, { publish: false, ...more });

  it('hold an allegation back that nobody is cited for, until an editor overrides that with a note', async () => {
    const claim = await allegation();
    expect((await writingNothing(room, () => publish(claim.id, 1))).problems).toMatchObject([
      { severity: 'ERROR', code: 'CHECK', check: 'UNSOURCED' },
    ]);
    expect((await writingNothing(room, () => publish(claim.id, 1, { override: true }))).problems).toMatchObject([
      { code: 'REQUIRED', path: '/note' },
    ]);
    expect(await publish(claim.id, 1, { override: true, note: 'Read in court.' })).toMatchObject({
      outcome: 'SAVED',
      revision: { reviewNote: 'Read in court.' },
    });
  });

  it('hold a claim back whose subject, and a citation whose claim or document is not public', async () => {
    const subject = await room.make.actor({}, DRAFT);
    const claim = await room.make.claim({ subject: subject.id }, DRAFT);
    expect((await publish(claim.id, 1)).problems).toMatchObject([
      { check: 'UNPUBLISHED_REFERENCE', path: '/subject', entry: { id: subject.id } },
    ]);
    const citation = await room.make.citation(
      { about: claim.id, document: (await room.make.document({}, DRAFT)).id },
      DRAFT,
    );
    expect((await publish(citation.id, 1)).problems.map(({ path }: Answer) => path)).toEqual(['/about', '/document']);
  });

  it('leave an edit waiting that would bring one; one that is there already holds nothing back', async () => {
    const { id } = await room.make.claim();
    const answer = await desk.edit('claim', id, 1, { mood: 'ALLEGATION' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      revision: { review: 'PENDING' },
      problems: [{ severity: 'ERROR', check: 'UNSOURCED' }],
    });
    await publish(id, 2, { override: true, note: 'known' });
    expect(await desk.edit('claim', id, 2, { text: 'Better words' })).toMatchObject({
      revision: { review: 'ACCEPTED' },
      problems: [],
    });
  });

  it('leave a create as a draft that was to be public', async () => {
    const { id: subject } = await room.make.actor();
    const answer = await desk.create('claim', { text: 'He knew', subject, mood: 'ALLEGATION' }, { publish: true });
    expect(answer).toMatchObject({ outcome: 'CREATED', entry: { state: 'DRAFT' }, problems: [{ check: 'UNSOURCED' }] });
  });

  const apply = async (edits: object[], more = {}): Promise<Answer> =>
    (
      await room.as('EDITOR').run(
        `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) {
          outcome results { entry { id state } revision { review } problems { check path } } } }`,
        { input: { edits, publish: true, ...more } },
      )
    ).applyChangeset;
  const claimOf = (subject: string) => ({
    createClaim: { ref: 'claim', fields: { text: 'He knew', subject, mood: 'ALLEGATION' } },
  });
  const citationOf = (document: string, stance = 'ASSERTS') => ({
    createCitation: { fields: { about: '#claim', document, stance } },
  });

  it('see what a changeset makes of all its entries: a claim and its citation pass together', async () => {
    const [actor, document] = [await room.make.actor(), await room.make.document()];
    const answer = await apply([claimOf(actor.id), citationOf(document.id)]);
    expect(answer.results).toMatchObject([
      { entry: { state: 'PUBLISHED' }, problems: [] },
      { entry: { state: 'PUBLISHED' }, problems: [] },
    ]);
  });

  it('hold back what rests on what is held back: a citation without its document, and with it the allegation', async () => {
    const [actor, document] = [await room.make.actor(), await room.make.document({}, DRAFT)];
    const answer = await apply([
      claimOf(actor.id),
      citationOf(document.id),
      { createEvent: { fields: { title: 'Apart' } } },
    ]);
    expect(answer.results).toMatchObject([
      { entry: { state: 'DRAFT' }, problems: [{ check: 'UNSOURCED' }] },
      { entry: { state: 'DRAFT' } },
      { entry: { state: 'PUBLISHED' }, problems: [] },
    ]);
  });

  it('do not take what is under an embargo for public', async () => {
    const [claim, document] = [await room.make.claim(), await room.make.document()];
    const citation = await room.make.citation({ about: claim.id, document: document.id }, DRAFT);
    await publish(citation.id, 1, { embargoUntil: '2999-01-01T00:00:00.000Z' });
    const answer = await apply(
      [
        { editClaim: { id: claim.id, baseRevision: 1, fields: { mood: 'ALLEGATION' } } },
        { editCitation: { id: citation.id, baseRevision: 1, fields: { locator: 'p. 2' } } },
      ],
      { publish: false },
    );
    expect(answer.results[0]).toMatchObject({ revision: { review: 'PENDING' }, problems: [{ check: 'UNSOURCED' }] });
  });

  it('hold the urgent correction and a correction back altogether: nothing is written', async () => {
    const { id } = await room.make.claim();
    const correction = { kind: 'CORRECTION', note: 'He is said to.' };
    expect(
      (await writingNothing(room, () => desk.edit('claim', id, 1, { mood: 'ALLEGATION' }, { correction }))).problems,
    ).toMatchObject([{ check: 'UNSOURCED' }]);
    await desk.edit('claim', id, 1, { text: 'Waits' }, {}, 'CONTRIBUTOR');
    expect(
      (await writingNothing(room, () => desk.edit('claim', id, 1, { mood: 'ALLEGATION' }, { publish: true }))).outcome,
    ).toBe('INVALID');
  });
});

describe('What publishing tells', () => {
  it.each([
    ['of a draft', DRAFT, {}],
    ['under an embargo', DRAFT, { embargoUntil: '2999-01-01T00:00:00.000Z' }],
  ])('with dryRun is what it tells for real: %s', async (_, options, more) => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' }, options);
    const dry = await writingNothing(room, () => publish(id, 1, { ...more, dryRun: true }));
    const real = await publish(id, 1, more);
    expect(real.changes).toContainEqual({ path: '/headline', before: null, after: 'One' });
    expect({ ...dry, entry: null, revision: null }).toEqual({ ...real, entry: null, revision: null });
  });

  it('is what changes for the public, also after a withdrawal', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await desk.act('withdraw', { id, note: 'x' });
    await desk.edit('story', id, 1, { headline: 'Two' });
    const dry = await publish(id, 2, { dryRun: true });
    expect(dry.changes).toEqual([{ path: '/headline', before: 'One', after: 'Two' }]);
    expect((await publish(id, 2)).changes).toEqual(dry.changes);
  });

  it('sent twice under one key is the first answer, though somebody withdrew it meanwhile', async () => {
    const { id } = await room.make.story({}, DRAFT);
    const first = await publish(id, 1, { clientMutationId: 'publish-1' });
    await desk.act('withdraw', { id, note: 'x' });
    const again = await writingNothing(room, () => publish(id, 1, { clientMutationId: 'publish-1' }));
    expect([again.outcome, again.revision.number]).toEqual([first.outcome, 1]);
    expect(await desk.publicTitle(id)).toBeNull();
  });
});
