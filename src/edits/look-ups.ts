import { Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import { referencesOf } from '../rules/contents';
import type { Reading, Reference } from '../rules/fields';
import type { Run } from '../store/database';
import { type Edge, findEdges, findFormerItems, findTargets, type Target } from '../store/references';
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
    const target = byId.get(reference.to);
    if ((target?.root ?? reference.to) === self && (reference.kinds?.includes(kind) ?? true))
      return [
        new Problem('CYCLE', `${inWords(reference.path)}: an entry cannot refer to itself here.`, reference.path),
      ];
    return referenceProblem(reference, target) ?? [];
  });
}

/** What a view is to show of an entry. */
export interface Shown {
  kind: EntryKind;
  entry: string;
  view: View;
  content: Content;
}

/** Where following a field leads from each entry, in a view, once a write is done. */
export type Paths = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const pathKey = (view: View, field: string): string => `${view} ${field}`;

const acyclicReferences = ({ kind, content }: Shown): Reference[] =>
  [...referencesOf(kind, content)].filter((reference) => reference.acyclic);

/**
 * The ways on which circles may lie, as they will be with all that a write is to show. Asked under the position lock:
 * between look and write nobody else links.
 */
export async function findPaths(run: Run, all: readonly Shown[]): Promise<Paths> {
  const pending = new Map<string, { view: View; field: string; edges: Edge[] }>();
  for (const shown of all)
    for (const { field, to } of acyclicReferences(shown)) {
      const { view, entry } = shown;
      const found = pending.get(pathKey(view, field)) ?? { view, field, edges: [] };
      found.edges.push({ from: entry, to });
      pending.set(pathKey(view, field), found);
    }
  const paths = new Map<string, Map<string, string[]>>();
  for (const [key, { view, field, edges }] of pending) {
    const replaced = all.filter((shown) => shown.view === view).map(({ entry }) => entry);
    const kept = await findEdges(run, { view, field, starts: edges.map(({ to }) => to), replaced });
    const next = new Map<string, string[]>();
    for (const { from, to } of [...edges, ...kept]) next.set(from, [...(next.get(from) ?? []), to]);
    paths.set(key, next);
  }
  return paths;
}

/** Circles that what views are to show of an entry would close. */
export function cyclesIn(paths: Paths, shown: readonly Shown[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const one of shown)
    for (const { field, to, path } of acyclicReferences(one))
      if (!problems.has(path) && leadsTo(paths.get(pathKey(one.view, field)), to, one.entry))
        problems.set(path, new Problem('CYCLE', `${inWords(path)}: that would close a circle.`, path));
  return [...problems.values()];
}

/** Whether steps lead from one entry to another; from itself each is reached at once. */
export function leadsTo(
  next: ReadonlyMap<string, readonly string[]> | undefined,
  start: string,
  goal: string,
): boolean {
  const reached = new Set([start]);
  for (const entry of reached) for (const to of next?.get(entry) ?? []) reached.add(to);
  return reached.has(goal);
}

/** Circles that what views are to show of an entry would close, where the write is of nothing else. */
export const findCycles = async (run: Run, shown: readonly Shown[], all: readonly Shown[]): Promise<Problem[]> =>
  cyclesIn(await findPaths(run, all), shown);

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
