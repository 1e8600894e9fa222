import type { Pool } from 'pg';
import { findBreaches } from '../test/support/invariants';
import { ask } from './ask';
import type { ServerProcess } from './servers';

/** How long how many write at once, through how many servers. */
export interface OrderOptions {
  readonly seconds: number;
  readonly servers: number;
  readonly writers: number;
  /** Token of an administrator. */
  readonly adminToken: string;
  start(): Promise<ServerProcess>;
  /** The database, for looking behind the API. */
  readonly pool: Pool;
  onProgress?(secondsGone: number): void;
}

/** What came of it. */
export interface OrderReport {
  readonly written: number;
  /** Changes whose transaction had begun to write before that of the change in front of them. */
  readonly outOfOrder: number;
  readonly pages: number;
  /** For each view what its reader missed, was told twice, or out of order. */
  readonly missed: Readonly<Record<View, number>>;
  readonly breaches: readonly string[];
}

type View = 'LATEST' | 'PUBLISHED';
const VIEWS: readonly View[] = ['LATEST', 'PUBLISHED'];
const SHARED = 6;
const PAGE = 20;

const CREATE = `mutation ($input: CreateEventInput!) { act: createEvent(input: $input) { outcome event { id } } }`;
const EDIT = `mutation ($input: EditEventInput!) { act: editEvent(input: $input) { outcome } }`;
const FOLLOW = `query ($after: Cursor, $first: Int, $view: View!) {
  changes(after: $after, first: $first, filter: { view: $view }) { changes { entryId kind at } endCursor hasMore } }`;

interface Act {
  event: { id: string };
}
interface Change {
  entryId: string;
  kind: string;
  at: string;
}

/** Somebody who writes without a pause: new entries, and edits of a few that all others edit, too. */
async function write(options: OrderOptions, url: string, shared: readonly string[], writer: number, until: number) {
  const act = (query: string, input: object): Promise<unknown> => ask(url, options.adminToken, query, { input });
  for (let turn = 0; Date.now() < until; turn++) {
    if (turn % 3 === 0) {
      await act(CREATE, { fields: { title: `Event ${writer} ${turn}` }, publish: turn % 2 === 0 });
      continue;
    }
    await act(EDIT, await freshEdit(options, url, shared[(writer * 7 + turn) % shared.length] as string, turn));
  }
}

async function freshEdit({ adminToken }: OrderOptions, url: string, id: string, turn: number): Promise<object> {
  const { event } = await ask<{ event: { latestRevision: number } }>(
    url,
    adminToken,
    'query ($id: ID!) { event(id: $id, view: LATEST) { latestRevision } }',
    { id },
  );
  return { id, baseRevision: event.latestRevision, fields: { title: `Told anew ${turn}` } };
}

/** Somebody who follows a view by cursor, until all is written and read. */
async function follow({ adminToken }: OrderOptions, url: string, view: View, isOver: () => boolean) {
  const found: Change[] = [];
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const last = isOver();
    const { changes: page }: { changes: { changes: Change[]; endCursor: string; hasMore: boolean } } = await ask(
      url,
      adminToken,
      FOLLOW,
      { after, first: PAGE, view },
    );
    found.push(...page.changes);
    after = page.endCursor;
    if (last && !page.hasMore) return { found, pages };
  }
}

/** How many places of two lists differ. */
function countDifferences(told: readonly Change[], rows: readonly Change[]): number {
  const same = (one: Change | undefined, other: Change | undefined): boolean =>
    one?.entryId === other?.entryId && one?.kind === other?.kind && one?.at === other?.at;
  return Array.from({ length: Math.max(told.length, rows.length) }, (_, index) => index).filter(
    (index) => !same(told[index], rows[index]),
  ).length;
}

/**
 * Lets many write at once through several servers, so that transactions commit out of the order in which they began, while a
 * reader of each view follows by cursor, and compares what they were told with the ledger.
 *
 * @throws Error where a server does not start or refuses.
 */
export async function soakOrder(options: OrderOptions): Promise<OrderReport> {
  const { adminToken, pool, seconds, writers } = options;
  const servers: ServerProcess[] = [];
  // One after the other: the first migrates.
  for (let n = 0; n < options.servers; n++) servers.push(await options.start());
  const urlOf = (n: number): string => (servers[n % servers.length] as ServerProcess).url;
  const shared: string[] = [];
  while (shared.length < SHARED) {
    const input = { fields: { title: `Shared event ${shared.length}` }, publish: true };
    const { act } = await ask<{ act: Act }>(urlOf(0), adminToken, CREATE, { input });
    shared.push(act.event.id);
  }
  const began = Date.now();
  let over = false;
  const readers = VIEWS.map((view, n) => follow(options, urlOf(n), view, () => over));
  const progress = setInterval(() => options.onProgress?.((Date.now() - began) / 1000), 500);
  await Promise.all(
    Array.from({ length: writers }, (_, n) => write(options, urlOf(n), shared, n, began + seconds * 1000)),
  ).finally(() => {
    over = true;
    clearInterval(progress);
  });
  const told = await Promise.all(readers);
  // xmin is drawn when a transaction first writes, a position right before it commits.
  const { rows } = await pool.query(
    `select c.entry as "entryId", c.kind, c.public_kind, c.at,
        coalesce(c.xmin::text::bigint < lag(c.xmin::text::bigint) over (order by position), false) as is_late
      from change c order by position`,
  );
  const expected: Record<View, Change[]> = { LATEST: [], PUBLISHED: [] };
  for (const { entryId, kind, public_kind: publicKind, at } of rows) {
    expected.LATEST.push({ entryId, kind, at: at.toISOString() });
    if (publicKind !== null) expected.PUBLISHED.push({ entryId, kind: publicKind, at: at.toISOString() });
  }
  const missed = (view: View): number => countDifferences(told[VIEWS.indexOf(view)]?.found ?? [], expected[view]);
  return {
    written: rows.length,
    outOfOrder: rows.filter(({ is_late: isLate }) => isLate).length,
    pages: told.reduce((sum, { pages }) => sum + pages, 0),
    missed: { LATEST: missed('LATEST'), PUBLISHED: missed('PUBLISHED') },
    breaches: await findBreaches(async (text, values) => (await pool.query(text, values)).rows),
  };
}
