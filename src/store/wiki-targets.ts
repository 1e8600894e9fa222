import type { View } from '../model/lens';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { SHOWN_COLUMNS, type ShownRow } from './entries';

/** An entry that a wiki link leads to, with the target as the link names it. */
export type WikiTargetRow = ShownRow & { target: string };

/** The entries that wiki links name, by present or past address, as far as the view shows them. One statement. */
export const findWikiTargets = (run: Run, view: View, targets: readonly WikiTarget[]): Promise<WikiTargetRow[]> =>
  run<WikiTargetRow>(
    'wiki-targets',
    `select t.target, ${SHOWN_COLUMNS}
      from unnest($2::text[], $3::text[]) as t (kind, target)
      left join slug a on a.kind = t.kind and a.slug = t.target and ($1 = 'LATEST' or a.public_since is not null)
      join shown s on s.entry = coalesce(a.entry, case when t.kind = 'CLAIM' then t.target::uuid end)
        and s.view = $1 and s.kind = t.kind and s.state <> 'DELETED'`,
    [view, targets.map((target) => target.kind), targets.map((target) => target.target)],
  );
