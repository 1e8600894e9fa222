import { Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import { referencesOf } from '../rules/contents';
import type { Reading, Reference } from '../rules/fields';
import type { Run } from '../store/database';
import { findFormerItems, findTargets, leadsTo, type PendingReferences, type Target } from '../store/references';
import { noSuchEntry } from './input';

const KIND_IN_WORDS: Readonly<Record<EntryKind, string>> = {
  STORY: 'a story',
  ACTOR: 'an actor',
  EVENT: 'an event',
  CLAIM: 'a claim',
  DOCUMENT: 'a document',
  CITATION: 'a citation',
};

const inWords = (path: string): string => path.slice(1).replaceAll('/', '.');

function referenceProblem(reference: Reference, target: Target | undefined): Problem | null {
  const { path, kinds } = reference;
  if (!target) return noSuchEntry(path);
  if (kinds && !kinds.includes(target.kind)) {
    const wanted = kinds.map((kind) => KIND_IN_WORDS[kind]).join(' or ');
    return new Problem('INVALID', `${inWords(path)} must be ${wanted}; it is ${KIND_IN_WORDS[target.kind]}.`, path);
  }
  if (target.state === 'DELETED')
    return new Problem('GONE', `${inWords(path)}: this entry was deleted.`, path, target.id);
  return null;
}

const place = ({ field, to }: Reference): string => `${field} ${to}`;

/** A content whose references are looked at, and what is known of them. */
export interface Referring {
  kind: EntryKind;
  content: Content;
  /** The entry itself. */
  self: string;
  /** Contents of the entry that are kept: what they refer to, in the same field, is not looked at again. */
  known: readonly Content[];
  /** Entries that the same write makes. */
  newcomers: readonly Target[];
}

/**
 * What is wrong with the references of a content: leading nowhere, to the wrong kind, to what was deleted, or back to the
 * entry itself.
 */
export async function findReferenceProblems(
  run: Run,
  { kind, content, self, known, newcomers }: Referring,
): Promise<Problem[]> {
  const standing = new Set(known.flatMap((kept) => [...referencesOf(kind, kept)].map(place)));
  const fresh = [...referencesOf(kind, content)].filter((reference) => !standing.has(place(reference)));
  if (fresh.length === 0) return [];
  const targets = await findTargets(run, [...new Set(fresh.map((reference) => reference.to))]);
  const byId = new Map([...newcomers, ...targets].map((target) => [target.id, target]));
  return fresh.flatMap((reference) => {
    if (reference.to === self && (reference.kinds?.includes(kind) ?? true))
      return [
        new Problem('CYCLE', `${inWords(reference.path)}: an entry cannot refer to itself here.`, reference.path),
      ];
    return referenceProblem(reference, byId.get(reference.to)) ?? [];
  });
}

/** What a view is to show of an entry. */
export interface Shown {
  kind: EntryKind;
  entry: string;
  view: View;
  content: Content;
}

/**
 * Circles that what views are to show of an entry would close. Asked under the position lock: between look and write nobody
 * else links.
 *
 * @param all everything that the same write is to show: circles may run through several of its entries.
 */
export async function findCycles(run: Run, shown: readonly Shown[], all: readonly Shown[]): Promise<Problem[]> {
  const problems = new Map<string, Problem>();
  for (const { kind, entry, view, content } of shown)
    for (const { acyclic, field, to: start, path } of referencesOf(kind, content)) {
      if (!acyclic || problems.has(path)) continue;
      if (await leadsTo(run, { view, field, start, goal: entry }, pendingIn(view, field, all)))
        problems.set(path, new Problem('CYCLE', `${inWords(path)}: that would close a circle.`, path));
    }
  return [...problems.values()];
}

function pendingIn(view: View, field: string, all: readonly Shown[]): PendingReferences {
  const inView = all.filter((shown) => shown.view === view);
  const by = inView.flatMap(({ kind, entry, content }) =>
    [...referencesOf(kind, content)]
      .filter((reference) => reference.field === field)
      .map((reference) => ({ from: entry, to: reference.to })),
  );
  return { of: inView.map(({ entry }) => entry), by };
}

type Items = readonly { id: string }[];

const itemIds = (content: Content | null, list: string): string[] =>
  ((content?.[list.slice(1)] ?? []) as Items).map((item) => item.id);

/** Ids of items that the input takes for existing ones, but that the entry never had. */
export async function findUnknownItems(
  run: Run,
  entry: string | null,
  reading: Reading,
  known: readonly (Content | null)[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const list of new Set(reading.claimedItems.map((claimed) => claimed.list))) {
    const had = new Set(known.flatMap((content) => itemIds(content, list)));
    const strange = reading.claimedItems.filter((claimed) => claimed.list === list && !had.has(claimed.id));
    if (strange.length === 0) continue;
    const ids = strange.map((claimed) => claimed.id);
    const former = new Set(entry ? await findFormerItems(run, entry, list.slice(1), ids) : []);
    for (const { id, path } of strange)
      if (!former.has(id))
        problems.push(
          new Problem(
            'INVALID',
            `${inWords(path)}: the list never had an item ${id}; leave the id out for a new one.`,
            path,
          ),
        );
  }
  return problems;
}
