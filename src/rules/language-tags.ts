import { invalid, quoted, type Cleaned } from './text';

const LONGEST = 35;

/**
 * A BCP 47 language tag in its canonical form: `EN-us` gives `en-US`, `iw` gives `he`. At most 35 characters, the longest
 * that BCP 47 asks software to keep. Whether the registry knows the language is not asked: the runtime knows some six
 * hundred of the eight thousand.
 */
export function cleanLanguageTag(value: string): Cleaned {
  if (value === '') return invalid('The language tag is empty.');
  if (value.length > LONGEST) {
    return invalid(`The language tag has ${value.length} characters; at most ${LONGEST} are allowed.`);
  }
  const tag = canonical(value);
  if (tag !== null) return { ok: true, value: tag };
  const hyphened = value.includes('_') ? canonical(value.replaceAll('_', '-')) : null;
  if (hyphened !== null) return invalid(`The language tag ${quoted(value)} is written with hyphens: ${hyphened}.`);
  return invalid(`${quoted(value)} is not a BCP 47 language tag, such as en, es-VE or ar-Latn.`);
}

// Four to eight letters are well-formed but reserved: no such language is registered, and "english" is one of them.
function canonical(value: string): string | null {
  try {
    const [tag = ''] = Intl.getCanonicalLocales(value);
    return /^[a-z]{2,3}(-|$)/.test(tag) && tag.length <= LONGEST ? tag : null;
  } catch {
    return null;
  }
}
