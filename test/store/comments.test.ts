import { countComments, findComments, listComments } from '../../src/store/comments';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { talkIn } from '../support/talk';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const head = async (): Promise<bigint> => {
  await room.make.story(); // the ledger goes on
  return BigInt((await room.sql('select max(position)::text as head from change'))[0].head);
};
const PAGE = { list: '', limit: 20, fromEnd: false, after: null, before: null };

it('As of a position of the ledger there is what was said then, with its words, whatever was taken back since', async () => {
  const { say, remove } = talkIn(room);
  const { id } = await room.make.story();
  const nothing = await head();
  await room.make.story();
  const asked = await say(id, 'Asked');
  const open = await head();
  const reply = await say(id, 'Replied', { parent: asked }, 'EDITOR');
  await head();
  await remove(asked);
  const shell = await head();
  await remove(reply, 'EDITOR');
  const after = await head();

  const { run } = room.newsroom.database;
  const bodiesAt = async (position: bigint | null): Promise<unknown> => {
    const comments = await listComments(run, position, 'entry', [id], PAGE);
    const replies = await listComments(run, position, 'parent', [asked.slice(8)], PAGE);
    const [count] = await countComments(run, position, 'entry', [id]);
    const found = await findComments(run, position, [asked.slice(8)]);
    expect([count?.count ?? 0, found.length]).toEqual([comments.length, comments.length]);
    return [comments.map(({ body }) => body), replies.map(({ body }) => body)];
  };
  expect(await bodiesAt(nothing)).toEqual([[], []]);
  expect(await bodiesAt(open - 1n)).toEqual([['Asked'], []]);
  expect(await bodiesAt(open)).toEqual([['Asked'], ['Replied']]);
  expect(await bodiesAt(shell)).toEqual([[], []]);
  expect(await bodiesAt(shell - 1n)).toEqual([[null], ['Replied']]);
  expect(await bodiesAt(after)).toEqual([[], []]);
  expect(await bodiesAt(null)).toEqual([[], []]);
});
