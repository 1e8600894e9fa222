import { isUuid } from '../base/node-id';
import { Actor } from '../model/actor';
import { Citation } from '../model/citation';
import { Claim } from '../model/claim';
import { Document } from '../model/document';
import type { Entry, EntryKind, EntryRecord } from '../model/entry';
import { Event } from '../model/event';
import type { Lens } from '../model/lens';
import { Story } from '../model/story';
import { mayEver } from '../rules/policy';
import type { AskedBy } from '../store/entries';
import type { Scope } from '../store/scope';

type EntryClass = new (record: EntryRecord<never>, lens: Lens) => Entry;

const CLASSES: Readonly<Record<EntryKind, EntryClass>> = {
  STORY: Story,
  ACTOR: Actor,
  EVENT: Event,
  CLAIM: Claim,
  DOCUMENT: Document,
  CITATION: Citation,
};

/** The entry that a record is, seen through a lens. */
export const toEntry = (record: EntryRecord, lens: Lens): Entry =>
  new CLASSES[record.kind](record as EntryRecord<never>, lens);

/**
 * An entry by id through a lens; null for what is not there, and for what the lens does not show. For one that was merged into
 * another, that other.
 *
 * @param by whether a content refers to it or a reader names it: of what was merged unseen readers are not told.
 */
export async function loadEntry<Kind extends Entry = Entry>(
  scope: Scope,
  lens: Lens,
  id: string | null,
  by: AskedBy = 'REFERENCE',
): Promise<Kind | null> {
  if (id === null || !isUuid(id)) return null;
  scope.spendItems(1);
  const record = await scope.loaders.entries(lens, by).load(id);
  return record && (toEntry(record, lens) as Kind);
}

/** Whether this viewer belongs to the newsroom: sees drafts, authors, and what is for its eyes. */
export const isNewsroom = (scope: Scope): boolean => mayEver(scope.viewer, 'READ_LATEST');

/**
 * Items of a list, without those that are nothing without a reference which the lens does not show (rules 1.2). All
 * their references are fetched at once, so that the items' own fields find them loaded.
 */
export async function visibleItems<Item>(
  scope: Scope,
  lens: Lens,
  items: readonly Item[],
  referenceOf: (item: Item) => string | null,
): Promise<Item[]> {
  scope.spendItems(items.length);
  const ids = items.map(referenceOf);
  const loader = scope.loaders.entries(lens);
  const records = await Promise.all(ids.map((id) => (id === null ? null : loader.load(id))));
  return items.filter((_, index) => ids[index] === null || records[index] !== null);
}

/** The entries of a set of references, without those that the lens does not show. */
export async function loadVisible<Kind extends Entry>(
  scope: Scope,
  lens: Lens,
  ids: readonly string[],
): Promise<Kind[]> {
  const entries = await Promise.all(ids.map((id) => loadEntry<Kind>(scope, lens, id)));
  const visible = entries.filter((entry): entry is Awaited<Kind> => entry !== null);
  return [...new Map(visible.map((entry) => [entry.id, entry])).values()]; // two references may lead to one entry
}

/** A long text by the hash that a content holds. */
export const loadText = async (scope: Scope, hash: string | null): Promise<string | null> =>
  hash === null ? null : scope.loaders.texts.load(hash);
