import { cleanLine, invalid, quoted, type Cleaned } from './text';

const LONGEST = 2_000;

/**
 * Hygiene of the address of a document or its archived copy: absolute, http or https, at most 2,000 characters both as
 * written and as kept, without user name or password. Gives it as the WHATWG standard writes it (host in lower case and
 * Punycode, the rest percent-encoded), so that two spellings of one address are equal. Never looks anything up.
 */
export function cleanUrl(value: string): Cleaned {
  const line = cleanLine(value);
  if (!line.ok) return line;
  // Not `line.value`: NFC of a path may be the address of another file.
  const text = value.trim();
  if (text === '') return invalid('The URL is empty.');
  if (text.length > LONGEST) return tooLong(text.length);
  // The parser would repair all of these without a word.
  if (/\s/u.test(text)) return invalid(`The URL ${quoted(text)} has white space in it.`);
  if (!/^https?:/i.test(text)) return invalid(`The URL ${quoted(text)} does not start with http:// or https://.`);
  if (!/^https?:\/\/[^/\\]/i.test(text)) return invalid(`The URL ${quoted(text)} does not name a host.`);
  // Not quoted: it would put somebody's password into logs.
  if (/^https?:\/\/[^/\\?#]*@/i.test(text)) return invalid('The URL has a user name or password before its host.');
  return normalised(text);
}

function normalised(text: string): Cleaned {
  if (!URL.canParse(text)) return invalid(`${quoted(text)} is not a URL.`);
  const url = new URL(text);
  if (!/[\p{L}\p{N}]/u.test(url.hostname)) return invalid(`The URL ${quoted(text)} does not name a host.`);
  return url.href.length > LONGEST ? tooLong(url.href.length) : { ok: true, value: url.href };
}

const tooLong = (length: number): Cleaned =>
  invalid(`The URL has ${length} characters; at most ${LONGEST} are allowed.`);
