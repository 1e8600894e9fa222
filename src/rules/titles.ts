const MARKS = /\p{M}+/gu;
const LONGEST = 200;

/**
 * A text as it is compared and sorted: without marks, case and width, so that Chávez stands beside Chavez. The same on every
 * machine, which collations of an operating system are not. At most 200 characters, which an index can hold.
 */
export function foldTitle(text: string): string {
  const folded = text.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFC');
  return folded.length <= LONGEST ? folded : [...folded].slice(0, LONGEST).join('');
}
