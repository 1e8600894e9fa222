import { setTimeout as wait } from 'node:timers/promises';
import { deliver, type Sender } from './deliver';

/** What came of the acts of all writers. */
export interface Acts {
  /** Acknowledged, by what was done. */
  readonly done: Map<string, number>;
  /** Not done, a line each: there is none, for nobody meddles with another's entries. */
  readonly refused: string[];
}

/** What one newsroom's people have to work with. */
export interface Newsroom extends Sender {
  readonly editor: string;
  readonly contributor: string;
  readonly acts: Acts;
  onAcknowledged(): void;
}

type Kind = 'Event' | 'Actor' | 'Story';

interface EntryNow {
  readonly id: string;
  readonly state: 'DRAFT' | 'PUBLISHED' | 'WITHDRAWN' | 'DELETED' | 'EMBARGOED';
  readonly latestRevision: number;
  readonly publishedRevision: number | null;
}

interface Payload {
  readonly outcome: string;
  readonly problems: readonly { readonly message: string }[];
  /** Not there for what cannot conflict. */
  readonly conflict?: object | null;
  readonly entry: EntryNow | null;
}

/** An entry as its writer saw it last. */
interface Held extends EntryNow {
  readonly kind: Kind;
}

/** Something that can be done to an entry: by whom, which mutation, with what. */
interface Act {
  readonly name: string;
  readonly may: (entry: Held) => boolean;
  readonly by: 'editor' | 'contributor';
  readonly mutation: (kind: Kind) => string;
  readonly input: (entry: Held, words: string) => object;
}

const NOW = 'id state latestRevision publishedRevision';
const SHARED = new Set(['publish', 'rejectRevisions', 'withdraw', 'deleteEntry', 'restoreEntry', 'mergeEntries']);

const lowerFirst = (word: string): string => `${word[0]?.toLowerCase()}${word.slice(1)}`;

/** What a payload says beside what was done: the entry under one name, whatever its kind, and conflicts where there can be some. */
function answerOf(mutation: string, kind: Kind): string {
  if (mutation === 'unmergeEntry') return `entry: into { ${NOW} }`;
  const entry = SHARED.has(mutation) ? 'entry' : `entry: ${lowerFirst(kind)}`;
  return `conflict { latest { number } } ${entry} { ${NOW} }`;
}

function textOf(mutation: string, kind: Kind): string {
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  return `mutation ($input: ${input}!) { act: ${mutation}(input: $input) {
    outcome problems { message } ${answerOf(mutation, kind)} } }`;
}

const fieldsOf = (kind: Kind, words: string): object => {
  if (kind === 'Story') return { headline: words };
  return kind === 'Event' ? { title: words } : { description: words };
};

const isPlain = ({ state, latestRevision, publishedRevision }: Held): boolean =>
  state === 'PUBLISHED' && latestRevision === publishedRevision;
const hasWaiting = ({ state, latestRevision, publishedRevision }: Held): boolean =>
  state === 'PUBLISHED' && latestRevision !== publishedRevision;
const isHidden = ({ state }: Held): boolean => state === 'DRAFT' || state === 'WITHDRAWN';

const edit = (kind: Kind): string => `edit${kind}`;
const revised = ({ kind, id, latestRevision }: Held, words: string): object => ({
  id,
  baseRevision: latestRevision,
  fields: fieldsOf(kind, words),
});

const EMBARGO_MS = 3000;
const DONE = new Set(['CREATED', 'SAVED', 'MERGED']);

const ACTS: readonly Act[] = [
  { name: 'edit', may: isPlain, by: 'editor', mutation: edit, input: revised },
  { name: 'suggest', may: isPlain, by: 'contributor', mutation: edit, input: revised },
  { name: 'suggest', may: isHidden, by: 'contributor', mutation: edit, input: revised },
  {
    name: 'accept',
    may: hasWaiting,
    by: 'editor',
    mutation: () => 'publish',
    input: ({ id, latestRevision: revision }) => ({ id, revision }),
  },
  {
    name: 'publish',
    may: isHidden,
    by: 'editor',
    mutation: () => 'publish',
    input: ({ id, latestRevision: revision }) => ({ id, revision }),
  },
  {
    name: 'reject',
    may: hasWaiting,
    by: 'editor',
    mutation: () => 'rejectRevisions',
    input: ({ id, latestRevision: baseRevision }, note) => ({ id, baseRevision, note }),
  },
  {
    name: 'correct',
    may: isPlain,
    by: 'editor',
    mutation: edit,
    input: (entry, words) => ({ ...revised(entry, words), correction: { kind: 'CORRECTION', note: words } }),
  },
  {
    name: 'withdraw',
    may: ({ state }) => state === 'PUBLISHED',
    by: 'editor',
    mutation: () => 'withdraw',
    input: ({ id }, note) => ({ id, note }),
  },
  {
    name: 'delete',
    may: ({ state }) => state !== 'DELETED' && state !== 'EMBARGOED',
    by: 'editor',
    mutation: () => 'deleteEntry',
    input: ({ id, latestRevision: baseRevision }) => ({ id, baseRevision }),
  },
  {
    name: 'restore',
    may: ({ state }) => state === 'DELETED',
    by: 'editor',
    mutation: () => 'restoreEntry',
    input: ({ id }) => ({ id }),
  },
  {
    name: 'embargo',
    may: isHidden,
    by: 'editor',
    mutation: () => 'publish',
    input: ({ id, latestRevision: revision }) => ({
      id,
      revision,
      embargoUntil: new Date(Date.now() + EMBARGO_MS).toISOString(),
    }),
  },
];

/** Does one act and tells what became of the entry; null where it was refused. */
async function doAct(
  newsroom: Newsroom,
  by: Act['by'],
  name: string,
  mutation: string,
  kind: Kind,
  input: object,
): Promise<Held | null> {
  const variables = {
    input: { ...input, clientMutationId: `soak-${newsroom.random.next()}-${newsroom.random.next()}` },
  };
  const { data } = await deliver<{ act: Payload }>(
    { ...newsroom, token: newsroom[by] },
    textOf(mutation, kind),
    variables,
  );
  const { outcome, problems, conflict, entry } = data.act;
  if (!entry || !DONE.has(outcome)) {
    // A server that was killed may have kept it waiting until its time had come.
    if (name !== 'embargo')
      newsroom.acts.refused.push(`${name}: ${outcome} ${JSON.stringify(problems)} ${JSON.stringify(conflict)}`);
    return null;
  }
  newsroom.acts.done.set(name, (newsroom.acts.done.get(name) ?? 0) + 1);
  newsroom.onAcknowledged();
  return { ...entry, kind };
}

const nameOf = (kind: Kind, words: string): object =>
  kind === 'Actor' ? { actorType: 'PERSON', names: [{ text: words }] } : fieldsOf(kind, words);

/** Makes an entry: public at once by an editor, or a draft by a contributor. */
const create = (newsroom: Newsroom, kind: Kind, isPublic: boolean, words: string): Promise<Held | null> =>
  doAct(newsroom, isPublic ? 'editor' : 'contributor', isPublic ? 'create' : 'draft', `create${kind}`, kind, {
    fields: nameOf(kind, words),
    ...(isPublic ? { publish: true } : {}),
  });

const MOST_HELD = 6;
const MERGE_IN = 10;

/** Somebody at work on entries of their own, of which nobody else takes any. */
export class Writer {
  private turn = 0;
  /** Merged into another, and into which. */
  private readonly merged: { readonly from: string; readonly into: string }[] = [];

  constructor(
    private readonly newsroom: Newsroom,
    private readonly name: string,
    private readonly entries: Held[],
    /** Only these are worked on; else new ones come, and old ones are left. */
    private readonly isBound = false,
  ) {}

  /** Does one thing, whatever may be done. */
  async work(): Promise<void> {
    const { newsroom, entries } = this;
    const { random } = newsroom;
    const words = `Written by ${this.name}, ${(this.turn += 1)}`;
    if (!this.isBound && random.below(MERGE_IN) === 0 && (await this.mergeSome())) return;
    const entry = entries[random.below(entries.length)];
    if (!entry || (!this.isBound && (entries.length < MOST_HELD || random.below(8) === 0))) {
      const made = await create(newsroom, random.pick(['Event', 'Actor'] as const), random.below(2) === 0, words);
      if (made) entries.push(made);
      if (entries.length > MOST_HELD) entries.shift();
      return;
    }
    // Of what becomes public by itself its writer does not know how it is: that is for those who can begin something else.
    const act = random.pick(ACTS.filter(({ may, name }) => may(entry) && !(this.isBound && name === 'embargo')));
    const input = act.input(entry, words);
    const after = await doAct(newsroom, act.by, act.name, act.mutation(entry.kind), entry.kind, input);
    const isLeft = after === null || after.state === 'EMBARGOED';
    entries.splice(entries.indexOf(entry), 1, ...(isLeft ? [] : [after]));
  }

  /** Merges two persons that are one, or parts them again; false where there are none. */
  private async mergeSome(): Promise<boolean> {
    const { newsroom, entries, merged } = this;
    const [from, into] = entries.filter((one) => one.kind === 'Actor' && isPlain(one));
    const last = merged.findLast((one) => entries.some((held) => held.id === one.into && isPlain(held)));
    const leave = (id: string): void => {
      const place = entries.findIndex((one) => one.id === id);
      if (place >= 0) entries.splice(place, 1);
    };
    if (last) {
      merged.splice(merged.indexOf(last), 1);
      leave(last.into);
      const after = await doAct(newsroom, 'editor', 'part', 'unmergeEntry', 'Actor', { id: last.from });
      if (after) entries.push(after);
    } else if (from && into) {
      leave(from.id);
      leave(into.id);
      const input = { from: from.id, into: into.id };
      const after = await doAct(newsroom, 'editor', 'merge', 'mergeEntries', 'Actor', input);
      if (after?.id === into.id) {
        entries.push(after);
        merged.push(input);
      }
    } else return false;
    return true;
  }
}

const TIMELINE = 6;

/** A story whose timeline holds events, and whoever works on all of it: what somebody follows who follows a story. */
export async function openStory(newsroom: Newsroom): Promise<{ story: string; teller: Teller }> {
  const events: Held[] = [];
  for (let nr = 0; nr < TIMELINE; nr++) {
    const event = await create(newsroom, 'Event', nr % 2 === 0, `Event ${nr} of the story`);
    if (event) events.push(event);
  }
  const story = await create(newsroom, 'Story', true, 'A story that somebody follows');
  if (!story) throw new Error(`There is no story: ${newsroom.acts.refused.join('; ')}`);
  const teller = new Teller(newsroom, story, events);
  await teller.work();
  return { story: story.id, teller };
}

/** Somebody who tells a story: works on its events, puts them into its timeline, and takes them out. */
export class Teller {
  private readonly reporter: Writer;
  private turn = 0;

  constructor(
    private readonly newsroom: Newsroom,
    private story: Held,
    private readonly events: Held[],
  ) {
    this.reporter = new Writer(newsroom, 'the reporters of the story', events, true);
  }

  async work(): Promise<void> {
    const { newsroom, story } = this;
    const { random } = newsroom;
    // The first time with all of them: what is told of nothing is held by nobody.
    if (this.turn > 0 && random.below(3) > 0) return this.reporter.work();
    const held = this.events.filter(({ state }) => state !== 'DELETED' && (this.turn === 0 || random.below(4) > 0));
    const words = `Told anew, ${(this.turn += 1)}`;
    const isSuggested = this.turn > 1 && isPlain(story) && random.below(4) === 0;
    const fields = { headline: words, timeline: held.map(({ id: event }) => ({ event })) };
    const after = hasWaiting(story)
      ? await doAct(newsroom, 'editor', 'accept', 'publish', 'Story', { id: story.id, revision: story.latestRevision })
      : await doAct(newsroom, isSuggested ? 'contributor' : 'editor', 'tell', 'editStory', 'Story', {
          ...revised(story, words),
          fields,
        });
    if (after) this.story = after;
  }
}

/** Lets writers work, so many acts a second of all together; who was kept waiting catches up. */
export async function writeAll(
  writers: readonly { work(): Promise<void> }[],
  { rate, seconds, timeUp }: { readonly rate: number; readonly seconds: number; readonly timeUp: AbortSignal },
): Promise<void> {
  const began = Date.now();
  const total = Math.round(rate * seconds);
  let next = 0;
  await Promise.all(
    writers.map(async (writer) => {
      while (next < total) {
        const due = began + ((next += 1) * 1000) / rate;
        if (due > Date.now()) await wait(due - Date.now(), undefined, { signal: timeUp });
        await writer.work();
      }
    }),
  );
}
