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

const DRAFT = { publish: false };
const publish = (id: string, revision: number, more = {}): Promise<Answer> =>
  desk.act('publish', { id, revision, ...more });

describe('A correction', () => {
  const EDITS: [keyof TestNewsroom['make'], object, string][] = [
    ['story', { headline: 'Right' }, 'CORRECTION'],
    ['actor', { description: 'Right' }, 'CLARIFICATION'],
    ['event', { title: 'Right' }, 'UPDATE'],
    ['claim', { text: 'Right' }, 'RETRACTION'],
    ['document', { title: 'Right' }, 'CORRECTION'],
    ['citation', { locator: 'p. 3' }, 'CORRECTION'],
  ];
  it.each(EDITS)('of a public %s is told with the entry and in the list, to everybody', async (kind, fields, word) => {
    const { id } = await room.make[kind]();
    const correction = { kind: word, note: `It was wrong: ${id}.` };
    expect(await desk.edit(kind, id, 1, { ...fields }, { correction })).toMatchObject({
      outcome: 'SAVED',
      problems: [],
    });
    const CORRECTIONS = 'id kind note at entry { id } revision { number }';
    const read = `query ($id: ID!) { node(id: $id) { ... on Entry { corrections { ${CORRECTIONS} } } }
      corrections(first: 1) { nodes { ${CORRECTIONS} } } }`;
    const { node, corrections } = await room.asAnonymous().run(read, { id });
    expect(node.corrections).toMatchObject([{ ...correction, entry: { id }, revision: { number: 2 } }]);
    expect(corrections.nodes).toEqual(node.corrections);
    const again = await room.asAnonymous().run(`query ($id: ID!) { node(id: $id) { id ... on Correction { note } } }`, {
      id: node.corrections[0].id,
    });
    expect(again.node).toEqual({ id: node.corrections[0].id, note: correction.note });
    expect((await desk.ledgerOf(id)).at(-1)).toBe('CORRECTED (CORRECTED)');
  });

  it('can be made by accepting what waits', async () => {
    const { id } = await room.make.story();
    await desk.edit('story', id, 1, { headline: 'Right' }, {}, 'CONTRIBUTOR');
    await publish(id, 2, { correction: { kind: 'UPDATE', note: 'News.' } });
    expect((await desk.ledgerOf(id)).at(-1)).toBe('CORRECTED (CORRECTED)');
    const list = await room.asAnonymous().run('{ corrections(first: 1) { nodes { note revision { number } } } }');
    expect(list.corrections.nodes).toEqual([{ note: 'News.', revision: { number: 2 } }]);
  });

  it('is refused for what is not public, without words, and where nothing public is replaced', async () => {
    const correction = { kind: 'UPDATE', note: 'x' };
    const draft = await room.make.story({}, DRAFT);
    const { id } = await room.make.story();
    const refused = async (work: () => Promise<Answer>, path: string): Promise<void> =>
      expect((await writingNothing(room, work)).problems).toMatchObject([{ path }]);
    await refused(() => desk.edit('story', draft.id, 1, { headline: 'x' }, { correction }), '/correction');
    await refused(() => publish(draft.id, 1, { correction }), '/correction');
    await refused(() => publish(id, 1, { correction }), '/correction');
    await refused(() => desk.edit('story', id, 1, { headline: 'x' }, { correction, hold: true }), '/correction');
    await refused(
      () => desk.edit('story', id, 1, { headline: 'x' }, { correction: { ...correction, note: ' ' } }),
      '/correction/note',
    );
    await refused(() => publish(draft.id, 1, { correction, embargoUntil: '2999-01-01T00:00:00.000Z' }), '/correction');
  });

  it('goes with its entry: gone while that is not public, there again with it', async () => {
    const { id } = await room.make.story();
    await desk.edit('story', id, 1, { headline: 'x' }, { correction: { kind: 'UPDATE', note: `Of ${id}` } });
    const count = async (): Promise<number> =>
      (await room.asAnonymous().run('{ corrections { totalCount } }')).corrections.totalCount;
    const before = await count();
    await desk.act('withdraw', { id, note: 'gone' });
    expect(await count()).toBe(before - 1);
    await publish(id, 2);
    expect(await count()).toBe(before);
  });

  it('is told with many entries by as many statements as with few, and so is how these stand', async () => {
    for (let n = 0; n < 8; n++) {
      const { id } = await room.make.document();
      await desk.edit('document', id, 1, { title: `x ${n}` }, { correction: { kind: 'UPDATE', note: 'x' } });
    }
    const query = `query ($first: Int) { documents(first: $first, orderBy: UPDATED_DESC, view: LATEST) { nodes { embargoUntil
      protection { reason } viewerCan corrections { note entry { title } revision { number author { name } } } } }
      corrections(first: $first) { nodes { note entry { title } revision { number } } } }`;
    const few = await room.as('EDITOR').statementsOf(query, { first: 2 });
    const many = await room.as('EDITOR').statementsOf(query, { first: 8 });
    expect(many.data.documents.nodes.every(({ corrections }: Answer) => corrections.length === 1)).toBe(true);
    expect(many.statements).toBe(few.statements);
  });

  it('is listed by story: of itself and all that it holds, the citations about that, and what these name', async () => {
    const { make } = room;
    const [claim, document, guard, stranger] = [
      await make.claim(),
      await make.document(),
      await make.actor(),
      await make.actor(),
    ];
    const citation = await make.citation({
      about: claim.id,
      document: document.id,
      chain: [{ role: 'SAID_BY', actor: guard.id }],
    });
    const event = await make.event({ slug: 'linked-by-the-body' });
    const story = await make.story({ body: '[[event:linked-by-the-body]]', timeline: [{ claim: claim.id }] });
    const correction = (note: string) => ({ correction: { kind: 'UPDATE', note } });
    await desk.edit('story', story.id, 1, { headline: 'x' }, correction('story'));
    await desk.edit('claim', claim.id, 1, { text: 'x' }, correction('claim'));
    await desk.edit('event', event.id, 1, { title: 'x' }, correction('event'));
    await desk.edit('citation', citation.id, 1, { locator: 'x' }, correction('citation'));
    await desk.edit('document', document.id, 1, { title: 'x' }, correction('document'));
    await desk.edit('actor', guard.id, 1, { description: 'x' }, correction('guard'));
    await desk.edit('actor', stranger.id, 1, { description: 'x' }, correction('stranger'));
    const LIST = `query ($story: ID!, $first: Int, $after: String) { corrections(story: $story, first: $first, after: $after) {
      totalCount nodes { note } pageInfo { hasNextPage endCursor } } }`;
    const list = async (variables: object): Promise<Answer> =>
      (await room.asAnonymous().run(LIST, { story: story.id, ...variables })).corrections;
    const all = await list({});
    const notes = ['guard', 'document', 'citation', 'event', 'claim', 'story'];
    expect(all).toMatchObject({ totalCount: 6, nodes: notes.map((note) => ({ note })) });
    const first = await list({ first: 4 });
    expect((await list({ first: 4, after: first.pageInfo.endCursor })).nodes).toEqual([
      { note: 'claim' },
      { note: 'story' },
    ]);
    for (const nothing of [claim.id, ...NOBODY])
      expect(await list({ story: nothing })).toMatchObject({ totalCount: 0, nodes: [] });
    await desk.act('withdraw', { id: story.id, note: 'x' });
    expect(await list({})).toMatchObject({ totalCount: 0, nodes: [] });
  });
});

describe('Withdrawing', () => {
  const WITHDRAWAL = `query ($id: ID, $kind: EntryKind, $slug: String) {
    withdrawal(id: $id, kind: $kind, slug: $slug) { id kind note at } }`;
  const withdrawal = async (by: object): Promise<Answer> =>
    (await room.asAnonymous().run(WITHDRAWAL, { ...by })).withdrawal;

  it('takes an entry out of the public’s sight, with a note in its place, by id and by every address it had', async () => {
    const { id } = await room.make.story({ slug: 'first-of-all' });
    await desk.edit('story', id, 1, { slug: 'second-of-all' });
    expect(await desk.act('withdraw', { id, note: 'The source was forged.' })).toMatchObject({
      outcome: 'SAVED',
      entry: { state: 'WITHDRAWN' },
    });
    expect(await desk.publicTitle(id)).toBeNull();
    for (const by of [{ id }, { kind: 'STORY', slug: 'first-of-all' }, { kind: 'STORY', slug: 'second-of-all' }])
      expect(await withdrawal(by)).toMatchObject({ id, kind: 'STORY', note: 'The source was forged.' });
    expect(await withdrawal({ kind: 'EVENT', slug: 'first-of-all' })).toBeNull();
    expect((await desk.ledgerOf(id)).at(-1)).toBe('WITHDRAWN (WITHDRAWN)');
    expect((await writingNothing(room, () => desk.act('withdraw', { id, note: 'again' }))).outcome).toBe('UNCHANGED');
  });

  it('ends when it is published again; the note of the last time counts', async () => {
    const { id } = await room.make.story();
    await desk.act('withdraw', { id, note: 'first' });
    expect(await publish(id, 1)).toMatchObject({ outcome: 'SAVED', entry: { state: 'PUBLISHED' } });
    expect(await withdrawal({ id })).toBeNull();
    await desk.act('withdraw', { id, note: 'second' });
    expect(await withdrawal({ id })).toMatchObject({ note: 'second' });
    const edited = await desk.edit('story', id, 1, { headline: 'Mended' });
    expect(edited).toMatchObject({ entry: { state: 'WITHDRAWN' }, revision: { review: 'PENDING' } });
    expect(await withdrawal({ id })).toMatchObject({ note: 'second' });
  });

  it('tells the public nothing of what the newsroom does with it afterwards', async () => {
    const { id } = await room.make.story();
    await desk.act('withdraw', { id, note: 'told' });
    const told = await withdrawal({ id });
    await publish(id, 1, { embargoUntil: '2999-01-01T00:00:00.000Z' });
    expect(await withdrawal({ id })).toEqual(told);
    await desk.act('withdraw', { id, note: 'of the embargo, not for readers' });
    expect(await withdrawal({ id })).toEqual(told);
    await desk.act('deleteEntry', { id, baseRevision: 1 });
    expect(await withdrawal({ id })).toEqual(told);
  });

  it('is only of what is public or is to be, and needs its note', async () => {
    const draft = await room.make.story({}, DRAFT);
    const { id } = await room.make.story();
    const refused = async (input: object): Promise<Answer> =>
      (await writingNothing(room, () => desk.act('withdraw', { note: 'x', ...input }))).problems;
    expect(await refused({ id: draft.id })).toMatchObject([{ code: 'INVALID' }]);
    expect(await refused({ id, note: ' ' })).toMatchObject([{ code: 'REQUIRED', path: '/note' }]);
    expect(await withdrawal({ id })).toBeNull();
    expect(await withdrawal({ id: draft.id })).toBeNull();
    for (const nothing of NOBODY) expect(await withdrawal({ id: nothing })).toBeNull();
    await desk.act('deleteEntry', { id, baseRevision: 1 });
    expect(await refused({ id })).toMatchObject([{ code: 'GONE' }]);
    for (const by of [{}, { id, kind: 'STORY' }, { kind: 'STORY' }, { slug: 'x' }, { id, kind: 'STORY', slug: 'x' }])
      expect(await room.asAnonymous().fails(WITHDRAWAL, { ...by })).toBe('BAD_USER_INPUT');
  });

  it('sent twice under one key is written once', async () => {
    const { id } = await room.make.story();
    const input = { id, note: 'once', clientMutationId: 'withdraw-1' };
    const first = await desk.act('withdraw', input);
    expect(await writingNothing(room, () => desk.act('withdraw', input))).toEqual(first);
  });
});

describe('A protected entry', () => {
  const protect = (id: string, input: object, role: 'EDITOR' | 'ADMIN' = 'EDITOR') =>
    desk.act('protect', { id, ...input }, role);

  it('is edited, reverted, undone and deleted only by the role and above; readers see nothing of it', async () => {
    const { id } = await room.make.story();
    expect(await protect(id, { minimumRole: 'EDITOR', reason: 'an edit war' })).toMatchObject({
      outcome: 'SAVED',
      entry: { protection: { minimumRole: 'EDITOR', until: null, reason: 'an edit war' } },
    });
    expect((await desk.ledgerOf(id)).at(-1)).toBe('PROTECTED');
    await writingNothing(room, async () => {
      for (const [name, more] of [
        ['editStory', { baseRevision: 1, fields: { headline: 'x' } }],
        ['revertEntry', { baseRevision: 1, toRevision: 1 }],
        ['undoRevision', { revision: 1 }],
        ['deleteEntry', { baseRevision: 1 }],
      ] as const) {
        const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
        const text = `mutation ($input: ${type}!) { ${name}(input: $input) { outcome } }`;
        expect(await room.as('CONTRIBUTOR').fails(text, { input: { id, ...more } })).toBe('FORBIDDEN');
      }
    });
    expect((await desk.edit('story', id, 1, { headline: 'By an editor' })).outcome).toBe('SAVED');
    for (const asker of [room.asAnonymous(), room.as('READER')])
      expect(
        await asker.run(`query ($id: ID!) { story(id: $id) { protection { reason } viewerCan } }`, { id }),
      ).toEqual({
        story: { protection: null, viewerCan: [] },
      });
  });

  it('is protected up to one’s own role, and a protection above it is not touched', async () => {
    const { id } = await room.make.story();
    await writingNothing(room, async () =>
      expect(await desk.fails('protect', { id, minimumRole: 'ADMIN' }, 'EDITOR')).toBe('FORBIDDEN'),
    );
    await protect(id, { minimumRole: 'ADMIN' }, 'ADMIN');
    await writingNothing(room, async () => {
      expect(await desk.fails('protect', { id, minimumRole: null }, 'EDITOR')).toBe('FORBIDDEN');
      expect(await desk.fails('protect', { id, minimumRole: 'CONTRIBUTOR' }, 'EDITOR')).toBe('FORBIDDEN');
    });
    expect(await protect(id, { minimumRole: null }, 'ADMIN')).toMatchObject({
      outcome: 'SAVED',
      entry: { protection: null },
    });
    expect((await writingNothing(room, () => protect(id, { minimumRole: null }))).outcome).toBe('UNCHANGED');
    const rows = await room.sql('select until is null as open from protection where entry = $1 order by since', [id]);
    expect(rows).toEqual([{ open: false }]);
  });

  it('is free again when the time is over', async () => {
    const { id } = await room.make.story({}, DRAFT);
    await protect(id, { minimumRole: 'EDITOR', until: '2999-01-01T00:00:00.000Z' });
    const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
    const input = { id, baseRevision: 1, fields: { headline: 'x' } };
    expect(await room.as('CONTRIBUTOR').fails(EDIT, { input })).toBe('FORBIDDEN');
    await room.sql(`update entry set protected_until = clock_timestamp() where id = $1`, [id]);
    expect((await desk.edit('story', id, 1, { headline: 'x' }, {}, 'CONTRIBUTOR')).entry.protection).toBeNull();
  });

  it.each([
    [{ minimumRole: 'EDITOR', until: '2001-01-01T00:00:00.000Z' }, '/until'],
    [{ minimumRole: null, until: '2999-01-01T00:00:00.000Z' }, '/until'],
  ])('is refused for %j', async (input, path) => {
    const { id } = await room.make.story();
    expect((await writingNothing(room, () => protect(id, input))).problems).toMatchObject([{ code: 'INVALID', path }]);
  });
});
