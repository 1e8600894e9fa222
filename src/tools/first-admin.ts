import { randomUUID } from 'node:crypto';
import { sha256 } from '../base/hash';
import { makeSecret } from '../edits/people';
import { Scope, type Newsroom } from '../store/scope';
import { inTransaction } from '../store/transaction';
import { findFirstAdmin, insertToken, insertUser, lockPeople } from '../store/write-people';

/** What whoever starts the program is told of signing in. */
export interface FirstAdmin {
  /** A token that was made just now and is shown this once; null where there was an administrator already. */
  newSecret: string | null;
}

/**
 * Sees to it that somebody can sign in: a new database gets an administrator, with the given token or a new one. A given
 * token is the first administrator's from then on; one that was revoked stays revoked. Several processes may start at once.
 */
export function ensureFirstAdmin(newsroom: Newsroom, given: string | undefined): Promise<FirstAdmin> {
  return inTransaction(new Scope(newsroom), async ({ run }) => {
    await lockPeople(run);
    const known = await findFirstAdmin(run);
    const admin = known ?? randomUUID();
    if (!known) await insertUser(run, { id: admin, name: 'Administrator', role: 'ADMIN', bot: false });
    const secret = given ?? (known ? null : makeSecret());
    if (secret)
      await insertToken(run, {
        id: randomUUID(),
        hash: sha256(secret),
        user: admin,
        label: given ? 'ADMIN_TOKEN' : 'first start',
        expiresAt: null,
      });
    return { newSecret: known || given ? null : secret };
  });
}
