import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { Config } from '../base/config';
import type { Log } from '../base/log';

const FILE = 'secrets.key';
const KEY_BYTES = 32;

/** Writes a new key so that it is there whole or not at all; of several processes that start at once, one makes it. */
function makeKey(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const written = openSync(draft, 'wx', 0o600);
  try {
    writeSync(written, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

/**
 * The key under which secrets are kept: the setting, or for the database that comes with the project a file beside it, made at
 * the first start. Not in the database itself: whoever has a copy of that should not have the secrets. With a database of
 * one's own there is no place that all processes share, so there is no key without the setting.
 */
export function findSecretsKey({ newsroom, database }: Config, log: Pick<Log, 'warn'>): string | undefined {
  if (newsroom.secretsKey !== undefined || database.url !== undefined) return newsroom.secretsKey;
  const file = path.join(database.dataDir, FILE);
  try {
    if (!existsSync(file)) makeKey(file);
    const key = readFileSync(file, 'utf8').trim();
    if (key.length < KEY_BYTES) throw new Error(`the file holds ${key.length} characters`);
    return key;
  } catch (error) {
    log.warn({ err: error }, `the key of secrets, ${file}, cannot be had: there are no webhooks; set SECRETS_KEY`);
    return undefined;
  }
}
