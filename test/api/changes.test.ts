import { randomBytes } from 'node:crypto';
import { makeFeedCursors } from '../../src/base/feed-cursor';
import { type Desk, NOBODY, openDesk } from '../support/desk';
import { type Answer, type Asker, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
let desk: Desk;
beforeEach(async () => {
  room = await openTestNewsroom();
  desk = openDesk(room);
});
afterEach(() => room.close());

const CHANGE = `kind entryId entryKind entry { title } revision { number hiddenReason } previous { number } author { name }
  fields { path op before after } correction { kind note } withdrawal { id kind note } into { id } cause { title } stories { headline }`;

const changesTo = async (asker: Asker, filter: object = {}, more = CHANGE): Promise<Answer[]> =>
  (
    await asker.run(`query ($filter: ChangeFilter) { changes(first: 100, filter: $filter) { changes { ${more} } } }`, {
      filter,
    })
  ).changes.changes;

const told = (changes: Answer[]): string[] =>
  changes.map(({ kind, previous, revision }) => `${kind} ${previous?.number ?? '-'}→${revision?.number ?? '-'}`);

describe('What happens to a story', () => {
  let id: string;
  beforeEach(async () => {
    ({ id } = await room.make.story({ headline: 'One', topics: ['army'] }, { publish: false }));
    await desk.edit('story', id, 1, { headline: 'Two' });
    await desk.act('publish', { id, revision: 2 });
    await desk.edit('story', id, 2, { headline: 'Three' }, {}, 'CONTRIBUTOR');
    await desk.act('rejectRevisions', { id, baseRevision: 3, note: 'no' });
    await desk.edit('story', id, 4, { headline: 'Five' }, { correction: { kind: 'CORRECTION', note: 'It was two.' } });
    await desk.act('hideRevisions', { id, revisions: [2], hidden: true, reason: 'a private matter' }, 'ADMIN');
  });

  it('the newsroom is told all of', async () => {
    const changes = await changesTo(room.as('CONTRIBUTOR'), { view: 'LATEST' });
    expect(told(changes)).toEqual([
      'CREATED -→1',
      'EDITED 1→2',
      'PUBLISHED 2→2',
      'EDITED 2→3',
      'REJECTED 3→4',
      'CORRECTED 4→5',
      'HIDDEN 2→2',
    ]);
    expect(changes.map(({ author }) => author.name)).toEqual(
      ['EDITOR', 'EDITOR', 'EDITOR', 'CONTRIBUTOR', 'EDITOR', 'EDITOR', 'ADMIN'].map((role) => `The ${role}`),
    );
    expect(changes[3].fields).toEqual([expect.objectContaining({ path: '/headline', op: 'CHANGED' })]);
    expect(changes[2].fields).toEqual([]);
    // Between what is out of sight and what is not, the nearest that is not is told against.
    expect(changes[1]).toMatchObject({ fields: [], revision: { number: 2, hiddenReason: 'a private matter' } });
    expect(changes[3].fields).toEqual([{ path: '/headline', op: 'CHANGED', before: 'One', after: 'Three' }]);
  });

  it('the public is told of what it saw', async () => {
    const changes = await changesTo(room.asAnonymous());
    expect(told(changes)).toEqual(['PUBLISHED -→2', 'CORRECTED 2→5', 'HIDDEN 2→2']);
    expect(changes[1]).toMatchObject({
      entryId: id,
      entryKind: 'STORY',
      entry: { title: 'Five' },
      author: null,
      correction: { kind: 'CORRECTION', note: 'It was two.' },
      withdrawal: null,
      stories: [{ headline: 'Five' }],
    });
    // Nothing below it was public and is not out of sight.
    expect(changes[1].fields).toContainEqual({ path: '/headline', op: 'ADDED', before: null, after: 'Five' });
    expect(changes[2]).toMatchObject({ revision: { hiddenReason: 'a private matter' }, fields: [] });
  });

  it('once it is taken away, only that; what was put out of sight since, too; all of it when it is back', async () => {
    await desk.act('withdraw', { id, note: 'It was forged.' });
    const [gone, ...rest] = await changesTo(room.asAnonymous());
    expect(rest).toEqual([]);
    expect(gone).toMatchObject({
      kind: 'WITHDRAWN',
      entryId: id,
      entry: null,
      revision: null,
      previous: null,
      fields: [],
      stories: [],
      withdrawal: { id, kind: 'STORY', note: 'It was forged.' },
    });
    await desk.edit('story', id, 5, { headline: 'Six' });
    expect(await changesTo(room.asAnonymous())).toHaveLength(1);
    await desk.act('publish', { id, revision: 6 });
    const back = await changesTo(room.asAnonymous());
    expect(told(back)).toEqual(['PUBLISHED -→2', 'CORRECTED 2→5', 'HIDDEN 2→2', 'WITHDRAWN 5→-', 'PUBLISHED 5→6']);
    expect(back.at(-1).fields).toEqual([{ path: '/headline', op: 'CHANGED', before: 'Five', after: 'Six' }]);
  });

  it('a deletion is told once, and takes the rest along', async () => {
    await desk.act('deleteEntry', { id, baseRevision: 5 });
    expect(await changesTo(room.asAnonymous(), {}, 'kind entryId entry { id }')).toEqual([
      { kind: 'DELETED', entryId: id, entry: null },
    ]);
    const changes = await changesTo(room.as('EDITOR'), { view: 'LATEST' }, 'kind entry { title state }');
    expect(changes.at(-1)).toEqual({ kind: 'DELETED', entry: { title: 'Five', state: 'DELETED' } });
  });
});

it('What rests on what was retracted is told with its cause, to the newsroom alone', async () => {
  const document = await room.make.document({ title: 'A paper' });
  const claim = await room.make.claim();
  await room.make.citation({ about: claim.id, document: document.id });
  await desk.edit('document', document.id, 1, { status: 'RETRACTED' });
  const [change] = await changesTo(room.as('EDITOR'), { view: 'LATEST', kinds: ['UNSETTLED'] });
  expect(change).toMatchObject({ entryId: claim.id, cause: { title: 'A paper' }, fields: [] });
  expect(await changesTo(room.asAnonymous(), { kinds: ['UNSETTLED', 'CREATED', 'PROTECTED'] })).toEqual([]);
});

it('What is for the newsroom’s eyes is not told by what changed', async () => {
  const { id } = await room.make.document({ title: 'A paper', keptText: 'kept in the newsroom' });
  await desk.edit('document', id, 1, { keptText: 'kept still' });
  const changes = await changesTo(room.asAnonymous());
  expect(changes).toHaveLength(2);
  expect(JSON.stringify(changes)).not.toContain('kept');
  expect(JSON.stringify(await changesTo(room.as('EDITOR')))).toContain('kept still');
});

it('Where readers are told of nothing older, the feed tells of nothing older', async () => {
  const off = await openTestNewsroom({ publicHistory: 'off' });
  const authors = await openTestNewsroom({ publicHistory: 'authors' });
  for (const one of [off, authors]) {
    const { id } = await one.make.story({ headline: 'One' });
    await openDesk(one).edit('story', id, 1, { headline: 'Two' });
  }
  expect(told(await changesTo(off.asAnonymous()))).toEqual(['PUBLISHED -→-', 'EDITED -→2']);
  expect(JSON.stringify(await changesTo(off.asAnonymous()))).not.toContain('One');
  expect(told(await changesTo(off.as('CONTRIBUTOR')))).toEqual(['PUBLISHED -→1', 'EDITED 1→2']);
  expect((await changesTo(authors.asAnonymous())).map(({ author }) => author?.name)).toEqual([
    'The EDITOR',
    'The EDITOR',
  ]);
  await Promise.all([off.close(), authors.close()]);
});

describe('Who may follow what', () => {
  const FOLLOW = 'query ($filter: ChangeFilter) { changes(filter: $filter) { hasMore } }';

  it('drafts are for the newsroom, and what one watches for whoever is signed in', async () => {
    const latest = { filter: { view: 'LATEST' } };
    expect(await room.asAnonymous().fails(FOLLOW, latest)).toBe('UNAUTHENTICATED');
    expect(await room.as('READER').fails(FOLLOW, latest)).toBe('FORBIDDEN');
    expect(await room.asAnonymous().fails(FOLLOW, { filter: { watched: true } })).toBe('UNAUTHENTICATED');
    for (const filter of [undefined, null, {}, { watched: false }])
      expect(await room.asAnonymous().run(FOLLOW, { filter })).toEqual({ changes: { hasMore: false } });
  });

  it('one follows what one watches, and nobody else’s', async () => {
    const [one, other] = [await room.make.story(), await room.make.story()];
    const WATCH = 'mutation ($id: ID!) { watch(input: { entry: $id, watching: true }) { outcome } }';
    await room.as('READER').run(WATCH, { id: one.id });
    await room.as('EDITOR').run(WATCH, { id: other.id });
    const watched = await changesTo(room.as('READER'), { watched: true }, 'entryId');
    expect(watched).toEqual([{ entryId: one.id }]);
    expect(await changesTo(room.as('READER'), { watched: true, entries: [other.id] }, 'entryId')).toEqual([]);
    expect(await changesTo(room.as('ADMIN'), { watched: true }, 'entryId')).toEqual([]);
  });

  it('a filter that names what is not there, or not for the reader, or nothing at all, finds nothing', async () => {
    const draft = await room.make.story({}, { publish: false });
    await room.make.story();
    const nothing = [
      { kinds: [] },
      { entryKinds: [] },
      { entries: [] },
      ...[...NOBODY, draft.id].flatMap((id) => [{ entries: [id] }, { story: id }]),
      { story: (await room.make.actor()).id },
    ];
    for (const filter of nothing) {
      const { changes } = await room
        .asAnonymous()
        .run(`query ($filter: ChangeFilter) { changes(filter: $filter) { changes { kind } hasMore endCursor } }`, {
          filter,
        });
      expect(changes).toEqual({ changes: [], hasMore: false, endCursor: expect.stringMatching(/^[\w-]{22}$/) });
    }
    const many = Array.from({ length: 101 }, () => draft.id);
    expect(await room.asAnonymous().fails(FOLLOW, { filter: { entries: many } })).toBe('BAD_USER_INPUT');
  });
});

describe('A cursor of the feed', () => {
  const AFTER =
    'query ($after: Cursor, $first: Int) { changes(after: $after, first: $first) { changes { cursor } endCursor hasMore } }';

  it('that is cut, changed, foreign or of a time to come is refused', async () => {
    await room.make.story();
    const { head } = await room.asAnonymous().run('{ head }');
    const beyond = await room.sql('select max(position)::int + 1 as position from change');
    const flipped = `${head[0] === 'A' ? 'B' : 'A'}${head.slice(1)}`;
    const [{ value: secret }] = await room.sql(`select value from setting where name = 'cursor_key'`);
    const own = makeFeedCursors(Buffer.from(secret, 'hex'), 1);
    const cursors = [
      '',
      'x',
      head.slice(1),
      flipped,
      `${head}A`,
      makeFeedCursors(randomBytes(32), 1).seal(1n),
      makeFeedCursors(Buffer.from(secret, 'hex'), 2).seal(1n),
      own.seal(BigInt(beyond[0].position)),
    ];
    for (const after of cursors)
      expect([after, await room.asAnonymous().fails(AFTER, { after })]).toEqual([after, 'CURSOR_INVALID']);
    expect((await room.asAnonymous().run(AFTER, { after: own.seal(1n) })).changes.hasMore).toBe(false);
  });

  it('that is older than the feed goes back is refused, but for whoever has missed nothing', async () => {
    const short = await openTestNewsroom({ feedRetentionMs: 60_000 });
    const { head: beginning } = await short.asAnonymous().run('{ head }');
    await short.make.story();
    await short.make.story({}, { publish: false });
    await short.sql(`update change set at = at - interval '2 minutes'`);
    const { head: seen } = await short.asAnonymous().run('{ head }');
    const ask = (after: string | null, filter = {}, role: 'EDITOR' | null = null) =>
      (role ? short.as(role) : short.asAnonymous()).ask(
        'query ($after: Cursor, $filter: ChangeFilter) { changes(after: $after, filter: $filter) { changes { cursor kind } } }',
        { after, filter },
      );
    const codeOf = ({ errors }: Awaited<ReturnType<typeof ask>>): unknown => errors?.[0]?.extensions?.code;
    expect(codeOf(await ask(beginning))).toBe('CURSOR_EXPIRED');
    expect(codeOf(await ask(seen))).toBeUndefined();
    const { data } = await ask(null);
    // A draft came since: the public missed nothing by it, the newsroom did.
    const cursor = data.changes.changes[0].cursor;
    expect(codeOf(await ask(cursor))).toBeUndefined();
    expect(codeOf(await ask(cursor, { view: 'LATEST' }, 'EDITOR'))).toBe('CURSOR_EXPIRED');
    await short.make.story();
    expect((await ask(seen)).data.changes.changes).toHaveLength(1);
    await short.close();
  });

  it('is given with each change and at the end of each page, and serves any filter', async () => {
    for (let n = 0; n < 5; n++) await room.make.story();
    const reader = room.asAnonymous();
    const whole = await reader.run(AFTER, { first: 100 });
    expect(whole.changes.changes).toHaveLength(5);
    const cursor = whole.changes.changes[1].cursor;
    expect((await reader.run(AFTER, { after: cursor, first: 2 })).changes).toMatchObject({ hasMore: true });
    expect((await reader.run(AFTER, { after: cursor })).changes.changes).toHaveLength(3);
    expect((await reader.run(AFTER, { after: whole.changes.endCursor })).changes).toMatchObject({
      changes: [],
      hasMore: false,
    });
    const none = await reader.run('query ($f: ChangeFilter) { changes(filter: $f) { endCursor } }', {
      f: { kinds: ['HIDDEN'] },
    });
    expect((await reader.run(AFTER, { after: none.changes.endCursor })).changes.changes).toEqual([]);
    for (const first of [-1, 101]) expect(await reader.fails(AFTER, { first })).toBe('BAD_USER_INPUT');
    expect((await reader.run(AFTER, { first: 0 })).changes).toMatchObject({ changes: [], hasMore: true });
  });
});

it('A page takes the same few statements, with three changes or a hundred', async () => {
  const ask = (first: number, fields: string) =>
    room.asAnonymous().statementsOf(`{ changes(first: ${first}) { changes { ${fields} } endCursor } }`);
  const actor = await room.make.actor();
  for (let n = 0; n < 100; n++) await room.make.story({ cast: [{ actor: actor.id }] });
  for (const [fields, statements] of [
    ['cursor kind entryId', 1],
    ['cursor kind entryId entry { title } revision { number }', 3],
    [
      `cursor kind entry { title } revision { number } previous { number } fields { path } stories { title } correction { note } withdrawal { note }`,
      6,
    ],
  ] as const) {
    expect([fields, (await ask(3, fields)).statements]).toEqual([fields, statements]);
    expect([fields, (await ask(100, fields)).statements]).toEqual([fields, statements]);
  }
});
