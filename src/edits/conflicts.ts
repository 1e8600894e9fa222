import { invariant } from '../base/invariant';
import { pointer } from '../base/pointer';
import { Conflict, ConflictField } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { Revision } from '../model/revision';
import { sameField } from '../rules/contents';
import type { FieldRule, FieldRules } from '../rules/fields';
import { KINDS } from '../rules/kinds';
import type { FieldConflict } from '../rules/merge';
import type { Run } from '../store/database';
import type { LockedEntry } from '../store/locks';
import { findContentsDown, findRevisions } from '../store/revisions';
import { gatherTexts } from './tell-changes';

const STEP = 50;

/** The revision that gave each field the value it holds now: the newest that changed it. */
async function findChangers(run: Run, entry: LockedEntry, base: number, fields: readonly string[]) {
  const rules = KINDS[entry.kind].fields as FieldRules;
  const changers = new Map<string, number>();
  let above: Content | null = null;
  for (let high = entry.latest; high >= base && changers.size < fields.length; high -= STEP) {
    for (const { number, content } of await findContentsDown(run, entry.id, { low: base, high, limit: STEP })) {
      for (const field of fields)
        if (above && !changers.has(field) && !sameField(rules[field] as FieldRule, above[field], content[field]))
          changers.set(field, number + 1);
      above = content;
    }
  }
  return changers;
}

/** Gives long texts for their hashes; every other value is as it stands in the content. */
async function spellValues(
  run: Run,
  kind: EntryKind,
  conflicts: readonly FieldConflict[],
  newTexts: ReadonlyMap<string, string>,
) {
  const isText = (field: string): boolean => (KINDS[kind].fields as FieldRules)[field]?.shape === 'text';
  const hashes = conflicts
    .filter(({ field }) => isText(field))
    .flatMap(({ base, mine, theirs }) => [base, mine, theirs] as (string | null)[]);
  const texts = await gatherTexts(run, hashes, newTexts);
  return (field: string, value: unknown): unknown =>
    isText(field) ? (texts.get(String(value)) ?? null) : value === '' ? null : value;
}

/** Tells a conflict in full: each field with all three values, and who changed it. */
export async function describeConflict(
  run: Run,
  entry: LockedEntry,
  base: number,
  conflicts: readonly FieldConflict[],
  newTexts: ReadonlyMap<string, string>,
): Promise<Conflict> {
  const fields = conflicts.map((conflict) => conflict.field);
  const changers = await findChangers(run, entry, base, fields);
  const numbers = [...new Set([base, entry.latest, ...changers.values()])];
  const records = await findRevisions(
    run,
    'LATEST',
    numbers.map((number) => ({ entry: entry.id, number })),
  );
  const revision = (number: number | undefined): Revision => {
    const record = records.find((candidate) => candidate.number === number);
    invariant(record, `revision ${number} of a locked entry is there`);
    return new Revision(record, LATEST_NOW);
  };
  const inWords = await spellValues(run, entry.kind, conflicts, newTexts);
  return Object.assign(new Conflict(), {
    base: revision(base),
    latest: revision(entry.latest),
    fields: conflicts.map(({ field, base: before, mine, theirs }) =>
      Object.assign(new ConflictField(), {
        path: pointer('', field),
        base: inWords(field, before),
        mine: inWords(field, mine),
        theirs: inWords(field, theirs),
        theirRevision: revision(changers.get(field)),
      }),
    ),
  });
}
