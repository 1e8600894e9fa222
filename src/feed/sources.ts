import type { ChangeRecord } from '../model/change';
import type { PresentRecord } from '../model/comment';
import type { FeedFilter } from '../store/feed';
import type { Hub } from './hub';
import type { PresenceWatch } from './presence-watch';

/** One thing to tell a subscriber. */
export interface Step {
  /** The same for all who are told the same, of what they ask. */
  readonly key: string;
  /** Where it stands in the ledger: all up to there has been told. Null where there is no place to go on from. */
  readonly position: bigint | null;
  /** Null in a checkpoint. */
  readonly change: ChangeRecord | null;
  readonly present: readonly PresentRecord[] | null;
}

/** Where a subscriber's steps come from. */
export interface Source {
  /** The next steps; waits for some, and comes back empty now and then. */
  next(): Promise<readonly Step[]>;
  /** Whether what was taken and not yet told must be taken anew, from this position on. */
  isStale(told: bigint): boolean;
  leave(): void;
}

const checkpoint = (position: bigint): Step => ({
  key: `checkpoint ${position}`,
  position,
  change: null,
  present: null,
});
const toStep = (change: ChangeRecord): Step => ({
  key: `change ${change.position}`,
  position: change.position,
  change,
  present: null,
});

/**
 * Changes after a position, then as they happen; a checkpoint at once, and whenever nothing was told for a while, so that a
 * quiet filter's cursor moves on too.
 */
export function changesFrom(hub: Hub, filter: FeedFilter, after: bigint, checkpointMs: number): Source {
  const follower = hub.follow(filter, after);
  let toldAt: number | null = null;
  let { takenAway } = hub;
  return {
    async next() {
      if (toldAt === null) {
        toldAt = performance.now();
        return [checkpoint(after)];
      }
      takenAway = hub.takenAway;
      const changes = await follower.next();
      const now = performance.now();
      // At the next tick it would be late.
      if (changes.length === 0 && now - toldAt < checkpointMs - hub.tickMs) return [];
      toldAt = now;
      return changes.length > 0 ? changes.map(toStep) : [checkpoint(follower.position)];
    },
    isStale(told) {
      if (hub.takenAway === takenAway) return false;
      takenAway = hub.takenAway;
      follower.goBack(told);
      return true;
    },
    leave: () => follower.leave(),
  };
}

/** Who has an entry open: at once, and as it changes. */
export function presenceOf(watch: PresenceWatch, entry: string): Source {
  const watcher = watch.watch(entry);
  return {
    async next() {
      const present = await watcher.next();
      return present ? [{ key: `present ${JSON.stringify(present)}`, position: null, change: null, present }] : [];
    },
    isStale: () => false,
    leave: () => watcher.leave(),
  };
}
