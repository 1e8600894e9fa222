import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../support/newsroom';
import { startReceiver, type Receiver } from '../support/receiver';
import { openWebhooks, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(60_000);

/** What names resolve to at the moment. */
const names = new Map<string, string[]>();
const asked: string[] = [];
const resolve = async (host: string): Promise<string[]> => {
  asked.push(host);
  const addresses = names.get(host);
  if (!addresses) throw Object.assign(new Error(`no such name: ${host}`), { code: 'ENOTFOUND' });
  return addresses;
};

let strict: TestWebhooks;
let loose: TestWebhooks;
let receiver: Receiver;
beforeAll(async () => {
  [strict, loose] = (await Promise.all(
    [false, true].map((allowsLoopback) =>
      openWebhooks({ timeLimitMs: 1000 }, { webhooks: { perUser: 20, allowsLoopback, resolve } }),
    ),
  )) as [TestWebhooks, TestWebhooks];
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await Promise.all([strict.close(), loose.close()]);
});
beforeEach(() => names.clear());
afterEach(() => Promise.all([strict, loose].map(({ room }) => room.sql('delete from webhook'))));

const refusal = (message: unknown) => ({
  secret: null,
  webhook: null,
  problems: [{ code: 'INVALID', message, path: '/url' }],
});

describe('When it is saved', () => {
  it.each(
    `
  https://127.1/ https://2130706433/ https://0x7f.1/ https://0177.1/ https://①②⑦.0.0.1/
  https://[::ffff:127.0.0.1]/ https://[::1]/ https://[64:ff9b::7f00:1]/ https://[2002:7f00:1::]/
  https://localhost./ https://a.b.localhost/ https://169.254.169.254/latest https://10.0.0.1/
  https://100.64.0.1/ https://[fc00::1]/ https://[fe80::1]/ https://224.0.0.1/ https://0.0.0.0/
`
      .trim()
      .split(/\s+/),
  )('%s is refused', async (url) => {
    expect(await strict.create({ url })).toEqual(refusal(expect.stringContaining('inside the network')));
  });

  it.each([
    ['http://news.example/', /https/],
    ['https://me:secret@news.example/', /user name or password/],
    ['javascript:alert(1)', /http/],
  ])('%s is refused', async (url, reason) => {
    const answer = await strict.create({ url });
    expect(answer).toEqual(refusal(expect.stringMatching(reason)));
    expect(JSON.stringify(answer)).not.toContain('secret@');
  });

  it('a name is refused where one of its addresses is inside', async () => {
    names.set('inside.example', ['10.0.0.1']);
    names.set('both.example', ['2606:4700::1111', '::ffff:127.0.0.1']);
    names.set('outside.example', ['1.1.1.1', '2606:4700::1111']);
    for (const host of ['inside.example', 'both.example', 'inside.example.'])
      expect(await strict.create({ url: `https://${host}/` })).toEqual(refusal(expect.stringContaining('inside')));
    expect((await strict.create({ url: 'https://outside.example/' })).problems).toEqual([]);
    expect((await strict.create({ url: 'https://not-yet.example/' })).problems).toEqual([]);
  });

  it('with loopback allowed nothing else of the network is', async () => {
    names.set('inside.example', ['10.0.0.1']);
    for (const url of [
      'https://inside.example/',
      'http://10.0.0.1/',
      'http://169.254.169.254/',
      'http://[::ffff:127.0.0.1]/',
    ])
      expect(await loose.create({ url })).toEqual(refusal(expect.stringContaining('inside the network')));
    expect(await loose.create({ url: 'http://news.example/' })).toEqual(refusal(expect.stringContaining('https')));
    for (const url of [receiver.url, 'http://[::1]:8080/', 'http://2130706433:8080/'])
      expect((await loose.create({ url })).problems).toEqual([]);
  });
});

describe('When something is sent', () => {
  /** What became of the first attempt for a webhook whose address has changed since it was saved. */
  async function attempt(desk: TestWebhooks, url: string): Promise<Answer> {
    const { id } = await desk.make('https://outside.example/');
    await desk.room.sql('update webhook set url = $1', [url]);
    await desk.room.make.story();
    await until(async () => (await desk.deliveriesOf(id))[0]?.state === 'RETRYING');
    return (await desk.deliveriesOf(id))[0];
  }

  const port = (): string => new URL(receiver.url).port;

  it.each(['127.0.0.1', '127.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost', 'localhost.'])(
    '%s is not called, although somebody listens there',
    async (host) => {
      const before = receiver.calls.length;
      const { lastStatus, lastError } = await attempt(strict, `http://${host}:${port()}/hook`);
      expect({ lastStatus, lastError }).toEqual({
        lastStatus: null,
        lastError: expect.stringContaining('inside the network, which is not called'),
      });
      expect(receiver.calls.length).toBe(before);
    },
  );

  it('a name that leads elsewhere since then is not followed inside', async () => {
    names.set('outside.example', ['1.1.1.1']);
    names.set('rebinding.example', ['127.0.0.1']);
    const { lastError } = await attempt(strict, `https://rebinding.example:${port()}/hook`);
    expect(lastError).toBe('rebinding.example leads to an address inside the network, which is not called.');
    // Nor is what is inside named to whoever asks.
    expect(lastError).not.toContain('127.0.0.1');
  });

  it('the connection goes to an address that was looked at, whatever the name leads to a moment later', async () => {
    const before = receiver.calls.length;
    let lookUps = 0;
    const desk = await openWebhooks(
      { timeLimitMs: 1000 },
      {
        webhooks: {
          perUser: 20,
          allowsLoopback: true,
          // First when it is saved, then when it is sent to; a further look-up would lead to nobody.
          resolve: async () => ((lookUps += 1) % 2 === 0 ? ['127.0.0.1'] : ['127.0.0.2']),
        },
      },
    );
    await desk.make('https://outside.example/');
    await desk.room.sql('update webhook set url = $1', [`http://once.example:${port()}/hook`]);
    await desk.room.make.story();
    await receiver.got(before + 1);
    expect(receiver.calls.at(-1)?.headers.host).toBe(`once.example:${port()}`);
    await until(async () => (await desk.room.sql('select state from delivery'))[0].state === 'DELIVERED');
    expect(lookUps).toBe(2);
    await desk.close();
  });

  it('a certificate that is none, or a receiver without TLS, is no receiver', async () => {
    const plain = createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port: at } = plain.address() as AddressInfo;
    const { lastStatus, lastError } = await attempt(loose, `https://127.0.0.1:${at}/`);
    expect({ lastStatus, lastError }).toEqual({
      lastStatus: null,
      lastError: expect.stringMatching(/TLS|failed|closed/),
    });
    plain.close();
  });

  it('what no resolver knows is tried again', async () => {
    const { lastError } = await attempt(strict, 'https://not-yet.example/');
    expect(lastError).toBe('The name of the host is not known.');
  });

  it('a name whose servers do not answer is asked for once, however many calls wait for it', async () => {
    let [lookUps, isSilent] = [0, false];
    const desk = await openWebhooks(
      { timeLimitMs: 300 },
      {
        webhooks: {
          perUser: 20,
          allowsLoopback: true,
          resolve: async () => {
            lookUps += 1;
            return isSilent ? new Promise<string[]>(() => undefined) : ['1.1.1.1'];
          },
        },
      },
    );
    const { id } = await desk.make('https://outside.example/');
    [lookUps, isSilent] = [0, true];
    for (let n = 0; n < 6; n++) await desk.room.make.story();
    await until(async () => (await desk.deliveriesOf(id)).filter(({ state }) => state === 'RETRYING').length >= 4);
    expect(lookUps).toBe(1);
    await desk.close();
  });
});
