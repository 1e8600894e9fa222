import pg from 'pg';
import { type FeedOptions, type FeedReport, soakFeed } from '../../soak/feed-soak';
import type { Answer } from './newsroom';
import type { BuiltProgram, Started } from './program';
import { SECRETS_KEY } from './webhooks';

export const ADMIN_TOKEN = 'a-token-of-the-newsroom-s-own';

/** Something that servers cannot do without, and that goes away and comes back beneath them. */
export interface Ground {
  goAway(): Promise<unknown>;
  comeBack(): Promise<unknown>;
}

/** Starts a server on a database, with webhooks to this machine. */
export const startOn = (program: BuiltProgram, settings: Record<string, string>): Started =>
  program.start({
    PORT: '0',
    SAMPLE: 'off',
    LOG_LEVEL: 'warn',
    ADMIN_TOKEN,
    CHECKPOINT_MS: '200',
    SECRETS_KEY,
    WEBHOOKS_ALLOW_LOOPBACK: 'on',
    ...settings,
  });

/** What a server had logged: its lines that are no greeting. */
export const loggedBy = ({ stdout }: Started): string[] =>
  stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'));

/** Asks a server as its administrator. */
export async function ask(url: string, query: string, variables?: object): Promise<{ status: number; body: Answer }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: await response.json() };
}

/** Waits until a server says of itself that it can, or cannot, be asked. */
export async function untilReady(url: string, isReady: boolean): Promise<void> {
  while ((await fetch(`${url}/readyz`)).status !== (isReady ? 200 : 503));
}

/**
 * Lets people write through servers and others follow over every way there is, while the ground goes away after so many acts,
 * again and again, until every server has noticed. The servers are never started again.
 *
 * @param directUrl where the database is to be looked at, once all is over.
 */
export async function followThrough(
  urls: readonly string[],
  ground: Ground,
  directUrl: string,
  options: Pick<FeedOptions, 'seconds' | 'killEvery' | 'seed'>,
): Promise<FeedReport> {
  const pool = new pg.Pool({ connectionString: directUrl, max: 2 });
  pool.on('error', () => undefined); // it may be its ground, too
  let isAway = false;
  try {
    return await soakFeed({
      rate: 40,
      writers: 8,
      hangs: 0,
      patience: 60,
      adminToken: ADMIN_TOKEN,
      urls,
      start: async (slot) => {
        if (isAway) {
          await Promise.all(urls.map((url) => untilReady(url, false)));
          await ground.comeBack();
          isAway = false;
        }
        const kill = (): Promise<unknown> => {
          isAway = true;
          return ground.goAway();
        };
        return { url: `${urls[slot]}/graphql`, kill };
      },
      pool,
      ...options,
    });
  } finally {
    await pool.end();
  }
}
