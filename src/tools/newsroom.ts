#!/usr/bin/env node
import './production';
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { type Config, readConfig } from '../base/config';
import { sha256 } from '../base/hash';
import { makeLog } from '../base/log';
import { eraseRevisions } from '../edits/hide-revisions';
import { makeSecret } from '../edits/people';
import type { Newsroom } from '../store/scope';
import { findFirstAdmin, insertToken } from '../store/write-people';
import { ensureFirstAdmin } from './first-admin';
import { generate } from './generate';
import { describeExported, describeImported, exportTo, importFrom } from './in-and-out';
import { loadSample } from './load-sample';
import { showProgress } from './progress';
import { rebuild } from './rebuild';
import { findDatabase, openFrom, projectFile, Running } from './start';

/** Asks a person; without one, nothing that needs an answer is done. */
async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`${question} Say so with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${question} (yes/no) `);
  terminal.close();
  return answer.trim().toLowerCase() === 'yes';
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs a command on the newsroom's database, beside a running server or alone. */
async function withNewsroom(work: (newsroom: Newsroom, config: Config) => Promise<void>): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = readConfig(process.env);
  const log = makeLog('silent');
  const running = new Running();
  try {
    const url = await findDatabase(config, running, log, true);
    await work(await openFrom(config, url, running, log), config);
  } finally {
    await running.stop();
  }
}

const program = new Command('newsroom')
  .description('Tools for a newsroom wiki. Settings are read from the environment and .env, as by the server.')
  .showHelpAfterError();

program
  .command('token')
  .description('make a new token for the first administrator and print it; the other tokens stay as they are')
  .option('--label <words>', 'what it is for', 'command line')
  .action(({ label }: { label: string }) =>
    withNewsroom(async (newsroom) => {
      const { newSecret } = await ensureFirstAdmin(newsroom, undefined);
      if (newSecret) return say(newSecret);
      const secret = makeSecret();
      const user = (await findFirstAdmin(newsroom.database.run)) as string;
      await insertToken(newsroom.database.run, {
        id: randomUUID(),
        hash: sha256(secret),
        user,
        label,
        expiresAt: null,
      });
      say(secret);
    }),
  );

program
  .command('migrate')
  .description("bring the database to this release's tables; the server does it at its start, too")
  .action(() => withNewsroom(async () => say('The database is up to date.')));

program
  .command('sample')
  .description(
    'load the sample newsroom into an empty database; the server does it at its first start, unless SAMPLE=off',
  )
  .action(() =>
    withNewsroom(async (newsroom) => {
      const progress = showProgress('sample');
      const made = await loadSample(newsroom, projectFile('sample'), progress.update);
      progress.stop();
      say(made > 0 ? `Loaded ${made} entries.` : 'Nothing to do: the database is not empty, or the sample is there.');
    }),
  );

program
  .command('erase')
  .description(
    'remove the contents of old revisions for good, for law or privacy; writes down who asked for it and why. The newest revision and the published one cannot be erased: save or publish one without what is to go first',
  )
  .argument('<entry>', 'id of the entry')
  .argument('<revisions...>', 'numbers of the revisions')
  .requiredOption('--reason <words>', 'why; everybody who sees the history can read it')
  .requiredOption('--by <words>', 'who asked for it; kept with the reason')
  .option('--yes', 'do not ask')
  .action((id: string, numbers: string[], { reason, by, yes }: { reason: string; by: string; yes?: boolean }) =>
    withNewsroom(async (newsroom) => {
      const strange = numbers.find((number) => !/^[1-9]\d{0,8}$/.test(number));
      if (strange !== undefined) throw new Error(`${strange} is not the number of a revision.`);
      const revisions = numbers.map(Number);
      const what = `${revisions.length} revision${revisions.length === 1 ? '' : 's'} of ${id}`;
      if (!yes && !(await confirm(`Erase ${what} for good? There is no way back.`))) return say('Nothing was erased.');
      const problems = await eraseRevisions(newsroom, { id, revisions, reason, askedBy: by });
      if (problems.length === 0) return say(`Erased: ${what}.`);
      throw new Error(problems.map((problem) => problem.message).join('\n'));
    }),
  );

program
  .command('rebuild')
  .description(
    'make again what is derived from contents (views, links, addresses); only rows that are wrong are written',
  )
  .option('--check', 'write nothing; fail where something is not as derived, and name the first 20')
  .action(({ check = false }: { check?: boolean }) =>
    withNewsroom(async (newsroom) => {
      const isRight = await rebuild(newsroom, check, say);
      if (check && !isRight) process.exitCode = 1;
    }),
  );

program
  .command('export')
  .description(
    'write every entry with its whole history as lines of JSON (docs/export.md), as of one moment, beside a running server. Contents out of sight, tokens, roles, watches and whatever is sealed stay here',
  )
  .option('--file <path>', 'write there, packed where the name ends in .gz; without it, to standard output')
  .option('--after <cursor>', 'only what came after this cursor of the feed: the head of an earlier export')
  .action((options: { file?: string; after?: string }) =>
    withNewsroom(async (newsroom) => {
      const exported = await exportTo(newsroom, options);
      process.stderr.write(`${describeExported(exported)}\n`);
    }),
  );

program
  .command('import')
  .description(
    'take over an export, into an empty newsroom or into a copy of the same one. All lines are looked at before one is written; what is here already is passed over; where it was stopped, run it again',
  )
  .option('--file <path>', 'read from there, packed by gzip or not; without it, from standard input')
  .option('--check', 'only look at all lines; write nothing')
  .action((options: { file?: string; check?: boolean }) =>
    withNewsroom(async (newsroom) => say(describeImported(await importFrom(newsroom, options), options.check))),
  );

program
  .command('generate')
  .description('write the files of schema/ from the code and the migrations')
  .option('--check', 'write nothing; fail where they are not up to date')
  .action(async ({ check = false }: { check?: boolean }) => {
    const changed = await generate(check);
    if (changed.length === 0) return say('schema/ is up to date.');
    if (!check) return say(`Written: ${changed.join(', ')}.`);
    process.stderr.write(`Not up to date: ${changed.join(', ')}. Run npm run generate and commit what it writes.\n`);
    process.exitCode = 1;
  });

program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
