import { liftEmbargoes } from '../../src/edits/lift-embargoes';
import { type Desk, openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

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
const FAR = '2999-01-01T00:00:00.000Z';
const embargo = (id: string, revision = 1, more = {}): Promise<Answer> =>
  desk.act('publish', { id, revision, embargoUntil: FAR, ...more });
/** As if the time had come: what no test waits for. */
const letTimePass = (...ids: string[]) =>
  room.sql(
    `update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = any($1) and state = 'EMBARGOED'`,
    [ids],
  );
const lift = (): Promise<number> => liftEmbargoes(room.newsroom);
const stateOf = async (id: string): Promise<string> =>
  (await room.sql('select state from entry where id = $1', [id]))[0].state;
const statesOf = (...ids: string[]): Promise<string[]> => Promise.all(ids.map(stateOf));
const retract = (id: string, base = 1): Promise<Answer> => desk.edit('document', id, base, { status: 'RETRACTED' });

/** That it waits for an editor, once, because of something, and the public knows nothing. */
async function expectReturned(id: string, cause: string): Promise<void> {
  expect(await desk.publicTitle(id)).toBeNull();
  expect(await desk.waitingOf(id)).toMatchObject([{ reason: 'UNSETTLED', cause: { id: cause } }]);
  const rows = await room.sql('select * from change where entry = $1 order by position desc', [id]);
  expect(rows[0]).toMatchObject({ kind: 'UNSETTLED', public_kind: null, cause, author: null });
  const [{ embargoUntil }] = await room.sql(`select embargo_until as "embargoUntil" from entry where id = $1`, [id]);
  expect(embargoUntil).toBeNull();
}

/** An allegation under an embargo, with its source, by one write; and what nothing of it rests on. */
async function openGroup(): Promise<Record<'claim' | 'citation' | 'document' | 'subject', string>> {
  const [subject, document] = [await room.make.actor({}, DRAFT), await room.make.document({}, DRAFT)];
  const claim = await room.make.claim({ subject: subject.id, mood: 'ALLEGATION' }, DRAFT);
  const citation = await room.make.citation({ about: claim.id, document: document.id }, DRAFT);
  expect(await embargo(claim.id, 1, { references: true })).toMatchObject({ outcome: 'SAVED', problems: [] });
  return { claim: claim.id, citation: citation.id, document: document.id, subject: subject.id };
}

describe('When its embargo ends, an allegation does not become public', () => {
  it('whose citation was withdrawn meanwhile: it waits for an editor, and what does not rest on it is public', async () => {
    const { claim, citation, document, subject } = await openGroup();
    await desk.act('withdraw', { id: citation, note: 'not sure any more' });
    await letTimePass(claim, document, subject);
    expect(await lift()).toBe(2);
    expect(await statesOf(claim, citation, document, subject)).toEqual([
      'DRAFT',
      'WITHDRAWN',
      'PUBLISHED',
      'PUBLISHED',
    ]);
    await expectReturned(claim, citation);
    const ledger = await desk.ledgerOf(claim);
    expect(await lift()).toBe(0);
    expect(await desk.ledgerOf(claim)).toEqual(ledger);
  });

  it.each([
    ['deleted', (id: string) => desk.act('deleteEntry', { id, baseRevision: 1 })],
    ['turned into a denial', (id: string) => desk.edit('citation', id, 1, { stance: 'DENIES' })],
    ['put off', (id: string) => embargo(id, 1, { embargoUntil: '2999-06-01T00:00:00.000Z' })],
  ])('whose citation was %s meanwhile', async (_name, act) => {
    const { claim, citation, document, subject } = await openGroup();
    expect((await act(citation)).outcome).toBe('SAVED');
    const isDue = (await stateOf(citation)) === 'EMBARGOED' && _name !== 'put off';
    await letTimePass(claim, document, subject, ...(isDue ? [citation] : []));
    await lift();
    expect(await statesOf(claim, document, subject)).toEqual(['DRAFT', 'PUBLISHED', 'PUBLISHED']);
    expect(await desk.publicTitle(claim)).toBeNull();
  });

  it('whose document was retracted meanwhile, nor one that was taken back: that takes all that rests on it along', async () => {
    const { make } = room;
    const [document, claim] = [await make.document(), await make.claim({}, DRAFT)];
    const citation = await make.citation({ about: claim.id, document: document.id }, DRAFT);
    await embargo(claim.id, 1, { references: true });
    await retract(document.id);
    expect(await desk.waitingOf(claim.id)).toHaveLength(1);
    const { claim: other, citation: otherCitation, document: taken, subject } = await openGroup();
    await desk.act('withdraw', { id: taken, note: 'a forgery' });
    await letTimePass(claim.id, citation.id, other, otherCitation, subject);
    expect(await lift()).toBe(1);
    await expectReturned(claim.id, document.id);
    await expectReturned(citation.id, claim.id);
    await expectReturned(otherCitation, taken);
    await expectReturned(other, otherCitation);
    expect(await stateOf(subject)).toBe('PUBLISHED');
  });

  it('whose subject was withdrawn; nor what is cited about it', async () => {
    const { claim, citation, document, subject } = await openGroup();
    await desk.act('withdraw', { id: subject, note: 'not the one' });
    await letTimePass(claim, citation, document);
    expect(await lift()).toBe(1);
    await expectReturned(claim, subject);
    await expectReturned(citation, claim);
    expect(await stateOf(document)).toBe('PUBLISHED');
  });

  it('without what was overridden being asked again: that was known when it was put off', async () => {
    const { id } = await room.make.claim({ mood: 'ALLEGATION' }, DRAFT);
    await embargo(id, 1, { override: true, note: 'Read in court.' });
    await desk.edit('claim', id, 1, { text: 'In better words' });
    const other = await room.make.claim({ mood: 'ALLEGATION' }, DRAFT);
    const document = await room.make.document();
    await room.make.citation({ about: other.id, document: document.id }, DRAFT);
    await embargo(other.id, 1, { override: true, note: 'Read in court.' });
    // What came since is another matter.
    const subject = (await room.sql(`select content ->> 'subject' as id from revision where entry = $1`, [other.id]))[0]
      .id;
    await desk.act('withdraw', { id: subject, note: 'x' });
    await letTimePass(id, other.id);
    expect(await lift()).toBe(1);
    expect(await desk.publicTitle(id)).toBe('In better words');
    await expectReturned(other.id, subject);
  });
});

describe('When its embargo ends', () => {
  it('a citation does not become public whose words its document has no longer', async () => {
    const document = await room.make.document({ keptText: 'No order was given.' });
    const ids: string[] = [];
    for (const quote of ['No order', 'was given']) {
      const { id } = await room.make.citation({ document: document.id, quote }, DRAFT);
      expect((await embargo(id)).outcome).toBe('SAVED');
      ids.push(id);
    }
    await desk.edit('document', document.id, 1, { keptText: 'An order was given.' });
    await letTimePass(...ids);
    expect(await lift()).toBe(1);
    await expectReturned(ids[0] ?? '', document.id);
    expect(await stateOf(ids[1] ?? '')).toBe('PUBLISHED');
  });

  it('an event does not close a circle in public', async () => {
    const [one, other] = [await room.make.event({}, DRAFT), await room.make.event({})];
    await desk.edit('event', one.id, 1, { partOf: other.id });
    await embargo(one.id, 2);
    await desk.edit('event', one.id, 2, { partOf: null }, {}, 'CONTRIBUTOR');
    expect(await desk.edit('event', other.id, 1, { partOf: one.id })).toMatchObject({ outcome: 'SAVED', problems: [] });
    await letTimePass(one.id);
    expect(await lift()).toBe(0);
    expect(await stateOf(one.id)).toBe('DRAFT');
    expect((await desk.waitingOf(one.id)).map(({ reason, cause }) => [reason, cause?.id]).toSorted()).toEqual([
      ['PENDING_EDIT', undefined],
      ['UNSETTLED', other.id],
    ]);
  });

  it('what the public saw before goes back to being withdrawn, with the note that stands there', async () => {
    const document = await room.make.document();
    const claim = await room.make.claim();
    const { id } = await room.make.citation({ about: claim.id, document: document.id });
    await desk.act('withdraw', { id, note: 'to be checked' });
    await embargo(id);
    await desk.act('withdraw', { id: document.id, note: 'gone' });
    await letTimePass(id);
    expect(await lift()).toBe(0);
    expect(await stateOf(id)).toBe('WITHDRAWN');
    await expectReturned(id, document.id);
    const { withdrawal } = await room.asAnonymous().run(`query ($id: ID) { withdrawal(id: $id) { note } }`, { id });
    expect(withdrawal).toEqual({ note: 'to be checked' });
  });
});

describe('What came back from under its embargo', () => {
  async function openReturned(): Promise<{ citation: string; document: string }> {
    const document = await room.make.document();
    const { id } = await room.make.citation({ document: document.id }, DRAFT);
    await embargo(id);
    await desk.act('withdraw', { id: document.id, note: 'to be checked' });
    await letTimePass(id);
    await lift();
    await expectReturned(id, document.id);
    return { citation: id, document: document.id };
  }

  it('is published, or put off again, by an editor; then it waits no longer', async () => {
    const { citation, document } = await openReturned();
    expect((await desk.act('publish', { id: citation, revision: 1 })).problems).toMatchObject([
      { check: 'UNPUBLISHED_REFERENCE', path: '/document' },
    ]);
    await desk.act('publish', { id: document, revision: 1 });
    // Nobody publishes it but an editor, though nothing stands in its way.
    expect(await lift()).toBe(0);
    await expectReturned(citation, document);
    expect((await embargo(citation)).outcome).toBe('SAVED');
    expect(await desk.waitingOf(citation)).toEqual([]);
    await letTimePass(citation);
    expect(await lift()).toBe(1);
    expect(await stateOf(citation)).toBe('PUBLISHED');
  });

  it('waits on though its document is no longer retracted: nobody has decided about it', async () => {
    const [document, claim] = [await room.make.document(), await room.make.claim({}, DRAFT)];
    const citation = await room.make.citation({ about: claim.id, document: document.id }, DRAFT);
    await embargo(claim.id, 1, { references: true });
    await retract(document.id);
    await letTimePass(claim.id, citation.id);
    await lift();
    await desk.edit('document', document.id, 2, { status: 'ACTIVE' });
    await expectReturned(claim.id, document.id);
    await desk.act('publish', { id: claim.id, revision: 1, references: true });
    expect(await desk.waitingOf(claim.id)).toEqual([]);
    expect(await stateOf(claim.id)).toBe('PUBLISHED');
  });

  it('can be edited, deleted and restored like any draft', async () => {
    const { citation } = await openReturned();
    expect((await desk.edit('citation', citation, 1, { locator: 'p. 2' })).revision.review).toBe('PENDING');
    await desk.act('deleteEntry', { id: citation, baseRevision: 2 });
    expect(await desk.act('restoreEntry', { id: citation })).toMatchObject({ entry: { state: 'DRAFT' } });
  });
});

describe('Embargoes that end together though several writes set them', () => {
  it('are lifted together: a claim and its citation, of which one cannot be had', async () => {
    const { make } = room;
    const [document, claim] = [await make.document(), await make.claim({ mood: 'ALLEGATION' }, DRAFT)];
    const citation = await make.citation({ about: claim.id, document: document.id }, DRAFT);
    const apart = await make.story({}, DRAFT);
    await embargo(apart.id);
    await embargo(citation.id, 1, { override: true, note: 'its claim follows' });
    await embargo(claim.id);
    await letTimePass(citation.id, claim.id, apart.id);
    const holder = await room.newsroom.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from entry where id = $1 for no key update', [citation.id]);
      expect(await lift()).toBe(1);
      expect(await statesOf(apart.id, claim.id)).toEqual(['PUBLISHED', 'EMBARGOED']);
      await holder.query('commit');
    } finally {
      holder.release();
    }
    expect(await lift()).toBe(2);
    const times = await room.sql(`select distinct at from change where public_kind = 'PUBLISHED' and entry = any($1)`, [
      [claim.id, citation.id],
    ]);
    expect(times).toHaveLength(1);
  });

  it('are lifted in an order in which each can stand, however many there are', async () => {
    const { make } = room;
    const [subject, document] = [await make.actor({}, DRAFT), await make.document({}, DRAFT)];
    const ids = [subject.id, document.id];
    for (const id of ids) await embargo(id);
    const apply = async (edits: object[]): Promise<string[]> =>
      (
        await room
          .as('EDITOR')
          .run(
            `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { results { entry { id } } } }`,
            { input: { edits } },
          )
      ).applyChangeset.results.map(({ entry }: Answer) => entry.id);
    const count = 110;
    const claims = await apply(
      Array.from({ length: count }, (_, n) => ({
        createClaim: { fields: { text: `He knew ${n}`, subject: subject.id, mood: 'ALLEGATION' } },
      })),
    );
    const citations = await apply(
      claims.map((about) => ({ createCitation: { fields: { about, document: document.id, stance: 'ASSERTS' } } })),
    );
    for (const id of [...citations, ...claims]) await embargo(id, 1, { override: true, note: 'all at once' });
    // As if nothing had been overridden: each rests on what is lifted with it.
    await room.sql('update change set overridden = null where entry = any($1)', [[...claims, ...citations]]);
    ids.push(...claims, ...citations);
    await letTimePass(...ids);
    expect(await lift()).toBe(2 * count + 2);
    const [{ found }] = await room.sql(
      `select count(*)::int as found from entry where id = any($1) and state = 'PUBLISHED'`,
      [ids],
    );
    expect(found).toBe(ids.length);
  }, 60_000);
});
