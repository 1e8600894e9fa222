import { ask } from './ask';
import { type Case, editorHeaders } from './cases';
import type { BenchDatabase } from './database';
import { staffOf } from './fill';
import { judge, readHistories } from './judge';
import { type LoadResult, sharedEdit, type SharedEdits } from './load';
import type { Server } from './processes';
import { sharedBody, STORY_FIELDS, type StoryNow, writerName } from './story-edits';

const OPEN = `mutation Open($input: CreateStoryInput!) {
  createStory(input: $input) { problems { message } story { id ${STORY_FIELDS} } }
}`;
const READ = `query Read($id: ID!) { story(id: $id, view: LATEST) { ${STORY_FIELDS} } }`;
const EDIT = `mutation Edit($input: EditStoryInput!) {
  editStory(input: $input) {
    outcome problems { message } conflict { fields { path } } revision { number } story { ${STORY_FIELDS} }
  }
}`;

const PROBES = 20;

/** The load as it is for every connection count and round, but for the story as it is then. */
type Shared = Omit<SharedEdits, 'story' | 'firstMark'>;

/**
 * Edits of one story by all connections at once: each changes a sentence of its own in the one body, items of its own in
 * timeline and cast, topics, and two of them a field, from the revision that its last answer told, on which the others have
 * written since. All merge, and stand one after the other. The bare server can put nothing on a stale base.
 */
export async function editOneEntry({ client, fiction }: BenchDatabase, server: Server): Promise<Case> {
  const headers = await editorHeaders(client, fiction);
  const { rows } = await client.query<{ entry: string }>(
    `select entry from shown where kind = 'ACTOR' and view = 'PUBLISHED' order by entry limit 1`,
  );
  const author = staffOf(fiction).editor;
  const send = async (query: string, variables: object) =>
    ask(server.url, JSON.stringify({ query, variables }), headers);

  /** A story with room for so many editors. */
  async function open(editors: number): Promise<Shared> {
    const writers = Array.from({ length: editors }, (_, index) => writerName(index));
    const input = { fields: { headline: 'Shared by all', body: sharedBody(writers) }, publish: true };
    const answer = (await send(OPEN, { input })) as { data?: { createStory: { story: { id: string } | null } } };
    const id = answer.data?.createStory.story?.id;
    if (!id) throw new Error(`No story to share: ${JSON.stringify(answer).slice(0, 500)}`);
    return { query: EDIT, id, author, actor: rows[0]?.entry ?? '' };
  }

  async function read(shared: Shared): Promise<StoryNow> {
    const answer = (await send(READ, { id: shared.id })) as { data?: { story: StoryNow | null } };
    if (!answer.data?.story) throw new Error(`The shared story is gone: ${JSON.stringify(answer).slice(0, 500)}`);
    return answer.data.story;
  }

  let shared: Shared | null = null;
  let firstMark = 0;
  return {
    name: 'edit-one-entry',
    headers,
    isGood: (answer) => answer.includes('"SAVED"') || answer.includes('"MERGED"'),
    probes: async () => {
      const tried = await open(PROBES);
      const load: SharedEdits = { ...tried, story: await read(tried), firstMark: 0 };
      return Array.from({ length: PROBES }, (_, writer) => sharedEdit(load, load.story, writer, 1 + writer).body);
    },
    load: async (connections) => {
      shared ??= await open(connections);
      firstMark += 100_000; // far more than a connection sends in a round
      return { kind: 'shared-edits', ...shared, story: await read(shared), firstMark };
    },
    verify: async (results: readonly LoadResult[]) => {
      const told = results.flatMap((result) => result.acknowledged);
      const histories = await readHistories(client, shared ? [shared.id] : []);
      for (const [name, found] of Object.entries(judge(told, histories)) as [string, string[]][])
        if (found.length > 0) throw new Error(`edit-one-entry: ${found.length} ${name}, the first ${found[0]}.`);
      const merged = told.filter(({ outcome }) => outcome === 'MERGED').length;
      return `all ${told.length} acknowledged edits (${merged} merged) are in the history, once and whole.`;
    },
  };
}
