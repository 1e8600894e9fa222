import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { sha256 } from '../src/base/hash';
import { makeSecret } from '../src/edits/people';
import { projectFile } from '../src/tools/start';
import { ask } from './ask';
import type { BenchDatabase } from './database';
import type { Fiction } from './fiction';
import { staffOf } from './fill';
import { type EditedEntry, editBody, type EditOperation, type Load, type LoadResult } from './load';
import type { Server } from './processes';
import { Random } from './random';

/** Something to measure: what is asked, and whether both servers answer it alike. */
export interface Case {
  /** What the table calls it. */
  readonly name: string;
  /** How many ask at the same time, where it is not the number that was asked for. */
  readonly connections?: number;
  /** The part of the seconds that it takes; 1 where it is left out. */
  readonly share?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether an answer is what was hoped for. */
  isGood(answer: string): boolean;
  /** A few requests, to count their statements. */
  probes(): Promise<readonly string[]>;
  /**
   * Compares the answers of both servers; returns how many. Left out where the bare server knows no such request.
   *
   * @throws Error where they differ.
   */
  compare?(ours: Server, bare: Server): Promise<number>;
  /** What to ask for so many connections. */
  load(connections: number): Promise<Load>;
  /**
   * Looks whether what was acknowledged is in the database; says what it found.
   *
   * @param results of all loads, also of those that are not measured.
   * @throws Error where something is missing or different.
   */
  verify?(results: readonly LoadResult[]): Promise<string>;
}

const PAGES = 2000;
const COMPARED_PAGES = 100;

const STORY_PAGE = (): string => readFileSync(projectFile('test', 'api', 'story-page.graphql'), 'utf8');

/** Story pages drawn at random. */
function storyPages({ fiction }: BenchDatabase, query: string, variables: object): string[] {
  const random = new Random(fiction.seed, 2001);
  return Array.from({ length: Math.min(PAGES, 10 * fiction.sizes.stories) }, () => {
    const slug = fiction.slug('STORY', random.below(fiction.sizes.stories));
    return JSON.stringify({ operationName: 'StoryPage', query, variables: { ...variables, slug } });
  });
}

/** The story page of test/api/story-page.graphql, anonymous, of stories drawn at random. */
export function storyPage(database: BenchDatabase): Case {
  const bodies = storyPages(database, STORY_PAGE(), {});
  return {
    name: 'story-page',
    headers: {},
    isGood: (answer) => !answer.includes('"errors"'),
    probes: async () => bodies.slice(0, 20),
    load: async () => ({ kind: 'reads', bodies }),
    compare: (ours, bare) => compareReads(bodies.slice(0, COMPARED_PAGES), ours, bare),
  };
}

/** The same pages as of the middle of the newsroom's history: a story's third revision of five. */
export async function storyPageAsOf(database: BenchDatabase, server: Server): Promise<Case> {
  const query = STORY_PAGE()
    .replace('($slug: String!)', '($slug: String!, $asOf: AsOf)')
    .replace('story(slug: $slug)', 'story(slug: $slug, asOf: $asOf)');
  const bodies = storyPages(database, query, { asOf: { cursor: await findMiddle(database, server) } });
  return {
    name: 'story-page-as-of',
    headers: {},
    isGood: (answer) => !answer.includes('"errors"'),
    probes: async () => bodies.slice(0, 20),
    load: async () => ({ kind: 'reads', bodies }),
  };
}

/** The moment of the middle revision of a story whose history is all public. */
async function findMiddle({ client, fiction }: BenchDatabase, server: Server): Promise<string> {
  const middle = Math.ceil(fiction.sizes.revisions / 2);
  const { rows } = await client.query<{ entry: string }>(
    `select r.entry from revision r join shown s on s.entry = r.entry and s.view = 'PUBLISHED' and s.kind = 'STORY'
      where r.number = $1 and r.public_position is not null limit 1`,
    [middle],
  );
  const query = `query Middle($id: ID!, $number: Int!) { story(id: $id) { revisionByNumber(number: $number) { cursor } } }`;
  const body = JSON.stringify({ query, variables: { id: rows[0]?.entry, number: middle } });
  const answer = (await ask(server.url, body)) as { data?: { story?: { revisionByNumber?: { cursor?: string } } } };
  const cursor = answer.data?.story?.revisionByNumber?.cursor;
  if (!cursor) throw new Error(`There is no moment to travel to: ${JSON.stringify(answer).slice(0, 500)}`);
  return cursor;
}

/**
 * Asks both servers the same; returns how often.
 *
 * @throws Error where an answer differs.
 */
export async function compareReads(
  bodies: readonly string[],
  ours: Server,
  bare: Server,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  for (const body of bodies) {
    const [our, limit] = [await ask(ours.url, body, headers), await ask(bare.url, body, headers)];
    if (!isDeepStrictEqual(our, limit)) throw new Error(differ(body, our, limit));
  }
  return bodies.length;
}

const differ = (what: string, ours: unknown, bare: unknown): string =>
  `The servers answer differently to ${what}:\n  ours: ${JSON.stringify(ours)}\n  bare: ${JSON.stringify(bare)}`;

const EDIT_QUERY = `mutation Edit($input: EditStoryInput!) {
  editStory(input: $input) {
    outcome
    problems { path message }
    story { id headline summary latestRevision publishedRevision }
  }
}`;

/** An edit of a story's headline and summary in turn. */
export const EDIT: EditOperation = { query: EDIT_QUERY, fields: ['headline', 'summary'] };

const ENTRIES_A_CONNECTION = 40;

/** Stories that an editor's edit changes in public at once, drawn at random, as they are now. */
export async function findEditable(client: pg.Client, seed: number, count: number): Promise<EditedEntry[]> {
  const { rows } = await client.query<EditedEntry>(
    `select id, latest as revision from entry
      where kind = 'STORY' and state = 'PUBLISHED' and published = latest order by md5(id::text || $1) limit $2`,
    [String(seed), count],
  );
  return rows;
}

/** What makes a request one of an EDITOR. */
export async function editorHeaders(client: pg.Client, fiction: Fiction): Promise<{ authorization: string }> {
  const secret = makeSecret();
  await client.query(`insert into token (id, hash, user_id, label) values ($1, $2, $3, 'bench')`, [
    randomUUID(),
    sha256(secret),
    staffOf(fiction).editor,
  ]);
  return { authorization: `Bearer ${secret}` };
}

/** An edit of a story by an EDITOR: its headline and its summary in turn, each connection on stories of its own. */
export async function edit({ client, fiction }: BenchDatabase): Promise<Case> {
  const headers = await editorHeaders(client, fiction);
  return {
    name: 'edit',
    headers,
    isGood: (answer) => answer.includes('"SAVED"'),
    probes: async () => (await findEditable(client, 1, 20)).map((entry) => editBody(EDIT, entry)),
    load: async (connections) => ({
      kind: 'edits',
      edit: EDIT,
      entries: await findEditable(client, 2, connections * ENTRIES_A_CONNECTION),
    }),
    compare: async (ours, bare) => {
      const entries = await findEditable(client, 3, 10);
      for (const { id } of entries)
        for (const field of ['headline', 'summary']) await compareEdits(client, id, field, { ours, bare, headers });
      return 2 * entries.length;
    },
  };
}

interface Both {
  readonly ours: Server;
  readonly bare: Server;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Gives a field one value, another one and the first again, the last by the bare server: the answers to the first and to
 * the last, and the rows that they leave, must be the same but for numbers, positions and times.
 */
async function compareEdits(client: pg.Client, id: string, field: string, { ours, bare, headers }: Both) {
  const { rows } = await client.query<{ latest: number }>('select latest from entry where id = $1', [id]);
  const start = rows[0]?.latest ?? 0;
  const run = async (server: Server, step: number, value: string) => {
    const input = { id, baseRevision: start + step, fields: { [field]: value } };
    const body = JSON.stringify({ operationName: 'Edit', query: EDIT_QUERY, variables: { input } });
    const answer = JSON.stringify(await ask(server.url, body, headers));
    const told = answer.replaceAll(`Revision":${start + step + 1}`, 'Revision":"written"');
    return { answer: JSON.parse(told) as unknown, rows: await rowsOf(client, id, start + step + 1) };
  };
  const first = await run(ours, 0, `Compared ${field} one`);
  await run(ours, 1, `Compared ${field} two`);
  const last = await run(bare, 2, `Compared ${field} one`);
  if (!isDeepStrictEqual(first.answer, last.answer)) throw new Error(differ('an edit', first.answer, last.answer));
  if (!isDeepStrictEqual(first.rows, last.rows))
    throw new Error(
      `The servers write differently:\n  ours: ${first.rows.join('\n')}\n  bare: ${last.rows.join('\n')}`,
    );
  // What the bare server left must be as good a base as any.
  const next = JSON.stringify((await run(ours, 3, `Compared ${field} three`)).answer);
  if (!next.includes('"SAVED"')) throw new Error(`After the bare server's edit ours answers ${next}.`);
}

/** What an edit left in the tables, without what is another one each time. */
async function rowsOf(client: pg.Client, entry: string, revision: number): Promise<string[]> {
  const { rows } = await client.query<{ row: string }>(
    `select (to_jsonb(r) - '{number,parent,base,position,at,reviewed_at,public_position,public_at}'::text[])::text as row
        from revision r where entry = $1 and number = $2
      union all
      select (to_jsonb(c) - '{position,at,revision,previous,latest,published,accepted}'::text[])::text
        from change c where entry = $1 and revision = $2
      union all
      select (to_jsonb(s) - '{revision,at}'::text[])::text from shown s where entry = $1 and revision = $2
      union all
      select to_jsonb(l)::text from link l where from_entry = $1 and until is null
      union all
      select jsonb_build_array(state, latest - $2, published - $2, accepted - $2)::text from entry where id = $1
      order by 1`,
    [entry, revision],
  );
  return rows.map((row) => row.row);
}
