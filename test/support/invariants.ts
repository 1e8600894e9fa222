import { sha256 } from '../../src/base/hash';
import type { Content, EntryKind } from '../../src/model/entry';
import { inNewestFormat } from '../../src/rules/contents';
import type { View } from '../../src/model/lens';
import { type Derived, derive, publicPart } from '../../src/rules/derive';
import { wikiTargetsIn, type WikiTarget } from '../../src/rules/markdown';
import type { FieldRules } from '../../src/rules/fields';
import { KINDS } from '../../src/rules/kinds';

/** Runs SQL and gives the rows: `room.sql`. */
type Sql = (text: string, values?: unknown[]) => Promise<Row[]>;
// oxlint-disable-next-line typescript/no-explicit-any -- rows of many tables, read once
type Row = any;

/** What the views show, and what they showed of what is merged into other entries. */
const SHOWN = `select * from shown union all select * from shown_before`;
/** How entries stand; of what is merged how it stood. */
const STANDING = `select e.id, e.kind, e.latest, e.published, coalesce(d.state, e.state) as state
  from entry e left join redirect d on d.from_entry = e.id and d.until is null`;

/** What holds of every newsroom at every moment, as statements that find what breaks it. */
const BREACHES: Readonly<Record<string, string>> = {
  'revisions of an entry are numbered 1 to N': `
    select entry, min(number), max(number), count(*) from revision group by entry
      having min(number) <> 1 or max(number) <> count(*)`,
  'a revision’s parent is the one below it, its base none above that': `
    select entry, number, parent, base from revision
      where parent is distinct from nullif(number - 1, 0) or base > parent or (base is null) <> (number = 1)`,
  'an entry knows its newest revision': `
    select e.id, e.latest from entry e
      where e.latest is distinct from (select max(number) from revision r where r.entry = e.id)`,
  'the ledger has one row for each revision, at its position': `
    select r.entry, r.number, c.position from revision r
      full join (select * from change c where kind in ('CREATED', 'EDITED', 'CORRECTED', 'DELETED', 'RESTORED')
        and (kind <> 'CORRECTED' or exists (select from revision n where n.position = c.position))) c
        on c.entry = r.entry and c.revision = r.number and c.position = r.position
      where (c.position is null or r.number is null or c.at <> r.at or c.author <> r.author)
        and not exists (select from change j where j.position = r.position and j.kind = 'REJECTED')`,
  'the public is told of what it sees begin, change and end, and of nothing else': `
    select * from (
        select c.*, coalesce(lag(state) over w, 'DRAFT') = 'PUBLISHED' as was_seen, state = 'PUBLISHED' as is_seen,
            lag(published) over w as published_before
          from change c window w as (partition by entry order by position)) c
      where kind not in ('HIDDEN', 'UNMERGED') and replace(public_kind, 'CORRECTED', 'EDITED') is distinct from case
        when is_seen and not was_seen then 'PUBLISHED'
        when was_seen and not is_seen then state
        when is_seen and published is distinct from published_before then 'EDITED' end`,
  'a changeset is in the ledger, at its time, of its author': `
    select s.id from changeset s left join change c on c.changeset = s.id
      where c.position is null or c.author <> s.author or c.at <> s.at`,
  'what is out of sight is neither the newest nor what is public, and what is gone is out of sight': `
    select e.id, r.number from entry e join revision r on r.entry = e.id and r.number in (e.latest, e.published)
      where r.hidden_at is not null or r.content is null`,
  'what was accepted is what is to be public, but for what says that work was rejected, or deleted and restored': `
    select e.id, e.published, e.accepted from entry e
      join revision p on p.entry = e.id and p.number = e.published
      join revision a on a.entry = e.id and a.number = e.accepted
      where p.content::text <> a.content::text`,
  'only what is under an embargo has a time to come': `
    select id, state, embargo_until from entry
      where (state = 'EMBARGOED') <> (embargo_until is not null) and state not in ('DELETED', 'MERGED')`,
  'positions are 1 to N': `
    select min(position), max(position), count(*) from change having min(position) <> 1 or max(position) <> count(*)`,
  'time never goes back in the ledger': `
    select * from (select position, at, lag(at) over (order by position) as before from change) c where at < before`,
  'an entry is what its last row in the ledger says': `
    select e.id, e.latest, e.published, e.state, c.* from entry e
      left join lateral (select * from change c where c.entry = e.id order by position desc limit 1) c on true
      where c.latest is distinct from e.latest or c.published is distinct from e.published or c.state is distinct from e.state
        or c.accepted is distinct from e.accepted`,
  'rows of the ledger follow each other: the newest revision and what is public never go back': `
    select * from (
        select position, latest, published, previous, lag(latest) over w as latest_before, lag(published) over w as published_before
          from change window w as (partition by entry order by position)) c
      where previous is distinct from latest_before or latest < latest_before or published < published_before
        or (published is null and published_before is not null)`,
  'what is merged has one entry that answers for it, which is not merged, and no other has': `
    select e.id, d.into_entry from entry e
      full join (select * from redirect where until is null) d on d.from_entry = e.id
      left join entry i on i.id = d.into_entry
      where (e.state = 'MERGED') is distinct from (d.into_entry is not null) or i.state = 'MERGED' or i.kind <> e.kind`,
  'what answers for an entry is told by the ledger, when it begins and when it ends': `
    select d.from_entry, d.since, c.position from redirect d
      full join (select * from change where kind = 'MERGED') c on c.entry = d.from_entry and c.position = d.since
      where (c.position is null and not exists (
          select from change m where m.kind in ('MERGED', 'UNMERGED') and m.position = d.since)) or d.from_entry is null
        or (d.until is not null and not exists (
          select from change m where m.kind in ('MERGED', 'UNMERGED') and m.position = d.until))`,
  'the public is told of a parting as it was told of the merging, or that what came of it is withdrawn': `
    select c.position from change c join redirect d on d.from_entry = c.entry and d.until = c.position
      where c.kind = 'UNMERGED' and c.public_kind is distinct from case
        when c.state = 'PUBLISHED' then 'UNMERGED' when d.state = 'PUBLISHED' then 'WITHDRAWN' end`,
  'what is merged is shown nowhere, and what is not is kept aside nowhere': `
    select e.id from entry e
      where exists (select from shown s where s.entry = e.id) = (e.state = 'MERGED')
        or exists (select from shown_before s where s.entry = e.id) <> (e.state = 'MERGED')`,
  'LATEST shows the newest revision': `
    select e.id from (${STANDING}) e
      left join (${SHOWN}) s on s.entry = e.id and s.view = 'LATEST'
      left join revision r on r.entry = e.id and r.number = e.latest
      where s.revision is distinct from e.latest or s.content::text is distinct from r.content::text
        or s.format is distinct from r.format or s.state is distinct from e.state or s.kind is distinct from e.kind`,
  'PUBLISHED shows the published revision, of what is public and nothing else': `
    select e.id from (${STANDING}) e
      full join (${SHOWN}) s on s.entry = e.id and s.view = 'PUBLISHED'
      left join revision r on r.entry = e.id and r.number = e.published
      where (s.view is null or s.view = 'PUBLISHED') and (
        (s.entry is not null) <> (e.published is not null and e.state = 'PUBLISHED')
        or s.revision <> e.published or s.content::text <> r.content::text or s.format <> r.format
        or s.state <> 'PUBLISHED' or s.kind <> e.kind)`,
  'a revision was public if and only if the ledger says so, since the position that says so': `
    select r.entry, r.number, r.public_position, c.position from revision r
      full join (select entry, published, min(position) as position from change
          where published is not null and state = 'PUBLISHED' group by 1, 2) c
        on c.entry = r.entry and c.published = r.number
      where r.public_position is distinct from c.position`,
  'nothing waits that is not newer than what was accepted, and nothing newer is accepted': `
    select r.entry, r.number, r.review from revision r join entry e on e.id = r.entry
      where (r.review = 'PENDING' and r.number <= e.accepted) or (r.review = 'ACCEPTED' and r.number > coalesce(e.accepted, 0))
        or (r.review = 'PENDING') <> (r.reviewed_by is null)`,
  'every present address leads to its entry, for the public since it was public': `
    select s.entry, s.view, s.slug, a.entry as led_to from shown s
      left join slug a on a.kind = s.kind and a.slug = s.slug
      where s.slug is not null and (a.entry is distinct from s.entry or (s.view = 'PUBLISHED' and a.public_since is null))`,
  'every address that was public is still its entry’s': `
    select distinct r.entry, r.content ->> 'slug' as slug, a.entry as led_to from revision r
      join entry e on e.id = r.entry
      left join slug a on a.kind = e.kind and a.slug = r.content ->> 'slug'
      where r.public_position is not null and r.content ->> 'slug' is not null and a.entry is distinct from r.entry`,
  'what is unsettled is in the ledger, at its position, with its cause, and is so once at a time': `
    select u.entry, u.cause, u.since, c.position from unsettled u
      full join (select * from change where kind = 'UNSETTLED') c
        on c.position = u.since and c.entry = u.entry and c.cause = u.cause and c.at = u.at
      where u.entry is null or c.position is null or c.public_kind is not null or u.until < u.since
    union all
    select entry, cause, min(since), count(*) from unsettled where until is null group by entry, cause having count(*) > 1`,
  'a protection is in the ledger, at its position, and an entry has one at a time': `
    select p.entry, p.since from protection p
      left join change c on c.position = p.since and c.entry = p.entry and c.kind = 'PROTECTED'
      where c.position is null or p.until <= p.since
    union all
    select entry, min(since) from protection where until is null group by entry having count(*) > 1`,
  'a correction and a withdrawal are in the ledger, at their position': `
    select t.entry, t.position from (
        select entry, position, at, 'CORRECTED' as kind from correction
        union all select entry, position, at, 'WITHDRAWN' from withdrawal) t
      left join change c on c.position = t.position and c.entry = t.entry and c.kind in (t.kind, 'UNMERGED') and c.at = t.at
      where c.position is null`,
  'a link begins before it ends': `select * from link where until <= since`,
  'a key is kept only with what was written under it': `select user_id, key from idempotency where result is null`,
};

/** Fields whose links are wiki links: where they lead changes with addresses, not with the ledger's row of their entry. */
const WIKI_FIELDS = new Set(['body', 'timeline.note']);

const derivedIn = (view: View, kind: EntryKind, content: Content): Derived =>
  view === 'PUBLISHED' ? publicPart(kind, derive(kind, content)) : derive(kind, content);

const linkLine = (view: View, field: string, item: string, to: string): string => `${view} ${field} [${item}] → ${to}`;

/** Links, current and past: at every position of the ledger those that follow from what the views showed then. */
async function findLinkBreaches(sql: Sql, contents: ReadonlyMap<string, Content>): Promise<string[]> {
  const breaches: string[] = [];
  const links = new Map<string, Row[]>();
  for (const link of await sql('select *, since::int as s, until::int as u from link'))
    links.set(link.from_entry, [...(links.get(link.from_entry) ?? []), link]);
  const ledger = await sql(`select c.position::int as p, c.entry, c.latest, e.kind,
      case when coalesce(d.state, c.state) = 'PUBLISHED' then c.published end as published
    from change c join entry e on e.id = c.entry
    left join redirect d on c.state = 'MERGED' and d.from_entry = c.entry and d.since <= c.position
      and (d.until is null or d.until > c.position)
    order by c.position`);
  for (const { p, entry, latest, published, kind } of ledger) {
    const views = [
      ['LATEST', latest],
      ['PUBLISHED', published],
    ] as const;
    // What an erased content referred to nobody can tell.
    const gone = new Set<View>(
      views.flatMap(([view, number]) => (number !== null && !contents.has(`${entry}:${number}`) ? [view] : [])),
    );
    const expected = views.flatMap(([view, number]) => {
      const content = contents.get(`${entry}:${number}`);
      if (!content) return [];
      return derivedIn(view, kind, content).links.flatMap(({ field, item, to }) =>
        typeof to === 'string' ? [linkLine(view, field, item, to)] : [],
      );
    });
    const found = (links.get(entry) ?? [])
      .filter((link) => !gone.has(link.view))
      .filter((link) => !WIKI_FIELDS.has(link.field) && link.s <= p && (link.u === null || link.u > p))
      .map((link) => linkLine(link.view, link.field, link.item, link.to_entry));
    if (expected.toSorted().join() !== found.toSorted().join())
      breaches.push(
        `links of ${entry} at ${p}: expected ${expected.toSorted().join()}; found ${found.toSorted().join()}`,
      );
  }
  return breaches;
}

/** Wiki links as they are now: those of the texts that are shown, each to what its address leads to in the view. */
async function findWikiLinkBreaches(sql: Sql): Promise<string[]> {
  const addresses = new Map<string, Row>();
  for (const row of await sql('select * from slug')) addresses.set(`${row.kind}:${row.slug}`, row);
  const claims = new Set((await sql(`select id from entry where kind = 'CLAIM'`)).map((row) => row.id));
  const bodies = new Map((await sql('select hash, body from text')).map((row) => [row.hash, row.body as string]));
  const leadsTo = (view: View, { kind, target }: WikiTarget): string => {
    const address = addresses.get(`${kind}:${target}`);
    const found = address && (view === 'LATEST' || address.public_since !== null) ? address.entry : null;
    return found ?? (kind === 'CLAIM' && claims.has(target) ? target : `${kind}:${target}`);
  };
  const links = await sql(`select *, wanted_kind || ':' || wanted_slug as wanted from link where until is null`);
  const shown = await sql(SHOWN);
  return shown.flatMap(({ entry, view, kind, format, content }) => {
    const derived = derivedIn(view, kind, inNewestFormat(kind, format, content));
    const inNotes = derived.links.filter((link) => typeof link.to !== 'string') as {
      field: string;
      item: string;
      to: WikiTarget;
    }[];
    const inTexts = derived.texts.flatMap(({ field, hash }) =>
      wikiTargetsIn(bodies.get(hash) ?? '').map((to) => ({ field, item: '', to })),
    );
    const expected = new Set(
      [...inNotes, ...inTexts].map(({ field, item, to }) => linkLine(view, field, item, leadsTo(view, to))),
    );
    const found = links
      .filter((link) => link.from_entry === entry && link.view === view && WIKI_FIELDS.has(link.field))
      .map((link) => linkLine(view, link.field, link.item, link.to_entry ?? link.wanted));
    return [...expected].toSorted().join() === found.toSorted().join()
      ? []
      : [`wiki links of ${entry}: expected ${[...expected].toSorted().join()}; found ${found.toSorted().join()}`];
  });
}

/** Long texts: each is kept under its own hash, and each that a content names is kept. */
async function findTextBreaches(sql: Sql, rows: readonly Row[]): Promise<string[]> {
  const kept = new Set<string>();
  const breaches: string[] = [];
  for (const { hash, body } of await sql('select hash, body from text')) {
    kept.add(hash);
    if (sha256(body) !== hash) breaches.push(`text ${hash} is not what it is called`);
  }
  for (const { entry, number, kind, content } of rows)
    for (const [name, rule] of Object.entries(KINDS[kind as EntryKind].fields as FieldRules))
      if (rule.shape === 'text' && content[name] !== null && !kept.has(content[name]))
        breaches.push(`${name} of ${entry}:${number} is not kept`);
  return breaches;
}

/** What is found and listed by: just what follows from the content that is shown. */
async function findDerivedBreaches(sql: Sql): Promise<string[]> {
  const plain = (value: unknown): string => JSON.stringify(value, (_, part) => sorted(part));
  const shown = await sql(SHOWN);
  return shown.flatMap((row) => {
    const {
      links: _links,
      texts: _texts,
      ...expected
    } = derive(row.kind, inNewestFormat(row.kind, row.format, row.content));
    const columns: Row = { ...row, sortTitle: row.sort_title };
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, columns[name]]));
    return plain(expected) === plain(found)
      ? []
      : [`${row.view} of ${row.entry}: ${plain(expected)} ≠ ${plain(found)}`];
  });
}

const sorted = (part: unknown): unknown =>
  part !== null && typeof part === 'object' && !Array.isArray(part) && !(part instanceof Date)
    ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : part;

/**
 * Everything that is wrong with a newsroom's tables, in words; nothing where all is well. Reads everything: for tests, after
 * whatever they did.
 */
export async function findBreaches(sql: Sql): Promise<string[]> {
  const breaches: string[] = [];
  for (const [rule, statement] of Object.entries(BREACHES))
    for (const row of await sql(statement)) breaches.push(`${rule}: ${JSON.stringify(row)}`);
  const rows = await sql(`select r.entry, r.number, r.format, r.content, r.hash, e.kind
    from revision r join entry e on e.id = r.entry where r.content is not null`);
  for (const { entry, number, content, hash } of rows)
    if (sha256(JSON.stringify(content)) !== hash) breaches.push(`the hash of ${entry}:${number} is another content's`);
  const contents = new Map<string, Content>(
    rows.map((row) => [`${row.entry}:${row.number}`, inNewestFormat(row.kind, row.format, row.content)]),
  );
  return [
    ...breaches,
    ...(await findLinkBreaches(sql, contents)),
    ...(await findWikiLinkBreaches(sql)),
    ...(await findTextBreaches(sql, rows)),
    ...(await findDerivedBreaches(sql)),
  ];
}
