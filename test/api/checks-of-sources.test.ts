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

const CHECKS = `query ($id: ID!, $asOf: AsOf) { node(id: $id, view: LATEST, asOf: $asOf) { ... on Entry {
  checks { rule severity path entry { id } } } } }`;
const checksOf = async (id: string, asOf: object | null = null): Promise<string[]> =>
  (await room.as('CONTRIBUTOR').run(CHECKS, { id, asOf })).node.checks.map(
    ({ severity, rule, path, entry }: Answer) => `${severity} ${rule} ${path} ${entry?.id ?? null}`,
  );
const head = async (): Promise<object> => ({ cursor: (await room.as('EDITOR').run('{ head }')).head });
const claimsWith = async (check: string): Promise<string[]> =>
  (
    await room
      .as('EDITOR')
      .run(
        `query ($check: CheckRule!) { claims(filter: { check: $check }, view: LATEST, first: 100) { nodes { id } } }`,
        { check },
      )
  ).claims.nodes.map(({ id }: Answer) => id);
const retract = (id: string, base = 1): Promise<Answer> => desk.edit('document', id, base, { status: 'RETRACTED' });

describe('A claim whose sources are retracted', () => {
  it('is told so: a WARNING while something else supports it, an ERROR once nothing does; now and then', async () => {
    const { make } = room;
    const [claim, paper, book, rebuttal] = [
      await make.claim(),
      await make.document({ title: 'The paper' }),
      await make.document({ title: 'The book' }),
      await make.document(),
    ];
    for (const document of [paper, paper, book]) await make.citation({ about: claim.id, document: document.id });
    await make.citation({ about: claim.id, document: rebuttal.id, stance: 'DENIES' });
    const atFirst = await head();
    await retract(rebuttal.id);
    expect(await checksOf(claim.id)).toEqual([]);
    expect(await claimsWith('RETRACTED_DOCUMENT')).toEqual([]);
    await retract(paper.id);
    const some = [`WARNING RETRACTED_DOCUMENT null ${paper.id}`];
    expect(await checksOf(claim.id)).toEqual(some);
    expect(await claimsWith('RETRACTED_DOCUMENT')).toEqual([claim.id]);
    const withOne = await head();
    await retract(book.id);
    const all = [book, paper].map(({ id }) => `ERROR RETRACTED_DOCUMENT null ${id}`);
    expect(await checksOf(claim.id)).toEqual(all);
    const withBoth = await head();
    await desk.edit('document', paper.id, 2, { status: 'ACTIVE' });
    expect(await checksOf(claim.id)).toEqual([`WARNING RETRACTED_DOCUMENT null ${book.id}`]);
    expect(await checksOf(claim.id, atFirst)).toEqual([]);
    expect(await checksOf(claim.id, withOne)).toEqual(some);
    expect(await checksOf(claim.id, withBoth)).toEqual(all);
  });

  it('knows a document and a claim by every id that they have', async () => {
    const { make } = room;
    const [claim, twin] = [await make.claim(), await make.claim()];
    const [document, copy] = [await make.document(), await make.document()];
    await make.citation({ about: twin.id, document: copy.id });
    const before = await head();
    await desk.act('mergeEntries', { from: twin.id, into: claim.id });
    await desk.act('mergeEntries', { from: copy.id, into: document.id });
    const { latest } = (await room.sql('select latest from entry where id = $1', [document.id]))[0];
    await retract(document.id, latest);
    expect(await checksOf(claim.id)).toEqual([`ERROR RETRACTED_DOCUMENT null ${document.id}`]);
    expect(await checksOf(claim.id, await head())).toEqual([`ERROR RETRACTED_DOCUMENT null ${document.id}`]);
    expect(await checksOf(twin.id, before)).toEqual([]);
    expect(await claimsWith('RETRACTED_DOCUMENT')).toContain(claim.id);
  });
});

describe('A quotation', () => {
  const TEXT = 'He said:\n“No order was given\u00a0– never.”';

  it('that does not stand in the text that is kept of its document is an ERROR; now and then', async () => {
    const document = await room.make.document({ keptText: TEXT });
    const misquoted = [`ERROR QUOTE_NOT_IN_DOCUMENT /quote ${document.id}`];
    const citation = await room.make.citation({ document: document.id, quote: 'An order was given' });
    expect(await checksOf(citation.id)).toEqual(misquoted);
    const atFirst = await head();
    await desk.edit('citation', citation.id, 1, { quote: '"No order […] never."' });
    expect(await checksOf(citation.id)).toEqual([]);
    await desk.edit('document', document.id, 1, { keptText: 'Nothing is left of it.' });
    expect(await checksOf(citation.id)).toEqual(misquoted);
    await desk.edit('document', document.id, 2, { keptText: null });
    expect(await checksOf(citation.id)).toEqual([]);
    expect(await checksOf(citation.id, atFirst)).toEqual(misquoted);
  });

  it.each([
    ['a paraphrase', { quoteKind: 'PARAPHRASE' }],
    ['a translation', { quoteKind: 'TRANSLATED' }],
    ['no words at all', { quote: null, quoteKind: 'VERBATIM' }],
  ])('that is %s is not looked for', async (_name, fields) => {
    const document = await room.make.document({ keptText: TEXT });
    const citation = await room.make.citation({ document: document.id, quote: 'other words', ...fields });
    expect(await checksOf(citation.id)).toEqual([]);
  });

  it('of a translation is looked for in the translation, not in what it translates', async () => {
    const original = await room.make.document({ keptText: TEXT });
    const translation = await room.make.document({ translationOf: original.id, keptText: 'Es gab keinen Befehl.' });
    const [from, of] = [
      await room.make.citation({ document: translation.id, quote: 'No order was given' }),
      await room.make.citation({ document: translation.id, quote: 'keinen Befehl' }),
    ];
    expect(await checksOf(from.id)).toEqual([`ERROR QUOTE_NOT_IN_DOCUMENT /quote ${translation.id}`]);
    expect(await checksOf(of.id)).toEqual([]);
  });

  it('costs no more statements for many of one document, whose text is read once', async () => {
    const ask = async (count: number): Promise<number> => {
      const [document, claim] = [await room.make.document({ keptText: `${TEXT} ${count}` }), await room.make.claim()];
      for (let n = 0; n < count; n++)
        await room.make.citation({ about: claim.id, document: document.id, quote: `Nobody said ${n}` });
      const { data, statements } = await room
        .as('EDITOR')
        .statementsOf(`query ($id: ID!) { claim(id: $id) { citations(first: 20) { nodes { checks { rule } } } } }`, {
          id: claim.id,
        });
      for (const { checks } of data.claim.citations.nodes) expect(checks).toEqual([{ rule: 'QUOTE_NOT_IN_DOCUMENT' }]);
      return statements;
    };
    expect(await ask(8)).toBe(await ask(2));
  });
});
