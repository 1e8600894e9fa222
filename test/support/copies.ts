import { importNewsroom, type Imported } from '../../src/edits/import-newsroom';
import type { Numbered } from '../../src/edits/import-check';
import { type ExportLine, readLine } from '../../src/model/export';
import { exportNewsroom } from '../../src/store/export';
import type { Answer, TestNewsroom } from './newsroom';

/** Lines of an export as they are written: what is kept of them is what JSON keeps. */
export async function linesOf(room: TestNewsroom, after: string | null = null): Promise<ExportLine[]> {
  const lines: string[] = [];
  await exportNewsroom(room.newsroom, { after, write: (line) => void lines.push(JSON.stringify(line)) });
  return lines.map((line) => JSON.parse(line));
}

async function* numbered(lines: readonly ExportLine[]): AsyncGenerator<Numbered> {
  for (const [index, value] of lines.entries()) {
    const line = readLine(value);
    if ('wrong' in line) throw new Error(`line ${index + 1}: ${line.wrong}`);
    yield { nr: index + 1, line };
  }
}

export const importInto = (
  room: TestNewsroom,
  lines: readonly ExportLine[],
  onWritten: (changes: number) => void = () => undefined,
): Promise<Imported> =>
  importNewsroom(room.newsroom, {
    lines: () => numbered(lines),
    onProgress: (step, changes) => {
      if (step === 'written') onWritten(changes);
    },
  });

/** Looks at all lines and begins to write them; before the first change is written, the power goes. */
export async function beginImport(room: TestNewsroom, lines: readonly ExportLine[]): Promise<void> {
  const stop = new Error('the power went');
  let readings = 0;
  async function* read(): AsyncGenerator<Numbered> {
    readings += 1;
    yield* numbered(readings === 1 ? lines : lines.filter(({ line }) => line === 'newsroom' || line === 'user'));
    if (readings > 1) throw stop;
  }
  await expect(importNewsroom(room.newsroom, { lines: read })).rejects.toBe(stop);
}

/** Where an export ends, as a cursor of the newsroom that it is of. */
export const headOf = ([first]: readonly ExportLine[]): string | null =>
  first?.line === 'newsroom' ? (first.head?.cursor ?? null) : null;

// Contents out of sight do not leave, nor does what was shown of them: it is never read again.
const SIGHT = `case when hidden_at is null then`;
const COPIED: Readonly<Record<string, string>> = {
  entry: 'select * from entry order by id',
  revision: `select entry, number, format, parent, base, action, author, ${SIGHT} summary end as summary, minor, changeset,
      ${SIGHT} content::text end as content, hash, position, at, review, reviewed_by, reviewed_at, review_note, public_position,
      public_at, target, hidden_at, hidden_by, hidden_reason
    from revision order by entry, number`,
  change: 'select * from change order by position',
  shown: `select entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at, earliest, latest, facets,
      content::text as content from shown order by entry, view`,
  shown_before: `select entry, view, revision, title, slug, state, since, at, content::text as content from shown_before
    order by entry, view`,
  open_link: `select from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since from link where until is null
    order by 1, 2, 3, 4, 5, 6, 7, 8`,
  slug: 'select * from slug order by kind, slug',
  user: `select id, name, bot from "user" where id in (select author from change union select author from comment) order by id`,
  changeset: 'select * from changeset order by id',
  correction: 'select * from correction order by id',
  withdrawal: 'select * from withdrawal order by entry, position',
  protection: 'select * from protection order by entry, since',
  unsettled: 'select * from unsettled order by entry, cause, since',
  redirect: 'select * from redirect order by from_entry, since',
  judgement: 'select * from judgement order by one, other, since',
  comment: 'select * from comment order by id',
  concealment: 'select entry, revisions, act, reason, author, asked_by, at from concealment order by at, entry, act',
};

/** What a newsroom holds, by table: what a copy must have alike. */
export async function holdings(room: Pick<TestNewsroom, 'sql'>): Promise<Record<string, Answer[]>> {
  const found: Record<string, Answer[]> = {};
  for (const [table, query] of Object.entries(COPIED)) found[table] = await room.sql(query);
  return found;
}

/** Links that have ended, but for those that only contents had that are out of sight: these are never told. */
export const endedLinks = (room: TestNewsroom): Promise<Answer[]> =>
  room.sql(`select from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since, until from link l
    where until is not null and exists (
      select from (
          select x.position, lead(x.position) over (order by x.position) as until,
              case when l.view = 'LATEST' then x.latest when x.state = 'PUBLISHED' then x.published end as shown
            from change x where x.entry = l.from_entry) x
        join revision v on v.entry = l.from_entry and v.number = x.shown and v.hidden_at is null
        where x.position < l.until and coalesce(x.until > l.since, true))
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9`);

/** Rows as they lie on the disk: whoever writes one, even as it was, changes this. */
export async function versionsOf(room: TestNewsroom): Promise<Answer> {
  const tables = [...Object.keys(COPIED).filter((table) => table !== 'open_link'), 'link', 'text'];
  const found: Record<string, Answer[]> = {};
  for (const table of tables)
    found[table] = await room.sql(`select ctid::text, xmin::text from "${table}" order by ctid`);
  return found;
}
