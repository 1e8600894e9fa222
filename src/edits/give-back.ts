import { invariant } from '../base/invariant';
import { pointer } from '../base/pointer';
import { type Problem, warning } from '../model/edit';
import type { Content } from '../model/entry';
import { settle } from '../rules/contents';
import { holdSame, joinContents, stillIn } from '../rules/join';
import type { FieldConflict } from '../rules/merge-items';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import { findMergedInto, type Redirect } from '../store/redirects';
import { findContents } from '../store/revisions';
import type { Scope } from '../store/scope';
import { startReading } from './input';
import { mergeEdit } from './merge-edit';
import { Decisions, NO_DECISIONS } from './resolve';

/** What an entry is when one that was merged into it is parted from it. */
export interface Given {
  /** What it was until now. */
  latest: Content;
  content: Content;
  /** What somebody should look at. */
  remarks: readonly Problem[];
  /** What it is to take over again: what others that were merged into it later have brought as well, in the order of merging. */
  again: readonly { entry: string; content: Content }[];
}

interface Side {
  content: Content;
  remarks: readonly Problem[];
}

/**
 * What the survivor of a merge is without it: all that its MERGE revision brought, merged out of what stands there now. What
 * somebody worked on since stays with it, and is told. Where an entry that was merged later has some of the same, that stays:
 * what came later is taken off, and put on again.
 */
export async function giveBack(scope: Scope, run: Run, survivor: LockedEntry, redirect: Redirect): Promise<Given> {
  const { kind, id } = survivor;
  const merged = await findMergedInto(run, id);
  const later = merged.filter((one) => one.mergedInto === id && one.revision > redirect.revision);
  const numbers = [redirect, ...later].flatMap(({ revision }) => [revision - 1, revision]);
  const addresses = [...new Set([...numbers, survivor.latest])].map((number) => ({ entry: id, number }));
  const kept = new Map((await findContents(run, addresses, 'KEPT')).map(({ number, content }) => [number, content]));
  const latest = kept.get(survivor.latest);
  invariant(latest, 'the newest revision of an entry has its content');
  const without = ({ revision }: Redirect, from: Content): Promise<Side> =>
    takeOff(scope, run, survivor, { before: kept.get(revision - 1), after: kept.get(revision), latest: from });
  const alone = await without(redirect, latest);
  if (later.length === 0) return { latest, ...alone, again: [] };

  let under = latest;
  for (const one of later.toReversed()) under = (await without(one, under)).content;
  const bare = await without(redirect, under);
  const rootOf = rootsWithout(merged, redirect.entry);
  const theirs = await findLatest(run, later);
  let joined = bare.content;
  const again = later.map(({ entry }) => {
    const from = stillIn({ kind, into: latest, from: theirs(entry), rootOf });
    joined = settle(
      kind,
      joinContents({ kind, into: joined, from, survivor: id, rootOf }),
      startReading(scope.newsroom),
    );
    return { entry, content: joined };
  });
  return holdSame(kind, joined, alone.content) ? { latest, ...alone, again: [] } : { latest, ...bare, again };
}

/** Who answers for whom once an entry stands for itself again, with what was merged into it. */
function rootsWithout(merged: readonly Redirect[], parted: string): (id: string) => string {
  const into = new Map(merged.map((one) => [one.entry, one]));
  const rootOf = (id: string): string => {
    for (let at = into.get(id); at; at = into.get(at.mergedInto))
      if (at.entry === parted || at.mergedInto === parted) return parted;
    return into.get(id)?.into ?? id;
  };
  return rootOf;
}

async function findLatest(run: Run, merged: readonly Redirect[]): Promise<(entry: string) => Content> {
  const addresses = merged.map(({ entry, latest }) => ({ entry, number: latest }));
  const found = new Map((await findContents(run, addresses, 'KEPT')).map(({ entry, content }) => [entry, content]));
  return (entry) => {
    const content = found.get(entry);
    invariant(content, 'the newest revision of an entry has its content');
    return content;
  };
}

const erased = (): Problem =>
  warning('CHECK', 'What it took over was erased from its history; look at what stands there still.', null);

async function takeOff(
  scope: Scope,
  run: Run,
  { kind, id }: LockedEntry,
  { before, after, latest }: { before: Content | undefined; after: Content | undefined; latest: Content },
): Promise<Side> {
  if (!before || !after) return { content: latest, remarks: [erased()] };
  const standpoints = { base: after, latest, isStale: true };
  let conflicts: readonly FieldConflict[] = [];
  for (const decisions of [() => NO_DECISIONS, () => leaving(conflicts)]) {
    const reading = startReading(scope.newsroom);
    const merge = await mergeEdit(run, kind, standpoints, before, reading, { decisions: decisions(), failing: false });
    if (merge.content) return { content: merge.content, remarks: conflicts.map(({ path }) => stays(path, id)) };
    conflicts = merge.conflicts;
  }
  return { content: latest, remarks: conflicts.map(({ path }) => stays(path, id)) };
}

const pathOf = (segments: readonly string[]): string => segments.reduce<string>(pointer, '');

/** What was worked on since stays as it is. */
const leaving = (conflicts: readonly FieldConflict[]): Decisions =>
  new Decisions(new Map(conflicts.map(({ path }) => [pathOf(path), { place: '', decision: { take: 'THEIRS' } }])));

const stays = (path: readonly string[], entry: string): Problem =>
  warning(
    'CHECK',
    'It came with the merged entry and was worked on since, so it stays; look whose it is.',
    pathOf(path),
    entry,
  );
