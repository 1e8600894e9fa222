import type { UserRole } from '../model/user';
import type { Run } from './database';

/** Who may edit an entry, until when, why, and who decided that. */
export interface NewProtection {
  entry: string;
  /** Null lifts the protection. */
  level: UserRole | null;
  until: Date | null;
  reason: string | null;
  author: string;
}

/** Sets or lifts the protection of a locked entry, and tells the ledger. The position lock must be held. */
export const setProtection = (run: Run, { entry, level, until, reason, author }: NewProtection): Promise<unknown[]> =>
  run(
    'set-protection',
    `with head as materialized (
        select position + 1 as position, greatest(date_trunc('milliseconds', statement_timestamp()), at) as at
          from change order by change.position desc limit 1
      ),
      protected as (
        update entry set protected_role = $2, protected_until = $3, protection_reason = $4 where id = $1
          returning id, latest, published, accepted, state
      ),
      ended as (
        update protection p set until = head.position from head where p.entry = $1 and p.until is null
      ),
      begun as (
        insert into protection (entry, since, minimum_role, expires_at, reason, author)
          select $1, head.position, $2, $3, $4, $5 from head where $2::text is not null
      )
      insert into change (position, at, kind, entry, revision, previous, latest, published, accepted, state, author)
        select head.position, head.at, 'PROTECTED', p.id, p.latest, p.latest, p.latest, p.published, p.accepted, p.state, $5
          from protected p cross join head`,
    [entry, level, until, reason, author],
  );

/** Who could edit an entry. */
export interface ProtectionRow {
  entry: string;
  minimumRole: UserRole;
  until: Date | null;
  reason: string | null;
}

/** How entries were protected at a position of the ledger. */
export const findProtections = (run: Run, asOf: bigint, entries: readonly string[]): Promise<ProtectionRow[]> =>
  run<ProtectionRow>(
    'protections-then',
    `select p.entry, p.minimum_role as "minimumRole", p.expires_at as until, p.reason from protection p
      where p.entry = any($2::uuid[]) and p.since <= $1 and (p.until is null or p.until > $1)
        and (p.expires_at is null or p.expires_at > (select c.at from change c where c.position = $1))`,
    [asOf, entries],
  );
