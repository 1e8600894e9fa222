import type { Runs } from './blame-runs';

/** A sentence (or what else `unitsOf` cuts) and who brought its words. One object is one unit standing in one place. */
export interface Unit {
  readonly text: string;
  /** By which it is known again: without the white space after it, which is another at the end of a text. */
  readonly key: string;
  readonly runs: Runs;
}

export const keyOf = (text: string): string => text.trimEnd();

/** A revision as it comes along in a walk from old to new. */
export interface BlameStep {
  readonly number: number;
  /** The state that it brought back is that of the newest revision up to this number; null where it is new work. */
  readonly takesBack: number | null;
}

const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/**
 * Whether a text holds enough that, standing there again, it is the one that was taken out and not written afresh: two
 * words and ten letters or digits, of which a sign of a script that writes syllables or words counts three. "Yes.", "---"
 * and "No comment." do not: people write those every day.
 */
export function isRecognisable(text: string): boolean {
  const start = text.slice(0, 500); // enough to tell, whatever comes after
  const words = start.match(WORDS) ?? [];
  const dense = start.match(DENSE)?.length ?? 0;
  const letters = words.reduce((sum, word) => sum + word.length, 0) + 2 * dense;
  return letters >= 10 && (words.length >= 2 || dense >= 4);
}

/** A unit that was taken out, and what stood beside it then. */
export interface Taken {
  readonly unit: Unit;
  readonly before: Unit | undefined;
  readonly after: Unit | undefined;
}

/** Units that stood in the text once and were taken out. */
export class TakenOut {
  private readonly byKey = new Map<string, Map<Unit, Taken>>();

  add(unit: Unit, before: Unit | undefined, after: Unit | undefined): void {
    const same = this.byKey.get(unit.key) ?? new Map<Unit, Taken>();
    this.byKey.set(unit.key, same.set(unit, { unit, before, after }));
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** The one of this key that was taken out first. It is not taken out any more. */
  takeBack(key: string): Taken | undefined {
    const first = this.byKey.get(key)?.values().next().value;
    return first && this.takeBackUnit(first.unit);
  }

  /** This very one, if it is among them. It is not taken out any more. */
  takeBackUnit(unit: Unit): Taken | undefined {
    const same = this.byKey.get(unit.key);
    const taken = same?.get(unit);
    if (same?.delete(unit) && same.size === 0) this.byKey.delete(unit.key);
    return taken;
  }

  find(unit: Unit): Taken | undefined {
    return this.byKey.get(unit.key)?.get(unit);
  }
}
