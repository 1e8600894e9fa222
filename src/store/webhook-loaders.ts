import DataLoader from 'dataloader';
import type { Delivery, Webhook } from '../model/webhook';
import { byParent, inOrder } from './loaders';
import type { PageRequest } from './pages';
import type { Scope } from './scope';
import { countDeliveries, findDeliveries, findWebhooks, listDeliveries } from './webhooks';

/** Webhooks by id, whoever's they are; null for what is not there. */
export const webhookLoader = ({ loaders, run }: Scope): DataLoader<string, Webhook | null> =>
  loaders.once(
    'webhooks',
    () => new DataLoader(async (ids) => inOrder(ids, await findWebhooks(run, ids), (webhook) => webhook.uuid)),
  );

/** Deliveries by id, whoever's they are; null for what is not there. */
export const deliveryLoader = ({ loaders, run }: Scope): DataLoader<string, Delivery | null> =>
  loaders.once(
    'deliveries',
    () => new DataLoader(async (ids) => inOrder(ids, await findDeliveries(run, ids), (delivery) => delivery.uuid)),
  );

/** Pages of webhooks' deliveries. */
export const deliveriesLoader = ({ loaders, run }: Scope, page: PageRequest): DataLoader<string, Delivery[]> =>
  loaders.once(
    `deliveries of ${JSON.stringify(page)}`,
    () =>
      new DataLoader(async (webhooks) =>
        byParent(webhooks, await listDeliveries(run, webhooks, page), (delivery) => delivery.webhook),
      ),
  );

export const deliveryCountLoader = ({ loaders, run }: Scope): DataLoader<string, number> =>
  loaders.once(
    'delivery counts',
    () =>
      new DataLoader(async (webhooks) => {
        const counts = await countDeliveries(run, webhooks);
        return inOrder(webhooks, counts, (row) => row.webhook).map((row) => row?.count ?? 0);
      }),
  );
