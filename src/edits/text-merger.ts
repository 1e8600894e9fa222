// Merging long texts is the only work on an edit that may take long, and rules/ knows no threads.
import { Worker } from 'node:worker_threads';
import { WikiError } from '../base/errors';
import { mergeTexts, type TextMerge } from '../rules/text-merge';
import type { TextsToMerge, ThreadAnswer } from './text-merger.thread';

/**
 * Three texts of so many UTF-16 units together are merged in place. Measured: made to be slow they take 4 to 15 ms, an
 * editor's 0.1 ms; a thread takes 0.4 ms more, and 40 ms to start.
 */
const MOST_IN_PLACE = 20_000;

/** How a merger works. */
export interface TextMergerOptions {
  /** Merges at a time, each in a thread of its own. */
  readonly threads: number;
  /** Longest work on one merge, in ms: beyond, the texts count as too different to compare. */
  readonly workMs: number;
  /** Longest wait for a thread, in ms. */
  readonly waitMs: number;
  /** The JavaScript file that a thread runs. */
  readonly file: string;
}

// More threads would only take the processor from each other and from the event loop. The wait is as long as the one for a
// connection to the database (store/database.ts); with the work it stays below what Postgres lets a transaction idle.
const DEFAULTS: TextMergerOptions = {
  threads: 2,
  workMs: 1_000,
  waitMs: 3_000,
  file: require.resolve('./text-merger.thread.js'),
};

/** A thread, which merges one after the other. It holds the process only while it works. */
class MergeThread {
  private readonly worker: Worker;
  private job: { resolve(merge: TextMerge | null): void; reject(error: Error): void } | null = null;
  private clock: NodeJS.Timeout | undefined;
  /** Why it can work no more. */
  private failure: Error | null = null;

  constructor(private readonly options: TextMergerOptions) {
    this.worker = new Worker(options.file, { name: 'text-merger' });
    this.worker.unref();
    this.worker.on('message', (answer: ThreadAnswer) => (answer === 'BEGUN' ? this.startClock() : this.finish(answer)));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`The thread that merges texts ended with ${code}.`)));
  }

  get isUsable(): boolean {
    return this.failure === null;
  }

  /** What the texts come to; null where it takes too long. The thread is not usable after that, nor after an error. */
  merge(texts: TextsToMerge): Promise<TextMerge | null> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.job = { resolve, reject };
      this.worker.ref();
      this.worker.postMessage(texts);
    });
  }

  private startClock(): void {
    const { job } = this;
    // Where this process was held by something else, the answer may be there already: it is read before the immediate.
    this.clock = setTimeout(() => setImmediate(() => this.giveUp(job)), this.options.workMs);
  }

  private giveUp(job: typeof this.job): void {
    if (this.job !== job) return;
    this.failure = new Error('The thread that merges texts took too long.');
    void this.worker.terminate();
    this.finish(null);
  }

  private finish(merge: TextMerge | null): void {
    clearTimeout(this.clock);
    this.worker.unref();
    this.job?.resolve(merge);
    this.job = null;
  }

  private fail(error: Error): void {
    clearTimeout(this.clock);
    this.failure ??= error;
    this.job?.reject(this.failure);
    this.job = null;
  }
}

/** Merges long texts beside the event loop, so that one editor's texts hold up nobody else's request. */
export class TextMerger {
  private readonly options: TextMergerOptions;
  private readonly idle: MergeThread[] = [];
  private readonly waiting: (() => void)[] = [];
  private working = 0;

  constructor(options: Partial<TextMergerOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
  }

  /**
   * What `mergeTexts` makes of the texts; where that takes longer than `workMs` (the wait for a thread and its start not
   * counted) they are one conflict, as texts too large to compare are.
   *
   * @throws WikiError SERVICE_UNAVAILABLE where so much is being merged that no thread is free within `waitMs`.
   */
  async merge(base: string, mine: string, theirs: string): Promise<TextMerge> {
    if (base.length + mine.length + theirs.length <= MOST_IN_PLACE) return mergeTexts(base, mine, theirs);
    await this.takeTurn();
    try {
      const thread = this.idle.pop() ?? new MergeThread(this.options);
      const merge = await thread.merge({ base, mine, theirs });
      if (thread.isUsable) this.idle.push(thread);
      return merge ?? { merged: null, parts: [{ base, mine, theirs }] };
    } finally {
      this.passTurn();
    }
  }

  private takeTurn(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.working < this.options.threads) {
        this.working += 1;
        return resolve();
      }
      const turn = (): void => {
        clearTimeout(clock);
        resolve();
      };
      const clock = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(tooBusy());
      }, this.options.waitMs);
      this.waiting.push(turn);
    });
  }

  private passTurn(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.working -= 1;
  }
}

const tooBusy = (): WikiError =>
  new WikiError('SERVICE_UNAVAILABLE', 'Too many long texts are being merged. Nothing was written; try again.', {
    retryAfterSeconds: 1,
  });

const merger = new TextMerger();

/**
 * Merges three versions of a text as `mergeTexts` does, long ones in a thread beside (`TextMerger`).
 *
 * @throws WikiError SERVICE_UNAVAILABLE where too much is being merged.
 */
export const mergeTextsAside = (base: string, mine: string, theirs: string): Promise<TextMerge> =>
  merger.merge(base, mine, theirs);
