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
  /** Once it is made. */
  rendering: Rendering | null;
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

  /** What was made under this key and is good still; null where there is none, or not yet. */
  find(key: string): Rendering | null {
    return this.findKept(key)?.rendering ?? null;
  }

  get(key: string, make: () => Promise<Rendering>): Promise<Rendering> {
    const before = this.findKept(key);
    if (before) return before.made;
    const now = performance.now();
    this.kept.delete(key);
    const kept: Kept = { made: make(), rendering: null, at: now, takenAway: this.takenAway() };
    kept.made.then(
      (rendering) => (kept.rendering = rendering),
      () => {
        if (this.kept.get(key) === kept) this.kept.delete(key); // whoever asked for it is told; the next tries again
      },
    );
    this.kept.set(key, kept);
    this.forgetOld(now);
    return kept.made;
  }

  private findKept(key: string): Kept | null {
    const kept = this.kept.get(key);
    const isGood = kept && performance.now() - kept.at < KEPT_MS && kept.takenAway === this.takenAway();
    return isGood ? kept : null;
  }

  /** A Map keeps the order in which things came. */
  private forgetOld(now: number): void {
    for (const [key, { at }] of this.kept) {
      if (this.kept.size <= MOST_KEPT && now - at < KEPT_MS) return;
      this.kept.delete(key);
    }
  }
}
