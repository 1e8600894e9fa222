import { isDeepStrictEqual } from 'node:util';
import { wikiTargetsIn, type WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import type { Rebuilding } from './rebuilding';

const BATCH = 100;

interface TextRow {
  hash: string;
  links: WikiTarget[];
  /** Null where it has no wiki links for sure: such a body stays where it is. */
  body: string | null;
}

const findBatch = (run: Run, after: string): Promise<TextRow[]> =>
  run<TextRow>(
    'rebuild-texts',
    `select hash, links, case when position('[[' in body) > 0 then body end as body
      from text where hash > $1 order by hash limit $2`,
    [after, BATCH],
  );

/** The wiki links that texts are said to have, by hash. */
export async function findTextLinks(
  run: Run,
  rebuilding: Pick<Rebuilding, 'texts'>,
  hashes: Iterable<string>,
): Promise<Map<string, readonly WikiTarget[]>> {
  const rows = await run<Pick<TextRow, 'hash' | 'links'>>(
    'rebuild-text-links',
    'select hash, links from text where hash = any($1::text[])',
    [[...hashes]],
  );
  return new Map(rows.map(({ hash, links }) => [hash, rebuilding.texts.get(hash) ?? links]));
}

/** Rows are locked in the order of their hashes, so that two rebuildings wait for each other, not in a circle. */
const writeLinks = (run: Run, wrong: ReadonlyMap<string, readonly WikiTarget[]>): Promise<unknown[]> =>
  run(
    'rebuild-text-write',
    `with held as (select hash from text where hash = any($1::text[]) order by hash for no key update)
      update text t set links = n.links
        from held join unnest($1::text[], $2::jsonb[]) as n (hash, links) on n.hash = held.hash
        where t.hash = held.hash`,
    [[...wrong.keys()], [...wrong.values()].map((links) => JSON.stringify(links))],
  );

/** Reads the wiki links of long texts again. A text never changes, so nothing needs to be held meanwhile. */
export async function rebuildTexts(rebuilding: Rebuilding): Promise<void> {
  for (let after = ''; ;) {
    const batch = await rebuilding.look((run) => findBatch(run, after));
    const wrong = new Map<string, readonly WikiTarget[]>();
    for (const { hash, links, body } of batch) {
      const expected = body === null ? [] : wikiTargetsIn(body);
      if (!isDeepStrictEqual(links, expected)) wrong.set(hash, expected);
    }
    if (rebuilding.isCheck) for (const [hash, links] of wrong) rebuilding.texts.set(hash, links);
    else if (wrong.size > 0) await rebuilding.write((run) => writeLinks(run, wrong));
    rebuilding.note([...wrong.keys()].map((hash) => ({ table: 'text', id: hash, rows: 1 })));
    rebuilding.done(batch.length);
    if (batch.length < BATCH) return;
    after = batch.at(-1)?.hash ?? '';
  }
}
