import type { EntryKind, EntryState } from '../model/entry';
import type { UserRole } from '../model/user';
import type { Run } from './database';

/** Any number that nothing else locks; the same for all processes of a newsroom. */
const POSITION_LOCK = 7_114_521;

/** An entry's row, held until the end of the transaction. */
export interface LockedEntry {
  id: string;
  kind: EntryKind;
  /** How it stands; of a merged one how it stood. */
  state: EntryState;
  /** Whether another entry answers for it: nothing is done to it until they part. */
  isMerged: boolean;
  latest: number;
  published: number | null;
  /** The newest accepted revision: what is newer waits. */
  accepted: number | null;
  embargoUntil: Date | null;
  isSubmitted: boolean;
  /** The least role that may edit now; null where the entry is not protected, or no longer. */
  protectedRole: UserRole | null;
  /** Whether it was ever accepted, and so public or about to be. */
  wasPublic: boolean;
}

/**
 * Locks entries in the order of their ids, as every writer does. NO KEY: a stronger lock and the foreign key of a link
 * written by somebody else would wait for each other (measured).
 */
export const lockEntries = (run: Run, ids: readonly string[]): Promise<LockedEntry[]> =>
  run<LockedEntry>(
    'lock-entries',
    `select e.id, e.kind, e.state = 'MERGED' as "isMerged",
        case when e.state <> 'MERGED' then e.state else coalesce(
          (select d.state from redirect d where d.from_entry = e.id and d.until is null), 'DRAFT') end as state,
        e.latest, e.published, e.accepted, e.embargo_until as "embargoUntil",
        e.submitted_at is not null as "isSubmitted",
        case when e.protected_until > clock_timestamp() or e.protected_until is null then e.protected_role end
          as "protectedRole",
        e.published is not null as "wasPublic"
      from entry e where e.id = any($1::uuid[]) order by e.id for no key update`,
    [ids],
  );

/**
 * Takes the one lock under which positions are drawn; held until commit, so that positions are commit order. Taken last,
 * just before the first derived write, and never held over work that takes time.
 */
export const lockPosition = (run: Run): Promise<unknown[]> =>
  run('lock-position', 'select pg_advisory_xact_lock($1)', [POSITION_LOCK]);

/** Puts a locked draft into the review queue. */
export const markSubmitted = (run: Run, id: string): Promise<unknown[]> =>
  run('mark-submitted', 'update entry set submitted_at = date_trunc($2, clock_timestamp()) where id = $1', [
    id,
    'milliseconds',
  ]);
