import { rebuildDerived, type RebuildReport } from '../store/rebuild';
import type { Newsroom } from '../store/scope';
import { showProgress } from './progress';

const TABLES = [
  ['shown', 'shown'],
  ['link', 'link'],
  ['slug', 'slug'],
  ['text', 'text (links)'],
] as const;

const describeFirst = ({ first }: RebuildReport): string[] =>
  first.map(({ table, id, rows }) =>
    table === 'text' ? `text ${id}: its links` : `${table} of ${id}: ${rows} ${rows === 1 ? 'row' : 'rows'}`,
  );

/** The report as lines for whoever ran the command. */
export function describeRebuild(report: RebuildReport, isCheck: boolean): string[] {
  const verb = isCheck ? 'wrong' : 'made right';
  const counts = TABLES.map(([table, words]) => `${words}: ${report.wrong[table]} ${verb}`);
  return isCheck ? [...counts, ...describeFirst(report)] : counts;
}

/**
 * Makes again what is derived from contents, with a bar while people watch, and says what was wrong.
 *
 * @returns whether all was as derived.
 */
export async function rebuild(newsroom: Newsroom, isCheck: boolean, say: (line: string) => void): Promise<boolean> {
  const progress = showProgress(isCheck ? 'check' : 'rebuild');
  try {
    const report = await rebuildDerived(newsroom, { isCheck, onProgress: progress.update });
    progress.stop();
    for (const line of describeRebuild(report, isCheck)) say(line);
    return Object.values(report.wrong).every((count) => count === 0);
  } finally {
    progress.stop();
  }
}
