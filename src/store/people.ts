import type { CursorKey } from '../base/list-cursor';
import { Token } from '../model/token';
import { User, UserRole } from '../model/user';
import type { Run } from './database';
import type { PageRequest } from './pages';

const USER_COLUMNS = `u.id as uuid, u.name, u.role, u.bot, u.active, u.created_at as "createdAt"`;
const TOKEN_COLUMNS = `t.id as uuid, t.user_id as "userId", t.label, t.ceiling, t.created_at as "createdAt",
  t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt"`;

const toUser = (row: Partial<User>): User => Object.assign(new User(), row);
const toToken = (row: Partial<Token>): Token => Object.assign(new Token(), row);

const STANDING = Object.values(UserRole); // from least to most

const leastRole = (role: UserRole, ceiling: UserRole | null): UserRole =>
  ceiling && STANDING.indexOf(ceiling) < STANDING.indexOf(role) ? ceiling : role;

/** Whom a token stands for. */
export interface Bearer {
  user: User;
  /** The user's own, or less where the token has a ceiling. */
  role: UserRole;
  tokenId: string;
  lastUsedAt: Date | null;
}

type BearerRow = Partial<User> & { token: string; ceiling: UserRole | null; last_used_at: Date | null };

/** Tokens that open something: not revoked, not expired, their owners active. */
const BEARERS = `select ${USER_COLUMNS}, t.id as token, t.ceiling, t.last_used_at
  from token t join "user" u on u.id = t.user_id
  where t.revoked_at is null and u.active and (t.expires_at is null or t.expires_at > clock_timestamp())`;

function toBearer({ token, ceiling, last_used_at: lastUsedAt, ...columns }: BearerRow): Bearer {
  const user = toUser(columns);
  return { user, role: leastRole(user.role, ceiling), tokenId: token, lastUsedAt };
}

/** Whom the token with this hash stands for now: null where it is unknown, revoked, expired, or its owner inactive. */
export async function findBearer(run: Run, hash: string): Promise<Bearer | null> {
  const [row] = await run<BearerRow>('bearer', `${BEARERS} and t.hash = $1`, [hash]);
  return row ? toBearer(row) : null;
}

/** Whom tokens stand for now, by their ids; those that open nothing any more are left out. */
export const findBearers = async (run: Run, tokens: readonly string[]): Promise<Bearer[]> =>
  (await run<BearerRow>('bearers', `${BEARERS} and t.id = any($1::uuid[])`, [tokens])).map(toBearer);

/** Notes that a token was used; to the minute, so that reading does not turn into writing. */
export const touchToken = (run: Run, tokenId: string): Promise<unknown[]> =>
  run(
    'touch-token',
    `update token set last_used_at = date_trunc('minute', clock_timestamp())
      where id = $1 and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')`,
    [tokenId],
  );

/** Users by id, in no order. */
export const findUsers = async (run: Run, ids: readonly string[]): Promise<User[]> =>
  (
    await run<Partial<User>>('users-by-id', `select ${USER_COLUMNS} from "user" u where u.id = any($1::uuid[])`, [ids])
  ).map(toUser);

/** Tokens by id, in no order. */
export const findTokens = async (run: Run, ids: readonly string[]): Promise<Token[]> =>
  (
    await run<Partial<Token>>('tokens-by-id', `select ${TOKEN_COLUMNS} from token t where t.id = any($1::uuid[])`, [
      ids,
    ])
  ).map(toToken);

/** People and tokens are listed by when they came, oldest first. */
export const personKey = (person: User | Token): CursorKey => [person.createdAt.toISOString(), person.uuid];

const between = (page: PageRequest): unknown[] => [
  page.after?.[0],
  page.after?.[1],
  page.before?.[0],
  page.before?.[1],
  page.limit + 1,
];

/** A page of all users. */
export async function listUsers(run: Run, page: PageRequest): Promise<User[]> {
  const direction = page.fromEnd ? 'desc' : 'asc';
  const rows = await run<Partial<User>>(
    `users-${direction}`,
    `select ${USER_COLUMNS} from "user" u
      where ($1::timestamptz is null or (u.created_at, u.id) > ($1, $2::uuid))
        and ($3::timestamptz is null or (u.created_at, u.id) < ($3, $4::uuid))
      order by u.created_at ${direction}, u.id ${direction} limit $5`,
    between(page),
  );
  return rows.map(toUser);
}

export const countUsers = async (run: Run): Promise<number> =>
  (await run<{ count: number }>('users-count', `select count(*)::int as count from "user"`))[0]?.count ?? 0;

/** A page of each user's tokens. */
export async function findTokensOf(run: Run, users: readonly string[], page: PageRequest): Promise<Token[]> {
  const direction = page.fromEnd ? 'desc' : 'asc';
  const rows = await run<Partial<Token>>(
    `tokens-of-${direction}`,
    `select x.* from unnest($6::uuid[]) as p (user_id) cross join lateral (
      select ${TOKEN_COLUMNS} from token t
      where t.user_id = p.user_id and ($1::timestamptz is null or (t.created_at, t.id) > ($1, $2::uuid))
        and ($3::timestamptz is null or (t.created_at, t.id) < ($3, $4::uuid))
      order by t.created_at ${direction}, t.id ${direction} limit $5) x`,
    [...between(page), users],
  );
  return rows.map(toToken);
}

export const countTokensOf = (run: Run, users: readonly string[]): Promise<{ user: string; count: number }[]> =>
  run(
    'tokens-count',
    `select user_id as user, count(*)::int as count from token where user_id = any($1::uuid[]) group by user_id`,
    [users],
  );
