import { type StoryContent, StoryRelation, type TimelineItemContent } from '../model/story';
import { complainInvalid, required } from './fields';
import { keyedList, setOf } from './field-groups';
import { entryLanguage, line, longText, markdown, reference, requiredWord, shortText, slug } from './field-types';
import { defineKind } from './kind';
import { fold } from './titles';

export const storyRules = defineKind<StoryContent>({
  kind: 'STORY',
  format: 1,
  steps: [],
  hasSlug: true,
  fields: {
    slug: slug(),
    language: entryLanguage(),
    headline: required(line('headline')),
    summary: shortText('summary'),
    body: markdown(longText('body')),
    topics: setOf(line(100)),
    timeline: keyedList(
      {
        event: reference(['EVENT'], { essential: true }),
        claim: reference(['CLAIM'], { essential: true }),
        note: markdown(shortText(5000)),
      },
      (item: TimelineItemContent, path, reading) => {
        if (item.event && item.claim) complainInvalid(reading, path, 'an item has an event or a claim, not both.');
        if (!item.event && !item.claim && !item.note)
          complainInvalid(reading, path, 'an item needs an event, a claim or a note.');
      },
    ),
    cast: keyedList({ actor: required(reference(['ACTOR'], { essential: true })), role: line(300) }),
    related: keyedList({
      story: required(reference(['STORY'], { essential: true })),
      relation: requiredWord(StoryRelation),
    }),
  },
  joins: { topics: {}, cast: {}, related: {} },
  title: (story) => story.headline,
  facets: (story) => ({ foldedHeadline: fold(story.headline), foldedTopics: story.topics.map(fold) }),
});
