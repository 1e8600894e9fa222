const MARKS = /\p{M}+/gu;
const LONGEST = 200;

/** A text as it is compared: without marks, case and width, so that Chávez is found as chavez. */
export const fold = (text: string): string => text.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFC');

/**
 * A title as it is sorted: folded, so that Chávez stands beside Chavez. The same on every machine, which collations of an
 * operating system are not. At most 200 characters, which an index can hold.
 */
export function sortKey(title: string): string {
  const folded = fold(title);
  return folded.length <= LONGEST ? folded : [...folded].slice(0, LONGEST).join('');
}
