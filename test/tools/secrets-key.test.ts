import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readConfig } from '../../src/base/config';
import { findSecretsKey } from '../../src/tools/secrets-key';

describe('The key of secrets', () => {
  let dir: string;
  const warnings: unknown[] = [];
  const log = { warn: (...words: unknown[]) => void warnings.push(words) };
  const find = (env: Record<string, string> = {}) => findSecretsKey(readConfig({ DATA_DIR: dir, ...env }), log);
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'newsroom-key-'));
    warnings.length = 0;
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is made once, beside the database that comes along, for nobody else to read', () => {
    const key = find();
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(find()).toBe(key);
    expect(readdirSync(dir)).toEqual(['secrets.key']);
    expect(statSync(path.join(dir, 'secrets.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(dir, 'secrets.key'), 'utf8').trim()).toBe(key);
  });

  it('is made where the directory is not there yet', () => {
    expect(find({ DATA_DIR: path.join(dir, 'deep', 'down') })).toHaveLength(43);
  });

  it('is the setting where there is one', () => {
    const SECRETS_KEY = 'x'.repeat(32);
    expect(find({ SECRETS_KEY })).toBe(SECRETS_KEY);
    expect(find({ SECRETS_KEY, DATABASE_URL: 'postgres://here/news' })).toBe(SECRETS_KEY);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is not made for a database of one’s own, which others may use from elsewhere', () => {
    expect(find({ DATABASE_URL: 'postgres://here/news' })).toBeUndefined();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('that is cut short is none', () => {
    writeFileSync(path.join(dir, 'secrets.key'), 'x\n');
    expect(find()).toBeUndefined();
    expect(JSON.stringify(warnings)).toContain('set SECRETS_KEY');
  });

  it('that cannot be had stops nothing, and says so', () => {
    writeFileSync(path.join(dir, 'file'), '');
    expect(find({ DATA_DIR: path.join(dir, 'file') })).toBeUndefined();
    expect(JSON.stringify(warnings)).toContain('set SECRETS_KEY');
  });
});
