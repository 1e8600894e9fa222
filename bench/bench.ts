import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Running } from '../src/tools/start';
import { ask } from './ask';
import { type Case, edit, storyPage } from './cases';
import { type BenchDatabase, openBenchDatabase } from './database';
import type { Sizes } from './fiction';
import type { LoadResult } from './load';
import { type Loader, type Server, startBare, startLoader, startOurs } from './processes';
import { startProgress, tell } from './progress';
import { describeMachine, type Measured, measure, toTable } from './report';

const CASES = ['story-page', 'edit'] as const;
type CaseName = (typeof CASES)[number];

interface Options extends Sizes {
  readonly seed: number;
  readonly connections: number;
  readonly seconds: number;
  readonly only: readonly CaseName[];
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

const readCases = (written: string): CaseName[] =>
  written.split(',').map((name) => {
    const known = CASES.find((one) => one === name.trim());
    if (!known) throw new InvalidArgumentError(`Choose of ${CASES.join(', ')}.`);
    return known;
  });

const numberOption = (name: string, description: string, standard: number): Option =>
  new Option(`--${name} <number>`, description).argParser(wholeNumber).default(standard);

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
    .addOption(numberOption('revisions', 'revisions of each entry', 5))
    .addOption(numberOption('seed', 'of everything that is drawn at random', 1))
    .addOption(numberOption('connections', 'connections that ask at the same time', 10))
    .addOption(numberOption('seconds', 'how long each server is loaded for each thing', 15))
    .addOption(new Option('--only <things>', `what to measure: ${CASES.join(',')}`).argParser(readCases).default(CASES))
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
  const compared = await subject.compare(ours, bare);
  tell(`${subject.name}: both servers gave the same answer to ${compared} of ${compared} requests.`);
  const statements = await countStatements(subject, talkative);
  const { connections } = options;
  const run = async (server: Server, seconds: number): Promise<LoadResult> =>
    loader.run({
      url: server.url,
      connections,
      seconds,
      headers: subject.headers,
      load: await subject.load(connections),
    });
  for (const server of [ours, bare]) await run(server, WARM_UP_SECONDS);
  const rounds: { ours: LoadResult[]; bare: LoadResult[] } = { ours: [], bare: [] };
  const bar = startProgress(`Loading ${subject.name}`, 2 * ROUNDS);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.ours.push(await run(ours, options.seconds / ROUNDS));
    bar.update(2 * round + 1);
    rounds.bare.push(await run(bare, options.seconds / ROUNDS));
    bar.update(2 * round + 2);
  }
  bar.stop();
  return [measure(subject.name, 'ours', rounds.ours, statements), measure(subject.name, 'bare', rounds.bare, 1)];
}

async function measureAll(options: Options, database: BenchDatabase, running: Running): Promise<Measured[]> {
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
  const subjects: Subjects = {
    ours: await startOurs(database.url, 'warn', running, profiling),
    bare: await startBare(database.url, running),
    talkative: await startOurs(database.url, 'debug', running),
    loader: startLoader(running),
  };
  const measured: Measured[] = [];
  for (const name of options.only) {
    const subject = name === 'edit' ? await edit(database) : storyPage(database);
    measured.push(...(await measureCase(subject, options, subjects)));
  }
  return measured;
}

async function describeRun(options: Options, { client, fillSeconds }: BenchDatabase): Promise<string> {
  const { rows } = await client.query<{ server: string; fsync: string; buffers: string; size: string }>(
    `select current_setting('server_version') as server, current_setting('fsync') as fsync,
      current_setting('shared_buffers') as buffers, pg_size_pretty(pg_database_size(current_database())) as size`,
  );
  const [facts] = rows;
  const { stories, actors, events, claims, documents, citations, revisions, connections, seconds } = options;
  const filled = fillSeconds === null ? 'filled by an earlier run' : `filled in ${fillSeconds.toFixed(0)} s`;
  return [
    `${describeMachine(facts?.server ?? 'unknown')}`,
    `${stories} stories, ${actors} actors, ${events} events, ${claims} claims, ${documents} documents, ${citations} citations, ${revisions} revisions each: ${facts?.size}, ${filled}`,
    `${connections} connections, ${seconds} s each in ${ROUNDS} rounds, servers in turn; fsync ${facts?.fsync}, shared_buffers ${facts?.buffers}`,
  ].join('\n');
}

async function main(running: Running): Promise<void> {
  const options = readOptions(process.argv);
  const { databaseUrl, dataDir, keep = false, seed } = options;
  const { stories, actors, events, claims, documents, citations, revisions } = options;
  const sizes: Sizes = { stories, actors, events, claims, documents, citations, revisions };
  const place = { url: databaseUrl ?? null, dir: dataDir ?? null, keep };
  const database = await openBenchDatabase(place, sizes, seed, running);
  const measured = options.fillOnly ? [] : await measureAll(options, database, running);
  process.stdout.write(`${await describeRun(options, database)}\n`);
  if (measured.length > 0) process.stdout.write(`\n${toTable(measured)}\n`);
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
