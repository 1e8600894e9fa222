import { WikiError } from '../base/errors';
import type { Hub } from '../feed/hub';
import type { Viewer } from '../store/scope';

export interface CrowdLimits {
  readonly subscriptionsPerSocket: number;
  /** Sockets and event streams of one token together. */
  readonly connectionsPerToken: number;
  /** Subscriptions and event streams of this process together; and its sockets. */
  readonly subscribers: number;
}

/** A limit of those who follow: names the limit, the maximum and the value. */
export const tooMany = (limit: string, max: number, actual: number): WikiError =>
  new WikiError('RATE_LIMITED', `There would be ${actual} ${limit}; at most ${max} are allowed.`, {
    limit,
    max,
    actual,
  });

/** Counts who follows, and how many are too many. */
export class Crowd {
  private subscribers = 0;
  sockets = 0;

  constructor(
    readonly limits: CrowdLimits,
    private readonly hub: Hub,
  ) {}

  /** Why there is no room for one more socket; null where there is. */
  refuseSocket(): WikiError | null {
    const { subscribers: max } = this.limits;
    return this.sockets < max ? null : tooMany('sockets on this server', max, this.sockets + 1);
  }

  /** Why a token opens no further connection; null where it does. */
  refuseConnection(viewer: Viewer | null): WikiError | null {
    if (viewer?.tokenId === undefined) return null;
    const [max, open] = [this.limits.connectionsPerToken, this.hub.standings.count(viewer.tokenId)];
    return open < max ? null : tooMany('connections of this token', max, open + 1);
  }

  /**
   * Takes a place; call what it returns when it is free again.
   *
   * @throws WikiError RATE_LIMITED
   */
  enter(): () => void {
    const { subscribers: max } = this.limits;
    if (this.subscribers >= max) throw tooMany('subscribers on this server', max, this.subscribers + 1);
    this.subscribers += 1;
    let isIn = true;
    return () => {
      if (isIn) this.subscribers -= 1;
      isIn = false;
    };
  }
}
