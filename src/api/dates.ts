import { type DateContent, FuzzyDate } from '../model/fuzzy-date';
import type { Lens } from '../model/lens';
import { parseEdtf } from '../rules/dates';

/** A stored date with what it can mean. */
export function toFuzzyDate(content: DateContent | null, lens: Lens): FuzzyDate | null {
  if (content === null) return null;
  const parsed = content.edtf === null ? null : parseEdtf(content.edtf);
  return new FuzzyDate(content, parsed?.ok ? parsed.date : null, lens);
}
