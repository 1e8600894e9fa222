import type { UserRole } from '../model/user';
import type { Run } from './database';

export const insertUser = (
  run: Run,
  user: { id: string; name: string; role: UserRole; bot: boolean },
): Promise<unknown[]> =>
  run('insert-user', 'insert into "user" (id, name, role, bot) values ($1, $2, $3, $4)', [
    user.id,
    user.name,
    user.role,
    user.bot,
  ]);

/** Changes what is given of a user; false where there is none. */
export const updateUser = async (
  run: Run,
  id: string,
  change: { role?: UserRole; active?: boolean },
): Promise<boolean> => {
  const rows = await run(
    'update-user',
    `update "user" set role = coalesce($2, role), active = coalesce($3, active) where id = $1 returning id`,
    [id, change.role, change.active],
  );
  return rows.length > 0;
};

/** Holds all administrators until the end of the transaction, in the order of their ids. */
export const lockAdmins = (run: Run): Promise<unknown[]> =>
  run('lock-admins', `select id from "user" where role = 'ADMIN' order by id for no key update`);

/** How many others are administrators and may sign in. */
export const countOtherAdmins = async (run: Run, id: string): Promise<number> => {
  const rows = await run<{ count: number }>(
    'other-admins',
    `select count(*)::int as count from "user" where role = 'ADMIN' and active and id <> $1`,
    [id],
  );
  return rows[0]?.count ?? 0;
};

/** Keeps a new token; false where there is no such user. A hash that is known already keeps what it had. */
export const insertToken = async (
  run: Run,
  token: {
    id: string;
    hash: string;
    user: string;
    label: string;
    expiresAt: Date | null;
    ceiling?: UserRole | null;
  },
): Promise<boolean> => {
  const rows = await run(
    'insert-token',
    `insert into token (id, hash, user_id, label, expires_at, ceiling) select $1, $2, id, $4, $5, $6 from "user" where id = $3
      on conflict (hash) do update set hash = excluded.hash returning id`,
    [token.id, token.hash, token.user, token.label, token.expiresAt, token.ceiling ?? null],
  );
  return rows.length > 0;
};

/** Whose token it is; null where there is none. */
export const findOwner = async (run: Run, tokenId: string): Promise<string | null> => {
  const rows = await run<{ owner: string }>('token-owner', 'select user_id as owner from token where id = $1', [
    tokenId,
  ]);
  return rows[0]?.owner ?? null;
};

/** From now on it opens nothing; the first time counts. */
export const markTokenRevoked = (run: Run, tokenId: string): Promise<unknown[]> =>
  run('revoke-token', 'update token set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = $1', [tokenId]);

/** The oldest administrator who may sign in; null in a new database. */
export const findFirstAdmin = async (run: Run): Promise<string | null> => {
  const rows = await run<{ id: string }>(
    'first-admin',
    `select id from "user" where role = 'ADMIN' and active order by created_at, id limit 1`,
  );
  return rows[0]?.id ?? null;
};

/** Lets one process at a time look whether there is anybody yet. */
export const lockPeople = (run: Run): Promise<unknown[]> => run('lock-people', 'select pg_advisory_xact_lock(7114522)');
