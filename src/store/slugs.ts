import type { EntryKind } from '../model/entry';
import { numberedSlug } from '../rules/slugs';
import type { Run } from './database';

/** Who holds a slug, and whether for good: once public, or while it is the entry's own. */
export interface SlugHolder {
  slug: string;
  entry: string;
  isKept: boolean;
}

const HELD = `select a.slug, a.entry,
    (a.public_since is not null or exists (
      select from shown s where s.entry = a.entry and s.view = 'LATEST' and s.slug = a.slug
    )) as "isKept"
  from slug a`;

/** Who holds this slug; null where nobody does, or only an entry that has gone on to another before anybody saw it. */
export async function findSlugHolder(run: Run, kind: EntryKind, slug: string): Promise<string | null> {
  const rows = await run<SlugHolder>('slug-holder', `${HELD} where a.kind = $1 and a.slug = $2`, [kind, slug]);
  return rows.find((row) => row.isKept)?.entry ?? null;
}

/** The first free slug of `base`, `base-2`, `base-3` and so on that nobody but `entry` holds. */
export async function findFreeSlug(run: Run, kind: EntryKind, base: string, entry: string): Promise<string> {
  const rows = await run<SlugHolder>('slugs-alike', `${HELD} where a.kind = $1 and (a.slug = $2 or a.slug like $3)`, [
    kind,
    base,
    `${numberedSlug(base, 2).replace(/-2$/, '')}-%`,
  ]);
  const held = new Set(rows.filter((row) => row.isKept && row.entry !== entry).map((row) => row.slug));
  if (!held.has(base)) return base;
  let number = 2;
  while (held.has(numberedSlug(base, number))) number += 1;
  return numberedSlug(base, number);
}
