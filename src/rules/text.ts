/** What a check of one string says: the value as it is to be kept, or why it is refused, in a sentence for the editor. */
export type Cleaned = { ok: true; value: string } | { ok: false; code: 'INVALID'; reason: string };

/** A refusal of a string. */
export const invalid = (reason: string): Cleaned => ({ ok: false, code: 'INVALID', reason });

/**
 * A value of somebody's as a message may show it: in quotation marks, at most 60 characters of it, and in printable
 * ASCII save for letters, so that the message itself cannot be turned round or broken by what it speaks of.
 */
export function quoted(value: string): string {
  const shown = Array.from(value.slice(0, 120)).slice(0, 60).join('');
  const escaped = shown.replace(/[^\p{L}\p{M}\p{N}\x20-\x7e]/gu, (character) => `<${codePoint(character)}>`);
  return `"${escaped}${shown.length < value.length ? '…' : ''}"`;
}

/**
 * Hygiene of what stands on one line: titles, names, roles, topics. Gives it in NFC and without white space around it.
 * Refuses what Postgres cannot keep (NUL, halves of surrogate pairs), what breaks the line, and what cannot be seen but
 * makes two titles look alike or one look like another; U+200C to U+200F stay, which Persian, Arabic, Hebrew, the
 * scripts of India and emoji need. An empty line is fine here: whether a value is required is the field's matter.
 */
export function cleanLine(value: string): Cleaned {
  const start = value.length - value.trimStart().length;
  const trimmed = value.trim();
  const refused = refusal(trimmed, NOT_IN_A_LINE, start, 'which a single line of text cannot hold');
  if (refused !== null) return invalid(refused);
  if (trimmed !== '' && !VISIBLE.test(trimmed))
    return invalid('There is nothing to see in it, only invisible characters.');
  return { ok: true, value: trimmed.normalize('NFC') };
}

/**
 * Hygiene of long texts: Markdown bodies, notes, quotations, kept documents. Line ends become LF, letters NFC; nothing is
 * trimmed, for white space means something in Markdown. Controls of the writing direction stay, since bodies quote
 * texts that have them. Linear: one million characters take a few milliseconds.
 */
export function cleanText(value: string): Cleaned {
  const refused = refusal(value, NOT_IN_A_TEXT, 0, 'which text cannot hold');
  return refused === null ? { ok: true, value: value.replace(/\r\n?/g, '\n').normalize('NFC') } : invalid(refused);
}

const codePoint = (character: string): string =>
  `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;

// With the u flag \p{Cs} matches only halves that stand alone.
const NOT_IN_A_TEXT = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;

const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;

// Besides the zero-width ones: the soft hyphen, invisible operators, retired format characters, annotations, letters of
// Hangul and Mongolian that show nothing. Tag characters hide whole sentences; only flags such as Scotland's have a use
// for them, at most six after U+1F3F4.
const INVISIBLE =
  /[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|(?<!\u{1f3f4}[\u{e0020}-\u{e007e}]{0,6})[\u{e0000}-\u{e007f}]/u;

const NOT_IN_A_LINE = new RegExp(`[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]|${BIDI_CONTROL.source}|${INVISIBLE.source}`, 'u');

const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}]/u;

function refusal(text: string, refused: RegExp, start: number, why: string): string | null {
  const found = refused.exec(text);
  if (found === null) return null;
  return `It has ${codePoint(found[0])} (${nameOf(found[0])}) at position ${start + found.index}, ${why}.`;
}

function nameOf(character: string): string {
  if (character === '\0') return 'NUL';
  if (/[\n\r\u0085\u2028\u2029]/u.test(character)) return 'a line break';
  if (character === '\t') return 'a tab';
  if (/\p{Cs}/u.test(character)) return 'half of a surrogate pair';
  if (BIDI_CONTROL.test(character)) return 'a control of the writing direction';
  return /\p{Cc}/u.test(character) ? 'a control character' : 'an invisible character';
}
