import type { MatchRecord } from '../model/match';
import type { Run } from './database';
import { isApart } from './judgements';

// Each look-up is one of its own ("offset 0"): joined, the planner compares all actors with each other (measured: 5 s among a
// hundred of which one has 600 names).
const actorsWith = (facet: string, value: string): string =>
  `(select o.entry from shown o where o.view = 'LATEST' and o.kind = 'ACTOR'
      and o.facets @> jsonb_build_object('${facet}', jsonb_build_array(${value})) offset 0)`;

// What two actors have in common, each with how much it says. An unnamed source is nobody's match that has a name.
const FOUND = `
  select o.entry, 1::float8 as score, 'the same key in ' || (i ->> 'scheme') || ': ' || (i ->> 'value') as reason
    from jsonb_array_elements(s.facets -> 'identifiers') i cross join lateral ${actorsWith('identifiers', 'i')} o
  union all
  select o.entry, 0.8, 'the same name: ' || n.name
    from jsonb_array_elements_text(s.facets -> 'foldedNames') n (name)
      cross join lateral ${actorsWith('foldedNames', 'n.name')} o
  union all
  select case when j.one = s.entry then j.other else j.one end,
      case j.judgement when 'SAME' then 1 when 'UNSURE' then 0.5 else 0 end, 'an editor judged: ' || j.judgement
    from judgement j where s.entry in (j.one, j.other) and j.until is null`;

/**
 * Other actors that each of these may be, as editors see them, best first: those with a key in common, or a name without regard
 * to case and marks, and those that somebody judged. At most so many for each.
 *
 * @param only this pair, whatever was judged of it; else what was judged NOT_SAME is left out, itself or what was merged into it, and never comes up again.
 */
export const findMatches = (
  run: Run,
  actors: readonly string[],
  limit: number,
  only: string | null = null,
): Promise<MatchRecord[]> =>
  run<MatchRecord>(
    'matches',
    `select s.entry as parent, x.* from unnest($1::uuid[]) as p (entry)
      join shown s on s.entry = p.entry and s.view = 'LATEST' and s.kind = 'ACTOR'
      cross join lateral (
        with f as materialized (${FOUND})
        select f.entry as candidate, max(f.score) as score, array_agg(distinct f.reason order by f.reason) as reasons,
            max(j.judgement) as judgement
          from f
          join shown c on c.entry = f.entry and c.view = 'LATEST' and c.kind = 'ACTOR' and c.state <> 'DELETED'
          left join judgement j
            on j.one = least(s.entry, f.entry) and j.other = greatest(s.entry, f.entry) and j.until is null
          where f.entry <> s.entry
            and (c.facets ->> 'actorType' = 'ANONYMOUS') = (s.facets ->> 'actorType' = 'ANONYMOUS')
            and ($3::uuid is null or f.entry = $3)
            and ($3::uuid is not null or not ${isApart('s.entry', 'f.entry')})
          group by f.entry, c.sort_title
          order by max(f.score) desc, c.sort_title collate "C", f.entry limit $2
      ) x`,
    [actors, limit, only],
  );
