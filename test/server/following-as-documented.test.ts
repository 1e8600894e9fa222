import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { findPorts } from '../../soak/ports';
import { openDesk } from '../support/desk';
import { until } from '../support/until';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { startServer, type TestServer } from '../support/server';

const ROOT = path.resolve(__dirname, '..', '..');

/** The lines of docs/subscriptions.md that hold these words. */
function linesWith(words: string): string {
  const document = readFileSync(path.join(ROOT, 'docs/subscriptions.md'), 'utf8');
  const found = [...document.matchAll(/```js\n(.*?)```/gs)].find(([, lines]) => lines?.includes(words));
  if (found?.[1] === undefined) throw new Error(`docs/subscriptions.md has no lines with ${words}.`);
  return found[1];
}

/** What the reader of the document has to bring: what is done with a change. */
const OWN = `
import { appendFile } from 'node:fs/promises';
import WebSocket from 'ws';
globalThis.WebSocket = WebSocket;
const handle = ({ revision }) => appendFile('handled', revision.number + ' ');
`;

let place: string;
let room: TestNewsroom;
let server: TestServer;
let port: number;
let program: ChildProcess | null = null;
beforeAll(async () => {
  room = await openTestNewsroom();
  [port = 0] = await findPorts(1);
  server = await startServer({ room, port });
});
afterEach(stopProgram);
afterAll(async () => {
  await server.close();
  await room.close();
});

/** Writes the document's lines for a library, as a program in a place of its own. */
function writeProgram(library: string, token: string): void {
  place = mkdtempSync(path.join(process.env.TEST_PLACE as string, 'program-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(place, 'node_modules'));
  const lines = linesWith(`from '${library}'`).replace('127.0.0.1:4000', `127.0.0.1:${port}`).replace('<token>', token);
  writeFileSync(path.join(place, 'program.mjs'), OWN + linesWith('function saveCursor') + lines);
}

async function startProgram(): Promise<void> {
  program = spawn(process.execPath, ['program.mjs'], { cwd: place, stdio: ['ignore', 'inherit', 'inherit'] });
  await once(program, 'spawn');
}

async function stopProgram(): Promise<void> {
  if (program === null || program.exitCode !== null || program.signalCode !== null) return;
  program.kill('SIGKILL');
  await once(program, 'close');
}

const handled = (): number[] =>
  existsSync(path.join(place, 'handled'))
    ? readFileSync(path.join(place, 'handled'), 'utf8').trim().split(' ').map(Number)
    : [];

it.each(['graphql-ws', 'graphql-sse'])(
  'the lines for %s lose nothing when the server goes, and when they themselves do',
  async (library) => {
    writeProgram(library, await server.tokenOf('EDITOR'));
    const { id } = await room.make.story();
    const desk = openDesk(room);
    let revision = 1;
    const edit = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n++) await desk.edit('story', id, revision++, { headline: `${library} ${revision}` });
    };
    await startProgram();
    await until(() => existsSync(path.join(place, 'cursor')));
    await edit(5);
    await until(() => handled().includes(revision));
    await edit(3);
    await server.close();
    await edit(3);
    server = await startServer({ room, port });
    await until(() => handled().includes(revision));
    await edit(3);
    await stopProgram();
    await edit(3);
    await startProgram();
    await until(() => handled().includes(revision));
    const all = handled();
    expect([...new Set(all)]).toEqual(Array.from({ length: revision - 1 }, (_, index) => index + 2));
    // What was handled and not yet kept may come once more, after each of the two interruptions.
    expect(all.length).toBeLessThanOrEqual(revision + 2 * 6);
  },
  60_000,
);

it.each(['graphql-ws', 'graphql-sse'])(
  'the lines for %s end where the token is not valid',
  async (library) => {
    writeProgram(library, 'nw_none');
    const ending = spawn(process.execPath, ['program.mjs'], { cwd: place, stdio: ['ignore', 'ignore', 'pipe'] });
    program = ending;
    const [said] = await Promise.all([text(ending.stderr), once(ending, 'close')]);
    expect(said).toMatch(/4403|The token is not valid/);
  },
  20_000,
);
