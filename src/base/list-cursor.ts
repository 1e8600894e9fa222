import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { WikiError } from './errors';

/** Longest cursor that is looked at: one of a title of 200 characters outside ASCII has about 1,200. */
const LONGEST = 1500;
const NONCE = 12;
const TAG = 12;

/** The place of an item in a list: the values that the list is ordered by, ending with what makes them unique. */
export type CursorKey = readonly (string | number)[];

/**
 * Makes and reads the cursors of lists. One is bound to its list (kind of list, filter, order, view): another list refuses
 * it. It is sealed, because what lists are ordered by (positions of the ledger) would tell how much happens out of sight;
 * and deterministic, so that the same place has the same cursor.
 */
export interface ListCursors {
  seal(list: string, key: CursorKey): string;
  /** @throws WikiError BAD_USER_INPUT where it is cut, changed, foreign, or of another list. */
  open(list: string, cursor: string, argument: string): CursorKey;
}

const refuse = (argument: string): never => {
  throw new WikiError(
    'BAD_USER_INPUT',
    `${argument}: this is not a cursor of this list. Cursors go with the list, filter, order and view that gave them.`,
    { field: argument },
  );
};

const boundTo = (list: string): Buffer => createHash('sha256').update(list).digest();

/** Cursors sealed under a secret of 32 bytes; those of another secret are refused. */
export function makeListCursors(secret: Buffer): ListCursors {
  return {
    seal(list, key) {
      const plain = Buffer.from(JSON.stringify(key));
      const aad = boundTo(list);
      // A nonce made of what is sealed never meets another text under the same key.
      const nonce = createHmac('sha256', secret).update(aad).update(plain).digest().subarray(0, NONCE);
      const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG }).setAAD(aad);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
    },
    open(list, cursor, argument) {
      const bytes = Buffer.from(cursor.slice(0, LONGEST), 'base64url');
      if (cursor.length > LONGEST || bytes.length <= NONCE + TAG || bytes.toString('base64url') !== cursor)
        return refuse(argument);
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(boundTo(list))
        .setAuthTag(bytes.subarray(-TAG));
      try {
        const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
        return JSON.parse(plain.toString()) as CursorKey;
      } catch {
        return refuse(argument); // the tag does not fit: cut, changed, or of another list or database
      }
    },
  };
}
