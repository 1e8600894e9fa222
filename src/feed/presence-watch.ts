import type { PresentRecord } from '../model/comment';
import type { Run } from '../store/database';
import { findPresentIn } from '../store/presence';

/** As often as this it is looked who has open what is watched. */
const LOOK_EVERY_MS = 1000;

interface Watched {
  watchers: number;
  /** As it was last seen; undefined before the first look. */
  present: readonly PresentRecord[] | undefined;
  text: string;
}

/** One who wants to know who has an entry open. */
export interface Watcher {
  /** Who is there, at first and then whenever it has changed; null now and then where it has not. */
  next(): Promise<readonly PresentRecord[] | null>;
  leave(): void;
}

/** Looks who has entries open, for a whole process: one statement a second, however many watch. */
export class PresenceWatch {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly run: Run,
    private readonly onError: (error: unknown) => void,
  ) {}

  watch(entry: string): Watcher {
    const watched = this.watched.get(entry) ?? { watchers: 0, present: undefined, text: '' };
    watched.watchers += 1;
    this.watched.set(entry, watched);
    if (!this.timer) this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    if (watched.present === undefined) this.look();
    let told: string | null = null;
    let isGone = false;
    return {
      next: async () => {
        if (told === watched.text || watched.present === undefined) await this.nextLook();
        if (told === watched.text || watched.present === undefined) return null;
        told = watched.text;
        return watched.present;
      },
      leave: () => {
        if (isGone) return;
        isGone = true;
        watched.watchers -= 1;
        if (watched.watchers === 0) this.watched.delete(entry);
        if (this.watched.size === 0) this.stop();
      },
    };
  }

  /** Nobody is looked for any more; whoever waits is let go. */
  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.letGo();
  }

  private waiting: Promise<void> | null = null;
  private letGo: () => void = () => undefined;

  private nextLook(): Promise<void> {
    this.waiting ??= new Promise((resolve) => {
      this.letGo = () => {
        this.waiting = null;
        resolve();
      };
    });
    return this.waiting;
  }

  private look(): void {
    this.looking = this.looking.then(() => this.lookNow()).catch(this.onError);
  }

  private async lookNow(): Promise<void> {
    const entries = [...this.watched.keys()];
    if (entries.length === 0) return;
    const found = await findPresentIn(this.run, entries);
    for (const entry of entries) {
      const watched = this.watched.get(entry);
      if (!watched) continue;
      watched.present = found.filter((record) => record.entry === entry);
      watched.text = JSON.stringify(watched.present);
    }
    this.letGo();
  }
}
