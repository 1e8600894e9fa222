import { type ClaimContent, ClaimRelationKind, type ClaimValueContent, Mood, VerdictRating } from '../model/claim';
import { complainInvalid, type Reading, required } from './fields';
import { fuzzyDate, group, keyedList } from './field-groups';
import { entryLanguage, line, quantity, reference, requiredWord, shortText } from './field-types';
import { defineKind } from './kind';
import { fold } from './titles';

const oneValue = (value: ClaimValueContent, path: string, reading: Reading): void => {
  const given = [value.text, value.number, value.date, value.entry].filter((part) => part !== null).length;
  if (given !== 1)
    complainInvalid(reading, path, `exactly one of text, number, date and entry is set; here ${given} are.`);
  if (value.unit !== null && value.number === null)
    complainInvalid(reading, `${path}/unit`, 'a unit goes with a number.');
};

export const claimRules = defineKind<ClaimContent>({
  kind: 'CLAIM',
  format: 1,
  steps: [],
  hasSlug: false,
  fields: {
    language: entryLanguage(),
    text: required(line('summary')),
    subject: required(reference(null)),
    property: line(100),
    value: group(
      {
        text: line('summary'),
        number: quantity(),
        unit: line(50),
        date: fuzzyDate(),
        entry: reference(null),
      },
      oneValue,
    ),
    mood: requiredWord(Mood),
    when: fuzzyDate(),
    relations: keyedList({
      kind: requiredWord(ClaimRelationKind),
      claim: required(reference(['CLAIM'], { essential: true })),
    }),
    verdict: group({ rating: requiredWord(VerdictRating), reason: required(shortText(5000)) }),
  },
  joins: { relations: {} },
  title: (claim) => claim.text,
  when: (claim) => claim.when,
  facets: (claim) => ({ foldedProperty: claim.property && fold(claim.property), mood: claim.mood }),
});
