import type { Run } from '../store/database';
import { findBearers } from '../store/people';
import type { Viewer } from '../store/scope';

/** As often as this rights are looked at where nothing happens. */
const LOOK_EVERY_MS = 1000;

/** Somebody who follows, with the rights of now. */
export interface Seat {
  /** Null is anonymous; whoever signed in keeps a viewer until `isLost`. */
  readonly viewer: Viewer | null;
  /** Whether the token opens nothing any more. */
  readonly isLost: boolean;
  leave(): void;
}

interface Taken {
  viewer: Viewer;
  isLost: boolean;
  readonly onLost: () => void;
}

/**
 * The rights of those who follow, as they are now: one statement for all of them, after each look at the ledger and before
 * anything of it is told, and once a second besides. So a change is never told by a right that ended before the change.
 */
export class Standings {
  private readonly seats = new Map<string, Set<Taken>>();
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;

  constructor(
    private readonly run: Run,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** @param onLost hears once that the token was revoked, is expired, or its owner made inactive. */
  take(viewer: Viewer | null, onLost: () => void): Seat {
    const { tokenId } = viewer ?? {};
    if (viewer === null || tokenId === undefined) return { viewer, isLost: false, leave: () => undefined };
    const taken: Taken = { viewer, isLost: false, onLost };
    const seats = this.seats.get(tokenId) ?? new Set();
    this.seats.set(tokenId, seats.add(taken));
    this.timer ??= setInterval(() => this.look().catch(this.onError), LOOK_EVERY_MS);
    return {
      get viewer() {
        return taken.viewer;
      },
      get isLost() {
        return taken.isLost;
      },
      leave: () => {
        seats.delete(taken);
        if (seats.size === 0 && this.seats.get(tokenId) === seats) this.seats.delete(tokenId);
        if (this.seats.size === 0) this.stop();
      },
    };
  }

  /** How many seats were taken with a token. */
  count(tokenId: string): number {
    return this.seats.get(tokenId)?.size ?? 0;
  }

  /** Looks once more; who asks while a look is under way shares the one after it. */
  look(): Promise<void> {
    if (this.seats.size === 0) return Promise.resolve();
    if (!this.running) {
      this.running = this.lookNow().finally(() => (this.running = null));
      return this.running;
    }
    this.next ??= this.running
      .catch(() => undefined) // told to whoever asked for that one
      .then(() => {
        this.next = null;
        return this.look();
      });
    return this.next;
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private async lookNow(): Promise<void> {
    const asked = [...this.seats.keys()];
    const bearers = await findBearers(this.run, asked);
    const found = new Map(bearers.map((bearer) => [bearer.tokenId, bearer]));
    for (const tokenId of asked) {
      const bearer = found.get(tokenId);
      for (const taken of this.seats.get(tokenId) ?? []) settle(taken, bearer);
    }
  }
}

function settle(taken: Taken, bearer: Viewer | undefined): void {
  if (taken.isLost) return;
  if (!bearer) {
    taken.isLost = true;
    taken.onLost();
    return;
  }
  // One object as long as nothing changes: whoever compares needs not look closer.
  const { user, role, tokenId } = bearer;
  if (role !== taken.viewer.role) taken.viewer = { user, role, tokenId: tokenId as string };
}
