import { randomBytes } from 'node:crypto';
import { Webhook as Signer } from 'standardwebhooks';
import type { Vault } from '../base/vault';

/** Bytes of a signing secret: as many as the hash has. */
const SECRET_BYTES = 32;

/** A new signing secret, as Standard Webhooks writes them. */
export const makeSigningSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/**
 * The headers that tell what a body is, when it was sent and by whom: one signature for each secret, for while a secret is
 * changed both are good.
 */
export const signedHeaders = (
  id: string,
  at: Date,
  body: string,
  secrets: readonly string[],
): Record<string, string> => ({
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, body)).join(' '),
});

/** What the secret of a webhook is bound to in the vault: nothing else opens it. */
export const secretOf = (webhook: string): string => `webhook ${webhook}`;

/** The secrets that sign now, newest first; null where the newest cannot be opened. */
export function openSecrets(
  vault: Vault | null,
  { id, secret, formerSecret }: { id: string; secret: string; formerSecret: string | null },
): string[] | null {
  const opened = vault?.open(secret, secretOf(id)) ?? null;
  const former = formerSecret === null ? null : (vault?.open(formerSecret, secretOf(id)) ?? null);
  return opened === null ? null : [opened, ...(former === null ? [] : [former])];
}
