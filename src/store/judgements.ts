import type { Judgement } from '../model/match';
import type { Run } from './database';
import { IDENTITY_NOW } from './identity';

const { clusterOf } = IDENTITY_NOW;

/** That a judgement `j` is of two entries, or of what was merged into them. */
const isBetween = (one: string, other: string): string =>
  `(j.one = any(${clusterOf(one)}) and j.other = any(${clusterOf(other)})
    or j.other = any(${clusterOf(one)}) and j.one = any(${clusterOf(other)}))`;

/** The ledger's newest position: what is judged is judged as of it. */
const HEAD = '(select coalesce(max(position), 0) from change)';

/** What was judged of two entries, whichever comes first; null where nobody has judged. */
export async function findJudgement(run: Run, a: string, b: string): Promise<Judgement | null> {
  const [row] = await run<{ judgement: Judgement }>(
    'judgement',
    `select judgement from judgement
      where one = least($1::uuid, $2::uuid) and other = greatest($1::uuid, $2::uuid) and until is null`,
    [a, b],
  );
  return row?.judgement ?? null;
}

/**
 * That two entries are apart: they, or what was merged into them, were judged NOT_SAME, and nobody has judged otherwise of the two
 * themselves since. What is merged cannot be judged itself any more.
 */
export const isApart = (one: string, other: string): string =>
  `exists (
    select from judgement j where j.judgement = 'NOT_SAME' and j.until is null and ${isBetween(one, other)}
      and not exists (
        select from judgement k
          where k.one = least(${one}, ${other}) and k.other = greatest(${one}, ${other}) and k.until is null
            and k.judgement <> 'NOT_SAME' and (k.since, k.at) > (j.since, j.at)))`;

/** Whether two entries are apart by what was judged. */
export async function isJudgedApart(run: Run, one: string, other: string): Promise<boolean> {
  const [row] = await run<{ apart: boolean }>('judged-apart', `select ${isApart('$1::uuid', '$2::uuid')} as apart`, [
    one,
    other,
  ]);
  return row?.apart === true;
}

/** Notes what somebody judged of two entries, in the place of what was judged before. Both must be locked, and the position lock held. */
export const writeJudgement = (
  run: Run,
  { a, b, judgement, author }: { a: string; b: string; judgement: Judgement; author: string },
): Promise<unknown[]> =>
  run(
    'write-judgement',
    `with pair as (select least($1::uuid, $2::uuid) as one, greatest($1::uuid, $2::uuid) as other, ${HEAD} as head),
      replaced as (
        update judgement j set until = p.head from pair p
          where j.one = p.one and j.other = p.other and j.until is null and j.since < p.head
      )
      insert into judgement (one, other, since, judgement, author) select one, other, head, $3, $4 from pair
        on conflict (one, other, since) do update set judgement = excluded.judgement, author = excluded.author, at = clock_timestamp()`,
    [a, b, judgement, author],
  );
