import type { Content, EntryKind } from '../model/entry';
import { inNewestFormat } from '../rules/contents';
import type { Run } from './database';
import { namesIn } from './entries';
import type { WeakLink } from './facts';
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
      order by l.id`,
    [entries, asOf],
  );
  return rows.map(({ kind, format, content, ...link }) => ({
    ...link,
    title: kind && content && namesIn(kind, inNewestFormat(kind, format, content)).title,
  }));
}

/** What `countSupport` counts, as it would have been counted at a position. */
export function countSupportThen(
  run: Run,
  asOf: bigint,
  entries: readonly string[],
): Promise<{ entry: string; count: number }[]> {
  const tense = tenseOf({ view: 'LATEST', asOf }, '', '$2::bigint');
  const parts = tense.held.map(
    (held) => `select p.entry, l.from_entry
        from (select i.entry, ${tense.clusterOf('i.entry')} as cluster from unnest($1::uuid[]) as i (entry)) p
        join link l on l.to_entry = any(p.cluster)
        ${tense.listed.join('l.from_entry')}
        ${tense.joinShown('t', 'l.from_entry')}
        where l.view = 'LATEST' and l.field = 'about' and ${held('l')}
          and ${tense.listed.condition} and t.content ->> 'stance' in ('ASSERTS', 'CONFIRMS', 'PARTLY_CONFIRMS')`,
  );
  return run(
    'support-then',
    `select l.entry, count(distinct l.from_entry)::int as count
      from (${parts.join(' union all ')}) l group by l.entry`,
    [entries, asOf],
  );
}
