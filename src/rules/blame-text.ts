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
  private readonly takenOut = new TakenOut();
  private readonly past: State[] = [{ number: 0, key: '', units: [] }];
  private readonly byKey = new Map<string, State>();
  private kept = 0;
  private forgotten = 0;

  /**
   * The text as of the next revision.
   *
   * @param key tells texts apart; the text itself, or its hash. '' is no text.
   * @returns how many characters were not the same in the same place: what the step cost.
   */
  step(key: string, text: string, at: BlameStep): number {
    if (key === this.key) return 0;
    const before = this.units;
    const known = this.recall(key, text, at);
    let cost = 0;
    if (known) this.restore(known);
    else {
      const cut = cutLike(before, text);
      const old = before.slice(cut.start, before.length - cut.end);
      const fresh = matchUnits(old, cut.middle, this.takenOut, at);
      cost = lengthOf(old) + lengthOf(fresh);
      this.units = [...before.slice(0, cut.start), ...fresh, ...before.slice(before.length - cut.end)];
    }
    this.key = key;
    this.keep({ number: at.number, key, units: this.units });
    return cost;
  }

  /** The text in parts: neighbours by one revision are one. */
  parts(): BlamedPart[] {
    const text = this.units.map((unit) => unit.text).join('');
    const runs = joinRuns(this.units.map((unit) => unit.runs));
    const parts: BlamedPart[] = [];
    let start = 0;
    for (let index = 0; index < runs.length; index += 2) {
      const end = start + (runs[index] as number);
      parts.push({ text: text.slice(start, end), by: runs[index + 1] as number });
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
    const [stood, stands] = [new Set(before), new Set(units)];
    before.forEach((unit, index) => {
      if (!stands.has(unit)) this.takenOut.add(unit, before[index - 1], before[index + 1]);
    });
    for (const unit of units) if (!stood.has(unit)) this.takenOut.takeBackUnit(unit);
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

const lengthOf = (units: readonly Unit[]): number => units.reduce((sum, unit) => sum + unit.text.length, 0);

/**
 * Cuts a text into units as `unitsOf` does, but only what differs from a text that is cut already: so many units at the
 * beginning and at the end are the same. It begins and ends between paragraphs, for where a sentence ends depends on what
 * stands beside it, but never on what stands beyond a line end and the blank lines after it.
 */
export function cutLike(units: readonly Unit[], text: string): { start: number; end: number; middle: string[] } {
  let [offset, count] = [0, 0];
  let [start, startOffset] = [0, 0];
  for (const { text: unit } of units) {
    if (!text.startsWith(unit, offset)) break;
    offset += unit.length;
    count += 1;
    if (endsParagraph(units, count - 1) && !isBlankLine(text, offset)) [start, startOffset] = [count, offset];
  }
  let endOffset = text.length;
  let [at, index] = [text.length, units.length];
  let end = 0;
  while (index > Math.max(start, 1)) {
    const unit = (units[index - 1] as Unit).text;
    if (at - unit.length < startOffset || !text.startsWith(unit, at - unit.length)) break;
    at -= unit.length;
    index -= 1;
    const isBetween = at === startOffset || text.charAt(at - 1) === '\n';
    if (isBetween && endsParagraph(units, index - 1)) [end, endOffset] = [units.length - index, at];
  }
  return { start, end, middle: unitsOf(text.slice(startOffset, endOffset)) };
}

/** Whether the line that begins there is blank, so that it belongs to the paragraph before it. */
function isBlankLine(text: string, offset: number): boolean {
  BLANK_LINE.lastIndex = offset;
  return BLANK_LINE.test(text);
}

const BLANK_LINE = /[ \t]*\n/y;

const endsParagraph = (units: readonly Unit[], index: number): boolean => units[index]?.text.endsWith('\n') ?? false;
