import { unitsOf } from './text-units';

/** A stretch of a merged text, or a place where its editors have to choose. Any of the three may be empty. */
export type MergePart = { merged: string } | { base: string; mine: string; theirs: string };

/**
 * What three versions of a text come to: a text, or the parts that merged and those that did not, in order. The parts
 * joined, with the same side chosen wherever there is a choice, are a whole text.
 */
export type TextMerge = { merged: string; parts: null } | { merged: null; parts: MergePart[] };

/** Texts of more units are not compared; a unit is a sentence, so that this is a book. */
export const MOST_UNITS = 20_000;

/**
 * Texts with more edits between them are not compared: a unit taken out or put in is one, a changed one two. Up to here
 * git and GNU diff, too, find the fewest edits; beyond, git guesses (at 256 from either end).
 */
export const MOST_EDITS = 500;

/** A text as the numbers of its units; equal units have equal numbers. */
export type Units = readonly number[];

/** What one side has in the place of the base's units `from` (included) to `to` (not). */
interface Hunk {
  from: number;
  to: number;
  length: number;
}

/** Changes with no unit between them that both sides kept: what each text has there. */
interface Place {
  base: Units;
  mine: Units;
  theirs: Units;
  /** Which side changed it; BOTH is alike on both. */
  by: 'MINE' | 'THEIRS' | 'BOTH' | 'CONFLICT';
}

/**
 * Merges three versions of a text, unit by unit (`unitsOf`), with a conflict on any doubt (rules 4.3): where both changed
 * the same unit or two that touch, where repeated units leave it open which of them was changed, and where a unit that
 * both moved, repeated or took out would come out double or be lost. What both changed alike is taken once. Mine and
 * theirs may be swapped. CRLF and normal forms are the caller's matter. Texts too large or too different to compare (see
 * the two limits) are one conflict; measured, none takes more than 0.3 s.
 */
export function mergeTexts(base: string, mine: string, theirs: string): TextMerge {
  if (mine === theirs || theirs === base) return { merged: mine, parts: null };
  if (mine === base) return { merged: theirs, parts: null };
  const tooMuch: TextMerge = { merged: null, parts: [{ base, mine, theirs }] };
  const texts = [base, mine, theirs].map((text) => unitsOf(text, MOST_UNITS + 1)) as [string[], string[], string[]];
  if (texts.some((units) => units.length > MOST_UNITS)) return tooMuch;
  const numbers = new Map<string, number>();
  const numbered = (units: readonly string[]): Units =>
    units.map((unit) => numbers.get(unit) ?? (numbers.set(unit, numbers.size), numbers.size - 1));
  const pieces = piecesOf(numbered(texts[0]), numbered(texts[1]), numbered(texts[2]));
  if (!pieces) return tooMuch;
  const unitTexts = [...numbers.keys()];
  return assemble(settled(pieces, unitTexts), unitTexts);
}

/** The hunks from base to side, as wide as any shortest way between them has it; null where they differ too much. */
function hunksBetween(base: Units, side: Units): Hunk[] | null {
  const rounds = reachOf(base, side);
  if (!rounds) return null;
  const [one, other] = [traceBack(rounds, base, side, true), traceBack(rounds, base, side, false)];
  const hunks: Hunk[] = [];
  let [from, start] = [0, 0];
  for (let to = 0; to <= base.length; to++) {
    const end = to === base.length ? side.length : (one[to] as number);
    if (to < base.length && (end < 0 || end !== other[to])) continue;
    if (to > from || end > start) hunks.push(slidDown(base.slice(from, to), side.slice(start, end), from));
    [from, start] = [to + 1, end + 1];
  }
  return hunks;
}

/**
 * What was only put in, or only taken out, but for repeated units at either of several places, is at the last of them:
 * there both git and GNU diff slide it.
 */
function slidDown(before: Units, after: Units, from: number): Hunk {
  const [less, more] = before.length < after.length ? [before, after] : [after, before];
  const isSlide = isSame(less, more.slice(0, less.length)) && isSame(less, more.slice(more.length - less.length));
  const same = isSlide ? less.length : 0;
  return { from: from + same, to: from + before.length, length: after.length - same };
}

/** Of one round: how far into the base it came on each diagonal, from -round to round. */
export type Reach = Int32Array;

const at = (rounds: readonly Reach[], round: number, diagonal: number): number =>
  rounds[round]?.[diagonal + round] ?? -Infinity;

/**
 * Myers' greedy search (1986): how far each number of edits reaches, up to the one that reaches both ends; null where
 * that takes more than `most`.
 */
export function reachOf(base: Units, side: Units, most = MOST_EDITS): Reach[] | null {
  const rounds: Reach[] = [];
  for (let round = 0; round <= most; round++) {
    const reach = new Int32Array(2 * round + 1).fill(-1);
    rounds.push(reach);
    for (let diagonal = -round; diagonal <= round; diagonal += 2) {
      let x = round === 0 ? 0 : Math.max(at(rounds, round - 1, diagonal - 1) + 1, at(rounds, round - 1, diagonal + 1));
      while (x < base.length && x - diagonal < side.length && base[x] === side[x - diagonal]) x += 1;
      reach[diagonal + round] = x;
      if (x >= base.length && x - diagonal >= side.length && diagonal === base.length - side.length) return rounds;
    }
  }
  return null;
}

/**
 * Walks back along the outermost of all shortest ways, on one side of them or on the other: a unit that both walks keep
 * in the same place is kept there by every shortest way, for ways that cross have a point in common. Tells each unit's
 * place in the side, or -1.
 */
export function traceBack(rounds: readonly Reach[], base: Units, side: Units, putInFirst: boolean): Int32Array {
  const kept = new Int32Array(base.length).fill(-1);
  let [x, y, edits] = [base.length, side.length, rounds.length - 1];
  while (x > 0 || y > 0) {
    const isPutIn = y > 0 && at(rounds, edits - 1, x - y + 1) >= x;
    const isTakenOut = x > 0 && at(rounds, edits - 1, x - y - 1) >= x - 1;
    const isKept = x > 0 && y > 0 && base[x - 1] === side[y - 1];
    if (putInFirst ? isPutIn : !isTakenOut && !isKept) {
      y -= 1;
      edits -= 1;
    } else if (putInFirst ? !isKept : isTakenOut) {
      x -= 1;
      edits -= 1;
    } else {
      x -= 1;
      y -= 1;
      kept[x] = y;
    }
  }
  return kept;
}

/** All of the base in order: runs of units that both sides kept, and places; null where a side differs too much. */
function piecesOf(base: Units, mine: Units, theirs: Units): (Units | Place)[] | null {
  const myHunks = hunksBetween(base, mine);
  const theirHunks = myHunks && hunksBetween(base, theirs);
  if (!theirHunks) return null;
  const pieces: (Units | Place)[] = [];
  let [done, myShift, theirShift] = [0, 0, 0];
  for (const { from, to, myGrowth, theirGrowth, by } of touching(myHunks, theirHunks)) {
    if (from > done) pieces.push(base.slice(done, from));
    const [inMine, inTheirs] = [from + myShift, from + theirShift];
    const place = {
      base: base.slice(from, to),
      mine: mine.slice(inMine, to + myShift + myGrowth),
      theirs: theirs.slice(inTheirs, to + theirShift + theirGrowth),
    };
    pieces.push({ ...place, by: by === 'BOTH' && !isSame(place.mine, place.theirs) ? 'CONFLICT' : by });
    [done, myShift, theirShift] = [to, myShift + myGrowth, theirShift + theirGrowth];
  }
  if (done < base.length) pieces.push(base.slice(done));
  return pieces;
}

const isSame = (one: Units, other: Units): boolean =>
  one.length === other.length && one.every((unit, index) => unit === other[index]);

interface Range {
  from: number;
  to: number;
  myGrowth: number;
  theirGrowth: number;
  by: 'MINE' | 'THEIRS' | 'BOTH';
}

/** Puts together the hunks of both sides that overlap or touch. */
function touching(myHunks: Hunk[], theirHunks: Hunk[]): Range[] {
  const hunks = [
    ...myHunks.map((hunk) => ({ ...hunk, by: 'MINE' as const })),
    ...theirHunks.map((hunk) => ({ ...hunk, by: 'THEIRS' as const })),
  ].toSorted((one, other) => one.from - other.from || one.to - other.to);
  const ranges: Range[] = [];
  for (const { from, to, length, by } of hunks) {
    const growth = length - (to - from);
    const [myGrowth, theirGrowth] = by === 'MINE' ? [growth, 0] : [0, growth];
    const last = ranges.at(-1);
    if (!last || from > last.to) {
      ranges.push({ from, to, myGrowth, theirGrowth, by });
      continue;
    }
    last.to = Math.max(last.to, to);
    last.myGrowth += myGrowth;
    last.theirGrowth += theirGrowth;
    if (last.by !== by) last.by = 'BOTH';
  }
  return ranges;
}

/**
 * Turns places that merge each for itself but not together into conflicts. How often each unit stands in the text must
 * come out as the two sides want it: as one of them left it alone, or both changed it by as much, or one took out and the
 * other put in. It does not where both moved it, to different places, or put it in at two, or one moved it and the other
 * took it out: git and diff3 would double it, or keep it. Units without a letter or digit, such as rules, are left to them.
 */
function settled(pieces: readonly (Units | Place)[], texts: readonly string[]): (Units | Place)[] {
  const places = pieces.filter((piece): piece is Place => 'by' in piece && piece.by !== 'CONFLICT');
  const counts = new Map<number, { mine: number; theirs: number; merged: number }>();
  const count = (units: Units, step: number, { by }: Place): void => {
    for (const unit of units) {
      const of = counts.get(unit) ?? { mine: 0, theirs: 0, merged: 0 };
      counts.set(unit, of);
      of.merged += step;
      if (by !== 'THEIRS') of.mine += step;
      if (by !== 'MINE') of.theirs += step;
    }
  };
  for (const place of places) {
    count(place.base, -1, place);
    count(place.by === 'THEIRS' ? place.theirs : place.mine, 1, place);
  }
  const isDoubtful = (unit: number): boolean => {
    const { mine, theirs, merged } = counts.get(unit) ?? { mine: 0, theirs: 0, merged: 0 };
    const wanted = mine === theirs ? mine : mine * theirs > 0 ? NaN : mine + theirs;
    return merged !== wanted && /[\p{L}\p{N}]/u.test(texts[unit] as string);
  };
  const doubtful = new Set([...counts.keys()].filter(isDoubtful));
  const isSettled = (piece: Units | Place): boolean =>
    !('by' in piece) ||
    piece.by === 'BOTH' ||
    ![...piece.base, ...piece.mine, ...piece.theirs].some((unit) => doubtful.has(unit));
  return pieces.map((piece) => (isSettled(piece) ? piece : { ...(piece as Place), by: 'CONFLICT' }));
}

function assemble(pieces: readonly (Units | Place)[], texts: readonly string[]): TextMerge {
  const written = (units: Units): string => units.map((unit) => texts[unit]).join('');
  const parts: MergePart[] = [];
  let merged = '';
  const flush = (): void => {
    if (merged !== '') parts.push({ merged });
    merged = '';
  };
  for (const piece of pieces) {
    if (!('by' in piece)) merged += written(piece);
    else if (piece.by !== 'CONFLICT') merged += written(piece.by === 'THEIRS' ? piece.theirs : piece.mine);
    else {
      flush();
      parts.push({ base: written(piece.base), mine: written(piece.mine), theirs: written(piece.theirs) });
    }
  }
  if (parts.length === 0) return { merged, parts: null };
  flush();
  return { merged: null, parts };
}
