import { sha256 } from '../src/base/hash';
import { accepted } from '../src/edits/write-draft';
import type { StoryContent } from '../src/model/story';
import type { Fiction } from './fiction';
import { type FilledDraft, staffOf } from './fill';
import type { LongStory } from './long-fill';
import { Random } from './random';
import { headline, sentence } from './wording';

/** A public revision of a story by an editor, on top of the one below it. */
function draftOfStory(fiction: Fiction, entry: string, revision: number, content: StoryContent): FilledDraft {
  const below = revision - 1;
  const was: FilledDraft['was'] =
    revision === 1
      ? null
      : { latest: below, published: below, accepted: below, state: 'PUBLISHED', embargoUntil: null };
  return {
    entry,
    kind: 'STORY',
    author: staffOf(fiction).editor,
    was,
    base: revision === 1 ? null : below,
    action: revision === 1 ? 'CREATE' : 'EDIT',
    target: null,
    content,
    slugIsMade: false,
    texts: new Map(),
    summary: revision === 1 ? null : 'Bench',
    minor: false,
    fate: accepted(was),
  };
}

/** A story that leads nowhere. */
const loneStory = (slug: string, fields: Pick<StoryContent, 'headline' | 'summary' | 'body'>): StoryContent => ({
  slug,
  language: 'en',
  ...fields,
  topics: [],
  timeline: [],
  cast: [],
  related: [],
});

/** A story whose headline and summary have been changed in turn, now and then both. */
export function longHistory(fiction: Fiction, revisions = 10_000): LongStory {
  const entry = new Random(fiction.seed, 3001).uuid();
  const slug = 'a-story-of-ten-thousand-revisions';
  const wording = (field: number, version: number): Random => new Random(fiction.seed, 3002, field, version);
  return {
    entry,
    slug,
    revisions,
    draft: (revision) => {
      const headlines = Math.floor((2 * revision) / 3); // two of three revisions change it, and so the summary
      const summaries = Math.floor((2 * revision + 1) / 3);
      const content = loneStory(slug, {
        headline: headline(wording(1, headlines)),
        summary: sentence(wording(2, summaries), 20),
        body: null,
      });
      return draftOfStory(fiction, entry, revision, content);
    },
  };
}

const SENTENCES = 400;
const SENTENCES_A_PARAGRAPH = 5;
const PARAGRAPHS_A_SECTION = 8;

/** Markdown of sections, paragraphs and sentences: about 50 kB. */
function asMarkdown(sentences: readonly string[]): string {
  const parts: string[] = [];
  for (let start = 0; start < sentences.length; start += SENTENCES_A_PARAGRAPH) {
    const paragraph = start / SENTENCES_A_PARAGRAPH;
    if (paragraph % PARAGRAPHS_A_SECTION === 0) parts.push(`## Part ${paragraph / PARAGRAPHS_A_SECTION + 1}`);
    parts.push(sentences.slice(start, start + SENTENCES_A_PARAGRAPH).join(' '));
  }
  return parts.join('\n\n');
}

/** A story with a body of 50 kB, of which every revision has rewritten a sentence or two. */
export function longText(fiction: Fiction, revisions = 1000): LongStory {
  const entry = new Random(fiction.seed, 3003).uuid();
  const slug = 'a-story-rewritten-a-thousand-times';
  const sentences: string[] = [];
  return {
    entry,
    slug,
    revisions,
    draft: (revision) => {
      const random = new Random(fiction.seed, 3004, revision);
      const write = (): string => sentence(random, 17 + random.below(5));
      if (revision === 1) sentences.splice(0, Infinity, ...Array.from({ length: SENTENCES }, write));
      else for (let count = 1 + random.below(2); count > 0; count--) sentences[random.below(SENTENCES)] = write();
      const text = asMarkdown(sentences);
      const body = sha256(text);
      const content = loneStory(slug, { headline: 'Rewritten a thousand times', summary: null, body });
      return { ...draftOfStory(fiction, entry, revision, content), texts: new Map([[body, text]]) };
    },
  };
}
