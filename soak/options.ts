import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { startEmbeddedPostgres } from '../src/server/embedded-postgres';
import { checkServer } from '../src/store/check-server';
import type { Running } from '../src/tools/start';

/** An option that takes a number between two others. */
export const numberOption = (
  flags: string,
  description: string,
  standard: number,
  least: number,
  most: number,
): Option =>
  new Option(flags, description).default(standard).argParser((written) => {
    const number = Number(written);
    if (!Number.isFinite(number) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return number;
  });

/** A database that no server takes along when it is killed. */
export async function findUrl(given: string | undefined, running: Running): Promise<string> {
  if (given) {
    await checkServer(given);
    return given;
  }
  const dir = mkdtempSync(path.join(tmpdir(), 'newsroom-soak-'));
  running.onStop(async () => rmSync(dir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dir });
  running.onStop(() => postgres.stop());
  return postgres.url;
}
