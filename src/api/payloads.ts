import type { EditPayload, EditResult } from '../model/edit';
import type { Entry } from '../model/entry';
import { LATEST_NOW, PUBLISHED_NOW } from '../model/lens';
import { KINDS } from '../rules/kinds';
import type { Scope } from '../store/scope';
import { isNewsroom, loadEntry, toEntry } from './entries';

/** An edit's answer in its kind's shape. What the request has read before is read again: it may have changed. */
export function toPayload<Payload extends EditPayload>(
  scope: Scope,
  PayloadClass: new (result: EditResult) => Payload,
  result: EditResult,
): Payload {
  scope.forget();
  return new PayloadClass(result);
}

/**
 * The entry that an edit was about, in LATEST (rules 1.5); to readers, who may watch, as the public sees it. A repeated answer shows it as the first one did: as its
 * revision left it, whatever came after.
 */
export async function entryOf<Kind extends Entry>(scope: Scope, result: EditResult): Promise<Kind | null> {
  const { entryId, revisionNumber } = result;
  if (!result.isRepeated || entryId === null || revisionNumber === null)
    return loadEntry<Kind>(scope, isNewsroom(scope) ? LATEST_NOW : PUBLISHED_NOW, entryId);
  const [now, content] = await Promise.all([
    scope.loaders.entries(LATEST_NOW).load(entryId),
    scope.loaders.contents.load({ entry: entryId, number: revisionNumber }),
  ]);
  if (!now || !content) return null;
  const rules = KINDS[now.kind];
  const slug = rules.hasSlug ? String(content.slug) : null;
  const record = { ...now, content, title: rules.title(content), slug, latestRevision: revisionNumber, revisionNumber };
  return toEntry(record, LATEST_NOW) as Kind;
}
