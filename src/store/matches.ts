import type { MatchRecord } from '../model/match';
import type { Run } from './database';

// What two actors have in common, each with how much it says. An unnamed source is nobody's match that has a name.
const FOUND = `
  select o.entry, 1::float8 as score, 'the same key in ' || (i ->> 'scheme') || ': ' || (i ->> 'value') as reason
    from jsonb_array_elements(s.facets -> 'identifiers') i
    join shown o on o.view = 'LATEST' and o.kind = 'ACTOR' and o.facets @> jsonb_build_object('identifiers', jsonb_build_array(i))
  union all
  select o.entry, 0.8, 'the same name: ' || n.name
    from jsonb_array_elements_text(s.facets -> 'foldedNames') n (name)
    join shown o on o.view = 'LATEST' and o.kind = 'ACTOR'
      and o.facets @> jsonb_build_object('foldedNames', jsonb_build_array(n.name))
  union all
  select case when j.one = s.entry then j.other else j.one end,
      case j.judgement when 'SAME' then 1 when 'UNSURE' then 0.5 else 0 end, 'an editor judged: ' || j.judgement
    from judgement j where s.entry in (j.one, j.other) and j.until is null`;

/**
 * Other actors that each of these may be, as editors see them, best first: those with a key in common, or a name without regard
 * to case and marks, and those that somebody judged. At most so many for each.
 *
 * @param only this pair, whatever was judged of it; else what was judged NOT_SAME is left out, and never comes up again.
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
        select f.entry as candidate, max(f.score) as score, array_agg(distinct f.reason order by f.reason) as reasons,
            max(j.judgement) as judgement
          from (${FOUND}) f
          join shown c on c.entry = f.entry and c.view = 'LATEST' and c.kind = 'ACTOR' and c.state <> 'DELETED'
          left join judgement j
            on j.one = least(s.entry, f.entry) and j.other = greatest(s.entry, f.entry) and j.until is null
          where f.entry <> s.entry
            and (c.facets ->> 'actorType' = 'ANONYMOUS') = (s.facets ->> 'actorType' = 'ANONYMOUS')
            and ($3::uuid is null and j.judgement is distinct from 'NOT_SAME' or f.entry = $3)
          group by f.entry, c.sort_title
          order by max(f.score) desc, c.sort_title collate "C", f.entry limit $2
      ) x`,
    [actors, limit, only],
  );
