import type { Acknowledged } from '../bench/judge';
import { deliver, type Delivered, type Sender } from './deliver';
import {
  chooseSorts,
  markOf,
  type Plan,
  planEdit,
  type Sort,
  STORY_FIELDS,
  type StoryNow,
  type Writer,
} from '../bench/story-edits';

/** What editors were told, all of them together. */
export interface Told {
  readonly edits: Acknowledged[];
  /** Edits that did not fit, and were made anew from what stands there. */
  conflicts: number;
  unchanged: number;
  /** Answers that were given again, to a request that had been written before. */
  repeated: number;
  /** Those of them whose first answer was lost with the server: it was killed after it had written, before it could tell. */
  untold: number;
  /** Answers to one and the same request that differ. */
  readonly contradicted: string[];
  /** Edits that were refused for what they hold: the soak's own mistake, or a fault. */
  readonly invalid: string[];
}

/** Somebody who edits. */
export interface Editor extends Sender, Writer {
  /** UUID of the user. */
  readonly user: string;
  /** The story whose summary is this editor's own field; null for most. */
  readonly ownSummary: string | null;
}

interface EditAnswer {
  readonly editStory: {
    readonly outcome: 'SAVED' | 'MERGED' | 'UNCHANGED' | 'CONFLICT' | 'INVALID';
    readonly problems: readonly { readonly message: string }[];
    readonly revision: { readonly number: number; readonly createdAt: string } | null;
    readonly story: StoryNow;
  };
}

const READ = `query ($id: ID!) { story(id: $id, view: LATEST) { ${STORY_FIELDS} } }`;
const EDIT = `mutation ($input: EditStoryInput!) {
  editStory(input: $input) { outcome problems { message } revision { number createdAt } story { ${STORY_FIELDS} } }
}`;

/** How many versions of a story an editor has in open tabs. */
const TABS = 4;
const MOST_TRIES = 200;

/** Works at one story after the other until so many edits were acknowledged. */
export class Desk {
  private readonly tabs = new Map<string, StoryNow[]>();
  private marks = 0;
  private keys = 0;

  constructor(
    private readonly editor: Editor,
    private readonly stories: readonly string[],
    private readonly told: Told,
    private readonly onAcknowledged: () => void,
  ) {}

  async work(edits: number): Promise<void> {
    for (let done = 0; done < edits;) {
      const story = this.editor.random.pick(this.stories);
      if (await this.editUntilWritten(story)) done += 1;
    }
  }

  /** Edits, and where that does not fit, reads again and makes the edit anew, as another one; false where nothing was to do. */
  private async editUntilWritten(story: string): Promise<boolean> {
    const { random, ownSummary } = this.editor;
    const sorts = chooseSorts(random, ownSummary === story);
    let seen = await this.open(story);
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const outcome = await this.edit(story, seen, sorts);
      if (outcome === 'SAVED' || outcome === 'MERGED') return true;
      if (outcome !== 'CONFLICT') return false;
      seen = await this.read(story);
    }
    throw new Error(`Editor ${this.editor.name} cannot get in ${sorts.join(' and ')} after ${MOST_TRIES} tries.`);
  }

  /** The story as it is, as it was a while ago, or as this editor left it, in an open tab. */
  private async open(story: string): Promise<StoryNow> {
    const tabs = this.tabs.get(story) ?? [];
    const [oldest, newest] = [tabs[0], tabs.at(-1)];
    if (!oldest || !newest || this.editor.random.oneIn(3)) return this.read(story);
    return this.editor.random.oneIn(8) ? oldest : newest;
  }

  private async read(story: string): Promise<StoryNow> {
    const { data } = await deliver<{ story: StoryNow }>(this.editor, READ, { id: story });
    return this.keep(story, data.story);
  }

  private keep(story: string, seen: StoryNow): StoryNow {
    this.tabs.set(story, [...(this.tabs.get(story) ?? []), seen].slice(-TABS));
    return seen;
  }

  private async edit(story: string, seen: StoryNow, sorts: readonly Sort[]) {
    const { editor, told } = this;
    const nextMark = (): string => markOf(editor.name, (this.marks += 1));
    const plan = planEdit(sorts, seen, editor, nextMark, editor.random);
    const key = `edit-${editor.name}-${(this.keys += 1)}`;
    const input = {
      id: story,
      baseRevision: seen.latestRevision,
      fields: plan.fields,
      summary: key,
      clientMutationId: key,
    };
    const answers = await this.send(input);
    const { outcome, problems, revision, story: now } = (answers[0] as Delivered<EditAnswer>).data.editStory;
    this.compare(key, answers);
    if (outcome === 'CONFLICT') told.conflicts += 1;
    if (outcome === 'UNCHANGED') told.unchanged += 1;
    if (outcome === 'INVALID') told.invalid.push(`${key}: ${problems.map((problem) => problem.message).join(' ')}`);
    if ((outcome !== 'SAVED' && outcome !== 'MERGED') || !revision) return outcome;
    this.acknowledge(story, key, { outcome, number: revision.number }, plan);
    this.keep(story, now);
    return outcome;
  }

  private acknowledge(
    entry: string,
    key: string,
    { outcome, number }: Pick<Acknowledged, 'outcome' | 'number'>,
    plan: Plan,
  ): void {
    this.told.edits.push({ entry, number, outcome, key, author: this.editor.user, puts: plan.puts });
    this.onAcknowledged();
  }

  /** Sends an edit: now and then twice at once, once more after it was answered, or without waiting for the first answer. */
  private async send(input: object): Promise<Delivered<EditAnswer>[]> {
    const { editor } = this;
    const once = (isImpatient = false) => deliver<EditAnswer>(editor, EDIT, { input }, isImpatient);
    if (editor.random.oneIn(20)) return Promise.all([once(), once()]);
    const answers = [await once(editor.random.oneIn(12))];
    const { outcome } = (answers[0] as Delivered<EditAnswer>).data.editStory;
    const isWritten = outcome === 'SAVED' || outcome === 'MERGED';
    return isWritten && editor.random.oneIn(10) ? [...answers, await once()] : answers;
  }

  /** All answers to one request that was written tell the same; counts those that only repeat. */
  private compare(key: string, answers: readonly Delivered<EditAnswer>[]): void {
    const lines = answers.map(({ data: { editStory } }) => `${editStory.outcome} ${editStory.revision?.number ?? ''}`);
    if (new Set(lines).size > 1) this.told.contradicted.push(`${key}: ${lines.join(', then ')}`);
    const [first, ...others] = answers;
    const { outcome, revision } = (first as Delivered<EditAnswer>).data.editStory;
    if (!revision || (outcome !== 'SAVED' && outcome !== 'MERGED')) return;
    // Written before it was sent: the answer to a request whose first answer was lost.
    if (first && Date.parse(revision.createdAt) < first.sentAt) {
      this.told.repeated += 1;
      if (first.wasLost) this.told.untold += 1;
    }
    this.told.repeated += others.length;
  }
}
