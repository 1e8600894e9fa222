import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { LoadResult } from './load';

/** One line of the table. */
export interface Measured {
  readonly what: string;
  readonly server: 'ours' | 'bare';
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly statements: number;
}

/** The value below which that part of an ordered list lies. */
export const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;

/** Puts the rounds of one load together. */
export function measure(
  what: string,
  server: Measured['server'],
  rounds: readonly LoadResult[],
  statements: number,
): Measured {
  const latencies = rounds.flatMap((round) => round.latencies).toSorted((one, other) => one - other);
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return {
    what,
    server,
    perSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    statements,
  };
}

const NAMES = { ours: 'newsroom wiki', bare: 'bare Node, one statement' } as const;

/** The table of a run, in Markdown. */
export function toTable(lines: readonly Measured[]): string {
  const header = ['', 'server', 'requests/s', 'p50 ms', 'p99 ms', 'statements', 'of the limit'];
  const cells = lines.map((line) => {
    const limit = lines.find((other) => other.what === line.what && other.server === 'bare');
    const share = line.server === 'ours' && limit ? `${Math.round((100 * line.perSecond) / limit.perSecond)} %` : '';
    const numbers = [line.perSecond.toFixed(0), line.p50.toFixed(2), line.p99.toFixed(2), line.statements.toFixed(1)];
    return [line.what, NAMES[line.server], ...numbers, share];
  });
  const widths = header.map((title, column) =>
    Math.max(3, ...[header, ...cells].map((row) => row[column]?.length ?? title.length)),
  );
  const toLine = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [toLine(header), `| ${rule.join(' | ')} |`, ...cells.map(toLine)].join('\n');
}

/** One line of the feed's table: figures of different sorts. */
export interface FeedMeasured {
  readonly what: string;
  readonly measured: string;
  /** Under which conditions, and beside what. */
  readonly beside: string;
  readonly target: string;
}

/** The feed's table, in Markdown. */
export function toFeedTable(lines: readonly FeedMeasured[]): string {
  const rows = lines.map(({ what, measured, target, beside }) => [what, measured, target, beside]);
  return [['', 'measured', 'target', 'with'], ['---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

const git = (...words: string[]): string => {
  try {
    return execFileSync('git', words, { encoding: 'utf8', cwd: __dirname, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return ''; // not a checkout, or no git: then nobody knows
  }
};

/** What was run on what: machine, versions and commit. */
export function describeMachine(postgres: string): string {
  const [processor] = cpus();
  const commit = git('rev-parse', '--short', 'HEAD') || 'unknown';
  const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
  return [
    `${processor?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores`,
    `Node ${process.versions.node}`,
    `PostgreSQL ${postgres}`,
    `commit ${commit}${isChanged ? ' with changes' : ''}`,
  ].join(' · ');
}
