import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../bench/random';
import type { Servers } from './servers';

/** How requests went that had to be sent again. */
export interface Troubles {
  /** The connection was refused or broke off: a server was killed. */
  lost: number;
  /** The client itself hung up before the answer. */
  hungUp: number;
  /** The server asked to try again, or had no time. */
  refused: number;
  /** The server met a fault of its own. */
  incidents: string[];
}

/** Somebody who sends requests, and sends them again until there is an answer. */
export interface Sender {
  readonly servers: Servers;
  readonly random: Random;
  readonly token: string;
  readonly troubles: Troubles;
  /** Ends everything when time is up. */
  readonly timeUp: AbortSignal;
}

/** An answer, and when the request was sent that brought it. */
export interface Delivered<Data> {
  readonly data: Data;
  readonly sentAt: number;
  /** Whether the connection broke off on an earlier attempt. */
  readonly wasLost: boolean;
}

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const REQUEST_MS = 15_000;
const IMPATIENT_MS = 40;
/** After so many faults of the server, of all editors together, there is nothing more to be learned. */
const MOST_INCIDENTS = 100;
const RETRIED_CODES = new Set(['SERVICE_UNAVAILABLE', 'TIMEOUT', 'INTERNAL_SERVER_ERROR']);

async function send<Data>(url: string, token: string, body: string, end: AbortSignal): Promise<Answer<Data> | number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
    signal: end,
  });
  const text = await response.text();
  return response.status >= 500 && !text.startsWith('{') ? response.status : (JSON.parse(text) as Answer<Data>);
}

/**
 * Sends a request until it is answered: again, just the same, where the connection broke, the server had no time, or the
 * client itself did not wait.
 *
 * @param isImpatient hangs up the first time after a few milliseconds, as a browser whose page was left.
 * @throws Error where the answer is a refusal that no retry mends, or time is up.
 */
export async function deliver<Data>(
  sender: Sender,
  query: string,
  variables: object,
  isImpatient = false,
): Promise<Delivered<Data>> {
  const { servers, random, token, troubles, timeUp } = sender;
  const body = JSON.stringify({ query, variables });
  let wasLost = false;
  for (let attempts = 1; ; attempts++) {
    timeUp.throwIfAborted();
    const url = await servers.pick(random);
    const patience = isImpatient && attempts === 1 ? random.below(IMPATIENT_MS) : REQUEST_MS;
    const sentAt = Date.now();
    const hangUp = AbortSignal.timeout(patience);
    const answer = await send<Data>(url, token, body, AbortSignal.any([hangUp, timeUp])).catch((error: unknown) => {
      if (timeUp.aborted) throw error;
      if (hangUp.aborted) troubles.hungUp += 1;
      else {
        troubles.lost += 1;
        wasLost = true;
      }
      return null;
    });
    if (answer === null) continue;
    const [error] = typeof answer === 'number' ? [{ message: `HTTP ${answer}` }] : (answer.errors ?? []);
    if (!error && typeof answer === 'object' && answer.data) return { data: answer.data, sentAt, wasLost };
    const code = (error && 'extensions' in error && error.extensions?.code) || 'INTERNAL_SERVER_ERROR';
    if (!RETRIED_CODES.has(code) || troubles.incidents.length >= MOST_INCIDENTS)
      throw new Error(`${code}: ${error?.message}`);
    if (code === 'INTERNAL_SERVER_ERROR') troubles.incidents.push(error?.message ?? 'an answer without data');
    else troubles.refused += 1;
    await wait(random.below(200)); // those who met should not meet again
  }
}
