const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each attempt that failed the next one is made: the example of Standard Webhooks, ten attempts in three days. */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Receivers that failed together should not be called together again. */
const JITTER = 0.2;

/** However long a receiver asks us to wait. */
const LONGEST_WAIT_MS = 24 * HOUR;

/** Statuses of a receiver that has too much to do, and for how long it is left alone at least. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LEAST_PAUSE_MS = 5 * SECOND;

/** A receiver that does not answer is left alone for half the time for which it has not, for five minutes at most. */
const SILENT_SHARE = 0.5;
const LONGEST_SILENCE_MS = 5 * MINUTE;

/** When to try again, and for how long to leave the receiver alone. */
export interface Retry {
  /** Null where it was the last attempt. */
  retryInMs: number | null;
  /** How long nothing at all is sent to the receiver; null for not. */
  pauseMs: number | null;
}

/** An attempt that failed. */
export interface Failure {
  /** Which one it was, from 1. */
  readonly attempt: number;
  /** What was answered; null for nothing. */
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** For how long no call has gone well; null where the last one did. */
  readonly failingMs: number | null;
}

/**
 * What follows an attempt that failed: the schedule, or longer where the receiver says so in `Retry-After`. One that has too
 * much to do, or does not answer, is not called for anything else either, for a while.
 *
 * @param random from 0 to 1.
 */
export function planRetry({ attempt, status, retryAfterMs, failingMs }: Failure, random: number): Retry {
  const scheduled = RETRY_AFTER_MS[attempt - 1];
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_WAIT_MS);
  const retryInMs = scheduled === undefined ? null : Math.max(scheduled * (1 - JITTER + 2 * JITTER * random), asked);
  if (status === null) return { retryInMs, pauseMs: Math.min((failingMs ?? 0) * SILENT_SHARE, LONGEST_SILENCE_MS) };
  return { retryInMs, pauseMs: OVERLOADED.has(status) ? Math.max(asked, LEAST_PAUSE_MS) : null };
}

/** The oldest of the three ways in which HTTP writes a date names no zone: it is UTC as in the others. */
const WITHOUT_ZONE = /\d{2}:\d{2}:\d{2}( \d{4})?$/;

/** Reads `Retry-After`: seconds, or a date of HTTP; null where there is none, or nothing that can be meant. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const written = header?.trim() ?? '';
  if (/^\d+$/.test(written)) return Number(written) * SECOND;
  if (!/^[A-Z][a-z]{2,8},? /.test(written)) return null; // what Date.parse would take for a date is much more
  const time = Date.parse(WITHOUT_ZONE.test(written) ? `${written} GMT` : written);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}
