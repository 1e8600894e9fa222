import ipaddr from 'ipaddr.js';
import { cleanUrl } from './urls';
import { type Cleaned, invalid, quoted } from './text';

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** How the receivers of webhooks may be reached. */
export interface Reach {
  /** Whether this machine itself may be called. */
  readonly allowsLoopback: boolean;
  /** Without it, the machine's own resolver is asked. */
  readonly resolve?: Resolve;
}

/** Below it are the ports of mail, shells and databases of old: only HTTPS's own is let through. */
const FIRST_FREE_PORT = 1024;
const HTTPS_PORT = '443';

/** All that is given out of IPv6 so far: the rest is nobody's, or an address of IPv4 in another coat (`::7f00:1`). */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');

const isGivenOut = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address instanceof ipaddr.IPv4 || address.match(GIVEN_OUT);

/**
 * Whether an address, as a resolver or a URL writes it, is one that anybody on the internet may use: no private, local,
 * shared, mapped, translated, multicast or reserved one. With `allowsLoopback` the machine's own are let through too.
 */
export function isOutside(address: string, allowsLoopback: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  return (range === 'unicast' && isGivenOut(parsed)) || (allowsLoopback && range === 'loopback');
}

/** Host of a URL without the brackets of IPv6 and without the dot that may end a name. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** Whether a host is an address itself, so that there is nothing to look up. */
export const isAddress = (host: string): boolean => ipaddr.isValid(host);

/** Names that mean the machine itself wherever they are looked up. */
export const isLocalName = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/**
 * Hygiene of the address of a webhook: https, no user name or password, a host outside, a port that is HTTPS's or free for
 * anybody. What a name resolves to is for whoever looks it up. With `allowsLoopback` the machine's own addresses are let
 * through, with http as well.
 */
export function cleanReceiverUrl(value: string, allowsLoopback: boolean): Cleaned {
  const cleaned = cleanUrl(value);
  if (!cleaned.ok) return cleaned;
  const url = new URL(cleaned.value);
  const host = hostOf(cleaned.value);
  const isLoopback = isLocalName(host) || (isOutside(host, true) && !isOutside(host, false));
  if (isLoopback ? !allowsLoopback : isAddress(host) && !isOutside(host, false))
    return invalid(`The URL ${quoted(value)} leads to an address inside the network.`);
  if (url.protocol !== 'https:' && !(isLoopback && allowsLoopback))
    return invalid(`The URL ${quoted(value)} must start with https://.`);
  if (!isLoopback && !['', HTTPS_PORT].includes(url.port) && Number(url.port) < FIRST_FREE_PORT)
    return invalid(`The URL has the port ${url.port}; allowed: ${HTTPS_PORT}, and ${FIRST_FREE_PORT} or above.`);
  url.hash = ''; // never sent
  return { ok: true, value: url.href };
}
