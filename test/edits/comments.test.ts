import { randomUUID } from 'node:crypto';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { findBreaches } from '../support/invariants';
import { writingNothing } from '../support/tables';
import { COMMENT, DELETE, RESOLVE, talkIn } from '../support/talk';

let room: TestNewsroom;
let talk: ReturnType<typeof talkIn>;
beforeAll(async () => {
  room = await openTestNewsroom();
  talk = talkIn(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Input = Record<string, unknown>;

const read = async (id: string, query: string): Promise<Answer> =>
  (await room.as('CONTRIBUTOR').run(`{ node(id: "${id}", view: LATEST) { ... on Entry { ${query} } } }`)).node;
const bodies = async (id: string): Promise<string[]> =>
  (await read(id, 'comments(first: 100) { nodes { body } }')).comments.nodes.map((node: Answer) => node.body);

const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome problems { message } } }`;
const editStory = async (id: string, baseRevision: number, fields: Input): Promise<void> => {
  const { editStory: payload } = await room.as('EDITOR').run(EDIT, { input: { id, baseRevision, fields } });
  expect(payload).toMatchObject({ outcome: 'SAVED' });
};
const deleteEntry = (id: string, baseRevision = 1): Promise<Answer> =>
  room.as('EDITOR').run(`mutation { deleteEntry(input: { id: "${id}", baseRevision: ${baseRevision} }) { outcome } }`);

/** A story with three steps, and their ids. */
async function storyWithSteps(): Promise<{ id: string; items: [string, string, string]; timeline: Input[] }> {
  const notes = ['First', 'Second', 'Third'];
  const { id, content } = await room.make.story({ body: 'A body.', timeline: notes.map((note) => ({ note })) });
  const timeline = content['timeline'] as Input[];
  return { id, timeline, items: timeline.map((item) => item.id) as [string, string, string] };
}

describe('A comment', () => {
  it('is said about an entry as a whole', async () => {
    const { id } = await room.make.story({ headline: 'A guard' });
    const answer = await talk.comment({ entry: id, body: 'Who is **he**?' });
    expect(answer).toEqual({
      comment: {
        id: expect.stringMatching(/^comment:[0-9a-f-]{36}$/),
        entry: { id, title: 'A guard' },
        path: null,
        revision: 1,
        body: 'Who is **he**?',
        bodyHtml: '<p>Who is <strong>he</strong>?</p>\n',
        author: { name: 'The CONTRIBUTOR' },
        parent: null,
        resolvedAt: null,
        resolvedBy: null,
        createdAt: expect.any(String),
      },
      problems: [],
    });
    expect(await read(id, 'comments { totalCount nodes { id } }')).toEqual({
      comments: { totalCount: 1, nodes: [{ id: answer.comment.id }] },
    });
  });

  it('names the newest revision as it is written, also a draft of what is public', async () => {
    const { id } = await room.make.story();
    await room.as('CONTRIBUTOR').run(EDIT, { input: { id, baseRevision: 1, fields: { summary: 'Waiting' } } });
    expect((await talk.comment({ entry: id, body: 'About this', path: '/summary' })).comment).toMatchObject({
      revision: 2,
      path: '/summary',
    });
  });

  it('leaves the entry, its history and the ledger as they are', async () => {
    const { id } = await room.make.story();
    const before = await room.sql('select * from entry where id = $1', [id]);
    const [{ count }] = await room.sql('select count(*)::int as count from change');
    await talk.say(id, 'Hm.');
    expect(await room.sql('select * from entry where id = $1', [id])).toEqual(before);
    expect(await room.sql('select count(*)::int as count from change')).toEqual([{ count }]);
  });

  it('has its wiki links resolved as in LATEST, in HTML that is safe', async () => {
    const draft = await room.make.actor({ slug: 'a-secret-source', names: [{ text: 'X' }] }, { publish: false });
    const { id } = await room.make.story();
    const { comment: made } = await talk.comment({ entry: id, body: '[[actor:a-secret-source]] <script>1</script>' });
    expect(made.bodyHtml).toContain('href="/actor/a-secret-source"');
    expect(made.bodyHtml).not.toContain('<script>');
    expect(draft.id).toBeDefined();
  });

  it('is kept in NFC with line ends of its own kind', async () => {
    const { id } = await room.make.story();
    expect((await talk.comment({ entry: id, body: 'Jose\u0301\r\nsays' })).comment.body).toBe('José\nsays');
  });

  it('is found by its id by the newsroom, in whatever view', async () => {
    const { id } = await room.make.story({}, { publish: false });
    const said = await talk.say(id, 'On a draft');
    for (const view of ['PUBLISHED', 'LATEST'])
      expect(
        await room
          .as('CONTRIBUTOR')
          .run(`{ node(id: "${said}", view: ${view}) { __typename id ... on Comment { body entry { id } } } }`),
      ).toEqual({ node: { __typename: 'Comment', id: said, body: 'On a draft', entry: { id } } });
    expect(await room.as('EDITOR').run(`{ node(id: "comment:${randomUUID()}") { id } }`)).toEqual({ node: null });
  });
});

describe('A comment stays on its part', () => {
  it('when the items of the list are put into another order', async () => {
    const { id, items, timeline } = await storyWithSteps();
    const [first, second, third] = timeline;
    const said = await talk.say(id, 'Is this so?', { path: `/timeline/${items[1]}/note` });
    await editStory(id, 1, { timeline: [third, first, { ...second, note: 'Second, later' }] });
    const story = await read(id, 'comments { nodes { id path revision } } ... on Story { timeline { id note } }');
    expect(story.comments.nodes).toEqual([{ id: said, path: `/timeline/${items[1]}/note`, revision: 1 }]);
    expect(story.timeline[2]).toEqual({ id: items[1], note: 'Second, later' });
  });

  it('when the text moves around in the body', async () => {
    const { id } = await room.make.story({ body: 'One.\n\nTwo.' });
    await talk.say(id, 'Two is wrong.', { path: '/body' });
    await editStory(id, 1, { body: 'Two.\n\nOne.\n\nThree.' });
    expect((await read(id, 'comments { nodes { path revision } }')).comments.nodes).toEqual([
      { path: '/body', revision: 1 },
    ]);
  });

  it('when the part is gone: it names the part and the revision that had it, and the diff tells how it went', async () => {
    const { id, items, timeline } = await storyWithSteps();
    const path = `/timeline/${items[0]}`;
    const said = await talk.say(id, 'Is this so?', { path });
    await editStory(id, 1, { timeline: timeline.slice(1) });
    const story = await read(
      id,
      `comments { nodes { path revision } } diff(from: 1, to: 2) { op path }
        revisionByNumber(number: 1) { snapshot { ... on Story { timeline { id } } } }`,
    );
    expect(story.comments.nodes).toEqual([{ path, revision: 1 }]);
    expect(story.diff).toEqual([{ op: 'REMOVED', path }]);
    expect(story.revisionByNumber.snapshot.timeline[0]).toEqual({ id: items[0] });
    // What is said about it can still be answered and settled.
    await talk.say(id, 'It was not.', { parent: said });
    expect((await talk.resolve({ id: said })).problems).toEqual([]);
  });
});

describe('A reply', () => {
  it('is about the part of what it replies to, and is listed there, not among the comments on the entry', async () => {
    const { id, items } = await storyWithSteps();
    const path = `/cast`;
    const asked = await talk.say(id, 'Who?', { path });
    const { comment: answer } = await talk.comment({ entry: id, body: 'He.', parent: asked }, 'EDITOR');
    expect(answer).toMatchObject({ path, parent: { id: asked } });
    const nodes = 'totalCount nodes { id replies { totalCount nodes { id } } }';
    expect(await read(id, `comments { ${nodes} }`)).toEqual({
      comments: { totalCount: 1, nodes: [{ id: asked, replies: { totalCount: 1, nodes: [{ id: answer.id }] } }] },
    });
    const elsewhere = { entry: id, body: 'x', parent: asked, path: `/timeline/${items[0]}` };
    expect((await writingNothing(room, () => talk.comment(elsewhere))).problems).toEqual([
      expect.objectContaining({
        code: 'INVALID',
        message: 'path: a reply is about the part of what it replies to; leave the path out.',
        path: '/path',
      }),
    ]);
    await talk.say(id, 'With the same path', { parent: asked, path });
  });

  it('can be replied to, five levels deep', async () => {
    const { id } = await room.make.story();
    let parent = await talk.say(id, 'Level 0');
    for (let level = 1; level <= 5; level++) parent = await talk.say(id, `Level ${level}`, { parent });
    expect((await writingNothing(room, () => talk.comment({ entry: id, body: 'Level 6', parent }))).problems).toEqual([
      expect.objectContaining({
        code: 'INVALID',
        message: 'parent: replies go 5 levels deep, and this one is at level 5; reply to the comment above it.',
        path: '/parent',
      }),
    ]);
  });

  it('is not made to what was deleted', async () => {
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Hm.');
    await talk.remove(said);
    expect((await writingNothing(room, () => talk.comment({ entry: id, body: 'x', parent: said }))).problems).toEqual([
      expect.objectContaining({ code: 'GONE', message: 'parent: this comment was deleted.', path: '/parent' }),
    ]);
  });
});

describe('A comment that asks for something', () => {
  it('is settled by whoever may comment; the first who says so is told; and it can be opened again', async () => {
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Check this', {}, 'EDITOR');
    const { comment: settled } = await talk.resolve({ id: said }, 'CONTRIBUTOR');
    expect(settled).toMatchObject({ resolvedAt: expect.any(String), resolvedBy: { name: 'The CONTRIBUTOR' } });
    expect((await talk.resolve({ id: said, resolved: true }, 'ADMIN')).comment).toEqual(settled);
    const open = { resolvedAt: null, resolvedBy: null };
    expect((await talk.resolve({ id: said, resolved: false }, 'ADMIN')).comment).toMatchObject(open);
    expect((await talk.resolve({ id: said, resolved: false }, 'ADMIN')).comment).toMatchObject(open);
  });

  it('is settled and taken back also on an entry that was deleted', async () => {
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Check this');
    await deleteEntry(id);
    expect((await talk.resolve({ id: said })).problems).toEqual([]);
    expect(await talk.remove(said)).toEqual({ comment: null, problems: [] });
  });

  it('is settled by nobody who may not comment, and not where it was deleted or never was', async () => {
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Check this');
    for (const target of [said, `comment:${randomUUID()}`]) {
      expect(await room.asAnonymous().fails(RESOLVE, { input: { id: target } })).toBe('UNAUTHENTICATED');
      expect(await room.as('READER').fails(RESOLVE, { input: { id: target } })).toBe('FORBIDDEN');
    }
    for (const target of ['nonsense', id, `comment:${randomUUID()}`])
      expect(await room.as('EDITOR').ask(RESOLVE, { input: { id: target } })).toMatchObject({
        errors: [{ message: 'There is no such comment, or you may not see it.', extensions: { code: 'NOT_FOUND' } }],
      });
    await talk.remove(said);
    expect((await talk.resolve({ id: said })).problems).toMatchObject([{ code: 'GONE', path: '/id' }]);
  });
});

describe('Taking back a comment', () => {
  it('is open to its author and to editors, and to nobody else', async () => {
    const { id } = await room.make.story();
    const [own, editors, others] = [
      await talk.say(id, 'Own'),
      await talk.say(id, 'Of an editor', {}, 'EDITOR'),
      await talk.say(id, 'Of a contributor'),
    ];
    expect(await room.asAnonymous().fails(DELETE, { input: { id: own } })).toBe('UNAUTHENTICATED');
    expect(await room.as('READER').fails(DELETE, { input: { id: own } })).toBe('FORBIDDEN');
    const { errors } = await room.as('CONTRIBUTOR').ask(DELETE, { input: { id: editors } });
    expect(errors).toMatchObject([
      {
        message: "This is somebody else's comment: only EDITOR and above may delete it.",
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
    expect(await talk.remove(own, 'CONTRIBUTOR')).toEqual({ comment: null, problems: [] });
    expect(await talk.remove(others, 'EDITOR')).toEqual({ comment: null, problems: [] });
    expect(await talk.remove(editors, 'ADMIN')).toEqual({ comment: null, problems: [] });
    expect(await read(id, 'comments { totalCount nodes { id } }')).toEqual({ comments: { totalCount: 0, nodes: [] } });
    expect(await room.as('ADMIN').run(`{ node(id: "${own}") { id } }`)).toEqual({ node: null });
    expect(await room.as('ADMIN').fails(DELETE, { input: { id: `comment:${randomUUID()}` } })).toBe('NOT_FOUND');
  });

  it('twice changes nothing', async () => {
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Hm.');
    await talk.remove(said);
    const before = await room.sql('select * from comment where id = $1', [said.slice(8)]);
    expect(await talk.remove(said)).toEqual({ comment: null, problems: [] });
    expect(await room.sql('select * from comment where id = $1', [said.slice(8)])).toEqual(before);
  });

  it('keeps what others replied: it stays, without its words, until they have gone too', async () => {
    const { id } = await room.make.story();
    const asked = await talk.say(id, 'Words');
    const reply = await talk.say(id, 'A reply', { parent: asked }, 'EDITOR');
    const below = await talk.say(id, 'A reply to that', { parent: reply }, 'ADMIN');
    expect((await talk.remove(asked)).comment).toMatchObject({ id: asked, body: '', bodyHtml: null });
    await talk.remove(reply, 'EDITOR');
    const thread = 'totalCount nodes { id body replies { totalCount nodes { id body replies { nodes { body } } } } }';
    expect((await read(id, `comments { ${thread} }`)).comments).toEqual({
      totalCount: 1,
      nodes: [
        {
          id: asked,
          body: '',
          replies: {
            totalCount: 1,
            nodes: [{ id: reply, body: '', replies: { nodes: [{ body: 'A reply to that' }] } }],
          },
        },
      ],
    });
    expect(
      (await room.as('ADMIN').run(`{ node(id: "${below}") { ... on Comment { parent { id body } } } }`)).node,
    ).toEqual({ parent: { id: reply, body: '' } });
    await talk.remove(below, 'ADMIN');
    expect(await read(id, 'comments { totalCount nodes { id } }')).toEqual({ comments: { totalCount: 0, nodes: [] } });
  });

  it('and replying to it at the same moment leave no reply that came after it', async () => {
    const { id } = await room.make.story();
    for (let n = 0; n < 5; n++) {
      const asked = await talk.say(id, `Asked ${n}`);
      const [removed, replied] = await Promise.all([
        talk.remove(asked),
        talk.comment({ entry: id, body: 'A reply', parent: asked }, 'EDITOR'),
      ]);
      // Either the reply came first, and holds what was deleted, or it was told.
      if (replied.comment) expect((await talk.remove(asked)).comment).toMatchObject({ body: '' });
      else expect(replied.problems).toMatchObject([{ code: 'GONE' }]);
      expect(removed.problems).toEqual([]);
    }
  });

  it('leaves in the database since when and until when it stood, by the ledger', async () => {
    const head = async (): Promise<string> =>
      (await room.sql('select max(position)::text as head from change'))[0].head as string;
    const { id } = await room.make.story();
    const since = await head();
    const said = await talk.say(id, 'Hm.');
    await room.make.story();
    const until = await head();
    await talk.remove(said);
    expect(await room.sql('select since::text, until::text, body from comment where id = $1', [said.slice(8)])).toEqual(
      [{ since, until, body: 'Hm.' }],
    );
  });
});

describe('A comment that is sent again with its clientMutationId', () => {
  it('is written once, and answered alike', async () => {
    const { id } = await room.make.story();
    const input = { entry: id, body: 'Sent twice', clientMutationId: 'comment-1' };
    const first = await talk.comment(input);
    expect(await writingNothing(room, () => talk.comment(input))).toEqual(first);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => talk.comment({ ...input, body: 'At once', clientMutationId: 'comment-2' })),
    );
    expect(new Set(answers.map((answer) => answer.comment.id)).size).toBe(1);
    expect(await bodies(id)).toEqual(['Sent twice', 'At once']);
  });

  it('with another input is a mistake, and a refusal is not remembered', async () => {
    const { id } = await room.make.story();
    await talk.comment({ entry: id, body: 'One', clientMutationId: 'comment-3' });
    expect(
      await room
        .as('CONTRIBUTOR')
        .fails(COMMENT, { input: { entry: id, body: 'Another', clientMutationId: 'comment-3' } }),
    ).toBe('IDEMPOTENCY_KEY_REUSED');
    const refused = { entry: id, body: 'Two', path: '/nothing', clientMutationId: 'comment-4' };
    expect((await writingNothing(room, () => talk.comment(refused))).comment).toBeNull();
    expect((await talk.comment({ ...refused, path: null })).problems).toEqual([]);
    expect(await room.as('EDITOR').fails(COMMENT, { input: { ...refused, clientMutationId: 'has spaces' } })).toBe(
      'BAD_USER_INPUT',
    );
  });
});

describe('Comments on an entry', () => {
  it('are paged both ways, oldest first, each once', async () => {
    const { id } = await room.make.story();
    const all = Array.from({ length: 7 }, (_, n) => `Comment ${n}`);
    for (const body of all) await talk.say(id, body);
    expect(await bodies(id)).toEqual(all);
    for (const forward of [true, false]) {
      const found: string[] = [];
      for (let cursor: string | null = null, more = true; more;) {
        const [size, bound] = forward ? ['first', 'after'] : ['last', 'before'];
        const { comments } = await read(
          id,
          `comments(${size}: 3${cursor ? `, ${bound}: "${cursor}"` : ''}) { totalCount nodes { body }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
        );
        expect(comments.totalCount).toBe(7);
        const page = comments.nodes.map((node: Answer) => node.body);
        if (forward) found.push(...page);
        else found.unshift(...page);
        cursor = forward ? comments.pageInfo.endCursor : comments.pageInfo.startCursor;
        more = forward ? comments.pageInfo.hasNextPage : comments.pageInfo.hasPreviousPage;
      }
      expect(found).toEqual(all);
    }
  });

  it('keep their order when they come at the same moment', async () => {
    const { id } = await room.make.story();
    await Promise.all(Array.from({ length: 10 }, (_, n) => talk.say(id, `At once ${n}`)));
    const [{ times }] = await room.sql(
      'select count(distinct created_at)::int as times from comment where entry = $1',
      [id],
    );
    expect(times).toBe(10);
  });
});
