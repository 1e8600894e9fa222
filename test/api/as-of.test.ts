import { readFileSync } from 'node:fs';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { openWorld, type World } from '../support/worlds';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

/** The moment right after the last change. */
const moment = async (): Promise<{ cursor: string }> => ({ cursor: (await room.asAnonymous().run('{ head }')).head });

const edit = async (
  kind: string,
  id: string,
  baseRevision: number,
  fields: object,
  by: 'EDITOR' | 'CONTRIBUTOR' = 'EDITOR',
) => {
  const answer = await room
    .as(by)
    .run(`mutation ($input: Edit${kind}Input!) { edit${kind}(input: $input) { outcome problems { message } } }`, {
      input: { id, baseRevision, fields },
    });
  expect(answer).toMatchObject({ [`edit${kind}`]: { outcome: 'SAVED' } });
};

const change = (mutation: string, variables: object = {}) => room.as('ADMIN').run(mutation, { ...variables });
const publish = (id: string, revision: number) =>
  change('mutation ($id: ID!, $revision: Int!) { publish(input: { id: $id, revision: $revision }) { outcome } }', {
    id,
    revision,
  });
const remove = (id: string, baseRevision: number) =>
  change('mutation ($id: ID!, $base: Int!) { deleteEntry(input: { id: $id, baseRevision: $base }) { outcome } }', {
    id,
    base: baseRevision,
  });
const hide = (id: string, revisions: number[]) =>
  change(
    'mutation ($id: ID!, $revisions: [Int!]!) { hideRevisions(input: { id: $id, revisions: $revisions, hidden: true, reason: "private" }) { outcome } }',
    { id, revisions },
  );

const ACTOR = `query ($id: ID!, $view: View!, $asOf: AsOf) { actor(id: $id, view: $view, asOf: $asOf) {
  title slug state latestRevision publishedRevision publicSince updatedAt
  stories { totalCount nodes { headline cast { actor { title } } } } } }`;

describe('A moment that cannot be', () => {
  it.each([
    ['a time to come', { time: '2999-01-01T00:00:00.000Z' }, 'BAD_USER_INPUT'],
    ['a cursor that is cut', { cursor: 'AAAAAAAAAAAAAAAAAAAAA' }, 'CURSOR_INVALID'],
    ['a cursor of somebody else', { cursor: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'CURSOR_INVALID'],
  ])('is refused: %s', async (_, asOf, code) => {
    const id = (await room.make.actor()).id;
    expect(await room.asAnonymous().fails(ACTOR, { id, view: 'PUBLISHED', asOf })).toBe(code);
  });

  it('is refused where it is of a place that the ledger has not reached: of a database since restored', async () => {
    const id = (await room.make.actor()).id;
    const head = (await room.sql('select max(position)::int as head from change'))[0].head;
    const { cursors } = room.newsroom.moments as unknown as { cursors: { seal(position: bigint): string } };
    const beyond = cursors.seal(BigInt(head + 1));
    expect(await room.asAnonymous().fails(ACTOR, { id, view: 'PUBLISHED', asOf: { cursor: beyond } })).toBe(
      'CURSOR_INVALID',
    );
    await room.make.actor();
    expect(
      (await room.asAnonymous().ask(ACTOR, { id, view: 'PUBLISHED', asOf: { cursor: beyond } })).errors,
    ).toBeUndefined();
  });

  it('tells nobody more than the present: LATEST is for the newsroom then, too', async () => {
    const id = (await room.make.actor()).id;
    expect(await room.asAnonymous().fails(ACTOR, { id, view: 'LATEST', asOf: { cursor: 'x' } })).toBe(
      'UNAUTHENTICATED',
    );
    expect(await room.as('READER').fails(ACTOR, { id, view: 'LATEST', asOf: { cursor: 'x' } })).toBe('FORBIDDEN');
  });
});

describe('As of a time', () => {
  it('before the first change there is nothing, and no error', async () => {
    const { id, content } = await room.make.story();
    const asOf = { time: '1999-12-31T23:59:59.000Z' };
    const answer = await room.as('EDITOR').run(
      `query ($id: ID!, $slug: String, $asOf: AsOf) { node(id: $id, view: LATEST, asOf: $asOf) { id }
        nodes(ids: [$id], asOf: $asOf) { id } story(slug: $slug, asOf: $asOf) { id } }`,
      { id, slug: content.slug, asOf },
    );
    expect(answer).toEqual({ node: null, nodes: [null], story: null });
  });

  it('it is right after the last change at or before it', async () => {
    const { id } = await room.make.actor({ names: [{ text: 'First' }] });
    const [{ at }] = await room.sql('select at from change order by position desc limit 1');
    while (Date.now() <= at.getTime() + 3) await new Promise(setImmediate);
    await edit('Actor', id, 1, { names: [{ text: 'Second' }] });
    const titleAt = async (time: Date) =>
      (await room.asAnonymous().run(ACTOR, { id, view: 'PUBLISHED', asOf: { time: time.toISOString() } })).actor?.title;
    const [{ at: later }] = await room.sql('select at from change order by position desc limit 1');
    expect(await titleAt(at)).toBe('First');
    expect(await titleAt(new Date(later.getTime() - 1))).toBe('First');
    expect(await titleAt(later)).toBe('Second');
  });
});

describe('What was', () => {
  it('is found by the address that it has now, and shows the one that it had then', async () => {
    const { id } = await room.make.actor({ slug: 'the-old-name' });
    const then = await moment();
    await edit('Actor', id, 1, { slug: 'the-new-name' });
    const bySlug = async (slug: string) =>
      (
        await room
          .asAnonymous()
          .run('query ($slug: String, $asOf: AsOf) { actor(slug: $slug, asOf: $asOf) { id slug } }', {
            slug,
            asOf: then,
          })
      ).actor;
    expect(await bySlug('the-new-name')).toEqual({ id, slug: 'the-old-name' });
    expect(await bySlug('the-old-name')).toEqual({ id, slug: 'the-old-name' });
  });

  it('waited for an editor then, though it was accepted since', async () => {
    const { id } = await room.make.actor();
    await edit('Actor', id, 1, { description: 'A guard.' }, 'CONTRIBUTOR');
    const waiting = await moment();
    await publish(id, 2);
    const query = `query ($id: ID!, $asOf: AsOf) { actor(id: $id, view: LATEST, asOf: $asOf) { publishedRevision
      history { totalCount nodes { number review reviewedAt reviewedBy { name } } } revisionByNumber(number: 2) { review } } }`;
    const { actor } = await room.as('EDITOR').run(query, { id, asOf: waiting });
    expect(actor.publishedRevision).toBe(1);
    expect(actor.history.nodes[0]).toEqual({ number: 2, review: 'PENDING', reviewedAt: null, reviewedBy: null });
    expect(actor.revisionByNumber).toEqual({ review: 'PENDING' });
    expect((await room.as('EDITOR').run(query, { id })).actor.revisionByNumber).toEqual({ review: 'ACCEPTED' });
  });

  it('has no revisions that came later: not in its history, by number, in a difference, or by id', async () => {
    const { id } = await room.make.actor();
    const then = await moment();
    await edit('Actor', id, 1, { description: 'A guard.' });
    const query = `query ($id: ID!, $second: ID!, $asOf: AsOf) { actor(id: $id, asOf: $asOf) {
      history { totalCount nodes { number } } revisionByNumber(number: 2) { number } } node(id: $second, asOf: $asOf) { id } }`;
    const answer = await room.asAnonymous().run(query, { id, second: `${id}:2`, asOf: then });
    expect(answer).toEqual({
      actor: { history: { totalCount: 1, nodes: [{ number: 1 }] }, revisionByNumber: null },
      node: null,
    });
    const diff = 'query ($id: ID!, $asOf: AsOf) { actor(id: $id, asOf: $asOf) { diff(from: 1, to: 2) { path } } }';
    expect(await room.asAnonymous().fails(diff, { id, asOf: then })).toBe('BAD_USER_INPUT');
  });

  it('is shown by a revision’s cursor as that revision left the whole newsroom', async () => {
    const actor = (await room.make.actor({ names: [{ text: 'Before' }] })).id;
    const story = (await room.make.story({ cast: [{ actor }] })).id;
    await edit('Actor', actor, 1, { names: [{ text: 'After' }] });
    await edit('Story', story, 1, { headline: 'Rewritten' });
    const query = `query ($id: ID!, $asOf: AsOf) { story(id: $id, asOf: $asOf) { headline cast { actor { title } }
      history(last: 1) { nodes { cursor snapshot { ... on Story { headline cast { actor { title } } } } } } } }`;
    const now = (await room.asAnonymous().run(query, { id: story })).story;
    // A snapshot of now: the story's own fields are the revision's, whom it leads to is as of now.
    expect(now.history.nodes[0].snapshot.cast).toEqual([{ actor: { title: 'After' } }]);
    const asOf = { cursor: now.history.nodes[0].cursor };
    const then = (await room.asAnonymous().run(query, { id: story, asOf })).story;
    expect(then.cast).toEqual([{ actor: { title: 'Before' } }]);
    expect(then.history.nodes[0].snapshot.cast).toEqual([{ actor: { title: 'Before' } }]);
  });

  it('was deleted then, or is now: LATEST says so, PUBLISHED has nothing, restored or not', async () => {
    const actor = (await room.make.actor()).id;
    await room.make.story({ headline: 'Stays', cast: [{ actor }] });
    const story = (await room.make.story({ headline: 'Goes', cast: [{ actor }] })).id;
    const before = await moment();
    await remove(story, 1);
    const deleted = await moment();
    const stories = async (view: string, asOf?: object) =>
      (await room.as('EDITOR').run(ACTOR, { id: actor, view, asOf })).actor.stories.nodes.map(
        (node: { headline: string }) => node.headline,
      );
    expect(await stories('LATEST', before)).toEqual(['Goes', 'Stays']);
    expect(await stories('PUBLISHED', before)).toEqual(['Stays']); // it was public then, and is not now
    const state = async (view: string, asOf: object) =>
      (
        await room
          .as('EDITOR')
          .run(
            'query ($id: ID!, $view: View!, $asOf: AsOf) { node(id: $id, view: $view, asOf: $asOf) { ... on Entry { state } } }',
            { id: story, view, asOf },
          )
      ).node;
    expect(await state('LATEST', deleted)).toEqual({ state: 'DELETED' });
    expect(await state('PUBLISHED', before)).toBeNull();
    await change('mutation ($id: ID!) { restoreEntry(input: { id: $id }) { outcome } }', { id: story });
    expect(await stories('PUBLISHED', before)).toEqual(['Goes', 'Stays']);
    expect(await stories('PUBLISHED', deleted)).toEqual(['Stays']);
    expect(await state('PUBLISHED', deleted)).toBeNull();
    expect(await state('LATEST', deleted)).toEqual({ state: 'DELETED' });
  });

  it('and is out of sight since is told by the revision below it, in both directions', async () => {
    const [one, two] = [await room.make.actor(), await room.make.actor()];
    const { id } = await room.make.story({ headline: 'First', cast: [{ actor: one.id }] });
    await edit('Story', id, 1, { headline: 'A private matter', cast: [{ actor: two.id }] });
    const then = await moment();
    await edit('Story', id, 2, { headline: 'Third', cast: [{ actor: two.id }], summary: 'x' });
    const told = async (view: string) => {
      const of = async (actor: string) =>
        (await room.as('EDITOR').run(ACTOR, { id: actor, view, asOf: then })).actor.stories;
      const { story } = await room
        .as('EDITOR')
        .run(
          'query ($id: ID!, $view: View!, $asOf: AsOf) { story(id: $id, view: $view, asOf: $asOf) { headline latestRevision revision { number } cast { actor { id } } } }',
          { id, view, asOf: then },
        );
      return { story, one: await of(one.id), two: await of(two.id) };
    };
    for (const view of ['LATEST', 'PUBLISHED'])
      expect(await told(view)).toMatchObject({
        story: { headline: 'A private matter' },
        one: { totalCount: 0 },
        two: { totalCount: 1 },
      });
    await hide(id, [2]);
    for (const view of ['LATEST', 'PUBLISHED'])
      expect(await told(view)).toMatchObject({
        story: { headline: 'First', latestRevision: 2, revision: { number: 1 }, cast: [{ actor: { id: one.id } }] },
        one: { totalCount: 1, nodes: [{ headline: 'First' }] },
        two: { totalCount: 0, nodes: [] },
      });
    await hide(id, [1]);
    for (const view of ['LATEST', 'PUBLISHED'])
      expect(await told(view)).toEqual({
        story: null,
        one: { totalCount: 0, nodes: [] },
        two: { totalCount: 0, nodes: [] },
      });
  });

  it('of a changeset is what it had written', async () => {
    const actor = (await room.make.actor()).id;
    const then = await moment();
    const { applyChangeset } = await room
      .as('EDITOR')
      .run(
        'mutation ($id: ID!) { applyChangeset(input: { edits: [{ editActor: { id: $id, baseRevision: 1, fields: { description: "x" } } }] }) { changeset { id revisions { totalCount } } problems { message } } }',
        { id: actor },
      );
    expect(applyChangeset.problems).toEqual([]);
    const query = 'query ($id: ID!, $asOf: AsOf) { node(id: $id, asOf: $asOf) { id } }';
    const { id } = applyChangeset.changeset;
    expect((await room.as('EDITOR').run(query, { id, asOf: then })).node).toBeNull();
    expect((await room.as('EDITOR').run(query, { id, asOf: await moment() })).node).toEqual({ id });
  });
});

describe('A list within an entry as of a moment', () => {
  it('is paged as it was while others write, and its cursors go with that moment', async () => {
    const actor = (await room.make.actor()).id;
    for (let n = 1; n <= 5; n++) await room.make.story({ headline: `Story ${n}`, cast: [{ actor }] });
    const then = await moment();
    const query = `query ($id: ID!, $asOf: AsOf, $first: Int, $after: String, $last: Int, $before: String) {
      actor(id: $id, asOf: $asOf) { stories(first: $first, after: $after, last: $last, before: $before) { totalCount
        nodes { headline } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } } }`;
    const page = async (variables: object) =>
      (await room.asAnonymous().run(query, { id: actor, ...variables })).actor.stories;
    const names = ({ nodes }: { nodes: { headline: string }[] }) => nodes.map((node) => node.headline);
    const first = await page({ asOf: then, first: 2 });
    expect(names(first)).toEqual(['Story 5', 'Story 4']);
    const [gone] = await room.sql(`select entry as id from shown where title = 'Story 3' and view = 'LATEST'`);
    await edit('Story', gone.id, 1, { cast: [] });
    await room.make.story({ headline: 'Story 6', cast: [{ actor }] });
    const second = await page({ asOf: then, first: 2, after: first.pageInfo.endCursor });
    expect(names(second)).toEqual(['Story 3', 'Story 2']);
    expect(second).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
    expect(names(await page({ asOf: then, last: 2 }))).toEqual(['Story 2', 'Story 1']);
    expect(names(await page({ asOf: then, last: 2, before: second.pageInfo.startCursor }))).toEqual([
      'Story 5',
      'Story 4',
    ]);
    expect(names(await page({}))).toEqual(['Story 6', 'Story 5', 'Story 4', 'Story 2', 'Story 1']);
    const mixed = { id: actor, first: 2, after: first.pageInfo.endCursor };
    expect(await room.asAnonymous().fails(query, mixed)).toBe('BAD_USER_INPUT');
    expect(await room.asAnonymous().fails(query, { ...mixed, asOf: await moment() })).toBe('BAD_USER_INPUT');
  });
});

describe('The story page as of a moment', () => {
  it('takes as many statements as now, for 2 events or 40; one more where the moment is a time', async () => {
    const query = readFileSync('test/api/story-page.graphql', 'utf8')
      .replace('($slug: String!)', '($slug: String!, $asOf: AsOf)')
      .replace('story(slug: $slug)', 'story(slug: $slug, asOf: $asOf)');
    for (const events of [2, 40]) {
      const slug = `page-of-${events}`;
      const timeline: { event: string }[] = [];
      for (let index = 0; index < events; index++) {
        const event = await room.make.event({ participants: [{ actor: (await room.make.actor()).id }] });
        const publisher = (await room.make.actor()).id;
        await room.make.citation({ about: event.id, document: (await room.make.document({ publisher })).id });
        timeline.push({ event: event.id });
      }
      const { id } = await room.make.story({ slug, timeline });
      const then = await moment();
      const live = await room.asAnonymous().statementsOf(query, { slug });
      await edit('Story', id, 1, { timeline: [], headline: 'Emptied' });
      const travelled = await room.asAnonymous().statementsOf(query, { slug, asOf: then });
      expect(travelled).toEqual(live);
      expect(travelled.statements).toBe(6);
      const [{ at }] = await room.sql('select at from change where entry = $1 order by position limit 1', [id]);
      const byTime = await room.asAnonymous().statementsOf(query, { slug, asOf: { time: at.toISOString() } });
      expect(byTime.statements).toBe(7);
    }
  });
});

describe('Posts held at a moment of the world', () => {
  it('are those whose period may contain it, whatever the newsroom knew when', async () => {
    const { id } = await room.make.actor({
      roles: [
        { title: 'Head', period: { edtf: '2012/2014' } },
        { title: 'Since then', period: { edtf: '2014-07/..' } },
        { title: 'Perhaps', period: { edtf: '2014?' } },
        { title: 'Early', period: { edtf: '../2011' } },
        { title: 'Unclear', period: { wording: 'for years' } },
        { title: 'Ever' },
      ],
    });
    const before = await moment();
    await edit('Actor', id, 1, { roles: [{ title: 'Nobody', period: { edtf: '1999' } }] });
    const query = `query ($id: ID!, $asOf: AsOf, $at: DateTime) { actor(id: $id, asOf: $asOf) { roles(at: $at) { title } } }`;
    const held = async (at: string | null, asOf: object | null = before) =>
      (await room.asAnonymous().run(query, { id, at, asOf })).actor.roles.map((role: { title: string }) => role.title);
    expect(await held('2013-05-05T00:00:00Z')).toEqual(['Head', 'Unclear', 'Ever']);
    expect(await held('2014-07-01T00:00:00Z')).toEqual(['Head', 'Since then', 'Perhaps', 'Unclear', 'Ever']);
    expect(await held('2014-12-31T23:59:59Z')).toEqual(['Head', 'Since then', 'Perhaps', 'Unclear', 'Ever']);
    expect(await held('2015-01-01T00:00:00Z')).toEqual(['Since then', 'Unclear', 'Ever']);
    expect(await held('2011-06-01T00:00:00Z')).toEqual(['Early', 'Unclear', 'Ever']);
    expect(await held(null)).toHaveLength(6);
    expect(await held('2013-05-05T00:00:00Z', null)).toEqual([]);
    expect(await held('1999-05-05T00:00:00Z', null)).toEqual(['Nobody']);
  });
});

describe('Readers who travel', () => {
  let bare: World;
  let full: World;
  beforeAll(async () => {
    [bare, full] = await Promise.all([openWorld(false), openWorld(true)]);
  });
  afterAll(() => Promise.all([bare.room.close(), full.room.close()]));

  const PAGE = '{ totalCount nodes { id title } }';
  const QUERY = `query ($ids: [ID!]!, $asOf: AsOf) { nodes(ids: $ids, asOf: $asOf) { id ... on Entry { title slug state latestRevision
      publishedRevision publicSince createdAt updatedAt checks { rule } backlinks ${PAGE} citations ${PAGE}
      history { totalCount nodes { number cursor review reviewedAt changes { path } snapshot { title } parent { number } } } }
    ... on Story { bodyHtml cast { role actor { title } } timeline { noteHtml event { title } claim { title } } claims ${PAGE} }
    ... on Actor { stories ${PAGE} statements ${PAGE} claimsAbout ${PAGE} relations { actor { title } } }
    ... on Event { partOf { title } parts ${PAGE} participants { actor { title } } } } }`;
  const KEYS = [
    'main',
    'other',
    'hugo',
    'outlet',
    'official',
    'arrest',
    'hearing',
    'sanctioned',
    'protected',
    'article',
    'cited',
    'denied',
    'early',
    'late',
    'draft-story',
    'draft-event',
    'draft-claim',
    'draft-citation',
    'draft-telling',
    'nothing',
  ];

  it('are told the same to the byte at every public moment, with drafts and without', async () => {
    const answers = async (world: World): Promise<string[]> => {
      const asker = world.room.asAnonymous();
      const ids = KEYS.map((key) => world.id(key));
      const { nodes } = await asker.run(QUERY, { ids });
      const cursors: string[] = nodes.flatMap((node: { history?: { nodes: { cursor: string }[] } } | null) =>
        (node?.history?.nodes ?? []).map(({ cursor }) => cursor),
      );
      const told = [];
      for (const cursor of cursors) told.push(world.mask(await asker.run(QUERY, { ids, asOf: { cursor } })));
      return told;
    };
    const [without, withDrafts] = await Promise.all([answers(bare), answers(full)]);
    expect(without.length).toBeGreaterThan(15);
    expect(withDrafts).toEqual(without);
  });
});
