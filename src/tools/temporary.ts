import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A directory of one's own, gone when whoever made it removes it. Anybody may enter it: started by root PostgreSQL runs as another
 * user, and would keep its files elsewhere, where nobody removes them.
 */
export function makeTemporaryDirectory(what: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), `newsroom-${what}-`));
  chmodSync(directory, 0o755);
  return directory;
}
