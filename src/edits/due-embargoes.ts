import type { Problem } from '../model/edit';
import type { Content } from '../model/entry';
import { referencesOf } from '../rules/contents';
import type { Run } from '../store/database';
import { type DueEntry, findLostSupport, type LockedDue } from '../store/embargoes';
import { noteUnsettled } from '../store/unsettled';
import { type EntryWrite, writeEntries } from '../store/write';
import { type Becoming, findErrors, keyOf } from './gate';
import { cyclesIn, findPaths, type Shown } from './look-ups';
import type { FoundQuotes } from './quotes';

const add = (lists: Map<string, string[]>, key: string, id: string): void => {
  const list = lists.get(key);
  if (list) list.push(id);
  else lists.set(key, [id]);
};

/**
 * Cuts what is due into parts that are lifted one after the other, each of at least so many entries. What one write put under
 * its embargo is in one part; what an entry needs is in the same part or an earlier one, and so are a claim's citations.
 */
export function inParts(due: readonly DueEntry[], least: number): string[][] {
  const known = new Map(due.map((one) => [one.id, one]));
  const [mates, citations] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { id, group, about } of due) {
    add(mates, group, id);
    if (about) add(citations, about, id);
  }
  const parts: string[][] = [];
  const taken = new Set<string>();
  let part: string[] = [];
  for (const seed of due) {
    const open = [seed.id];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const one = known.get(id);
      if (!one || taken.has(id)) continue;
      taken.add(id);
      part.push(id);
      open.push(...one.needs, ...(one.about ? [one.about] : []));
      open.push(...(mates.get(one.group) ?? []), ...(one.kind === 'CLAIM' ? (citations.get(id) ?? []) : []));
    }
    if (part.length >= least) {
      parts.push(part);
      part = [];
    }
  }
  return part.length > 0 ? [...parts, part] : parts;
}

/** What is due and locked, with the contents that are to be public, and what was found of their quotations. */
export interface Due {
  entries: readonly LockedDue[];
  contents: ReadonlyMap<string, Content>;
  quotes: FoundQuotes;
}

const toBecoming = (due: Due, from: Date | null): Becoming[] =>
  due.entries.map(({ id, kind }) => ({
    entry: id,
    kind,
    content: due.contents.get(id) as Content,
    before: null,
    from,
  }));

/** What stands against publishing, by entry: checks that are ERRORs and were not overridden, and circles. */
async function findObstacles(run: Run, due: Due, from: Date | null): Promise<ReadonlyMap<string, Problem[]>> {
  const becoming = toBecoming(due, from);
  const errors = await findErrors(run, becoming, due.quotes);
  const shown = becoming.map(({ entry, kind, content }): Shown => ({ entry, kind, view: 'PUBLISHED', content }));
  const paths = await findPaths(run, shown);
  const obstacles = due.entries.map(({ id, overridden }, index): [string, Problem[]] => [
    id,
    [
      ...(errors.get(id) ?? []).filter((problem) => !overridden.includes(keyOf(problem))),
      ...cyclesIn(paths, shown.slice(index, index + 1)),
    ],
  ]);
  return new Map(obstacles.filter(([, problems]) => problems.length > 0));
}

/**
 * What of all that is due may be public now. The gate is asked again, for much may have happened since it was put under its
 * embargo: what fails goes back to the editors, and so does what then rests on nothing. What only waits for something that
 * is due as well, but held by somebody else, stays for the next look, with all that was put under its embargo with it. Under
 * the position lock.
 */
export async function sortDue(run: Run, given: Due): Promise<{ lifted: readonly LockedDue[]; returned: number }> {
  const now = new Date(Math.max(...given.entries.map(({ at }) => at.getTime())));
  let due = given;
  for (let returned = 0; ;) {
    const obstacles = await findObstacles(run, due, null);
    if (obstacles.size === 0) return { lifted: due.entries, returned };
    const lasting = await findObstacles(run, due, now);
    const failed = due.entries.filter(({ id }) => lasting.has(id));
    // At once, so that what rests on it does not take it for something that is about to be public.
    await giveBack(run, failed, due, lasting);
    returned += failed.length;
    const waiting = new Set(
      due.entries.filter(({ id }) => obstacles.has(id) && !lasting.has(id)).map(({ group }) => group),
    );
    const entries = due.entries.filter(({ id, group }) => !lasting.has(id) && !waiting.has(group));
    if (entries.length === 0) return { lifted: [], returned };
    due = { ...due, entries };
  }
}

/** Gives back to the editors what must not be public: as it stood before its embargo, and unsettled by what is in its way. */
async function giveBack(
  run: Run,
  failed: readonly LockedDue[],
  { contents }: Due,
  obstacles: ReadonlyMap<string, readonly Problem[]>,
): Promise<void> {
  if (failed.length === 0) return;
  const unsourced = failed.filter(({ id }) => obstacles.get(id)?.[0]?.check === 'UNSOURCED').map(({ id }) => id);
  const lost = new Map(
    (unsourced.length > 0 ? await findLostSupport(run, unsourced) : []).map(({ claim, citation }) => [claim, citation]),
  );
  const causeOf = ({ id, kind }: LockedDue): string => {
    const [first] = obstacles.get(id) ?? [];
    const named = [...referencesOf(kind, contents.get(id) as Content)].find(({ path }) => path === first?.path);
    return first?.entryId ?? named?.to ?? lost.get(id) ?? id;
  };
  await writeEntries(
    run,
    failed.map((entry) => ({
      ...unwritten(entry),
      state: entry.wasPublic ? 'WITHDRAWN' : 'DRAFT',
      change: { kind: 'UNSETTLED', publicKind: null, cause: causeOf(entry) },
      showings: [],
    })),
  );
  await noteUnsettled(
    run,
    failed.map(({ id }) => id),
  );
}

/** An entry's part in a write of the newsroom's own, which ends its embargo and makes no revision. */
export const unwritten = ({
  id,
  kind,
  latest,
  published,
  accepted,
}: LockedDue): Omit<EntryWrite, 'state' | 'change' | 'showings'> => ({
  entry: id,
  kind,
  author: null,
  was: { latest, published, accepted },
  revision: null,
  accept: null,
  dismiss: null,
  embargoUntil: null,
  isSubmitted: null,
  latest,
  published,
  accepted,
  leavesPublic: false,
});
