import type { Check } from '../model/check';
import type { Mood } from '../model/claim';
import type { Severity } from '../model/check';
import type { EntryKind } from '../model/entry';

/** What the checks know of an entry: gathered by the store, judged here. */
export interface Facts {
  readonly kind: EntryKind;
  /** Of a claim. */
  readonly mood: Mood | null;
  /** How many citations support it (ASSERTS, CONFIRMS, PARTLY_CONFIRMS). */
  readonly support: number;
  /** Documents of such citations that were retracted, and how many of the citations are of one. */
  readonly retracted: readonly { document: string; title: string; citations: number }[];
  /** Of a citation: the document in whose kept text its verbatim quotation does not stand. */
  readonly misquoted: { document: string; title: string } | null;
  /** Wiki links that lead nowhere, as they are written: actor:somebody. */
  readonly brokenLinks: readonly { path: string; target: string }[];
  /** References to what is not public. */
  readonly unpublished: readonly { path: string; field: string; entry: string; title: string }[];
}

/** References without which an entry cannot be understood: never public without them (rules 2.5). */
const REQUIRED_REFERENCES: ReadonlySet<string> = new Set(['CLAIM subject', 'CITATION about', 'CITATION document']);

export const isRequiredReference = (kind: EntryKind, field: string): boolean =>
  REQUIRED_REFERENCES.has(`${kind} ${field}`);

const SUPPORT: ReadonlySet<string> = new Set(['ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS']);

/** Whether a citation of this stance supports what it is about (rules 8). */
export const isSupport = (stance: string): boolean => SUPPORT.has(stance);

/** A claim that nobody is said to hold. */
export function findUnsourced({ kind, mood, support }: Pick<Facts, 'kind' | 'mood' | 'support'>): Check[] {
  if (kind !== 'CLAIM' || support > 0) return [];
  const isAccusation = mood === 'ALLEGATION';
  const message = isAccusation
    ? 'No citation supports this allegation: whose is it?'
    : 'No citation supports this claim: who says so?';
  return [{ rule: 'UNSOURCED', severity: isAccusation ? 'ERROR' : 'WARNING', message, path: null, entryId: null }];
}

/** Documents that support a claim and were retracted. Where nothing else supports it, nobody is left who says so. */
export function findRetracted({ support, retracted }: Pick<Facts, 'support' | 'retracted'>): Check[] {
  const isAll = retracted.reduce((sum, { citations }) => sum + citations, 0) >= support;
  return retracted.map(({ document, title }) => ({
    rule: 'RETRACTED_DOCUMENT',
    severity: isAll ? 'ERROR' : 'WARNING',
    message: isAll
      ? `“${title}” was retracted, and nothing else supports this claim.`
      : `“${title}”, which supports this claim, was retracted.`,
    path: null,
    entryId: document,
  }));
}

/** Whether the words of a citation are to stand in its document as they are. */
export const isVerbatim = (citation: Readonly<Record<string, unknown>>): boolean =>
  citation.quoteKind === 'VERBATIM' && Boolean(citation.quote);

/** A quotation that is said to be word for word, and is not. */
export const findMisquoted = ({ misquoted }: Pick<Facts, 'misquoted'>): Check[] =>
  misquoted === null
    ? []
    : [
        {
          rule: 'QUOTE_NOT_IN_DOCUMENT',
          severity: 'ERROR',
          message: `The text kept of “${misquoted.title}” does not have these words; quote it as it is, or say that it is a paraphrase.`,
          path: '/quote',
          entryId: misquoted.document,
        },
      ];

/** Wiki links to what is not there. */
export const findBrokenLinks = ({ brokenLinks }: Facts): Check[] =>
  brokenLinks.map(({ path, target }) => ({
    rule: 'BROKEN_LINK',
    severity: 'WARNING',
    message: `[[${target}]] leads nowhere yet.`,
    path,
    entryId: null,
  }));

/** References to what readers cannot see. */
export const findUnpublishedReferences = ({ kind, unpublished }: Facts): Check[] =>
  unpublished.map(({ path, field, entry, title }) => ({
    rule: 'UNPUBLISHED_REFERENCE',
    severity: isRequiredReference(kind, field) ? 'ERROR' : 'WARNING',
    message: `“${title}” is not public: readers will not see it here.`,
    path,
    entryId: entry,
  }));

/** Everything that the checks find, worst first. */
export function findAll(facts: Facts): Check[] {
  const found = [
    ...findUnsourced(facts),
    ...findRetracted(facts),
    ...findMisquoted(facts),
    ...findUnpublishedReferences(facts),
    ...findBrokenLinks(facts),
  ];
  const weight: Record<Severity, number> = { ERROR: 0, WARNING: 1, INFO: 2 };
  return found.toSorted((one, other) => weight[one.severity] - weight[other.severity]);
}
