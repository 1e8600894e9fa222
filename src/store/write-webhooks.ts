import type { UserRole } from '../model/user';
import type { Run } from './database';
import type { FeedFilter } from './feed';

/** A webhook as it is made; its secret is sealed. */
export interface NewWebhook {
  id: string;
  owner: string;
  url: string;
  filter: FeedFilter;
  /** What comes after this position is told. */
  after: bigint;
  /** Key of the vault in which its secrets are. */
  vaultKey: string;
  secret: string;
}

/** Holds a user, so that two of their webhooks are not made at once, and counts what they have. */
export const countWebhooksOf = async (run: Run, owner: string): Promise<number> => {
  await run('lock-user', 'select id from "user" where id = $1 for no key update', [owner]);
  const rows = await run<{ count: number }>(
    'webhooks-count',
    'select count(*)::int as count from webhook where owner = $1',
    [owner],
  );
  return rows[0]?.count ?? 0;
};

export const insertWebhook = (run: Run, webhook: NewWebhook): Promise<unknown[]> =>
  run(
    'insert-webhook',
    `insert into webhook (id, owner, url, view, kinds, entry_kinds, entries, story, watched, read_to, vault_key, secret)
      values ($1, $2, $3, $4, $5::text[], $6::text[], $7::uuid[], $8, $9, $10, $11, $12)`,
    [
      webhook.id,
      webhook.owner,
      webhook.url,
      webhook.filter.view,
      webhook.filter.kinds,
      webhook.filter.entryKinds,
      webhook.filter.entries,
      webhook.filter.story,
      webhook.filter.watchedBy !== null,
      webhook.after,
      webhook.vaultKey,
      webhook.secret,
    ],
  );

/** A webhook as it is locked by whoever changes it. */
export interface LockedWebhook {
  id: string;
  owner: string;
  view: FeedFilter['view'];
  isEnabled: boolean;
  vaultKey: string;
  secret: string;
  ownerRole: UserRole;
  ownerIsActive: boolean;
}

/** Holds a webhook until the end of the transaction; null where there is none. */
export const lockWebhook = async (run: Run, id: string): Promise<LockedWebhook | null> => {
  const [row] = await run<LockedWebhook>(
    'lock-webhook',
    `select w.id, w.owner, w.view, w.disabled_at is null as "isEnabled", w.vault_key as "vaultKey", w.secret,
        u.role as "ownerRole", u.active as "ownerIsActive"
      from webhook w join "user" u on u.id = w.owner where w.id = $1 for no key update of w`,
    [id],
  );
  return row ?? null;
};

/** Its deliveries go with it. */
export const removeWebhook = (run: Run, id: string): Promise<unknown[]> =>
  run('remove-webhook', 'delete from webhook where id = $1', [id]);

/** Lets a webhook be called again: at once, all that was never acknowledged. */
export async function enableWebhook(run: Run, id: string): Promise<void> {
  await run(
    'enable-webhook',
    `update webhook set disabled_at = null, disabled_reason = null, failing_since = null, paused_until = null where id = $1`,
    [id],
  );
  await run(
    'renew-deliveries',
    `update delivery set state = 'PENDING', attempts = 0, next_attempt_at = clock_timestamp()
      where webhook = $1 and delivered_at is null`,
    [id],
  );
}

/** No call any more, and nothing waits for one; what was never acknowledged is kept, as failed. The first reason counts. */
export async function disableWebhook(run: Run, id: string, reason: string): Promise<void> {
  await run(
    'disable-webhook',
    `update webhook set disabled_at = clock_timestamp(), disabled_reason = $2 where id = $1 and disabled_at is null`,
    [id, reason],
  );
  await run(
    'end-deliveries',
    `update delivery set state = case when delivered_at is null then 'FAILED' else 'DELIVERED' end, next_attempt_at = null
      where webhook = $1 and next_attempt_at is not null`,
    [id],
  );
}

/** A new secret; the former one signs beside it for as long as is given, where it can still be read. */
export const replaceSecret = (
  run: Run,
  id: string,
  next: { vaultKey: string; secret: string; former: string | null; overlapMs: number },
): Promise<unknown[]> =>
  run(
    'replace-secret',
    `update webhook set secret = $2, vault_key = $3, former_secret = $4::text,
        former_until = case when $4::text is not null then clock_timestamp() + $5 * interval '1 millisecond' end
      where id = $1`,
    [id, next.secret, next.vaultKey, next.former, next.overlapMs],
  );

/** Which webhook a delivery is of; null where there is no such delivery. */
export const findWebhookOf = async (run: Run, delivery: string): Promise<string | null> => {
  const rows = await run<{ webhook: string }>('webhook-of', 'select webhook from delivery where id = $1', [delivery]);
  return rows[0]?.webhook ?? null;
};

/** Has a delivery made once more, at once, whatever became of it before. */
export const renewDelivery = (run: Run, id: string): Promise<unknown[]> =>
  run(
    'renew-delivery',
    `update delivery set state = 'PENDING', attempts = 0, next_attempt_at = clock_timestamp() where id = $1`,
    [id],
  );
