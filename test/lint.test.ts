import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';

const ROOT = join(__dirname, '..');
const ROOMS = ['base', 'model', 'rules', 'store', 'edits', 'feed', 'api', 'server'] as const;
type Room = (typeof ROOMS)[number];

/** The design's table of rooms, section 3: which rooms each may import. */
const MAY_IMPORT: Record<Room, readonly Room[]> = {
  base: [],
  model: ['base'],
  rules: ['base', 'model'],
  store: ['base', 'model', 'rules'],
  edits: ['base', 'model', 'rules', 'store'],
  feed: ['base', 'model', 'rules', 'store'],
  api: ['base', 'model', 'rules', 'store', 'edits', 'feed'],
  server: ['base', 'store', 'feed', 'api'],
};

/** Libraries that are at home in some rooms only. */
const AT_HOME: Record<string, readonly Room[]> = {
  typeorm: ['model', 'store'],
  'type-graphql': ['model', 'api'],
  graphql: ['api'],
  'graphql/language': ['api'],
  pg: ['store'],
  'pg/lib/client': ['store'],
  dataloader: ['store'],
  edtf: ['rules'],
  diff: ['rules'],
  'node-diff3': ['rules'],
  'chrono-node': ['rules'],
  standardwebhooks: ['feed'],
  'graphile-worker': ['feed'],
  'ipaddr.js': ['rules'],
  '@apollo/server': ['server'],
  '@apollo/server/plugin/disabled': ['server'],
  '@as-integrations/fastify': ['server'],
  fastify: ['server'],
  '@fastify/cors': ['server'],
  'graphql-jit': ['server'],
  'graphql-ws': ['server'],
  ws: ['server'],
  commander: [],
  'cli-progress': [],
  'node:process': [],
};

interface Sample {
  readonly path: string;
  readonly source: string;
  /** The rule that it breaks; null for what is fine. */
  readonly rule: string | null;
}

const IMPORTS = 'eslint(no-restricted-imports)';
const PROPERTIES = 'eslint(no-restricted-properties)';
const importing = (from: string) => `import { x } from '${from}';\nexport const y = x;\n`;

const acrossRooms: Sample[] = ROOMS.flatMap((room) => [
  ...ROOMS.filter((other) => other !== room).map((other) => ({
    path: `src/${room}/imports-${other}.ts`,
    source: importing(`../${other}/story`),
    rule: MAY_IMPORT[room].includes(other) ? null : IMPORTS,
  })),
  { path: `src/${room}/imports-tools.ts`, source: importing('../tools/newsroom'), rule: IMPORTS },
  { path: `src/${room}/imports-main.ts`, source: importing('../main'), rule: IMPORTS },
  { path: `src/${room}/imports-tests.ts`, source: importing('../../test/make'), rule: IMPORTS },
  { path: `src/${room}/imports-itself.ts`, source: importing('./story'), rule: null },
]);

const libraries: Sample[] = Object.entries(AT_HOME).flatMap(([library, homes]) =>
  ROOMS.map((room) => ({
    path: `src/${room}/library-${library.replaceAll(/\W/g, '-')}.ts`,
    source: importing(library),
    rule: homes.includes(room) ? null : IMPORTS,
  })),
);

const sample = ([path, source, rule]: [path: string, source: string, rule: string | null]): Sample => ({
  path,
  source,
  rule,
});

const ways = (
  [
    ['src/rules/by-type.ts', `import type { Scope } from '../store/scope';\nexport type Own = Scope;\n`, IMPORTS],
    ['src/rules/by-export.ts', `export { load } from '../store/loaders';\n`, IMPORTS],
    ['src/rules/by-export-all.ts', `export * from '../store/loaders';\n`, IMPORTS],
    ['src/rules/by-effect.ts', `import '../store/loaders';\n`, IMPORTS],
    ['src/store/decorates.ts', `import 'reflect-metadata';\n`, null],
    ['src/rules/evidence/deeper.ts', importing('../../store/loaders'), IMPORTS],
    ['src/rules/round-about.ts', importing('./../../src/store/loaders'), IMPORTS],
    ['src/rules/whole-room.ts', importing('../store'), IMPORTS],
    ['src/rules/like-a-room.ts', importing('./store-rules'), null],
    ['src/rules/like-a-library.ts', importing('pg-format'), null],
    [
      'src/rules/by-require.ts',
      `export const x: unknown = require('../store/loaders');\n`,
      'typescript(no-require-imports)',
    ],
    ['src/rules/reads-files.ts', importing('node:fs/promises'), IMPORTS],
    ['src/rules/reads-files-by-old-name.ts', importing('fs'), IMPORTS],
    ['src/rules/works-aside.ts', importing('node:worker_threads'), IMPORTS],
    ['src/edits/works-aside.ts', importing('node:worker_threads'), null],
    ['src/rules/compares-words.ts', importing('node:util'), null],
    ['src/api/writes.ts', importing('../store/write'), IMPORTS],
    ['src/api/writes-apart.ts', importing('../store/write-entry'), IMPORTS],
    ['src/api/reads.ts', importing('../store/pages'), null],
    ['src/edits/writes.ts', importing('../store/write'), null],
    ['src/model/scalars.ts', importing('graphql'), null],
    ['src/server/embedded-postgres.ts', importing('pg'), null],
    ['src/server/embedded-postgres-process.ts', importing('typeorm'), IMPORTS],
    [
      'src/server/execution.ts',
      `import type { GraphQLSchema } from 'graphql';\nexport type Own = GraphQLSchema;\n`,
      null,
    ],
    ['src/main.ts', importing('./server/server'), null],
    [
      'src/tools/newsroom.ts',
      importing('../store/write') + importing('commander').replaceAll(/\b([xy])\b/g, '$1$1'),
      null,
    ],
    ['test/anything.test.ts', importing('../src/store/write'), null],
  ] satisfies [string, string, string | null][]
).map(sample);

const habits = (
  [
    ['src/store/environment.ts', `export const url = process.env.DATABASE_URL;\n`, PROPERTIES],
    [
      'src/store/environment-apart.ts',
      `const { env } = process;\nexport const url = env['DATABASE_URL'];\n`,
      PROPERTIES,
    ],
    ['src/store/ends.ts', `export const end = (): never => process.exit(1);\n`, PROPERTIES],
    ['src/tools/ends.ts', `export const end = (): never => process.exit(process.env['CODE'] ? 1 : 0);\n`, null],
    ['src/store/throws.ts', `export const fail = (): never => {\n  throw 'no';\n};\n`, 'eslint(no-throw-literal)'],
    ['src/store/anything.ts', `export const x = (y: any): string => String(y);\n`, 'typescript(no-explicit-any)'],
    ['src/store/default.ts', `export default 1;\n`, 'import(no-default-export)'],
    [
      'src/store/circle-a.ts',
      `import { b } from './circle-b';\nexport const a = (): unknown => b;\n`,
      'import(no-cycle)',
    ],
    [
      'src/store/circle-b.ts',
      `import { a } from './circle-a';\nexport const b = (): unknown => a;\n`,
      'import(no-cycle)',
    ],
    ['src/store/long.ts', `export const a = [\n${'  1,\n'.repeat(400)}];\n`, 'eslint(max-lines)'],
    [
      'src/store/long-function.ts',
      `export function a(): unknown {\n  return [\n${'    1,\n'.repeat(60)}  ];\n}\n`,
      'eslint(max-lines-per-function)',
    ],
    ['test/long.test.ts', `export function a(): unknown {\n  return [\n${'    1,\n'.repeat(60)}  ];\n}\n`, null],
  ] satisfies [string, string, string | null][]
).map(sample);

const samples = [...acrossRooms, ...libraries, ...ways, ...habits];

describe('the lint', () => {
  const told = new Map<string, Set<string>>();

  beforeAll(() => {
    const place = mkdtempSync(join(tmpdir(), 'newsroom-lint-'));
    try {
      copyFileSync(join(ROOT, '.oxlintrc.json'), join(place, '.oxlintrc.json'));
      for (const { path, source } of samples) {
        mkdirSync(dirname(join(place, path)), { recursive: true });
        writeFileSync(join(place, path), source);
      }
      const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');
      const run = spawnSync(process.execPath, [oxlint, '--format', 'json'], { cwd: place, encoding: 'utf8' });
      const report = JSON.parse(run.stdout) as { diagnostics: { code: string; filename: string }[] };
      for (const { filename, code } of report.diagnostics) {
        const path = filename.split(sep).join('/');
        told.set(path, (told.get(path) ?? new Set()).add(code));
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  it('is asked about files that all have names of their own', () => {
    expect(new Set(samples.map(({ path }) => path)).size).toBe(samples.length);
  });

  it.each(samples.filter(({ rule }) => rule !== null))('reports $path', ({ path, rule }) => {
    expect([...(told.get(path) ?? [])]).toContain(rule);
  });

  it.each(samples.filter(({ rule }) => rule === null))('lets $path be', ({ path }) => {
    expect([...(told.get(path) ?? [])]).toEqual([]);
  });
});

describe('what no lint rule sees', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({
      path: path.split(sep).join('/'),
      text: readFileSync(join(ROOT, 'src', path), 'utf8'),
    }));
  const isTop = (path: string) => path === 'main.ts' || path.startsWith('tools/');
  const thatSay = (pattern: RegExp, where: (path: string) => boolean) =>
    sources.filter(({ path, text }) => where(path) && pattern.test(text)).map(({ path }) => path);

  it('only main and tools read the environment or end the process', () => {
    expect(thatSay(/\bprocess\s*\??\.\s*(env|exit)\b|\bprocess\s*\[/, (path) => !isTop(path))).toEqual([]);
  });

  it('no room imports another at run time, past the rules of imports', () => {
    expect(thatSay(/\bimport\(\s*['"`]\.\.\//, (path) => !isTop(path))).toEqual([]);
  });

  it('the rules have no clock and no dice', () => {
    expect(thatSay(/\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b/, (path) => path.startsWith('rules/'))).toEqual([]);
  });
});
