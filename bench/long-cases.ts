import type pg from 'pg';
import { ask } from './ask';
import { type Case, compareReads, editorHeaders } from './cases';
import type { BenchDatabase } from './database';
import { hasLong, type LongStory, writeLong } from './long-fill';
import { longHistory, longText } from './long-stories';
import { tell } from './progress';
import type { Server } from './processes';
import { verifyLong } from './verify';

const PAGE = 20;
/** The most that a page may have. */
const STEP = 100;

const HISTORY = `query History($id: ID!, $after: String) {
  story(id: $id, view: LATEST) {
    history(first: ${PAGE}, after: $after) { nodes { number author { name } changes { path op } } }
  }
}`;
const WALK = `query Walk($id: ID!, $after: String) {
  story(id: $id, view: LATEST) { history(first: ${STEP}, after: $after) { nodes { number } pageInfo { endCursor } } }
}`;

interface WalkAnswer {
  readonly data?: {
    readonly story: {
      readonly history: {
        readonly nodes: readonly { readonly number: number }[];
        readonly pageInfo: { readonly endCursor: string };
      };
    } | null;
  };
}

const VERIFIED_REVISIONS = 5;

/**
 * Writes a long story where an earlier run has not, after a look whether a short one comes out as edits write it.
 *
 * @param make the story, of so many revisions or as many as it is to have.
 */
async function ensureLong(client: pg.Client, make: (revisions?: number) => LongStory): Promise<LongStory> {
  const story = make();
  if (await hasLong(client, story)) return story;
  await verifyLong(client, () => make(VERIFIED_REVISIONS));
  tell(`Verified: revisions of ${story.slug} stand in the tables as edits write them.`);
  await writeLong(client, story);
  return story;
}

type Headers = Readonly<Record<string, string>>;

/** A place in the middle of a history: its cursor, and the number of the revision there. */
async function findMiddle(server: Server, id: string, revisions: number, headers: Headers) {
  let [cursor, below] = ['', revisions + 1];
  while (below > revisions / 2) {
    const variables = { id, after: cursor || null };
    const body = JSON.stringify({ operationName: 'Walk', query: WALK, variables });
    const answer = (await ask(server.url, body, headers)) as WalkAnswer;
    const page = answer.data?.story?.history;
    const last = page?.nodes.at(-1);
    if (!page || !last) throw new Error(`The history cannot be walked: ${JSON.stringify(answer).slice(0, 500)}`);
    [cursor, below] = [page.pageInfo.endCursor, last.number];
  }
  return { cursor, below };
}

/** Pages of the history of a story with 10,000 revisions, with what each changed and who did, as an editor reads it. */
export async function historyPages({ client, fiction }: BenchDatabase, server: Server): Promise<Case[]> {
  const { entry: id, revisions } = await ensureLong(client, (length) => longHistory(fiction, length));
  const headers = await editorHeaders(client, fiction);
  const { cursor, below } = await findMiddle(server, id, revisions, headers);
  const pages = [
    { name: 'history, newest page', after: null },
    { name: 'history, middle page', after: cursor, below },
  ];
  return pages.map(({ name, ...variables }) => {
    const bodies = [JSON.stringify({ operationName: 'History', query: HISTORY, variables: { id, ...variables } })];
    return {
      name,
      headers,
      share: 1 / 3,
      isGood: (answer) => !answer.includes('"errors"') && answer.includes('"CHANGED"'),
      probes: async () => bodies,
      load: async () => ({ kind: 'reads', bodies }),
      compare: (ours, bare) => compareReads(bodies, ours, bare, headers),
    };
  });
}

const BLAME = `query Blame($id: ID!) { story(id: $id) { blame(path: "/body") { text revision { number } } } }`;
const BLAME_AND_BODY = BLAME.replace('blame', 'body blame');

interface BlameAnswer {
  readonly data?: {
    readonly story: {
      readonly body: string;
      readonly blame: readonly { readonly text: string; readonly revision: { readonly number: number } }[];
    } | null;
  };
}

/**
 * Who wrote what of a body of 50 kB with 1,000 revisions, anonymous.
 *
 * @throws Error where the segments are not the body, or are all of few revisions.
 */
export async function blame({ client, fiction }: BenchDatabase, server: Server): Promise<Case> {
  const { entry: id, revisions } = await ensureLong(client, (length) => longText(fiction, length));
  const [asked, checked] = [BLAME, BLAME_AND_BODY].map((query) =>
    JSON.stringify({ operationName: 'Blame', query, variables: { id } }),
  ) as [string, string];
  const answer = (await ask(server.url, checked)) as BlameAnswer;
  const { body, blame: segments } = answer.data?.story ?? { body: '', blame: [] };
  const numbers = new Set(segments.map((segment) => segment.revision.number));
  // 1,500 rewritings of 400 sentences leave about 390 that stand as some revision wrote them.
  if (body === '' || segments.map((segment) => segment.text).join('') !== body || numbers.size < revisions / 10)
    throw new Error(`No blame of ${id}: ${JSON.stringify(answer).slice(0, 500)}`);
  return {
    name: 'blame',
    headers: {},
    isGood: (text) => !text.includes('"errors"') && text.includes('"text"'),
    probes: async () => [asked],
    load: async () => ({ kind: 'reads', bodies: [asked] }),
  };
}
