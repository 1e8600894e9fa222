import { type OnConflict, Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { readGivenFields } from '../rules/contents';
import type { Reading } from '../rules/fields';
import { complainMalformedReferences } from './input';
import { type Decisions, readResolutions, type Resolution } from './resolve';

/** Which fields of which entry are to change, and how. */
export interface FieldEdit {
  id: string;
  /** Number of the revision that the editor saw. */
  baseRevision: number;
  fields: object;
  /** FAIL refuses even what would merge. */
  onConflict?: OnConflict | null;
  /** Settles what conflicted when the same edit was sent before. */
  resolve?: readonly Resolution[] | null;
  /** With `resolve`: number of the newest revision that the editor saw. */
  against?: number | null;
}

/** An edit whose shape was read: what it changes, what it decides, and all that is wrong with it so far. */
export interface ReadEdit {
  kind: EntryKind;
  edit: FieldEdit;
  given: Partial<Content>;
  decisions: Decisions;
  reading: Reading;
}

/** Reads the shape of an edit: everything that can be wrong with it before anything is looked up. */
export function readEdit(kind: EntryKind, edit: FieldEdit, reading: Reading): ReadEdit {
  const given = readGivenFields(kind, { ...edit.fields }, reading);
  complainMalformedReferences(reading, kind, given);
  if (edit.baseRevision < 1) reading.problems.push(noRevision('baseRevision', edit.baseRevision));
  const decisions = readResolutions(kind, edit.resolve, reading);
  if (edit.resolve && edit.resolve.length > 0 && typeof edit.against !== 'number')
    reading.problems.push(
      new Problem('REQUIRED', 'against is required with resolve: the newest revision that you saw.', '/against'),
    );
  return { kind, edit, given, decisions, reading };
}

export const noRevision = (argument: string, number: number): Problem =>
  new Problem('INVALID', `${argument}: there is no revision ${number} of this entry.`, `/${argument}`);
