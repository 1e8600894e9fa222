import type { View } from '../model/lens';
import type { Run } from './database';
import { IDENTITY_NOW, identityAt, oneWith } from './identity';
import { isTold, type LinkTense } from './links';

/** Beyond every position: links that are held still end here. */
const STILL = `'9223372036854775807'::bigint`;

/** A step of a way: along a link (`out`), or against it. */
interface Hop {
  readonly out: boolean;
  /** Of the link `l`. */
  readonly condition: string;
  /** Whether one can as well stay where one is: a story tells of itself, too. */
  readonly orStay?: boolean;
}

const TELLS_OF: Hop = { out: true, condition: 'true', orStay: true };
const TELLS_OF_FACT: Hop = {
  out: true,
  condition: `exists (select from entry f where f.id = l.to_entry and f.kind in ('EVENT', 'CLAIM'))`,
};
const CITED_BY: Hop = { out: false, condition: `l.field = 'about'` };
const REFERS_TO: Hop = { out: true, condition: 'true' };

/**
 * All ways in which a story holds an entry: it tells of it; the entry is a citation about what it tells of, or what such a
 * citation refers to; or an event or a claim that it tells of refers to it. The one definition of "a story and all that it holds".
 */
const PATHS: readonly (readonly Hop[])[] = [
  [TELLS_OF],
  [TELLS_OF, CITED_BY],
  [TELLS_OF, CITED_BY, REFERS_TO],
  [TELLS_OF_FACT, REFERS_TO],
];

/** How ways are looked for: from stories or back from entries, through links of any time or those of now. */
interface Search {
  readonly from: 'STORIES' | 'ENTRIES';
  readonly ever: boolean;
  /** Only so many links of an entry, the newest; of a famous one there are tens of thousands. */
  readonly newest?: number;
}

// Each half of the links has an index on what they lead to; all of them together have none. Bounded by `offset 0`: the planner
// would rather read all links than go from one to the next (measured: 0.5 s for what takes 2 ms).
function renderHop(
  { out, condition, orStay }: Hop,
  alias: string,
  known: string,
  view: string,
  search: Search,
): string {
  const along = out === (search.from === 'STORIES');
  const [here, there] = along ? ['from_entry', 'to_entry'] : ['to_entry', 'from_entry'];
  const most = search.newest === undefined ? '' : `order by l.since desc limit ${search.newest}`;
  const half = (
    held: string,
  ): string => `(select l.${there} as id, l.field, l.item, l.since, coalesce(l.until, ${STILL}) as until
      from link l where l.${here} = ${known} and l.view = ${view} and l.to_entry is not null and ${held} and ${condition} ${most})`;
  // What a link leads to may be merged into another, which answers for it meanwhile.
  const [start, end] = along ? ['l.from_entry', 'd.into_entry'] : ['d.into_entry', 'l.from_entry'];
  const redirected = (
    held: string,
  ): string => `(select ${end} as id, l.field, l.item, greatest(l.since, d.since) as since,
        least(coalesce(l.until, ${STILL}), coalesce(d.until, ${STILL})) as until
      from redirect d join link l on l.to_entry = d.from_entry
      where ${start} = ${known} and l.view = ${view} and ${held} and ${condition} ${most})`;
  const halves = search.ever
    ? ['l.until is null', 'l.until is not null'].flatMap((held) => [half(held), redirected(held)])
    : [half('l.until is null'), redirected('l.until is null and d.until is null')];
  const stay = orStay ? [`select ${known}, '', '', 0, ${STILL}`] : [];
  return `cross join lateral (${[...halves, ...stay].join(' union all ')} offset 0) ${alias}`;
}

const greatest = (values: readonly string[]): string => (values.length === 0 ? '0' : `greatest(${values.join(', ')})`);

function renderPath(path: readonly Hop[], start: string, view: string, search: Search): string {
  const forth = search.from === 'STORIES';
  const hops = path.map((hop, index) => ({ hop, alias: `h${index}` }));
  // What stands before the first hop, between them and after the last.
  const nodes = forth
    ? ['p.id', ...hops.map(({ alias }) => `${alias}.id`)]
    : [...hops.map(({ alias }) => `${alias}.id`), 'p.id'];
  const inOrder = forth ? hops : hops.toReversed();
  const joins = inOrder.map(({ hop, alias }, index) =>
    renderHop(hop, alias, index === 0 ? 'p.id' : `${inOrder[index - 1]?.alias}.id`, view, search),
  );
  // Of each entry between: when the last of its own links on the way came.
  const between = [1, 2].map((index) => {
    if (index >= path.length) return 'null::uuid, 0::bigint';
    const own = [
      ...(path[index - 1]?.out ? [] : [`h${index - 1}.since`]),
      ...(path[index]?.out ? [`h${index}.since`] : []),
    ];
    return `${nodes[index]}, ${greatest(own)}`;
  });
  // Asked of each way, and not joined: the planner would go through all stories that there are, again and again.
  return `select ${nodes[0]}, ${nodes.at(-1)}, ${view}, h0.field, h0.item, h0.since,
      ${greatest(hops.map(({ alias }) => `${alias}.since`))}, least(${hops.map(({ alias }) => `${alias}.until`).join(', ')}),
      ${between.join(', ')}
    from (select distinct id from unnest(${start}) as i (id)) p ${joins.join('\n')}
    where (select k.kind from entry k where k.id = ${nodes[0]}) = 'STORY'`;
}

/**
 * Ways as a subselect. One is there from `since` to `until`, as far as its links go. `from_entry`, the story, tells of what is first on
 * it by a link of that `field` and `item`, `told_since`; `one` and `two` are on the way, with when their own links came.
 */
const waysAs = (start: string, view: string, search: Search): string =>
  `(select * from (${PATHS.map((path) => renderPath(path, start, view, search)).join(' union all ')})
    as way (from_entry, entry, view, field, item, told_since, since, until, one, one_since, two, two_since))`;

/** When a way is looked at: now, or at a position, from right before the change there to right after. */
interface When extends LinkTense {
  holds(way: string): string;
  /** The position whose links an entry has in a view; null where the view does not list it. */
  listed(id: string, view: string): string;
}

const NOW: When = {
  ...IDENTITY_NOW,
  holds: (way) => `${way}.until = ${STILL}`,
  listed: (id, view) =>
    `(select ${STILL} from shown n where n.entry = ${id} and n.view = ${view} and n.state <> 'DELETED')`,
  isListed: (id, view) =>
    `exists (select from shown n where n.entry = ${id} and n.view = ${view} and n.state <> 'DELETED')`,
  isHeld: (link) => `${link}.until is null`,
};

// Where a link ends with the very change (what held it was edited, or taken back) the change is still one of the story's.
const at = (position: string): When => ({
  ...identityAt(position),
  holds: (way) => `${way}.since <= ${position} and ${way}.until >= ${position}`,
  listed: (id, view) => `listed_at(${id}, ${view}, ${position})`,
  isListed: (id, view) => `listed_at(${id}, ${view}, ${position}) is not null`,
  isHeld: (link) => `${link}.since <= ${position} and (${link}.until is null or ${link}.until > ${position})`,
});

/** That a way is there, and that all on it is seen in its view; the entry that is held need not be. */
const isThere = (way: string, when: When): string => `${when.holds(way)}
    and (${way}.entry = ${way}.from_entry or ${way}.told_since <= ${when.listed(`${way}.from_entry`, `${way}.view`)})
    and (${way}.one is null or ${way}.one_since <= ${when.listed(`${way}.one`, `${way}.view`)})
    and (${way}.two is null or ${way}.two_since <= ${when.listed(`${way}.two`, `${way}.view`)})
    and ${isTold(way, when)}`;

/** All that a story holds now in a view, as a subselect of ids; itself among it. */
export const heldByStory = (story: string, view: View): string => `
  select w.entry from ${waysAs(`array[${story}]`, `'${view}'`, { from: 'STORIES', ever: false })} w
    where ${isThere('w', NOW)}`;

/** All ways of stories (or to entries) in a view, of any time, as a table `ways` for {@link holdsAt}. */
export const waysOf = (start: string, view: string, from: Search['from'] = 'STORIES'): string =>
  `ways as materialized (select * from ${waysAs(start, view, { from, ever: true })} w)`;

/** That a way (of {@link waysOf}) is one to an entry at a position. */
export const holdsAt = (way: string, entry: string, position: string): string =>
  `${way}.entry = ${entry} and ${isThere(way, at(position))}`;

/** An entry at a position of the ledger. */
interface Changed {
  readonly entry: string;
  readonly position: bigint;
}

interface Holder {
  readonly position: string;
  readonly story: string;
}

/** So few stories are looked through whatever changed; of more, one looks back from what changed. */
const FEW_STORIES = 8;
/** From an entry to which more links lead one does not look back: a famous one has tens of thousands. */
const FEW_LINKS = 200;
/** Stories that one statement looks through. */
const STORIES_AT_ONCE = 100;

/** Which of the stories that are asked for ($3) each story is one with: looked up for whichever of both are few. */
const namedIn = (view: string, from: Search['from']): string =>
  from === 'STORIES'
    ? `select distinct i.id as name, m.id as story from unnest($3::uuid[]) as i (id)
        cross join lateral ${oneWith('i.id', view)} m`
    : `select distinct m.id as name, s.id as story from (select distinct w.from_entry as id from ways w) s
        cross join lateral ${oneWith('s.id', view)} m where m.id = any($3::uuid[])`;

// What they are called is joined last: joined to the ways, they would be gone through for each of them.
function holders(run: Run, view: View, from: Search['from'], changed: readonly Changed[], stories: readonly string[]) {
  const named = `named as materialized (${namedIn(`'${view}'`, from)})`;
  const ways = waysOf(from === 'STORIES' ? 'array(select story from named)' : '$1::uuid[]', `'${view}'`, from);
  return run<Holder>(
    `holders-${view}-${from}`,
    `with ${from === 'STORIES' ? `${named}, ${ways}` : `${ways}, ${named}`},
      held as (
        select distinct c.position, w.from_entry as story from unnest($1::uuid[], $2::bigint[]) as c (entry, position)
          join ways w on w.from_entry = any(array(select story from named)) and ${holdsAt('w', 'c.entry', 'c.position')}
      )
      select distinct position::text as position, name as story from held join named using (story)`,
    [changed.map(({ entry }) => entry), changed.map(({ position }) => position), stories],
  );
}

/** Those of these entries to which many links lead, or led. */
const findFamous = async (run: Run, view: View, entries: readonly string[]): Promise<Set<string>> => {
  const half = (held: string): string =>
    `(select from link l where l.to_entry = i.id and l.view = '${view}' and ${held} limit ${FEW_LINKS})`;
  const rows = await run<{ id: string }>(
    `famous-${view}`,
    `select i.id from unnest($1::uuid[]) as i (id) where (
        select count(*) from (${half('l.until is null')} union all ${half('l.until is not null')}) x) >= ${FEW_LINKS}`,
    [entries],
  );
  return new Set(rows.map(({ id }) => id));
};

/**
 * Which of these stories held entries at positions, in a view; those that are one count as one. Quick however many stories
 * there are, as long as what changed is not famous.
 */
export async function findHolders(
  run: Run,
  view: View,
  changed: readonly Changed[],
  stories: readonly string[],
): Promise<Holder[]> {
  if (stories.length <= FEW_STORIES) return holders(run, view, 'STORIES', changed, stories);
  const famous = await findFamous(run, view, [...new Set(changed.map(({ entry }) => entry))]);
  const [usual, rest] = [false, true].map((is) => changed.filter(({ entry }) => famous.has(entry) === is)) as [
    Changed[],
    Changed[],
  ];
  const found = usual.length > 0 ? await holders(run, view, 'ENTRIES', usual, stories) : [];
  if (rest.length === 0) return found;
  for (let from = 0; from < stories.length; from += STORIES_AT_ONCE)
    found.push(...(await holders(run, view, 'STORIES', rest, stories.slice(from, from + STORIES_AT_ONCE))));
  return found;
}

/** As many links of an entry are followed back to stories: the newest. */
const NEWEST = 1000;

/** The stories that hold entries now in a view, as far as all between is seen in it: those that came last, so many each. */
export const findHoldersNow = (
  run: Run,
  view: View,
  entries: readonly string[],
  limit: number,
): Promise<{ entry: string; story: string }[]> =>
  run(
    `holders-now-${view}`,
    `select p.entry, x.story from unnest($1::uuid[]) with ordinality as p (entry, nr)
      cross join lateral (
        select w.from_entry as story, max(w.since) as since
          from ${waysAs('array[p.entry]', `'${view}'`, { from: 'ENTRIES', ever: false, newest: NEWEST })} w
          where ${NOW.isListed('w.from_entry', 'w.view')} and ${isThere('w', NOW)}
          group by w.from_entry order by max(w.since) desc, w.from_entry limit $2
      ) x
      order by p.nr, x.since desc, x.story`,
    [entries, limit],
  );
