import { words } from '../base/words';
import type { EntryKind } from '../model/entry';
import type { Mood } from '../model/claim';
import type { Severity } from '../model/edit';

export const CheckRule = words('UNSOURCED', 'BROKEN_LINK', 'UNPUBLISHED_REFERENCE');
export type CheckRule = keyof typeof CheckRule;

/** What an editor should look at before publishing. */
export interface Finding {
  rule: CheckRule;
  severity: Severity;
  message: string;
  /** JSON Pointer to the part of the entry that it speaks of; null for all of it. */
  path: string | null;
  /** Id of the other entry that it speaks of. */
  entry: string | null;
}

/** What the checks know of an entry: gathered by the store, judged here. */
export interface Facts {
  readonly kind: EntryKind;
  /** Of a claim. */
  readonly mood: Mood | null;
  /** How many citations support it (ASSERTS, CONFIRMS, PARTLY_CONFIRMS). */
  readonly support: number;
  /** Wiki links that lead nowhere, as they are written: actor:somebody. */
  readonly brokenLinks: readonly { path: string; target: string }[];
  /** References to what is not public. */
  readonly unpublished: readonly { path: string; field: string; entry: string; title: string }[];
}

/** References without which an entry cannot be understood: never public without them (rules 2.5). */
const REQUIRED_REFERENCES: ReadonlySet<string> = new Set(['CLAIM subject', 'CITATION about', 'CITATION document']);

/** A claim that nobody is said to hold. */
export function findUnsourced({ kind, mood, support }: Facts): Finding[] {
  if (kind !== 'CLAIM' || support > 0) return [];
  const isAccusation = mood === 'ALLEGATION';
  const message = isAccusation
    ? 'No citation supports this allegation: whose is it?'
    : 'No citation supports this claim: who says so?';
  return [{ rule: 'UNSOURCED', severity: isAccusation ? 'ERROR' : 'WARNING', message, path: null, entry: null }];
}

/** Wiki links to what is not there. */
export const findBrokenLinks = ({ brokenLinks }: Facts): Finding[] =>
  brokenLinks.map(({ path, target }) => ({
    rule: 'BROKEN_LINK',
    severity: 'WARNING',
    message: `[[${target}]] leads nowhere yet.`,
    path,
    entry: null,
  }));

/** References to what readers cannot see. */
export const findUnpublishedReferences = ({ kind, unpublished }: Facts): Finding[] =>
  unpublished.map(({ path, field, entry, title }) => ({
    rule: 'UNPUBLISHED_REFERENCE',
    severity: REQUIRED_REFERENCES.has(`${kind} ${field}`) ? 'ERROR' : 'WARNING',
    message: `“${title}” is not public: readers will not see it here.`,
    path,
    entry,
  }));

/** Everything that the checks find, worst first. */
export function findAll(facts: Facts): Finding[] {
  const found = [...findUnsourced(facts), ...findUnpublishedReferences(facts), ...findBrokenLinks(facts)];
  const weight: Record<Severity, number> = { ERROR: 0, WARNING: 1, INFO: 2 };
  return found.toSorted((one, other) => weight[one.severity] - weight[other.severity]);
}
