import { align } from './align';
import { addRun, addStretch, type Runs } from './blame-runs';
import { wordsOf } from './words';

/** A text and who brought it. */
export interface WrittenText {
  readonly text: string;
  readonly runs: Runs;
}

/** What a step may still compare word by word. */
export interface WordBudget {
  characters: number;
  /** Characters of longer stretches, which are cut between white space only: that is twenty times as fast. */
  coarse: number;
  /** How many more places are looked at for what stood beside something moved. */
  places: number;
}

const LETTER = /[\p{L}\p{N}]/u;

/** A word between changes so many times its length, on both sides, is the same by chance ("the", "of"). */
const BY_CHANCE = 4;

/**
 * Who brought the words of a text that stands in the place of another: words that stayed, in their order, keep their
 * revision, the rest is by the new one. White space and marks between two new words are new with them, and
 * so is all of a text that shares no word with the other. What goes beyond
 * the budget is new as a whole, but for words at the beginning and the end that are the same.
 */
export function runsOfWords(before: WrittenText, after: string, by: number, budget: WordBudget): Runs {
  const [start, end] = commonEnds(before.text, after);
  const tail = before.text.length - end;
  const [old, fresh] = [before.text.slice(start, tail), after.slice(start, after.length - end)];
  const runs: number[] = [];
  addStretch(runs, before.runs, 0, start);
  let sharesWords = LETTER.test(before.text.slice(0, start)) || LETTER.test(before.text.slice(tail));
  const cut = old === '' ? null : cutFor(old.length + fresh.length, budget);
  if (!cut) addRun(runs, fresh.length, by);
  else if (addComparedWords(runs, { before, start }, cut(old), cut(fresh), by)) sharesWords = true;
  addStretch(runs, before.runs, tail, before.text.length);
  return sharesWords ? runs : [after.length, by];
}

/** How a stretch is cut into words, as far as the budget goes. */
function cutFor(length: number, budget: WordBudget): ((text: string) => string[]) | null {
  const kind = length <= budget.characters ? 'characters' : 'coarse';
  if (length > budget[kind]) return null;
  budget[kind] -= length;
  return kind === 'coarse' ? (text) => text.match(/\s*\S+|\s+$/gu) ?? [] : wordsOf;
}

/** How many characters at the beginning and at the end of two texts are the same, as far as the last white space. */
function commonEnds(one: string, other: string): [number, number] {
  const most = Math.min(one.length, other.length);
  let start = 0;
  while (start < most && one.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  if (start < one.length || start < other.length) while (start > 0 && !isSpace(one, start - 1)) start -= 1;
  let end = 0;
  while (end < most - start && one.charCodeAt(one.length - 1 - end) === other.charCodeAt(other.length - 1 - end))
    end += 1;
  while (end > 0 && !isSpace(one, one.length - end)) end -= 1;
  return [start, end];
}

const isSpace = (text: string, index: number): boolean => /\s/u.test(text.charAt(index));

/** Words that stand together in both texts, and what changed between them and those before. */
interface Kept {
  /** Places in the new text, `to` not included. */
  from: number;
  to: number;
  /** In characters. */
  insertedBefore: number;
  deletedBefore: number;
}

/** @returns whether any word stayed. */
function addComparedWords(
  runs: number[],
  { before, start }: { before: WrittenText; start: number },
  old: readonly string[],
  fresh: readonly string[],
  by: number,
): boolean {
  const numbers = new Map<string, number>();
  const numbered = (words: readonly string[]): number[] =>
    words.map((word) => numbers.get(word) ?? (numbers.set(word, numbers.size), numbers.size - 1));
  const places = align(numbered(old), numbered(fresh));
  const sources = new Int32Array(fresh.length).fill(-1);
  places.forEach((place, index) => {
    if (place >= 0) sources[place] = index;
  });
  dropChance(sources, old, fresh);
  const offsets = [start];
  for (const word of old) offsets.push((offsets.at(-1) as number) + word.length);
  fresh.forEach((word, index) => {
    const source = sources[index] as number;
    if (source < 0) addRun(runs, word.length, by);
    else addStretch(runs, before.runs, offsets[source] as number, offsets[source + 1] as number);
  });
  return fresh.some((word, index) => (sources[index] as number) >= 0 && LETTER.test(word));
}

const lengthOf = (words: readonly string[], from: number, to: number): number =>
  words.slice(from, to).reduce((sum, word) => sum + word.length, 0);

/** Takes words for new that are the same by chance, and what is no word between words that are new. */
function dropChance(sources: Int32Array, old: readonly string[], fresh: readonly string[]): void {
  const kept: Kept[] = [];
  let [freshEnd, oldEnd] = [0, 0];
  for (let from = 0; from < sources.length; from++) {
    if ((sources[from] as number) < 0) continue;
    let to = from + 1;
    while (to < sources.length && sources[to] === (sources[to - 1] as number) + 1) to += 1;
    const source = sources[from] as number;
    const insertedBefore = lengthOf(fresh, freshEnd, from);
    kept.push({ from, to, insertedBefore, deletedBefore: lengthOf(old, oldEnd, source) });
    [freshEnd, oldEnd] = [to, source + to - from];
    from = to - 1;
  }
  const last = {
    insertedBefore: lengthOf(fresh, freshEnd, fresh.length),
    deletedBefore: lengthOf(old, oldEnd, old.length),
  };
  let [inserted, deleted] = [0, 0];
  kept.forEach((run, index) => {
    inserted += run.insertedBefore;
    deleted += run.deletedBefore;
    const next = kept[index + 1] ?? last;
    const words = fresh.slice(run.from, run.to).join('');
    const change = Math.min(Math.max(inserted, deleted), Math.max(next.insertedBefore, next.deletedBefore));
    const isChance = !LETTER.test(words) || words.length * BY_CHANCE <= change;
    if (inserted > 0 && next.insertedBefore > 0 && isChance) {
      sources.fill(-1, run.from, run.to);
      inserted += words.length;
      deleted += words.length;
    } else [inserted, deleted] = [0, 0];
  });
}
