import { type CitationContent, HopRole, type HopContent, QuoteKind, Stance } from '../model/citation';
import { complainInvalid, required } from './fields';
import { fuzzyDate, keyedList } from './field-groups';
import { entryLanguage, line, optionalWord, reference, requiredWord, shortText } from './field-types';
import { defineKind } from './kind';

/** How a citation is called in a list, before its quotation. */
const STANCE_IN_WORDS: Readonly<Record<Stance, string>> = {
  ASSERTS: 'Asserts',
  CONFIRMS: 'Confirms',
  PARTLY_CONFIRMS: 'Partly confirms',
  DENIES: 'Denies',
  DOUBTS: 'Doubts',
  DECLINES_COMMENT: 'Declines to comment',
  RETRACTS: 'Retracts',
  MENTIONS: 'Mentions',
};

const LONGEST_IN_TITLE = 120;

/** A quotation as it stands in a title: one line, cut between characters. */
function inOneLine(quote: string): string {
  const characters = [...quote.replace(/\s+/g, ' ')];
  return characters.length <= LONGEST_IN_TITLE
    ? characters.join('')
    : `${characters.slice(0, LONGEST_IN_TITLE - 1).join('')}…`;
}

const POINTER = /^(\/([^~/]|~[01])*)+$/;

export const citationRules = defineKind<CitationContent>({
  kind: 'CITATION',
  format: 1,
  steps: [],
  hasSlug: false,
  fields: {
    language: entryLanguage(),
    about: required(reference(null)),
    path: line(500),
    stance: requiredWord(Stance),
    document: required(reference(['DOCUMENT'])),
    quote: shortText(5000),
    quoteKind: optionalWord(QuoteKind),
    locator: line(300),
    chain: keyedList(
      {
        role: requiredWord(HopRole),
        actor: reference(['ACTOR']),
        document: reference(['DOCUMENT']),
        description: line('summary'),
      },
      (hop: HopContent, path, reading) => {
        if (!hop.actor && !hop.document && !hop.description)
          complainInvalid(reading, path, 'a step needs an actor, a document or a description.');
      },
    ),
    saidAt: fuzzyDate(),
  },
  title: (citation) =>
    citation.quote
      ? `${STANCE_IN_WORDS[citation.stance]}: “${inOneLine(citation.quote)}”`
      : STANCE_IN_WORDS[citation.stance],
  when: (citation) => citation.saidAt,
  facets: (citation) => ({ stance: citation.stance }),
  // Nobody said how the words were taken: with a quotation they are meant to be the source's own.
  complete: (citation) =>
    citation.quoteKind ? citation : { ...citation, quoteKind: citation.quote ? 'VERBATIM' : 'PARAPHRASE' },
  check: (citation, reading) => {
    if (citation.path !== null && !POINTER.test(citation.path))
      complainInvalid(reading, '/path', `“${citation.path}” is not a JSON Pointer; one begins with /.`);
  },
});
