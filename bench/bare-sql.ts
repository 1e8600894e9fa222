/** The story page in one statement; $1 is the slug. The same rows, order and visibility as the server's six. */
export const STORY_PAGE = `
  select json_build_object('data', json_build_object('story', (
    select json_build_object(
        'headline', story.title,
        'timeline', (
          select coalesce(json_agg(json_build_object('note', item.note, 'event', case when event.kind = 'EVENT' then
              json_build_object(
                'title', event.title,
                'participants', (
                  select coalesce(json_agg(
                      json_build_object('role', p.role, 'actor', json_build_object('name', actor.title)) order by p.nr), '[]')
                    from rows from (json_to_recordset(event.content -> 'participants') as (actor uuid, role text))
                        with ordinality as p (actor, role, nr)
                      join shown actor on actor.entry = p.actor and actor.view = 'PUBLISHED'
                ),
                'citations', json_build_object('nodes', (
                  select coalesce(json_agg(json_build_object(
                      'stance', c.stance,
                      'document', case when document.entry is not null then json_build_object(
                        'title', document.title,
                        'publisher', case when publisher.entry is not null then
                          json_build_object('name', publisher.title) end) end)
                      order by c.since desc, c.entry desc), '[]')
                    from (
                      select l.since, s.entry, s.content ->> 'stance' as stance,
                          (s.content ->> 'document')::uuid as document
                        from link l join shown s on s.entry = l.from_entry and s.view = 'PUBLISHED'
                        where l.to_entry = event.entry and l.view = 'PUBLISHED' and l.field = 'about' and l.until is null
                          and s.state <> 'DELETED'
                        order by l.since desc, l.from_entry desc limit 3
                    ) c
                    left join shown document on document.entry = c.document and document.view = 'PUBLISHED'
                    left join shown publisher on publisher.entry = (document.content ->> 'publisher')::uuid
                      and publisher.view = 'PUBLISHED'
                ))) end) order by item.nr), '[]')
            from rows from (json_to_recordset(story.content -> 'timeline') as (note text, event uuid, claim uuid))
                with ordinality as item (note, event, claim, nr)
              left join shown event on event.entry = coalesce(item.event, item.claim) and event.view = 'PUBLISHED'
            where event.entry is not null or coalesce(item.event, item.claim) is null
        ))
      from slug a join shown story on story.entry = a.entry and story.view = 'PUBLISHED'
      where a.kind = 'STORY' and a.slug = $1 and a.public_since is not null
  )))::text as body`;

/** The newest 20 stories with their casts in one statement. */
export const STORY_LIST = `
  select json_build_object('data', json_build_object('stories', json_build_object('nodes', (
    select coalesce(json_agg(json_build_object(
        'slug', story.slug,
        'headline', story.title,
        'cast', (
          select coalesce(json_agg(
              json_build_object('role', m.role, 'actor', json_build_object('name', actor.title)) order by m.nr), '[]')
            from rows from (json_to_recordset(story.content -> 'cast') as (actor uuid, role text))
                with ordinality as m (actor, role, nr)
              join shown actor on actor.entry = m.actor and actor.view = 'PUBLISHED'
        )) order by story.at desc, story.entry desc), '[]')
      from (
        select entry, at, slug, title, content from shown
          where view = 'PUBLISHED' and kind = 'STORY' and state <> 'DELETED'
          order by at desc, entry desc limit 20
      ) story
  ))))::text as body`;

/**
 * A page of 20 of a story's history for an EDITOR, newest first; $1 the token's hash, $2 the story, $3 the number that the
 * page stays below, or null. Differences of fields that hold one value each, before and after; it knows no others.
 */
export const HISTORY = `
  select json_build_object('data', json_build_object('story', json_build_object('history', json_build_object('nodes', (
    select coalesce(json_agg(json_build_object(
        'number', page.number,
        'author', json_build_object('name', author.name),
        'changes', (
          select coalesce(json_agg(json_build_object('path', '/' || after.field, 'op', 'CHANGED') order by after.nr), '[]')
            from json_each(page.content) with ordinality as after (field, value, nr)
              join json_each(page.before) as before (field, value) on before.field = after.field
            where after.value::text <> before.value::text
        )) order by page.number desc), '[]')
      from (
        select r.number, r.author, r.content, (
            select parent.content from revision parent where parent.entry = r.entry and parent.number = r.parent
          ) as before
          from revision r
          where r.entry = $2 and r.number < coalesce($3, 2147483647)
          order by r.number desc limit 20
      ) page
      join "user" author on author.id = page.author
  )))))::text as body
    from token t join "user" u on u.id = t.user_id and u.active and u.role in ('EDITOR', 'ADMIN')
    where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > clock_timestamp())`;

// The same number that the store locks (src/store/locks.ts).
const POSITION_LOCK = 7_114_521;

/**
 * A function of the connection's own, for an edit in one statement and one round trip: inside it, what follows the locks
 * sees what was committed while they were waited for, as it must.
 */
export const EDIT_FUNCTION = `
  create function pg_temp.bench_edit(token_hash text, id uuid, base_revision int, headline text, summary text,
    folded text)
  returns text language sql volatile as $function$
    select from entry e where e.id = bench_edit.id for no key update;
    select pg_advisory_xact_lock(${POSITION_LOCK});
    with was as materialized (
      select e.id, e.latest, s.content, u.id as author,
          coalesce(head.position, 0) + 1 as position,
          greatest(date_trunc('milliseconds', clock_timestamp()), head.at) as at
        from token t
          join "user" u on u.id = t.user_id and u.active and u.role in ('EDITOR', 'ADMIN')
          join entry e on e.id = bench_edit.id and e.kind = 'STORY' and e.state = 'PUBLISHED'
            and e.latest = base_revision and e.published = e.latest and e.protected_role is null
          join shown s on s.entry = e.id and s.view = 'LATEST'
          left join (select position, at from change order by position desc limit 1) head on true
        where t.hash = token_hash and t.revoked_at is null
          and (t.expires_at is null or t.expires_at > clock_timestamp())
    ),
    written as materialized (
      select was.*, ('{' || (
          select string_agg(to_json(f.key) || ':' || case
              when f.key = 'headline' and headline is not null then to_json(headline)::text
              when f.key = 'summary' and summary is not null then to_json(summary)::text
              else f.value::text end, ',')
            from json_each(was.content) f) || '}') as edited
        from was
    ),
    new_entry as (
      update entry e set latest = w.latest + 1, published = w.latest + 1, accepted = w.latest + 1 from written w where e.id = w.id
    ),
    new_revision as (
      insert into revision (entry, number, format, parent, base, action, author, minor, content, hash, position, at, review,
          reviewed_by, reviewed_at, public_position, public_at)
        select id, latest + 1, 1, latest, latest, 'EDIT', author, false, edited::json,
            encode(sha256(convert_to(edited, 'UTF8')), 'hex'), position, at, 'ACCEPTED', author, at, position, at
          from written
    ),
    new_shown as (
      update shown s set revision = w.latest + 1, title = w.edited::json ->> 'headline',
          sort_title = coalesce(folded, s.sort_title), at = w.at,
          facets = case when folded is null then s.facets else s.facets || jsonb_build_object('foldedHeadline', folded) end, content = w.edited::json
        from written w where s.entry = w.id
    ),
    ledger as (
      insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state, author)
        select position, at, 'EDITED', 'EDITED', id, latest + 1, latest, latest + 1, latest + 1, latest + 1, 'PUBLISHED', author
          from written
    )
    select json_build_object('data', json_build_object('editStory', json_build_object(
        'outcome', 'SAVED', 'problems', json_build_array(), 'story', json_build_object(
          'id', id, 'headline', edited::json ->> 'headline', 'summary', edited::json ->> 'summary',
          'latestRevision', latest + 1, 'publishedRevision', latest + 1))))::text
      from written;
  $function$`;

/** Calls the function; null where the edit is refused. */
export const EDIT = 'select pg_temp.bench_edit($1, $2, $3, $4, $5, $6) as body';
