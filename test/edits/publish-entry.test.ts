import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

type Role = 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';
const STATE = 'state headline latestRevision publishedRevision';
const EDIT = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) {
  outcome story { ${STATE} } revision { number review reviewedBy { name } } } }`;
const PUBLISH = `mutation Publish($input: PublishInput!) { publish(input: $input) {
  outcome entry { id state latestRevision publishedRevision } revision { number review reviewedAt reviewNote reviewedBy { name } }
  changes { path before after } problems { code path entry { id } } } }`;

const edit = async (role: Role, id: string, baseRevision: number, headline: string): Promise<Answer> =>
  (await room.as(role).run(EDIT, { input: { id, baseRevision, fields: { headline } } })).editStory;
const publish = async (id: string, revision: number, more: Record<string, unknown> = {}): Promise<Answer> =>
  (await room.as('EDITOR').run(PUBLISH, { input: { id, revision, ...more } })).publish;
const publicHeadline = async (id: string): Promise<string | null> =>
  (await room.asAnonymous().run(`query Story($id: ID!) { story(id: $id) { headline } }`, { id })).story?.headline ??
  null;
const reviewsOf = async (id: string): Promise<string[]> =>
  (await room.sql('select review from revision where entry = $1 order by number', [id])).map((row) => row.review);
const ledgerOf = (id: string): Promise<Answer[]> =>
  room.sql(
    `select kind, public_kind, revision, previous, latest, published, state from change where entry = $1 order by position`,
    [id],
  );

describe('A new story', () => {
  it('is a draft that the public does not see, until it is published', async () => {
    const { id } = await room.make.story({ headline: 'Draft' }, { publish: false });
    expect(await publicHeadline(id)).toBeNull();
    expect(await publish(id, 1)).toMatchObject({
      outcome: 'SAVED',
      entry: { state: 'PUBLISHED', latestRevision: 1, publishedRevision: 1 },
      revision: { number: 1, review: 'ACCEPTED', reviewedBy: { name: 'The EDITOR' } },
    });
    expect(await publicHeadline(id)).toBe('Draft');
    expect(await ledgerOf(id)).toEqual([
      { kind: 'CREATED', public_kind: null, revision: 1, previous: null, latest: 1, published: null, state: 'DRAFT' },
      {
        kind: 'PUBLISHED',
        public_kind: 'PUBLISHED',
        revision: 1,
        previous: 1,
        latest: 1,
        published: 1,
        state: 'PUBLISHED',
      },
    ]);
  });

  it('is public at once where an editor makes it so, in one row of the ledger', async () => {
    const { id } = await room.make.story({ headline: 'At once' });
    expect(await publicHeadline(id)).toBe('At once');
    expect(await ledgerOf(id)).toMatchObject([{ kind: 'CREATED', public_kind: 'PUBLISHED', latest: 1, published: 1 }]);
  });

  it('stays a draft when an editor edits it', async () => {
    const { id } = await room.make.story({}, { publish: false });
    expect(await edit('EDITOR', id, 1, 'Edited')).toMatchObject({
      outcome: 'SAVED',
      story: { state: 'DRAFT', publishedRevision: null },
      revision: { review: 'PENDING' },
    });
    expect(await publicHeadline(id)).toBeNull();
  });
});

describe('An edit of a public story', () => {
  it('waits when it is a contributor’s', async () => {
    const { id } = await room.make.story({ headline: 'Public' });
    expect(await edit('CONTRIBUTOR', id, 1, 'Proposed')).toMatchObject({
      outcome: 'SAVED',
      story: { state: 'PUBLISHED', headline: 'Proposed', latestRevision: 2, publishedRevision: 1 },
      revision: { number: 2, review: 'PENDING', reviewedBy: null },
    });
    expect(await publicHeadline(id)).toBe('Public');
    expect((await ledgerOf(id))[1]).toMatchObject({ kind: 'EDITED', public_kind: null, latest: 2, published: 1 });
  });

  it.each(['EDITOR', 'ADMIN'] as const)('is accepted at once when it is an %s’s and nothing waits', async (role) => {
    const { id } = await room.make.story({ headline: 'Public' });
    expect(await edit(role, id, 1, 'Corrected')).toMatchObject({
      story: { state: 'PUBLISHED', latestRevision: 2, publishedRevision: 2 },
      revision: { review: 'ACCEPTED', reviewedBy: { name: `The ${role}` } },
    });
    expect(await publicHeadline(id)).toBe('Corrected');
    expect((await ledgerOf(id))[1]).toMatchObject({ kind: 'EDITED', public_kind: 'EDITED', latest: 2, published: 2 });
  });

  it('waits, even an editor’s, where somebody’s edit waits below it', async () => {
    const { id } = await room.make.story({ headline: 'Public' });
    await edit('CONTRIBUTOR', id, 1, 'Proposed');
    expect(await edit('EDITOR', id, 2, 'On top')).toMatchObject({
      story: { latestRevision: 3, publishedRevision: 1 },
      revision: { review: 'PENDING' },
    });
    expect(await publicHeadline(id)).toBe('Public');
    expect(await reviewsOf(id)).toEqual(['ACCEPTED', 'PENDING', 'PENDING']);
  });
});

describe('Publishing a revision', () => {
  it('accepts those below it, leaves those above it waiting, and keeps the note with the one that was named', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit('CONTRIBUTOR', id, 1, 'Two');
    await edit('CONTRIBUTOR', id, 2, 'Three');
    await edit('CONTRIBUTOR', id, 3, 'Four');
    const answer = await publish(id, 3, { note: 'Two sources' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { latestRevision: 4, publishedRevision: 3 },
      revision: { number: 3, review: 'ACCEPTED', reviewNote: 'Two sources' },
      changes: [{ path: '/headline', before: 'One', after: 'Three' }],
    });
    expect(await publicHeadline(id)).toBe('Three');
    expect(await reviewsOf(id)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED', 'PENDING']);
    expect(
      await room.sql('select number, review_note from revision where entry = $1 and number in (2, 3) order by 1', [id]),
    ).toEqual([
      { number: 2, review_note: null },
      { number: 3, review_note: 'Two sources' },
    ]);
    expect((await ledgerOf(id)).at(-1)).toMatchObject({
      kind: 'PUBLISHED',
      public_kind: 'EDITED',
      revision: 3,
      latest: 4,
      published: 3,
    });
  });

  it('that the public sees already is UNCHANGED and writes nothing', async () => {
    const { id } = await room.make.story();
    expect(await writingNothing(room, () => publish(id, 1))).toMatchObject({ outcome: 'UNCHANGED', revision: null });
  });

  it('that is older than what the public sees is INVALID', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit('EDITOR', id, 1, 'Two');
    expect(await writingNothing(room, () => publish(id, 1))).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'INVALID', path: '/revision' }],
    });
    expect(await publicHeadline(id)).toBe('Two');
  });

  it.each([0, -1, 2, 2147483647])('that there is not (%i) is a problem NOT_FOUND', async (revision) => {
    const { id } = await room.make.story({}, { publish: false });
    expect(await writingNothing(room, () => publish(id, revision))).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'NOT_FOUND', path: '/revision' }],
    });
  });

  it('of an entry that there is not is NOT_FOUND, whether the id could be one or not', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'nonsense', '', 'a\0b', '\ud800'])
      expect(await room.as('EDITOR').fails(PUBLISH, { input: { id, revision: 1 } })).toBe('NOT_FOUND');
  });

  it('is not for readers, contributors and nobody, who are told so before anything is looked up', async () => {
    const { id } = await room.make.story({}, { publish: false });
    await writingNothing(room, async () => {
      for (const target of [id, '00000000-0000-4000-8000-000000000000']) {
        const input = { id: target, revision: 1 };
        expect(await room.asAnonymous().fails(PUBLISH, { input })).toBe('UNAUTHENTICATED');
        expect(await room.as('READER').fails(PUBLISH, { input })).toBe('FORBIDDEN');
        expect(await room.as('CONTRIBUTOR').fails(PUBLISH, { input })).toBe('FORBIDDEN');
      }
      const create = `mutation { createStory(input: { fields: { headline: "A" }, publish: true }) { outcome } }`;
      expect(await room.as('CONTRIBUTOR').fails(create)).toBe('FORBIDDEN');
    });
  });

  it('twice at the same moment happens once', async () => {
    const { id } = await room.make.story({}, { publish: false });
    const answers = await Promise.all([publish(id, 1), publish(id, 1), publish(id, 1)]);
    expect(answers.map((answer) => answer.outcome).toSorted()).toEqual(['SAVED', 'UNCHANGED', 'UNCHANGED']);
    expect(await ledgerOf(id)).toHaveLength(2);
  });

  it('is refused where its slug is another story’s by now, which is named', async () => {
    const { id } = await room.make.story({ slug: 'given-up' }, { publish: false });
    const rename = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
    await room.as('EDITOR').run(rename, { input: { id, baseRevision: 1, fields: { slug: 'kept' } } });
    const other = await room.make.story({ slug: 'given-up' });
    expect(await writingNothing(room, () => publish(id, 1))).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'SLUG_TAKEN', path: '/slug', entry: { id: other.id } }],
    });
    expect((await publish(id, 2)).outcome).toBe('SAVED');
  });

  it('is refused where it would close a circle in what the public sees, though none is in the newest revisions', async () => {
    const [a, b] = [await room.make.event({ title: 'A' }), await room.make.event({ title: 'B' })];
    const partOf = async (role: Role, id: string, baseRevision: number, whole: string | null): Promise<Answer> =>
      (
        await room
          .as(role)
          .run(
            `mutation Edit($input: EditEventInput!) { editEvent(input: $input) { outcome problems { code path } } }`,
            { input: { id, baseRevision, fields: { partOf: whole } } },
          )
      ).editEvent;
    await partOf('CONTRIBUTOR', a.id, 1, b.id);
    await partOf('CONTRIBUTOR', a.id, 2, null);
    expect((await partOf('EDITOR', b.id, 1, a.id)).outcome).toBe('SAVED');
    expect(await writingNothing(room, () => publish(a.id, 2))).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'CYCLE', path: '/partOf' }],
    });
    // The other way round: the public circle would be closed by an edit that is accepted at once.
    const [c, d] = [await room.make.event({ title: 'C' }), await room.make.event({ title: 'D' })];
    await partOf('EDITOR', c.id, 1, d.id);
    await partOf('CONTRIBUTOR', c.id, 2, null);
    expect(await partOf('EDITOR', d.id, 1, c.id)).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'CYCLE', path: '/partOf' }],
    });
    expect((await partOf('CONTRIBUTOR', d.id, 1, c.id)).outcome).toBe('SAVED');
  });
});

describe('The history that the public reads', () => {
  const HISTORY = `query History($id: ID!, $view: View!) { story(id: $id, view: $view) {
    createdAt updatedAt latestRevision publishedRevision publicSince
    history { totalCount nodes { id number action createdAt parent { number } base { number } author { name } summary
      review reviewedBy { name } reviewedAt reviewNote changes { path before after } snapshot { title } } }
    one: revisionByNumber(number: 1) { number } two: revisionByNumber(number: 2) { number } revision { number } } }`;
  let id: string;
  beforeAll(async () => {
    id = (await room.make.story({ headline: 'One' }, { publish: false, summary: 'Opened' })).id;
    await edit('CONTRIBUTOR', id, 1, 'Two');
    await edit('CONTRIBUTOR', id, 2, 'Three');
    await publish(id, 3, { note: 'Checked' });
    await edit('CONTRIBUTOR', id, 3, 'Four');
    await edit('CONTRIBUTOR', id, 4, 'Five');
    await publish(id, 5);
    await edit('CONTRIBUTOR', id, 5, 'Six');
  });
  const read = async (role: Role | null, view: 'PUBLISHED' | 'LATEST'): Promise<Answer> =>
    (await (role ? room.as(role) : room.asAnonymous()).run(HISTORY, { id, view })).story;

  it('has only what was public, each against the public one before it, from when it became public', async () => {
    const rows = await room.sql('select number, public_at, position, at from revision where entry = $1 order by 1', [
      id,
    ]);
    const story = await read(null, 'PUBLISHED');
    const publicAt = (number: number): string => rows[number - 1].public_at.toISOString();
    expect(story).toEqual({
      createdAt: publicAt(3),
      updatedAt: publicAt(5),
      publicSince: publicAt(5),
      latestRevision: 5,
      publishedRevision: 5,
      one: null,
      two: null,
      revision: { number: 5 },
      history: {
        totalCount: 2,
        nodes: [
          {
            id: `${id}:5`,
            number: 5,
            action: 'EDIT',
            createdAt: publicAt(5),
            parent: { number: 3 },
            base: null,
            author: null,
            summary: null,
            review: 'ACCEPTED',
            reviewedBy: null,
            reviewedAt: publicAt(5),
            reviewNote: null,
            changes: [{ path: '/headline', before: 'Three', after: 'Five' }],
            snapshot: { title: 'Five' },
          },
          expect.objectContaining({
            number: 3,
            createdAt: publicAt(3),
            parent: null,
            base: null,
            changes: expect.arrayContaining([{ path: '/headline', before: null, after: 'Three' }]),
            snapshot: { title: 'Three' },
          }),
        ],
      },
    });
  });

  it('is the same for a reader who has signed in', async () => {
    expect(await read('READER', 'PUBLISHED')).toEqual(await read(null, 'PUBLISHED'));
  });

  it('tells the newsroom the authors as well, but not what waits', async () => {
    const story = await read('CONTRIBUTOR', 'PUBLISHED');
    expect(story.history.nodes.map((node: Answer) => node.number)).toEqual([5, 3]);
    expect(story.history.nodes[0]).toMatchObject({ author: { name: 'The CONTRIBUTOR' }, base: null, reviewedBy: null });
  });

  it('is only a part of the history that the newsroom reads in LATEST', async () => {
    const story = await read('CONTRIBUTOR', 'LATEST');
    expect(story).toMatchObject({ latestRevision: 6, publishedRevision: 5, one: { number: 1 }, two: { number: 2 } });
    expect(story.history.totalCount).toBe(6);
    expect(story.history.nodes.map((node: Answer) => node.number)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(story.history.nodes[3]).toMatchObject({
      number: 3,
      parent: { number: 2 },
      base: { number: 2 },
      author: { name: 'The CONTRIBUTOR' },
      reviewedBy: { name: 'The EDITOR' },
      reviewNote: 'Checked',
      changes: [{ path: '/headline', before: 'Two', after: 'Three' }],
    });
    expect(story.history.nodes[5]).toMatchObject({ number: 1, parent: null, base: null, summary: 'Opened' });
  });

  it('gives what waits by no id either', async () => {
    const node = `query Node($id: ID!, $view: View! = PUBLISHED) { node(id: $id, view: $view) { id } }`;
    for (const number of [1, 2, 4, 6, 7])
      expect(await room.as('EDITOR').run(node, { id: `${id}:${number}` })).toEqual({ node: null });
    expect(await room.asAnonymous().run(node, { id: `${id}:3` })).toEqual({ node: { id: `${id}:3` } });
    expect(await room.as('EDITOR').run(node, { id: `${id}:6`, view: 'LATEST' })).toEqual({ node: { id: `${id}:6` } });
  });

  it('is paged both ways, over its gaps', async () => {
    const page = `query Page($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { story(id: $id) {
      history(first: $first, after: $after, last: $last, before: $before) {
        nodes { number } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }`;
    const ask = async (args: Record<string, unknown>): Promise<Answer> =>
      (await room.asAnonymous().run(page, { id, ...args })).story.history;
    const first = await ask({ first: 1 });
    expect(first).toMatchObject({ nodes: [{ number: 5 }], pageInfo: { hasNextPage: true } });
    const second = await ask({ first: 1, after: first.pageInfo.endCursor });
    expect(second).toMatchObject({ nodes: [{ number: 3 }], pageInfo: { hasNextPage: false } });
    const last = await ask({ last: 1 });
    expect(last).toMatchObject({ nodes: [{ number: 3 }], pageInfo: { hasPreviousPage: true } });
    expect(await ask({ last: 1, before: last.pageInfo.startCursor })).toMatchObject({ nodes: [{ number: 5 }] });
  });

  it('is all that readers have: LATEST is refused to them at every root field', async () => {
    const roots = [
      `node(id: "${id}", view: LATEST) { id }`,
      `nodes(ids: ["${id}"], view: LATEST) { id }`,
      ...['story', 'actor', 'event', 'claim', 'document', 'citation'].map(
        (kind) => `${kind}(id: "${id}", view: LATEST) { id }`,
      ),
      'story(slug: "one", view: LATEST) { id }',
    ];
    for (const root of roots) {
      expect(await room.as('READER').fails(`{ ${root} }`)).toBe('FORBIDDEN');
      expect(await room.asAnonymous().fails(`{ ${root} }`)).toBe('UNAUTHENTICATED');
    }
  });
});
