import { lookup } from 'node:dns/promises';
import { hostOf, isAddress, isLocalName, isOutside, type Reach, type Resolve } from '../rules/outside';

/** An address that must not be called. */
export class InsideError extends Error {
  constructor(readonly host: string) {
    super(`${host} leads to an address inside the network, which is not called.`);
    this.name = 'InsideError';
  }
}

const resolveHere: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** Names that are being looked up. */
const underWay = new WeakMap<Resolve, Map<string, Promise<readonly string[]>>>();

/**
 * Asks once for all who want to know of a name at the moment. The machine's resolver has four threads, for all of the process: a
 * name whose servers do not answer would take them all.
 */
function lookUp(resolve: Resolve, host: string): Promise<readonly string[]> {
  const names = underWay.get(resolve) ?? new Map<string, Promise<readonly string[]>>();
  underWay.set(resolve, names);
  const known = names.get(host);
  if (known) return known;
  const asked = resolve(host).finally(() => names.delete(host));
  names.set(host, asked);
  return asked;
}

/**
 * The addresses of a URL's host, each of which is outside. A name with one address inside is refused as a whole: whoever has
 * the name decides which of them is answered next time.
 *
 * @throws InsideError, and whatever the resolver throws
 */
export async function findAddresses(url: string, { allowsLoopback, resolve = resolveHere }: Reach): Promise<string[]> {
  const host = hostOf(url);
  if (isLocalName(host) && !allowsLoopback) throw new InsideError(host);
  const addresses = isAddress(host) ? [host] : await lookUp(resolve, host);
  if (!addresses.every((address) => isOutside(address, allowsLoopback))) throw new InsideError(host);
  return [...addresses];
}

const LOOK_UP_MS = 2000;

/**
 * Whether a URL leads inside the network, as far as can be told now. A name that nobody knows yet does not: what counts is
 * asked again at each sending.
 */
export async function leadsInside(url: string, reach: Reach): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string[]>((resolve) => (timer = setTimeout(() => resolve([]), LOOK_UP_MS)));
  try {
    await Promise.race([findAddresses(url, reach), late]);
    return false;
  } catch (error) {
    return error instanceof InsideError;
  } finally {
    clearTimeout(timer);
  }
}
