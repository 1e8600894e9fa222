import { randomUUID } from 'node:crypto';
import { notFound, WikiError } from '../base/errors';
import { uuidOf } from '../base/node-id';
import type { Vault } from '../base/vault';
import { Problem } from '../model/edit';
import type { WebhookResult } from '../model/webhook';
import { cleanReceiverUrl } from '../rules/outside';
import { mayEver } from '../rules/policy';
import type { Run } from '../store/database';
import type { FeedFilter } from '../store/feed';
import type { Scope, Viewer } from '../store/scope';
import { inTransaction } from '../store/transaction';
import {
  countWebhooksOf,
  enableWebhook as writeEnabled,
  findWebhookOf,
  insertWebhook,
  type LockedWebhook,
  lockWebhook,
  removeWebhook,
  renewDelivery,
  replaceSecret,
} from '../store/write-webhooks';
import { leadsInside } from './addresses';
import { makeSigningSecret, secretOf } from './signature';

const refused = (...problems: Problem[]): WebhookResult => ({ id: null, problems });

/** How long a former secret signs beside the new one. */
const OVERLAP_MS = 86_400_000;

/** @throws WikiError SERVICE_UNAVAILABLE where there is no key to keep secrets under. */
function assertVault({ newsroom: { vault } }: Scope): Vault {
  if (vault) return vault;
  throw new WikiError(
    'SERVICE_UNAVAILABLE',
    'This server has no key to keep the secrets of webhooks under: set SECRETS_KEY, the same for all its processes.',
  );
}

/** Whether somebody may know of a webhook: their own, and all for ADMIN. */
export const mayKnow = (viewer: Viewer | null, owner: string): boolean =>
  viewer !== null && (viewer.user.uuid === owner || mayEver(viewer, 'MANAGE_ALL_WEBHOOKS'));

/** Locks a webhook of the viewer's; another's is answered as one that is not there. */
async function lockKnown(run: Run, viewer: Viewer, id: string | null): Promise<LockedWebhook> {
  const webhook = id === null ? null : await lockWebhook(run, id);
  if (!webhook || !mayKnow(viewer, webhook.owner)) throw notFound('webhook');
  return webhook;
}

/**
 * Makes a webhook of the viewer's; its secret is in the answer and can be read by nobody any more.
 *
 * @param viewer who may have webhooks at all, and read what the filter asks for.
 * @param after the place in the feed from which on changes are told; null is now.
 * @throws WikiError SERVICE_UNAVAILABLE
 */
export async function createWebhook(
  scope: Scope,
  viewer: Viewer,
  input: { url: string; filter: FeedFilter; after: bigint | null },
): Promise<WebhookResult> {
  const vault = assertVault(scope);
  const { webhooks: limits, moments } = scope.newsroom;
  const url = cleanReceiverUrl(input.url, limits.allowsLoopback);
  if (!url.ok) return refused(new Problem('INVALID', `url: ${url.reason}`, '/url'));
  if (await leadsInside(url.value, limits))
    return refused(new Problem('INVALID', 'url: The URL leads to an address inside the network.', '/url'));
  const [id, secret, owner] = [randomUUID(), makeSigningSecret(), viewer.user.uuid];
  return inTransaction(scope, async ({ run }) => {
    const count = await countWebhooksOf(run, owner);
    if (count >= limits.perUser) {
      const message = `At most ${limits.perUser} webhooks are allowed for one user; you have ${count}.`;
      return refused(new Problem('TOO_MANY', message, null));
    }
    await insertWebhook(run, {
      id,
      owner,
      url: url.value,
      filter: input.filter,
      after: input.after ?? (await moments.findHead(run)),
      vaultKey: vault.keyId,
      secret: vault.seal(secret, secretOf(id)),
    });
    return { id, secret, problems: [] };
  });
}

/** What an act is done to: a webhook by its public id. */
interface WebhookInput {
  readonly id: string;
}

/**
 * Ends a webhook, with all that is on its way.
 *
 * @throws WikiError NOT_FOUND
 */
export const deleteWebhook = (scope: Scope, viewer: Viewer, input: WebhookInput): Promise<WebhookResult> =>
  inTransaction(scope, async ({ run }) => {
    const { id } = await lockKnown(run, viewer, uuidOf('webhook', input.id));
    await removeWebhook(run, id);
    return { id, problems: [] };
  });

/** What stands in the way of calling a webhook: its owner must be able to sign in, and to read what it asks for. */
function findHindrance({ view, ownerIsActive, ownerRole }: LockedWebhook): string | null {
  if (!ownerIsActive) return 'its owner may not sign in.';
  if (view === 'LATEST' && !mayEver({ role: ownerRole }, 'READ_LATEST'))
    return `it asks for LATEST, which its owner's role ${ownerRole} may not read.`;
  return null;
}

/**
 * Has a webhook called again: all that was never acknowledged at once, then what came since. On one that is enabled it makes
 * what waits for its next attempt due now.
 *
 * @throws WikiError NOT_FOUND
 */
export const enableWebhook = (scope: Scope, viewer: Viewer, input: WebhookInput): Promise<WebhookResult> =>
  inTransaction(scope, async ({ run }) => {
    const webhook = await lockKnown(run, viewer, uuidOf('webhook', input.id));
    const hindrance = findHindrance(webhook);
    if (hindrance) return refused(new Problem('INVALID', `The webhook cannot be enabled: ${hindrance}`, '/id'));
    await writeEnabled(run, webhook.id);
    return { id: webhook.id, problems: [] };
  });

/**
 * Gives a webhook a new secret. The former one signs beside it for a day, so that the receiver can change over; one from
 * before the former one signs no more.
 *
 * @throws WikiError NOT_FOUND, SERVICE_UNAVAILABLE
 */
export const rotateSecret = (scope: Scope, viewer: Viewer, input: WebhookInput): Promise<WebhookResult> => {
  const vault = assertVault(scope);
  return inTransaction(scope, async ({ run }) => {
    const { id, secret: known } = await lockKnown(run, viewer, uuidOf('webhook', input.id));
    const secret = makeSigningSecret();
    await replaceSecret(run, id, {
      vaultKey: vault.keyId,
      secret: vault.seal(secret, secretOf(id)),
      // Kept under another key it is of no use any more.
      former: vault.open(known, secretOf(id)) === null ? null : known,
      overlapMs: OVERLAP_MS,
    });
    return { id, secret, problems: [] };
  });
};

/**
 * Makes a delivery once more, under the same id, whatever became of it before.
 *
 * @returns the delivery's id.
 * @throws WikiError NOT_FOUND
 */
export const redeliver = (scope: Scope, viewer: Viewer, input: { delivery: string }): Promise<WebhookResult> =>
  inTransaction(scope, async ({ run }) => {
    const id = uuidOf('delivery', input.delivery);
    const webhookId = id === null ? null : await findWebhookOf(run, id);
    const webhook = webhookId === null ? null : await lockWebhook(run, webhookId);
    if (id === null || !webhook || !mayKnow(viewer, webhook.owner)) throw notFound('delivery');
    if (!webhook.isEnabled)
      return refused(new Problem('INVALID', 'delivery: Its webhook is disabled; enable it first.', '/delivery'));
    await renewDelivery(run, id);
    return { id, problems: [] };
  });
