import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Reach } from '../rules/outside';
import { findAddresses, InsideError } from './addresses';
import { readRetryAfter } from './retries';

/** What is sent. */
export interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How long a receiver has for everything, from the look-up of its name to the end of its answer; and when to give up before. */
export interface Bounds extends Reach {
  readonly timeLimitMs: number;
  /** Ends the exchange at once: nothing is known of it then. */
  readonly cut: AbortSignal;
}

/** What came of it. An answer is one only if it came whole. */
export type Outcome =
  | { readonly end: 'answered'; readonly status: number; readonly retryAfterMs: number | null; readonly said: string }
  | { readonly end: 'unanswered'; readonly error: string }
  | { readonly end: 'cut' };

/** So much of an answer is read. */
const MOST_READ = 65_536;
/** So much of it is kept, for whoever has to mend the receiver. */
const MOST_KEPT = 200;

/** The beginning of an answer as one line of text, never longer than what is kept. */
export function inOneLine(bytes: Buffer): string {
  const decoder = new TextDecoder('utf-8');
  const text = decoder
    .decode(bytes.subarray(0, MOST_KEPT), { stream: true })
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  // What is no UTF-8 takes more room as text than it had.
  const kept = new TextDecoder('utf-8').decode(Buffer.from(text).subarray(0, MOST_KEPT), { stream: true });
  return kept.trim();
}

// Not called where the host is an address itself: that one was checked, too.
const pinnedTo =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = all;
    if (options.all) done(null, all);
    else if (first) done(null, first.address, first.family);
    else done(new Error('the name has no address'), '', 4);
  };

function post(call: Call, addresses: readonly string[], signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { request: send } = call.url.startsWith('https:') ? https : http;
    const headers = { ...call.headers, 'content-length': String(Buffer.byteLength(call.body)) };
    // A connection of its own each time: one that is kept would outlive what its name resolves to.
    const request = send(call.url, { method: 'POST', headers, agent: false, signal, lookup: pinnedTo(addresses) });
    // What comes after a whole answer is none of it: a 204 with a body, or words after the length that was told.
    let takeWhole: (() => boolean) | null = null;
    const fail = (error: Error): void => {
      if (!takeWhole?.()) reject(error);
    };
    request.on('error', fail);
    // An answer that wants another protocol is none of the others: without a listener nobody would hear of it.
    request.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve({ end: 'answered', status: statusCode, retryAfterMs: null, said: '' });
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const answer = (): void => {
        resolve({
          end: 'answered',
          status: response.statusCode ?? 0,
          retryAfterMs: readRetryAfter(response.headers['retry-after'], Date.now()),
          said: inOneLine(Buffer.concat(chunks)),
        });
        request.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        if (length < MOST_KEPT) chunks.push(chunk.subarray(0, MOST_KEPT));
        length += chunk.length;
        if (length >= MOST_READ) answer();
      });
      takeWhole = () => {
        if (response.complete) answer();
        return response.complete;
      };
      response.on('end', answer);
      response.on('error', fail);
    });
    request.end(call.body);
  });
}

/** Rejects as soon as the signal says so. */
const within = <Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was closed before the answer was there.',
  EPIPE: 'The connection was closed before the answer was there.',
  ETIMEDOUT: 'No connection came about.',
  EHOSTUNREACH: 'No connection came about.',
  ENETUNREACH: 'No connection came about.',
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
};

function describe(error: unknown): string {
  if (error instanceof InsideError) return error.message;
  const { code = '' } = error as { code?: string };
  if (IN_WORDS[code]) return IN_WORDS[code];
  return /^(CERT|ERR_TLS|ERR_SSL|DEPTH|UNABLE|SELF_SIGNED|EPROTO)/.test(code)
    ? `The receiver's certificate or TLS cannot be relied on (${code}).`
    : `The exchange failed${code ? ` (${code})` : ''}.`;
}

/**
 * Sends a call once, over a connection to an address that was looked at, and reads the answer. Redirects are answers like
 * others. Never throws.
 */
export async function exchange(call: Call, { timeLimitMs, cut, ...reach }: Bounds): Promise<Outcome> {
  // Not AbortSignal.any: what it makes stays with a signal that lives as long as the process.
  const over = new AbortController();
  const end = (): void => over.abort();
  const limit = setTimeout(end, timeLimitMs);
  cut.addEventListener('abort', end);
  if (cut.aborted) end();
  try {
    const addresses = await within(over.signal, findAddresses(call.url, reach));
    return await within(over.signal, post(call, addresses, over.signal));
  } catch (error) {
    if (cut.aborted) return { end: 'cut' };
    if (over.signal.aborted)
      return { end: 'unanswered', error: `No whole answer came within ${timeLimitMs / 1000} seconds.` };
    return { end: 'unanswered', error: describe(error) };
  } finally {
    clearTimeout(limit);
    cut.removeEventListener('abort', end);
  }
}
