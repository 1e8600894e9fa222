import type { Conflict, EditResult, Outcome, Problem } from '../model/edit';
import type { FieldChange } from '../model/revision';

const nothingWritten = (entryId: string | null) => ({
  entryId,
  revisionNumber: null,
  changes: [],
  isRepeated: false,
  conflict: null,
  problems: [],
});

/** The input cannot be taken; all that is wrong with it is told at once. */
export const invalid = (entryId: string | null, problems: Problem[]): EditResult => ({
  ...nothingWritten(entryId),
  outcome: 'INVALID',
  problems,
});

/** The entry is already as the input would have it. */
export const unchanged = (entryId: string | null): EditResult => ({ ...nothingWritten(entryId), outcome: 'UNCHANGED' });

/** Others changed the same since the edit's base. */
export const conflicting = (entryId: string, conflict: Conflict): EditResult => ({
  ...nothingWritten(entryId),
  outcome: 'CONFLICT',
  conflict,
});

/** A revision was written, or accepted. */
export const saved = (
  outcome: Outcome,
  entryId: string,
  revisionNumber: number,
  changes: EditResult['changes'],
  remarks: readonly Problem[] = [],
): EditResult => ({ ...nothingWritten(entryId), outcome, revisionNumber, changes, problems: remarks });

/** What a dry run found: the whole answer, with nothing behind it. */
export const foreseen = (
  outcome: Outcome,
  entryId: string | null,
  changes: readonly FieldChange[],
  remarks: readonly Problem[] = [],
): EditResult => ({ ...nothingWritten(entryId), outcome, changes, problems: remarks });
