import { type ActorContent, ActorType, NameKind, type NameContent } from '../model/actor';
import { complainInvalid, newsroomOnly, required } from './fields';
import { fuzzyDate, group, keyedList, setOf } from './field-groups';
import {
  entryLanguage,
  flag,
  languageTag,
  line,
  longText,
  markdown,
  oneOf,
  reference,
  requiredWord,
  shortText,
  slug,
} from './field-types';
import { defineKind } from './kind';
import { fold } from './titles';

export const actorRules = defineKind<ActorContent>({
  kind: 'ACTOR',
  format: 1,
  steps: [],
  hasSlug: true,
  fields: {
    slug: slug(),
    language: entryLanguage(),
    actorType: requiredWord(ActorType),
    names: required(
      keyedList({
        text: required(line('headline')),
        kind: oneOf(NameKind, 'OFFICIAL'),
        language: languageTag(),
        preferred: flag(),
        usedIn: newsroomOnly(setOf(reference(['DOCUMENT'], { essential: true }))),
      }),
    ),
    description: line('summary'),
    body: markdown(longText('body')),
    roles: keyedList({
      title: required(line('headline')),
      organization: reference(['ACTOR']),
      period: fuzzyDate(),
      note: shortText(5000),
    }),
    relations: keyedList({
      type: required(line(100)),
      actor: required(reference(['ACTOR'], { essential: true })),
      period: fuzzyDate(),
      note: shortText(5000),
    }),
    identifiers: setOf(group({ scheme: required(line(100)), value: required(line(300)) })),
    anonymity: group({
      description: required(line('summary')),
      reason: shortText(5000),
      basis: newsroomOnly(shortText(5000)),
    }),
  },
  joins: {
    names: {
      sameBy: ['text'],
      adopt: (name: NameContent) => ({
        ...name,
        preferred: false,
        kind: name.kind === 'OFFICIAL' ? 'ALIAS' : name.kind,
      }),
    },
    roles: {},
    relations: {},
    identifiers: {},
  },
  title: (actor) => preferredName(actor.names)?.text ?? '',
  facets: (actor) => ({
    actorType: actor.actorType,
    foldedNames: actor.names.map((name) => fold(name.text)),
    identifiers: actor.identifiers,
  }),
  complete: (actor) => {
    if (actor.names.length === 0 || actor.names.some((name) => name.preferred)) return actor;
    return { ...actor, names: actor.names.map((name, index) => ({ ...name, preferred: index === 0 })) };
  },
  check: (actor, reading) => {
    actor.names.forEach((name, index) => {
      if (name.preferred && actor.names.findIndex((other) => other.preferred) < index)
        complainInvalid(reading, `/names/${index}/preferred`, 'only one name can be the preferred one.');
    });
  },
});

const preferredName = (names: NameContent[]): NameContent | undefined =>
  names.find((name) => name.preferred) ?? names[0];
