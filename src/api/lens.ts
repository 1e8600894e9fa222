import type { Lens, View } from '../model/lens';
import { LATEST_NOW, PUBLISHED_NOW } from '../model/lens';
import { assertMayEver } from '../edits/rights';
import type { Scope } from '../store/scope';

/**
 * The lens that a root field was asked for.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN where LATEST is not for this viewer.
 */
export function lensFor(scope: Scope, view: View): Lens {
  if (view === 'PUBLISHED') return PUBLISHED_NOW;
  assertMayEver(scope, 'READ_LATEST');
  return LATEST_NOW;
}
