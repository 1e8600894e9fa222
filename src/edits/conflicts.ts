import { invariant } from '../base/invariant';
import { pointer } from '../base/pointer';
import { Conflict, ConflictField, type MergePart } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { Revision } from '../model/revision';
import { sameField, sameValue } from '../rules/contents';
import type { FieldRule, FieldRules } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import { valueAt } from '../rules/merge';
import type { FieldConflict } from '../rules/merge-items';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import { findContentsDown, findRevisions, type KeptContent } from '../store/revisions';
import { gatherTexts } from './tell-changes';

const STEP = 50;

/** A conflict as the merge found it. */
export interface FoundConflict {
  readonly conflicts: readonly FieldConflict[];
  /** For long texts, by the hash of mine: what merged, and the places where it did not. */
  readonly parts: ReadonlyMap<string, readonly MergePart[]>;
}

const placeOf = ({ path }: FieldConflict): string => path.reduce<string>(pointer, '');

/** The revision that gave each place the value it holds now: the newest that changed it, of those in sight. */
async function findChangers(run: Run, entry: LockedEntry, base: number, conflicts: readonly FieldConflict[]) {
  const changers = new Map<string, number>();
  let above: KeptContent | null = null;
  for (let high = entry.latest; high >= base && changers.size < conflicts.length; high -= STEP) {
    const low = Math.max(base, high - STEP + 1);
    for (const kept of await findContentsDown(run, entry.id, { low, high })) {
      for (const conflict of conflicts) {
        const isOpen = above && !changers.has(placeOf(conflict));
        if (isOpen && !isSameAt(entry.kind, conflict.path, (above as KeptContent).content, kept.content))
          changers.set(placeOf(conflict), (above as KeptContent).number);
      }
      above = kept;
    }
  }
  return changers;
}

/** Whether two contents have the same at a place; of a whole field as the merge sees it. */
function isSameAt(kind: EntryKind, path: readonly string[], one: Content, other: Content): boolean {
  const rule = (KINDS[kind].fields as FieldRules)[path[0] ?? ''] as FieldRule;
  const [value, otherValue] = [valueAt(one, path), valueAt(other, path)];
  return path.length === 1 ? sameField(rule, value, otherValue) : sameValue(value, otherValue);
}

/** Gives long texts for their hashes; every other value is as it stands in the content. */
async function spellValues(
  run: Run,
  kind: EntryKind,
  conflicts: readonly FieldConflict[],
  newTexts: ReadonlyMap<string, string>,
) {
  const isText = ({ path }: FieldConflict): boolean =>
    path.length === 1 && (KINDS[kind].fields as FieldRules)[path[0] ?? '']?.shape === 'text';
  const hashes = conflicts
    .filter(isText)
    .flatMap(({ base, mine, theirs }) => [base, mine, theirs] as (string | null)[]);
  const texts = await gatherTexts(run, hashes, newTexts);
  return (conflict: FieldConflict, value: unknown): unknown => {
    if (isText(conflict)) return texts.get(String(value)) ?? null;
    return value === '' ? null : value;
  };
}

/** Tells a conflict in full: each place with all three values, and who changed it. */
export async function describeConflict(
  run: Run,
  entry: LockedEntry,
  base: number,
  { conflicts, parts }: FoundConflict,
  newTexts: ReadonlyMap<string, string>,
): Promise<Conflict> {
  const changers = await findChangers(run, entry, base, conflicts);
  const numbers = [...new Set([base, entry.latest, ...changers.values()])];
  const records = await findRevisions(
    run,
    'LATEST',
    numbers.map((number) => ({ entry: entry.id, number })),
  );
  const revision = (number: number): Revision => {
    const record = records.find((candidate) => candidate.number === number);
    invariant(record, `revision ${number} of a locked entry is there`);
    return new Revision(record, LATEST_NOW);
  };
  const inWords = await spellValues(run, entry.kind, conflicts, newTexts);
  return Object.assign(new Conflict(), {
    base: revision(base),
    latest: revision(entry.latest),
    fields: conflicts.map((conflict) =>
      Object.assign(new ConflictField(), {
        path: placeOf(conflict),
        base: inWords(conflict, conflict.base),
        mine: inWords(conflict, conflict.mine),
        theirs: inWords(conflict, conflict.theirs),
        // Where nobody has changed it since (the edit would rather fail than merge), it is as the newest revision has it.
        theirRevision: revision(changers.get(placeOf(conflict)) ?? entry.latest),
        parts: parts.get(String(conflict.mine)) ?? null,
      }),
    ),
  });
}
