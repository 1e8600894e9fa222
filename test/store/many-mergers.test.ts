import { readConfig } from '../../src/base/config';
import { createEntry } from '../../src/edits/create-entry';
import { deleteEntry, restoreEntry } from '../../src/edits/delete-entry';
import { editEntry } from '../../src/edits/edit-entry';
import { withdrawEntry } from '../../src/edits/judge-work';
import { judgeMatch } from '../../src/edits/judge-match';
import { mergeEntries } from '../../src/edits/merge-entries';
import { publishEntry } from '../../src/edits/publish-entry';
import { unmergeEntry } from '../../src/edits/unmerge-entry';
import type { EditResult } from '../../src/model/edit';
import type { EntryKind } from '../../src/model/entry';
import { openNewsroom } from '../../src/store/open-newsroom';
import { type Newsroom, Scope, type Viewer } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

const CLIENTS = 16;
const ACTS = 60;

let room: TestNewsroom;
/** Two processes, as it were: sixteen connections between them. */
const processes: Newsroom[] = [];
const known = { ACTOR: [] as string[], EVENT: [] as string[], STORY: [] as string[], CLAIM: [] as string[] };
type Kind = keyof typeof known;

beforeAll(async () => {
  room = await openTestNewsroom();
  const { database, text, limits, newsroom } = readConfig({});
  for (let n = 0; n < 2; n++)
    processes.push(
      await openNewsroom({
        database: { ...database, url: room.url, poolSize: CLIENTS / 2, onConnectionError: () => undefined },
        text,
        pages: limits,
        language: newsroom.language,
      }),
    );
  for (let n = 0; n < 5; n++) known.ACTOR.push((await room.make.actor()).id);
  for (let n = 0; n < 4; n++) known.EVENT.push((await room.make.event({ partOf: known.EVENT[n - 1] ?? null })).id);
  for (let n = 0; n < 3; n++) known.STORY.push((await room.make.story({ cast: [{ actor: known.ACTOR[n] }] })).id);
  for (let n = 0; n < 2; n++) known.CLAIM.push((await room.make.claim({ subject: known.ACTOR[n] })).id);
});
afterAll(() => room.close());

/** The same choices in every run; what becomes of them depends on who comes first. */
function chooser(seed: number) {
  let state = seed * 7919 + 17;
  const below = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
  return { below, one: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
}
type Chooser = ReturnType<typeof chooser>;

/** Fields that lead to what others are merging just now. */
function linksOf(kind: Kind, { one, below }: Chooser): Record<string, unknown> {
  const fields: Record<Kind, () => Record<string, unknown>> = {
    ACTOR: () => ({ relations: [{ type: 'ally', actor: one(known.ACTOR) }], description: `Of ${below(9)}` }),
    EVENT: () => (below(2) ? { partOf: one(known.EVENT) } : { participants: [{ actor: one(known.ACTOR) }] }),
    STORY: () => ({
      cast: [{ actor: one(known.ACTOR) }, { actor: one(known.ACTOR) }],
      timeline: [{ event: one(known.EVENT) }],
    }),
    CLAIM: () => ({ subject: one([...known.ACTOR, ...known.EVENT]) }),
  };
  return fields[kind]();
}

interface Told {
  readonly act: string;
  readonly outcome: string;
  readonly codes: readonly string[];
}

/** One client, who merges and parts, and does all that an editor does to the same few entries meanwhile. */
async function work(newsroom: Newsroom, viewer: Viewer, number: number): Promise<Told[]> {
  const choose = chooser(number);
  const { below, one } = choose;
  const told: Told[] = [];
  for (let n = 0; n < ACTS; n++) {
    const scope = new Scope(newsroom, viewer);
    const kind = one(['ACTOR', 'ACTOR', 'EVENT', 'STORY', 'CLAIM'] as const);
    const id = one(known[kind]);
    const [{ latest }] = await room.sql('select latest from entry where id = $1', [id]);
    const acts: Record<string, () => Promise<Pick<EditResult, 'outcome' | 'problems'>>> = {
      // Half of the clients go from one end of the list, half from the other: A into B meets B into A.
      merge: () => {
        const [from, into] = number % 2 ? [id, one(known[kind])] : [one(known[kind]), id];
        return mergeEntries(scope, { from, into });
      },
      part: () => unmergeEntry(scope, { id }),
      edit: () =>
        editEntry(scope, kind as EntryKind, {
          id,
          baseRevision: Math.max(1, latest - below(2)),
          fields: linksOf(kind, choose),
        }),
      publish: () => publishEntry(scope, { id, revision: latest, override: true, note: 'at once' }),
      delete: () => deleteEntry(scope, { id, baseRevision: latest }),
      restore: () => restoreEntry(scope, { id }),
      withdraw: () => withdrawEntry(scope, { id, note: 'taken back' }),
      create: () =>
        createEntry(scope, 'STORY', {
          fields: { headline: `By ${number}`, cast: [{ actor: one(known.ACTOR) }] },
          publish: true,
        }),
      judge: async () => {
        const problems = await judgeMatch(scope, {
          a: one(known.ACTOR),
          b: one(known.ACTOR),
          judgement: one(['SAME', 'UNSURE'] as const),
        });
        return { outcome: problems.length > 0 ? 'INVALID' : 'SAVED', problems };
      },
    };
    const names = [
      'merge',
      'merge',
      'merge',
      'part',
      'part',
      'part',
      'edit',
      'edit',
      'edit',
      'publish',
      'delete',
      'restore',
      'restore',
      'withdraw',
      'create',
      'judge',
    ];
    const act = one(names);
    const { outcome, problems } = await (acts[act] as () => Promise<EditResult>)();
    told.push({ act, outcome, codes: problems.filter(({ severity }) => severity === 'ERROR').map(({ code }) => code) });
  }
  return told;
}

describe('Sixteen clients who merge and part the same few entries, and edit, publish, delete and link them meanwhile', () => {
  let told: Told[];
  beforeAll(async () => {
    told = (
      await Promise.all(
        Array.from({ length: CLIENTS }, (_, n) => {
          const viewer = room.as(n % 3 ? 'EDITOR' : 'ADMIN').viewer as Viewer;
          return work(processes[n % 2] as Newsroom, viewer, n);
        }),
      )
    ).flat();
    // A connection reports its counts at the latest when it ends.
    await Promise.all(processes.map((newsroom) => newsroom.database.close()));
  }, 120_000);

  it('are each told one of the outcomes that there are', () => {
    expect(told).toHaveLength(CLIENTS * ACTS);
    const outcomes = new Set(told.map(({ outcome }) => outcome));
    expect(['CREATED', 'SAVED', 'MERGED', 'UNCHANGED', 'CONFLICT', 'INVALID']).toEqual(
      expect.arrayContaining([...outcomes]),
    );
    const codes = new Set(told.flatMap((one) => one.codes));
    expect(['INVALID', 'GONE', 'CYCLE', 'CHECK', 'CONFLICT', 'REQUIRED']).toEqual(expect.arrayContaining([...codes]));
    const saved = (act: string): number => told.filter((one) => one.act === act && one.outcome === 'SAVED').length;
    expect(saved('merge')).toBeGreaterThan(10);
    expect(saved('part')).toBeGreaterThan(10);
  });

  it('leave just as many mergings and partings as they were told', async () => {
    const count = (act: string): number => told.filter((one) => one.act === act && one.outcome === 'SAVED').length;
    const own = `not exists (select from change o where o.kind = c.kind and o.position = c.position and o.entry < c.entry)`;
    const rows = await room.sql(
      `select kind, count(*)::int as count from change c where kind in ('MERGED', 'UNMERGED') and ${own} group by kind order by kind`,
    );
    expect(rows).toEqual([
      { kind: 'MERGED', count: count('merge') },
      { kind: 'UNMERGED', count: count('part') },
    ]);
  });

  it('leave a newsroom in which everything says the same, and no circle', async () => {
    expect(await findBreaches(room.sql)).toEqual([]);
    const circles = await room.sql(
      `with recursive root as (select e.id, coalesce(d.into_entry, e.id) as root from entry e
          left join redirect d on d.from_entry = e.id and d.until is null),
        edge as (select l.from_entry as a, r.root as b, l.view from link l join root r on r.id = l.to_entry
          join root f on f.id = l.from_entry and f.root = f.id
          where l.field = 'partOf' and l.until is null),
        way (a, b, view) as (select a, b, view from edge union select w.a, e.b, w.view from way w join edge e on e.a = w.b and e.view = w.view)
        select a, view from way where a = b`,
    );
    expect(circles).toEqual([]);
  });

  it('never stood in each other’s way for good: Postgres had no deadlock to untie', async () => {
    const [row] = await room.sql('select deadlocks::int from pg_stat_database where datname = current_database()');
    expect(row.deadlocks).toBe(0);
  });
});
