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

const FALSE = { verdict: { rating: 'FALSE', reason: 'He was abroad.' } };

/** A document, what is cited from it, and the stories that hold that. */
async function openWork(): Promise<
  Record<'document' | 'claim' | 'citation' | 'telling' | 'linking' | 'apart', string>
> {
  const { make } = room;
  const [claim, document] = [await make.claim(), await make.document()];
  const citation = await make.citation({ about: claim.id, document: document.id });
  const telling = await make.story({ timeline: [{ claim: claim.id }] });
  const linking = await make.story({ body: `[[claim:${claim.id}]]` }, { publish: false });
  const apart = await make.story();
  const all = { document, claim, citation, telling, linking, apart };
  return Object.fromEntries(Object.entries(all).map(([name, { id }]) => [name, id])) as never;
}

const unsettled = async (id: string): Promise<Answer[]> =>
  (await desk.waitingOf(id)).filter(({ reason }) => reason === 'UNSETTLED');
const retract = (id: string, base = 1): Promise<Answer> => desk.edit('document', id, base, { status: 'RETRACTED' });

describe('What rests on a document', () => {
  it.each(['RETRACTED', 'CORRECTED'])(
    'is to be looked at again when it is %s: what it is cited about, and the stories of that',
    async (status) => {
      const { document, claim, citation, telling, linking, apart } = await openWork();
      expect(await desk.edit('document', document, 1, { status })).toMatchObject({ outcome: 'SAVED', problems: [] });
      for (const id of [claim, telling, linking]) {
        const items = await unsettled(id);
        expect(items).toMatchObject([{ cause: { id: document }, pending: id === linking ? [{}] : [] }]);
        const [row] = await room.sql('select * from change where entry = $1 order by position desc limit 1', [id]);
        expect(row).toMatchObject({ kind: 'UNSETTLED', public_kind: null, cause: document });
        expect(items[0].since).toBe(row.at.toISOString());
      }
      for (const id of [document, citation, apart]) expect(await unsettled(id)).toEqual([]);
    },
  );

  it('is so where the document stands in a chain, and where a citation is about an event', async () => {
    const { make } = room;
    const [event, chained] = [await make.event(), await make.document()];
    const story = await make.story({ timeline: [{ event: event.id }] });
    await make.citation({ about: event.id, chain: [{ role: 'ORIGIN', document: chained.id }] });
    await retract(chained.id);
    for (const { id } of [event, story]) expect(await unsettled(id)).toHaveLength(1);
  });

  it('is not so while the retraction waits, or where it is rejected; it is when it is accepted', async () => {
    const { document, claim } = await openWork();
    await desk.edit('document', document, 1, { status: 'RETRACTED' }, {}, 'CONTRIBUTOR');
    expect(await unsettled(claim)).toEqual([]);
    await desk.act('rejectRevisions', { id: document, baseRevision: 2, note: 'no' });
    expect(await unsettled(claim)).toEqual([]);
    await desk.edit('document', document, 3, { status: 'RETRACTED' }, {}, 'CONTRIBUTOR');
    await desk.act('publish', { id: document, revision: 4 });
    expect(await unsettled(claim)).toHaveLength(1);
    expect(await writingNothing(room, () => desk.act('publish', { id: document, revision: 4 }))).toMatchObject({
      outcome: 'UNCHANGED',
    });
  });

  it('is told once, though the document goes from corrected to retracted, is edited, deleted and restored', async () => {
    const { document, claim } = await openWork();
    await desk.edit('document', document, 1, { status: 'CORRECTED' });
    await retract(document, 2);
    await desk.edit('document', document, 3, { statusNote: 'Forged.' });
    await desk.act('deleteEntry', { id: document, baseRevision: 4 });
    await desk.act('restoreEntry', { id: document });
    expect(await unsettled(claim)).toHaveLength(1);
    expect((await desk.ledgerOf(claim)).filter((line) => line === 'UNSETTLED')).toHaveLength(1);
  });

  it('is settled when the cause is gone, and unsettled anew when it comes back', async () => {
    const { document, claim, telling } = await openWork();
    await retract(document);
    await desk.edit('document', document, 2, { status: 'UNAVAILABLE' });
    for (const id of [claim, telling]) expect(await unsettled(id)).toEqual([]);
    await retract(document, 3);
    for (const id of [claim, telling]) expect(await unsettled(id)).toHaveLength(1);
  });

  it('with dryRun is left alone', async () => {
    const { document, claim } = await openWork();
    await writingNothing(room, () => desk.edit('document', document, 1, { status: 'RETRACTED' }, { dryRun: true }));
    expect(await unsettled(claim)).toEqual([]);
  });
});

describe('What rests on a claim', () => {
  it.each(['FALSE', 'MOSTLY_FALSE'])(
    'is to be looked at again when it is judged %s, and no more when that changes',
    async (rating) => {
      const { claim, telling, linking, apart } = await openWork();
      await desk.edit('claim', claim, 1, { verdict: { rating, reason: 'Seen.' } });
      for (const id of [telling, linking]) expect(await unsettled(id)).toMatchObject([{ cause: { id: claim } }]);
      for (const id of [claim, apart]) expect(await unsettled(id)).toEqual([]);
      await desk.edit('claim', claim, 2, { verdict: { rating: 'MIXED', reason: 'Not quite.' } });
      for (const id of [telling, linking]) expect(await unsettled(id)).toEqual([]);
    },
  );

  it('is not so for what the same changeset has mended', async () => {
    const { claim, telling, linking } = await openWork();
    await room
      .as('EDITOR')
      .run(`mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome } }`, {
        input: {
          edits: [
            { editClaim: { id: claim, baseRevision: 1, fields: FALSE } },
            { editStory: { id: telling, baseRevision: 1, fields: { summary: 'It was not so.' } } },
          ],
        },
      });
    expect(await unsettled(telling)).toEqual([]);
    expect(await unsettled(linking)).toHaveLength(1);
  });
});

describe('What is unsettled', () => {
  it('is settled by the next revision that is accepted, for every cause; not by one that waits, is rejected, or deletes', async () => {
    const { document, claim, telling } = await openWork();
    await desk.edit('claim', claim, 1, FALSE);
    await retract(document);
    expect(await unsettled(telling)).toHaveLength(2);
    await desk.edit('story', telling, 1, { summary: 'x' }, {}, 'CONTRIBUTOR');
    await desk.act('rejectRevisions', { id: telling, baseRevision: 2, note: 'no' });
    await desk.act('deleteEntry', { id: telling, baseRevision: 3 });
    expect(await unsettled(telling)).toEqual([]); // nobody looks at what is deleted
    await desk.act('restoreEntry', { id: telling });
    expect(await unsettled(telling)).toHaveLength(2);
    await desk.edit('story', telling, 5, { summary: 'It was not so.' });
    expect(await unsettled(telling)).toEqual([]);
  });

  it('is settled by publishing what waited', async () => {
    const { claim, linking } = await openWork();
    await desk.edit('claim', claim, 1, FALSE);
    await desk.act('publish', { id: linking, revision: 1 });
    expect(await unsettled(linking)).toEqual([]);
  });

  it('is in the queue once for each cause, and is filtered and counted by its reason', async () => {
    const { claim, document, telling } = await openWork();
    await desk.edit('claim', claim, 1, FALSE);
    await retract(document);
    const { reviewQueue } = await room.as('EDITOR')
      .run(`{ reviewQueue(reasons: [UNSETTLED], kinds: [STORY], first: 100) {
      totalCount nodes { reason entry { id } cause { id kind } } } }`);
    expect(reviewQueue.totalCount).toBe(reviewQueue.nodes.length);
    const causes = reviewQueue.nodes.filter(({ entry }: Answer) => entry.id === telling);
    expect(causes.map(({ cause }: Answer) => cause.kind).toSorted()).toEqual(['CLAIM', 'DOCUMENT']);
  });

  it('is at most 200 entries a write, the nearest first, and the editor is told of the rest', async () => {
    const [claim, { id }] = [await room.make.claim(), await room.make.document()];
    await room.make.citation({ about: claim.id, document: id });
    const edits = Array.from({ length: 150 }, () => ({
      createStory: { fields: { headline: 'One of many', timeline: [{ claim: claim.id }] } },
    }));
    const APPLY = `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome } }`;
    for (let n = 0; n < 2; n++) await room.as('EDITOR').run(APPLY, { input: { edits } });
    const answer = await retract(id);
    expect(answer).toMatchObject({ outcome: 'SAVED', problems: [{ severity: 'WARNING', code: 'TOO_MANY' }] });
    expect(answer.problems[0].message).toMatch(/^301 entries rest on this; the nearest 200 /);
    expect(await room.sql('select until from unsettled where entry = $1', [claim.id])).toEqual([{ until: null }]);
    const [{ count }] = await room.sql('select count(*)::int from unsettled where cause = $1 and until is null', [id]);
    expect(count).toBe(200);
  });
});
