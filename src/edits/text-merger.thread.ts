import { parentPort } from 'node:worker_threads';
import { mergeTexts, type TextMerge } from '../rules/text-merge';

/** What the thread is sent: three versions of a text. */
export interface TextsToMerge {
  base: string;
  mine: string;
  theirs: string;
}

/** What the thread answers, one after the other: that it has begun, so that its time counts, and what the texts come to. */
export type ThreadAnswer = 'BEGUN' | TextMerge;

const answer = (what: ThreadAnswer): void => parentPort?.postMessage(what);

parentPort?.on('message', ({ base, mine, theirs }: TextsToMerge) => {
  answer('BEGUN');
  answer(mergeTexts(base, mine, theirs));
});
