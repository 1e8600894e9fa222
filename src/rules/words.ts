import { diffArrays } from 'diff';
import type { TextSegment } from '../model/revision';

/** More edits than this are not worth telling word by word; the work grows with their square (300 of 30,000 words: about 0.2 s). */
const MOST_EDITS = 300;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Needs no segmenter: one word of a script that puts spaces between words. */
const PLAIN_WORD = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d]+$/u;

// The segmenter's time grows with the square of what it is given at once (measured: 5 s for 230 kB), and no word goes
// across white space: so it gets pieces between white space, and only those that it is needed for.
/** The words of a text in any script, and what stands between them. Joined they are the text. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const whole of text.split(/(\s+)/u)) {
    if (whole === '') continue;
    for (const piece of whole.length <= 500 ? [whole] : (whole.match(/.{1,500}/gsu) ?? []))
      if (PLAIN_WORD.test(piece) || piece === ' ') words.push(piece);
      else for (const part of segmenter.segment(piece)) words.push(part.segment);
  }
  return words;
}

const linesOf = (text: string): string[] => text.split(/(?<=\n)/);

/** Compares piece by piece; null where the two have too little in common. */
function compare(before: string[], after: string[]): TextSegment[] | null {
  const parts = diffArrays(before, after, { maxEditLength: MOST_EDITS });
  return (
    parts?.map(({ added, removed, value }) => ({
      op: added ? 'INSERT' : removed ? 'DELETE' : 'EQUAL',
      text: value.join(''),
    })) ?? null
  );
}

const replaced = (before: string, after: string): TextSegment[] => [
  { op: 'DELETE', text: before },
  { op: 'INSERT', text: after },
];

/** Joins neighbours of one kind and drops empty runs. */
function joined(segments: readonly TextSegment[]): TextSegment[] {
  const result: TextSegment[] = [];
  for (const { op, text } of segments) {
    const last = result.at(-1);
    if (last?.op === op) last.text += text;
    else if (text !== '') result.push({ op, text });
  }
  return result;
}

/**
 * What turned one text into another, word by word in any script (Unicode word boundaries). First by line, then within the
 * lines that changed, so that a long text costs what its changes cost. EQUAL and DELETE joined are the text before, EQUAL
 * and INSERT the text after.
 */
export function diffWords(before: string, after: string): TextSegment[] {
  const byLine = compare(linesOf(before), linesOf(after)) ?? replaced(before, after);
  const segments: TextSegment[] = [];
  for (let index = 0; index < byLine.length; index++) {
    const [one, next] = [byLine[index] as TextSegment, byLine[index + 1]];
    const isReplaced = one.op !== 'EQUAL' && next && next.op !== 'EQUAL';
    if (!isReplaced) {
      segments.push(one);
      continue;
    }
    const [gone, come] = one.op === 'DELETE' ? [one.text, next.text] : [next.text, one.text];
    segments.push(...(compare(wordsOf(gone), wordsOf(come)) ?? replaced(gone, come)));
    index += 1;
  }
  return joined(segments);
}
