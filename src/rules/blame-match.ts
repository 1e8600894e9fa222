import { align } from './align';
import { addRun, addStretch, joinRuns, type Runs, splitRuns } from './blame-runs';
import { type BlameStep, isRecognisable, keyOf, type Taken, type TakenOut, type Unit } from './blame-units';
import { runsOfWords, type WordBudget } from './blame-words';

/** What a step compares word by word at most; what is beyond it is new as a whole. */
const BUDGET: Readonly<WordBudget> = { characters: 40_000, coarse: 500_000, places: 100 };

const LETTER = /[\p{L}\p{N}]/u;

/** One step at work: what was found so far of each unit of the new text. */
interface Matching {
  readonly old: readonly Unit[];
  readonly fresh: readonly string[];
  /** Of `fresh`. */
  readonly keys: readonly string[];
  readonly units: (Unit | undefined)[];
  /** For each new unit the place of the old one that it is, or -1. */
  readonly sources: Int32Array;
  /** Whether it is in its place among those that stayed. */
  readonly stayed: Uint8Array;
  /** Whether an old unit stands in the new text, or what stands in its place was compared with it. */
  readonly used: Uint8Array;
  readonly takenOut: TakenOut;
  /** For new units that were restored, what they were restored from. */
  readonly restored: Map<number, Taken>;
}

/**
 * Who brought the words of a stretch of text that stands in the place of another. Units that stand in both stay, or were
 * moved; units of `takenOut` were restored; the others are compared word by word with what they stand in the place of.
 * What is not in the text any more is put to what was taken out.
 *
 * @returns beside the units of the stretch, how many characters were left to be compared.
 */
export function matchUnits(
  old: readonly Unit[],
  fresh: readonly string[],
  takenOut: TakenOut,
  at: BlameStep,
): { units: Unit[]; compared: number } {
  const matching: Matching = {
    old,
    fresh,
    keys: fresh.map(keyOf),
    units: Array.from<undefined>({ length: fresh.length }),
    sources: new Int32Array(fresh.length).fill(-1),
    stayed: new Uint8Array(fresh.length),
    used: new Uint8Array(old.length),
    takenOut,
    restored: new Map(),
  };
  findStayed(matching);
  findMoved(matching);
  findRestored(matching, at);
  const stand = matching.used.slice();
  const compared =
    lengthOf(fresh.filter((_, index) => !matching.units[index])) +
    lengthOf(textsOf(old.filter((_, index) => !stand[index])));
  compareWords(matching, at.number);
  old.forEach((unit, index) => {
    if (!stand[index]) takenOut.add(unit, old[index - 1], old[index + 1]);
  });
  return {
    units: matching.units.map(
      (unit, index) => unit ?? unitOf(fresh[index] as string, [(fresh[index] as string).length, at.number]),
    ),
    compared,
  };
}

const textsOf = (units: readonly Unit[]): string[] => units.map((unit) => unit.text);

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

const unitOf = (cut: string, runs: Runs): Unit => {
  const text = apart(cut);
  return { text, key: keyOf(text), runs };
};

// A slice keeps the whole text that it was cut from in memory; this one is of its own.
const apart = (text: string): string => ` ${text}`.slice(1);

/** A unit as it stands in the text now; other white space after it is by whoever brought the end of its words. */
function asIn(text: string, unit: Unit): Unit {
  if (unit.text === text) return unit;
  const runs: number[] = [];
  addStretch(runs, unit.runs, 0, unit.key.length);
  const by = (runs.at(-1) ?? unit.runs.at(-1)) as number;
  addRun(runs, text.length - unit.key.length, by);
  return unitOf(text, runs);
}

function use(matching: Matching, index: number, source: number): void {
  matching.units[index] = asIn(matching.fresh[index] as string, matching.old[source] as Unit);
  matching.sources[index] = source;
  matching.used[source] = 1;
}

function findStayed(matching: Matching): void {
  align(...numbersOf(matching)).forEach((place, source) => {
    if (place < 0) return;
    use(matching, place, source);
    matching.stayed[place] = 1;
  });
}

/** Both texts as numbers of their units. What follows in both on what is the same is compared without being looked up. */
function numbersOf({ old, keys }: Matching): [number[], number[]] {
  const numbers = new Map<string, number>();
  const before = old.map(({ key }, index) => numbers.get(key) ?? (numbers.set(key, index), index));
  let next = 0;
  const after = keys.map((key, index) => {
    let number = old[next]?.key === key ? (before[next] as number) : numbers.get(key);
    if (number === undefined) numbers.set(key, (number = old.length + index));
    else if (number < old.length) next = old[next]?.key === key ? next + 1 : number + 1;
    return number;
  });
  return [before, after];
}

/** Those that can be recognised first, for they tell where small ones beside them come from. */
function findMoved(matching: Matching): void {
  const { old, keys, units, used } = matching;
  const left = new Map<string, number[]>(); // the first at the end
  for (let source = old.length - 1; source >= 0; source--) {
    const { key } = old[source] as Unit;
    if (used[source]) continue;
    const same = left.get(key);
    if (same) same.push(source);
    else left.set(key, [source]);
  }
  if (left.size === 0) return;
  for (const isWanted of [isRecognisable, (key: string) => LETTER.test(key)])
    keys.forEach((key, index) => {
      const sources = left.get(key);
      if (units[index] || !sources || !isWanted(key)) return;
      let source = sources.pop();
      while (source !== undefined && used[source]) source = sources.pop();
      if (source === undefined) return;
      use(matching, index, source);
      for (const step of [1, -1])
        for (let by = step; canGoAlong(matching, index + by, source + by); by += step)
          use(matching, index + by, source + by);
    });
}

const canGoAlong = ({ old, keys, units, used }: Matching, index: number, source: number): boolean =>
  index in keys && !units[index] && !used[source] && old[source]?.key === keys[index];

function findRestored(matching: Matching, { takesBack }: BlameStep): void {
  const { fresh, keys, units, takenOut, restored } = matching;
  const restore = (index: number, taken: Taken): void => {
    units[index] = asIn(fresh[index] as string, taken.unit);
    restored.set(index, taken);
  };
  keys.forEach((key, index) => {
    if (units[index] || !takenOut.has(key) || (takesBack === null && !isRecognisable(key))) return;
    const taken = takenOut.takeBack(key);
    if (!taken) return;
    restore(index, taken);
    for (const step of STEPS) {
      let neighbour = beside(taken, step);
      for (let next = index + step; neighbour && !units[next] && neighbour.key === keys[next]; next += step) {
        const along = takenOut.takeBackUnit(neighbour);
        if (!along) break;
        restore(next, along);
        neighbour = beside(along, step);
      }
    }
  });
}

const STEPS = [1, -1] as const;
type Step = (typeof STEPS)[number];

const beside = (taken: Taken, step: Step): Unit | undefined => (step === 1 ? taken.after : taken.before);

/** Gives the units that are still open the words that they share with what they stand in the place of. */
function compareWords(matching: Matching, by: number): void {
  const { old, fresh, units, sources, stayed, used } = matching;
  const budget: WordBudget = { ...BUDGET };
  const isOpen = (index: number): boolean => !units[index];
  let [from, oldFrom] = [0, 0];
  while (from < fresh.length) {
    let to = from;
    while (to < fresh.length && !stayed[to]) to += 1;
    const oldTo = to < fresh.length ? (sources[to] as number) : old.length;
    if (to > from) {
      const inPlace = range(oldFrom, oldTo).filter((one) => !used[one]);
      compareRunsAlong(matching, { from, to, inPlace, by, budget });
      const left = inPlace.filter((one) => !used[one]);
      const open = range(from, to).filter(isOpen);
      compare(
        matching,
        open,
        left.map((one) => old[one] as Unit),
        { by, budget },
      );
    }
    [from, oldFrom] = [to + 1, oldTo + 1];
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** A stretch of the new text between units that stayed, and the old units that are not accounted for there. */
interface Stretch {
  from: number;
  to: number;
  inPlace: readonly number[];
  by: number;
  budget: WordBudget;
}

/**
 * What was moved or restored may have been changed at the same time: a unit beside such a one is compared with what stood
 * beside that, where it has more words of it than of what stood in its place.
 */
function compareRunsAlong(matching: Matching, { from, to, inPlace, by, budget }: Stretch): void {
  const { old, units, used } = matching;
  for (let start = from; start < to; start++) {
    if (units[start]) continue;
    let end = start;
    while (end < to && !units[end]) end += 1;
    const run = range(start, end);
    const most = 2 * run.length + 2;
    const candidates = [...alongWith(matching, start - 1, 1, most), ...alongWith(matching, end, -1, most)];
    if (candidates.length > 0 && budget.places-- > 0) {
      const words = new Set(run.flatMap((index) => (matching.fresh[index] as string).split(/\s+/)));
      const score = (of: readonly Unit[]): number =>
        new Set(of.flatMap((unit) => unit.text.split(/\s+/)).filter((word) => words.has(word))).size;
      const here = score(
        inPlace
          .slice(0, 20 * most)
          .filter((one) => !used[one])
          .map((one) => old[one] as Unit),
      );
      const [best] = candidates
        .map((candidate) => ({ ...candidate, score: score(candidate.units) }))
        .toSorted((one, other) => other.score - one.score);
      if (best && best.score > here) {
        compare(matching, run, best.units, { by, budget });
        for (const source of best.sources) used[source] = 1;
      }
    }
    start = end;
  }
}

/** What stood beside a unit where it was moved or restored from, and is not accounted for, in the order of the text. */
function* alongWith(
  { old, sources, stayed, used, takenOut, restored }: Matching,
  index: number,
  step: Step,
  most: number,
): Generator<{ units: Unit[]; sources: number[] }> {
  const source = sources[index] ?? -1;
  const found: { units: Unit[]; sources: number[] } = { units: [], sources: [] };
  if (source >= 0 && !stayed[index])
    for (let next = source + step; next in old && !used[next] && found.units.length < most; next += step) {
      found.units.push(old[next] as Unit);
      found.sources.push(next);
    }
  let taken = restored.get(index);
  while (taken && found.units.length < most) {
    const neighbour = beside(taken, step);
    taken = neighbour && takenOut.find(neighbour);
    if (taken) found.units.push(taken.unit);
  }
  if (step < 0) found.units.reverse();
  if (found.units.length > 0) yield found;
}

/** Compares new units, all together, with old ones; what they share keeps its revision. */
function compare(
  { fresh, units }: Matching,
  open: readonly number[],
  before: readonly Unit[],
  { by, budget }: Pick<Stretch, 'by' | 'budget'>,
): void {
  if (open.length === 0 || before.length === 0) return;
  const whole = { text: textsOf(before).join(''), runs: joinRuns(before.map((unit) => unit.runs)) };
  const texts = open.map((place) => fresh[place] as string);
  const runs = splitRuns(
    runsOfWords(whole, texts.join(''), by, budget),
    texts.map((text) => text.length),
  );
  open.forEach((place, index) => {
    units[place] = unitOf(texts[index] as string, runs[index] ?? []);
  });
}
