import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import pg from 'pg';
import { readConfig } from '../../src/base/config';
import type { Vault } from '../../src/base/vault';
import { Couriers } from '../../src/feed/couriers';
import { migrate } from '../../src/store/migrate';
import { openNewsroom } from '../../src/store/open-newsroom';
import type { Newsroom } from '../../src/store/scope';
import { createDatabase, endConnections, takeAway } from '../support/database';
import { type Receiver, startReceiver } from '../support/receiver';
import { openWebhooks, SECRETS_KEY, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(60_000);

let desk: TestWebhooks;
let receiver: Receiver;
const others: Newsroom[] = [];
const openOther = async (url = desk.room.url): Promise<Newsroom> => {
  const { database, limits, text } = readConfig({});
  const newsroom = await openNewsroom({
    database: { ...database, url, onConnectionError: () => undefined },
    text,
    pages: limits,
    language: 'en',
    secretsKey: SECRETS_KEY,
    webhooks: { perUser: 20, allowsLoopback: true },
  });
  others.push(newsroom);
  return newsroom;
};
beforeAll(async () => {
  desk = await openWebhooks();
  receiver = await startReceiver();
  // Three at once, on a database that has no queue yet.
  for (let count = 0; count < 2; count++) desk.startCouriers({}, await openOther());
});
afterAll(async () => {
  await desk.close();
  await Promise.all(others.map(({ database }) => database.close()));
  await receiver.close();
});
afterEach(async () => {
  await desk.room.sql('delete from webhook');
  receiver.calls.splice(0);
  receiver.answers(204);
});

const allDelivered = async (id: string, count: number): Promise<boolean> => {
  const rows = await desk.room.sql(
    `select count(*)::int as count from delivery where webhook = $1 and state = 'DELIVERED'`,
    [id.replace('webhook:', '')],
  );
  return rows[0].count === count;
};

describe('Couriers of three processes', () => {
  it('never make the same call twice, at once or after each other', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => desk.make(receiver.url, { view: 'LATEST' })));
    receiver.answers((response) => void setTimeout(() => response.writeHead(204).end(), 15));
    for (let count = 0; count < 60; count++) await desk.room.make.story();
    await until(async () => (await allDelivered(first!.id, 60)) && (await allDelivered(second!.id, 60)));
    const ids = receiver.calls.map((call) => call.id);
    expect(new Set(ids).size).toBe(120);
    expect(ids).toHaveLength(120);
    expect(receiver.most()).toBeLessThanOrEqual(8);
  });

  it('lose nothing where connections are lost, again and again, and go on by themselves', async () => {
    const { id } = await desk.make(receiver.url, { view: 'LATEST' });
    for (let count = 1; count <= 20; count++) {
      const before = receiver.calls.length;
      await desk.room.make.story();
      if (count % 2 === 0) continue;
      await receiver.got(before + 1); // somebody is at work
      await endConnections(desk.room.url);
      await until(() => desk.room.sql('select 1').then(Boolean, () => false));
    }
    await until(() => allDelivered(id, 20));
    expect(new Set(receiver.calls.map((call) => call.id)).size).toBe(20);
  });

  it('go on where another one held a webhook and has died', async () => {
    const { id } = await desk.make(receiver.url);
    await desk.room.sql(
      `update webhook set held_by = gen_random_uuid(), held_until = clock_timestamp() + interval '2 seconds'`,
    );
    const began = Date.now();
    await desk.room.make.story();
    await until(() => allDelivered(id, 1));
    expect(Date.now() - began).toBeGreaterThan(1500);
  });

  it('need nothing of what the queue holds', async () => {
    const { id } = await desk.make(receiver.url);
    await desk.room.make.story();
    await desk.room.sql('truncate newsroom_queue._private_jobs');
    await until(() => allDelivered(id, 1));
  });

  it('make no delivery of a change twice, however often the ledger is read', async () => {
    const { id } = await desk.make(receiver.url);
    const story = await desk.room.make.story();
    await until(() => allDelivered(id, 1));
    await desk.room.sql('update webhook set read_to = read_to - 1');
    await desk.room.make.story();
    await until(() => allDelivered(id, 2));
    expect(receiver.calls.filter(({ event }) => event.data.entryId === story.id)).toHaveLength(1);
  });
});

it('that lose their connection in their very first moment call all the same', async () => {
  const room = await openWebhooks();
  const { id } = await room.make(receiver.url);
  await room.room.make.story();
  await receiver.got(1); // the queue has its tables
  await room.stopCouriers();
  const beside = new pg.Client({ connectionString: room.room.url });
  await beside.connect();
  // What the queue's workers ask before their first job waits here, and is cut off.
  await beside.query('begin; lock table newsroom_queue._private_tasks');
  room.startCouriers();
  await until(async () => {
    const { rows } = await beside.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  await beside.query('rollback');
  await beside.end();
  await until(() => room.room.sql('select 1').then(Boolean, () => false));
  await room.room.make.story();
  await until(async () => (await room.deliveriesOf(id))[1]?.state === 'DELIVERED');
  await room.close();
});

it('that could not let go of a webhook, for the database was away, do so as soon as it is back', async () => {
  const room = await openWebhooks({ holdMs: 60_000 });
  const { id } = await room.make(receiver.url);
  let answer: (() => void) | undefined;
  receiver.answers((response) => (answer = () => response.writeHead(204).end()));
  await room.room.make.story();
  await receiver.got(1);
  const giveBack = await takeAway(room.room.url);
  answer?.();
  const failed = /serve-webhook.* with error 'The database cannot be reached/;
  await until(() => room.warnings.some((warning) => failed.test(inspect(warning))));
  receiver.answers(204);
  await giveBack();
  await until(() => room.room.sql('select 1').then(Boolean, () => false));
  await until(async () => (await room.deliveriesOf(id))[0]?.state === 'DELIVERED');
  await room.close();
});

it('when they stop, calls under way may end; one that does not is made by the next, under the same id', async () => {
  const room = await openWebhooks({ drainMs: 300, holdMs: 60_000 });
  const { id } = await room.make(receiver.url);
  receiver.answers((response) => void setTimeout(() => response.writeHead(204).end(), 100));
  await room.room.make.story();
  await receiver.got(1);
  await room.stopCouriers();
  expect((await room.deliveriesOf(id))[0]).toMatchObject({ state: 'DELIVERED', attempts: 1 });

  const next = room.startCouriers();
  receiver.answers(() => undefined);
  await room.room.make.story();
  await receiver.got(2);
  const began = Date.now();
  await next.stop();
  expect(Date.now() - began).toBeLessThan(2000);
  expect((await room.deliveriesOf(id))[1]).toMatchObject({ state: 'PENDING', attempts: 0 });

  receiver.answers(204);
  const restarted = Date.now();
  room.startCouriers();
  await receiver.got(3);
  // It was let go of: nobody had to wait for it.
  expect(Date.now() - restarted).toBeLessThan(4000);
  expect(receiver.calls[2]?.id).toBe(receiver.calls[1]?.id);
  await until(async () => (await room.deliveriesOf(id))[1]?.state === 'DELIVERED');
  await room.close();
});

it('without the right to create a schema they say so, and begin once they have it', async () => {
  const role = `limited_${randomBytes(6).toString('hex')}`;
  const database = await createDatabase('empty');
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(`create role ${role} login password 'limited'; grant create, usage on schema public to ${role}`);
  const url = new URL(database.url);
  [url.username, url.password] = [role, 'limited'];
  await migrate(url.href);
  const newsroom = await openOther(url.href);
  const warnings: unknown[] = [];
  const warn = (...words: unknown[]): void => void warnings.push(words);
  const couriers = new Couriers(newsroom, newsroom.vault as Vault, { drainMs: 100, log: { warn, error: warn } });
  couriers.start();
  await until(() => warnings.length > 0);
  expect(inspect(warnings[0])).toContain('permission denied for database');
  await admin.query(`grant create on database ${url.pathname.slice(1)} to ${role}`);
  await until(async () => {
    const { rows } = await admin.query(`select to_regclass('newsroom_queue._private_jobs') as made`);
    return rows[0].made !== null;
  });
  await couriers.stop();
  await newsroom.database.close();
  others.splice(others.indexOf(newsroom), 1);
  await admin.query(`drop owned by ${role}`);
  await admin.end();
  await database.drop();
  await desk.room.sql(`drop role ${role}`);
});
