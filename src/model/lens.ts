import { registerEnumType } from 'type-graphql';
import { words } from '../base/words';

export const View = words('PUBLISHED', 'LATEST');
export type View = keyof typeof View;
registerEnumType(View, {
  name: 'View',
  description:
    'PUBLISHED: the accepted revision, what the public may see. LATEST: the newest revision; needs at least CONTRIBUTOR.',
});

/**
 * Through what a reader looks: a view, now (`asOf` null) or as it was at a position of the ledger. Chosen at a root field
 * and carried by every entry below it; loaders are keyed by it, so one answer never mixes two moments or two audiences.
 */
export interface Lens {
  readonly view: View;
  /** Position of the ledger; null is now. */
  readonly asOf: bigint | null;
}

/** The lens of what is written and read by those who edit. */
export const LATEST_NOW: Lens = Object.freeze({ view: 'LATEST', asOf: null });

/** The lens of the public. */
export const PUBLISHED_NOW: Lens = Object.freeze({ view: 'PUBLISHED', asOf: null });

/** Distinguishes lenses in maps. */
export const lensKey = (lens: Lens): string => `${lens.view}@${lens.asOf ?? 'now'}`;
