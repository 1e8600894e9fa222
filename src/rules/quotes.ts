/** A text in which quotations are looked for: what does not matter to whether words stand in it is made alike. */
export type Folded = Uint16Array;

const SPACE = 0x20;
const MARK = 0x22;
const DASH = 0x2d;
const NOTHING = 0xffff;

// White space, as \s and NEL; marks of quotation of all languages and apostrophes, for who quotes a quotation changes its
// double marks into single ones; hyphens, dashes and minus; what cannot be seen, which copies of printed pages are full of.
const ALIKE: readonly (readonly [number, readonly (number | readonly [number, number])[]])[] = [
  [SPACE, [[0x09, 0x0d], SPACE, 0x85, 0xa0, 0x1680, [0x2000, 0x200a], 0x2028, 0x2029, 0x202f, 0x205f, 0x3000]],
  [
    MARK,
    [MARK, 0x27, 0x60, 0xab, 0xb4, 0xbb, 0x2bc, [0x2018, 0x201f], [0x2032, 0x2036], 0x2039, 0x203a, 0x301d, 0x301e],
  ],
  [MARK, [0x301f, 0xff02, 0xff07]],
  [DASH, [DASH, [0x2010, 0x2015], 0x2212, 0xfe58, 0xfe63, 0xff0d]],
  [NOTHING, [0xad, [0x200b, 0x200f], [0x202a, 0x202e], [0x2060, 0x2064], [0x2066, 0x2069], 0xfeff]],
];

/** What each UTF-16 unit counts as. */
const FOLDED: Uint16Array = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit);
for (const [as, units] of ALIKE)
  for (const unit of units) {
    const [first, last] = typeof unit === 'number' ? [unit, unit] : unit;
    FOLDED.fill(as, first, last + 1);
  }

/** Folds a text once, for all quotations that are looked for in it: a million characters take some ten milliseconds. */
export function foldText(text: string): Folded {
  const composed = text.normalize('NFC');
  const folded = new Uint16Array(composed.length);
  let length = 0;
  for (let at = 0; at < composed.length; at++) {
    const unit = FOLDED[composed.charCodeAt(at)] as number;
    if (unit === NOTHING || (unit === SPACE && (length === 0 || folded[length - 1] === SPACE))) continue;
    folded[length++] = unit;
  }
  return folded.subarray(0, length > 0 && folded[length - 1] === SPACE ? length - 1 : length);
}

// In brackets or bare. Each run of dots is passed once: what follows a run of fewer than three cannot be part of it.
const OMISSION = /[[(]? ?(?:…(?: ?…)*|\.(?: ?\.){2,}) ?[\])]?/g;

const asText = (folded: Folded): string => {
  const pieces: string[] = [];
  for (let at = 0; at < folded.length; at += 8192) pieces.push(String.fromCharCode(...folded.subarray(at, at + 8192)));
  return pieces.join('');
};

/** The parts of a quotation between its marks of omission, without the marks in which all of it stands. */
function partsOf(quote: string): Folded[] {
  const parts = asText(foldText(quote)).split(OMISSION);
  const [last, mark] = [parts.length - 1, String.fromCharCode(MARK)];
  if (parts[0]?.startsWith(mark)) parts[0] = parts[0].slice(1);
  if (parts[last]?.endsWith(mark)) parts[last] = parts[last].slice(0, -1);
  return parts.map(foldText).filter((part) => part.length > 0);
}

/** How much of the part is matched again after a mismatch (Knuth, Morris and Pratt): no text makes it start anew. */
function fallbacksOf(part: Folded): Uint32Array {
  const fallbacks = new Uint32Array(part.length);
  for (let at = 1, matched = 0; at < part.length; at++) {
    while (matched > 0 && part[at] !== part[matched]) matched = fallbacks[matched - 1] as number;
    if (part[at] === part[matched]) matched++;
    fallbacks[at] = matched;
  }
  return fallbacks;
}

/** Where the first place ends in which a part stands; null where there is none. */
function endOf(part: Folded, text: Folded, from: number): number | null {
  const fallbacks = fallbacksOf(part);
  for (let at = from, matched = 0; at < text.length; at++) {
    while (matched > 0 && text[at] !== part[matched]) matched = fallbacks[matched - 1] as number;
    if (text[at] === part[matched]) matched++;
    if (matched === part.length) return at + 1;
  }
  return null;
}

/**
 * Whether a quotation stands in a text, word for word: white space, forms of quotation marks, of apostrophes and of dashes,
 * and what cannot be seen do not count; case does. At each mark of omission (… or three dots, also in brackets) something may
 * be left out: the parts follow each other. Takes time in proportion to the text, whatever stands in it.
 */
export function standsIn(quote: string, text: Folded): boolean {
  let from = 0;
  for (const part of partsOf(quote)) {
    const end = endOf(part, text, from);
    if (end === null) return false;
    from = end;
  }
  return true;
}
