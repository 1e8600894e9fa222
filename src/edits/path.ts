import { stepsOf } from '../base/pointer';
import { complainInvalid, complainTooLong, type Reading } from '../rules/fields';
import { cleanLine } from '../rules/text';

/** Reads where in an entry something is, as a JSON Pointer into its fields. Null is the entry as a whole; so is ''. */
export function readPath(reading: Reading, given: string | null | undefined, max: number): string | null {
  if (given === null || given === undefined || given === '') return null;
  if (given.length > max) {
    complainTooLong(reading, '/path', max, given.length);
    return null;
  }
  const cleaned = cleanLine(given);
  if (!cleaned.ok) complainInvalid(reading, '/path', cleaned.reason);
  else if (stepsOf(cleaned.value) === null)
    complainInvalid(reading, '/path', 'this is not a JSON Pointer such as /body or /timeline/{id}/note.');
  else return cleaned.value || null;
  return null;
}
