import { setImmediate as nextTurn } from 'node:timers/promises';
import DataLoader from 'dataloader';
import type { Content, EntryKind } from '../model/entry';
import { type Lens, lensKey } from '../model/lens';
import type { Blame } from '../rules/blame';
import { type BlamedField, valueOf } from '../rules/blame-path';
import { type BlamedPart, TextBlame } from '../rules/blame-text';
import type { BlameStep } from '../rules/blame-units';
import type { Sight } from '../rules/fields';
import { findStepContents, findSteps, findTextSizes, type StepRow } from './blame-steps';
import type { Scope } from './scope';
import { findTexts } from './texts';

/** Who brought which part of a field of an entry, as of one of its revisions. */
export interface BlameQuestion {
  readonly entry: string;
  readonly kind: EntryKind;
  /** Of the revision that is shown. */
  readonly number: number;
  readonly path: string;
  readonly field: BlamedField;
}

/** So much is read at once, in bytes and in rows: a chunk is being read while another is looked at. */
const CHUNK = { bytes: 4_000_000, rows: 200 } as const;

/** After so many milliseconds others have a turn. */
const LONGEST_TURN = 8;

/**
 * What a request may read and compare goes by QUERY_TEXT, which is made for rendering. Reading a character for blame
 * takes a two-hundredth of the time of that, and comparing one a tenth: with 2,000,000 a request may read the history
 * of 8,000 revisions of 50,000 characters in which 20,000,000 characters were changed. It bounds the memory, too, for a
 * walk holds what was changed.
 */
const SHARE = { read: 200, compared: 10 } as const;

/** A text of one revision that is still to be read. */
interface TextStep {
  readonly hash: string;
  readonly at: BlameStep;
}

/** One path of one entry on its way through the history; every revision that is asked about is answered on the way. */
class Thread {
  readonly answers = new Map<number, BlamedPart[]>();
  readonly texts: TextStep[] = [];
  private readonly blame: Blame | TextBlame;
  private readonly stops: number[];

  constructor(
    readonly kind: EntryKind,
    readonly field: BlamedField,
    numbers: readonly number[],
  ) {
    this.blame = field.isLong ? new TextBlame() : field.blame();
    this.stops = [...new Set(numbers)].toSorted((one, other) => one - other);
  }

  take(content: Content, at: BlameStep, sight: Sight, newsroom: boolean): void {
    const value = valueOf(this.field, content, sight, newsroom);
    if (!(this.blame instanceof TextBlame)) {
      this.answerUpTo(at.number - 1);
      this.blame.step(value, at);
      return;
    }
    const hash = typeof value === 'string' ? value : '';
    if (hash !== (this.texts.at(-1)?.hash ?? '')) this.texts.push({ hash, at });
  }

  /** @returns how many characters were compared. */
  takeText({ hash, at }: TextStep, text: string): number {
    this.answerUpTo(at.number - 1);
    return this.blame instanceof TextBlame ? this.blame.step(hash, text, at) : 0;
  }

  answerUpTo(number: number): void {
    while (this.stops.length > 0 && (this.stops[0] as number) <= number)
      this.answers.set(this.stops.shift() as number, this.blame.parts());
  }
}

/** Who is told. */
export interface Audience {
  readonly newsroom: boolean;
  /** Whether they are told of nothing older than what is shown: all of it came with that, for them. */
  readonly onlyNow: boolean;
}

/** Blames of one request and lens: those that are asked for at a time share one walk through each entry's revisions. */
export const blames = (scope: Scope, lens: Lens, audience: Audience): DataLoader<BlameQuestion, BlamedPart[], string> =>
  scope.loaders.once(
    `blames ${lensKey(lens)} ${JSON.stringify(audience)}`,
    () =>
      new DataLoader((questions) => walk(scope, lens, audience, questions), {
        cacheKeyFn: ({ entry, number, path }) => `${entry}:${number}:${path}`,
      }),
  );

async function walk(
  scope: Scope,
  lens: Lens,
  { newsroom, onlyNow }: Audience,
  questions: readonly BlameQuestion[],
): Promise<BlamedPart[][]> {
  const threads = new Map<string, Map<string, Thread>>();
  for (const { entry, kind, path, field } of questions) {
    const ofEntry = threads.get(entry) ?? new Map<string, Thread>();
    threads.set(entry, ofEntry);
    if (ofEntry.has(path)) continue;
    const same = questions.filter((other) => other.entry === entry && other.path === path);
    ofEntry.set(
      path,
      new Thread(
        kind,
        field,
        same.map(({ number }) => number),
      ),
    );
  }
  const threadsOf = (entry: string): Thread[] => [...(threads.get(entry)?.values() ?? [])];
  const upTo = (entry: string): number =>
    Math.max(...questions.filter((question) => question.entry === entry).map(({ number }) => number));
  const every = await findSteps(
    scope.run,
    lens.view,
    [...threads.keys()].map((entry) => ({ entry, upTo: upTo(entry) })),
  );
  const steps = onlyNow ? every.filter(({ entry, number }) => number === upTo(entry)) : every;
  const breathe = makeBreath();
  await walkContents(scope, lens, newsroom, { steps, threadsOf, breathe });
  const all = [...threads.keys()].flatMap(threadsOf);
  await walkTexts(scope, all, breathe);
  for (const thread of all) thread.answerUpTo(Infinity);
  return questions.map(({ entry, path, number }) => threads.get(entry)?.get(path)?.answers.get(number) ?? []);
}

type Breath = () => Promise<void> | undefined;

/** Lets others have a turn, where it is time. */
function makeBreath(): Breath {
  let since = performance.now();
  return () => {
    if (performance.now() - since < LONGEST_TURN) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}

/** Cuts what is to be read into chunks. One that is larger than a chunk is one alone. */
function chunksOf<One>(all: readonly One[], sizeOf: (one: One) => number): One[][] {
  const chunks: One[][] = [];
  let [chunk, bytes]: [One[], number] = [[], 0];
  for (const one of all) {
    const size = sizeOf(one);
    if (chunk.length > 0 && (bytes + size > CHUNK.bytes || chunk.length === CHUNK.rows)) {
      chunks.push(chunk);
      [chunk, bytes] = [[], 0];
    }
    chunk.push(one);
    bytes += size;
  }
  return chunk.length > 0 ? [...chunks, chunk] : chunks;
}

/** Reads chunk after chunk, always the next one while somebody looks at one. */
async function* readAhead<One, Read>(
  chunks: readonly One[][],
  read: (chunk: One[]) => Promise<Read>,
): AsyncGenerator<[One[], Read]> {
  const start = (index: number): Promise<Read> | undefined => {
    const chunk = chunks[index];
    const reading = chunk && read(chunk);
    reading?.catch(() => undefined); // heard of when its turn comes, if it comes
    return reading;
  };
  let reading = start(0);
  for (const [index, chunk] of chunks.entries()) {
    const done = (await reading) as Read;
    reading = start(index + 1);
    yield [chunk, done];
  }
}

interface ContentWalk {
  readonly steps: readonly StepRow[];
  threadsOf(entry: string): Thread[];
  readonly breathe: Breath;
}

async function walkContents(
  scope: Scope,
  lens: Lens,
  newsroom: boolean,
  { steps, threadsOf, breathe }: ContentWalk,
): Promise<void> {
  scope.spendText(Math.ceil(steps.reduce((sum, { size }) => sum + size, 0) / SHARE.read));
  const chunks = chunksOf(steps, ({ size }) => size);
  for await (const [chunk, contents] of readAhead(chunks, (some) => findStepContents(scope.run, some))) {
    const sight = await sightOf(scope, lens, chunk, contents, threadsOf);
    for (const [index, step] of chunk.entries()) {
      const content = contents[index];
      if (content) for (const thread of threadsOf(step.entry)) thread.take(content, step, sight, newsroom);
      await breathe();
    }
  }
}

/** As which entries the lens shows those that a chunk refers to. LATEST leaves nothing out. */
async function sightOf(
  scope: Scope,
  lens: Lens,
  chunk: readonly StepRow[],
  contents: readonly (Content | null)[],
  threadsOf: (entry: string) => Thread[],
): Promise<Sight> {
  if (lens.view === 'LATEST') return (id) => id;
  const ids = new Set<string>();
  for (const [index, { entry }] of chunk.entries())
    for (const { field } of contents[index] ? threadsOf(entry) : [])
      for (const { to } of field.rule.references(contents[index]?.[field.name], field.name, '', '')) ids.add(to);
  return scope.loaders.sight(lens, ids);
}

async function walkTexts(scope: Scope, threads: readonly Thread[], breathe: Breath): Promise<void> {
  const all = threads.flatMap((thread) => thread.texts.map((step) => ({ thread, step })));
  const hashes = new Set(all.map(({ step }) => step.hash).filter((hash) => hash !== ''));
  if (hashes.size === 0) return;
  const rows = await findTextSizes(scope.run, [...hashes]);
  scope.spendText(Math.ceil(rows.reduce((sum, { size }) => sum + size, 0) / SHARE.read));
  const sizes = new Map(rows.map(({ hash, size }) => [hash, size]));
  const chunks = chunksOf(all, ({ step }) => sizes.get(step.hash) ?? 0);
  const read = (chunk: typeof all) => findTexts(scope.run, [...new Set(chunk.map(({ step }) => step.hash))]);
  for await (const [chunk, texts] of readAhead(chunks, read)) {
    const bodies = new Map(texts.map(({ hash, body }) => [hash, body]));
    for (const { thread, step } of chunk) {
      const compared = thread.takeText(step, bodies.get(step.hash) ?? '');
      scope.spendText(Math.ceil(compared / SHARE.compared));
      await breathe();
    }
  }
}
