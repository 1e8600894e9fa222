import type { StoryContent } from '../src/model/story';
import type { Fiction } from './fiction';
import { type FilledDraft, staffOf } from './fill';
import type { LongStory } from './long-fill';
import { Random } from './random';
import { headline, sentence } from './wording';

/** A public revision of a story by an editor, on top of the one below it. */
function draftOfStory(fiction: Fiction, entry: string, revision: number, content: StoryContent): FilledDraft {
  const below = revision - 1;
  return {
    entry,
    kind: 'STORY',
    author: staffOf(fiction).editor,
    was: revision === 1 ? null : { latest: below, published: below, state: 'PUBLISHED' },
    base: revision === 1 ? null : below,
    action: revision === 1 ? 'CREATE' : 'EDIT',
    content,
    texts: new Map(),
    summary: revision === 1 ? null : 'Bench',
    minor: false,
    accepted: true,
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
