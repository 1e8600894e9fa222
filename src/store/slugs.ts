import type { EntryKind } from '../model/entry';
import { numberedSlug } from '../rules/slugs';
import type { Run } from './database';

/** Who holds a slug, and whether for good: once public, or while it is the entry's own. */
export interface SlugHolder {
  kind: EntryKind;
  slug: string;
  entry: string;
  isKept: boolean;
}

// What is to be public when an embargo ends keeps its address, too, though a waiting edit has gone on to another.
const HELD = `select a.kind, a.slug, a.entry,
    (a.public_since is not null or exists (
      select from shown s where s.entry = a.entry and s.view = 'LATEST' and s.slug = a.slug
    ) or exists (
      select from shown_before s where s.entry = a.entry and s.view = 'LATEST' and s.slug = a.slug
    ) or exists (
      select from entry e join revision r on r.entry = e.id and r.number = e.published
        where e.id = a.entry and e.embargo_until is not null and r.content ->> 'slug' = a.slug
    )) as "isKept"
  from slug a`;

/** Who holds this slug; null where nobody does, or only an entry that has gone on to another before anybody saw it. */
export async function findSlugHolder(run: Run, kind: EntryKind, slug: string): Promise<string | null> {
  const rows = await run<SlugHolder>('slug-holder', `${HELD} where a.kind = $1 and a.slug = $2`, [kind, slug]);
  return rows.find((row) => row.isKept)?.entry ?? null;
}

/** Who holds these slugs, by kind and slug as `STORY:the-vote`; those that nobody holds are not in it. */
export async function findSlugHolders(
  run: Run,
  slugs: readonly { kind: EntryKind; slug: string }[],
): Promise<Map<string, string>> {
  if (slugs.length === 0) return new Map();
  const rows = await run<SlugHolder>(
    'slug-holders',
    `select h.kind, h.slug, h.entry, h."isKept" from unnest($1::text[], $2::text[]) as w (kind, slug)
      cross join lateral (${HELD} where a.kind = w.kind and a.slug = w.slug) h`,
    [slugs.map(({ kind }) => kind), slugs.map(({ slug }) => slug)],
  );
  return new Map(rows.filter((row) => row.isKept).map(({ kind, slug, entry }) => [`${kind}:${slug}`, entry]));
}

/**
 * The first free slug of `base`, `base-2`, `base-3` and so on that nobody but `entry` holds. Asks about ten, a hundred, a
 * thousand at once, each by its whole name: the room that a number needs may cut a long slug elsewhere.
 *
 * @param isTaken tells of slugs that the same write gives to others.
 */
export async function findFreeSlug(
  run: Run,
  kind: EntryKind,
  base: string,
  entry: string,
  isTaken: (slug: string) => boolean = () => false,
): Promise<string> {
  for (let [from, count] = [1, 10]; ; [from, count] = [from + count, count * 10]) {
    const slugs = Array.from({ length: count }, (_, index) =>
      from + index === 1 ? base : numberedSlug(base, from + index),
    );
    const rows = await run<SlugHolder>('slugs-alike', `${HELD} where a.kind = $1 and a.slug = any($2::text[])`, [
      kind,
      slugs,
    ]);
    const held = new Set(rows.filter((row) => row.isKept && row.entry !== entry).map((row) => row.slug));
    const free = slugs.find((slug) => !held.has(slug) && !isTaken(slug));
    if (free !== undefined) return free;
  }
}
