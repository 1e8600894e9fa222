import type { CorrectionRecord } from '../model/correction';
import type { EntryKind } from '../model/entry';
import type { Run } from './database';
import { heldByStory } from './holding';
import { IDENTITY_NOW, identityAt } from './identity';
import type { PageRequest } from './pages';

const { rootOf } = IDENTITY_NOW;

/** A correction as it is kept. */
export type NewCorrection = Omit<CorrectionRecord, 'uuid' | 'position'> & {
  id: string;
  author: string;
  position: bigint;
};

export const insertCorrection = (run: Run, correction: NewCorrection): Promise<unknown[]> =>
  run(
    'insert-correction',
    `insert into correction (id, entry, revision, kind, note, author, position, at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      correction.id,
      correction.entry,
      correction.revision,
      correction.kind,
      correction.note,
      correction.author,
      correction.position,
      correction.at,
    ],
  );

const COLUMNS = `c.id as uuid, c.entry, c.revision, c.kind, c.note, c.at, c.position::text as position`;

/**
 * Corrections of entries and of what was merged into them, up to a position (null: all), newest first. For entries that may be
 * seen.
 */
export const findCorrections = (
  run: Run,
  asOf: bigint | null,
  entries: readonly string[],
): Promise<(CorrectionRecord & { parent: string })[]> =>
  run<CorrectionRecord & { parent: string }>(
    `corrections${asOf === null ? '' : '-then'}`,
    `select i.entry as parent, ${COLUMNS} from unnest($1::uuid[]) as i (entry)
      join correction c on c.entry = any(${(asOf === null ? IDENTITY_NOW : identityAt('$2::bigint')).clusterOf('i.entry')})
      ${asOf === null ? '' : 'where c.position <= $2::bigint'} order by c.position desc, c.id`,
    asOf === null ? [entries] : [entries, asOf],
  );

/** Corrections by id, as far as the public sees their entry. */
export const findCorrectionsById = (run: Run, ids: readonly string[]): Promise<CorrectionRecord[]> =>
  run<CorrectionRecord>(
    'corrections-by-id',
    `select ${COLUMNS} from correction c
      join shown s on s.entry = ${rootOf('c.entry')} and s.view = 'PUBLISHED' where c.id = any($1::uuid[])`,
    [ids],
  );

const OF_STORY = `and ($1::uuid is null or ${rootOf('c.entry')} in (${heldByStory('$1::uuid', 'PUBLISHED')}))`;

/** A page of the corrections of what is public, newest first; with a story, of it and all that it holds. */
export const listCorrections = (run: Run, story: string | null, page: PageRequest): Promise<CorrectionRecord[]> =>
  run<CorrectionRecord>(
    `list-corrections-${story ? 'of-story' : 'all'}`,
    `select ${COLUMNS} from correction c
      join shown s on s.entry = ${rootOf('c.entry')} and s.view = 'PUBLISHED'
      where ($2::bigint is null or (c.position, c.id) < ($2::bigint, $3::uuid)) ${story ? OF_STORY : 'and $1::uuid is null'}
      order by c.position desc, c.id desc limit $4`,
    [story, page.after?.[0], page.after?.[1], page.limit + 1],
  );

export async function countCorrections(run: Run, story: string | null): Promise<number> {
  const rows = await run<{ count: number }>(
    `count-corrections-${story ? 'of-story' : 'all'}`,
    `select count(*)::int as count from correction c
      join shown s on s.entry = ${rootOf('c.entry')} and s.view = 'PUBLISHED' where true ${story ? OF_STORY : 'and $1::uuid is null'}`,
    [story],
  );
  return rows[0]?.count ?? 0;
}

/** The public note of a withdrawn entry. */
export interface WithdrawalRow {
  id: string;
  kind: EntryKind;
  note: string;
  at: Date;
}

/**
 * The note that stands where an entry was public, by id or by an address that was public; null for every other entry. What
 * the newsroom does with it since (an embargo, a deletion) the public was not told of, and is not told by this.
 */
export async function findWithdrawal(
  run: Run,
  by: { id: string } | { kind: EntryKind; slug: string },
): Promise<WithdrawalRow | null> {
  const [id, kind, slug] = 'id' in by ? [by.id, null, null] : [null, by.kind, by.slug];
  const [row] = await run<WithdrawalRow>(
    'withdrawal',
    `select e.id, e.kind, w.note, w.at from entry e
      join lateral (
        select c.position from change c
          where c.entry = e.id and c.public_kind is not null and c.public_kind <> 'HIDDEN'
          order by c.position desc limit 1
      ) told on true
      join withdrawal w on w.entry = e.id and w.position = told.position
      where e.id = coalesce(
        $1::uuid, (select a.entry from slug a where a.kind = $2 and a.slug = $3 and a.public_since is not null))`,
    [id, kind, slug],
  );
  return row ?? null;
}

/** The note with which an entry was last withdrawn; null where it never was. */
export async function findWithdrawalNote(run: Run, entry: string): Promise<string | null> {
  const [row] = await run<{ note: string }>(
    'withdrawal-note',
    'select note from withdrawal where entry = $1 order by position desc limit 1',
    [entry],
  );
  return row?.note ?? null;
}

/** A note that stood where an entry was public, and where in the ledger it came. */
export type WithdrawalAt = WithdrawalRow & { position: string };

/** The public notes with which entries were taken back at these positions. For changes that may be told of. */
export const findWithdrawalsAt = (run: Run, positions: readonly bigint[]): Promise<WithdrawalAt[]> =>
  run<WithdrawalAt>(
    'withdrawals-at',
    `select w.entry as id, e.kind, w.note, w.at, w.position::text as position
      from withdrawal w join entry e on e.id = w.entry
      where (w.entry, w.position) in (
        select c.entry, c.position from change c where c.position = any($1::bigint[]))`,
    [positions],
  );

export const insertWithdrawal = (
  run: Run,
  withdrawal: { entry: string; note: string; author: string; position: bigint; at: Date },
): Promise<unknown[]> =>
  run('insert-withdrawal', 'insert into withdrawal (entry, note, author, position, at) values ($1, $2, $3, $4, $5)', [
    withdrawal.entry,
    withdrawal.note,
    withdrawal.author,
    withdrawal.position,
    withdrawal.at,
  ]);
