import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { createWriteStream, openSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline, finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { badInput } from '../base/errors';
import { atLine, type Numbered } from '../edits/import-check';
import { type ExportLine, readLine } from '../model/export';

/** A kept text has at most a million characters: no line of an export comes near this. */
const LONGEST_LINE = 64 * 1024 * 1024;
const LINE_END = 0x0a;

function parse(nr: number, bytes: Buffer): Numbered {
  // Otherwise what is none would be kept as other words, without a sign of it.
  if (!isUtf8(bytes)) throw atLine(nr, 'it is no UTF-8.');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw atLine(nr, `it is no JSON: ${error.message}`);
  }
  const line = readLine(value);
  if ('wrong' in line) throw atLine(nr, line.wrong);
  return { nr, line };
}

/** Splits what comes in into lines, whatever the pieces are, and reads each. */
async function* readFrom(input: AsyncIterable<Buffer>): AsyncGenerator<Numbered> {
  let rest: Buffer[] = [];
  let length = 0;
  let nr = 1;
  const keep = (part: Buffer): void => {
    rest.push(part);
    length += part.length;
    if (length > LONGEST_LINE) throw atLine(nr, `it is longer than ${LONGEST_LINE} bytes.`);
  };
  for await (const piece of input) {
    let from = 0;
    for (let end = piece.indexOf(LINE_END); end !== -1; end = piece.indexOf(LINE_END, from)) {
      keep(piece.subarray(from, end));
      const line = Buffer.concat(rest);
      [rest, length, from] = [[], 0, end + 1];
      yield parse(nr, line);
      nr += 1;
    }
    keep(piece.subarray(from));
  }
  if (length > 0) yield parse(nr, Buffer.concat(rest));
}

const PIECE = 64 * 1024;

async function* piecesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(PIECE), position });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(2), position: 0 });
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* unpack(file: FileHandle): AsyncGenerator<Numbered> {
  const pieces = Readable.from(piecesOf(file));
  const unpacked = createGunzip();
  const packed = pipeline(pieces, unpacked);
  packed.catch(() => unpacked.destroy());
  try {
    yield* readFrom(unpacked as AsyncIterable<Buffer>);
    await packed;
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? '');
    if (code.startsWith('Z_')) throw badInput('import', `the file cannot be unpacked: ${(error as Error).message}.`);
    throw error;
  } finally {
    pieces.destroy();
  }
}

/** The lines of an export, packed by gzip or not, from the beginning each time. The file stays open. */
export async function* readLines(file: FileHandle): AsyncGenerator<Numbered> {
  yield* (await isGzip(file)) ? unpack(file) : readFrom(piecesOf(file));
}

/** Takes lines, and says when all have arrived. */
export interface LineWriter {
  write(line: ExportLine): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind of what was not closed. Does not wait, for it is also the last thing that a program does. */
  discard(): void;
}

/** @param failed rejects once nothing can be written any more. */
const writerTo = (
  output: Writable,
  failed: Promise<void>,
  close: () => Promise<void>,
): Omit<LineWriter, 'discard'> => ({
  write: async (line) => {
    if (output.write(`${JSON.stringify(line)}\n`)) return;
    // What has failed before never drains.
    if (output.destroyed) await failed;
    await once(output, 'drain');
  },
  close,
});

/** Writes lines to a file, packed where its name ends in .gz. It has its name only once it is whole. */
export function writeLinesTo(file: string): LineWriter {
  // What is renamed takes the place of a device for all programs, and of a directory not at all.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    throw badInput('file', `${file} is there and is no file; name one, or leave it out and use standard output.`);
  }
  const part = `${file}.part`;
  const target = createWriteStream(part, { fd: openSync(part, 'w') });
  const packed = file.endsWith('.gz') ? createGzip() : null;
  const done = packed ? pipeline(packed, target) : finished(target);
  done.catch(() => undefined); // told when it is closed, or by the next write
  const output: Writable = packed ?? target;
  const writer = writerTo(output, done, async () => {
    output.end();
    await done;
    await rename(part, file);
  });
  const discard = (): void => {
    output.destroy();
    rmSync(part, { force: true });
  };
  return { ...writer, discard };
}

/** Writes lines to a stream that stays open. What has gone cannot be taken back. */
export function writeLines(output: Writable): LineWriter {
  const failed = finished(output);
  failed.catch(() => undefined); // whoever reads may stop before the end: told by the next write, or when it is closed
  const close = (): Promise<void> =>
    new Promise((resolve, reject) => {
      output.write('', (error) => (error ? reject(error) : resolve()));
    });
  return { ...writerTo(output, failed, close), discard: () => undefined };
}

/**
 * Keeps what comes in, for it is read twice. The file has no name from the beginning: however the program ends, nothing of a
 * newsroom is left behind.
 */
export async function keepInput(input: AsyncIterable<Buffer>): Promise<FileHandle> {
  const place = await mkdtemp(path.join(tmpdir(), 'newsroom-import-'));
  const file = await open(path.join(place, 'lines'), 'wx+', 0o600);
  await rm(place, { recursive: true, force: true });
  for await (const piece of input) await file.writeFile(piece);
  return file;
}

/** Opens a file to be read twice; what comes through a pipe is kept first. */
export async function openInput(name: string): Promise<FileHandle> {
  const file = await open(name);
  const kind = await file.stat();
  if (kind.isFile()) return file;
  try {
    if (kind.isDirectory()) throw badInput('file', `${name} is a directory; name the file that was exported.`);
    return await keepInput(file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>);
  } finally {
    await file.close();
  }
}
