import { Couriers, type CouriersOptions } from '../../src/feed/couriers';
import type { UserRole } from '../../src/model/user';
import type { Vault } from '../../src/base/vault';
import type { Newsroom } from '../../src/store/scope';
import { type Answer, openTestNewsroom, type TestNewsroom } from './newsroom';

const FIELDS = `id url view enabled disabledReason acknowledged
  deliveries(first: 100) { totalCount nodes { id cursor state attempts lastStatus lastError nextAttemptAt deliveredAt } }`;
const PAYLOAD = `secret webhook { ${FIELDS} } problems { code message path }`;

type Fields = Record<string, unknown>;

/** A newsroom with webhooks to this machine, and couriers that call them. */
export interface TestWebhooks {
  readonly room: TestNewsroom;
  /** Further couriers, as another process has them; stopped at the end. */
  startCouriers(options?: Partial<CouriersOptions>, newsroom?: Newsroom): Couriers;
  /** Stops those that were started first. */
  stopCouriers(): Promise<void>;
  create(input: Fields, role?: UserRole): Promise<Answer>;
  /** The one that was made, with its secret. */
  make(url: string, filter?: Fields, role?: UserRole): Promise<{ id: string; secret: string }>;
  act(name: string, id: string, role?: UserRole): Promise<Answer>;
  redeliver(delivery: string, role?: UserRole): Promise<Answer>;
  find(id: string, role?: UserRole): Promise<Answer>;
  /** Its deliveries, in the order of the feed. */
  deliveriesOf(id: string): Promise<Answer[]>;
  /** Makes all that waits for its next attempt due now. */
  moveTime(): Promise<void>;
  readonly warnings: unknown[];
  close(): Promise<void>;
}

const capital = (word: string): string => `${word[0]?.toUpperCase()}${word.slice(1)}`;

export const SECRETS_KEY = 'a key for tests of 32 characters'.replaceAll(' ', '-');

export async function openWebhooks(
  options: Partial<CouriersOptions> = {},
  settings: Parameters<typeof openTestNewsroom>[0] = {},
): Promise<TestWebhooks> {
  const room = await openTestNewsroom({
    secretsKey: SECRETS_KEY,
    webhooks: { perUser: 20, allowsLoopback: true },
    ...settings,
  });
  const warnings: unknown[] = [];
  const warn = (...words: unknown[]): void => void warnings.push(words);
  const started: Couriers[] = [];
  const startCouriers: TestWebhooks['startCouriers'] = (more = {}, newsroom = room.newsroom) => {
    const log = { warn, error: warn };
    const couriers = new Couriers(newsroom, newsroom.vault as Vault, { drainMs: 1000, log, ...options, ...more });
    couriers.start();
    started.push(couriers);
    return couriers;
  };
  startCouriers();
  const run = async (name: string, type: string, input: Fields, fields: string, role: UserRole): Promise<Answer> =>
    (await room.as(role).run(`mutation ($input: ${type}!) { act: ${name}(input: $input) { ${fields} } }`, { input }))
      .act;
  const create: TestWebhooks['create'] = (input, role = 'EDITOR') =>
    run('createWebhook', 'CreateWebhookInput', input, PAYLOAD, role);
  const find: TestWebhooks['find'] = async (id, role = 'EDITOR') => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Webhook { ${FIELDS} } } }`;
    return (await room.as(role).run(query, { id })).node;
  };
  return {
    room,
    warnings,
    startCouriers,
    stopCouriers: async () => started.shift()?.stop(),
    create,
    find,
    make: async (url, filter, role) => {
      const { webhook, secret, problems } = await create({ url, filter }, role);
      if (!webhook) throw new Error(problems[0].message);
      return { id: webhook.id, secret };
    },
    act: (name, id, role = 'EDITOR') => run(name, `${capital(name)}Input`, { id }, PAYLOAD, role),
    redeliver: (delivery, role = 'EDITOR') =>
      run('redeliver', 'RedeliverInput', { delivery }, 'delivery { id state } problems { code message path }', role),
    deliveriesOf: async (id) => (await find(id)).deliveries.nodes.toReversed(),
    moveTime: async () => {
      await room.sql('update delivery set next_attempt_at = clock_timestamp() where next_attempt_at is not null');
      await room.sql('update webhook set paused_until = null');
    },
    close: async () => {
      await Promise.all(started.map((couriers) => couriers.stop()));
      await room.close();
    },
  };
}
