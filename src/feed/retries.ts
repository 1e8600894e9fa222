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

/** Statuses of a receiver that has too much to do: it is called no more for a while, whatever waits for it. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** When to try again, and for how long to leave the receiver alone. */
export interface Retry {
  /** Null where it was the last attempt. */
  retryInMs: number | null;
  pauseMs: number | null;
}

/**
 * What follows an attempt that failed: the schedule, or longer where the receiver says so in `Retry-After`.
 *
 * @param attempt which one it was, from 1.
 * @param random from 0 to 1.
 */
export function planRetry(
  attempt: number,
  status: number | null,
  retryAfterMs: number | null,
  random: number,
  schedule: readonly number[] = RETRY_AFTER_MS,
): Retry {
  const scheduled = schedule[attempt - 1];
  const asked = retryAfterMs === null ? 0 : Math.min(retryAfterMs, LONGEST_WAIT_MS);
  const isOverloaded = status !== null && OVERLOADED.has(status);
  return {
    retryInMs: scheduled === undefined ? null : Math.max(scheduled * (1 - JITTER + 2 * JITTER * random), asked),
    pauseMs: isOverloaded ? Math.max(asked, schedule[0] ?? 0) : null,
  };
}

/** Reads `Retry-After`: seconds, or a date of HTTP; null where there is none, or nothing that can be meant. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const written = header?.trim() ?? '';
  if (/^\d{1,10}$/.test(written)) return Number(written) * SECOND;
  if (!/^[A-Z][a-z]{2,8},? /.test(written)) return null; // what Date.parse would take for a date is much more
  const time = Date.parse(written);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}
