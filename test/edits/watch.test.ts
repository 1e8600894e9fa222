import { randomUUID } from 'node:crypto';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());
beforeEach(() => room.sql('delete from watch'));

type Role = 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';

const WATCH = `mutation ($entry: ID!, $watching: Boolean!) { watch(input: { entry: $entry, watching: $watching }) {
  outcome entry { id title latestRevision viewerIsWatching } revision { number } problems { code message path entry { id } } } }`;

const watch = async (entry: string, role: Role = 'READER', watching = true): Promise<Answer> =>
  (await room.as(role).run(WATCH, { entry, watching })).watch;
const LIST = 'totalCount nodes { id title } pageInfo { hasNextPage endCursor }';
const watching = async (role: Role = 'READER', args = ''): Promise<Answer> =>
  (await room.as(role).run(`{ viewer { watching${args} { ${LIST} } } }`)).viewer.watching;
const ids = async (role: Role = 'READER'): Promise<string[]> =>
  (await watching(role)).nodes.map((node: Answer) => node.id);
const run = (mutation: string): Promise<Answer> => room.as('EDITOR').run(`mutation { ${mutation} }`);

const withdraw = (id: string): Promise<Answer> =>
  run(`withdraw(input: { id: "${id}", note: "It was wrong." }) { outcome }`);

describe('Watching an entry', () => {
  it.each(['READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const)(
    'is open to a %s, once and no longer',
    async (role) => {
      const { id } = await room.make.story({ headline: 'Watched' });
      const entry = { id, title: 'Watched', latestRevision: 1, viewerIsWatching: true };
      expect(await watch(id, role)).toEqual({ outcome: 'SAVED', entry, revision: null, problems: [] });
      expect(await writingNothing(room, () => watch(id, role))).toMatchObject({ outcome: 'UNCHANGED', entry });
      expect(await ids(role)).toEqual([id]);
      const unwatched = { ...entry, viewerIsWatching: false };
      expect(await watch(id, role, false)).toMatchObject({ outcome: 'SAVED', entry: unwatched });
      expect(await watch(id, role, false)).toMatchObject({ outcome: 'UNCHANGED', entry: unwatched });
      expect(await watching(role)).toMatchObject({ totalCount: 0, nodes: [] });
    },
  );

  it('is one’s own matter: nobody else watches it for that', async () => {
    const { id } = await room.make.story();
    await watch(id, 'EDITOR');
    const query = `{ story(id: "${id}") { viewerIsWatching } }`;
    for (const asker of [room.as('READER'), room.as('ADMIN'), room.asAnonymous()])
      expect(await asker.run(query)).toEqual({ story: { viewerIsWatching: false } });
    expect(await ids('READER')).toEqual([]);
  });

  it('is not for anonymous readers', async () => {
    const { id } = await room.make.story();
    const { errors } = await writingNothing(room, () => room.asAnonymous().ask(WATCH, { entry: id, watching: true }));
    expect(errors).toMatchObject([
      {
        message: 'Sign in to watch entries: send the header "Authorization: Bearer <token>".',
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ]);
  });

  it('is told to a READER as the public sees it', async () => {
    const { id } = await room.make.story({ headline: 'Public' });
    await room
      .as('CONTRIBUTOR')
      .run(
        `mutation { editStory(input: { id: "${id}", baseRevision: 1, fields: { headline: "A secret" } }) { outcome } }`,
      );
    expect((await watch(id)).entry).toMatchObject({ title: 'Public', latestRevision: 1 });
    expect((await watching()).nodes).toEqual([{ id, title: 'Public' }]);
    expect((await watch(id, 'CONTRIBUTOR')).entry).toMatchObject({ title: 'A secret', latestRevision: 2 });
    expect((await watching('CONTRIBUTOR')).nodes).toEqual([{ id, title: 'A secret' }]);
  });

  it('answers a READER about drafts and what was withdrawn or deleted as about what is not there', async () => {
    const draft = await room.make.story({}, { publish: false });
    const [withdrawn, deleted] = [await room.make.story(), await room.make.story()];
    await withdraw(withdrawn.id);
    await run(`deleteEntry(input: { id: "${deleted.id}", baseRevision: 1 }) { outcome }`);
    const answers = await writingNothing(room, () =>
      Promise.all(
        [draft.id, withdrawn.id, deleted.id, randomUUID(), 'nonsense'].flatMap((entry) =>
          [true, false].map((watches) => room.as('READER').ask(WATCH, { entry, watching: watches })),
        ),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({
      errors: [{ message: 'There is no such entry, or you may not see it.', extensions: { code: 'NOT_FOUND' } }],
    });
    expect((await watch(draft.id, 'CONTRIBUTOR')).outcome).toBe('SAVED');
  });

  it('does not begin where the entry was deleted, but ends there', async () => {
    const { id } = await room.make.story();
    await watch(id, 'EDITOR');
    await run(`deleteEntry(input: { id: "${id}", baseRevision: 1 }) { outcome }`);
    expect(await writingNothing(room, () => watch(id, 'CONTRIBUTOR'))).toMatchObject({
      outcome: 'INVALID',
      problems: [{ code: 'GONE', message: 'This entry was deleted; restore it first.', entry: { id } }],
    });
    expect(await watch(id, 'EDITOR', false)).toMatchObject({ outcome: 'SAVED' });
  });
});

describe('The list of what one watches', () => {
  it('leaves out what one does not see any more, and has it again when it is back', async () => {
    const [withdrawn, deleted, stays] = [await room.make.story(), await room.make.actor(), await room.make.event()];
    for (const { id } of [withdrawn, deleted, stays]) {
      await watch(id);
      await watch(id, 'EDITOR');
    }
    expect(await ids()).toEqual([stays.id, deleted.id, withdrawn.id]);
    await withdraw(withdrawn.id);
    await run(`deleteEntry(input: { id: "${deleted.id}", baseRevision: 1 }) { outcome }`);
    expect(await watching()).toMatchObject({ totalCount: 1, nodes: [{ id: stays.id }] });
    expect(await ids('EDITOR')).toEqual([stays.id, withdrawn.id]);
    await run(`restoreEntry(input: { id: "${deleted.id}" }) { outcome }`);
    expect(await ids()).toEqual([stays.id, deleted.id]);
  });

  it('is paged, newest first', async () => {
    const made = [];
    for (let n = 0; n < 5; n++) made.unshift((await room.make.document()).id);
    for (const id of made.toReversed()) await watch(id);
    await room.sql(`update watch set since = '2026-01-01' where entry = any($1)`, [made.slice(0, 3)]);
    const found: string[] = [];
    for (let cursor: string | null = null, more = true; more;) {
      const page: Answer = await watching('READER', `(first: 2${cursor ? `, after: "${cursor}"` : ''})`);
      expect(page.totalCount).toBe(5);
      found.push(...page.nodes.map((node: Answer) => node.id));
      ({ endCursor: cursor, hasNextPage: more } = page.pageInfo);
    }
    expect(found).toEqual([...made.slice(3), ...made.slice(0, 3).toSorted()]);
  });

  it('is for oneself and for ADMIN, and null to others', async () => {
    const { id } = await room.make.story();
    await watch(id, 'CONTRIBUTOR');
    const user = `user:${room.as('CONTRIBUTOR').viewer?.user.uuid}`;
    const query = `{ node(id: "${user}") { ... on User { watching { nodes { id } } } } }`;
    for (const role of ['CONTRIBUTOR', 'ADMIN'] as const)
      expect((await room.as(role).run(query)).node).toEqual({ watching: { nodes: [{ id }] } });
    expect((await room.as('EDITOR').run(query)).node).toEqual({ watching: null });
    expect((await room.as('READER').run(query)).node).toBeNull();
  });
});
