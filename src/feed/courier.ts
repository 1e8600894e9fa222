import { randomUUID } from 'node:crypto';
import { nodeId } from '../base/node-id';
import { mayEver } from '../rules/policy';
import {
  type CallableWebhook,
  dropDelivery,
  type DueDelivery,
  findCallable,
  findDueDeliveries,
  type Hold,
  holdWebhook,
  insertDeliveries,
  markDelivered,
  markFailed,
  releaseWebhook,
} from '../store/deliveries';
import { findChange, findNotes, readChanges } from '../store/feed';
import { type Newsroom, Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { disableWebhook } from '../store/write-webhooks';
import { toEvent } from './event';
import { exchange, type Outcome } from './exchange';
import { planRetry } from './retries';
import { openSecrets, signedHeaders } from './signature';

/** What a courier keeps to. */
export interface CourierOptions {
  /** How long a receiver has for the whole exchange. */
  readonly timeLimitMs: number;
  /** A webhook is held for so long without a sign of life of whoever holds it. */
  readonly holdMs: number;
  /** After so long a round begins no call: other webhooks have their turn. */
  readonly roundMs: number;
  /** Hears of what went wrong and was put right. */
  onError(error: unknown): void;
}

const DEFAULTS: CourierOptions = { timeLimitMs: 15_000, holdMs: 3000, roundMs: 5000, onError: () => undefined };

/** Calls to one receiver at a time. What happened to one entry goes through one lane, so that it is told in order. */
const LANES = 4;
/** Changes that become deliveries, and deliveries that are looked at, at a time. */
const BATCH = 200;
/** As long as nothing but failures comes back. */
const GIVE_UP_DAYS = 5;
const DAY_MS = 86_400_000;
const GONE = 410;

/** Ends of a round that are asked for from outside. */
export interface Stop {
  /** No further call is begun. */
  readonly asked: AbortSignal;
  /** Calls that are under way end too; nothing is noted of them, so that they are made again, under the same id. */
  readonly cut: AbortSignal;
}

/** One courier's work for one webhook, and what has come up. */
interface Round {
  readonly webhook: string;
  readonly by: string;
  readonly stop: Stop;
  readonly endsAt: number;
  heldUntil: number;
  /** Of the hold, while it is under way. */
  renewal: Promise<void> | null;
  isOver: boolean;
  /** Why the webhook is not to be called any more. */
  disabledFor: string | null;
}

type Answered = Exclude<Outcome, { end: 'cut' }>;

/**
 * Brings changes to the receivers of webhooks. What must not be lost is in the tables: how far a webhook has read the ledger,
 * and its deliveries. Whoever holds a webhook works for it; whatever ends them, somebody else goes on where they were.
 */
export class Courier {
  private readonly options: CourierOptions;
  /** What could not be let go of: the database was away. */
  private readonly kept = new Set<Hold>();

  constructor(
    private readonly newsroom: Newsroom,
    options: Partial<CourierOptions> = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Reads the ledger for a webhook and makes the calls that are due, for a few seconds; nothing where somebody else does. */
  async serve(webhook: string, stop: Stop): Promise<void> {
    const { holdMs, roundMs } = this.options;
    const { run } = this.newsroom.database;
    const [by, now] = [randomUUID(), Date.now()];
    const ends = { endsAt: now + roundMs, heldUntil: now + holdMs };
    const round: Round = { webhook, by, stop, ...ends, renewal: null, isOver: false, disabledFor: null };
    if (!(await holdWebhook(run, round, holdMs))) return;
    const renewing = setInterval(() => (round.renewal ??= this.renew(round)), holdMs / 4);
    try {
      while (goesOn(round)) if (!(await this.doSome(round))) break;
      const { disabledFor } = round;
      if (disabledFor !== null)
        await inTransaction(new Scope(this.newsroom), ({ run: within }) =>
          disableWebhook(within, webhook, disabledFor),
        );
    } finally {
      clearInterval(renewing);
      await round.renewal; // or it would be held once more after it was let go of
      this.kept.add(round);
      await this.letGo();
    }
  }

  /** Lets go of webhooks that nobody here works for any more; what is not possible now is tried at the next call. */
  async letGo(): Promise<void> {
    for (const hold of this.kept) {
      await releaseWebhook(this.newsroom.database.run, hold);
      this.kept.delete(hold);
    }
  }

  private async renew(round: Round): Promise<void> {
    const until = Date.now() + this.options.holdMs;
    try {
      if (await holdWebhook(this.newsroom.database.run, round, this.options.holdMs)) round.heldUntil = until;
      else round.isOver = true;
    } catch (error) {
      this.options.onError(error); // it is held for a while yet, and this is tried again
    }
    round.renewal = null;
  }

  /** Some ledger and some calls; false where there is no more of either for now. */
  private async doSome(round: Round): Promise<boolean> {
    const webhook = await this.findReady(round);
    if (!webhook) return false;
    const { run } = this.newsroom.database;
    const { readTo: from, filter, room } = webhook;
    let hasMore = false;
    if (room > 0) {
      const page = await readChanges(run, filter, { after: from, limit: Math.min(BATCH, room) });
      const deliveries = page.changes.map(({ position }) => ({ id: randomUUID(), position }));
      if (page.upTo > from) await insertDeliveries(run, webhook.id, { from, upTo: page.upTo }, deliveries);
      ({ hasMore } = page);
    }
    const due = await findDueDeliveries(run, webhook.id, BATCH);
    await this.callAll(round, due);
    return hasMore || due.length === BATCH;
  }

  /** The webhook as it is at this moment, if it may be called; else the round is over. */
  private async findReady(round: Round): Promise<CallableWebhook | null> {
    const webhook = await findCallable(this.newsroom.database.run, round.webhook);
    const hindrance = webhook && findHindrance(webhook);
    if (hindrance && webhook.isEnabled) round.disabledFor = hindrance;
    if (webhook?.isEnabled && !webhook.isPaused && !hindrance) return webhook;
    round.isOver = true;
    return null;
  }

  private async callAll(round: Round, due: readonly DueDelivery[]): Promise<void> {
    const chains = chainByEntry(due);
    const lane = async (): Promise<void> => {
      for (let chain = chains.shift(); chain; chain = chains.shift())
        for (const delivery of chain) {
          if (!goesOn(round)) return;
          await this.attempt(round, delivery);
        }
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    for (const end of lanes) if (end.status === 'rejected') throw end.reason;
  }

  /** Looks at everything anew: whose rights, what is to be seen, which secrets. Then calls, once. */
  private async attempt(round: Round, delivery: DueDelivery): Promise<void> {
    const { database, vault, webhooks: reach } = this.newsroom;
    const webhook = await this.findReady(round);
    if (!webhook) return;
    const body = await this.writeBody(webhook, delivery.position);
    if (body === null) return void (await dropDelivery(database.run, delivery.id));
    const secrets = openSecrets(vault, webhook);
    if (!secrets) {
      round.disabledFor = 'Its secret was kept under another SECRETS_KEY: rotate the secret, then enable it.';
      return;
    }
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'newsroom-wiki-webhooks/1',
      ...signedHeaders(nodeId('delivery', delivery.id), new Date(), body, secrets),
    };
    const { timeLimitMs } = this.options;
    const outcome = await exchange({ url: webhook.url, headers, body }, { ...reach, timeLimitMs, cut: round.stop.cut });
    if (outcome.end === 'cut') return;
    if (outcome.end === 'answered' && outcome.status >= 200 && outcome.status < 300)
      await markDelivered(database.run, webhook.id, delivery.id, outcome.status);
    else await this.noteFailure(round, webhook, delivery, outcome);
  }

  /** What the receiver is told; null where it is not told of it any more. */
  private async writeBody(webhook: CallableWebhook, position: bigint): Promise<string | null> {
    const { database, moments } = this.newsroom;
    const change = await findChange(database.run, webhook.filter, position);
    if (!change) return null;
    const notes = await findNotes(database.run, [change]);
    return JSON.stringify(toEvent(change, moments.seal(position), notes.get(position) ?? null));
  }

  private async noteFailure(
    round: Round,
    webhook: CallableWebhook,
    delivery: DueDelivery,
    outcome: Answered,
  ): Promise<void> {
    const { status, retryAfterMs } = outcome.end === 'answered' ? outcome : { status: null, retryAfterMs: null };
    const error = inWords(outcome);
    const attempt = delivery.attempts + 1;
    const planned = planRetry({ attempt, status, retryAfterMs, failingMs: webhook.failingMs }, Math.random());
    const next = status === GONE ? { retryInMs: null, pauseMs: null } : planned;
    await markFailed(this.newsroom.database.run, webhook.id, delivery.id, { status, error, ...next });
    if (next.pauseMs !== null) round.isOver = true;
    if (status === GONE) round.disabledFor = 'The receiver answered 410 (Gone): it wants no more calls.';
    else if ((webhook.failingMs ?? 0) >= GIVE_UP_DAYS * DAY_MS)
      round.disabledFor = `No call went well for ${GIVE_UP_DAYS} days. The last one: ${error}`;
  }
}

/** Whether the round may begin another call. Whoever was stopped for longer than they hold the webhook begins none. */
function goesOn({ stop, endsAt, heldUntil, isOver, disabledFor }: Round): boolean {
  const now = Date.now();
  return !isOver && disabledFor === null && !stop.asked.aborted && now < endsAt && now < heldUntil;
}

/** What happened to each entry, in order. */
function chainByEntry(due: readonly DueDelivery[]): DueDelivery[][] {
  const chains = new Map<string, DueDelivery[]>();
  for (const delivery of due) {
    const chain = chains.get(delivery.entry);
    if (chain) chain.push(delivery);
    else chains.set(delivery.entry, [delivery]);
  }
  return [...chains.values()];
}

/** Why nothing may be sent for this webhook any more; null where it may. */
function findHindrance({ ownerIsActive, ownerRole, filter }: CallableWebhook): string | null {
  if (!ownerIsActive) return 'Its owner may no longer sign in.';
  if (filter.view === 'LATEST' && !mayEver({ role: ownerRole }, 'READ_LATEST'))
    return `Its owner may no longer read LATEST: their role is ${ownerRole}.`;
  return null;
}

function inWords(outcome: Answered): string {
  if (outcome.end === 'unanswered') return outcome.error;
  const { status, said } = outcome;
  const hint = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
  return `The receiver answered ${status}.${hint}${said ? ` It said: ${said}` : ''}`;
}
