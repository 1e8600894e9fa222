import type { Content, EntryKind } from '../model/entry';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';
import { namesIn } from './entries';
import { type Support, SUPPORTING, WEAK_ORDER, type WeakLink } from './facts';
import { heldAt, standingThen, tenseOf } from './tense';

interface WeakLinkThen extends Omit<WeakLink, 'title'> {
  kind: EntryKind | null;
  format: number;
  content: Content | null;
}

/** What `findWeakLinks` finds, as it would have been found at a position. */
export async function findWeakLinksThen(run: Run, asOf: bigint, entries: readonly string[]): Promise<WeakLink[]> {
  const tense = tenseOf({ view: 'LATEST', asOf }, '', '$2::bigint');
  const rows = await run<WeakLinkThen>(
    'weak-links-then',
    `select l.from_entry as entry, l.field, l.item, lower(l.wanted_kind) || ':' || l.wanted_slug as wanted,
        r.target, t.kind, t.format, t.content
      from unnest($1::uuid[]) as i (entry)
      ${tense.joinShown('s', 'i.entry')}
      join link l on l.from_entry = s.entry and l.view = 'LATEST' and ${heldAt('l', 's.held_at')}
      cross join lateral (select ${tense.rootOf('l.to_entry')} as target) r
      left join lateral (select s.* from (select r.target as entry) i ${tense.joinShown('s', 'i.entry')}) t on true
      where not exists (select from ${standingThen('r.target', '$2::bigint')} p where p.state = 'PUBLISHED')
      ${WEAK_ORDER}`,
    [entries, asOf],
  );
  return rows.map(({ kind, format, content, ...link }) => ({
    ...link,
    title: kind && content && namesIn(kind, inNewestFormat(kind, format, content)).title,
  }));
}

/** What `countSupport` counts, as it would have been counted at a position. */
export async function countSupportThen(run: Run, asOf: bigint, entries: readonly string[]): Promise<Support[]> {
  const tense = tenseOf({ view: 'LATEST', asOf }, '', '$2::bigint');
  const parts = tense.held.map(
    (held) => `select p.entry, l.from_entry, (t.content ->> 'document')::uuid as document
        from (select i.entry, ${tense.clusterOf('i.entry')} as cluster from unnest($1::uuid[]) as i (entry)) p
        join link l on l.to_entry = any(p.cluster)
        ${tense.listed.join('l.from_entry')}
        ${tense.joinShown('t', 'l.from_entry')}
        where l.view = 'LATEST' and l.field = 'about' and ${held('l')}
          and ${tense.listed.condition} and t.content ->> 'stance' in ${SUPPORTING}`,
  );
  const rows = await run<Omit<Support, 'title'> & { format: number; content: Content | null }>(
    'support-then',
    `with support as materialized (${parts.join(' union all ')}),
      source as materialized (
        select d.entry as document, d.format, d.content
          from (select distinct ${tense.rootOf('s.document')} as entry from support s) i
          ${tense.joinShown('d', 'i.entry')}
          where d.content ->> 'status' = 'RETRACTED'
      )
      select x.*, d.format, d.content from (
          select s.entry, count(distinct s.from_entry)::int as citations, d.document as retracted
            from support s left join source d on d.document = ${tense.rootOf('s.document')}
            group by s.entry, d.document
        ) x left join source d on d.document = x.retracted`,
    [entries, asOf],
  );
  return rows
    .map(({ format, content, ...support }) => ({
      ...support,
      title: content && namesIn('DOCUMENT', inNewestFormat('DOCUMENT', format, content)).title,
    }))
    .toSorted(inOrder);
}

/** As the statement of now orders them; ids decide where titles are the same. */
const inOrder = (one: Support, other: Support): number => {
  const [first, second] = [one, other].map(({ title, retracted }) => `${title} ${retracted}`) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
};
