import type { DeliveryState } from '../model/webhook';
import type { UserRole } from '../model/user';
import type { Run } from './database';
import type { FeedFilter } from './feed';

/** Deliveries of one webhook that may be open at a time; the rest waits in the ledger. */
const MOST_OPEN = 10_000;

/** What a process holds a webhook with: nobody else calls it meanwhile. */
export interface Hold {
  readonly webhook: string;
  readonly by: string;
}

/**
 * Webhooks for which something is to be done now that nobody does: there is ledger that they have not read, or a delivery is
 * due. Those whose receivers fail come last. Only what is sealed under the given key.
 */
export const findDueWebhooks = (run: Run, vaultKey: string): Promise<{ id: string; isFailing: boolean }[]> =>
  run(
    'due-webhooks',
    `select w.id, w.failing_since is not null as "isFailing" from webhook w
      where w.disabled_at is null and w.vault_key = $1
        and (w.held_until is null or w.held_until < clock_timestamp())
        and (w.paused_until is null or w.paused_until < clock_timestamp())
        and (exists (select from delivery d where d.webhook = w.id and d.next_attempt_at <= clock_timestamp())
          or (w.read_to < (select max(c.position) from change c)
            and (select count(*) from (
              select from delivery d where d.webhook = w.id and d.next_attempt_at is not null limit $2::int) x) < $2::int))`,
    [vaultKey, MOST_OPEN],
  );

/** How many webhooks that should be called are sealed under another key. */
export const countForeignWebhooks = async (run: Run, vaultKey: string): Promise<number> => {
  const rows = await run<{ count: number }>(
    'foreign-webhooks',
    'select count(*)::int as count from webhook where disabled_at is null and vault_key <> $1',
    [vaultKey],
  );
  return rows[0]?.count ?? 0;
};

/** Takes a webhook for so long; false where somebody else has it. */
export const holdWebhook = async (run: Run, { webhook, by }: Hold, ms: number): Promise<boolean> => {
  const rows = await run(
    'hold-webhook',
    `update webhook set held_by = $2, held_until = clock_timestamp() + $3 * interval '1 millisecond'
      where id = $1 and (held_until is null or held_until < clock_timestamp() or held_by = $2) returning id`,
    [webhook, by, ms],
  );
  return rows.length > 0;
};

/** Lets go of a webhook, if it is still one's own. */
export const releaseWebhook = (run: Run, { webhook, by }: Hold): Promise<unknown[]> =>
  run('release-webhook', 'update webhook set held_by = null, held_until = null where id = $1 and held_by = $2', [
    webhook,
    by,
  ]);

/** What is needed to call a webhook now. */
export interface CallableWebhook {
  id: string;
  url: string;
  filter: FeedFilter;
  readTo: bigint;
  isEnabled: boolean;
  isPaused: boolean;
  /** Sealed. */
  secret: string;
  /** The one before, sealed, while it still signs. */
  formerSecret: string | null;
  ownerRole: UserRole;
  ownerIsActive: boolean;
  /** How long nothing but failures came, in ms; null where the last call went well. */
  failingMs: number | null;
  /** How many more deliveries may be open. */
  room: number;
}

type CallableRow = Omit<CallableWebhook, 'filter' | 'readTo'> &
  Omit<FeedFilter, 'watchedBy'> & { watchedBy: string | null; readTo: string };

/** A webhook as it is now, with its owner; null where it was deleted. */
export async function findCallable(run: Run, id: string): Promise<CallableWebhook | null> {
  const [row] = await run<CallableRow>(
    'callable-webhook',
    `select w.id, w.url, w.view, w.kinds, w.entry_kinds as "entryKinds", w.entries, w.story,
        case when w.watched then w.owner end as "watchedBy", w.read_to::text as "readTo", w.disabled_at is null as "isEnabled",
        coalesce(w.paused_until > clock_timestamp(), false) as "isPaused", w.secret,
        case when w.former_until > clock_timestamp() then w.former_secret end as "formerSecret",
        u.role as "ownerRole", u.active as "ownerIsActive",
        (extract(epoch from clock_timestamp() - w.failing_since) * 1000)::float8 as "failingMs",
        $2::int - (select count(*)::int from (
          select from delivery d where d.webhook = w.id and d.next_attempt_at is not null limit $2::int) x) as room
      from webhook w join "user" u on u.id = w.owner where w.id = $1`,
    [id, MOST_OPEN],
  );
  if (!row) return null;
  const { view, kinds, entryKinds, entries, story, watchedBy, readTo, ...rest } = row;
  return { ...rest, readTo: BigInt(readTo), filter: { view, kinds, entryKinds, entries, story, watchedBy } };
}

/**
 * Makes deliveries of changes that a webhook asks for, and notes how far it has read the ledger, all at once: each change
 * becomes one delivery, whoever reads it how often. False where somebody else has read on meanwhile.
 */
export const insertDeliveries = async (
  run: Run,
  webhook: string,
  range: { from: bigint; upTo: bigint },
  deliveries: readonly { id: string; position: bigint }[],
): Promise<boolean> => {
  const rows = await run(
    'insert-deliveries',
    `with read as (
        update webhook set read_to = $3 where id = $1 and read_to = $2 and disabled_at is null returning id
      ), made as (
        insert into delivery (id, webhook, position, state, attempts, next_attempt_at)
          select n.id, r.id, n.position, 'PENDING', 0, clock_timestamp()
            from read r cross join unnest($4::uuid[], $5::bigint[]) as n (id, position)
          on conflict (webhook, position) do nothing
      )
      select id from read`,
    [webhook, range.from, range.upTo, deliveries.map(({ id }) => id), deliveries.map(({ position }) => position)],
  );
  return rows.length > 0;
};

/** A delivery whose time has come. */
export interface DueDelivery {
  id: string;
  position: bigint;
  entry: string;
  attempts: number;
  /** Whether it is sent once more although it was acknowledged. */
  isRepeat: boolean;
}

/** What is due of a webhook, in the order of the feed. */
export const findDueDeliveries = async (run: Run, webhook: string, limit: number): Promise<DueDelivery[]> =>
  (
    await run<Omit<DueDelivery, 'position'> & { position: string }>(
      'due-deliveries',
      `select d.id, d.position::text as position, c.entry, d.attempts, d.delivered_at is not null as "isRepeat"
        from delivery d join change c on c.position = d.position
        where d.webhook = $1 and d.next_attempt_at <= clock_timestamp()
        order by d.position limit $2`,
      [webhook, limit],
    )
  ).map((row) => ({ ...row, position: BigInt(row.position) }));

/** The receiver has it. What it asked to be left alone for another call stands: that may be the later word. */
export async function markDelivered(run: Run, webhook: string, id: string, status: number): Promise<void> {
  await run(
    'mark-delivered',
    `with done as (
        update delivery set state = 'DELIVERED', attempts = attempts + 1, last_status = $3, last_error = null,
            next_attempt_at = null, delivered_at = date_trunc('milliseconds', clock_timestamp())
          where id = $2 and webhook = $1
      )
      update webhook set failing_since = null where id = $1 and failing_since is not null`,
    [webhook, id, status],
  );
}

/** What went wrong with an attempt, and what is to come of it. */
export interface FailedAttempt {
  status: number | null;
  error: string;
  /** When it is tried again; null for not any more. */
  retryInMs: number | null;
  /** For how long the receiver wants no call at all. */
  pauseMs: number | null;
}

/** The receiver does not have it. */
export async function markFailed(run: Run, webhook: string, id: string, failed: FailedAttempt): Promise<void> {
  const state: DeliveryState = failed.retryInMs === null ? 'FAILED' : 'RETRYING';
  await run(
    'mark-failed',
    `with done as (
        update delivery set state = case when $6::float8 is null and delivered_at is not null then 'DELIVERED' else $3 end,
            attempts = attempts + 1, last_status = $4, last_error = $5,
            next_attempt_at = clock_timestamp() + $6::float8 * interval '1 millisecond'
          where id = $2 and webhook = $1
      )
      update webhook set failing_since = coalesce(failing_since, clock_timestamp()),
          paused_until = greatest(paused_until, clock_timestamp() + $7::float8 * interval '1 millisecond')
        where id = $1`,
    [webhook, id, state, failed.status, failed.error, failed.retryInMs, failed.pauseMs],
  );
}

/** There is nothing to tell any more: what was public is not, or its owner may not see it. */
export const dropDelivery = (run: Run, id: string): Promise<unknown[]> =>
  run('drop-delivery', 'delete from delivery where id = $1', [id]);

const KEPT_DAYS = 30;

/** Forgets what was acknowledged long ago. What was not is never forgotten. */
export const forgetOldDeliveries = (run: Run): Promise<unknown[]> =>
  run(
    'forget-deliveries',
    `delete from delivery where state = 'DELIVERED' and delivered_at < clock_timestamp() - $1 * interval '1 day'`,
    [KEPT_DAYS],
  );
