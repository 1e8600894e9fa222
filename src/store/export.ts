import { invariant } from '../base/invariant';
import type { Content, EntryKind } from '../model/entry';
import {
  type ChangeLine,
  EXPORT_FORMAT,
  type ExportedRevision,
  type ExportLine,
  type Held,
  type HeldLink,
  type NewsroomLine,
  type Place,
} from '../model/export';
import { inNewestFormat } from '../rules/contents';
import { longTexts } from '../rules/diff';
import type { LinkedKind } from '../rules/markdown';
import type { Run } from './database';
import { HAS_STANDING, RECORD_TABLES, selected, wasShownWith } from './export-records';
import { type Newsroom, Scope } from './scope';
import { inTransaction } from './transaction';

/** Changes are read so many at a time, for each can bring a large content. */
const CHANGES_AT_ONCE = 50;
const RECORDS_AT_ONCE = 500;
/** A kept text can have a million characters. */
const TEXTS_AT_ONCE = 8;

/** What of a newsroom is to leave, and what becomes of the lines. */
export interface ExportRequest {
  /** A cursor of this newsroom's feed: only what came after it; null is all. */
  readonly after: string | null;
  /** Called for each line, in order; waited for. */
  write(line: ExportLine): Promise<void> | void;
  onProgress?(done: number, total: number): void;
}

/** What has left. */
export interface Exported {
  readonly changes: number;
  readonly lines: number;
  /** Where the newsroom stood, as a cursor; null where nothing was ever written. */
  readonly head: string | null;
}

/** Rows as they are asked for, a few at a time: however many there are, only those few are in memory. */
async function* fetchAll<Row>(run: Run, name: string, query: string, size: number): AsyncGenerator<Row[]> {
  await run('', `declare ${name} no scroll cursor for ${query}`);
  for (;;) {
    const rows = await run<Row>('', `fetch ${size} from ${name}`);
    if (rows.length > 0) yield rows;
    if (rows.length < size) break;
  }
  await run('', `close ${name}`);
}

const findPlace = async (run: Run, position: bigint): Promise<Place | null> => {
  const [row] = await run<Omit<Place, 'at'> & { at: Date }>(
    'export-place',
    'select position::float8 as position, at, entry, kind from change where position = $1',
    [position],
  );
  return row ? { ...row, at: row.at.toISOString() } : null;
};

// In the order in which they were made, whoever they are.
const USERS = `
  select u.id, u.name, u.bot from "user" u where u.id in (
    select author from change union select reviewed_by from revision union select hidden_by from revision
    union select author from correction union select author from withdrawal union select author from protection
    union select author from judgement union select author from comment union select resolved_by from comment
    union select author from concealment)
  order by u.created_at, u.id`;

const REVISION = `
  r.number, r.action, r.base, r.target, case when r.hidden_at is null then r.summary end as summary, r.minor, r.format, r.hash,
  case when r.hidden_at is null then r.content end as content,
  r.review, r.reviewed_by as "reviewedBy", r.reviewed_at as "reviewedAt", r.review_note as "reviewNote",
  r.hidden_at as "hiddenAt", r.hidden_by as "hiddenBy", r.hidden_reason as "hiddenReason"`;

interface RevisionRow extends Omit<ExportedRevision, 'hidden' | 'reviewedAt'> {
  reviewedAt: Date | null;
  hiddenAt: Date | null;
  hiddenBy: string | null;
  hiddenReason: string | null;
}

interface ChangeRow extends RevisionRow, Omit<ChangeLine, 'line' | 'at' | 'wrote' | 'changeset' | 'together' | 'held'> {
  at: Date;
  changeset: string | null;
  changesetSummary: string | null;
  /** Rows of one transaction have it in common. */
  transaction: string;
  wroteNumber: number | null;
  /** Whether it brought a revision into a view that is out of sight today. */
  isOfHidden: boolean;
}

const changesAfter = (position: bigint): string => `
  select c.position::float8 as position, c.at, c.kind, c.public_kind as "publicKind", c.entry, e.kind as "entryKind", c.state,
      c.latest, c.published, c.accepted, c.revision, c.previous, c.author, c.cause, c.overridden, c.into_entry as into, c.changeset,
      s.summary as "changesetSummary", d.revision as "joinedBy", c.xmin::text as transaction, r.number as "wroteNumber",
      r.hidden_at is not null or (c.state = 'PUBLISHED' and p.hidden_at is not null) as "isOfHidden", ${REVISION}
    from change c
    join entry e on e.id = c.entry
    left join changeset s on s.id = c.changeset
    left join redirect d on c.kind = 'MERGED' and d.from_entry = c.entry and d.since = c.position
    left join revision r on r.entry = c.entry and r.number = c.revision and r.position = c.position
    left join revision p on p.entry = c.entry and p.number = c.published
    where c.position > ${position} order by c.position`;

const time = (at: Date | null): string | null => at?.toISOString() ?? null;

const toRevision = (row: RevisionRow): ExportedRevision => ({
  number: row.number,
  action: row.action,
  base: row.base,
  target: row.target,
  summary: row.summary,
  minor: row.minor,
  format: row.format,
  hash: row.hash,
  content: row.content,
  review: row.review,
  reviewedBy: row.reviewedBy,
  reviewedAt: time(row.reviewedAt),
  reviewNote: row.reviewNote,
  hidden: row.hiddenAt && { at: row.hiddenAt.toISOString(), by: row.hiddenBy, reason: row.hiddenReason ?? '' },
});

const wasSeen = (link: string): string =>
  `exists (select from revision v where v.entry = $1 and v.hidden_at is null and ${wasShownWith(link)})`;

// Of the links that held then, those that also held while the view showed something that is in sight; one that only was wanted may
// have become such a link meanwhile.
const HELD = `
  select l.view, l.field, l.item, l.to_entry as "to", l.wanted_kind as kind, l.wanted_slug as target from link l
    where l.from_entry = $1 and l.since <= $2 and (l.until is null or l.until > $2) and (${wasSeen('l')} or exists (
      select from link g where l.to_entry is null and g.from_entry = $1 and g.view = l.view and g.field = l.field
        and g.item = l.item and g.since = l.until and ${wasSeen('g')}))
    order by l.view, l.field, l.item, l.id`;

// Of what was erased the address is known where it was new.
const HELD_SLUGS = `
  select coalesce(case when r.hidden_at is not null then r.content ->> 'slug' end, (
        select a.slug from slug a where a.entry = c.entry and a.since = c.position)) as "latestSlug",
      coalesce(case when p.hidden_at is not null then p.content ->> 'slug' end, (
        select a.slug from slug a where a.entry = c.entry and a.public_since = c.position)) as "publishedSlug"
    from change c
    left join revision r on r.entry = c.entry and r.number = c.latest
    left join revision p on p.entry = c.entry and p.number = c.published
    where c.position = $1`;

async function findHeld(run: Run, { entry, position }: ChangeRow): Promise<Held> {
  type Row = Pick<HeldLink, 'view' | 'field' | 'item' | 'to'> & { kind: LinkedKind | null; target: string | null };
  const rows = await run<Row>('export-held', HELD, [entry, position]);
  const [slugs] = await run<Omit<Held, 'links'>>('export-held-slugs', HELD_SLUGS, [position]);
  const links = rows.map(({ kind, target, ...link }) => ({
    ...link,
    wanted: kind === null || target === null ? null : { kind, target },
  }));
  return { latestSlug: slugs?.latestSlug ?? null, publishedSlug: slugs?.publishedSlug ?? null, links };
}

const toChange = (row: ChangeRow, before: ChangeRow | undefined, held: Held | null): ChangeLine => ({
  line: 'change',
  position: row.position,
  at: row.at.toISOString(),
  kind: row.kind,
  publicKind: row.publicKind,
  entry: row.entry,
  entryKind: row.entryKind,
  state: row.state,
  latest: row.latest,
  published: row.published,
  accepted: row.accepted,
  revision: row.revision,
  previous: row.previous,
  author: row.author,
  changeset: row.changeset === null ? null : { id: row.changeset, summary: row.changesetSummary },
  cause: row.cause,
  overridden: row.overridden,
  into: row.into,
  joinedBy: row.joinedBy,
  // After a restore of a dump all rows are of one transaction: their times tell them apart then.
  together:
    before !== undefined &&
    before.transaction === row.transaction &&
    before.at.getTime() === row.at.getTime() &&
    before.changeset === row.changeset,
  wrote: row.wroteNumber === null ? null : toRevision(row),
  held,
});

/** Hashes of the long texts that a content in sight names. */
export function textsNamedBy(
  kind: EntryKind,
  { format, content }: Pick<ExportedRevision, 'format' | 'content'>,
): string[] {
  if (content === null) return [];
  const newest: Content = inNewestFormat(kind, format, content as Content);
  return longTexts(kind).flatMap((name) => (typeof newest[name] === 'string' ? [newest[name]] : []));
}

/** One export on its way out. */
class Leaving {
  lines = 0;
  changes = 0;
  /** Of 64 characters each: a hundred thousand texts are some 10 MB. */
  private readonly texts = new Set<string>();

  constructor(
    private readonly run: Run,
    private readonly request: ExportRequest,
    private readonly total: number,
  ) {}

  async write(line: ExportLine): Promise<void> {
    this.lines += 1;
    await this.request.write(line);
  }

  async users(): Promise<void> {
    for await (const rows of fetchAll<{ id: string; name: string; bot: boolean }>(
      this.run,
      'users',
      USERS,
      RECORDS_AT_ONCE,
    ))
      for (const row of rows) await this.write({ line: 'user', ...row });
  }

  async history(after: bigint): Promise<void> {
    let before: ChangeRow | undefined;
    for await (const rows of fetchAll<ChangeRow>(this.run, 'changes', changesAfter(after), CHANGES_AT_ONCE)) {
      await this.textsOf(rows.map(({ entryKind, format, content }) => ({ kind: entryKind, format, content })));
      for (const row of rows) {
        await this.write(toChange(row, before, row.isOfHidden ? await findHeld(this.run, row) : null));
        before = row;
        this.changes += 1;
      }
      this.request.onProgress?.(this.changes, this.total);
    }
  }

  /** Texts that no line before had. */
  private async textsOf(
    rows: readonly (Pick<RevisionRow, 'format' | 'content'> & { kind: EntryKind })[],
  ): Promise<void> {
    const named = rows.flatMap((row) => (row.content ? textsNamedBy(row.kind, row) : []));
    const due = [...new Set(named)].filter((hash) => !this.texts.has(hash));
    for (let from = 0; from < due.length; from += TEXTS_AT_ONCE) {
      const some = due.slice(from, from + TEXTS_AT_ONCE);
      const bodies = await this.run<{ hash: string; body: string }>(
        'export-texts',
        'select hash, body from text where hash = any($1::text[]) order by hash',
        [some],
      );
      for (const row of bodies) await this.write({ line: 'text', ...row });
      for (const hash of some) this.texts.add(hash);
    }
  }

  /** What was said and decided since of revisions that left before. */
  async revisionsBefore(after: Place): Promise<void> {
    const { position, at } = after;
    const query = `
      select r.entry, e.kind, ${REVISION} from revision r join entry e on e.id = r.entry
        where r.position <= ${position} and r.entry in (select c.entry from change c where c.position > ${position})
          and (r.reviewed_at >= '${at}' or exists (
            select from change h where h.entry = r.entry and h.revision = r.number and h.kind = 'HIDDEN'
              and h.position > ${position}))
        order by r.position`;
    type Row = RevisionRow & { entry: string; kind: EntryKind };
    for await (const rows of fetchAll<Row>(this.run, 'revisions', query, CHANGES_AT_ONCE)) {
      await this.textsOf(rows);
      for (const row of rows) await this.write({ line: 'revision', entry: row.entry, ...toRevision(row) });
    }
    const changesets = `
      select distinct s.id, s.summary from change h join revision r on r.entry = h.entry and r.number = h.revision
        join changeset s on s.id = r.changeset where h.kind = 'HIDDEN' and h.position > ${position}`;
    for await (const rows of fetchAll<{ id: string; summary: string }>(
      this.run,
      'changesets',
      changesets,
      RECORDS_AT_ONCE,
    ))
      for (const row of rows) await this.write({ line: 'changeset', ...row });
  }

  async records(after: bigint): Promise<void> {
    for (const [line, { table, columns, since, order }] of Object.entries(RECORD_TABLES)) {
      const query = `select ${columns.map(selected).join(', ')} from ${table} t
        where ${since(String(after))} order by ${order}`;
      for await (const rows of fetchAll<object>(this.run, table, query, RECORDS_AT_ONCE))
        for (const row of rows) await this.write({ line, ...plain(row) } as ExportLine);
    }
    const standing = `
      select id as entry, submitted_at as "submittedAt", embargo_until as "embargoUntil", protected_role as "protectedRole",
          protected_until as "protectedUntil", protection_reason as "protectionReason"
        from entry where ${HAS_STANDING} order by id`;
    for await (const rows of fetchAll<object>(this.run, 'standings', standing, RECORDS_AT_ONCE))
      for (const row of rows) await this.write({ line: 'standing', ...plain(row) } as ExportLine);
  }
}

const plain = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );

async function describeNewsroom(
  newsroom: Newsroom,
  run: Run,
  { after, head }: { after: bigint; head: bigint },
): Promise<NewsroomLine> {
  const [count] = await run<{ now: Date; changes: number }>(
    'export-count',
    'select clock_timestamp() as now, count(*)::int as changes from change where position > $1',
    [after],
  );
  const newest = await findPlace(run, head);
  return {
    line: 'newsroom',
    format: EXPORT_FORMAT,
    exportedAt: (count?.now ?? new Date(0)).toISOString(),
    language: newsroom.language,
    after: await findPlace(run, after),
    head: newest && { ...newest, cursor: newsroom.moments.seal(head) },
    changes: count?.changes ?? 0,
  };
}

/**
 * Every entry with its whole history, as lines, all as of one moment; with `after` what came since. Works beside a running
 * server, and however large the newsroom is, little of it is in memory. Contents that are out of sight stay here, and so do
 * tokens, roles, watches and whatever is sealed.
 *
 * @throws WikiError CURSOR_INVALID
 */
export function exportNewsroom(newsroom: Newsroom, request: ExportRequest): Promise<Exported> {
  let attempts = 0;
  return inTransaction(new Scope(newsroom), async ({ run }) => {
    invariant((attempts += 1) === 1, 'what has left is not sent twice');
    await run('', 'set transaction isolation level repeatable read, read only');
    // Whoever reads the lines may be slow.
    await run('', `set local idle_in_transaction_session_timeout = 0`);
    await run('', `set local statement_timeout = '10min'`);
    const head = await newsroom.moments.findHead(run);
    const after =
      request.after === null ? 0n : await newsroom.moments.findPosition(run, { cursor: request.after }, 'after');
    const first = await describeNewsroom(newsroom, run, { after, head });
    const leaving = new Leaving(run, request, first.changes);
    await leaving.write(first);
    await leaving.users();
    await leaving.history(after);
    if (first.after) await leaving.revisionsBefore(first.after);
    await leaving.records(after);
    await leaving.write({ line: 'end', lines: leaving.lines + 1 });
    return { changes: leaving.changes, lines: leaving.lines, head: first.head?.cursor ?? null };
  });
}
