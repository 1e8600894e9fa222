import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../src/tools/start';
import { ask } from './ask';
import { EDIT, editorHeaders, findEditable } from './cases';
import type { BenchDatabase } from './database';
import type { HeardResult } from './follow-load';
import { type EditedEntry, editBody } from './load';
import { type FollowProcess, type Server, startBareSockets, startFollowers, startLoader, startOurs } from './processes';
import { startProgress } from './progress';
import { type FeedMeasured, percentile } from './report';

/** What the cases of the feed are given. */
export interface FeedBench {
  readonly database: BenchDatabase;
  readonly running: Running;
  readonly seconds: number;
  /** Of the cases that are about many. */
  readonly subscribers: number;
  /** Options of Node's for the server that is measured. */
  readonly profiling: readonly string[];
}

/** What subscribers ask, under a name: with another name it is another document. */
const documentOf = (name: string): string =>
  `subscription ${name} { changes { cursor change { kind entryId entry { title } revision { number } } } }`;

const DOCUMENTS = ['One', 'Two', 'Three', 'Four', 'Five'].map((name) => ({ query: documentOf(name) }));
const [ONE_DOCUMENT] = DOCUMENTS as [{ query: string }];

const LATENCY_SUBSCRIBERS = 200;
const EDITS_PER_SECOND = 50;
const MOST_UNDER_WAY = 10;
const WARM_UP_SECONDS = 2;
const PATIENCE_MS = 60_000;
/** Changes that one transaction brings at once, as many as one may. */
const BURST = 200;
const ROUNDS = 3;
const SINGLE_ROUNDS = 40;
/** Entries in turn, so that no edit waits for another of the same. */
const ENTRIES = 500;

const start = ({ database, running, profiling }: FeedBench): Promise<Server> =>
  startOurs(database.url, 'warn', running, profiling, { SUBSCRIBERS: '1000000' });

async function sendEdit(url: string, headers: Readonly<Record<string, string>>, entry: EditedEntry): Promise<void> {
  const answer = JSON.stringify(await ask(url, editBody(EDIT, entry), headers));
  if (!answer.includes('"SAVED"')) throw new Error(`An edit failed: ${answer.slice(0, 300)}`);
}

/**
 * Edits so many stories a second, each public at once; fewer where the server does not keep up. Returns how many a second it
 * were.
 */
async function editAtRate(
  url: string,
  headers: Readonly<Record<string, string>>,
  entries: EditedEntry[],
  seconds: number,
): Promise<number> {
  const began = performance.now();
  const underWay = new Set<Promise<unknown>>();
  const count = EDITS_PER_SECOND * seconds;
  for (let nr = 0; nr < count; nr++) {
    const early = began + (nr * 1000) / EDITS_PER_SECOND - performance.now();
    if (early > 0) await sleep(early);
    while (underWay.size >= MOST_UNDER_WAY || entries.length === 0) await Promise.race(underWay);
    const entry = entries.shift() as EditedEntry;
    const edit = sendEdit(url, headers, entry).then(() => {
      underWay.delete(edit);
      entries.push({ ...entry, revision: entry.revision + 1 });
    });
    edit.catch(() => undefined); // told by whoever waits for all of them
    underWay.add(edit);
  }
  await Promise.all(underWay);
  return (count * 1000) / (performance.now() - began);
}

/** From the time of each change in the ledger to each receipt, in ms, in order. */
async function findDelays({ client }: BenchDatabase, { told, receipts }: HeardResult): Promise<number[]> {
  const pairs = told.map((pair) => pair.split(' ') as [string, string]);
  const { rows } = await client.query<{ nr: string; at: Date }>(
    `select t.nr::text as nr, c.at from unnest($1::uuid[], $2::int[]) with ordinality as t (entry, revision, nr)
      join change c on c.entry = t.entry and c.revision = t.revision`,
    [pairs.map(([entry]) => entry), pairs.map(([, revision]) => Number(revision))],
  );
  const written = new Map(rows.map(({ nr, at }) => [Number(nr) - 1, at.getTime()]));
  const delays = Array.from(receipts.at, (at, index) => at - (written.get(receipts.which[index] as number) ?? NaN));
  if (delays.some(Number.isNaN)) throw new Error('Subscribers were told of changes that the ledger does not have.');
  return delays.toSorted((one, other) => one - other);
}

/** Who follows while stories are edited. */
interface Crowd {
  readonly payloads: readonly object[];
  readonly subscribers: number;
  readonly entries: EditedEntry[];
  /** Whether each subscriber is told every change. */
  readonly isToldAll: boolean;
}

interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly rate: number;
  readonly heard: HeardResult;
}

/** For what is on its way after the last edit, where not every subscriber hears of each and edits keep half of the rate. */
const LATE_MS = 3000;

/** How long after its commit a change is with those who are told, at 50 edits a second. */
async function measureDelays(bench: FeedBench, { payloads, subscribers, entries, isToldAll }: Crowd): Promise<Delays> {
  const { database, running, seconds } = bench;
  const server = await start(bench);
  const followers = startFollowers(running);
  const headers = await editorHeaders(database.client, database.fiction);
  await followers.open({ url: server.url, subscribers, payloads });
  const run = async (length: number): Promise<{ heard: HeardResult; rate: number }> => {
    const until = isToldAll
      ? { changes: EDITS_PER_SECOND * length, patienceMs: length * 1000 + PATIENCE_MS }
      : { changes: null, patienceMs: 2 * length * 1000 + LATE_MS };
    const { result } = await followers.hear({ ...until, isTimed: true, isKept: false });
    const rate = await editAtRate(server.url, headers, entries, length);
    return { heard: await result, rate };
  };
  await run(WARM_UP_SECONDS);
  const { heard, rate } = await run(seconds);
  await followers.leave();
  await server.stop();
  const edits = EDITS_PER_SECOND * seconds;
  if (heard.told.length < edits) throw new Error(`Of ${edits} edits ${heard.told.length} were told in time.`);
  const delays = await findDelays(database, heard);
  return { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), rate, heard };
}

const describeDelays = (what: string, of: string, { p50, p99, rate, heard }: Delays): FeedMeasured => ({
  what,
  measured: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
  beside: `${of}, ${rate.toFixed(1)} edits/s, ${heard.messages} messages`,
  target: 'p99 under 300 ms',
});

/** 200 subscribers who are told of everything. */
async function feedLatency(bench: FeedBench): Promise<FeedMeasured[]> {
  const entries = await findEditable(bench.database.client, 11, ENTRIES);
  const crowd = { payloads: DOCUMENTS, subscribers: LATENCY_SUBSCRIBERS, entries, isToldAll: true };
  const of = `${LATENCY_SUBSCRIBERS} subscribers of ${DOCUMENTS.length} documents`;
  return [describeDelays('feed-latency', of, await measureDelays(bench, crowd))];
}

const STORY_PAGE = `subscription Page($story: ID!) {
  storyChanged(story: $story) { cursor change { kind entryId entry { title } revision { number } } }
}`;

/** Those who have the page of a story open, each of another one. */
async function feedStories(bench: FeedBench): Promise<FeedMeasured[]> {
  const entries = await findEditable(bench.database.client, 13, bench.subscribers);
  const payloads = entries.map(({ id }) => ({ query: STORY_PAGE, variables: { story: id } }));
  const open = payloads.length;
  const crowd = { payloads, subscribers: open, entries, isToldAll: false };
  return [describeDelays('feed-stories', `${open} subscribers of a story each`, await measureDelays(bench, crowd))];
}

const WALK = `query Walk($after: Cursor) {
  changes(after: $after, first: 100) {
    endCursor hasMore changes { cursor kind entryId entry { title } revision { number } }
  }
}`;

/** How fast somebody who was away reads on, by pages of 100, one after the other. */
async function feedCatchUp(bench: FeedBench): Promise<FeedMeasured[]> {
  const server = await start(bench);
  const loader = startLoader(bench.running);
  const load = { kind: 'walk', query: WALK } as const;
  const order = { url: server.url, connections: 1, headers: {}, load };
  await loader.run({ ...order, seconds: WARM_UP_SECONDS });
  const { changes, seconds, latencies } = await loader.run({ ...order, seconds: bench.seconds });
  await server.stop();
  const page = percentile(
    latencies.toSorted((one, other) => one - other),
    0.5,
  );
  return [
    {
      what: 'feed-catch-up',
      measured: `${(changes / seconds).toFixed(0)} changes/s`,
      beside: `from the beginning by pages of 100, p50 of a page ${page.toFixed(1)} ms`,
      target: '5000 changes/s',
    },
  ];
}

/** Has as many stories edited by one transaction as one may: what many subscribers are told at once. */
async function editAtOnce(url: string, headers: Readonly<Record<string, string>>, entries: readonly EditedEntry[]) {
  const query = `mutation Burst($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome problems { message } } }`;
  const edits = entries.map(({ id, revision }) => ({
    editStory: { id, baseRevision: revision, fields: { summary: `Bench burst on ${revision} of ${id.slice(0, 8)}` } },
  }));
  const answer = JSON.stringify(
    await ask(url, JSON.stringify({ query, variables: { input: { edits, publish: true } } }), headers),
  );
  if (!/"(SAVED|MERGED)"/.test(answer)) throw new Error(`The changeset failed: ${answer.slice(0, 500)}`);
}

const rateOf = ({ messages, firstAt, lastAt }: HeardResult): number => (messages * 1000) / (lastAt - firstAt);

/** Messages a second to many subscribers of one document, beside what `ws` alone does with the same bytes. */
async function feedFanOut(bench: FeedBench): Promise<FeedMeasured[]> {
  const { database, running, subscribers } = bench;
  const headers = await editorHeaders(database.client, database.fiction);
  const [server, bare] = [await start(bench), await startBareSockets(running)];
  const [ours, limit] = [startFollowers(running), startFollowers(running)];
  await ours.open({ url: server.url, subscribers, payloads: [ONE_DOCUMENT] });
  await limit.open({ url: bare.url, subscribers, payloads: [ONE_DOCUMENT] });
  const order = { isTimed: false, isKept: true, patienceMs: PATIENCE_MS };
  const runOurs = async (changes: number): Promise<HeardResult> => {
    const entries = await findEditable(database.client, 12, changes);
    const { result } = await ours.hear({ ...order, changes: entries.length });
    await editAtOnce(server.url, headers, entries);
    return result;
  };
  const runBare = async (messages: readonly string[]): Promise<HeardResult> => {
    const { result } = await limit.hear({ ...order, changes: messages.length });
    const sent = await fetch(bare.url, { method: 'POST', body: JSON.stringify(messages) });
    if (!sent.ok) throw new Error(`The bare server failed: ${await sent.text()}`);
    return result;
  };
  const sizes = [
    { what: 'feed-fan-out', changes: BURST, rounds: ROUNDS, how: `${BURST} changes at once` },
    { what: 'feed-fan-out-singly', changes: 1, rounds: SINGLE_ROUNDS, how: 'one change at a time' },
  ];
  await runBare((await runOurs(BURST)).kept); // warms both up
  const measured: FeedMeasured[] = [];
  for (const { what, changes, rounds, how } of sizes) {
    const bar = startProgress(`Loading ${what}`, rounds);
    const rates: { ours: number; bare: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const heard = await runOurs(changes);
      const same = await runBare(heard.kept);
      if (same.bytes !== heard.bytes || same.messages !== heard.messages)
        throw new Error(`Not the same was sent: ${heard.bytes} and ${same.bytes} bytes.`);
      rates.push({ ours: rateOf(heard), bare: rateOf(same) });
      bar.update(round + 1);
    }
    bar.stop();
    const [our, most] = [mean(rates.map((one) => one.ours)), mean(rates.map((one) => one.bare))];
    measured.push({
      what,
      measured: `${our.toFixed(0)} messages/s, ${(our / most).toFixed(2)} of the limit`,
      beside: `bare ws ${most.toFixed(0)} messages/s; ${subscribers} subscribers of one document, ${how}, ${rounds} rounds`,
      target: '0.5 of the limit',
    });
  }
  await Promise.all([ours.leave(), limit.leave()]);
  await Promise.all([server.stop(), bare.stop()]);
  return measured;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

async function findMemory(server: Server): Promise<Memory> {
  const before = server.lines.length;
  server.signal('SIGUSR2');
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const line = server.lines.slice(before).find((one) => one.startsWith('memory '));
    if (line) return JSON.parse(line.slice('memory '.length)) as Memory;
  }
  throw new Error('The server does not tell what memory it has.');
}

const kb = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;

/** What memory a subscriber costs who waits for something to happen. */
async function feedMemory(bench: FeedBench): Promise<FeedMeasured[]> {
  const { running, subscribers } = bench;
  const watching = ['--expose-gc', '--require', require.resolve('./memory-report')];
  const server = await start({ ...bench, profiling: watching });
  const followers = startFollowers(running);
  // Some come and go before: what is loaded and made once is not theirs.
  await openAndLeave(followers, server, Math.ceil(subscribers / 10));
  const before = await findMemory(server);
  await followers.open({ url: server.url, subscribers, payloads: [ONE_DOCUMENT] });
  const after = await findMemory(server);
  await followers.leave();
  await server.stop();
  const each = (field: keyof Memory): number => (after[field] - before[field]) / subscribers;
  return [
    {
      what: 'feed-memory',
      measured: `${kb(each('rss'))} a subscriber`,
      beside: `RSS of the server, ${subscribers} idle subscribers of one document, each on a socket; of the heap ${kb(each('heapUsed'))}, beside it ${kb(each('external'))}`,
      target: '',
    },
  ];
}

async function openAndLeave(followers: FollowProcess, server: Server, subscribers: number): Promise<void> {
  await followers.open({ url: server.url, subscribers, payloads: [ONE_DOCUMENT] });
  await followers.leave();
}

/** What can be measured of the feed. */
export const FEED_CASES: Readonly<Record<string, (bench: FeedBench) => Promise<FeedMeasured[]>>> = {
  'feed-latency': feedLatency,
  'feed-stories': feedStories,
  'feed-catch-up': feedCatchUp,
  'feed-fan-out': feedFanOut,
  'feed-memory': feedMemory,
};
