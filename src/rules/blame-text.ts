import { joinRuns } from './blame-runs';
import { matchUnits } from './blame-match';
import { type BlameStep, isRecognisable, TakenOut, type Unit } from './blame-units';
import { unitsOf } from './text-units';

/** A part of a value and the number of the revision that brought it. */
export interface BlamedPart {
  readonly text: string;
  readonly by: number;
}

/** Units that all states kept for restoring may have together; the oldest are forgotten first (16 MB). */
const MOST_KEPT = 2_000_000;

interface State {
  readonly number: number;
  readonly key: string;
  units: readonly Unit[] | null;
}

/**
 * Who brought which words of one text, followed from revision to revision in the manner of WikiWho (Flöck and Acosta,
 * 2014): sentences that stay, move or come back keep the authors of their words, in the others the words do that stay in
 * their order; what is left is the new revision's. Holds what the text ever was, so it takes as much memory as was written.
 */
export class TextBlame {
  private units: readonly Unit[] = [];
  private key = '';
  private text = '';
  private readonly takenOut = new TakenOut();
  private readonly past: State[] = [{ number: 0, key: '', units: [] }];
  private readonly byKey = new Map<string, State>();
  private kept = 0;
  private forgotten = 0;

  /**
   * The text as of the next revision.
   *
   * @param key tells texts apart; the text itself, or its hash. '' is no text.
   * @returns how many characters neither stayed nor were moved or restored: what the step cost.
   */
  step(key: string, text: string, at: BlameStep): number {
    if (key === this.key) return 0;
    const before = this.units;
    const known = this.recall(key, text, at);
    let cost = 0;
    if (known) this.restore(known);
    else {
      const cut = cutLike({ text: this.text, units: before }, text);
      const old = before.slice(cut.start, before.length - cut.end);
      const { units, compared } = matchUnits(old, cut.middle, this.takenOut, at);
      cost = compared;
      this.units = before.slice(0, cut.start).concat(units, before.slice(before.length - cut.end));
    }
    [this.key, this.text] = [key, text];
    this.keep({ number: at.number, key, units: this.units });
    return cost;
  }

  /** The text in parts: neighbours by one revision are one. */
  parts(): BlamedPart[] {
    const runs = joinRuns(this.units.map((unit) => unit.runs));
    const parts: BlamedPart[] = [];
    let start = 0;
    for (let index = 0; index < runs.length; index += 2) {
      const end = start + (runs[index] as number);
      parts.push({ text: this.text.slice(start, end), by: runs[index + 1] as number });
      start = end;
    }
    return parts;
  }

  /** The state that stands there again as a whole. A revision that takes back brings back small texts, too. */
  private recall(key: string, text: string, { takesBack }: BlameStep): readonly Unit[] | null {
    if (key === '') return [];
    const state = takesBack === null ? undefined : this.past.findLast((one) => one.number <= takesBack);
    if (state?.key === key && state.units) return state.units;
    return takesBack !== null || isRecognisable(text) ? (this.byKey.get(key)?.units ?? null) : null;
  }

  private restore(units: readonly Unit[]): void {
    const before = this.units;
    const [stood, stand] = [countKeys(before), countKeys(units)];
    before.forEach((unit, index) => {
      if (spend(stand, unit.key)) return;
      this.takenOut.add(unit, before[index - 1], before[index + 1]);
    });
    for (const { key } of units) if (!spend(stood, key)) this.takenOut.takeBack(key);
    this.units = units;
  }

  private keep(state: State & { units: readonly Unit[] }): void {
    this.past.push(state);
    if (!this.byKey.has(state.key)) this.byKey.set(state.key, state);
    this.kept += state.units.length;
    for (; this.kept > MOST_KEPT && this.forgotten < this.past.length - 1; this.forgotten += 1) {
      const oldest = this.past[this.forgotten] as State;
      this.kept -= oldest.units?.length ?? 0;
      oldest.units = null;
      this.byKey.delete(oldest.key);
    }
  }
}

function countKeys(units: readonly Unit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of units) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Counts one down; whether there was one. */
function spend(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  counts.set(key, count - 1);
  return count > 0;
}

/** A text and the units that it was cut into. */
export interface CutText {
  readonly text: string;
  readonly units: readonly Unit[];
}

/**
 * Cuts a text into units as `unitsOf` does, but only what differs from a text that is cut already: so many units at the
 * beginning and at the end are the same. It begins and ends between paragraphs, for where a sentence ends depends on what
 * stands beside it, but never on what stands beyond a line end and the blank lines after it.
 */
export function cutLike({ text: old, units }: CutText, text: string): { start: number; end: number; middle: string[] } {
  const most = commonStart(old, text);
  let [start, startOffset] = [0, 0];
  while (start < units.length && startOffset + lengthAt(units, start) <= most) startOffset += lengthAt(units, start++);
  while (start > 0 && !(endsParagraph(units, start - 1) && !isBlankLine(text, startOffset)))
    startOffset -= lengthAt(units, --start);
  const least = Math.max(text.length - commonEnd(old, text), startOffset);
  let [endsAt, endOffset] = [units.length, text.length];
  while (endsAt > start && endOffset - lengthAt(units, endsAt - 1) >= least) endOffset -= lengthAt(units, --endsAt);
  const isBetween = (): boolean =>
    endsParagraph(units, endsAt - 1) && (endOffset === startOffset || text.charAt(endOffset - 1) === '\n');
  while (endsAt < units.length && !isBetween()) endOffset += lengthAt(units, endsAt++);
  return { start, end: units.length - endsAt, middle: unitsOf(text.slice(startOffset, endOffset)) };
}

/** Long texts are compared by pieces of so many characters first, which the machine does at once. */
const PIECE = 1024;

/** How many characters at the beginning of two texts are the same. */
function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let count = 0;
  while (count + PIECE <= most && one.slice(count, count + PIECE) === other.slice(count, count + PIECE)) count += PIECE;
  while (count < most && one.charCodeAt(count) === other.charCodeAt(count)) count += 1;
  return count;
}

/** How many characters at the end of two texts are the same. */
function commonEnd(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  const [end, otherEnd] = [one.length, other.length];
  const isSame = (count: number): boolean =>
    one.slice(end - count - PIECE, end - count) === other.slice(otherEnd - count - PIECE, otherEnd - count);
  let count = 0;
  while (count + PIECE <= most && isSame(count)) count += PIECE;
  while (count < most && one.charCodeAt(end - 1 - count) === other.charCodeAt(otherEnd - 1 - count)) count += 1;
  return count;
}

const BLANK_LINE = /[ \t]*\n/y;

/** Whether the line that begins there is blank, so that it belongs to the paragraph before it. */
function isBlankLine(text: string, offset: number): boolean {
  BLANK_LINE.lastIndex = offset;
  return BLANK_LINE.test(text);
}

const lengthAt = (units: readonly Unit[], index: number): number => units[index]?.text.length ?? 0;

const endsParagraph = (units: readonly Unit[], index: number): boolean => units[index]?.text.endsWith('\n') ?? false;
