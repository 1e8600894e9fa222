import { type Imported, importNewsroom } from '../edits/import-newsroom';
import { type Exported, exportNewsroom } from '../store/export';
import type { Newsroom } from '../store/scope';
import { keepInput, type LineWriter, openInput, readLines, writeLines, writeLinesTo } from './lines';
import { showProgress } from './progress';

/** Signals by which people and machines end a program; what was begun is put away first. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Does something before a signal ends the program as it would have done; gives what takes that back. */
function beforeTheEnd(work: () => void): () => void {
  const end = (signal: NodeJS.Signals): void => {
    cease();
    work();
    process.kill(process.pid, signal);
  };
  const cease = (): void => {
    for (const signal of ENDS) process.off(signal, end);
  };
  for (const signal of ENDS) process.on(signal, end);
  return cease;
}

/** Writes an export to a file, or to standard output, with a bar while people watch. A file that does not become whole is removed. */
export async function exportTo(
  newsroom: Newsroom,
  { file, after }: { file?: string; after?: string },
): Promise<Exported> {
  const progress = showProgress('export');
  let writer: LineWriter | null = null;
  const cease = beforeTheEnd(() => writer?.discard());
  try {
    writer = file === undefined ? writeLines(process.stdout) : writeLinesTo(file);
    const exported = await exportNewsroom(newsroom, {
      after: after ?? null,
      write: writer.write,
      onProgress: progress.update,
    });
    await writer.close();
    return exported;
  } catch (error) {
    writer?.discard();
    throw error;
  } finally {
    cease();
    progress.stop();
  }
}

/** Imports a file, or what comes from standard input, with a bar while people watch. */
export async function importFrom(
  newsroom: Newsroom,
  { file, check }: { file?: string; check?: boolean },
): Promise<Imported> {
  const bars = { looked: showProgress('look'), written: showProgress('import') };
  const source = await (file === undefined ? keepInput(process.stdin) : openInput(file));
  try {
    return await importNewsroom(newsroom, {
      lines: () => readLines(source),
      isCheck: check,
      onProgress: (step, done, total) => {
        if (step === 'written') bars.looked.stop();
        bars[step].update(done, total);
      },
    });
  } finally {
    bars.looked.stop();
    bars.written.stop();
    await source.close();
  }
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** What an export has come to, for whoever ran it. */
export const describeExported = ({ changes, lines, head }: Exported): string =>
  `Exported ${counted(changes, 'change')} in ${counted(lines, 'line')}.${head === null ? '' : ` What comes next: --after ${head}`}`;

/** What an import has come to, for whoever ran it. */
export const describeImported = ({ written, known }: Imported, isCheck = false): string =>
  isCheck
    ? `The export is whole. ${counted(known, 'change')} of it ${known === 1 ? 'is' : 'are'} here already.`
    : `Imported ${counted(written, 'change')}; ${counted(known, 'change')} ${known === 1 ? 'was' : 'were'} here already.`;
