import { randomUUID } from 'node:crypto';
import { Problem } from '../model/edit';
import type { CorrectionKind } from '../model/correction';
import type { Reading } from '../rules/fields';
import { insertCorrection } from '../store/corrections';
import type { Run } from '../store/database';
import type { Written } from '../store/write';
import { readRemark } from './input';

/** What readers are told of a change of what they read. */
export interface CorrectionRequest {
  kind: CorrectionKind;
  note: string;
}

/** Reads a correction: it needs its words. Null where there is none. */
export function readCorrection(
  reading: Reading,
  given: CorrectionRequest | null | undefined,
): CorrectionRequest | null {
  if (!given) return null;
  const { length: before } = reading.problems;
  const note = readRemark(reading, 'correction.note', given.note);
  if (note === null && reading.problems.length === before)
    reading.problems.push(new Problem('REQUIRED', 'correction.note is required.', '/correction/note'));
  return { kind: given.kind, note: note ?? '' };
}

/** Keeps a correction with the revision that makes it. */
export const writeCorrection = (
  run: Run,
  { kind, note }: CorrectionRequest,
  of: { entry: string; revision: number; author: string; written: Written },
): Promise<unknown[]> =>
  insertCorrection(run, {
    id: randomUUID(),
    kind,
    note,
    entry: of.entry,
    revision: of.revision,
    author: of.author,
    position: of.written.position,
    at: of.written.at,
  });
