import type { CursorKey } from '../base/list-cursor';
import type { EntryKind } from '../model/entry';
import type { Lens } from '../model/lens';
import type { Run } from './database';
import { columnsOf, type ShownRow, type ThenRow } from './entries';
import { isTold, mayBeLeftOut } from './links';
import type { PageRequest } from './pages';
import { type Tense, tenseOf } from './tense';

/** Which of the entries that refer to another are meant: by which fields, of which kinds; null is any. */
export interface Referrers {
  readonly fields: readonly string[] | null;
  readonly kinds: readonly EntryKind[] | null;
}

/** An entry that refers to `parent`, and since when. */
export type IncomingRow = (ShownRow | ThenRow) & { parent: string; link_since: string };

/**
 * Its place among those that refer to the same entry: by when the link came, newest first (rules 6). All of one length: that
 * of a sealed cursor must not tell how many digits the ledger's positions have.
 */
export const incomingKey = (row: IncomingRow): CursorKey => [row.link_since.padStart(19, '0'), row.id];

/**
 * Links to `m.id`, the entry or one that was merged into it, of one field (all of them for null), held in one way, in the order
 * of the list, as many as the page can need. By equality, so that an index gives them in that order.
 */
function linksOf(
  tense: Tense,
  held: Tense['held'][number],
  { fields }: Referrers,
  field: number | null,
  direction: 'asc' | 'desc',
): string {
  const told = (link: string): string => (mayBeLeftOut(fields) ? `and ${isTold(link, tense)}` : '');
  // An entry may refer to another several times (twice in a chain, in a cast and a body): its newest link counts. "Is true"
  // is a condition that no index serves: without it the planner compares all links of a famous actor with each other
  // (measured: 200 ms for a page of 50,000; so 2 ms).
  return `(select l.since as link_since, l.from_entry
    from link l
    ${tense.listed.join('l.from_entry')}
    where l.to_entry = m.id and l.view = $2 and ${held('l')} and ${tense.listed.condition}
      and ${field === null ? 'true' : `l.field = ($3::text[])[${field + 1}]`}
      and ($4::text[] is null or s.kind = any($4)) ${told('l')}
      and ($5::bigint is null or (l.since, l.from_entry) < ($5::bigint, $6::uuid))
      and ($7::bigint is null or (l.since, l.from_entry) > ($7::bigint, $8::uuid))
      and not exists (
        select from link n
          where n.from_entry = l.from_entry and (n.to_entry = any(p.cluster)) is true and n.view = $2
            and ${tense.isHeld('n')} and ($3::text[] is null or n.field = any($3)) and (n.since, n.id) > (l.since, l.id)
            ${told('n')})
    order by l.since ${direction}, l.from_entry ${direction}
    limit $9)`;
}

/** Each parent with the ids of all that was merged into it. */
const clusters = (tense: Tense): string =>
  `(select i.parent, i.nr, ${tense.clusterOf('i.parent')} as cluster
      from unnest($1::uuid[]) with ordinality as i (parent, nr))`;

const nameFor = ({ fields }: Referrers): string => `${fields?.length ?? 'any'}${mayBeLeftOut(fields) ? '-told' : ''}`;

/**
 * A page of the entries that refer to each parent, for all parents in one statement: a limit per parent, out of an index
 * in the order of the list.
 */
export function findIncoming(
  run: Run,
  lens: Lens,
  referrers: Referrers,
  parents: readonly string[],
  page: PageRequest,
): Promise<IncomingRow[]> {
  const direction = page.fromEnd ? 'asc' : 'desc';
  const tense = tenseOf(lens, '$2', '$10::bigint');
  const parts = (referrers.fields?.map((_, index) => index) ?? [null]).flatMap((field) =>
    tense.held.map((held) => linksOf(tense, held, referrers, field, direction)),
  );
  return run<IncomingRow>(
    `incoming-${nameFor(referrers)}-${direction}${tense.suffix}`,
    `select p.parent, x.link_since, ${columnsOf(lens)} from ${clusters(tense)} p
      cross join lateral (
        select found.* from unnest(p.cluster) as m (id) cross join lateral (${parts.join(' union all ')}) found
        order by link_since ${direction}, from_entry ${direction}
        limit $9
      ) x
      ${tense.joinShown('s', 'x.from_entry')}
      order by p.nr, x.link_since ${direction}, x.from_entry ${direction}`,
    [
      parents,
      lens.view,
      referrers.fields,
      referrers.kinds,
      page.after?.[0],
      page.after?.[1],
      page.before?.[0],
      page.before?.[1],
      page.limit + 1,
      ...(lens.asOf === null ? [] : [lens.asOf]),
    ],
  );
}

/** How many entries refer to each parent. Parents that nothing refers to are left out. */
export const countIncoming = (
  run: Run,
  lens: Lens,
  referrers: Referrers,
  parents: readonly string[],
): Promise<{ parent: string; count: number }[]> => {
  if (lens.asOf !== null) return countIncomingThen(run, lens, referrers, parents);
  const tense = tenseOf(lens, '$2', '');
  return run(
    `incoming-count-${nameFor(referrers)}`,
    // Links first: next to the join, the planner takes the rare look-up of isTold for the main cost, and goes by entries.
    `with l as materialized (
        select p.parent, l.from_entry from ${clusters(tense)} p join link l on l.to_entry = any(p.cluster)
          where l.view = $2 and l.until is null
            and ($3::text[] is null or l.field = any($3)) ${mayBeLeftOut(referrers.fields) ? `and ${isTold('l')}` : ''}
      )
      select l.parent, count(distinct l.from_entry)::int as count
        from l join shown s on s.entry = l.from_entry and s.view = $2
        where s.state <> 'DELETED' and ($4::text[] is null or s.kind = any($4))
        group by l.parent`,
    [parents, lens.view, referrers.fields, referrers.kinds],
  );
};

function countIncomingThen(
  run: Run,
  lens: Lens,
  { fields, kinds }: Referrers,
  parents: readonly string[],
): Promise<{ parent: string; count: number }[]> {
  const tense = tenseOf(lens, '', '$5::bigint');
  const told = mayBeLeftOut(fields) ? `and ${isTold('l', tense)}` : '';
  const parts = tense.held.map(
    (held) => `select p.parent, l.from_entry from ${clusters(tense)} p join link l on l.to_entry = any(p.cluster)
        ${tense.listed.join('l.from_entry')}
        where l.view = $2 and ${held('l')} and ($3::text[] is null or l.field = any($3))
          and ${tense.listed.condition} and ($4::text[] is null or s.kind = any($4)) ${told}`,
  );
  return run(
    `incoming-count-${nameFor({ fields, kinds })}${tense.suffix}`,
    `select l.parent, count(distinct l.from_entry)::int as count
      from (${parts.join(' union all ')}) l group by l.parent`,
    [parents, lens.view, fields, kinds, lens.asOf],
  );
}
