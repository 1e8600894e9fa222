/** For what can only be false through a mistake of ours: ends as an internal error with an incident id. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
