import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/**
 * Keeps secrets that must be read again (a hash would not do) so that the database alone does not give them away: AES-256-GCM
 * under a key that is not in the database.
 */
export interface Vault {
  /** Tells keys apart, and tells nothing of the key: what was sealed under another cannot be opened. */
  readonly keyId: string;
  /** @param boundTo what the secret belongs to; what was sealed for one thing cannot be opened as another's. */
  seal(secret: string, boundTo: string): string;
  /** Null where it was sealed under another key, for something else, or was changed since. */
  open(sealed: string, boundTo: string): string | null;
}

const derive = (key: string, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, bytes));

/** A vault under a key in whatever writing: 32 characters or more that nobody can guess. */
export function makeVault(key: string): Vault {
  const secretKey = derive(key, 'newsroom vault', 32);
  return {
    keyId: derive(key, 'newsroom vault key id', 8).toString('hex'),
    seal(secret, boundTo) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(CIPHER, secretKey, nonce, { authTagLength: TAG }).setAAD(Buffer.from(boundTo));
      const sealed = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64url');
    },
    open(sealed, boundTo) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= NONCE + TAG) return null;
      const decipher = createDecipheriv(CIPHER, secretKey, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
      } catch {
        return null; // the tag does not fit
      }
    },
  };
}
