import type { View } from '../model/lens';
import type { Run } from './database';
import { isTold, type LinkTense } from './links';

/** Beyond every position: links that are held still end here. */
const STILL = `'9223372036854775807'::bigint`;

// A story tells of itself, and of all that it links to.
const TOLD = `(
    select l.from_entry as story, l.to_entry as id, l.view, l.field, l.item, l.since, coalesce(l.until, ${STILL}) as until
      from link l join entry k on k.id = l.from_entry and k.kind = 'STORY' where l.to_entry is not null
    union all
    select k.id, k.id, v.view, '', '', 0, ${STILL} from entry k cross join (values ('PUBLISHED'), ('LATEST')) as v (view)
      where k.kind = 'STORY')`;

const CITED = `${TOLD} t join link q on q.to_entry = t.id and q.view = t.view and q.field = 'about'`;
const TOGETHER = `greatest(t.since, q.since) as since, least(t.until, coalesce(q.until, ${STILL})) as until`;

/**
 * All ways in which a story holds an entry, of any time and in any view: it tells of it; the entry is a citation about what
 * it tells of, or what such a citation refers to; or an event or a claim that it tells of refers to it. The one definition of
 * "a story and all that it holds". A way is there from `since` to `until`, as far as the links go; `by` and `via` are the entries
 * on the way, the latter with when its links came, `told_since` when the story's did.
 */
const WAYS = `(
    select t.story, t.id as entry, t.view, t.field, t.item, t.since as told_since, t.since, t.until,
        null::uuid as by, null::uuid as via, 0::bigint as via_since
      from ${TOLD} t
    union all
    select t.story, q.from_entry, t.view, t.field, t.item, t.since, ${TOGETHER}, t.id, null, 0
      from ${CITED}
    union all
    select t.story, z.to_entry, t.view, t.field, t.item, t.since,
        greatest(t.since, q.since, z.since), least(t.until, coalesce(q.until, ${STILL}), coalesce(z.until, ${STILL})),
        t.id, q.from_entry, greatest(q.since, z.since)
      from ${CITED}
      join link z on z.from_entry = q.from_entry and z.view = t.view and z.to_entry is not null
    union all
    select t.story, q.to_entry, t.view, t.field, t.item, t.since, ${TOGETHER}, null, t.id, q.since
      from ${TOLD} t
      join entry x on x.id = t.id and x.kind in ('EVENT', 'CLAIM')
      join link q on q.from_entry = x.id and q.view = t.view and q.to_entry is not null)`;

/** When a way is looked at: now, or at a position, from right before the change there to right after. */
interface When extends LinkTense {
  holds(way: string): string;
  /** The position whose links an entry has in a view; null where the view does not list it. */
  listed(id: string, view: string): string;
}

const NOW: When = {
  holds: (way) => `${way}.until = ${STILL}`,
  listed: (id, view) =>
    `(select ${STILL} from shown n where n.entry = ${id} and n.view = ${view} and n.state <> 'DELETED')`,
  isListed: (id, view) =>
    `exists (select from shown n where n.entry = ${id} and n.view = ${view} and n.state <> 'DELETED')`,
  isHeld: (link) => `${link}.until is null`,
};

// Where a link ends with the very change (what held it was edited, or taken back) the change is still one of the story's.
const at = (position: string): When => ({
  holds: (way) => `${way}.since <= ${position} and ${way}.until >= ${position}`,
  listed: (id, view) => `listed_at(${id}, ${view}, ${position})`,
  isListed: (id, view) => `listed_at(${id}, ${view}, ${position}) is not null`,
  isHeld: (link) => `${link}.since <= ${position} and (${link}.until is null or ${link}.until > ${position})`,
});

/** That a way is there, and that all on it is seen in its view; the entry that is held need not be. */
const isThere = (way: string, when: When): string => `${when.holds(way)}
    and (${way}.entry = ${way}.story or ${way}.told_since <= ${when.listed(`${way}.story`, `${way}.view`)})
    and (${way}.by is null or ${when.isListed(`${way}.by`, `${way}.view`)})
    and (${way}.via is null or ${way}.via_since <= ${when.listed(`${way}.via`, `${way}.view`)})
    and ${isTold(way, when)}`;

/** All that a story holds now in a view, as a subselect of ids; itself among it. */
export const heldByStory = (story: string, view: View): string => `
  select w.entry from (select y.*, y.story as from_entry from ${WAYS} y) w where w.story = ${story} and w.view = '${view}' and ${isThere('w', NOW)}`;

/** All ways of stories in a view, as a materialized table for {@link holdsAt}. */
export const waysOf = (stories: string, view: string): string => `ways as materialized (
    select w.*, w.story as from_entry from ${WAYS} w where w.story = any(${stories}) and w.view = ${view})`;

/** That a way (of {@link waysOf}) is one to an entry at a position. */
export const holdsAt = (way: string, entry: string, position: string): string =>
  `${way}.entry = ${entry} and ${isThere(way, at(position))}`;

/** Which of these stories held entries at positions, in a view. */
export const findHolders = (
  run: Run,
  view: View,
  changes: readonly { entry: string; position: bigint }[],
  stories: readonly string[],
): Promise<{ position: string; story: string }[]> =>
  run(
    'holders',
    `with ${waysOf('$3::uuid[]', '$4')}
      select distinct c.position::text as position, w.story
        from unnest($1::uuid[], $2::bigint[]) as c (entry, position)
        join ways w on ${holdsAt('w', 'c.entry', 'c.position')}`,
    [changes.map(({ entry }) => entry), changes.map(({ position }) => position), stories, view],
  );

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
        select w.story, max(w.since) as since from (select y.*, y.story as from_entry from ${WAYS} y) w
          where w.entry = p.entry and w.view = '${view}' and ${isThere('w', NOW)}
          group by w.story order by max(w.since) desc, w.story limit $2
      ) x
      order by p.nr, x.since desc, x.story`,
    [entries, limit],
  );
