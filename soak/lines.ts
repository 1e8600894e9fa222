/** Figures, one a line, in two columns. */
export function columns(figures: readonly (readonly [string, string | number])[]): string[] {
  const width = Math.max(...figures.map(([name]) => name.length));
  return figures.map(([name, figure]) => `${name.padEnd(width)}  ${figure}`);
}

/** Sorts of faults, and what there was of each. */
export type Faults = readonly (readonly [string, readonly string[]])[];

/** How many faults there were of each sort. */
export const counted = (faults: Faults): [string, number][] => faults.map(([name, found]) => [name, found.length]);

const MOST_TOLD = 10;

/** The first faults of each sort, in words. */
export const inWords = (faults: Faults): string[] =>
  faults.flatMap(([name, found]) => found.slice(0, MOST_TOLD).map((line) => `${name}: ${line.slice(0, 500)}`));
