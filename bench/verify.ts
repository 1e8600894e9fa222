import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { makeFeedCursors } from '../src/base/feed-cursor';
import { makeListCursors } from '../src/base/list-cursor';
import { readConfig } from '../src/base/config';
import { createEntry } from '../src/edits/create-entry';
import { toEntryWrite } from '../src/edits/write-draft';
import type { Content } from '../src/model/entry';
import { User } from '../src/model/user';
import { KINDS } from '../src/rules/kinds';
import { type Database, type Run, runOn } from '../src/store/database';
import { Moments } from '../src/store/moments';
import { Pulse } from '../src/store/pulse';
import { Scope, type Newsroom } from '../src/store/scope';
import { keepTexts, writeEntries } from '../src/store/write';
import { CREATION_ORDER, type Fiction, type FilledKind } from './fiction';
import { draftOf, type FilledDraft, staffOf } from './fill';
import { insertLong, type LongStory } from './long-fill';
import { Random } from './random';
import { tell } from './progress';

type Row = Record<string, unknown>;

const SAMPLES = 3;

/** Everything that stands in the tables about one entry, in an order that does not depend on ids. */
const ROWS_OF: Readonly<Record<string, string>> = {
  entry: 'select * from entry where id = $1',
  revision: 'select * from revision where entry = $1 order by number',
  change: 'select * from change where entry = $1 order by position',
  shown: 'select * from shown where entry = $1 order by view',
  slug: 'select * from slug where entry = $1 order by slug',
  link: 'select * from link where from_entry = $1 order by view, field, since, to_entry, item, wanted_slug',
};

const MOMENTS = new Set(['at', 'reviewed_at', 'public_at']);
const POSITIONS = new Set(['position', 'public_position', 'since', 'until', 'public_since']);

/**
 * Rows about an entry, with positions and moments told as the number of the revision that they belong to, so that what two
 * entries went through can be compared whenever it was written. Ids that are drawn anew are left out.
 */
async function storyOf(client: pg.Client, entry: string): Promise<Record<string, Row[]>> {
  const tables = Object.entries(ROWS_OF);
  const found: Record<string, Row[]> = {};
  for (const [table, text] of tables) found[table] = (await client.query<Row>(text, [entry])).rows;
  const numbers = new Map<unknown, string>();
  for (const { number, position, at } of found.revision ?? []) {
    numbers.set(position, `of revision ${String(number)}`);
    numbers.set(Number(at), `of revision ${String(number)}`);
  }
  const mask = (column: string, value: unknown): unknown => {
    if (value === entry) return 'the entry';
    if (value instanceof Date) return numbers.get(Number(value)) ?? (MOMENTS.has(column) ? 'another time' : value);
    return POSITIONS.has(column) && value !== null ? (numbers.get(value) ?? 'another position') : value;
  };
  return Object.fromEntries(
    tables.map(([table]) => [
      table,
      (found[table] ?? []).map((row) =>
        Object.fromEntries(
          Object.entries(row).flatMap(([column, value]) => (column === 'id' ? [] : [[column, mask(column, value)]])),
        ),
      ),
    ]),
  );
}

// A content's hash is that of its text: the order of its fields counts.
const isSame = (column: string, one: unknown, other: unknown): boolean =>
  column === 'content' ? JSON.stringify(one) === JSON.stringify(other) : isDeepStrictEqual(one, other);

const inShort = (value: unknown): string => String(JSON.stringify(value)).slice(0, 1000);

function assertSame(what: string, bench: Record<string, Row[]>, edits: Record<string, Row[]>): void {
  for (const table of Object.keys(ROWS_OF)) {
    const [mine, theirs] = [bench[table] ?? [], edits[table] ?? []];
    if (mine.length !== theirs.length)
      throw new Error(`${what}: ${mine.length} rows in ${table}, but edits write ${theirs.length}.`);
    for (const [index, row] of mine.entries())
      for (const column of Object.keys(row))
        if (!isSame(column, row[column], theirs[index]?.[column]))
          throw new Error(
            `${what}: ${table}.${column} is ${inShort(row[column])}, edits write ${inShort(theirs[index]?.[column])}.`,
          );
  }
}

/** Runs something in a transaction of its own that leaves nothing behind. */
async function withoutTrace<Answer>(client: pg.Client, work: () => Promise<Answer>): Promise<Answer> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}

/** Sends revisions of an entry through the store's write statement, under another id; tells what it wrote. */
function rewrite(client: pg.Client, id: string, revisions: number, draftAt: (revision: number) => FilledDraft) {
  const run = runOn(client);
  const entry = randomUUID();
  return withoutTrace(client, async () => {
    await client.query('delete from slug where entry = $1', [id]);
    for (let revision = 1; revision <= revisions; revision++) {
      const draft = { ...draftAt(revision), entry };
      await keepTexts(
        run,
        [...draft.texts].map(([hash, body]) => ({ hash, body })),
      );
      await client.query('select pg_sleep(0.002)'); // a moment of its own each
      await writeEntries(run, [toEntryWrite(draft)]);
    }
    return storyOf(client, entry);
  });
}

/**
 * Fills in a short one of a long story and sends it through the store's write statement: the same rows, or the bench stops.
 * Leaves nothing behind.
 *
 * @throws Error that names the first column in which they differ.
 */
export async function verifyLong(client: pg.Client, make: () => LongStory): Promise<void> {
  const filled = await withoutTrace(client, async () => {
    const story = make();
    await insertLong(runOn(client), story);
    return storyOf(client, story.entry);
  });
  const story = make();
  const written = await rewrite(client, story.entry, story.revisions, (revision) => story.draft(revision));
  assertSame(`The long ${story.slug}`, filled, written);
}

/** A newsroom on one connection whose transactions are parts of the one that is open on it. */
function newsroomOn(client: pg.Client): Newsroom {
  const words: Readonly<Record<string, string>> = {
    begin: 'savepoint bench',
    commit: 'release savepoint bench',
    rollback: 'rollback to savepoint bench',
  };
  const runs = runOn(client);
  const run: Run = (name, text, values) => runs(words[text] ? '' : name, words[text] ?? text, values);
  const pulse = new Pulse(run, () => undefined);
  pulse.stop(); // nothing of this is committed: nobody is to hear of it
  const database: Omit<Database, 'dataSource' | 'pool'> = {
    run,
    pulse,
    connect: async () => ({ run, release: () => undefined }),
    begin: 'begin',
    keepsSessions: true,
    listenUrl: null,
    close: async () => undefined,
  };
  const { text, limits, newsroom, webhooks } = readConfig({});
  return {
    database: database as Database, // without a pool and TypeORM, which have no part in writing
    cursors: makeListCursors(Buffer.alloc(32)),
    moments: new Moments(makeFeedCursors(Buffer.alloc(32), 1)),
    text,
    pages: limits,
    language: newsroom.language,
    publicHistory: newsroom.publicHistory,
    vault: null,
    webhooks,
  };
}

/** A content as somebody would type it: long texts in full, no ids of items. */
function asInput(kind: FilledKind, content: Content, texts: ReadonlyMap<string, string>): Row {
  const withoutIds = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(withoutIds);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (key === 'id' ? [] : [[key, withoutIds(item)]])),
    );
  };
  return Object.fromEntries(
    Object.keys(KINDS[kind].fields).map((name) => {
      const value = content[name];
      if (name === 'retrievedAt' && typeof value === 'string') return [name, new Date(value)];
      return [name, texts.get(String(value)) ?? withoutIds(value)];
    }),
  );
}

/** Replaces ids of items by their order of appearance: every edit draws its own. */
function withoutItemIds(story: Record<string, Row[]>): Record<string, Row[]> {
  const known = new Map<string, string>();
  const text = JSON.stringify(story)
    .replaceAll(/(?<="id":|"item":)"([\w-]{16})"/g, (_, id: string) => {
      if (!known.has(id)) known.set(id, `item ${known.size}`);
      return JSON.stringify(known.get(id));
    })
    .replaceAll(/"hash":"[0-9a-f]{64}"/g, '"hash":"of other ids"');
  return JSON.parse(text) as Record<string, Row[]>;
}

/** Opens an entry through `createEntry`, as the API does, and tells what it wrote. */
async function create(client: pg.Client, fiction: Fiction, kind: FilledKind, index: number) {
  const { content, texts } = fiction.make(kind, index, 1);
  const editor = Object.assign(new User(), { uuid: staffOf(fiction).editor, role: 'EDITOR' });
  return withoutTrace(client, async () => {
    await client.query('delete from slug where entry = $1', [fiction.id(kind, index)]);
    const scope = new Scope(newsroomOn(client), { user: editor, role: 'EDITOR' });
    const fields = asInput(kind, content, texts);
    const result = await createEntry(scope, kind, { fields, publish: true });
    if (!result.entryId)
      throw new Error(`The bench's ${kind} cannot be created: ${result.problems.map((one) => one.message).join(' ')}`);
    return storyOf(client, result.entryId);
  });
}

async function verifyPositions(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ changes: number; last: number; revisions: number }>(
    `select count(*)::int as changes, max(position)::int as last, (select count(*)::int from revision) as revisions from change`,
  );
  const [row] = rows;
  if (!row || row.changes !== row.last || row.changes !== row.revisions)
    throw new Error(`The ledger has gaps: ${JSON.stringify(row)}.`);
}

/**
 * Compares what the bench wrote straight into the tables with what edits write: for a few entries of each kind all their
 * rows, column by column, with those of the store's write statement; and the first revision of one that is public with
 * `createEntry`. Leaves nothing behind.
 *
 * @throws Error that names the first column in which they differ.
 */
export async function verifyFill(client: pg.Client, fiction: Fiction): Promise<void> {
  await verifyPositions(client);
  const random = new Random(fiction.seed, 77);
  for (const kind of CREATION_ORDER) {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const index = random.below(fiction.count(kind));
      const rewritten = await rewrite(client, fiction.id(kind, index), fiction.sizes.revisions, (revision) =>
        draftOf(fiction, staffOf(fiction), kind, index, revision),
      );
      assertSame(`${kind} ${index}`, await storyOf(client, fiction.id(kind, index)), rewritten);
    }
    await verifyCreate(client, fiction, kind);
  }
  tell(`Verified: ${SAMPLES} entries of each kind stand in the tables as edits write them.`);
}

/** Looks whether reading and writing an input gives the same first revision as the bench's own making of contents. */
async function verifyCreate(client: pg.Client, fiction: Fiction, kind: FilledKind): Promise<void> {
  const count = fiction.count(kind);
  // An allegation is not public before somebody is cited with it.
  const index = Array.from({ length: count }, (_, at) => count - 1 - at).find(
    (at) => fiction.fate(kind, at) === 'PUBLIC' && fiction.make(kind, at, 1).content.mood !== 'ALLEGATION',
  );
  if (index === undefined) return;
  const first = new (fiction.constructor as typeof Fiction)({ ...fiction.sizes, revisions: 1 }, fiction.seed);
  const expected = await withoutTrace(client, async () => {
    await client.query('delete from slug where entry = $1', [fiction.id(kind, index)]);
    const draft = { ...draftOf(first, staffOf(first), kind, index, 1), entry: randomUUID() };
    await writeEntries(runOn(client), [toEntryWrite(draft)]);
    return storyOf(client, draft.entry);
  });
  assertSame(`A new ${kind}`, withoutItemIds(expected), withoutItemIds(await create(client, fiction, kind, index)));
}
