import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Random } from '../bench/random';
import type { FeedCursors } from '../src/base/feed-cursor';
import { findBreaches } from '../test/support/invariants';
import { deliver, type Sender, type Troubles } from './deliver';
import { type Consumer, type Following, followBySocket, followByStream, followEvents } from './feed-consumers';
import { judgeCalls, judgeStream, type Verdict } from './feed-judge';
import { type Subscribed, subscribe } from './feed-receivers';
import { type Followed, openCursors, readHead, readRows } from './feed-rows';
import { type Acts, type Newsroom, openStory, writeAll, Writer } from './feed-writers';
import { type Killer, type KillEvery, makeKiller } from './killer';
import { Patience } from './patience';
import { Servers, type ServerProcess } from './servers';

/** How much is written, and how often a server is killed meanwhile. */
export interface FeedOptions {
  /** Acts a second, and for how long. */
  readonly rate: number;
  readonly seconds: number;
  readonly writers: number;
  readonly killEvery: KillEvery;
  /** Calls that each webhook's receiver never answers: each costs the server its time limit. */
  readonly hangs: number;
  readonly seed: number;
  /** It gives up when nothing has come about for so many seconds, however long it takes in all. */
  readonly patience: number;
  /** Token of an administrator. */
  readonly adminToken: string;
  /** Where each server is to be found, however often it is killed: those who follow come back there. */
  readonly urls: readonly string[];
  /** Starts the server of one of these addresses; checkpoints should come often. */
  start(slot: number): Promise<ServerProcess>;
  /** The database, for looking behind the API. */
  readonly pool: Pool;
  onProgress?(acknowledged: number): void;
}

/** What a consumer was told, judged. */
export interface Told extends Verdict {
  readonly name: string;
  /** Connections after the first; for webhooks calls that were not acknowledged. */
  readonly interruptions: number;
  /** What it was refused for good. */
  readonly refusals: readonly string[];
}

/** What came of it. */
export interface FeedReport {
  readonly acts: Acts;
  readonly troubles: Troubles;
  readonly kills: number;
  readonly seconds: number;
  /** Rows of the ledger while they followed. */
  readonly changes: number;
  readonly consumers: readonly Told[];
  /** What is wrong with the tables besides. */
  readonly breaches: readonly string[];
}

const LOOK_EVERY_MS = 50;

const CREATE_USER = `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }`;
const CREATE_TOKEN = `mutation ($input: CreateTokenInput!) { createToken(input: $input) { secret } }`;

/** Hires somebody; returns their token. */
async function hire(desk: Sender, role: string): Promise<string> {
  const person = { name: `Soak ${role}`, role, bot: true };
  const made = await deliver<{ createUser: { user: { id: string } } }>(desk, CREATE_USER, { input: person });
  const { id } = made.data.createUser.user;
  const input = { user: id, label: 'soak' };
  return (await deliver<{ createToken: { secret: string } }>(desk, CREATE_TOKEN, { input })).data.createToken.secret;
}

/** Everybody who follows: over each way, in both views, with and without filters. */
function openConsumers(options: FeedOptions, newsroom: Newsroom, story: string, from: string): Consumer[] {
  const { urls } = options;
  const anonymous = { urls, token: null, view: 'PUBLISHED', keepEvery: 1 } as const;
  const inside = { ...anonymous, token: newsroom.contributor, view: 'LATEST' } as const;
  // Some begin at each of the servers.
  const turned = <Same extends Following>(following: Same, by: number): Same => ({
    ...following,
    urls: [...urls.slice(by % urls.length), ...urls.slice(0, by % urls.length)],
  });
  const actors = ['ACTOR'];
  return [
    followBySocket(inside, from),
    followBySocket(turned(anonymous, 1), from),
    followBySocket(turned({ ...anonymous, story, keepEvery: 10 }, 2), from),
    followBySocket({ ...inside, entryKinds: actors, keepEvery: 25 }, from),
    followByStream(turned(inside, 1), from),
    followByStream({ ...anonymous, keepEvery: 10 }, from),
    followByStream(turned({ ...inside, story }, 1), from),
    followByStream(turned({ ...anonymous, entryKinds: actors }, 2), from),
    followEvents(anonymous, from),
    followEvents(turned(inside, 1), from),
    followEvents(turned({ ...anonymous, story }, 2), from),
  ];
}

/** Waits until something is so. */
async function until(isSo: () => boolean | Promise<boolean>, timeUp: AbortSignal): Promise<void> {
  while (!(await isSo())) await wait(LOOK_EVERY_MS, undefined, { signal: timeUp });
}

const isAllLifted = async (pool: Pool): Promise<boolean> =>
  (await pool.query(`select from entry where state = 'EMBARGOED' limit 1`)).rows.length === 0;

/** Somebody with a webhook, who is told of the same. */
async function openWebhooks({ hangs, seed }: FeedOptions, newsroom: Newsroom, story: string, from: string) {
  const followed: readonly Followed[] = [{ view: 'LATEST' }, { view: 'PUBLISHED' }, { view: 'PUBLISHED', story }];
  const webhooks: Subscribed[] = [];
  for (const [nr, one] of followed.entries())
    webhooks.push(await subscribe(newsroom, one, from, new Random(seed, nr + 1), hangs));
  return webhooks;
}

/** Where they began and where all should have come, and how to tell. */
interface Course {
  readonly pool: Pool;
  readonly cursors: FeedCursors;
  readonly from: number;
  readonly to: number;
}

const placeOf = ({ cursors }: Course, cursor: string): number => Number(cursors.open(cursor, 'cursor'));

/** What a consumer must have been told, and what its view tells besides. */
const readBoth = async ({ pool, from }: Course, followed: Followed) =>
  [await readRows(pool, followed, from), await readRows(pool, { view: followed.view }, from)] as const;

async function judgeConsumer(course: Course, consumer: Consumer): Promise<Told> {
  const { name, followed, connections, refusals } = consumer;
  const sessions = connections.map(({ after, items }) => ({
    after: placeOf(course, after),
    items: items.map(({ cursor, change, at }) => ({ position: placeOf(course, cursor), change, at })),
  }));
  const verdict = judgeStream(...(await readBoth(course, followed)), sessions, course);
  return { ...verdict, name, interruptions: connections.length - 1, refusals };
}

async function judgeWebhook(course: Course, webhook: Subscribed, kills: readonly number[]): Promise<Told> {
  const { name, followed } = webhook;
  const calls = webhook.calls().map(({ cursor, ...call }) => ({ ...call, position: placeOf(course, cursor) }));
  const verdict = judgeCalls(...(await readBoth(course, followed)), calls, kills);
  const interruptions = calls.filter(({ answeredAt }) => answeredAt === null).length;
  return { ...verdict, name, interruptions, refusals: [] };
}

/** How far a consumer is from the end; one who was refused for good comes no further. */
function leftOf(course: Course, { connections, refusals }: Consumer): number {
  const last = connections.findLast(({ items }) => items.length > 0)?.items.at(-1);
  const place = last ? placeOf(course, last.cursor) : course.from;
  return refusals.length > 0 ? 0 : Math.max(0, course.to - place);
}

const HURRY_EVERY_MS = 2000;

/** What all webhooks have still to send: less with each step, for what was read becomes one delivery at most. */
async function countUnsent({ pool, to }: Course): Promise<number> {
  const { rows } = await pool.query<{ unsent: number }>(
    `select coalesce(sum(2 * greatest($1 - w.read_to, 0) + (
        select count(*) from delivery d where d.webhook = w.id and d.next_attempt_at is not null)), 0)::int as unsent
      from webhook w where w.disabled_at is null`,
    [to],
  );
  return rows[0]?.unsent ?? 0;
}

/** Waits until everybody has come to the end. Where nothing moves any more what has not come is lost: that is said, and not how it ended. */
async function comeToTheEnd(
  course: Course,
  consumers: readonly Consumer[],
  webhooks: readonly Subscribed[],
  patience: Patience,
): Promise<void> {
  let [hurriedAt, least] = [0, Number.POSITIVE_INFINITY];
  const isOver = async (): Promise<boolean> => {
    const unsent = await countUnsent(course);
    const left = consumers.reduce((sum, consumer) => sum + leftOf(course, consumer), unsent);
    if (left < least) {
      least = left;
      patience.renew();
    }
    if (unsent > 0 && Date.now() - hurriedAt > HURRY_EVERY_MS) {
      hurriedAt = Date.now();
      for (const webhook of webhooks) await webhook.hurry();
    }
    return left === 0;
  };
  await until(isOver, patience.isOver).catch((error: unknown) => {
    if (!patience.isOver.aborted) throw error;
  });
}

/** Lets everybody write while servers are killed, then those who follow come to the end. */
async function follow(
  options: FeedOptions,
  newsroom: Newsroom,
  servers: Servers,
  patience: Patience,
  startKilling: () => Killer,
) {
  const { pool } = options;
  const { timeUp } = newsroom;
  const { story, teller } = await openStory(newsroom);
  const cursors = await openCursors(pool);
  const from = await readHead(pool);
  const beginning = cursors.seal(BigInt(from));
  const webhooks = await openWebhooks(options, newsroom, story, beginning);
  const consumers = openConsumers(options, newsroom, story, beginning);
  try {
    const others = Array.from({ length: options.writers - 1 }, (_, nr) => new Writer(newsroom, `writer ${nr}`, []));
    const killer = startKilling();
    await writeAll([teller, ...others], { ...options, timeUp }).finally(() => killer.stop());
    await until(() => isAllLifted(pool), timeUp);
    const course = { pool, cursors, from, to: await readHead(pool) };
    await comeToTheEnd(course, consumers, webhooks, patience);
    for (const consumer of consumers) consumer.stop();
    const told = [
      ...(await Promise.all(consumers.map((one) => judgeConsumer(course, one)))),
      ...(await Promise.all(webhooks.map((one) => judgeWebhook(course, one, servers.killedAt)))),
    ];
    return { changes: course.to - from, told };
  } finally {
    for (const consumer of consumers) consumer.stop();
    await Promise.all(webhooks.map((webhook) => webhook.close()));
  }
}

/**
 * Lets people write while others follow what they write, over all ways there are, and servers are killed in the middle of it;
 * then compares what each of those who follow was told with the ledger.
 *
 * @throws Error where a server does not start again, a request is refused for good, or nothing more can be written.
 */
export async function soakFeed(options: FeedOptions): Promise<FeedReport> {
  const began = Date.now();
  const { pool, seed } = options;
  const troubles: Troubles = { lost: 0, hungUp: 0, refused: 0, incidents: [] };
  const acts: Acts = { done: new Map(), refused: [] };
  const servers = await Servers.open(options.start, options.urls.length);
  const patience = new Patience(options.patience);
  const timeUp = patience.isOver;
  const desk = { servers, random: new Random(seed), token: options.adminToken, troubles, timeUp };
  const [editor, contributor] = [await hire(desk, 'EDITOR'), await hire(desk, 'CONTRIBUTOR')];
  let killer: Killer | null = null;
  let acknowledged = 0;
  const onAcknowledged = (): void => {
    patience.renew();
    killer?.onAcknowledged();
    options.onProgress?.((acknowledged += 1));
  };
  const newsroom = { ...desk, editor, contributor, acts, onAcknowledged };
  const startKilling = (): Killer => (killer = makeKiller(servers, options.killEvery));
  const following = follow(options, newsroom, servers, patience, startKilling);
  const { changes, told } = await following.finally(() => patience.end());
  return {
    acts,
    troubles,
    kills: servers.kills,
    seconds: (Date.now() - began) / 1000,
    changes,
    consumers: told,
    breaches: await findBreaches(async (text, values) => (await pool.query(text, values)).rows),
  };
}
