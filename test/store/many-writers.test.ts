import { readConfig } from '../../src/base/config';
import { createEntry, type CreateRequest } from '../../src/edits/create-entry';
import { editEntry } from '../../src/edits/edit-entry';
import { publishEntry } from '../../src/edits/publish-entry';
import type { EditResult } from '../../src/model/edit';
import type { EntryKind } from '../../src/model/entry';
import { openNewsroom } from '../../src/store/open-newsroom';
import { type Newsroom, Scope, type Viewer } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

const WRITERS = 16;
const ACTS = 40;

let room: TestNewsroom;
/** Two processes, as it were: sixteen connections between them. */
const processes: Newsroom[] = [];
beforeAll(async () => {
  room = await openTestNewsroom();
  const { database, text, limits, newsroom } = readConfig({});
  for (let n = 0; n < 2; n++)
    processes.push(
      await openNewsroom({
        database: { ...database, url: room.url, poolSize: WRITERS / 2, onConnectionError: () => undefined },
        text,
        pages: limits,
        language: newsroom.language,
      }),
    );
});
afterAll(() => room.close());

/** The same choices in every run; what the database makes of them depends on who comes first. */
function chooser(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, one: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
}
type Chooser = ReturnType<typeof chooser>;

const TITLES = ['The guard leaves', 'Vote in Caracas', 'x'.repeat(90), 'Arrest at the airport'];
const SLUGS = ['guard', 'vote', 'arrest', 'airport'];
const WIKI_LINKS = ['[[story:vote]]', '[[event:arrest|it]]', '[[actor:guard]] [[actor:guard-3]]', '[[event:vote-2]]'];
const TEXTS = [1, 2, 3, 4, 5, 6].map((n) => `A long text of number ${n}. ${WIKI_LINKS[n % 4]} `.repeat(100));

const known: Record<EntryKind, string[]> = { STORY: [], ACTOR: [], EVENT: [], CLAIM: [], DOCUMENT: [], CITATION: [] };
const KINDS: EntryKind[] = ['STORY', 'STORY', 'ACTOR', 'EVENT', 'EVENT', 'CLAIM', 'DOCUMENT', 'CITATION'];

/** Fields that lead to what others are writing, hold the same long texts, and want the same addresses. */
function fieldsOf(kind: EntryKind, { one, below }: Chooser): Record<string, unknown> {
  const slug = below(4) === 0 ? one(SLUGS) : undefined;
  const actors = () => Array.from({ length: below(4) }, () => ({ actor: one(known.ACTOR), role: one(TITLES) }));
  switch (kind) {
    case 'STORY':
      return {
        slug,
        headline: one(TITLES),
        body: one(TEXTS),
        topics: [one(SLUGS), one(SLUGS)],
        timeline: [{ event: one(known.EVENT) }, { claim: one(known.CLAIM) }, { note: one([...TITLES, ...WIKI_LINKS]) }],
        cast: actors(),
        related: [{ story: one(known.STORY), relation: 'SEE_ALSO' }],
      };
    case 'ACTOR':
      return {
        slug,
        actorType: 'PERSON',
        names: [{ text: one(TITLES), usedIn: [one(known.DOCUMENT)] }],
        body: one(TEXTS),
        relations: [{ type: 'ally', actor: one(known.ACTOR) }],
      };
    case 'EVENT':
      return { slug, title: one(TITLES), body: one(TEXTS), participants: actors(), partOf: one(known.EVENT) };
    case 'CLAIM':
      return {
        text: one(TITLES),
        subject: one(known.ACTOR),
        mood: 'ALLEGATION',
        relations: [{ kind: 'SAME_AS', claim: one(known.CLAIM) }],
      };
    case 'DOCUMENT':
      return {
        title: one(TITLES),
        documentType: 'ARTICLE',
        keptText: one(TEXTS),
        publisher: one(known.ACTOR),
        authors: [one(known.ACTOR)],
        translationOf: one(known.DOCUMENT),
      };
    case 'CITATION':
      return {
        about: one(known[one(['STORY', 'EVENT', 'CLAIM'] as const)]),
        document: one(known.DOCUMENT),
        stance: 'ASSERTS',
        chain: [{ role: 'VIA', actor: one(known.ACTOR), document: one(known.DOCUMENT) }],
      };
  }
}

const shared = new Map<string, CreateRequest>();

/** A create that several writers of one user send under one key, as retries of each other. */
function sharedRequest(key: string, request: CreateRequest): CreateRequest {
  const first = shared.get(key) ?? { ...request, clientMutationId: key };
  shared.set(key, first);
  return first;
}

interface Told {
  act: string;
  outcome: string;
  codes: string[];
}

/** One connection at work: creates, edits (now and then from an old revision), publishes, and sends some of it twice. */
async function write(newsroom: Newsroom, viewer: Viewer, number: number): Promise<Told[]> {
  const choose = chooser(number);
  const { below, one } = choose;
  const told: Told[] = [];
  const tell = (act: string, { outcome, problems }: EditResult): void => {
    told.push({ act, outcome, codes: problems.map((problem) => problem.code) });
  };
  for (let n = 0; n < ACTS; n++) {
    const kind = one(KINDS);
    const scope = () => new Scope(newsroom, viewer);
    const id = one(known[kind]);
    const [entry] = await newsroom.database.run<{ latest: number }>(
      'latest',
      'select latest from entry where id = $1',
      [id],
    );
    const latest = entry?.latest ?? 1;
    const act = below(10);
    if (act < 3) {
      const fresh = { fields: fieldsOf(kind, choose), publish: viewer.role !== 'CONTRIBUTOR' && below(2) === 0 };
      const request = below(2) === 0 ? fresh : sharedRequest(`${viewer.role}-${kind}-${n % 8}`, fresh);
      const result = await createEntry(scope(), kind, request);
      tell(result.isRepeated ? 'repeat' : 'create', result);
      if (result.entryId) known[kind].push(result.entryId);
    } else if (act < 8 || viewer.role === 'CONTRIBUTOR') {
      const all = Object.entries(fieldsOf(kind, choose));
      const fields = Object.fromEntries(all.filter(() => below(2) === 0));
      const baseRevision = Math.max(1, latest - below(3));
      tell('edit', await editEntry(scope(), kind, { id, baseRevision, fields }));
    } else {
      tell('publish', await publishEntry(scope(), { id, revision: Math.max(1, latest - below(2)) }));
    }
  }
  return told;
}

/** Follows the ledger by its positions, as the feed does, until told to stop. */
async function follow(isOver: () => boolean): Promise<number[]> {
  const seen: number[] = [];
  for (let last = false; ;) {
    const rows = await room.sql('select position::int as position from change where position > $1 order by position', [
      seen.at(-1) ?? 0,
    ]);
    seen.push(...rows.map((row) => row.position));
    if (last) return seen;
    last = isOver();
  }
}

describe('Sixteen connections that write at once to entries that refer to each other', () => {
  let told: Told[];
  let seen: number[];
  let beforehand: number;
  beforeAll(async () => {
    for (let n = 0; n < 3; n++) {
      for (const [kind, make] of [
        ['ACTOR', room.make.actor],
        ['EVENT', room.make.event],
        ['CLAIM', room.make.claim],
        ['DOCUMENT', room.make.document],
        ['CITATION', room.make.citation],
        ['STORY', room.make.story],
      ] as const)
        known[kind].push((await make()).id);
    }
    [{ beforehand }] = await room.sql('select max(position)::int as beforehand from change');
    const roles = ['EDITOR', 'CONTRIBUTOR', 'ADMIN', 'EDITOR'] as const;
    let over = false;
    const following = follow(() => over);
    const writing = Promise.all(
      Array.from({ length: WRITERS }, (_, n) => {
        const viewer = room.as(roles[n % 4] as (typeof roles)[number]).viewer as Viewer;
        return write(processes[n % 2] as Newsroom, viewer, n);
      }),
    );
    told = (await writing.finally(() => (over = true))).flat();
    seen = await following;
    // A connection reports its counts at the latest when it ends.
    await Promise.all(processes.map((newsroom) => newsroom.database.close()));
  }, 120_000);

  it('are each told one of the outcomes that there are, and never that the database gave up', () => {
    const outcomes = new Set(told.map(({ act, outcome }) => `${act} ${outcome}`));
    const written = ['create CREATED', 'edit SAVED', 'edit MERGED', 'publish SAVED'];
    const refused = ['create INVALID', 'edit INVALID', 'edit CONFLICT', 'publish INVALID'];
    const idle = ['edit UNCHANGED', 'publish UNCHANGED', 'repeat CREATED'];
    expect([...written, ...refused, ...idle]).toEqual(expect.arrayContaining([...outcomes]));
    expect([...outcomes]).toEqual(
      expect.arrayContaining([...written, 'edit CONFLICT', 'edit INVALID', 'repeat CREATED']),
    );
    const codes = new Set(told.flatMap((one) => one.codes));
    expect(['SLUG_TAKEN', 'CYCLE', 'INVALID', 'CHECK']).toEqual(expect.arrayContaining([...codes]));
    expect(told).toHaveLength(WRITERS * ACTS);
  });

  it('leave just as many revisions and publications as they were told', async () => {
    const count = (...lines: string[]) => told.filter(({ act, outcome }) => lines.includes(`${act} ${outcome}`)).length;
    const rows = await room.sql(
      `select kind, count(*)::int as count from change where position > $1 group by kind order by kind`,
      [beforehand],
    );
    expect(rows).toEqual([
      { kind: 'CREATED', count: count('create CREATED') },
      { kind: 'EDITED', count: count('edit SAVED', 'edit MERGED') },
      { kind: 'PUBLISHED', count: count('publish SAVED') },
    ]);
  });

  it('write in the order of their positions: who follows the ledger meanwhile misses none', async () => {
    const all = await room.sql('select position::int as position from change order by position');
    expect(all.length).toBeGreaterThan(200);
    expect(seen).toEqual(all.map((row) => row.position));
  });

  it('leave a newsroom in which ledger, revisions, views, links, texts and addresses say the same', async () => {
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('never stood in each other’s way for good: Postgres had no deadlock to untie', async () => {
    const [row] = await room.sql('select deadlocks::int from pg_stat_database where datname = current_database()');
    expect(row.deadlocks).toBe(0);
  });
});
