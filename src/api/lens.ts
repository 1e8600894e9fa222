import { badInput } from '../base/errors';
import type { Lens, View } from '../model/lens';
import { LATEST_NOW, PUBLISHED_NOW } from '../model/lens';
import { assertMayEver } from '../edits/rights';
import type { Moment } from '../store/moments';
import type { Scope } from '../store/scope';
import type { AsOf, LensArgs } from './lens.inputs';

/**
 * The lens of a root field that shows what is there now.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN where LATEST is not for this viewer.
 */
export function lensFor(scope: Scope, view: View): Lens {
  if (view === 'PUBLISHED') return PUBLISHED_NOW;
  assertMayEver(scope, 'READ_LATEST');
  return LATEST_NOW;
}

/**
 * The lens that a root field was asked for, now or as of a moment.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN; BAD_USER_INPUT for a time to come; CURSOR_INVALID
 */
export async function lensAsOf(scope: Scope, { view, asOf }: LensArgs): Promise<Lens> {
  const now = lensFor(scope, view);
  if (!asOf) return now;
  const { moments } = scope.newsroom;
  return { view, asOf: await moments.findPosition(scope.run, readMoment(asOf), 'asOf') };
}

// GraphQL sees to "exactly one" where it reads variables; the query compiler does not.
function readMoment({ time, cursor }: AsOf): Moment {
  if (time instanceof Date && typeof cursor !== 'string') return { time };
  if (typeof cursor === 'string' && !time) return { cursor };
  throw badInput('asOf', 'give exactly one of time and cursor.');
}
