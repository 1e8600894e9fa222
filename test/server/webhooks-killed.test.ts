import type { Answer } from '../support/newsroom';
import { buildProgram, type BuiltProgram, type Started } from '../support/program';
import { type Received, type Receiver, startReceiver, verify } from '../support/receiver';
import { openWebhooks, SECRETS_KEY, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(120_000);

const KILLS = 2;

let program: BuiltProgram;
let desk: TestWebhooks;
let receiver: Receiver;
beforeAll(async () => {
  program = await buildProgram();
  desk = await openWebhooks();
  await desk.stopCouriers(); // the servers that are started call, and nobody else
  receiver = await startReceiver();
});
afterAll(async () => {
  await program.clear();
  await desk.close();
  await receiver.close();
});

const start = (settings: Record<string, string> = {}): Started =>
  program.start({
    DATABASE_URL: desk.room.url,
    PORT: '0',
    SAMPLE: 'off',
    SECRETS_KEY,
    WEBHOOKS_ALLOW_LOOPBACK: 'on',
    ...settings,
  });

it('a server that is killed between a call and its answer loses nothing: what it had called is called again, under the same id', async () => {
  const { id, secret } = await desk.make(receiver.url, { view: 'LATEST' });
  const killed: string[] = [];
  let server = start();
  await server.ready;
  for (let kill = 0; kill < KILLS; kill++) {
    const dying = server;
    // Acknowledges two, and kills it while the third is under way.
    let left = 2;
    receiver.answers((response, call) => {
      left -= 1;
      if (left >= 0) response.writeHead(204).end();
      else if (left === -1) {
        killed.push(call.id);
        dying.child.kill('SIGKILL');
      }
    });
    for (let count = 0; count < 6; count++) await desk.room.make.story();
    await dying.ended;
    server = start();
    await server.ready;
  }
  receiver.answers(204);
  const deliveries = async (): Promise<{ id: string; state: string }[]> => desk.deliveriesOf(id);
  await until(async () => {
    const all = await deliveries();
    return all.length === 6 * KILLS && all.every(({ state }) => state === 'DELIVERED');
  });
  const told = new Map<string, Received[]>();
  for (const call of receiver.calls) told.set(call.id, [...(told.get(call.id) ?? []), call]);
  expect([...told.keys()].toSorted()).toEqual((await deliveries()).map((delivery) => delivery.id).toSorted());
  for (const again of killed) expect(told.get(again)?.length).toBeGreaterThanOrEqual(2);
  // A kill repeats what was under way, four calls at most.
  expect(receiver.calls.length - told.size).toBeLessThanOrEqual(4 * KILLS);
  for (const call of receiver.calls) expect(verify(secret, call).type).toBe('entry.created');
  expect(await server.stop('SIGTERM')).toBe(0);
});

it('a server with another key says so, sends nothing, and serves everything else', async () => {
  await desk.room.sql('delete from webhook');
  await desk.make(receiver.url);
  const server = start({ SECRETS_KEY: `${SECRETS_KEY}-but-another` });
  const url = await server.ready;
  await server.writes(/SECRETS_KEY is not the key under which the secrets of 1 webhook is kept/);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await server.stop('SIGTERM')).toBe(0);
});

it('a server with a database of its own and no key has no webhooks, and says what to set', async () => {
  const server = start({ SECRETS_KEY: '', ADMIN_TOKEN: 'a-token-of-the-newsroom-s-own' });
  const url = await server.ready;
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-token-of-the-newsroom-s-own' },
    body: JSON.stringify({
      query: `mutation { createWebhook(input: { url: "https://news.example/" }) { webhook { id } } }`,
    }),
  });
  const { errors } = (await answer.json()) as { errors: { message: string; extensions: { code: string } }[] };
  expect(errors[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE');
  expect(errors[0]?.message).toContain('set SECRETS_KEY');
  expect(await server.stop('SIGTERM')).toBe(0);
});

it('a server with nothing set keeps its key beside its database, and has webhooks; after a restart, too', async () => {
  const admin = 'a-token-of-the-newsroom-s-own';
  const settings = {
    DATA_DIR: program.makeDirectory(),
    PORT: '0',
    SAMPLE: 'off',
    WEBHOOKS_ALLOW_LOOPBACK: 'on',
    ADMIN_TOKEN: admin,
  };
  const own = await startReceiver();
  const ask = async (url: string, query: string): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin}` };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await answer.json()) as { data: Answer }).data;
  };
  const writeStory = (url: string, headline: string): Promise<Answer> =>
    ask(url, `mutation { createStory(input: { publish: true, fields: { headline: "${headline}" } }) { outcome } }`);
  let server = program.start(settings);
  let url = await server.ready;
  const { createWebhook } = await ask(
    url,
    `mutation { createWebhook(input: { url: "${own.url}" }) { secret problems { message } } }`,
  );
  expect(createWebhook.problems).toEqual([]);
  await writeStory(url, 'Before');
  await own.got(1);
  expect(await server.stop('SIGTERM')).toBe(0);
  server = program.start(settings);
  url = await server.ready;
  await writeStory(url, 'After');
  await own.got(2);
  for (const call of own.calls) expect(verify(createWebhook.secret, call).type).toBe('entry.published');
  expect(await server.stop('SIGTERM')).toBe(0);
  expect(server.stdout() + server.stderr()).not.toContain(createWebhook.secret);
  await own.close();
});
