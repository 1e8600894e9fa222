import type { CursorKey } from '../base/list-cursor';
import { Delivery, Webhook } from '../model/webhook';
import type { Run } from './database';
import type { PageRequest } from './pages';

// What was never acknowledged holds the place back, however much came after it.
const WEBHOOK_COLUMNS = `w.id as uuid, w.url, w.view, w.kinds, w.entry_kinds as "entryKinds", w.entries, w.story, w.watched,
  w.owner, w.created_at as "createdAt", w.disabled_reason as "disabledReason",
  coalesce((select min(d.position) - 1 from delivery d where d.webhook = w.id and d.delivered_at is null), w.read_to)::text
    as "acknowledgedTo"`;

const DELIVERY_COLUMNS = `d.id as uuid, d.webhook, d.position::text as position, d.state, d.attempts,
  d.last_status as "lastStatus", d.last_error as "lastError", d.next_attempt_at as "nextAttemptAt",
  d.delivered_at as "deliveredAt"`;

type WebhookRow = Partial<Omit<Webhook, 'acknowledgedTo'>> & { acknowledgedTo: string };
type DeliveryRow = Partial<Omit<Delivery, 'position'>> & { position: string };

const toWebhook = (row: WebhookRow): Webhook =>
  Object.assign(new Webhook(), row, { acknowledgedTo: BigInt(row.acknowledgedTo) });

const toDelivery = (row: DeliveryRow): Delivery =>
  Object.assign(new Delivery(), row, { position: BigInt(row.position) });

/** Webhooks by id, in no order. */
export const findWebhooks = async (run: Run, ids: readonly string[]): Promise<Webhook[]> =>
  (
    await run<WebhookRow>('webhooks-by-id', `select ${WEBHOOK_COLUMNS} from webhook w where w.id = any($1::uuid[])`, [
      ids,
    ])
  ).map(toWebhook);

/** The webhooks of one user, or of all (null), oldest first. */
export const findWebhooksOf = async (run: Run, owner: string | null): Promise<Webhook[]> =>
  (
    await run<WebhookRow>(
      'webhooks-of',
      `select ${WEBHOOK_COLUMNS} from webhook w where $1::uuid is null or w.owner = $1 order by w.created_at, w.id`,
      [owner],
    )
  ).map(toWebhook);

/** Deliveries by id, in no order. */
export const findDeliveries = async (run: Run, ids: readonly string[]): Promise<Delivery[]> =>
  (
    await run<DeliveryRow>(
      'deliveries-by-id',
      `select ${DELIVERY_COLUMNS} from delivery d where d.id = any($1::uuid[])`,
      [ids],
    )
  ).map(toDelivery);

/** Deliveries are listed by their place in the feed, newest first. */
export const deliveryKey = (delivery: Delivery): CursorKey => [delivery.position.toString()];

/** Pages of webhooks' deliveries. */
export const listDeliveries = async (run: Run, webhooks: readonly string[], page: PageRequest): Promise<Delivery[]> =>
  (
    await run<DeliveryRow>(
      'deliveries-of',
      `select x.* from unnest($1::uuid[]) as p (webhook) cross join lateral (
          select ${DELIVERY_COLUMNS} from delivery d
            where d.webhook = p.webhook and ($2::bigint is null or d.position < $2)
            order by d.position desc limit $3) x`,
      [webhooks, page.after?.[0], page.limit + 1],
    )
  ).map(toDelivery);

export const countDeliveries = (run: Run, webhooks: readonly string[]): Promise<{ webhook: string; count: number }[]> =>
  run(
    'deliveries-count',
    'select webhook, count(*)::int as count from delivery where webhook = any($1::uuid[]) group by webhook',
    [webhooks],
  );
