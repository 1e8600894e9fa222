import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../support/newsroom';
import { type Receiver, startReceiver, verify } from '../support/receiver';
import { openWebhooks, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(60_000);

const TIME_LIMIT_MS = 400;

let desk: TestWebhooks;
let receiver: Receiver;
const open: Receiver[] = [];
const start = async (): Promise<Receiver> => {
  const one = await startReceiver();
  open.push(one);
  return one;
};
beforeAll(async () => {
  desk = await openWebhooks({ timeLimitMs: TIME_LIMIT_MS });
});
afterAll(() => desk.close());
beforeEach(async () => {
  receiver = await start();
});
afterEach(async () => {
  await desk.room.sql('delete from webhook');
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** Makes a change and waits until the first delivery of the webhook stands so. */
async function send(id: string, state: string): Promise<Answer> {
  await desk.room.make.story();
  return settle(id, state);
}

async function settle(id: string, state: string, attempts = 1): Promise<Answer> {
  let found: Answer;
  await until(async () => {
    [found] = await desk.deliveriesOf(id);
    return found?.state === state && found.attempts >= attempts;
  });
  return found;
}

/** How long from now on until the next attempt, in seconds. */
const secondsTo = (time: string): number => (Date.parse(time) - Date.now()) / 1000;

describe('What a receiver answers that is not 2xx, or does not answer', () => {
  it.each<[string, Parameters<Receiver['answers']>[0], number | null, RegExp]>([
    ['500', 500, 500, /^The receiver answered 500\.$/],
    [
      'another protocol',
      (response) => response.socket?.end('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      101,
      /^The receiver answered 101\.$/,
    ],
    [
      '404 with words',
      (response) => response.writeHead(404).end('no such hook'),
      404,
      /answered 404\. It said: no such hook$/,
    ],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
      302,
      /answered 302\. Redirects are not followed\.$/,
    ],
    ['nothing at all', () => undefined, null, /^No whole answer came within 0\.4 seconds\.$/],
    [
      'an answer byte by byte',
      (response) => {
        response.writeHead(200);
        const dripping = setInterval(() => response.write('.'), 50);
        response.on('close', () => clearInterval(dripping));
      },
      null,
      /^No whole answer came within 0\.4 seconds\.$/,
    ],
    ['a connection that is closed', (response) => response.destroy(), null, /^The connection was closed before/],
    [
      'half an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setImmediate(() => response.destroy());
      },
      null,
      /^The connection was closed before/,
    ],
  ])('%s: it is tried again after about five seconds, with the same id', async (_, answering, status, error) => {
    const { id, secret } = await desk.make(receiver.url);
    receiver.answers(answering);
    const failed = await send(id, 'RETRYING');
    expect(failed).toMatchObject({ attempts: 1, lastStatus: status, lastError: expect.stringMatching(error) });
    expect(secondsTo(failed.nextAttemptAt)).toBeLessThan(6.1);
    expect(secondsTo(failed.nextAttemptAt)).toBeGreaterThan(2);
    receiver.answers(200);
    await desk.moveTime();
    expect(await settle(id, 'DELIVERED')).toMatchObject({ attempts: 2, lastStatus: 200, lastError: null });
    expect(receiver.calls.map((call) => call.id)).toEqual([failed.id, failed.id]);
    expect(receiver.calls.map((call) => verify(secret, call).type)).toEqual(['entry.published', 'entry.published']);
  });

  it.each([
    ['a 204 with a body', 'HTTP/1.1 204 No Content\r\n\r\nthanks', 204],
    ['words after the length that was told', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok, thanks', 200],
  ])('%s is an answer all the same', async (_, words, status) => {
    const { id } = await desk.make(receiver.url);
    receiver.answers((response) => response.socket?.end(words));
    expect(await send(id, 'DELIVERED')).toMatchObject({ attempts: 1, lastStatus: status, lastError: null });
  });

  it('nobody there: the connection is refused', async () => {
    const { id } = await desk.make(receiver.url);
    await receiver.close();
    open.pop();
    const failed = await send(id, 'RETRYING');
    expect(failed).toMatchObject({ lastStatus: null, lastError: 'The connection was refused.' });
  });

  it('of a long answer no more than 200 bytes are kept, as one line of text', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers((response) => response.writeHead(500).end(`<b>\r\n\0${'é'.repeat(50_000)}`));
    const { lastError } = await send(id, 'RETRYING');
    const said = lastError.replace('The receiver answered 500. It said: ', '');
    expect(said).toMatch(/^<b> é+$/);
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(200);
  });

  it('an answer without end counts by its status, and is not read on', async () => {
    const { id } = await desk.make(receiver.url);
    let written = 0;
    receiver.answers((response) => {
      response.writeHead(200);
      const flood = (): void => {
        for (let more = true; more && !response.destroyed; written += 10_000) more = response.write('x'.repeat(10_000));
      };
      response.on('drain', flood);
      flood();
    });
    expect(await send(id, 'DELIVERED')).toMatchObject({ lastStatus: 200 });
    expect(written).toBeLessThan(20_000_000);
  });
});

describe('What a receiver asks for', () => {
  it('410: the webhook is disabled at once; what it missed is sent once it is enabled', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers(410);
    await send(id, 'FAILED');
    await until(async () => !(await desk.find(id)).enabled);
    const { disabledReason, acknowledged } = await desk.find(id);
    expect(disabledReason).toBe('The receiver answered 410 (Gone): it wants no more calls.');
    const missed = [await desk.room.make.story(), await desk.room.make.actor()];
    const other = await start();
    await desk.make(other.url, { entryKinds: ['DOCUMENT'] });
    await desk.room.make.document();
    await other.got(1);
    expect(receiver.calls.length).toBe(1);
    const { changes } = await desk.room
      .as('EDITOR')
      .run('query ($after: Cursor!) { changes(after: $after) { changes { entryId } } }', { after: acknowledged });
    expect(changes.changes.map((change: Answer) => change.entryId).slice(1, 3)).toEqual(
      missed.map((entry) => entry.id),
    );
    receiver.answers(200);
    expect((await desk.act('enableWebhook', id)).webhook).toMatchObject({ enabled: true, disabledReason: null });
    await receiver.got(5);
    const [first, ...later] = receiver.calls;
    expect(later.map(({ event }) => event.data.entryId).toSorted()).toEqual(
      changes.changes.map((change: Answer) => change.entryId).toSorted(),
    );
    expect(later.filter((call) => call.id === first?.id).length).toBe(1);
  });

  it.each([
    ['seconds', () => '120'],
    ['a date', () => new Date(Date.now() + 120_000).toUTCString()],
  ])('429 with Retry-After in %s: nothing is sent for as long, whatever waits', async (_, retryAfter) => {
    const { id } = await desk.make(receiver.url);
    receiver.answers((response) => response.writeHead(429, { 'retry-after': retryAfter() }).end());
    const failed = await send(id, 'RETRYING');
    expect(secondsTo(failed.nextAttemptAt)).toBeGreaterThan(100);
    expect(secondsTo(failed.nextAttemptAt)).toBeLessThanOrEqual(121);
    const other = await start();
    await desk.make(other.url);
    await desk.room.make.story();
    await other.got(1);
    await desk.room.make.story();
    await other.got(2);
    expect(receiver.calls.length).toBe(1);
    receiver.answers(200);
    await desk.moveTime();
    await receiver.got(4);
    await until(async () => (await desk.deliveriesOf(id)).every(({ state }) => state === 'DELIVERED'));
  });

  it('Retry-After counts for a day at most, and what cannot be meant does not count', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers((response) => response.writeHead(503, { 'retry-after': '99999999' }).end());
    expect(secondsTo((await send(id, 'RETRYING')).nextAttemptAt)).toBeLessThanOrEqual(86_401);
    receiver.answers((response) => response.writeHead(503, { 'retry-after': 'tomorrow, perhaps' }).end());
    await desk.moveTime();
    const [again] = [await settle(id, 'RETRYING', 2)];
    expect(secondsTo(again.nextAttemptAt)).toBeLessThanOrEqual(361);
  });
});

describe('A receiver that fails for long', () => {
  it('is called ten times by the schedule of Standard Webhooks, give or take a fifth; then the delivery has failed', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers(500);
    await send(id, 'RETRYING');
    const waits: number[] = [];
    for (let attempt = 1; attempt < 10; attempt++) {
      const { nextAttemptAt } = await settle(id, 'RETRYING', attempt);
      waits.push(secondsTo(nextAttemptAt));
      await desk.moveTime();
    }
    expect(await settle(id, 'FAILED', 10)).toMatchObject({ attempts: 10, nextAttemptAt: null });
    const schedule = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan((schedule[index] as number) * 0.8 - 3);
      expect(wait).toBeLessThan((schedule[index] as number) * 1.2 + 1);
    }
    expect(new Set(receiver.calls.map((call) => call.id)).size).toBe(1);
    expect((await desk.find(id)).enabled).toBe(true);
    receiver.answers(200);
    await desk.redeliver(String(receiver.calls[0]?.id));
    expect(await settle(id, 'DELIVERED')).toMatchObject({ attempts: 1 });
  });

  it('is disabled after five days of nothing but failures; what it missed comes when it is enabled', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers(500);
    const failed = await send(id, 'RETRYING');
    await desk.room.sql(`update webhook set failing_since = failing_since - interval '5 days' + interval '10 seconds'`);
    await desk.moveTime();
    await settle(id, 'RETRYING', 2);
    expect((await desk.find(id)).enabled).toBe(true);
    await desk.room.sql(`update webhook set failing_since = failing_since - interval '10 seconds'`);
    await desk.moveTime();
    await settle(id, 'FAILED', 3);
    await until(async () => !(await desk.find(id)).enabled);
    expect((await desk.find(id)).disabledReason).toBe(
      'No call went well for 5 days. The last one: The receiver answered 500.',
    );
    await desk.room.make.story();
    receiver.answers(200);
    await desk.act('enableWebhook', id);
    await receiver.got(5);
    expect(receiver.calls.filter((call) => call.id === failed.id)).toHaveLength(4);
    await until(async () => (await desk.deliveriesOf(id)).every(({ state }) => state === 'DELIVERED'));
  });

  it('is not disabled where one call went well in between', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers(500);
    await send(id, 'RETRYING');
    await desk.room.sql(`update webhook set failing_since = failing_since - interval '6 days'`);
    receiver.answers(200);
    await desk.moveTime();
    await settle(id, 'DELIVERED', 2);
    receiver.answers(500);
    await desk.room.make.story();
    await until(async () => (await desk.deliveriesOf(id))[1]?.state === 'RETRYING');
    expect((await desk.find(id)).enabled).toBe(true);
  });

  it('after it was out of order, enabling it anew sends at once what waits', async () => {
    const { id } = await desk.make(receiver.url);
    receiver.answers(500);
    await send(id, 'RETRYING');
    receiver.answers(200);
    await desk.act('enableWebhook', id);
    await settle(id, 'DELIVERED');
  });
});

it('a receiver that never answers delays no other', async () => {
  receiver.answers(() => undefined);
  const good = await Promise.all([1, 2, 3, 4, 5].map(start));
  const stuck = await Promise.all([1, 2, 3].map(() => desk.make(receiver.url)));
  for (const one of good) await desk.make(one.url);
  const began = Date.now();
  for (let count = 0; count < 10; count++) await desk.room.make.story();
  await Promise.all(good.map((one) => one.got(10)));
  expect(Date.now() - began).toBeLessThan(5000);
  // No receiver is called more than four times at once for one webhook.
  expect(receiver.most()).toBeLessThanOrEqual(4 * stuck.length);
});

it('nothing that a redirect leads to is called', async () => {
  let called = 0;
  const trap = createServer((_, response) => {
    called += 1;
    response.end();
  });
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
  const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.answers((response) => response.writeHead(status, { location }).end());
    const { id } = await desk.make(receiver.url);
    expect(await send(id, 'RETRYING')).toMatchObject({ lastStatus: status });
    await desk.room.sql('delete from webhook');
  }
  trap.close();
  expect(called).toBe(0);
});
