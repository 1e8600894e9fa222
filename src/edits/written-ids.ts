import type { Content, EntryKind } from '../model/entry';
import { referencesOf } from '../rules/contents';
import type { FieldRules, Reference } from '../rules/fields';
import { keepWrittenIds } from '../rules/join';
import { KINDS } from '../rules/kinds';
import type { Run } from '../store/database';
import { findRoots } from '../store/redirects';

const place = ({ field, item, to }: Reference): string => `${field} ${item} ${to}`;

/**
 * The given fields of an edit with references as their base has them, where the two lead to one entry: what was read as the
 * survivor of a merge is not a change when it is written back, and leads where it led once the two are parted.
 */
export async function asWritten(
  run: Run,
  kind: EntryKind,
  base: Content,
  given: Partial<Content>,
): Promise<Partial<Content>> {
  const written = [...referencesOf(kind, base)];
  const known = new Set(written.map(place));
  const references = [...referencesOf(kind, { ...base, ...given })];
  if (references.every((reference) => known.has(place(reference)))) return given;
  const rootOf = await findRoots(run, [...new Set([...written, ...references].map(({ to }) => to))]);
  const rules = KINDS[kind].fields as FieldRules;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const rule = rules[name];
      return [name, rule ? keepWrittenIds(rule, base[name], value, rootOf) : value];
    }),
  ) as Partial<Content>;
}
