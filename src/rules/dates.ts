import { parse, type EdtfNode } from 'edtf';
import { quoted } from './text';

/** What an EDTF date means. Shared between callers: do not change the Date objects. */
export interface ParsedDate {
  /** Canonical: zones as Z or ±hh:mm, sets sorted without repetitions. Parses to the same bounds. */
  readonly edtf: string;
  /** First instant that it can mean, inclusive; null where the start is open or unknown. */
  readonly earliest: Date | null;
  /** Last instant that it can mean, exclusive; null where the end is open or unknown. */
  readonly latest: Date | null;
  /** Marked with ? or %, in any of its parts. */
  readonly uncertain: boolean;
  /** Marked with ~ or %, in any of its parts. */
  readonly approximate: boolean;
}

/** A date, or why a text is none, in a sentence for the editor. */
export type DateResult =
  { readonly ok: true; readonly date: ParsedDate } | { readonly ok: false; readonly reason: string };

const LONGEST = 100;
// About half a megabyte; a newsroom's dates repeat, and a parse costs some 100 µs.
const REMEMBERED = 2_000;
const remembered = new Map<string, DateResult>();

/**
 * Reads a date in EDTF (ISO 8601-2) of level 0 and 1, and the sets of level 2. Never throws.
 *
 * Years are 0001 to 9999. A date-time without a zone is in UTC; one with an offset keeps it. Any date may be the end of an
 * interval; what stands in a set is a year, month or day. What only higher levels have, such as a ? or X of one part, is
 * refused with what to write instead.
 *
 * Bounds are in UTC and ours, for those of the package are wrong in sets. Seasons 21 to 24 are the meteorological ones of
 * the north, March to May and so on, winter from December into the next year: EDTF leaves the months open, and a bound
 * needs some. For another hemisphere an interval of months says what is meant.
 */
export function parseEdtf(text: string): DateResult {
  if (text.length > LONGEST) {
    return { ok: false, reason: `The date has ${text.length} characters; at most ${LONGEST} are allowed.` };
  }
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const result = read(text);
  // A Map iterates in the order of insertion: its first key is the oldest.
  const [oldest] = remembered.size < REMEMBERED ? [] : remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(text, result);
  return result;
}

/**
 * Whether an instant lies within what a date can mean; what is open, not known or not said can mean any. So of a period that is
 * uncertain at an end the whole of what that end can mean counts: whoever asks is told too much rather than too little.
 */
export function mayMean(edtf: string | null, instant: Date): boolean {
  const result = edtf === null ? null : parseEdtf(edtf);
  if (!result?.ok) return true;
  const { earliest, latest } = result.date;
  return (earliest === null || earliest <= instant) && (latest === null || instant < latest);
}

/** Thrown and caught in this file only. */
class Refusal extends Error {}

/** A date with its bounds in milliseconds of the epoch; infinite where open or unknown. */
interface Span {
  edtf: string;
  from: number;
  to: number;
}

function read(text: string): DateResult {
  try {
    if (text === '') throw new Refusal('The date is empty.');
    if (/\s/u.test(text)) throw new Refusal(`The date ${quoted(text)} has white space in it; EDTF has none.`);
    if (/[a-z]/.test(text)) throw new Refusal(`The date ${quoted(text)} has lower-case letters; EDTF has X, T and Z.`);
    return { ok: true, date: dateOf(spanOf(text)) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.message };
    throw error;
  }
}

function spanOf(text: string): Span {
  if (text.includes('/')) return interval(text);
  if (/^(\[.*\]|\{.*\})$/.test(text)) return set(text);
  return single(text);
}

const dateOf = ({ edtf, from, to }: Span): ParsedDate =>
  Object.freeze({
    edtf,
    earliest: Number.isFinite(from) ? new Date(from) : null,
    latest: Number.isFinite(to) ? new Date(to) : null,
    uncertain: /[?%]/.test(edtf),
    approximate: /[~%]/.test(edtf),
  });

/**
 * The package cannot read seasons with `..` or ? in an interval, which EDTF's grammar has at level 1, and forgets
 * whether an end is open or unknown; so it is asked about the ends one by one.
 */
function interval(text: string): Span {
  const [left = '', right = '', ...more] = text.split('/');
  if (more.length > 0) throw new Refusal(`The interval ${quoted(text)} has more than one /.`);
  const start = left === '' || left === '..' ? { edtf: left, ...EVER } : single(left);
  const end = right === '' || right === '..' ? { edtf: right, ...EVER } : single(right);
  return between(start, end, '/', text);
}

const EVER = { from: -Infinity, to: Infinity };

function between(start: Span, end: Span, sign: string, text: string): Span {
  if (end.to <= start.from) throw new Refusal(`In ${quoted(text)} the end is before the start.`);
  return { edtf: `${start.edtf}${sign}${end.edtf}`, from: start.from, to: end.to };
}

function set(text: string): Span {
  const parts = text.slice(1, -1).split(',');
  const members = parts.map((part, index) => member(part, index === 0, index === parts.length - 1, text));
  const sorted = members.toSorted(inSets).filter((span, index, all) => span.edtf !== all[index - 1]?.edtf);
  const [only] = sorted;
  // One of one, and all of one, is that one.
  if (sorted.length === 1 && only !== undefined && !only.edtf.includes('..')) return only;
  return {
    edtf: `${text.slice(0, 1)}${sorted.map((span) => span.edtf).join(',')}${text.slice(-1)}`,
    from: Math.min(...sorted.map((span) => span.from)),
    to: Math.max(...sorted.map((span) => span.to)),
  };
}

// ..2014 can only stand first and 2014.. only last, whatever else is before or after.
const inSets = (a: Span, b: Span): number =>
  Number(a.to === Infinity) - Number(b.to === Infinity) ||
  Number(b.from === -Infinity) - Number(a.from === -Infinity) ||
  a.from - b.from ||
  a.to - b.to ||
  (a.edtf < b.edtf ? -1 : 1);

function member(part: string, isFirst: boolean, isLast: boolean, text: string): Span {
  const [left = '', right = left, ...more] = part.split('..');
  if (more.length > 0 || (left === '' && right === '')) throw new Refusal(`The set ${quoted(text)} has a gap in it.`);
  if ([left, right].some((end) => /T|^.{4}-[2-4]\d[?~%]?$/.test(end))) {
    throw new Refusal(`The set ${quoted(text)} may hold years, months and days, but no seasons or times.`);
  }
  if (left === '' && !isFirst) throw new Refusal(`In the set ${quoted(text)} ..${right} can only stand first.`);
  if (right === '' && !isLast) throw new Refusal(`In the set ${quoted(text)} ${left}.. can only stand last.`);
  if (!part.includes('..')) return single(part);
  const start = left === '' ? { edtf: left, ...EVER } : single(left);
  const end = right === '' ? { edtf: right, ...EVER } : single(right);
  return between(start, end, '..', text);
}

/** What EDTF does not have, what its levels above ours have, and what the package lets through, each with what to write. */
const NOT_READ: readonly (readonly [RegExp, string])[] = [
  [
    /^-\d|^Y|^\d{5}|^0000|^\d{4}[ES]/,
    'a year is one of 0001 to 9999 in four digits, with a hyphen before the month and before the day',
  ],
  [/^\d{2,3}[?~%]?$/, 'a decade or century is written with X, such as 201X or 20XX'],
  [/[?~%]./, '?, ~ and % stand only at the end of a whole date, and % says both of the others'],
  [/[XT].*[?~%]$/, 'a date with X or with a time takes no ?, ~ or %'],
  [
    /^(?=.*X)(?!(\d{3}X|\d\dXX|\d{4}(-\d\d)?-XX|\d{4}-XX-XX)$)/,
    'X stands for the last one or two digits of a year, or for the whole of a month or day after which nothing is known',
  ],
  [
    /^\d{4}-(?!0[1-9]|1[0-2]|2[1-4])\d\d(?!\d)/,
    'a month is one of 01 to 12, a season one of 21 to 24, spring to winter',
  ],
  [/T24/, 'the end of a day is 00:00:00 of the next'],
  [
    /T\d\d(:\d\d)?(?![\d:])/,
    'a time has hours, minutes and seconds; for the whole minute 10:30 write an interval from 10:30:00 to 10:30:59',
  ],
  [/T\d\d:\d\d:\d\d[.,]/, 'a time goes down to the second and no further'],
  [/T\d\d:\d\d:60/, 'a leap second cannot be kept; the second before it is 59'],
];

function single(text: string): Span {
  const why = NOT_READ.find(([pattern]) => pattern.test(text))?.[1];
  if (why !== undefined) throw new Refusal(`The date ${quoted(text)} cannot be read: ${why}.`);
  const node = nodeOf(text);
  if (node.type === 'Season') return { edtf: text, ...season(node) };
  if (node.values.length > 3) return moment(text, node);
  return { edtf: text, ...calendar(text, node) };
}

function nodeOf(text: string): EdtfNode {
  const node = parsed(text);
  if (node?.type === 'Season') return node;
  // The package takes 29 February in every year.
  const [year = 0, month = 0, day = 1] = node?.values ?? [];
  if (node?.type === 'Date' && new Date(at(year, month, day)).getUTCDate() === day) return node;
  const shown = /^\d{4}-\d\d-\d\d(?!\d)/.exec(text)?.[0];
  if (shown !== undefined && (node !== null || parsed(shown) === null)) {
    throw new Refusal(shown === text ? `There is no day ${shown}.` : `In ${quoted(text)} there is no day ${shown}.`);
  }
  throw new Refusal(
    `${quoted(text)} is not a date in EDTF, such as 2014, 2014-12?, 2014-12-05, 2008~, 201X, 2014-12-05T10:00:00Z, ` +
      '2019-01/.. or [2008,2014].',
  );
}

function parsed(text: string): EdtfNode | null {
  try {
    return parse(text, { level: 3 });
  } catch {
    return null;
  }
}

/** Midnight in UTC. Takes years below 100, which Date.UTC does not, and a month or day past the last. */
const at = (year: number, month = 0, day = 1): number => new Date(0).setUTCFullYear(year, month, day);

const FIRST = at(1);
// From year 10000 on ISO 8601 needs a sign and six digits, which RFC 3339, GraphQL's DateTime and Postgres do not read.
const LAST = at(10_000) - 1;

function calendar(text: string, { values: [year = 0, month = 0, day = 1] }: EdtfNode): { from: number; to: number } {
  const known = text.split('-').filter((part) => part !== 'XX').length;
  const years = text[2] === 'X' ? 100 : text[3] === 'X' ? 10 : 1;
  const from = known === 1 ? at(year) : at(year, month, day);
  const to = known === 1 ? at(year + years) : known === 2 ? at(year, month + 1) : at(year, month, day + 1);
  return { from: Math.max(from, FIRST), to: Math.min(to, LAST) };
}

function season({ values: [year = 0, number = 0] }: EdtfNode): { from: number; to: number } {
  const month = 2 + 3 * (number - 21);
  return { from: at(year, month), to: Math.min(at(year, month + 3), LAST) };
}

function moment(text: string, node: EdtfNode): Span {
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = node.values;
  const offset = node.timeZone === undefined ? 0 : (node.offset ?? 0);
  const from = at(year, month, day) + ((hour * 60 + minute - offset) * 60 + second) * 1000;
  if (from < FIRST || from >= LAST) throw new Refusal(`In UTC the year of ${quoted(text)} is not one of 0001 to 9999.`);
  const zone = offset === 0 ? 'Z' : node.timeZone;
  return { edtf: `${text.slice(0, 19)}${zone}`, from, to: Math.min(from + 1000, LAST) };
}
