import type { Content } from '../model/entry';
import type { ChangeLine, ExportedRevision, ExportLine, RecordLine, TextLine, UserLine } from '../model/export';
import { LONG_TEXTS } from '../rules/diff';
import type { Run } from '../store/database';
import { lockEntries } from '../store/locks';
import { type Newsroom, Scope } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { keepTexts } from '../store/write';
import {
  clearStandings,
  findPurged,
  isTableLine,
  keepAuthors,
  noteTelling,
  type RevisionFacts,
  writeChangesets,
  writeFacts,
  writeRecords,
  writeStandings,
} from '../store/write-import';
import { findLoneTexts, forgetTexts } from '../store/write-visibility';
import { type Checked, ImportCheck, type Numbered } from './import-check';
import { writeChanges } from './import-changes';
import { findTelling } from './import-telling';

/** An export that is to come in: it is read twice, first to look, then to write. */
export interface ImportRequest {
  /** Its lines, from the beginning each time. */
  lines(): AsyncIterable<Numbered>;
  /** Looks only. */
  readonly isCheck?: boolean;
  /** `looked` until all lines were, then `written`. */
  onProgress?(step: 'looked' | 'written', changes: number, total: number): void;
}

/** What an import has come to, in changes. */
export interface Imported {
  readonly written: number;
  /** What was here already. */
  readonly known: number;
}

/** Written in one transaction: at most so many changes, or so many characters of contents and texts. */
const CHANGES_AT_ONCE = 100;
const CHARACTERS_AT_ONCE = 4_000_000;
const RECORDS_AT_ONCE = 500;

/** Lines that are written together. */
class Batch {
  users: UserLine[] = [];
  texts: TextLine[] = [];
  changes: ChangeLine[] = [];
  /** Revisions as they stand today, of changes that are here already. */
  known: ChangeLine[] = [];
  records: RecordLine[] = [];
  private size = 0;

  add(line: ExportLine, here: number): void {
    if (line.line === 'user') this.users.push(line);
    else if (line.line === 'text') this.texts.push(line);
    else if (line.line === 'change') (line.position <= here ? this.known : this.changes).push(line);
    else if (line.line !== 'newsroom' && line.line !== 'end') this.records.push(line);
    this.size += line.line === 'text' ? line.body.length : line.line === 'change' && line.wrote ? 1000 : 0;
  }

  /** Whether it is to be written before a line comes: there is enough, or what comes is of another sort. */
  isDue(next: ExportLine): boolean {
    if (next.line === 'change' && next.together) return false;
    const [record] = this.records;
    const written = this.changes.length + this.known.length;
    const isOfChanges = next.line === 'change' || next.line === 'text';
    return (
      (record !== undefined && record.line !== next.line) ||
      (written > 0 && !isOfChanges) ||
      this.records.length + this.users.length >= RECORDS_AT_ONCE ||
      written >= CHANGES_AT_ONCE ||
      this.size >= CHARACTERS_AT_ONCE
    );
  }
}

const factsOf = (entry: string, wrote: ExportedRevision, content: Content | null): RevisionFacts => ({
  entry,
  number: wrote.number,
  review: wrote.review,
  reviewedBy: wrote.reviewedBy,
  reviewedAt: wrote.reviewedAt,
  reviewNote: wrote.reviewNote,
  summary: wrote.summary,
  hiddenAt: wrote.hidden?.at ?? null,
  hiddenBy: wrote.hidden?.by ?? null,
  hiddenReason: wrote.hidden?.reason ?? null,
  isWithheld: wrote.content === null,
  content,
});

/**
 * Puts revisions that are here as they stand today. What is out of sight by now goes, with the texts that nothing else has.
 *
 * @param needed texts that contents in sight name which come with the same export, now or later.
 */
async function putFacts(run: Run, facts: readonly RevisionFacts[], needed: ReadonlySet<string>): Promise<void> {
  const purged = await findPurged(run, facts);
  const lone = purged.length > 0 ? await findLoneTexts(run, purged, LONG_TEXTS) : [];
  await writeFacts(run, facts);
  const gone = lone.filter((hash) => !needed.has(hash));
  if (gone.length > 0) await forgetTexts(run, gone);
}

async function writeRecordLines(run: Run, records: readonly RecordLine[], needed: ReadonlySet<string>): Promise<void> {
  const [first] = records;
  if (!first) return;
  if (isTableLine(first.line)) await writeRecords(run, first.line, records);
  else if (first.line === 'changeset')
    await writeChangesets(
      run,
      records.flatMap((line) => (line.line === 'changeset' ? [line] : [])),
    );
  else if (first.line === 'standing') await writeStandings(run, records);
  else
    await putFacts(
      run,
      records.flatMap((line) =>
        line.line === 'revision' ? [factsOf(line.entry, line, line.content as Content | null)] : [],
      ),
      needed,
    );
}

const writeBatch = (
  newsroom: Newsroom,
  { users, texts, changes, known, records }: Batch,
  needed: ReadonlySet<string>,
): Promise<void> =>
  inTransaction(new Scope(newsroom), async ({ run }) => {
    if (users.length > 0) await keepAuthors(run, users);
    const entries = [...changes, ...known].map(({ entry }) => entry);
    if (entries.length > 0) await lockEntries(run, [...new Set(entries)]);
    await keepTexts(run, texts);
    await writeRecordLines(run, records, needed);
    const again = known.flatMap(({ entry, wrote }) =>
      wrote ? [factsOf(entry, wrote, wrote.content as Content | null)] : [],
    );
    if (again.length > 0) await putFacts(run, again, needed);
    const changesets = known.flatMap(({ changeset }) => changeset ?? []);
    if (changesets.length > 0) await writeChangesets(run, changesets);
    await writeChanges(run, changes);
    const anew = changes.flatMap(({ entry, wrote }) => (wrote ? [factsOf(entry, wrote, null)] : []));
    if (anew.length > 0) await writeFacts(run, anew);
  });

async function look(newsroom: Newsroom, { lines, onProgress }: ImportRequest): Promise<Checked> {
  const check = new ImportCheck(newsroom.database.run);
  let total = 0;
  for await (const numbered of lines()) {
    const { line } = numbered;
    if (line.line === 'newsroom') total = line.changes;
    if (line.line === 'change' && numbered.nr % 100 === 0) onProgress?.('looked', line.position, total);
    await check.take(numbered);
  }
  return check.finish();
}

/**
 * Takes over what another newsroom holds: every change at its own position and time, so that histories, views of any moment and the
 * feed are the same as there. Into an empty newsroom, or into a copy of the same one, which then has what came since. All lines are
 * looked at before the first is written; then they are written in order, a few at a time, and whoever was stopped in between begins
 * again and goes on. What is here already is not written once more.
 *
 * @throws WikiError BAD_USER_INPUT that names the line; nothing was written then.
 */
export async function importNewsroom(newsroom: Newsroom, request: ImportRequest): Promise<Imported> {
  const checked = await look(newsroom, request);
  const { changes: total, after } = checked.newsroom;
  const known = Math.max(0, checked.here - (after?.position ?? 0));
  const due = await findTelling(newsroom.database.run, checked);
  if (request.isCheck || due === null) return { written: 0, known: Math.min(known, total) };
  await noteTelling(newsroom.database.run, due);
  const standing: string[] = [];
  let batch = new Batch();
  let done = 0;
  const write = async (): Promise<void> => {
    await writeBatch(newsroom, batch, checked.texts);
    done += batch.changes.length + batch.known.length;
    request.onProgress?.('written', done, total);
    batch = new Batch();
  };
  for await (const { line } of request.lines()) {
    if (batch.isDue(line)) await write();
    batch.add(line, checked.here);
    if (line.line === 'standing') standing.push(line.entry);
  }
  await write();
  await inTransaction(new Scope(newsroom), async ({ run }) => {
    await clearStandings(run, standing);
    await noteTelling(run, { ...due, isWhole: true });
  });
  return { written: total - known, known };
}
