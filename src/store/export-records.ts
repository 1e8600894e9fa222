import type { RecordName } from '../model/export';

/** A column as a line of an export has it: the field, the column, its type in Postgres. */
export type RecordColumn = readonly [field: string, column: string, type: string];

/** A table whose rows are lines of an export as they are. */
export interface RecordTable {
  readonly table: string;
  readonly columns: readonly RecordColumn[];
  /** Columns by which a row is known. */
  readonly key: readonly string[];
  /** The order in which rows leave: what others refer to comes before them. */
  readonly order: string;
  /** Rows that came or ended after a position; those of which that cannot be told leave every time. */
  readonly since: (position: string) => string;
}

const always = (): string => 'true';
const spanned = (position: string): string => `t.since > ${position} or t.until > ${position}`;
const placed = (position: string): string => `t.position > ${position}`;

const TIME = 'timestamptz';

/**
 * That a view showed revision `v` at some moment at which a link of its held: by a row of the ledger from that time, or by the one
 * before it, for a wiki link may come to lead somewhere while nothing happens to the entry itself.
 */
export const wasShownWith = (link: string): string => `exists (
  select from change x
    where x.entry = v.entry and (${link}.until is null or x.position < ${link}.until)
      and v.number = case when ${link}.view = 'LATEST' then x.latest when x.state = 'PUBLISHED' then x.published end
      and x.position >= (select max(y.position) from change y where y.entry = v.entry and y.position <= ${link}.since))`;

/** Facts beside the ledger, by the name of their lines. */
export const RECORD_TABLES: Readonly<Record<Exclude<RecordName, 'revision' | 'changeset' | 'standing'>, RecordTable>> =
  {
    correction: {
      table: 'correction',
      columns: [
        ['id', 'id', 'uuid'],
        ['entry', 'entry', 'uuid'],
        ['revision', 'revision', 'int'],
        ['kind', 'kind', 'text'],
        ['note', 'note', 'text'],
        ['author', 'author', 'uuid'],
        ['position', 'position', 'bigint'],
        ['at', 'at', TIME],
      ],
      key: ['id'],
      order: 't.position, t.id',
      since: placed,
    },
    withdrawal: {
      table: 'withdrawal',
      columns: [
        ['entry', 'entry', 'uuid'],
        ['position', 'position', 'bigint'],
        ['note', 'note', 'text'],
        ['author', 'author', 'uuid'],
        ['at', 'at', TIME],
      ],
      key: ['entry', 'position'],
      order: 't.position, t.entry',
      since: placed,
    },
    protection: {
      table: 'protection',
      columns: [
        ['entry', 'entry', 'uuid'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
        ['minimumRole', 'minimum_role', 'text'],
        ['expiresAt', 'expires_at', TIME],
        ['reason', 'reason', 'text'],
        ['author', 'author', 'uuid'],
      ],
      key: ['entry', 'since'],
      order: 't.since, t.entry',
      since: spanned,
    },
    unsettled: {
      table: 'unsettled',
      columns: [
        ['entry', 'entry', 'uuid'],
        ['cause', 'cause', 'uuid'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
        ['at', 'at', TIME],
      ],
      key: ['entry', 'cause', 'since'],
      order: 't.since, t.entry, t.cause',
      since: spanned,
    },
    // What was brought may come to stand in a later revision, without a position.
    redirect: {
      table: 'redirect',
      columns: [
        ['entry', 'from_entry', 'uuid'],
        ['into', 'into_entry', 'uuid'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
        ['mergedInto', 'merged_into', 'uuid'],
        ['state', 'state', 'text'],
        ['joinedBy', 'revision', 'int'],
      ],
      key: ['from_entry', 'since'],
      order: 't.since, t.from_entry',
      since: always,
    },
    // What was judged is judged anew in its place, and a comment settled, without a position.
    judgement: {
      table: 'judgement',
      columns: [
        ['one', 'one', 'uuid'],
        ['other', 'other', 'uuid'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
        ['judgement', 'judgement', 'text'],
        ['author', 'author', 'uuid'],
        ['at', 'at', TIME],
      ],
      key: ['one', 'other', 'since'],
      order: 't.since, t.one, t.other',
      since: always,
    },
    comment: {
      table: 'comment',
      columns: [
        ['id', 'id', 'uuid'],
        ['entry', 'entry', 'uuid'],
        ['path', 'path', 'text'],
        ['revision', 'revision', 'int'],
        ['body', 'body', 'text'],
        ['author', 'author', 'uuid'],
        ['createdAt', 'created_at', TIME],
        ['parent', 'parent', 'uuid'],
        ['resolvedAt', 'resolved_at', TIME],
        ['resolvedBy', 'resolved_by', 'uuid'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
      ],
      key: ['id'],
      order: 't.created_at, t.parent is not null, t.id',
      since: always,
    },
    concealment: {
      table: 'concealment',
      columns: [
        ['entry', 'entry', 'uuid'],
        ['revisions', 'revisions', 'int[]'],
        ['act', 'act', 'text'],
        ['reason', 'reason', 'text'],
        ['author', 'author', 'uuid'],
        ['askedBy', 'asked_by', 'text'],
        ['at', 'at', TIME],
      ],
      key: ['entry', 'act', 'revisions', 'at'],
      order: 't.id',
      since: (position) => `exists (
      select from change c where c.entry = t.entry and c.kind = 'HIDDEN' and c.position > ${position})`,
    },
    // A copy that was made while a revision was out of sight does not have the links that nothing else had; one that followed then
    // took it that they had ended. What holds still is held by a revision that is in sight.
    link: {
      table: 'link',
      columns: [
        ['entry', 'from_entry', 'uuid'],
        ['view', 'view', 'text'],
        ['field', 'field', 'text'],
        ['item', 'item', 'text'],
        ['to', 'to_entry', 'uuid'],
        ['wantedKind', 'wanted_kind', 'text'],
        ['wantedSlug', 'wanted_slug', 'text'],
        ['since', 'since', 'bigint'],
        ['until', 'until', 'bigint'],
      ],
      key: ['from_entry', 'view', 'field', 'item', 'to_entry', 'wanted_kind', 'wanted_slug', 'since'],
      order: 't.since, t.id',
      since: (position) => `t.until is not null
      and t.from_entry in (select h.entry from change h where h.kind = 'HIDDEN' and h.position > ${position})
      and exists (
        select from change h join revision v on v.entry = h.entry and v.number = h.revision and v.hidden_at is null
          where h.entry = t.from_entry and h.kind = 'HIDDEN' and h.position > ${position} and ${wasShownWith('t')})`,
    },
  };

/** That an entry stands somehow beyond the ledger: of all these a whole row is told. Who lifts a protection may say why, too. */
export const HAS_STANDING =
  'num_nonnulls(submitted_at, embargo_until, protected_role, protected_until, protection_reason) > 0';

/** A column as JSON has it: positions as numbers, which they are far below 2^53. */
export const selected = ([field, column, type]: RecordColumn): string =>
  `t.${column}${type === 'bigint' ? '::float8' : ''} as "${field}"`;
