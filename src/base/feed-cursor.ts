import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { WikiError } from './errors';

/** Bytes of a cursor: one block of AES. */
const BLOCK = 16;
const CIPHER = 'aes-256-ecb'; // of one block only: that is the block cipher itself
const MAGIC = 0x6e772d31;
const EPOCH_AT = 4;
const POSITION_AT = 6;
const POSITION_BYTES = 6;
const RANDOM_AT = 12;

/**
 * Makes and reads cursors of the feed: places in the ledger. All are of one length, and the same place looks different each
 * time, so that neither a cursor nor two of them tell how much happened out of sight. They are bound to no filter and no
 * view: one of a revision serves `asOf`, and one of `head` a subscription.
 */
export interface FeedCursors {
  seal(position: bigint): string;
  /** @throws WikiError CURSOR_INVALID where it is cut, changed, of another database or from before a restore. */
  open(cursor: string, argument: string): bigint;
}

/** What a cursor is told that is none, or none any more: never answered from elsewhere. */
export const cursorInvalid = (argument: string): WikiError =>
  new WikiError(
    'CURSOR_INVALID',
    `${argument}: this is not a cursor of this newsroom's feed, or it is from before its database was restored.`,
    { field: argument },
  );

/** What a cursor is told that is too old to go on from: never answered from elsewhere. */
export const cursorExpired = (argument: string): WikiError =>
  new WikiError(
    'CURSOR_EXPIRED',
    `${argument}: what happened after this cursor is older than the feed goes back here. Take \`head\`, read the lists again, and follow from there.`,
    { field: argument },
  );

/**
 * Cursors under a secret of 32 bytes, from which a key of their own is made. `epoch` counts the restores of the database: a
 * position after one is another place than the same number before it.
 */
export function makeFeedCursors(secret: Buffer, epoch: number): FeedCursors {
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'feed-cursor', 32));
  return {
    seal(position) {
      const block = randomBytes(BLOCK); // what is not written below stays random
      block.writeUInt32BE(MAGIC, 0);
      block.writeUInt16BE(epoch, EPOCH_AT);
      block.writeUIntBE(Number(position), POSITION_AT, POSITION_BYTES);
      const cipher = createCipheriv(CIPHER, key, null).setAutoPadding(false);
      return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
    },
    open(cursor, argument) {
      const sealed = Buffer.from(cursor.slice(0, 2 * BLOCK), 'base64url');
      // The last character has bits to spare: as they are written they must be read.
      if (sealed.length !== BLOCK || sealed.toString('base64url') !== cursor) throw cursorInvalid(argument);
      const decipher = createDecipheriv(CIPHER, key, null).setAutoPadding(false);
      const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
      if (block.readUInt32BE(0) !== MAGIC || block.readUInt16BE(EPOCH_AT) !== epoch) throw cursorInvalid(argument);
      return BigInt(block.readUIntBE(POSITION_AT, RANDOM_AT - POSITION_AT));
    },
  };
}
