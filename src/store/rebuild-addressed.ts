import type { View } from '../model/lens';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { addressKey, type Rebuilding } from './rebuilding';

/** Whom something that a wiki link names leads to, and since when, in a view. */
export interface Lead {
  readonly entry: string;
  readonly since: bigint;
}

/** Where wiki links lead: by address, and to claims by their id. */
export type Leads = (target: WikiTarget, view: View) => Lead | null;

interface LeadRow {
  kind: string;
  target: string;
  entry: string;
  since: string;
  publicSince: string | null;
}

/**
 * Looks up where wiki links lead, by the rules of the write statement: in PUBLISHED only addresses count under which an
 * entry has been public; a claim is there for both views from its first revision on.
 */
export async function findLeads(
  run: Run,
  rebuilding: Pick<Rebuilding, 'addresses'>,
  targets: Iterable<WikiTarget>,
): Promise<Leads> {
  const wanted = new Map([...targets].map((target) => [addressKey(target.kind, target.target), target]));
  const kinds = [...wanted.values()].map(({ kind }) => kind);
  const names = [...wanted.values()].map(({ target }) => target);
  const rows = await run<LeadRow>(
    'rebuild-leads',
    `select t.kind, t.target, a.entry, a.since::text, a.public_since::text as "publicSince"
        from unnest($1::text[], $2::text[]) as t (kind, target) join slug a on a.kind = t.kind and a.slug = t.target
      union all
      select t.kind, t.target, c.id, f.position::text, f.position::text
        from unnest($1::text[], $2::text[]) as t (kind, target)
        join entry c on c.kind = 'CLAIM' and c.id = case when t.kind = 'CLAIM' then t.target::uuid end
        join revision f on f.entry = c.id and f.number = 1`,
    [kinds, names],
  );
  const found = new Map<string, Omit<LeadRow, 'kind' | 'target'>>(
    rows.map((row) => [addressKey(row.kind, row.target), row]),
  );
  for (const key of wanted.keys()) {
    const right = rebuilding.addresses.get(key);
    if (right) found.set(key, right);
  }
  return ({ kind, target }, view) => {
    const row = found.get(addressKey(kind, target));
    const since = view === 'LATEST' ? row?.since : row?.publicSince;
    return row && since ? { entry: row.entry, since: BigInt(since) } : null;
  };
}

/** Which of these entries have ever had which addresses: "KIND:slug id". A claim has its id, and the database is not asked. */
export async function findFormerAddresses(run: Run, entries: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await run<{ kind: string; slug: string; entry: string }>(
    'rebuild-former-addresses',
    `select distinct e.kind, r.content ->> 'slug' as slug, r.entry
      from revision r join entry e on e.id = r.entry
      where r.entry = any($1::uuid[]) and r.content ->> 'slug' is not null`,
    [entries],
  );
  return new Set(rows.map(({ kind, slug, entry }) => `${addressKey(kind, slug)} ${entry}`));
}
