import type { Pool } from 'pg';
import { type Faults, judge, marksIn, readHistories, type RevisionSeen } from '../bench/judge';
import { Random } from '../bench/random';
import { sharedBody, writerName } from '../bench/story-edits';
import { findBreaches } from '../test/support/invariants';
import { deliver, type Sender, type Troubles } from './deliver';
import { Desk, type Editor, type Told } from './editor';
import { type KillEvery, makeKiller } from './killer';
import { Servers, type ServerProcess } from './servers';

/** How much is edited, by how many, and how often a server is killed. */
export interface SoakOptions {
  readonly editors: number;
  /** Edits that are acknowledged, in all; conflicts come on top. */
  readonly edits: number;
  readonly entries: number;
  readonly servers: number;
  readonly seed: number;
  readonly killEvery: KillEvery;
  /** When it gives up. */
  readonly minutes: number;
  /** Token of an administrator. */
  readonly adminToken: string;
  start(): Promise<ServerProcess>;
  /** The database, for looking behind the API. */
  readonly pool: Pool;
  onProgress?(acknowledged: number): void;
}

/** What came of it. */
export interface SoakReport {
  readonly told: Told;
  readonly troubles: Troubles;
  readonly kills: number;
  readonly seconds: number;
  readonly faults: Faults;
  /** Where the API tells a history or a story otherwise than the tables. */
  readonly apiDiffers: string[];
  /** What is wrong with the tables besides. */
  readonly breaches: string[];
}

const CREATE_USER = `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }`;
const CREATE_TOKEN = `mutation ($input: CreateTokenInput!) { createToken(input: $input) { secret } }`;
const CREATE_ACTOR = `mutation ($input: CreateActorInput!) { createActor(input: $input) { actor { id } } }`;
const CREATE_STORY = `mutation ($input: CreateStoryInput!) { createStory(input: $input) { story { id } } }`;

async function hire(desk: Sender, options: SoakOptions, index: number): Promise<Omit<Editor, 'ownSummary'>> {
  const name = writerName(index);
  const person = { name: `Soak editor ${name}`, role: 'EDITOR', bot: true };
  const made = await deliver<{ createUser: { user: { id: string } } }>(desk, CREATE_USER, { input: person });
  const { id } = made.data.createUser.user;
  const token = await deliver<{ createToken: { secret: string } }>(desk, CREATE_TOKEN, {
    input: { user: id, label: 'soak' },
  });
  const fields = { actorType: 'PERSON', names: [{ text: `Soak person ${name}` }] };
  const actor = await deliver<{ createActor: { actor: { id: string } } }>(desk, CREATE_ACTOR, {
    input: { fields, publish: true },
  });
  return {
    ...desk,
    name,
    user: id.replace('user:', ''),
    token: token.data.createToken.secret,
    actor: actor.data.createActor.actor.id,
    random: new Random(options.seed, index + 1),
  };
}

async function openStory(desk: Sender, index: number, writers: readonly string[]): Promise<string> {
  const fields = { headline: `Soak story ${index}`, body: sharedBody(writers) };
  const input = { fields, publish: true, clientMutationId: `soak-story-${index}-${Date.now()}` };
  const { data } = await deliver<{ createStory: { story: { id: string } } }>(desk, CREATE_STORY, { input });
  return data.createStory.story.id;
}

const HISTORY = `query ($id: ID!, $after: String) {
  story(id: $id, view: LATEST) {
    headline summary body topics timeline { note } cast { role }
    history(first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number summary parent { number } author { id }
        snapshot { ... on Story { headline summary body topics timeline { note } cast { role } } }
      }
    }
  }
}`;

interface HistoryAnswer {
  readonly story: {
    readonly history: {
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
      readonly nodes: readonly {
        readonly number: number;
        readonly summary: string | null;
        readonly parent: { readonly number: number } | null;
        readonly author: { readonly id: string };
        readonly snapshot: object;
      }[];
    };
  };
}

/** The same through the API, and the story as it is now as the last of them. */
async function readApi(desk: Sender, entry: string): Promise<{ revisions: RevisionSeen[]; now: Set<string> }> {
  const revisions: RevisionSeen[] = [];
  for (let after: string | null = null; ;) {
    const answer: HistoryAnswer = (await deliver<HistoryAnswer>(desk, HISTORY, { id: entry, after })).data;
    const { history, ...story } = answer.story;
    for (const { number, summary, parent, author, snapshot } of history.nodes) {
      const seen = { entry, number, parent: parent?.number ?? null, author: author.id.replace('user:', ''), summary };
      revisions.push({ ...seen, marks: marksIn(JSON.stringify(snapshot)) });
    }
    after = history.pageInfo.endCursor;
    if (!history.pageInfo.hasNextPage) return { revisions, now: marksIn(JSON.stringify(story)) };
  }
}

const lineOf = ({ marks, entry, number, parent, author, summary }: RevisionSeen): string =>
  JSON.stringify([entry, number, parent, author, summary, [...marks].toSorted()]);

/** What the API tells that the tables do not, and the other way round. */
async function compareWithApi(desk: Sender, stories: readonly string[], tables: readonly RevisionSeen[]) {
  const differences: string[] = [];
  for (const entry of stories) {
    const { revisions, now } = await readApi(desk, entry);
    const [told, kept] = [revisions, tables.filter((one) => one.entry === entry)].map(
      (list) => new Set(list.map(lineOf)),
    ) as [Set<string>, Set<string>];
    differences.push(...[...told].filter((line) => !kept.has(line)).map((line) => `only in the API: ${line}`));
    differences.push(...[...kept].filter((line) => !told.has(line)).map((line) => `only in the tables: ${line}`));
    const newest = revisions.find((one) => one.number === Math.max(...revisions.map(({ number }) => number)));
    if (newest && [...now].toSorted().join() !== [...newest.marks].toSorted().join())
      differences.push(`the newest revision of ${entry} is not what the story shows`);
  }
  return differences;
}

async function editAll(options: SoakOptions, servers: Servers, desk: Sender, told: Told): Promise<string[]> {
  const writers = Array.from({ length: options.editors }, (_, index) => writerName(index));
  const stories: string[] = [];
  for (let index = 0; index < options.entries; index++) stories.push(await openStory(desk, index, writers));
  const editors: Editor[] = [];
  for (let index = 0; index < options.editors; index++)
    editors.push({ ...(await hire(desk, options, index)), ownSummary: stories[index] ?? null });

  const killer = makeKiller(servers, options.killEvery);
  const onAcknowledged = (): void => {
    killer.onAcknowledged();
    options.onProgress?.(told.edits.length);
  };
  const share = (index: number): number =>
    Math.floor(options.edits / options.editors) + (index < options.edits % options.editors ? 1 : 0);
  try {
    await Promise.all(
      editors.map((editor, index) => new Desk(editor, stories, told, onAcknowledged).work(share(index))),
    );
  } finally {
    await killer.stop();
  }
  return stories;
}

/**
 * Lets editors edit the same few stories through servers that are killed in the middle of it, and compares what they were
 * told with what is left. The editors' choices follow from the seed; who comes first does not.
 *
 * @throws Error where a server does not start again, a request is refused for good, or time is up.
 */
export async function soakEdits(options: SoakOptions): Promise<SoakReport> {
  const started = Date.now();
  const troubles: Troubles = { lost: 0, hungUp: 0, refused: 0, incidents: [] };
  const told: Told = { edits: [], conflicts: 0, unchanged: 0, repeated: 0, untold: 0, contradicted: [], invalid: [] };
  const servers = await Servers.open(options.start, options.servers);
  const timeUp = AbortSignal.timeout(options.minutes * 60_000);
  const desk = { servers, random: new Random(options.seed, 0), token: options.adminToken, troubles, timeUp };
  const stories = await editAll(options, servers, desk, told);
  const seconds = (Date.now() - started) / 1000;
  const revisions = await readHistories(options.pool, stories);
  return {
    told,
    troubles,
    kills: servers.kills,
    seconds,
    faults: judge(told.edits, revisions),
    apiDiffers: await compareWithApi(desk, stories, revisions),
    breaches: await findBreaches(async (text, values) => (await options.pool.query(text, values)).rows),
  };
}
