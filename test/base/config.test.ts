import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError, readConfig, SETTINGS } from '../../src/base/config';

const inProject = (name: string): string => path.join(__dirname, '../..', name);

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

const DEFAULTS = {
  database: { pooler: 'none', dataDir: './data', poolSize: 15, statementTimeoutMs: 5000, lockTimeoutMs: 2000 },
  server: { host: '127.0.0.1', port: 4000, corsOrigins: [], shutdownSeconds: 10, queryCompiler: true },
  live: {
    subscriptionsPerSocket: 20,
    connectionsPerToken: 10,
    subscribers: 2000,
    checkpointMs: 30_000,
    slowMs: 30_000,
  },
  newsroom: { sample: true, language: 'en', publicHistory: 'changes' },
  log: { level: 'info' },
  limits: {
    bodyBytes: 262_144,
    bodyBytesSignedIn: 8_388_608,
    queryLength: 20_000,
    queryTokens: 2000,
    queryDepth: 15,
    queryAliases: 30,
    queryFields: 500,
    queryRootFields: 20,
    queryMutations: 5,
    queryNodes: 20_000,
    queryItems: 50_000,
    queryText: 2_000_000,
    pageDefault: 20,
    pageMax: 100,
  },
  text: { headline: 300, summary: 1000, body: 200_000, keptText: 1_000_000, comment: 10_000, listItems: 500 },
  webhooks: { perUser: 20, allowsLoopback: false },
};

it('needs no setting at all', () => {
  expect(readConfig({})).toEqual(DEFAULTS);
});

it('takes an empty variable for an absent one', () => {
  const empty = Object.fromEntries(SETTINGS.map(({ name }) => [name, '']));
  expect(readConfig(empty)).toEqual(DEFAULTS);
});

it('reads what is set', () => {
  const config = readConfig({
    DATABASE_URL: 'postgresql://editor:secret@/newsroom?host=/var/run/postgresql',
    ADMIN_TOKEN: 'twenty-characters-at-least',
    SAMPLE: 'off',
    QUERY_COMPILER: 'off',
    DEFAULT_LANGUAGE: 'pt-br',
    PUBLIC_HISTORY: 'authors',
    FEED_RETENTION: '30d',
    CORS_ORIGINS: 'https://News.example/, http://localhost:3000,https://news.example',
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  expect(config.database.url).toBe('postgresql://editor:secret@/newsroom?host=/var/run/postgresql');
  expect(config.newsroom).toEqual({
    adminToken: 'twenty-characters-at-least',
    sample: false,
    language: 'pt-BR',
    publicHistory: 'authors',
    feedRetentionMs: 2_592_000_000,
  });
  expect(config.server.corsOrigins).toEqual(['https://news.example', 'http://localhost:3000']);
  expect(config.server).toMatchObject({ port: 0, queryCompiler: false });
  expect(config.log.level).toBe('silent');
});

it('gives settings that nobody can change later', () => {
  const config = readConfig({ CORS_ORIGINS: 'https://news.example' });
  for (const part of [config, config.limits, config.server.corsOrigins]) expect(Object.isFrozen(part)).toBe(true);
});

it('tells all mistakes at once, with the value and what is allowed', () => {
  const mistakes = mistakesOf({
    PORT: '65536',
    HOST: 'a b',
    SAMPLE: 'yes',
    LOG_LEVEL: 'loud',
    DEFAULT_LANGUAGE: 'en_US:en',
    CORS_ORIGINS: 'https://news.example/path',
    QUERY_DEPTH: '1.5',
    PAGE_DEFAULT: '101',
  });
  expect(mistakes).toEqual([
    'HOST is "a b"; allowed: a host name or an address.',
    'PORT is "65536"; allowed: a whole number from 0 to 65535.',
    'CORS_ORIGINS is "https://news.example/path"; allowed: origins such as https://example.org, separated by commas.',
    'SAMPLE is "yes"; allowed: one of on, off.',
    'DEFAULT_LANGUAGE is "en_US:en"; allowed: a BCP 47 language tag such as en, es or pt-BR.',
    'LOG_LEVEL is "loud"; allowed: one of trace, debug, info, warn, error, fatal, silent.',
    'QUERY_DEPTH is "1.5"; allowed: a whole number from 1 to 1000.',
    'PAGE_DEFAULT is "101"; allowed: at most PAGE_MAX, which is 100.',
  ]);
});

it.each([
  ['PORT', ['-1', '4000x', '0x10', '1e3', ' 80', '٣']],
  ['DATABASE_URL', ['mysql://here/news', 'postgres:/one-slash', 'here:5432', 'postgres://here:port/news']],
  ['CORS_ORIGINS', ['*', 'news.example', 'https://a.example,', 'ftp://a.example', 'https://user@a.example']],
  ['ADMIN_TOKEN', ['short', 'twenty characters at least', 'twenty-characters-at-léast']],
  ['SECRETS_KEY', ['x'.repeat(31), `${'x'.repeat(32)} ${'x'.repeat(32)}`]],
  ['WEBHOOKS_ALLOW_LOOPBACK', ['true', '1']],
  ['BODY_LIMIT', ['9000000', '0']],
])('refuses %s where it cannot be meant', (name, values) => {
  for (const value of values) expect([value, mistakesOf({ [name]: value }).length]).toEqual([value, 1]);
});

it('never shows a secret', () => {
  const mistakes = mistakesOf({ ADMIN_TOKEN: 'hunter2', DATABASE_URL: 'mysql://me:hunter2@here/news' }).join('\n');
  expect(mistakes).toContain('ADMIN_TOKEN');
  expect(mistakes).toContain('DATABASE_URL');
  expect(mistakes).not.toContain('hunter2');
});

it('has every setting in .env.example with its default, and no other', () => {
  const lines = readFileSync(inProject('.env.example'), 'utf8').split('\n');
  const written = lines.flatMap((line) => /^#? ?([A-Z_]+)=(.*)$/.exec(line)?.slice(1, 3).join('=') ?? []);
  expect(written).toEqual(SETTINGS.map((setting) => `${setting.name}=${setting.default ?? ''}`));
  for (const { description } of SETTINGS) expect(lines).toContain(`# ${description}`);
});

it('hands every setting through docker-compose.yml', () => {
  const compose = readFileSync(inProject('docker-compose.yml'), 'utf8');
  const inContainer = new Set(['DATA_DIR']); // the database has a container of its own
  const missing = SETTINGS.filter(({ name }) => !inContainer.has(name) && !compose.includes(`      ${name}: `));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

it('has every setting in a row of a table of the README', () => {
  const rows = readFileSync(inProject('README.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const missing = SETTINGS.filter(({ name }) => !rows.some((row) => row.includes(`\`${name}\``)));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
