import type { Run } from './database';

/** A long text under the hash that contents hold. Its wiki links are kept beside it, read once. */
export interface KeptText {
  hash: string;
  body: string;
}

/** Long texts by hash, in no order. */
export const findTexts = (run: Run, hashes: readonly string[]): Promise<KeptText[]> =>
  run<KeptText>('texts', 'select hash, body from text where hash = any($1::text[])', [hashes]);
