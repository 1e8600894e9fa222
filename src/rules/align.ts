import { reachOf, traceBack, type Units } from './text-merge';

/** Past so many edits the fewest are not looked for: units that both have once tell as much, and cost less. */
const MOST_EDITS = 200;

/** Nor between more units than this: each of the edits may walk along all of them. */
const MOST_UNITS = 10_000;

/** Gaps within gaps: texts that repeat themselves in ever new orders end here. */
const DEEPEST = 20;

interface Gap {
  from: number;
  to: number;
  otherFrom: number;
  otherTo: number;
  depth: number;
}

/**
 * Which units of one list stand, in the same order, in another: for each of `before` its place in `after`, or -1. Where
 * the two are alike it finds the most (Myers); where they are not, it goes by the units that each has only once, and
 * between those again ("patience"). What then has nothing in common stays unmatched: the time is that of the lengths.
 */
export function align(before: Units, after: Units): Int32Array {
  const places = new Int32Array(before.length).fill(-1);
  const gaps: Gap[] = [{ from: 0, to: before.length, otherFrom: 0, otherTo: after.length, depth: 0 }];
  for (let gap = gaps.pop(); gap; gap = gaps.pop()) {
    trim(before, after, gap, places);
    if (gap.from === gap.to || gap.otherFrom === gap.otherTo || gap.depth > DEEPEST) continue;
    if (!alignFew(before, after, gap, places)) gaps.push(...gapsBetweenAnchors(before, after, gap, places));
  }
  return places;
}

function trim(before: Units, after: Units, gap: Gap, places: Int32Array): void {
  while (gap.from < gap.to && gap.otherFrom < gap.otherTo && before[gap.from] === after[gap.otherFrom]) {
    places[gap.from] = gap.otherFrom;
    gap.from += 1;
    gap.otherFrom += 1;
  }
  while (gap.from < gap.to && gap.otherFrom < gap.otherTo && before[gap.to - 1] === after[gap.otherTo - 1]) {
    gap.to -= 1;
    gap.otherTo -= 1;
    places[gap.to] = gap.otherTo;
  }
}

function alignFew(before: Units, after: Units, gap: Gap, places: Int32Array): boolean {
  if (gap.to - gap.from + gap.otherTo - gap.otherFrom > MOST_UNITS) return false;
  const [one, other] = [before.slice(gap.from, gap.to), after.slice(gap.otherFrom, gap.otherTo)];
  const rounds = reachOf(one, other, MOST_EDITS);
  if (!rounds) return false;
  traceBack(rounds, one, other, false).forEach((place, index) => {
    if (place >= 0) places[gap.from + index] = gap.otherFrom + place;
  });
  return true;
}

/** Places units that both sides of a gap have exactly once, the most that keep their order; gives the gaps between them. */
function gapsBetweenAnchors(before: Units, after: Units, gap: Gap, places: Int32Array): Gap[] {
  const placeBefore = singles(before, gap.from, gap.to);
  const placeAfter = singles(after, gap.otherFrom, gap.otherTo);
  const pairs: [number, number][] = [];
  for (const [unit, place] of placeBefore) {
    const other = placeAfter.get(unit);
    if (place >= 0 && other !== undefined && other >= 0) pairs.push([place, other]);
  }
  pairs.sort((one, other) => one[0] - other[0]);
  const anchors = risingPairs(pairs);
  if (anchors.length === 0) return [];
  const gaps: Gap[] = [];
  let { from, otherFrom } = gap;
  for (const [place, other] of [...anchors, [gap.to, gap.otherTo] as [number, number]]) {
    gaps.push({ from, to: place, otherFrom, otherTo: other, depth: gap.depth + 1 });
    if (place < gap.to) places[place] = other;
    [from, otherFrom] = [place + 1, other + 1];
  }
  return gaps;
}

/** The place of each unit that stands once in a stretch; -1 of one that stands more often. */
function singles(units: Units, from: number, to: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let index = from; index < to; index++) {
    const unit = units[index] as number;
    places.set(unit, places.has(unit) ? -1 : index);
  }
  return places;
}

/** A longest run of pairs whose second numbers rise as the first do. */
function risingPairs(pairs: readonly [number, number][]): [number, number][] {
  const ends: number[] = []; // ends[n]: index of the pair with the smallest end of a run of n + 1
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, other], index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] as number] as [number, number])[1] < other) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous[index] = ends[low - 1] as number;
    ends[low] = index;
  });
  const run: [number, number][] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index] as number)
    run.push(pairs[index] as [number, number]);
  return run.toReversed();
}
