import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Ids, kinds } from './six-kinds.cases';

let room: TestNewsroom;
let ids: Ids;
beforeAll(async () => {
  room = await openTestNewsroom();
  const idOf = async (made: Promise<{ id: string }>) => (await made).id;
  ids = {
    person: await idOf(room.make.actor()),
    ministry: await idOf(room.make.actor({ actorType: 'PUBLIC_BODY' })),
    outlet: await idOf(room.make.actor({ actorType: 'MEDIA_OUTLET' })),
    event: await idOf(room.make.event()),
    claim: await idOf(room.make.claim()),
    story: await idOf(room.make.story()),
    report: await idOf(room.make.document()),
    original: await idOf(room.make.document()),
  };
});
afterAll(() => room.close());

describe.each(kinds.map((kind) => [kind.word, kind] as const))(
  'An entry of the kind %s',
  (word, { selection, created, edited }) => {
    const field = word.toLowerCase();
    const create = `mutation Create($input: Create${word}Input!) { create${word}(input: $input) {
    outcome problems { code path message } revision { number action } ${field} { id latestRevision publishedRevision state ${selection} } } }`;
    const edit = `mutation Edit($input: Edit${word}Input!) { edit${word}(input: $input) {
    outcome problems { code path message } revision { number action parent { number } base { number } }
    ${field} { id latestRevision ${selection} } } }`;
    const byId = `query ById($id: ID!, $view: View! = PUBLISHED) { ${field}(id: $id, view: $view) { id ${selection} } }`;
    let id: string;

    it('is created with every field it has, and answers with all of them', async () => {
      const { fields, read } = created(ids);
      const data = await room.as('EDITOR').run(create, { input: { fields, publish: true } });
      const answer = data[`create${word}`];
      id = answer[field].id;
      expect(answer).toEqual({
        outcome: 'CREATED',
        problems: [],
        revision: { number: 1, action: 'CREATE' },
        [field]: { id, latestRevision: 1, publishedRevision: 1, state: 'PUBLISHED', ...read },
      });
    });

    it('is read back the same by its id, by node, and by its slug where it has one', async () => {
      const { read } = created(ids);
      const editor = room.as('EDITOR');
      expect((await editor.run(byId, { id }))[field]).toEqual({ id, ...read });
      const node = `query Node($id: ID!) { node(id: $id) { id ... on ${word} { ${selection} } } }`;
      expect((await editor.run(node, { id })).node).toEqual({ id, ...read });
      if (!read.slug) return;
      const bySlug = `query BySlug($slug: String!) { ${field}(slug: $slug) { id ${selection} } }`;
      expect((await editor.run(bySlug, { slug: read.slug }))[field]).toEqual({ id, ...read });
    });

    it('keeps what an edit leaves out, empties what it clears, and shows the rest as edited', async () => {
      const { fields, read } = edited(ids);
      const data = await room.as('EDITOR').run(edit, { input: { id, baseRevision: 1, fields } });
      const answer = data[`edit${word}`];
      const after = { ...created(ids).read, ...read };
      expect(answer).toEqual({
        outcome: 'SAVED',
        problems: [],
        revision: { number: 2, action: 'EDIT', parent: { number: 1 }, base: { number: 1 } },
        [field]: { id, latestRevision: 2, ...after },
      });
      expect((await room.as('EDITOR').run(byId, { id }))[field]).toEqual({ id, ...after });
    });

    it('shows in the snapshot of its first revision what it was before the edit', async () => {
      const query = `query Snapshot($id: ID!) { ${field}(id: $id) {
      revisionByNumber(number: 1) { snapshot { id ... on ${word} { ${selection} } } } } }`;
      const data = await room.as('EDITOR').run(query, { id });
      expect(data[field].revisionByNumber.snapshot).toEqual({ id, ...created(ids).read });
    });

    it('is brought back to its first words by an edit that sends them again', async () => {
      const { fields, read } = created(ids);
      const data = await room.as('EDITOR').run(edit, { input: { id, baseRevision: 2, fields } });
      expect(data[`edit${word}`]).toMatchObject({ outcome: 'SAVED', [field]: { latestRevision: 3, ...read } });
    });
  },
);

describe('A long text', () => {
  const query = 'select hash, body from text where body = $1';

  it('is kept once, however many revisions and entries hold it', async () => {
    const body = 'The same five hundred words. '.repeat(100);
    const first = await room.make.story({ body });
    const second = await room.make.event({ body });
    for (const baseRevision of [1, 2, 3])
      await room.as('EDITOR').run(`mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome } }`, {
        input: { id: first.id, baseRevision, fields: { headline: `Another headline ${baseRevision}` } },
      });
    const rows = await room.sql(query, [body]);
    expect(rows).toHaveLength(1);
    expect(first.content['body']).toBe(rows[0].hash);
    expect(second.content['body']).toBe(rows[0].hash);
    const revisions = await room.sql(`select content ->> 'body' as body from revision where entry = $1`, [first.id]);
    expect(revisions).toEqual(Array.from({ length: 4 }, () => ({ body: rows[0].hash })));
  });

  it('stays out of contents, however long it is', async () => {
    const story = await room.make.story({ body: 'x'.repeat(200_000) });
    const [row] = await room.sql(`select length(content::text) as size from shown where entry = $1`, [story.id]);
    expect(row.size).toBeLessThan(1000);
  });
});

describe('What nobody chose', () => {
  it('is settled by the newsroom when an entry is made', async () => {
    const story = await room.make.story({ headline: 'Élection à Caracas' });
    expect(story.content).toEqual({
      slug: 'election-a-caracas',
      language: 'en',
      headline: 'Élection à Caracas',
      summary: null,
      body: null,
      topics: [],
      timeline: [],
      cast: [],
      related: [],
    });
    expect((await room.make.event()).content).toMatchObject({ eventType: 'OTHER', occurrence: 'OCCURRED' });
    expect((await room.make.document()).content).toMatchObject({ status: 'ACTIVE' });
    expect((await room.make.citation()).content).toMatchObject({ quoteKind: 'PARAPHRASE' });
    expect((await room.make.citation({ quote: 'No.' })).content).toMatchObject({ quoteKind: 'VERBATIM' });
    const actor = await room.make.actor({ names: [{ text: 'First' }, { text: 'Second' }] });
    expect(actor.content['names']).toMatchObject([
      { text: 'First', kind: 'OFFICIAL', preferred: true },
      { text: 'Second', preferred: false },
    ]);
  });
});
