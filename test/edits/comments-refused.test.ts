import { randomUUID } from 'node:crypto';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';
import { COMMENT, talkIn } from '../support/talk';

let room: TestNewsroom;
let talk: ReturnType<typeof talkIn>;
beforeAll(async () => {
  room = await openTestNewsroom();
  talk = talkIn(room);
});
afterAll(() => room.close());

type Input = Record<string, unknown>;

describe('A comment is refused, and nothing is written', () => {
  const story = async (): Promise<string> => (await room.make.story()).id;
  const path = 'revision 1, the newest, has no part';
  const example = 'Parts are fields, and items of lists by their id: /body, /timeline/{id}/note.';
  it.each<[string, Input, Input]>([
    ['without words', { body: ' \n ' }, { code: 'REQUIRED', message: 'body is required.', path: '/body' }],
    ['without anything', { body: '' }, { code: 'REQUIRED', message: 'body is required.', path: '/body' }],
    [
      'that is too long',
      { body: 'x'.repeat(10_001) },
      { code: 'TOO_LONG', message: 'body has 10001 characters; at most 10000 are allowed.', path: '/body' },
    ],
    [
      'with NUL',
      { body: 'a\0b' },
      {
        code: 'INVALID',
        message: 'body: It has U+0000 (NUL) at position 1, which text cannot hold.',
        path: '/body',
      },
    ],
    [
      'with half of a surrogate pair',
      { body: 'a\ud800' },
      {
        code: 'INVALID',
        message: 'body: It has U+D800 (half of a surrogate pair) at position 1, which text cannot hold.',
        path: '/body',
      },
    ],
    [
      'with too many wiki links',
      { body: Array.from({ length: 501 }, (_, n) => `[[actor:a-${n}]]`).join(' ') },
      {
        code: 'TOO_MANY',
        message: 'body: the texts have 501 wiki links up to here; at most 500 are allowed.',
        path: '/body',
      },
    ],
    [
      'on a field that no story has',
      { path: '/nothing' },
      { code: 'NOT_FOUND', message: `path: ${path} "/nothing". ${example}`, path: '/path' },
    ],
    [
      'on an item that is not there',
      { path: '/timeline/AAAAAAAAAAAAAAAA' },
      { code: 'NOT_FOUND', message: `path: ${path} "/timeline/AAAAAAAAAAAAAAAA". ${example}`, path: '/path' },
    ],
    [
      'on what is not a path',
      { path: 'body' },
      {
        code: 'INVALID',
        message: 'path: this is not a JSON Pointer such as /body or /timeline/{id}/note.',
        path: '/path',
      },
    ],
    [
      'on a path with NUL',
      { path: '/body\0' },
      {
        code: 'INVALID',
        message: 'path: It has U+0000 (NUL) at position 5, which a single line of text cannot hold.',
        path: '/path',
      },
    ],
    [
      'on a path without end',
      { path: `/${'x'.repeat(1000)}` },
      { code: 'TOO_LONG', message: 'path has 1001 characters; at most 1000 are allowed.', path: '/path' },
    ],
    [
      'below what is not a comment',
      { parent: 'nonsense' },
      { code: 'NOT_FOUND', message: 'parent: there is no such comment on this entry.', path: '/parent' },
    ],
    [
      'below a comment that is not there',
      { parent: `comment:${randomUUID()}` },
      { code: 'NOT_FOUND', message: 'parent: there is no such comment on this entry.', path: '/parent' },
    ],
  ])('%s', async (_name, input, problem) => {
    const entry = await story();
    const answer = await writingNothing(room, () => talk.comment({ entry, body: 'Hm.', ...input }));
    expect(answer).toEqual({ comment: null, problems: [{ severity: 'ERROR', entry: null, ...problem }] });
  });

  it('with all that is wrong with its shape at once', async () => {
    const { problems } = await talk.comment({ entry: await story(), body: '', path: 'x' });
    expect(problems.map((problem: Answer) => problem.path)).toEqual(['/body', '/path']);
  });

  it('on an entry that was deleted', async () => {
    const entry = await story();
    await room.as('EDITOR').run(`mutation { deleteEntry(input: { id: "${entry}", baseRevision: 1 }) { outcome } }`);
    expect(await writingNothing(room, () => talk.comment({ entry, body: 'Hm.' }))).toEqual({
      comment: null,
      problems: [
        {
          severity: 'ERROR',
          code: 'GONE',
          message: 'This entry was deleted; restore it first.',
          path: null,
          entry: { id: entry },
        },
      ],
    });
  });

  it.each([['nonsense'], [randomUUID()]])('on an entry that is not there: %s', async (entry) => {
    const { errors } = await writingNothing(room, () =>
      room.as('CONTRIBUTOR').ask(COMMENT, { input: { entry, body: 'Hm.' } }),
    );
    expect(errors).toMatchObject([
      { message: 'There is no such entry, or you may not see it.', extensions: { code: 'NOT_FOUND' } },
    ]);
  });

  it('below a comment on another entry', async () => {
    const [one, other] = [await story(), await story()];
    const said = await talk.say(one, 'Here');
    expect(
      (await writingNothing(room, () => talk.comment({ entry: other, body: 'There', parent: said }))).problems,
    ).toEqual([expect.objectContaining({ code: 'NOT_FOUND', path: '/parent' })]);
  });

  it('by an anonymous reader and by a READER, on what they see and on what is not there alike', async () => {
    const entry = await story();
    for (const input of [
      { entry, body: 'x' },
      { entry: randomUUID(), body: '' },
    ]) {
      expect(await room.asAnonymous().fails(COMMENT, { input })).toBe('UNAUTHENTICATED');
      expect(await writingNothing(room, () => room.as('READER').fails(COMMENT, { input }))).toBe('FORBIDDEN');
    }
  });
});
