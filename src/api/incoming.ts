import type { Entry } from '../model/entry';
import { lensKey } from '../model/lens';
import type { Page } from '../model/page';
import { toRecord } from '../store/entries';
import { incomingKey, type Referrers } from '../store/incoming';
import { makePage, type PageArguments, readPageRequest } from '../store/pages';
import type { Scope } from '../store/scope';
import { toEntry } from './entries';

/** A page of the entries that refer to a given one, newest link first. */
export async function incomingPage<Kind extends Entry>(
  scope: Scope,
  parent: Entry,
  referrers: Referrers,
  args: PageArguments,
): Promise<Page<Kind>> {
  const { cursors, pages } = scope.newsroom;
  const { lens, id } = parent;
  const which = JSON.stringify(referrers);
  const request = readPageRequest(`incoming ${lensKey(lens)} ${which} ${id}`, args, pages, cursors);
  // What the loader batches by must be the same for all parents of a level: everything but whose list it is.
  const shared = { ...request, list: which };
  const rows = await scope.loaders.incoming(lens, referrers, shared).load(id);
  return makePage(
    rows,
    request,
    incomingKey,
    (row) => toEntry(toRecord(row), lens) as Kind,
    cursors,
    () => scope.loaders.incomingCount(lens, referrers).load(id),
  );
}
