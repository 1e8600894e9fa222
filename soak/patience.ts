import { setMaxListeners } from 'node:events';

/**
 * How long a soak waits for something to come about. How long it takes in all says more of the machine than of the program; that
 * nothing moves any more is a fault.
 */
export class Patience {
  /** Aborted once nothing has come about for too long. */
  readonly isOver: AbortSignal;
  private readonly timer: NodeJS.Timeout;

  constructor(seconds: number) {
    const ending = new AbortController();
    this.isOver = ending.signal;
    setMaxListeners(0, this.isOver);
    const reason = new Error(`Nothing has come about for ${seconds} s.`);
    this.timer = setTimeout(() => ending.abort(reason), seconds * 1000);
  }

  /** Something has come about that cannot come about for ever. */
  renew(): void {
    this.timer.refresh();
  }

  /** Nothing is waited for any more. */
  end(): void {
    clearTimeout(this.timer);
  }
}
