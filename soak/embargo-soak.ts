import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { findBreaches } from '../test/support/invariants';
import { ask } from './ask';
import type { ServerProcess } from './servers';

/** How many embargoes end within one second, and for how many servers. */
export interface EmbargoOptions {
  readonly embargoes: number;
  readonly servers: number;
  /** How long before the first of them ends the last must be set, in seconds. */
  readonly lead: number;
  /** Token of an administrator. */
  readonly adminToken: string;
  start(): Promise<ServerProcess>;
  /** The database, for looking behind the API. */
  readonly pool: Pool;
  onProgress?(lifted: number): void;
}

/** What came of it. */
export interface EmbargoReport {
  readonly embargoes: number;
  /** Lifted so often: once is what they should be. */
  readonly once: number;
  readonly never: number;
  readonly more: number;
  /** Lifted before their time. */
  readonly early: number;
  /** Lifted before the kill; the rest is the work of those that were left. */
  readonly beforeKill: number;
  /** From the end of an embargo to its row in the ledger, in ms, in order. */
  readonly delays: readonly number[];
  /** From the end of the last embargo until all were seen to be public, in ms. */
  readonly seenMs: number;
  readonly breaches: readonly string[];
}

const APPLY = `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { results { entry { id } } } }`;
const PUBLISH = `mutation ($input: PublishInput!) { publish(input: $input) { outcome problems { message } } }`;
const MOST_EDITS = 200;
const AT_ONCE = 8;
const LOOK_EVERY_MS = 20;
/** Rules 2.6 give two seconds; so long after them nothing is waited for. */
const PATIENCE_MS = 30_000;

async function openDrafts(url: string, { adminToken, embargoes }: EmbargoOptions): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < embargoes) {
    const count = Math.min(MOST_EDITS, embargoes - ids.length);
    const edits = Array.from({ length: count }, (_, index) => ({
      createEvent: { fields: { title: `Embargoed event ${ids.length + index}` } },
    }));
    const { applyChangeset } = await ask<{ applyChangeset: { results: { entry: { id: string } }[] } }>(
      url,
      adminToken,
      APPLY,
      { input: { edits } },
    );
    ids.push(...applyChangeset.results.map(({ entry }) => entry.id));
  }
  return ids;
}

/** Puts each under an embargo that ends within the second that begins at `start`. */
async function setEmbargoes(
  url: string,
  token: string,
  ids: readonly string[],
  start: number,
): Promise<Map<string, number>> {
  const due = new Map(ids.map((id, index) => [id, start + Math.floor((index * 1000) / ids.length)]));
  const open = [...due];
  const work = async (): Promise<void> => {
    for (let next = open.pop(); next; next = open.pop()) {
      const input = { id: next[0], revision: 1, embargoUntil: new Date(next[1]).toISOString() };
      const { publish } = await ask<{ publish: { outcome: string } }>(url, token, PUBLISH, { input });
      if (publish.outcome !== 'SAVED') throw new Error(`An embargo was not set: ${JSON.stringify(publish)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (Date.now() > start) throw new Error('Setting the embargoes took longer than the lead: give a longer one.');
  return due;
}

const countLifted = async (pool: Pool): Promise<number> =>
  (await pool.query(`select count(*)::int as count from shown where view = 'PUBLISHED'`)).rows[0].count;

/** Looks on while they are lifted, and kills the first server when a quarter is. */
async function watch(
  { embargoes, pool, onProgress }: EmbargoOptions,
  victim: ServerProcess,
  lastDue: number,
): Promise<{ beforeKill: number; seenMs: number }> {
  let [beforeKill, killing]: [number, Promise<unknown> | null] = [0, null];
  for (;;) {
    const lifted = await countLifted(pool);
    onProgress?.(lifted);
    if (lifted >= embargoes / 4 && !killing) [beforeKill, killing] = [lifted, victim.kill()];
    if (lifted >= embargoes || Date.now() > lastDue + PATIENCE_MS) break;
    await wait(LOOK_EVERY_MS);
  }
  const seenMs = Date.now() - lastDue;
  await killing;
  return { beforeKill, seenMs };
}

/**
 * Lets many embargoes end within one second before several servers on one database, one of which is killed in the middle of
 * it, and looks whether each was lifted once, and when.
 *
 * @throws Error where a server does not start, or the embargoes cannot be set in time.
 */
export async function soakEmbargoes(options: EmbargoOptions): Promise<EmbargoReport> {
  const { adminToken, pool, embargoes, lead } = options;
  const servers: ServerProcess[] = [];
  // One after the other: the first migrates.
  for (let n = 0; n < options.servers; n++) servers.push(await options.start());
  const [victim] = servers as [ServerProcess];
  const ids = await openDrafts(victim.url, options);
  const due = await setEmbargoes(victim.url, adminToken, ids, Date.now() + lead * 1000);
  const { beforeKill, seenMs } = await watch(options, victim, Math.max(...due.values()));
  const { rows } = await pool.query<{ entry: string; at: Date }>(
    `select entry, at from change where public_kind = 'PUBLISHED' order by position`,
  );
  const counts = new Map<string, number>();
  for (const { entry } of rows) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  const delays = rows
    .map(({ entry, at }) => at.getTime() - (due.get(entry) ?? 0))
    .toSorted((one, other) => one - other);
  const often = (is: (count: number) => boolean): number => ids.filter((id) => is(counts.get(id) ?? 0)).length;
  return {
    embargoes,
    once: often((count) => count === 1),
    never: often((count) => count === 0),
    more: often((count) => count > 1),
    early: delays.filter((delay) => delay < 0).length,
    beforeKill,
    delays,
    seenMs,
    breaches: await findBreaches(async (text, values) => (await pool.query(text, values)).rows),
  };
}

/** The value below which that share of an ordered list lies. */
export const quantile = (ordered: readonly number[], share: number): number =>
  ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? NaN;
