/**
 * Who brought a text, from its beginning to its end: lengths in UTF-16 units and numbers of revisions, by turns. Flat, for
 * a long history holds very many.
 */
export type Runs = readonly number[];

/** Adds one run at the end, joined with the last where that is by the same revision. */
export function addRun(runs: number[], length: number, by: number): void {
  if (length === 0) return;
  if (runs.length > 0 && runs[runs.length - 1] === by) (runs[runs.length - 2] as number) += length;
  else runs.push(length, by);
}

/** Adds the runs of a stretch of a text at the end of others. */
export function addStretch(runs: number[], of: Runs, from: number, to: number): void {
  let start = 0;
  for (let index = 0; index < of.length && start < to; index += 2) {
    const end = start + (of[index] as number);
    const [low, high] = [Math.max(start, from), Math.min(end, to)];
    if (high > low) addRun(runs, high - low, of[index + 1] as number);
    start = end;
  }
}

/** The runs of several texts one after the other. */
export function joinRuns(all: readonly Runs[]): number[] {
  const joined: number[] = [];
  for (const runs of all)
    for (let index = 0; index < runs.length; index += 2)
      addRun(joined, runs[index] as number, runs[index + 1] as number);
  return joined;
}

/** The runs of a text as those of its parts, which have these lengths. */
export function splitRuns(runs: Runs, lengths: readonly number[]): Runs[] {
  let [index, left] = [0, runs[0] ?? 0];
  return lengths.map((length) => {
    const part: number[] = [];
    let missing = length;
    while (missing > 0 && index < runs.length) {
      const taken = Math.min(missing, left);
      addRun(part, taken, runs[index + 1] as number);
      missing -= taken;
      left -= taken;
      if (left === 0) left = runs[(index += 2)] ?? 0;
    }
    return part;
  });
}
