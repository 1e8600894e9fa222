import type { Put } from './judge';
import type { Random } from './random';

/** What an editor sees of a story, and starts an edit from. */
export interface StoryNow {
  readonly latestRevision: number;
  readonly headline: string;
  readonly summary: string | null;
  readonly body: string;
  readonly topics: readonly string[];
  readonly timeline: readonly { readonly id: string; readonly note: string }[];
  readonly cast: readonly { readonly id: string; readonly role: string; readonly actor: { readonly id: string } }[];
}

/** The fields of `StoryNow`, as GraphQL asks for them. */
export const STORY_FIELDS =
  'latestRevision headline summary body topics timeline { id note } cast { id role actor { id } }';

/** An edit as it is sent, and what it does to whose text. */
export interface Plan {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly puts: readonly Put[];
}

/** What an edit is about. Everybody wants the headline; the rest is each editor's own, but for the summary, which one has. */
export type Sort = 'headline' | 'summary' | 'sentence' | 'note' | 'member' | 'topic';

/** Who edits, under a number, and as what they appear in casts. */
export interface Writer {
  readonly name: string;
  readonly actor: string;
}

/** Most own items of a list, so that lists stay as long as those of real stories. */
const MOST_OWN = 3;

/** What a writer is called whose index it is. */
export const writerName = (index: number): string => String(index).padStart(2, '0');

/** Words that no other edit has: who, and the how manieth. `marksIn` finds them. */
export const markOf = (writer: string, count: number): string => `e${writer}x${String(count).padStart(5, '0')}`;

/**
 * A body with a sentence of each editor's own. Between any two stands one that nobody touches, for edits of sentences that
 * touch are a conflict.
 */
export const sharedBody = (writers: readonly string[]): string =>
  writers
    .map((name, index) => `Editor ${name} has nothing to report yet. Sentence ${index} of the frame stays.`)
    .reduce((body, pair, index) => `${body}${index % 4 === 0 ? '\n\n' : ' '}${pair}`, 'This body is shared.');

type Planner = (story: StoryNow, writer: Writer, mark: string, random: Random) => Plan;

/** Adds, changes or takes out an item of one's own: by what its text begins with, a name that it keeps. */
function planItem<Item extends { readonly id: string }>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  writer: Writer,
  mark: string,
  random: Random,
) {
  const nameOf = (item: Item): string => textOf(item).split(':')[0] ?? '';
  const own = items.filter((item) => nameOf(item).startsWith(`By ${writer.name} `));
  const chosen = own.length === 0 || (own.length < MOST_OWN && random.oneIn(2)) ? null : random.pick(own);
  const name = chosen ? nameOf(chosen) : `By ${writer.name} ${mark.split('x')[1]}`;
  const isTakenOut = chosen !== null && random.oneIn(3);
  const text = isTakenOut ? null : `${name}: it is said that ${mark} holds`;
  return { chosen, text, at: random.below(items.length + 1), name, mark: isTakenOut ? null : mark };
}

/** A list with one item changed, taken out, or put in somewhere. */
function withItem<Item extends object>(
  items: readonly (Item & { readonly id: string })[],
  chosen: { readonly id: string } | null,
  item: Item | null,
  at: number,
): (Item & { readonly id?: string })[] {
  const list: (Item & { readonly id?: string })[] = [...items];
  const place = items.findIndex(({ id }) => id === chosen?.id);
  if (item === null) return list.toSpliced(place, 1);
  return chosen ? list.with(place, { ...item, id: chosen.id }) : list.toSpliced(at, 0, item);
}

const PLANNERS: Readonly<Record<Sort, Planner>> = {
  headline: (_story, { name }, mark) => ({
    fields: { headline: `Editor ${name} has it that ${mark} leads` },
    puts: [{ place: 'headline', mark }],
  }),
  summary: (_story, _writer, mark) => ({
    fields: { summary: `In short: ${mark}.` },
    puts: [{ place: 'summary', mark }],
  }),
  sentence: ({ body }, { name }, mark) => ({
    fields: {
      body: body.replace(new RegExp(`Editor ${name} [^.]*\\.`), `Editor ${name} reports ${mark} to the desk.`),
    },
    puts: [{ place: `sentence ${name}`, mark }],
  }),
  note: ({ timeline }, writer, mark, random) => {
    const plan = planItem(timeline, (item) => item.note, writer, mark, random);
    const item = plan.text === null ? null : { note: plan.text };
    return {
      fields: { timeline: withItem(timeline, plan.chosen, item, plan.at) },
      puts: [{ place: `note ${plan.name}`, mark: plan.mark }],
    };
  },
  member: ({ cast }, writer, mark, random) => {
    const plan = planItem(cast, (item) => item.role, writer, mark, random);
    const items = cast.map(({ id, role, actor }) => ({ id, role, actor: actor.id }));
    const item = plan.text === null ? null : { role: plan.text, actor: writer.actor };
    return {
      fields: { cast: withItem(items, plan.chosen, item, plan.at) },
      puts: [{ place: `member ${plan.name}`, mark: plan.mark }],
    };
  },
  topic: ({ topics }, { name }, mark) => {
    const own = topics.filter((topic) => topic.startsWith(`e${name}x`));
    const out = own.length < MOST_OWN ? [] : own.slice(0, 1);
    return {
      fields: { topics: [...topics.filter((topic) => !out.includes(topic)), mark] },
      puts: [...out.map((topic) => ({ place: `topic ${topic}`, mark: null })), { place: `topic ${mark}`, mark }],
    };
  },
};

/** An edit of these sorts at once, of the story as its editor sees it; each sort gets a mark of its own. */
export function planEdit(
  sorts: readonly Sort[],
  story: StoryNow,
  writer: Writer,
  nextMark: () => string,
  random: Random,
): Plan {
  const plans = sorts.map((sort) => PLANNERS[sort](story, writer, nextMark(), random));
  return {
    fields: Object.assign({}, ...plans.map((plan) => plan.fields)) as Plan['fields'],
    puts: plans.flatMap((plan) => plan.puts),
  };
}

const OWN_SORTS: readonly Sort[] = ['sentence', 'sentence', 'note', 'note', 'member', 'topic'];

/** What the next edit is about: one thing, now and then two. */
export function chooseSorts(random: Random, ownsSummary: boolean): Sort[] {
  if (random.oneIn(8)) return ['headline'];
  if (ownsSummary && random.oneIn(3)) return ['summary'];
  const first = random.pick(OWN_SORTS);
  const second = random.pick(OWN_SORTS);
  return first !== second && random.oneIn(4) ? [first, second] : [first];
}
