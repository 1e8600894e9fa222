import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDatabase } from './support/database';

/** One step of the recipe: a new file, or a change to one that is there. */
interface Step {
  file: string;
  isNew: boolean;
  block: string;
}

/** The steps that the page tells: the file that a line names, and the code blocks after it. */
function readSteps(page: string): Step[] {
  const steps: Step[] = [];
  let named: { file: string; isNew: boolean } | null = null;
  for (const part of page.split(/^(`[^`\n]+`[^\n]*:|```\w+\n[\s\S]*?^```)$/m)) {
    const heading = /^`([^`]+)`( \(new\))?/.exec(part);
    const block = /^```(ts|diff)\n([\s\S]*?)^```$/m.exec(part);
    if (block && named) steps.push({ ...named, block: block[2] as string });
    else if (heading) named = { file: heading[1] as string, isNew: heading[2] !== undefined };
  }
  return steps;
}

const linesOf = (block: string, signs: string): string =>
  block
    .split('\n')
    .filter((line) => signs.includes(line[0] ?? ' ') && line !== '')
    .map((line) => line.slice(1))
    .join('\n');

function follow(step: Step, root: string): void {
  const target = path.join(root, step.file);
  if (step.isNew) return writeFileSync(target, step.block);
  const before = readFileSync(target, 'utf8');
  const [from, to] = [linesOf(step.block, ' -'), linesOf(step.block, ' +')];
  // What the page shows must stand in the file, once.
  expect({ file: step.file, found: before.split(from).length - 1, from }).toEqual({ file: step.file, found: 1, from });
  writeFileSync(
    target,
    before.replace(from, () => to),
  );
}

const PROGRAM = `
require('reflect-metadata');
const { graphql } = require('graphql');
const { getSchema } = require('./dist/src/api/schema');
const { migrate } = require('./dist/src/store/migrate');
const { openNewsroom } = require('./dist/src/store/open-newsroom');
const { Scope } = require('./dist/src/store/scope');
const { readConfig } = require('./dist/src/base/config');
const { insertUser } = require('./dist/src/store/write-people');
const { randomUUID } = require('node:crypto');
(async () => {
  const url = process.argv[2];
  await migrate(url);
  const { text, limits, database } = readConfig({});
  const newsroom = await openNewsroom({
    database: { ...database, url, onConnectionError() {} }, text, pages: limits, language: 'en' });
  const user = { uuid: randomUUID(), name: 'Editor', role: 'EDITOR', bot: false };
  await insertUser(newsroom.database.run, { id: user.uuid, ...user });
  const ask = async (source, variableValues) => {
    const contextValue = new Scope(newsroom, { user, role: user.role });
    const { data, errors } = await graphql({ schema: getSchema(), source, variableValues, contextValue });
    if (errors) throw errors[0];
    return data;
  };
  const { createActor } = await ask('mutation { createActor(input: { publish: true, fields: { actorType: PERSON, names: [{ text: "A" }] } }) { actor { id } } }');
  const actor = createActor.actor.id;
  const { createCase } = await ask(
    'mutation ($fields: CaseFields!) { createCase(input: { publish: true, fields: $fields }) { outcome case { id slug } problems { message } } }',
    { fields: { title: 'The People v. A', docket: '14-1', court: actor, opened: { edtf: '2014-12?' }, body: 'Of **A**.', parties: [{ actor, role: 'defendant' }] } });
  const id = createCase.case.id;
  const { editCase } = await ask(
    'mutation ($id: ID!) { editCase(input: { id: $id, baseRevision: 1, fields: { docket: "14-2" } }) { outcome changes { path before after } } }', { id });
  const read = await ask(
    'query ($actor: ID!) { cases(filter: { party: $actor, docket: "14-2" }) { totalCount nodes { title bodyHtml court { name } opened { earliest } parties { role actor { name } } history { totalCount } revisionByNumber(number: 1) { snapshot { ... on Case { docket } } } } } case(slug: "the-people-v-a") { kind } actor(id: $actor) { backlinks { nodes { kind title } } } }', { actor });
  await newsroom.database.close();
  console.log(JSON.stringify({ created: createCase.outcome, edited: editCase, read }));
})().catch((error) => { console.error(error); process.exitCode = 1; });
`;

it('a seventh kind comes into a copy of the project by the recipe alone', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'newsroom-kind-'));
  const database = await createDatabase('empty');
  try {
    for (const part of ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
      cpSync(part, path.join(root, part), { recursive: true });
    symlinkSync(path.resolve('node_modules'), path.join(root, 'node_modules'));
    mkdirSync(path.join(root, 'sample'));
    const steps = readSteps(readFileSync('docs/adding-a-kind.md', 'utf8'));
    expect(steps.length).toBeGreaterThan(12);
    for (const step of steps) follow(step, root);
    const run = (command: string, ...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
      // Shown whole: the message tells which step of the page is wrong.
      expect({ status, said: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
      return stdout;
    };
    run(process.execPath, path.resolve('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json');
    writeFileSync(path.join(root, 'try.cjs'), PROGRAM);
    const answer = JSON.parse(run(process.execPath, 'try.cjs', database.url));
    expect(answer).toEqual({
      created: 'CREATED',
      edited: { outcome: 'SAVED', changes: [{ path: '/docket', before: '14-1', after: '14-2' }] },
      read: {
        cases: {
          totalCount: 1,
          nodes: [
            {
              title: 'The People v. A',
              bodyHtml: '<p>Of <strong>A</strong>.</p>\n',
              court: { name: 'A' },
              opened: { earliest: '2014-12-01T00:00:00.000Z' },
              parties: [{ role: 'defendant', actor: { name: 'A' } }],
              history: { totalCount: 2 },
              revisionByNumber: { snapshot: { docket: '14-1' } },
            },
          ],
        },
        case: { kind: 'CASE' },
        actor: { backlinks: { nodes: [{ kind: 'CASE', title: 'The People v. A' }] } },
      },
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
    await database.drop();
  }
}, 120_000);
