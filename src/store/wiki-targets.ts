import type { Lens } from '../model/lens';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { columnsOf, type ShownRow, type ThenRow } from './entries';
import { IDENTITY_NOW } from './identity';
import { tenseOf } from './tense';

/** An entry that a wiki link leads to, with the target as the link names it. */
export type WikiTargetRow = (ShownRow | ThenRow) & { target: string };

/**
 * The entries that wiki links name, by present or past address, as far as the lens shows them; as of a moment, by addresses that
 * there were then. One statement.
 */
export function findWikiTargets(run: Run, lens: Lens, targets: readonly WikiTarget[]): Promise<WikiTargetRow[]> {
  const named = `coalesce(a.entry, case when t.kind = 'CLAIM' then t.target::uuid end)`;
  const kinds = targets.map((target) => target.kind);
  const names = targets.map((target) => target.target);
  if (lens.asOf === null)
    return run<WikiTargetRow>(
      'wiki-targets',
      `select t.target, ${columnsOf(lens)}
      from unnest($2::text[], $3::text[]) as t (kind, target)
      left join slug a on a.kind = t.kind and a.slug = t.target and ($1 = 'LATEST' or a.public_since is not null)
      join shown s on s.entry = ${IDENTITY_NOW.rootOf(named)}
        and s.view = $1 and s.kind = t.kind and s.state <> 'DELETED'`,
      [lens.view, kinds, names],
    );
  const tense = tenseOf(lens, '', '$3::bigint');
  return run<WikiTargetRow>(
    `wiki-targets${tense.suffix}`,
    `select t.target, ${columnsOf(lens)}
      from unnest($1::text[], $2::text[]) as t (kind, target)
      left join slug a on a.kind = t.kind and a.slug = t.target
        and ${lens.view === 'LATEST' ? 'a.since' : 'a.public_since'} <= $3::bigint
      ${tense.joinShown('s', tense.rootOf(named))}
      where s.kind = t.kind and s.state <> 'DELETED'`,
    [kinds, names, lens.asOf],
  );
}
