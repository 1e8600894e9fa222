import type pg from 'pg';
import { toEntryWrite } from '../src/edits/write-draft';
import { type Run, runOn } from '../src/store/database';
import { lockPosition } from '../src/store/locks';
import { keepTexts } from '../src/store/write';
import { insertRevisions, insertShown, type RevisionRow, type ShownRow } from './bulk';
import { type FilledDraft, revisionRow, shownRows } from './fill';
import { startProgress } from './progress';

/** A story of very many revisions, all public, that leads to no other entry: it has no rows in `link`. */
export interface LongStory {
  readonly entry: string;
  readonly slug: string;
  readonly revisions: number;
  /** Asked for in order, from 1; each may build on the one before. */
  draft(revision: number): FilledDraft;
}

const BATCH = 100;

/** Writes the story straight into the tables, at the end of the ledger. To be called in a transaction, while nobody edits. */
export async function insertLong(
  run: Run,
  story: LongStory,
  onProgress: (written: number) => void = () => undefined,
): Promise<void> {
  await lockPosition(run);
  const [head] = await run<{ position: number; at: Date }>(
    'bench-head',
    'select position::int as position, at from change order by position desc limit 1',
  );
  const { position: before, at: beginning } = head ?? { position: 0, at: new Date() };
  const momentOf = (revision: number): Date => new Date(beginning.getTime() + revision);
  const { revisions: last } = story;
  let shown: ShownRow[] = [];
  for (let start = 1; start <= last; start += BATCH) {
    const rows: RevisionRow[] = [];
    const texts: { hash: string; body: string }[] = [];
    for (let number = start; number < Math.min(start + BATCH, last + 1); number++) {
      const [draft, at] = [story.draft(number), momentOf(number)];
      const write = toEntryWrite(draft);
      const row = revisionRow(draft, write, { position: before + number, at, last, last_published: last });
      if (row) rows.push(row);
      for (const [hash, body] of draft.texts) texts.push({ hash, body });
      shown = shownRows(draft, write, momentOf(1), at);
    }
    await keepTexts(run, texts);
    await insertRevisions(run, rows);
    onProgress(start + rows.length - 1);
  }
  await insertShown(run, shown);
}

/**
 * Whether an earlier run has written the story.
 *
 * @throws Error where the database has one of another length.
 */
export async function hasLong(client: pg.Client, story: LongStory): Promise<boolean> {
  const { rows } = await client.query<{ latest: number }>('select latest from entry where id = $1', [story.entry]);
  const [found] = rows;
  if (found && found.latest !== story.revisions)
    throw new Error(`The story ${story.slug} has ${found.latest} revisions, not ${story.revisions}.`);
  return found !== undefined;
}

/** Writes the story, in a transaction of its own. */
export async function writeLong(client: pg.Client, story: LongStory): Promise<void> {
  const bar = startProgress(`Writing ${story.revisions} revisions of one story`, story.revisions);
  await client.query('begin');
  try {
    await insertLong(runOn(client), story, (written) => bar.update(written));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    bar.stop();
  }
  await client.query('analyze revision');
}
