import { type EventContent, EventType, Occurrence } from '../model/event';
import { required } from './fields';
import { fuzzyDate, group, keyedList } from './field-groups';
import { entryLanguage, line, longText, markdown, oneOf, quantity, reference, slug } from './field-types';
import { defineKind } from './kind';

export const eventRules = defineKind<EventContent>({
  kind: 'EVENT',
  format: 1,
  steps: [],
  hasSlug: true,
  fields: {
    slug: slug(),
    language: entryLanguage(),
    title: required(line('headline')),
    eventType: oneOf(EventType, 'OTHER'),
    body: markdown(longText('body')),
    when: fuzzyDate(),
    place: group({
      name: required(line('headline')),
      country: line(100),
      latitude: quantity(-90, 90),
      longitude: quantity(-180, 180),
    }),
    occurrence: oneOf(Occurrence, 'OCCURRED'),
    participants: keyedList({ actor: required(reference(['ACTOR'], { essential: true })), role: line(300) }),
    partOf: reference(['EVENT'], { acyclic: true }),
  },
  joins: { participants: {} },
  title: (event) => event.title,
  when: (event) => event.when,
  facets: (event) => ({ eventType: event.eventType, occurrence: event.occurrence }),
});
