import type { ServerResponse } from 'node:http';
import { openDesk } from '../support/desk';
import type { Answer } from '../support/newsroom';
import { type Received, type Receiver, startReceiver, verify } from '../support/receiver';
import { openWebhooks, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(15_000);

let desk: TestWebhooks;
let receiver: Receiver;
const open: Receiver[] = [];
beforeAll(async () => {
  desk = await openWebhooks();
});
afterAll(() => desk.close());
beforeEach(async () => {
  receiver = await startReceiver();
  open.push(receiver);
});
afterEach(async () => {
  await desk.room.sql('delete from webhook');
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const editStory = (id: string, baseRevision: number, headline: string): Promise<Answer> =>
  openDesk(desk.room).edit('story', id, baseRevision, { headline });

it('a receiver is sent what becomes public, signed as in Standard Webhooks, and nothing from before', async () => {
  await desk.room.make.story();
  const { id, secret } = await desk.make(`${receiver.url}?from=news`);
  const story = await desk.room.make.story();
  const [call] = await receiver.got(1);
  expect(call).toMatchObject({ method: 'POST', path: '/hook?from=news' });
  expect(call?.headers).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'newsroom-wiki-webhooks/1',
    'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
  });
  expect(verify(secret, call as Received)).toEqual({
    type: 'entry.published',
    timestamp: expect.any(String),
    data: {
      cursor: expect.any(String),
      kind: 'PUBLISHED',
      entryId: story.id,
      entryKind: 'STORY',
      revision: 1,
    },
  });
  await until(async () => (await desk.deliveriesOf(id))[0]?.state === 'DELIVERED');
  const [delivery] = await desk.deliveriesOf(id);
  expect(delivery).toMatchObject({ id: call?.id, attempts: 1, lastStatus: 204, lastError: null, nextAttemptAt: null });
  expect(desk.warnings).toEqual([]);
});

it('each change is sent once, what happened to one entry in its order, and what was acknowledged can be resumed from', async () => {
  const { id } = await desk.make(receiver.url, { view: 'LATEST' });
  const stories = await Promise.all([1, 2, 3].map(() => desk.room.make.story()));
  for (const number of [1, 2, 3, 4])
    for (const story of stories) await editStory(story.id, number, `Headline ${number} of ${story.id}`);
  await receiver.got(15);
  await until(async () => (await desk.deliveriesOf(id)).every(({ state }) => state === 'DELIVERED'));
  expect(new Set(receiver.calls.map((call) => call.id)).size).toBe(15);
  for (const story of stories)
    expect(
      receiver.calls.filter(({ event }) => event.data.entryId === story.id).map(({ event }) => event.data.revision),
    ).toEqual([1, 2, 3, 4, 5]);
  const { acknowledged } = await desk.find(id);
  const { changes } = await desk.room
    .as('EDITOR')
    .run(
      'query ($after: Cursor!) { changes(after: $after, filter: { view: LATEST }) { changes { cursor } hasMore } }',
      {
        after: acknowledged,
      },
    );
  expect(changes).toEqual({ changes: [], hasMore: false });
});

it('a webhook tells what its filter asks for, from where it asks for it', async () => {
  const [{ head }, story] = [await desk.room.asAnonymous().run('{ head }'), await desk.room.make.story()];
  const actor = await desk.room.make.actor();
  const { webhook } = await desk.create({ url: receiver.url, filter: { entryKinds: ['ACTOR'] }, after: head });
  await receiver.got(1);
  await editStory(story.id, 1, 'Not for this one');
  const other = await desk.room.make.actor();
  await receiver.got(2);
  expect(receiver.calls.map(({ event }) => event.data.entryId)).toEqual([actor.id, other.id]);
  expect((await desk.find(webhook.id)).deliveries.totalCount).toBe(2);
});

it('a filter says each thing once', async () => {
  const text = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { kinds entryKinds } } }`;
  const filter = { kinds: ['CORRECTED', 'EDITED', 'CORRECTED'], entryKinds: Array(500).fill('STORY') };
  const { createWebhook } = await desk.room.as('ADMIN').run(text, { input: { url: receiver.url, filter } });
  expect(createWebhook.webhook).toEqual({ kinds: ['CORRECTED', 'EDITED'], entryKinds: ['STORY'] });
});

it('a changed secret signs beside the former one, for a day', async () => {
  const { id, secret: first } = await desk.make(receiver.url);
  await desk.room.make.story();
  await receiver.got(1);
  const { secret: second } = await desk.act('rotateWebhookSecret', id);
  await desk.room.make.story();
  await receiver.got(2);
  const { secret: third } = await desk.act('rotateWebhookSecret', id);
  await desk.room.make.story();
  await receiver.got(3);
  await desk.room.sql(`update webhook set former_until = former_until - interval '24 hours'`);
  await desk.room.make.story();
  await receiver.got(4);
  const good = receiver.calls.map((call) =>
    [first, second, third].map((secret) => {
      try {
        return verify(secret, call).type;
      } catch (error) {
        return (error as Error).message;
      }
    }),
  );
  const [yes, no] = ['entry.published', 'No matching signature found'];
  expect(good).toEqual([
    [yes, no, no],
    [yes, yes, no],
    [no, yes, yes],
    [no, no, yes],
  ]);
  expect(receiver.calls.map((call) => String(call.headers['webhook-signature']).split(' ').length)).toEqual([
    1, 2, 2, 1,
  ]);
});

it('what was sent is sent once more when it is asked for, with the same id', async () => {
  const { id } = await desk.make(receiver.url);
  await desk.room.make.story();
  await receiver.got(1);
  await until(async () => (await desk.deliveriesOf(id))[0]?.state === 'DELIVERED');
  const [sent] = await desk.deliveriesOf(id);
  const before = await desk.find(id);
  receiver.answers(500);
  expect(await desk.redeliver(String(receiver.calls[0]?.id))).toEqual({
    delivery: { id: sent.id, state: 'PENDING' },
    problems: [],
  });
  await receiver.got(2);
  await until(async () => (await desk.deliveriesOf(id))[0]?.state === 'RETRYING');
  expect(receiver.calls.map((call) => call.id)).toEqual([sent.id, sent.id]);
  // It was acknowledged once, and nothing takes that back.
  expect((await desk.find(id)).deliveries.nodes[0].deliveredAt).toBe(before.deliveries.nodes[0].deliveredAt);
  receiver.answers(200);
  await desk.moveTime();
  await until(async () => (await desk.deliveriesOf(id))[0]?.state === 'DELIVERED');
});

it('nothing is sent for a webhook that was deleted', async () => {
  const { id } = await desk.make(receiver.url);
  const kept = await desk.make(receiver.url.replace('/hook', '/kept'));
  expect(await desk.act('deleteWebhook', id)).toEqual({ secret: null, webhook: null, problems: [] });
  await desk.room.make.story();
  await receiver.got(1);
  await until(async () => (await desk.deliveriesOf(kept.id))[0]?.state === 'DELIVERED');
  expect(receiver.calls.map(({ path }) => path)).toEqual(['/kept']);
  expect(await desk.find(id)).toBeNull();
});

it('429 is not outdone by what was answered well to calls that were under way', async () => {
  const { head } = await desk.room.as('EDITOR').run('{ head }');
  for (let made = 0; made < 6; made++) await desk.room.make.actor();
  const waiting: ServerResponse[] = [];
  receiver.answers((response) => void waiting.push(response));
  const { webhook } = await desk.create({ url: receiver.url, after: head });
  await receiver.got(4);
  waiting.shift()?.writeHead(429, { 'retry-after': '120' }).end();
  const states = async (): Promise<string> =>
    (await desk.deliveriesOf(webhook.id))
      .map(({ state }) => state[0])
      .toSorted()
      .join('');
  await until(async () => (await states()) === 'PPPPPR');
  for (const response of waiting.splice(0)) response.writeHead(204).end();
  await until(async () => (await states()) === 'DDDPPR');
  const other = await startReceiver();
  open.push(other);
  await desk.make(other.url);
  await desk.room.make.story();
  await other.got(1);
  await desk.room.make.story();
  await other.got(2);
  expect(receiver.calls.length).toBe(4);
});
