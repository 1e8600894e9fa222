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
const publish = (id: string, revision: number, more = {}): Promise<Answer> =>
  desk.act('publish', { id, revision, ...more });
const checksIn = ({ problems }: Answer): string[] => problems.map(({ check }: Answer) => check);
const apply = async (edits: object[], more = {}): Promise<Answer> =>
  (
    await room.as('EDITOR').run(
      `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) {
        outcome results { entry { id state } revision { review } problems { check path entry { id } } } } }`,
      { input: { edits, publish: true, ...more } },
    )
  ).applyChangeset;
const retract = (id: string, more = {}): Promise<Answer> => desk.edit('document', id, 1, { status: 'RETRACTED' }, more);
const statesOf = ({ results }: Answer): string[] => results.map(({ entry }: Answer) => entry.state);

describe('A claim that only retracted documents support', () => {
  async function openClaim(documents: number): Promise<{ claim: string; documents: string[] }> {
    const claim = await room.make.claim({}, DRAFT);
    const ids: string[] = [];
    for (let n = 0; n < documents; n++) {
      const { id } = await room.make.document();
      const citation = await room.make.citation({ about: claim.id, document: id }, DRAFT);
      await publish(citation.id, 1, { override: true, note: 'first the source' });
      ids.push(id);
    }
    return { claim: claim.id, documents: ids };
  }

  it('is held back, with the document that was retracted, until an editor overrides that with a note', async () => {
    const { claim, documents } = await openClaim(1);
    await retract(documents[0] ?? '');
    expect((await writingNothing(room, () => publish(claim, 1))).problems).toMatchObject([
      { severity: 'ERROR', code: 'CHECK', check: 'RETRACTED_DOCUMENT', path: null, entry: { id: documents[0] } },
    ]);
    expect((await publish(claim, 1, { override: true, note: 'Read in court.' })).outcome).toBe('SAVED');
  });

  it('is published where one of them stands, and where the retraction waits', async () => {
    const two = await openClaim(2);
    await retract(two.documents[0] ?? '');
    expect(await publish(two.claim, 1)).toMatchObject({ outcome: 'SAVED', problems: [] });
    const one = await openClaim(1);
    await desk.edit('document', one.documents[0] ?? '', 1, { status: 'RETRACTED' }, {}, 'CONTRIBUTOR');
    expect(await publish(one.claim, 1)).toMatchObject({ outcome: 'SAVED', problems: [] });
  });

  it('holds nothing back that is public: not the retraction, and no later edit of the claim', async () => {
    const { claim, documents } = await openClaim(1);
    await publish(claim, 1);
    const answer = await apply(
      [
        { editDocument: { id: documents[0], baseRevision: 1, fields: { status: 'RETRACTED' } } },
        { editClaim: { id: claim, baseRevision: 1, fields: { text: 'In better words' } } },
      ],
      { publish: false },
    );
    for (const { revision, problems } of answer.results) expect([revision.review, problems]).toEqual(['ACCEPTED', []]);
    expect((await desk.edit('claim', claim, 2, { text: 'In the best words' })).problems).toEqual([]);
  });

  it('is seen as it will be once the write is done: retracted in it, supported anew in it', async () => {
    const [{ claim, documents }, subject, fresh] = [
      await openClaim(1),
      await room.make.actor(),
      await room.make.document(),
    ];
    const create = (document: string | undefined) => [
      { createClaim: { ref: 'claim', fields: { text: 'He knew', subject: subject.id, mood: 'FACT' } } },
      { createCitation: { fields: { about: '#claim', document, stance: 'ASSERTS' } } },
    ];
    const retraction = { editDocument: { id: documents[0], baseRevision: 1, fields: { status: 'RETRACTED' } } };
    const held = await apply([...create(documents[0]), retraction]);
    expect(held.results[0]).toMatchObject({
      entry: { state: 'DRAFT' },
      problems: [{ check: 'RETRACTED_DOCUMENT', entry: { id: documents[0] } }],
    });
    expect(statesOf(await apply([...create(documents[0])]))).toEqual(['DRAFT', 'DRAFT']);
    expect(statesOf(await apply(create(fresh.id)))).toEqual(['PUBLISHED', 'PUBLISHED']);
    expect(checksIn(await publish(claim, 1))).toEqual(['RETRACTED_DOCUMENT']);
    await desk.create('citation', { about: claim, document: fresh.id, stance: 'CONFIRMS' }, { publish: true });
  });

  it('and one under an embargo are judged for the time at which they are to be public', async () => {
    const claim = await room.make.claim({}, DRAFT);
    const document = await room.make.document({ status: 'RETRACTED' }, DRAFT);
    const citation = await room.make.citation({ about: claim.id, document: document.id }, DRAFT);
    const [early, late] = ['2998-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z'];
    for (const { id } of [document, citation])
      await publish(id, 1, { embargoUntil: late, override: true, note: 'later' });
    expect((await publish(claim.id, 1, { embargoUntil: early, dryRun: true })).problems).toEqual([]);
    expect(checksIn(await publish(claim.id, 1, { embargoUntil: late }))).toEqual(['RETRACTED_DOCUMENT']);
  });
});

describe('Words that are not in their document', () => {
  const kept = (keptText: string, options = {}) => room.make.document({ keptText }, options);

  it('hold a citation back, until an editor overrides that with a note', async () => {
    const document = await kept('No order was given.');
    const { id } = await room.make.citation({ document: document.id, quote: 'An order was given.' }, DRAFT);
    expect((await writingNothing(room, () => publish(id, 1))).problems).toMatchObject([
      { severity: 'ERROR', code: 'CHECK', check: 'QUOTE_NOT_IN_DOCUMENT', path: '/quote', entry: { id: document.id } },
    ]);
    expect((await writingNothing(room, () => publish(id, 1, { dryRun: true }))).outcome).toBe('INVALID');
    expect((await publish(id, 1, { override: true, note: 'Heard it.' })).outcome).toBe('SAVED');
  });

  it('leave a create as a draft, and an edit waiting; other edits of it are not looked at again', async () => {
    const document = await kept('No order was given.');
    const { id: about } = await room.make.claim();
    const fields = { about, document: document.id, stance: 'ASSERTS' };
    expect(await desk.create('citation', { ...fields, quote: 'An order' }, { publish: true })).toMatchObject({
      outcome: 'CREATED',
      entry: { state: 'DRAFT' },
      problems: [{ check: 'QUOTE_NOT_IN_DOCUMENT' }],
    });
    const { entry } = await desk.create('citation', { ...fields, quote: 'no … order' }, { publish: true });
    expect(entry.state).toBe('DRAFT');
    const { entry: good } = await desk.create('citation', { ...fields, quote: 'No … given' }, { publish: true });
    expect(good.state).toBe('PUBLISHED');
    expect(await desk.edit('citation', good.id, 1, { quote: 'No orders' })).toMatchObject({
      revision: { review: 'PENDING' },
      problems: [{ check: 'QUOTE_NOT_IN_DOCUMENT' }],
    });
    await publish(good.id, 2, { override: true, note: 'known' });
    expect(await desk.edit('citation', good.id, 2, { locator: 'p. 2' })).toMatchObject({
      revision: { review: 'ACCEPTED' },
      problems: [],
    });
    expect((await desk.edit('citation', good.id, 3, { quote: 'Many orders' })).revision.review).toBe('PENDING');
  });

  it('hold nothing back that is public: an editor may change the text that is kept', async () => {
    const document = await kept('No order was given.');
    const { id } = await room.make.citation({ document: document.id, quote: 'No order' });
    expect(await desk.edit('document', document.id, 1, { keptText: 'Nothing.' })).toMatchObject({
      revision: { review: 'ACCEPTED' },
      problems: [],
    });
    expect(await desk.edit('citation', id, 1, { locator: 'p. 2' })).toMatchObject({ revision: { review: 'ACCEPTED' } });
  });

  it('are looked for in the text that the same write gives the document, and in no text that waits', async () => {
    const { id: about } = await room.make.claim();
    const citation = (document: string, quote: string) => ({
      createCitation: { fields: { about, document, stance: 'ASSERTS', quote } },
    });
    const create = (keptText: string | null) => ({
      createDocument: { ref: 'document', fields: { title: 'The paper', documentType: 'ARTICLE', keptText } },
    });
    expect(statesOf(await apply([create('All of it'), citation('#document', 'All of')]))).toEqual([
      'PUBLISHED',
      'PUBLISHED',
    ]);
    expect(statesOf(await apply([create('All of it'), citation('#document', 'None of')]))).toEqual([
      'PUBLISHED',
      'DRAFT',
    ]);
    expect(statesOf(await apply([create(null), citation('#document', 'None of')]))).toEqual(['PUBLISHED', 'PUBLISHED']);
    const { id } = await kept('Old words');
    const edit = { editDocument: { id, baseRevision: 1, fields: { keptText: 'New words' } } };
    expect(statesOf(await apply([edit, citation(id, 'Old words'), citation(id, 'New words')]))).toEqual([
      'PUBLISHED',
      'DRAFT',
      'PUBLISHED',
    ]);
    await desk.edit('document', id, 2, { keptText: 'Newest words' }, {}, 'CONTRIBUTOR');
    expect(statesOf(await apply([citation(id, 'Newest words'), citation(id, 'New words')]))).toEqual([
      'DRAFT',
      'PUBLISHED',
    ]);
  });

  it('of many citations of one document are looked for in it once', async () => {
    const { id: document } = await kept('No order was given.');
    const { id: about } = await room.make.claim();
    const edits = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        createCitation: { fields: { about, document, stance: 'ASSERTS', quote: `No order ${n}` } },
      }));
    const ask = (count: number) =>
      room
        .as('EDITOR')
        .statementsOf(
          `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome problems { check } } }`,
          { input: { edits: edits(count), publish: true } },
        );
    const [two, many] = [await ask(2), await ask(12)];
    expect(many.data.applyChangeset.problems).toHaveLength(12);
    // For each create what it refers to is looked up; for its words nothing.
    expect(many.statements - two.statements).toBe(10);
  });
});

describe('A text that changes while somebody writes', () => {
  const POSITION_LOCK = 7_114_521;
  const waiting = async (count: number): Promise<void> => {
    for (;;) {
      const [{ found }] = await room.sql(
        `select count(*)::int as found from pg_locks l join pg_database d on d.oid = l.database
          where d.datname = current_database() and l.locktype = 'advisory' and l.objid = $1 and not l.granted`,
        [POSITION_LOCK],
      );
      if (found === count) return;
    }
  };

  it('is looked into anew: the words that it has by then count', async () => {
    const document = await room.make.document({ keptText: 'Old words' });
    const citation = await room.make.citation({ document: document.id, quote: 'Old words' }, DRAFT);
    const other = await room.make.citation({ document: document.id, quote: 'New words' }, DRAFT);
    const holder = await room.newsroom.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select pg_advisory_xact_lock($1)', [POSITION_LOCK]);
      const editing = desk.edit('document', document.id, 1, { keptText: 'New words' });
      await waiting(1);
      // Both have looked into the old text by now, and wait for the edit of it.
      const publishing = [publish(citation.id, 1), publish(other.id, 1)];
      await waiting(3);
      await holder.query('commit');
      expect((await editing).outcome).toBe('SAVED');
      const [old, fresh] = await Promise.all(publishing);
      expect([old?.outcome, fresh?.outcome]).toEqual(['INVALID', 'SAVED']);
    } finally {
      holder.release();
    }
  });
});

describe('What was merged', () => {
  it('counts as one: a citation about the one supports the other, and its document is what answers for it', async () => {
    const { make } = room;
    const [subject, twin] = [await make.actor(), await make.actor()];
    const [document, copy] = [await make.document({ keptText: 'No order was given.' }), await make.document()];
    await desk.act('mergeEntries', { from: twin.id, into: subject.id });
    await desk.act('mergeEntries', { from: copy.id, into: document.id });
    const [claim, other] = [
      await make.claim({ mood: 'ALLEGATION', subject: twin.id }, DRAFT),
      await make.claim({ mood: 'ALLEGATION', subject: subject.id }, DRAFT),
    ];
    await desk.act('mergeEntries', { from: other.id, into: claim.id });
    const citation = await make.citation({ about: other.id, document: copy.id, quote: 'An order' }, DRAFT);
    const edits = [
      { editClaim: { id: claim.id, baseRevision: 2, fields: { text: 'In other words' } } },
      { editCitation: { id: citation.id, baseRevision: 1, fields: { quote: 'No order' } } },
    ];
    const misquoting = [edits[0], { editCitation: { id: citation.id, baseRevision: 1, fields: { locator: 'p. 1' } } }];
    const held = await apply(misquoting as object[], { dryRun: true });
    expect(held.results[1].problems).toMatchObject([{ check: 'QUOTE_NOT_IN_DOCUMENT', entry: { id: document.id } }]);
    expect(statesOf(await apply(edits))).toEqual(['PUBLISHED', 'PUBLISHED']);
  });

  it('does so with what is public, and for retractions', async () => {
    const { make } = room;
    const [document, copy] = [await make.document(), await make.document()];
    await desk.act('mergeEntries', { from: copy.id, into: document.id });
    const [claim, other] = [await make.claim({}, DRAFT), await make.claim({}, DRAFT)];
    await desk.act('mergeEntries', { from: other.id, into: claim.id });
    const citation = await make.citation({ about: other.id, document: copy.id }, DRAFT);
    await publish(citation.id, 1, { override: true, note: 'first' });
    await desk.edit('document', document.id, 2, { status: 'RETRACTED' });
    expect((await publish(claim.id, 2, { dryRun: true })).problems).toMatchObject([
      { check: 'RETRACTED_DOCUMENT', entry: { id: document.id } },
    ]);
  });
});
