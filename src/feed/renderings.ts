/** So long what was made for one subscriber serves others who are told the same. */
const KEPT_MS = 1000;
const MOST_KEPT = 2000;

/** What a step has become for a class of subscribers. */
export interface Rendering {
  /** Bytes of JSON, the same for all of the class. */
  readonly bytes: Buffer;
  /** Whether it was asked who in particular is told: then it is for nobody else. */
  readonly isPersonal: boolean;
}

interface Kept {
  readonly made: Promise<Rendering>;
  readonly at: number;
  /** How often something was taken out of sight when it was made. */
  readonly takenAway: number;
}

/**
 * What steps have become, made once for all who are told the same at about the same time. Nothing is kept beyond a second, nor
 * beyond the moment in which something is taken out of sight.
 */
export class Renderings {
  private readonly kept = new Map<string, Kept>();

  /** @param takenAway how often something was taken out of sight so far. */
  constructor(private readonly takenAway: () => number) {}

  get(key: string, make: () => Promise<Rendering>): Promise<Rendering> {
    const now = performance.now();
    const before = this.kept.get(key);
    if (before && now - before.at < KEPT_MS && before.takenAway === this.takenAway()) return before.made;
    this.kept.delete(key);
    const kept: Kept = { made: make(), at: now, takenAway: this.takenAway() };
    kept.made.catch(() => {
      if (this.kept.get(key) === kept) this.kept.delete(key); // whoever asked for it is told; the next tries again
    });
    this.kept.set(key, kept);
    this.forgetOld(now);
    return kept.made;
  }

  /** A Map keeps the order in which things came. */
  private forgetOld(now: number): void {
    for (const [key, { at }] of this.kept) {
      if (this.kept.size <= MOST_KEPT && now - at < KEPT_MS) return;
      this.kept.delete(key);
    }
  }
}
