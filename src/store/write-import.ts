import { invariant } from '../base/invariant';
import type { Content, EntryKind, EntryState } from '../model/entry';
import type { ChangeLine, RecordLine, RecordName, UserLine } from '../model/export';
import type { Run } from './database';
import { HAS_STANDING, RECORD_TABLES, type RecordColumn, type RecordTable } from './export-records';
import type { RevisionAddress } from './revisions';

/** How an entry stands by the ledger; null where it is not there. */
export interface LedgerStanding {
  readonly kind: EntryKind;
  readonly state: EntryState | 'MERGED';
  readonly latest: number;
  readonly published: number | null;
  readonly accepted: number | null;
}

/** A row of the ledger as it is here. */
export type LedgerEntry = Omit<
  ChangeLine,
  'line' | 'joinedBy' | 'together' | 'wrote' | 'held' | 'changeset' | 'entryKind'
> & {
  readonly changeset: string | null;
};

/** A row of the ledger, as facts beside it refer to it. */
export type LedgerRow = Pick<ChangeLine, 'position' | 'entry' | 'kind' | 'at' | 'cause'>;

/** That an entry answered for another, by the changes up to a position. */
export type LedgerRedirect = Omit<Extract<RecordLine, { line: 'redirect' }>, 'line' | 'joinedBy'>;

/** A revision's content as it was written. */
export interface WrittenContent extends RevisionAddress {
  readonly format: number;
  /** Null where it is gone. */
  readonly content: Content | null;
  readonly hash: string;
}

/** The newest position; 0 where nothing was written yet. */
export async function findHead(run: Run): Promise<number> {
  const [row] = await run<{ head: number }>(
    'import-head',
    'select coalesce(max(position), 0)::float8 as head from change',
  );
  return row?.head ?? 0;
}

/** How entries stood after a position. */
export async function findStandings(
  run: Run,
  entries: readonly string[],
  position: number,
): Promise<Map<string, LedgerStanding>> {
  const rows = await run<LedgerStanding & { entry: string }>(
    'import-standings',
    `select e.id as entry, e.kind, c.state, c.latest, c.published, c.accepted
      from entry e cross join lateral (
        select * from change c where c.entry = e.id and c.position <= $2 order by c.position desc limit 1) c
      where e.id = any($1::uuid[])`,
    [entries, position],
  );
  return new Map(rows.map(({ entry, ...standing }) => [entry, standing]));
}

/** Rows of the ledger from one position to another, both among them. */
export async function findLedgerRows(run: Run, from: number, to: number): Promise<LedgerEntry[]> {
  const rows = await run<Omit<LedgerEntry, 'at'> & { at: Date }>(
    'import-ledger',
    `select position::float8 as position, at, kind, public_kind as "publicKind", entry, state, latest, published, accepted,
        revision, previous, author, cause, into_entry as into, changeset
      from change where position between $1 and $2 order by position`,
    [from, to],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Rows of the ledger at these positions. */
export async function findLedgerRowsAt(run: Run, positions: readonly number[]): Promise<LedgerRow[]> {
  const rows = await run<Omit<LedgerRow, 'at'> & { at: Date }>(
    'import-ledger-at',
    'select position::float8 as position, entry, kind, at, cause from change where position = any($1::bigint[])',
    [positions],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** Who answered, or had answered, for whom at a position. */
export const findRedirectsUntil = (run: Run, position: number): Promise<LedgerRedirect[]> =>
  run<LedgerRedirect>(
    'import-redirects',
    `select from_entry as entry, into_entry as into, merged_into as "mergedInto", since::float8 as since, state,
        case when until <= $1 then until::float8 end as until
      from redirect where since <= $1 order by since, from_entry`,
    [position],
  );

/** Contents as they were written, in the format that they were written in. */
export const findWrittenContents = (run: Run, addresses: readonly RevisionAddress[]): Promise<WrittenContent[]> =>
  run<WrittenContent>(
    'import-contents',
    `select r.entry, r.number, r.format, r.content, r.hash from unnest($1::uuid[], $2::int[]) as a (entry, number)
      join revision r on r.entry = a.entry and r.number = a.number`,
    [addresses.map(({ entry }) => entry), addresses.map(({ number }) => number)],
  );

/** Which of these long texts are kept. */
export async function findKeptTexts(run: Run, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await run<{ hash: string }>('import-kept-texts', 'select hash from text where hash = any($1::text[])', [
    hashes,
  ]);
  return new Set(rows.map(({ hash }) => hash));
}

/**
 * Makes sure that whoever is named in histories is there, under the same id and name. They cannot sign in; who can, stays as
 * they are.
 */
export const keepAuthors = (run: Run, users: readonly UserLine[]): Promise<unknown[]> =>
  run(
    'import-users',
    `insert into "user" as u (id, name, role, bot, active)
      select n.id, n.name, 'READER', n.bot, false from json_to_recordset($1::json) as n (id uuid, name text, bot boolean)
      on conflict (id) do update set name = excluded.name, bot = excluded.bot
        where not u.active and (u.name, u.bot) is distinct from (excluded.name, excluded.bot)`,
    [JSON.stringify(users)],
  );

/** Writes rows of the ledger by which nothing else changes. The position lock must be held. */
export const insertLedgerRows = (run: Run, changes: readonly ChangeLine[]): Promise<unknown[]> =>
  run(
    'import-ledger-rows',
    `insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, accepted, state, cause,
        author)
      select position, at, kind, "publicKind", entry, revision, previous, latest, published, accepted, state, cause, author
        from json_to_recordset($1::json) as c (
          position bigint, at timestamptz, kind text, "publicKind" text, entry uuid, revision int, previous int, latest int,
          published int, accepted int, state text, cause uuid, author uuid)`,
    [JSON.stringify(changes)],
  );

/** What is known of a revision today; the content only where it may have to be brought back. */
export interface RevisionFacts extends RevisionAddress {
  readonly review: string;
  readonly reviewedBy: string | null;
  readonly reviewedAt: string | null;
  readonly reviewNote: string | null;
  readonly summary: string | null;
  readonly hiddenAt: string | null;
  readonly hiddenBy: string | null;
  readonly hiddenReason: string | null;
  readonly isWithheld: boolean;
  readonly content: Content | null;
}

const FACTS = `
  facts as (
    select f.*, f."isWithheld" and r.content is not null as is_purged from json_to_recordset($1::json) as f (
        entry uuid, number int, review text, "reviewedBy" uuid, "reviewedAt" timestamptz, "reviewNote" text, summary text,
        "hiddenAt" timestamptz, "hiddenBy" uuid, "hiddenReason" text, "isWithheld" boolean, content json)
      join revision r on r.entry = f.entry and r.number = f.number
      where f."isWithheld" <> (r.content is null)
        or (r.review, r.reviewed_by, r.reviewed_at, r.review_note, r.summary, r.hidden_at, r.hidden_by, r.hidden_reason)
          is distinct from (f.review, f."reviewedBy", f."reviewedAt", f."reviewNote", f.summary, f."hiddenAt", f."hiddenBy",
            f."hiddenReason")
  )`;

/** Which of these revisions have a content that is to go. */
export const findPurged = (run: Run, facts: readonly RevisionFacts[]): Promise<RevisionAddress[]> =>
  run<RevisionAddress>('import-purged', `with ${FACTS} select entry, number from facts where is_purged`, [
    JSON.stringify(facts),
  ]);

/** Puts revisions as they stand today; only those that stand otherwise are written. */
export const writeFacts = (run: Run, facts: readonly RevisionFacts[]): Promise<unknown[]> =>
  run(
    'import-facts',
    `with ${FACTS}
      update revision r set review = f.review, reviewed_by = f."reviewedBy", reviewed_at = f."reviewedAt",
          review_note = f."reviewNote", summary = f.summary, hidden_at = f."hiddenAt", hidden_by = f."hiddenBy",
          hidden_reason = f."hiddenReason",
          content = case when f."isWithheld" then null else coalesce(r.content, f.content) end
        from facts f where r.entry = f.entry and r.number = f.number`,
    [JSON.stringify(facts)],
  );

type TableName = keyof typeof RECORD_TABLES;

/** Whether rows of a table stand behind lines of this name. */
export const isTableLine = (name: RecordName): name is TableName => name in RECORD_TABLES;

const upsert = ({ table, columns, key }: RecordTable): string => {
  const rest = columns.filter(([, column]) => !key.includes(column)).map(([, column]) => column);
  return `
    insert into ${table} as t (${columns.map(([, column]) => column).join(', ')})
      select ${columns.map(([field]) => `n."${field}"`).join(', ')}
        from json_to_recordset($1::json) as n (${columns.map(([field, , type]) => `"${field}" ${type}`).join(', ')})
      on conflict (${key.join(', ')}) do update set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}
        where (${rest.map((column) => `t.${column}`).join(', ')}) is distinct from (${rest
          .map((column) => `excluded.${column}`)
          .join(', ')})`;
};

const ours = (columns: readonly RecordColumn[]): string => `(${columns.map(([, column]) => `t.${column}`).join(', ')})`;
const theirs = (columns: readonly RecordColumn[]): string => `(${columns.map(([field]) => `n."${field}"`).join(', ')})`;

// The same for tables whose rows are known by a number that is each database's own. The entry comes first, for an index to find its
// rows by.
const upsertNumbered = ({ table, columns, key }: RecordTable): string => {
  const [entry, ...known] = columns.filter(([, column]) => key.includes(column));
  const rest = columns.filter(([, column]) => !key.includes(column));
  invariant(entry, 'a row is known by its entry first');
  const isSame = `${ours([entry])} = ${theirs([entry])} and ${ours(known)} is not distinct from ${theirs(known)}`;
  return `
    with n as materialized (
        select * from json_to_recordset($1::json) as n (${columns.map(([field, , type]) => `"${field}" ${type}`).join(', ')})
      ),
      mended as (
        update ${table} t set ${rest.map(([field, column]) => `${column} = n."${field}"`).join(', ')} from n
          where ${isSame} and ${ours(rest)} is distinct from ${theirs(rest)}
      )
      insert into ${table} (${columns.map(([, column]) => column).join(', ')})
        select ${columns.map(([field]) => `n."${field}"`).join(', ')} from n
          where not exists (select from ${table} t where ${isSame})`;
};

const ROWS_BY_NUMBER: ReadonlySet<TableName> = new Set(['concealment', 'link']);

/** Writes records of one name, and those that stand otherwise anew. */
export const writeRecords = (run: Run, name: TableName, lines: readonly RecordLine[]): Promise<unknown[]> =>
  run(`import-${name}`, ROWS_BY_NUMBER.has(name) ? upsertNumbered(RECORD_TABLES[name]) : upsert(RECORD_TABLES[name]), [
    JSON.stringify(lines),
  ]);

/** Puts the reasons of changesets as they stand today. */
export const writeChangesets = (
  run: Run,
  changesets: readonly { id: string; summary: string | null }[],
): Promise<unknown[]> =>
  run(
    'import-changesets',
    `update changeset s set summary = n.summary from json_to_recordset($1::json) as n (id uuid, summary text)
      where s.id = n.id and s.summary is distinct from n.summary`,
    [JSON.stringify(changesets)],
  );

/** Puts how entries stand today beyond the ledger. */
export const writeStandings = (run: Run, lines: readonly RecordLine[]): Promise<unknown[]> =>
  run(
    'import-standing',
    `update entry e set submitted_at = n."submittedAt", embargo_until = n."embargoUntil", protected_role = n."protectedRole",
        protected_until = n."protectedUntil", protection_reason = n."protectionReason"
      from json_to_recordset($1::json) as n (
        entry uuid, "submittedAt" timestamptz, "embargoUntil" timestamptz, "protectedRole" text, "protectedUntil" timestamptz,
        "protectionReason" text)
      where e.id = n.entry
        and (e.submitted_at, e.embargo_until, e.protected_role, e.protected_until, e.protection_reason) is distinct from
          (n."submittedAt", n."embargoUntil", n."protectedRole", n."protectedUntil", n."protectionReason")`,
    [JSON.stringify(lines)],
  );

/** What was told to a newsroom last by an import: how things stood at a position, by the clock of where that comes from. */
export interface Telling {
  readonly position: number;
  readonly at: string;
  /** Whether all of it was written. */
  readonly isWhole: boolean;
}

/** What was told last; null where nothing ever came in. */
export async function findLastTelling(run: Run): Promise<Telling | null> {
  const [row] = await run<{ telling: Telling }>(
    'last-telling',
    `select value::json as telling from setting where name = 'imported'`,
  );
  return row?.telling ?? null;
}

/** Notes what is being told, or was. */
export const noteTelling = (run: Run, telling: Telling): Promise<unknown[]> =>
  run(
    'note-telling',
    `insert into setting (name, value) values ('imported', $1) on conflict (name) do update set value = excluded.value`,
    [JSON.stringify(telling)],
  );

/** Of entries that are not named nothing stands beyond the ledger. */
export const clearStandings = (run: Run, named: readonly string[]): Promise<unknown[]> =>
  run(
    'import-standing-none',
    `update entry set submitted_at = null, embargo_until = null, protected_role = null, protected_until = null,
        protection_reason = null
      where ${HAS_STANDING} and id <> all($1::uuid[])`,
    [named],
  );
