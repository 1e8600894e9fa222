import type { EntryKind } from '../model/entry';
import { KINDS } from '../rules/kinds';
import type { Run } from './database';
import { lockPosition } from './locks';
import { type Address, addressKey, type Finding, type Rebuilding } from './rebuilding';

/** That an entry has been shown under a slug, in the newsroom or to the public. */
interface Claim {
  entry: string;
  kind: EntryKind;
  /** Null stands for revisions that were erased: nobody knows any more what their addresses were. */
  slug: string | null;
  /** Positions at which the entry took it, in the newsroom and in public. */
  positions: string[];
  publicPositions: string[];
  isPresent: boolean;
}

/** An address as it is; `isKept` where its entry, not one of those looked at, holds it for good or now. */
type AddressRow = Address & { isKept: boolean };

const SLUGGED = Object.values(KINDS).flatMap((rules) => (rules.hasSlug ? [rules.kind] : []));

// Every format of every kind that has addresses has had its own in `slug`.
const findClaims = (run: Run, ids: readonly string[]): Promise<Claim[]> =>
  run<Claim>(
    'rebuild-claims',
    `select r.entry, e.kind, r.content ->> 'slug' as slug, array_agg(r.position::text) as positions,
        coalesce(array_agg(r.public_position::text) filter (where r.public_position is not null), '{}') as "publicPositions",
        bool_or(r.number = e.latest) as "isPresent"
      from entry e join revision r on r.entry = e.id
      where e.id = any($1::uuid[]) and e.kind = any($2::text[])
      group by r.entry, e.kind, r.content ->> 'slug'
      order by r.entry, slug`,
    [ids, SLUGGED],
  );

// What a row says of its holder is believed as far as the holder's revisions bear it out: the row itself may be wrong.
const findRows = (run: Run, ids: readonly string[], claims: readonly Claim[]): Promise<AddressRow[]> =>
  run<AddressRow>(
    'rebuild-addresses',
    `select a.kind, a.slug, a.entry, a.since::text, a.public_since::text as "publicSince",
        exists (
          select from entry h join revision r on r.entry = h.id
            where h.id = a.entry and case when r.content is null then a.public_since is not null
              else r.content ->> 'slug' = a.slug
                and (r.public_position is not null or a.entry <> all($1::uuid[]) and r.number = h.latest) end) as "isKept"
      from (
        select * from slug where entry = any($1::uuid[])
        union
        select s.* from unnest($2::text[], $3::text[]) as c (kind, slug) join slug s on s.kind = c.kind and s.slug = c.slug
      ) a`,
    [ids, claims.map((claim) => claim.kind), claims.map((claim) => claim.slug)],
  );

const numbers = (positions: readonly string[]): bigint[] => positions.map(BigInt);
const least = (positions: readonly bigint[]): bigint => positions.reduce((one, other) => (one < other ? one : other));
const greatest = (positions: readonly bigint[]): bigint =>
  positions.reduce((one, other) => (one > other ? one : other));

interface Erased {
  readonly positions: readonly string[];
  readonly publicPositions: readonly string[];
}
const NOTHING_ERASED: Erased = { positions: [], publicPositions: [] };

/** The address as it should be; null where the row is right, or where another entry's claim is the better one. */
function settle(claim: Claim & { slug: string }, row: AddressRow | undefined, erased: Erased): Address | null {
  const shown = numbers([...claim.positions, ...claim.publicPositions]);
  const publicSince = claim.publicPositions.length > 0 ? String(least(numbers(claim.publicPositions))) : null;
  const { kind, slug, entry } = claim;
  const from = (since: bigint): Address => ({ kind, slug, entry, since: String(since), publicSince });
  if (!row) return from(least(shown));
  const held = BigInt(row.since);
  if (row.entry !== entry) {
    // Who was public under it has it for good, who has it now keeps it; else the last who took it (decision 9).
    const isOurs = publicSince !== null || claim.isPresent || (!row.isKept && greatest(shown) >= held);
    const later = shown.filter((position) => position >= held);
    return isOurs ? from(least(later.length > 0 ? later : shown)) : null;
  }
  // Of two moments at which it may have taken it the row knows better; so it does where revisions were erased.
  const isSinceRight = [...shown, ...numbers([...erased.positions, ...erased.publicPositions])].includes(held);
  const isPublicRight =
    row.publicSince === publicSince || (row.publicSince !== null && erased.publicPositions.includes(row.publicSince));
  if (isSinceRight && isPublicRight) return null;
  return {
    ...from(isSinceRight ? held : least(shown)),
    publicSince: isPublicRight ? row.publicSince : publicSince,
  };
}

/** What is wrong with the addresses of entries, and addresses of theirs that they never had. */
interface Compared {
  readonly wrong: ReadonlyMap<string, Address>;
  readonly strays: readonly Address[];
}

function compare(
  rebuilding: Rebuilding,
  ids: readonly string[],
  claims: readonly Claim[],
  found: readonly AddressRow[],
): Compared {
  const rows = new Map(found.map((row) => [addressKey(row.kind, row.slug), row]));
  for (const [key, address] of rebuilding.addresses) if (rows.has(key)) rows.set(key, { ...address, isKept: true });
  const erased = new Map<string, Erased>(
    claims.flatMap((claim) => (claim.slug === null ? [[claim.entry, claim] as const] : [])),
  );
  const wrong = new Map<string, Address>();
  const had = new Set<string>();
  for (const claim of claims) {
    if (claim.slug === null) continue;
    const key = addressKey(claim.kind, claim.slug);
    had.add(`${claim.entry} ${key}`);
    const known = rows.get(key) ?? rebuilding.addresses.get(key);
    const row = known && { isKept: true, ...known };
    const address = settle({ ...claim, slug: claim.slug }, row, erased.get(claim.entry) ?? NOTHING_ERASED);
    if (!address) continue;
    wrong.set(key, address);
    rows.set(key, { ...address, isKept: address.publicSince !== null || claim.isPresent });
  }
  const looked = new Set(ids);
  const strays = [...rows.values()].filter(
    (row) =>
      looked.has(row.entry) && !erased.has(row.entry) && !had.has(`${row.entry} ${addressKey(row.kind, row.slug)}`),
  );
  return { wrong, strays };
}

const writeAddresses = (run: Run, addresses: readonly Address[]): Promise<unknown[]> =>
  run(
    'rebuild-address-write',
    `insert into slug (kind, slug, entry, since, public_since)
      select kind, slug, entry, since, "publicSince"
        from json_to_recordset($1::json) as n (kind text, slug text, entry uuid, since bigint, "publicSince" bigint)
      on conflict (kind, slug) do update set
        entry = excluded.entry, since = excluded.since, public_since = excluded.public_since`,
    [JSON.stringify(addresses)],
  );

const removeAddresses = (run: Run, addresses: readonly Address[]): Promise<unknown[]> =>
  run(
    'rebuild-address-remove',
    `delete from slug a using json_to_recordset($1::json) as n (kind text, slug text, entry uuid)
      where a.kind = n.kind and a.slug = n.slug and a.entry = n.entry`,
    [JSON.stringify(addresses)],
  );

const told = (addresses: Iterable<Address>): Finding[] =>
  [...addresses].map(({ entry }) => ({ table: 'slug', id: entry, rows: 1 }));

/** Compares once more, under locks: revisions of held entries stay, addresses stay under the position lock. */
async function compareHeld(rebuilding: Rebuilding, run: Run, ids: readonly string[]): Promise<Compared> {
  const claims = await findClaims(run, ids);
  await lockPosition(run);
  return compare(rebuilding, ids, claims, await findRows(run, ids, claims));
}

/**
 * Makes right whom addresses lead to, and since when the public may use them. An address that its entry never had is taken
 * away last of all: more likely it is another entry's, and that one has claimed it by then.
 */
export async function rebuildSlugs(rebuilding: Rebuilding): Promise<void> {
  const strays = new Map<string, Address>();
  for await (const batch of rebuilding.entries()) {
    const { wrong, strays: more } = await rebuilding.look(async (run) => {
      const claims = await findClaims(run, batch);
      return compare(rebuilding, batch, claims, await findRows(run, batch, claims));
    });
    for (const stray of more) strays.set(addressKey(stray.kind, stray.slug), stray);
    if (wrong.size === 0) continue;
    if (rebuilding.isCheck) {
      for (const [key, address] of wrong) rebuilding.addresses.set(key, address);
      rebuilding.note(told(wrong.values()));
      continue;
    }
    const entries = new Set([...wrong.values()].map(({ entry }) => entry));
    await rebuilding.mend([...entries].toSorted(), async (run, some) => {
      const held = await compareHeld(rebuilding, run, some);
      await writeAddresses(run, [...held.wrong.values()]);
      return told(held.wrong.values());
    });
  }
  await removeStrays(rebuilding, strays);
}

async function removeStrays(rebuilding: Rebuilding, strays: ReadonlyMap<string, Address>): Promise<void> {
  if (rebuilding.isCheck) {
    rebuilding.note(told([...strays].flatMap(([key, stray]) => (rebuilding.addresses.has(key) ? [] : [stray]))));
    return;
  }
  const entries = new Set([...strays.values()].map(({ entry }) => entry));
  await rebuilding.mend([...entries].toSorted(), async (run, some) => {
    const { strays: still } = await compareHeld(rebuilding, run, some);
    await removeAddresses(run, still);
    return told(still);
  });
}
