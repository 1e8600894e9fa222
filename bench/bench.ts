import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Running } from '../src/tools/start';
import { ask } from './ask';
import { type Case, edit, storyPage, storyPageAsOf } from './cases';
import { famousActor, famousEdit } from './famous-cases';
import { FEED_CASES } from './feed-cases';
import { listPages, storyList } from './list-cases';
import { blame, historyPages } from './long-cases';
import { editOneEntry } from './shared-case';
import { type BenchDatabase, openBenchDatabase } from './database';
import type { Sizes } from './fiction';
import type { LoadResult } from './load';
import { type Loader, type Server, startBare, startLoader, startOurs } from './processes';
import { startProgress, tell } from './progress';
import { describeMachine, type FeedMeasured, type Measured, measure, toFeedTable, toTable } from './report';

/** What can be measured. Edits come last: they change what lists begin with. */
const CASES: Readonly<Record<string, (database: BenchDatabase, server: Server) => Case[] | Promise<Case[]>>> = {
  'story-page': (database) => [storyPage(database)],
  'story-page-as-of': async (database, server) => [await storyPageAsOf(database, server)],
  'story-list': () => [storyList()],
  'famous-actor': async (database, server) => [await famousActor(database, server)],
  'first-pages': (_, server) => listPages(server, 1),
  'thousandth-pages': (_, server) => listPages(server, 1000),
  history: (database, server) => historyPages(database, server),
  blame: async (database, server) => [await blame(database, server)],
  edit: async (database) => [await edit(database)],
  'edit-one-entry': async (database, server) => [await editOneEntry(database, server)],
  'famous-edit': async (database) => [await famousEdit(database)],
};

const NAMES = [...Object.keys(CASES), ...Object.keys(FEED_CASES)];

interface Options extends Omit<Sizes, 'famousStories' | 'famousCitations'> {
  readonly famousStories?: number;
  readonly famousCitations?: number;
  readonly seed: number;
  readonly connections: number;
  readonly seconds: number;
  readonly subscribers: number;
  readonly only: readonly string[];
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly keep?: boolean;
  readonly fillOnly?: boolean;
  readonly profile?: string;
}

/** Both servers are loaded in turn, this often: what else the machine does then hits both. */
const ROUNDS = 3;
const WARM_UP_SECONDS = 3;
const LOG_PATIENCE_MS = 5000;

const wholeNumber = (written: string): number => {
  const number = Number(written);
  if (!/^\d{1,8}$/.test(written) || number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
};

const readCases = (written: string): string[] => {
  const names = written.split(',').map((name) => name.trim());
  if (!names.every((name) => NAMES.includes(name))) throw new InvalidArgumentError(`Choose of ${NAMES.join(', ')}.`);
  return names;
};

const numberOption = (name: string, description: string, standard?: number): Option => {
  const option = new Option(`--${name} <number>`, description).argParser(wholeNumber);
  return standard === undefined ? option : option.default(standard);
};

function readOptions(words: readonly string[]): Options {
  const program = new Command('npm run bench --')
    .description(
      'Fills a database, loads this server and a bare one that sends a single SQL statement, and prints both. Writes nothing into the repository.',
    )
    .addOption(numberOption('stories', 'stories to fill the database with', 10_000))
    .addOption(numberOption('actors', 'actors', 20_000))
    .addOption(numberOption('events', 'events', 50_000))
    .addOption(numberOption('claims', 'claims', 10_000))
    .addOption(numberOption('documents', 'documents', 20_000))
    .addOption(numberOption('citations', 'citations', 100_000))
    .addOption(numberOption('famous-stories', 'stories with one actor in their cast (2000, or a fifth of few)'))
    .addOption(numberOption('famous-citations', 'citations with the same one in their chain (50000, or half of few)'))
    .addOption(numberOption('revisions', 'revisions of each entry', 5))
    .addOption(numberOption('seed', 'of everything that is drawn at random', 1))
    .addOption(numberOption('connections', 'connections that ask at the same time', 10))
    .addOption(numberOption('seconds', 'how long each server is loaded for each thing', 10))
    .addOption(numberOption('subscribers', 'subscribers of feed-fan-out and feed-memory', 1000))
    .addOption(new Option('--only <things>', `what to measure: ${NAMES.join(',')}`).argParser(readCases).default(NAMES))
    .option('--database-url <url>', 'a Postgres database that is empty, or filled by an earlier run')
    .option('--data-dir <directory>', 'keep the database that comes with the project here, for the next run')
    .option('--keep', 'keep the database in its temporary directory')
    .option('--fill-only', 'fill the database and stop')
    .option(
      '--profile <directory>',
      'write a processor profile of this server into a directory, for Chrome or speedscope',
    );
  program.parse(words as string[]);
  return program.opts<Options>();
}

/** The sizes of the newsroom. The famous actor is as famous as a small one allows. */
function sizesOf(options: Options): Sizes {
  const { stories, actors, events, claims, documents, citations, revisions } = options;
  const famousStories = Math.min(options.famousStories ?? Math.min(2000, Math.ceil(stories / 5)), stories);
  const famousCitations = Math.min(options.famousCitations ?? Math.min(50_000, Math.ceil(citations / 2)), citations);
  return { stories, actors, events, claims, documents, citations, revisions, famousStories, famousCitations };
}

/** How many statements a request takes, by the server's own log. BEGIN and COMMIT are not counted. */
async function countStatements(subject: Case, server: Server): Promise<number> {
  const before = server.lines.length;
  const bodies = await subject.probes();
  for (const body of bodies) {
    const answer = JSON.stringify(await ask(server.url, body, subject.headers));
    if (!subject.isGood(answer)) throw new Error(`${subject.name} failed: ${answer.slice(0, 500)}`);
  }
  const findCounts = (): number[] =>
    server.lines.slice(before).flatMap((line) => {
      if (!line.startsWith('{')) return [];
      const { msg, statements } = JSON.parse(line) as { msg?: string; statements?: number };
      return msg === 'request' && statements !== undefined ? [statements] : [];
    });
  const deadline = Date.now() + LOG_PATIENCE_MS; // an answer may come before the line about it
  while (findCounts().length < bodies.length && Date.now() < deadline) await sleep(20);
  const counted = findCounts();
  if (counted.length !== bodies.length)
    throw new Error(`The log tells of ${counted.length} requests, ${bodies.length} were sent.`);
  return counted.reduce((sum, count) => sum + count, 0) / counted.length;
}

interface Subjects {
  readonly ours: Server;
  readonly bare: Server;
  /** This server with a talkative log: counts statements, and is not measured. */
  readonly talkative: Server;
  readonly loader: Loader;
}

async function measureCase(subject: Case, options: Options, subjects: Subjects): Promise<Measured[]> {
  const { ours, bare, talkative, loader } = subjects;
  if (subject.compare) {
    const compared = await subject.compare(ours, bare);
    tell(`${subject.name}: both servers gave the same answer to ${compared} of ${compared} requests.`);
  }
  const statements = await countStatements(subject, talkative);
  const { connections = options.connections, share = 1 } = subject;
  const results: LoadResult[] = [];
  const run = async (server: Server, seconds: number): Promise<LoadResult> => {
    const load = await subject.load(connections);
    const { url } = server;
    const result = await loader.run({ url, connections, seconds: seconds * share, headers: subject.headers, load });
    results.push(result);
    return result;
  };
  const loaded = (['ours', 'bare'] as const)
    .filter((which) => which === 'ours' || subject.compare)
    .map((which) => ({ which, server: subjects[which], rounds: [] as LoadResult[] }));
  for (const { server } of loaded) await run(server, WARM_UP_SECONDS);
  const bar = startProgress(`Loading ${subject.name}`, loaded.length * ROUNDS);
  for (let round = 0; round < ROUNDS; round++)
    for (const [turn, { server, rounds }] of loaded.entries()) {
      rounds.push(await run(server, options.seconds / ROUNDS));
      bar.update(loaded.length * round + turn + 1);
    }
  bar.stop();
  if (subject.verify) tell(`${subject.name}: ${await subject.verify(results)}`);
  return loaded.map(({ which, rounds }) => measure(subject.name, which, rounds, which === 'ours' ? statements : 1));
}

const profilingOf = ({ profile }: Options): string[] => (profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []);

async function measureAll(options: Options, database: BenchDatabase, running: Running): Promise<Measured[]> {
  const names = options.only.filter((name) => Object.hasOwn(CASES, name));
  if (names.length === 0) return [];
  const subjects: Subjects = {
    ours: await startOurs(database.url, 'warn', running, profilingOf(options)),
    bare: await startBare(database.url, running),
    talkative: await startOurs(database.url, 'debug', running),
    loader: startLoader(running),
  };
  const measured: Measured[] = [];
  for (const name of names) {
    const found = (await CASES[name]?.(database, subjects.ours)) ?? [];
    for (const subject of found) measured.push(...(await measureCase(subject, options, subjects)));
  }
  return measured;
}

/** The cases of the feed, each with a server of its own. */
async function measureFeed(options: Options, database: BenchDatabase, running: Running): Promise<FeedMeasured[]> {
  const { seconds, subscribers } = options;
  const measured: FeedMeasured[] = [];
  for (const name of options.only)
    measured.push(
      ...((await FEED_CASES[name]?.({ database, running, seconds, subscribers, profiling: profilingOf(options) })) ??
        []),
    );
  return measured;
}

async function describeRun(options: Options, { client, fiction, fillSeconds }: BenchDatabase): Promise<string> {
  const { rows } = await client.query<{ server: string; fsync: string; buffers: string; size: string }>(
    `select current_setting('server_version') as server, current_setting('fsync') as fsync,
      current_setting('shared_buffers') as buffers, pg_size_pretty(pg_database_size(current_database())) as size`,
  );
  const [facts] = rows;
  const { stories, actors, events, claims, documents, citations, revisions } = fiction.sizes;
  const { famousStories, famousCitations } = fiction.sizes;
  const { connections, seconds } = options;
  const filled = fillSeconds === null ? 'filled by an earlier run' : `filled in ${fillSeconds.toFixed(0)} s`;
  return [
    `${describeMachine(facts?.server ?? 'unknown')}`,
    `${stories} stories, ${actors} actors, ${events} events, ${claims} claims, ${documents} documents, ${citations} citations, ${revisions} revisions each: ${facts?.size}, ${filled}`,
    `one actor in ${famousStories} stories and ${famousCitations} citations`,
    `${connections} connections, ${seconds} s each in ${ROUNDS} rounds, servers in turn; fsync ${facts?.fsync}, shared_buffers ${facts?.buffers}`,
  ].join('\n');
}

async function main(running: Running): Promise<void> {
  const options = readOptions(process.argv);
  const { databaseUrl, dataDir, keep = false, seed } = options;
  const place = { url: databaseUrl ?? null, dir: dataDir ?? null, keep };
  const database = await openBenchDatabase(place, sizesOf(options), seed, running);
  const measured = options.fillOnly ? [] : await measureAll(options, database, running);
  const followed = options.fillOnly ? [] : await measureFeed(options, database, running);
  process.stdout.write(`${await describeRun(options, database)}\n`);
  if (measured.length > 0) process.stdout.write(`\n${toTable(measured)}\n`);
  if (followed.length > 0) process.stdout.write(`\n${toFeedTable(followed)}\n`);
}

const running = new Running();
const stopAndEnd = (code: number): void => void running.stop().finally(() => process.exit(code));
process.once('SIGINT', () => stopAndEnd(130));
process.once('SIGTERM', () => stopAndEnd(143));
main(running).then(
  () => stopAndEnd(0),
  (error: Error) => {
    tell(error.message);
    stopAndEnd(1);
  },
);
