/** Damages of a table's derived part; `$part` picks some of the rows. */
export const DAMAGES: readonly string[] = [
  `delete from shown s where $part(s.entry::text || s.view)`,
  `update shown s set title = 'x', sort_title = 'x', language = 'xx' where $part(s.entry::text)`,
  `update shown s set slug = null, facets = '{"a": 1}', state = 'WITHDRAWN' where $part(s.entry::text || s.view)`,
  `update shown s set since = s.since - interval '1 hour', at = s.at + interval '1 hour' where $part(s.entry::text)`,
  `update shown s set earliest = now(), content = '{}', revision = 1, format = 7 where $part(s.entry::text)`,
  `delete from shown_before s where $part(s.entry::text || s.view)`,
  `update shown_before s set title = 'x', slug = null, facets = '{"a": 1}', state = 'DELETED', at = s.at + interval '1 hour'
    where $part(s.entry::text)`,
  `with back as (delete from shown_before s where $part(s.entry::text) returning *) insert into shown select * from back`,
  `insert into shown_before select * from shown s where $part(s.entry::text || s.view) on conflict do nothing`,
  `delete from link l where l.until is null and $part(l.field || l.from_entry)`,
  `update link l set item = 'i98' where l.until is null and $part(l.field)`,
  `update link l set field = 'identifiers', to_entry = l.from_entry, wanted_kind = null, wanted_slug = null
    where l.until is null and $part(l.field)`,
  `insert into link (from_entry, field, item, to_entry, view, since)
    select s.entry, 'cast.actor', 'i99', s.entry, s.view, 1 from shown s where $part(s.entry::text)`,
  `insert into link (from_entry, field, item, wanted_kind, wanted_slug, view, since)
    select s.entry, 'body', '', 'STORY', 'nobody-has-this', s.view, 2 from shown s where $part(s.entry::text)`,
  `insert into link (from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since)
    select from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since + 1 from link l
      where l.until is null and $part(l.field || l.from_entry)`,
  `update slug a set public_since = null where $part(a.slug)`,
  `update slug a set public_since = 1 where a.public_since is null and $part(a.slug)`,
  `delete from slug a where $part(a.slug)`,
  `update slug a set entry = (select id from entry where kind = a.kind order by id limit 1) where $part(a.slug)`,
  `insert into slug (kind, slug, entry, since) select kind, 'strange', id, 1 from entry e where $part(e.id::text)
    on conflict do nothing`,
  `update text t set links = '[{"kind": "STORY", "target": "strange"}]' where $part(t.hash)`,
  `update text t set links = '[]' where $part(t.hash)`,
];
/** A damage of some of the rows, others for every seed. */
export const withPart = (statement: string, seed: number): string =>
  statement.replaceAll(/\$part\(([^)]*)\)/g, (_, key) => `abs(hashtext(${key} || '${seed}')) % 3 = 0`);
