import { notFound } from '../base/errors';
import { isUuid } from '../base/node-id';
import { Problem } from '../model/edit';
import type { Judgement } from '../model/match';
import { findJudgement, isJudgedApart, writeJudgement } from '../store/judgements';
import { lockEntries, lockPosition } from '../store/locks';
import type { Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { goneProblem } from './lock';
import { assertMayEver } from './rights';

export interface JudgeRequest {
  a: string;
  b: string;
  judgement: Judgement;
}

/**
 * Notes whether two actors are one. NOT_SAME is remembered: they are proposed to nobody again, nor merged until somebody judges
 * otherwise. SAME merges nothing by itself.
 *
 * @returns what stands against it; empty where it is noted, or was so already.
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, SERVICE_UNAVAILABLE
 */
export async function judgeMatch(scope: Scope, { a, b, judgement }: JudgeRequest): Promise<readonly Problem[]> {
  const viewer = assertMayEver(scope, 'JUDGE_MATCH');
  if (a === b) return [new Problem('INVALID', 'b: an actor is the same as itself; name another one.', '/b')];
  return inTransaction(scope, async ({ run }) => {
    const locked = isUuid(a) && isUuid(b) ? await lockEntries(run, [a, b]) : [];
    if (locked.length < 2) throw notFound();
    const problems = Object.entries({ a, b }).flatMap(([name, id]) => {
      const entry = locked.find((one) => one.id === id);
      const gone = entry ? goneProblem(entry) : null;
      if (gone) return [Object.assign(gone, { path: `/${name}` })];
      if (entry?.kind === 'ACTOR') return [];
      return [new Problem('INVALID', `${name}: only actors are judged; this is ${entry?.kind}.`, `/${name}`, id)];
    });
    if (problems.length > 0) return problems;
    // What was judged of what is merged by now may stand against what was judged of the two before.
    const isNoted = (await findJudgement(run, a, b)) === judgement;
    if (isNoted && (judgement === 'NOT_SAME' || !(await isJudgedApart(run, a, b)))) return [];
    await lockPosition(run);
    await writeJudgement(run, { a, b, judgement, author: viewer.user.uuid });
    return [];
  });
}
