import { applyChangeset, type ChangesetEdit } from '../../src/edits/changeset';
import { deleteEntry, restoreEntry } from '../../src/edits/delete-entry';
import { hideRevisions } from '../../src/edits/hide-revisions';
import { revertEntry, undoRevision } from '../../src/edits/take-back';
import { undoChangeset } from '../../src/edits/undo-changeset';
import { nodeId } from '../../src/base/node-id';
import type { ChangesetResult, EditResult } from '../../src/model/edit';
import type { EntryKind } from '../../src/model/entry';
import { readConfig } from '../../src/base/config';
import { openNewsroom } from '../../src/store/open-newsroom';
import { type Newsroom, Scope, type Viewer } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

const WRITERS = 8;
const ACTS = 30;

let room: TestNewsroom;
let writing: Newsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  const { database, text, limits, newsroom } = readConfig({});
  writing = await openNewsroom({
    database: { ...database, url: room.url, poolSize: WRITERS, onConnectionError: () => undefined },
    text,
    pages: limits,
    language: newsroom.language,
  });
});
afterAll(() => room.close());

/** The same choices in every run; what the database makes of them depends on who comes first. */
function chooser(seed: number) {
  let state = seed * 7919 + 13;
  const below = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * n);
  };
  return { below, one: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
}
type Chooser = ReturnType<typeof chooser>;

const known: Record<'STORY' | 'ACTOR' | 'EVENT', string[]> = { STORY: [], ACTOR: [], EVENT: [] };
const TITLES = ['The guard leaves', 'Vote in Caracas', 'Arrest at the airport'];
const LINKS = ['[[event:#e]]', '[[actor:#a|he]] and [[event:arrest-at-the-airport]]', '[[event:vote-in-caracas-2]]'];

async function latestOf(id: string): Promise<number> {
  const [row] = await room.sql('select latest from entry where id = $1', [id]);
  return row.latest;
}

/** Creates that refer to each other, under titles that all want, and edits of entries that all edit. */
async function edits({ below, one }: Chooser): Promise<ChangesetEdit[]> {
  const place = (n: number): string => `/edits/${n}`;
  const all: ChangesetEdit[] = [
    {
      place: place(0),
      kind: 'EVENT',
      create: { ref: 'e', fields: { title: one(TITLES), participants: [{ actor: '#a' }] } },
    },
    {
      place: place(1),
      kind: 'ACTOR',
      create: { ref: 'a', fields: { actorType: 'PERSON', names: [{ text: one(TITLES) }] } },
    },
  ];
  const chosen = new Set<string>();
  for (let n = 2; n < 5; n++) {
    const kind = one(['STORY', 'ACTOR', 'EVENT'] as const);
    const id = one(known[kind]);
    if (chosen.has(id)) continue;
    chosen.add(id);
    const fields: Record<typeof kind, object[]> = {
      STORY: [
        { summary: `Number ${below(1000)}`, body: one(LINKS) },
        { timeline: [{ event: '#e' }] },
        { topics: [one(TITLES), `Topic ${below(1000)}`], cast: [{ actor: '#a' }] },
      ],
      ACTOR: [{ body: one(LINKS) }, { relations: [{ type: 'ally', actor: '#a' }] }],
      EVENT: [
        { body: one(LINKS) },
        { participants: [{ actor: '#a' }] },
        { partOf: below(3) > 0 ? '#e' : one(known.EVENT) },
      ],
    };
    const baseRevision = Math.max(1, (await latestOf(id)) - below(2));
    all.push({ place: place(n), kind, edit: { id, baseRevision, fields: one<object>(fields[kind]) } });
  }
  return all;
}

interface Told {
  act: string;
  outcome: string;
  written: number;
  problems: readonly { code: string }[];
  changeset: string | null;
}

const isWritten = ({ revisionNumber }: EditResult): boolean => revisionNumber !== null;

async function write(viewer: Viewer, number: number): Promise<Told[]> {
  const choose = chooser(number);
  const { below, one } = choose;
  const told: Told[] = [];
  const mine: string[] = [];
  const scope = () => new Scope(writing, viewer);
  const tell = (act: string, result: EditResult | ChangesetResult): void => {
    const isMany = 'results' in result;
    const written = isMany ? result.results.filter(isWritten).length : Number(isWritten(result));
    const changeset = isMany ? result.changesetId : null;
    told.push({ act, outcome: result.outcome, written, problems: result.problems, changeset });
  };
  for (let n = 0; n < ACTS; n++) {
    const act = below(10);
    const id = one(known[one(['STORY', 'ACTOR', 'EVENT'] as const)]);
    const latest = await latestOf(id);
    if (act < 5 || (act < 7 && mine.length === 0)) {
      const input = { edits: await edits(choose), publish: below(4) === 0, clientMutationId: `${number}-${n}` };
      const result = await applyChangeset(scope(), input);
      tell('apply', result);
      if (result.changesetId === null) continue;
      mine.push(nodeId('changeset', result.changesetId));
      if (below(4) === 0) expect((await applyChangeset(scope(), input)).changesetId).toBe(result.changesetId);
    } else if (act < 7) tell('undo', await undoChangeset(scope(), { changeset: one(mine) }));
    else if (act === 7) {
      tell('delete', await deleteEntry(scope(), { id, baseRevision: latest }));
      tell('restore', await restoreEntry(scope(), { id }));
    } else if (act === 8) {
      const revision = 1 + below(latest);
      const back =
        below(2) === 0
          ? undoRevision(scope(), { id, revision })
          : revertEntry(scope(), { id, baseRevision: latest, toRevision: revision });
      tell('back', await back);
    } else {
      const admin = new Scope(writing, room.as('ADMIN').viewer);
      const hide = { id, revisions: [1 + below(latest)], hidden: below(2) === 0, reason: 'law' };
      tell('hide', await hideRevisions(admin, hide));
    }
  }
  return told;
}

describe('Eight who write changesets at once over the same entries, undo them, delete, restore and hide', () => {
  let told: Told[];
  beforeAll(async () => {
    for (let n = 0; n < 4; n++)
      for (const [kind, make] of [
        ['STORY', room.make.story],
        ['ACTOR', room.make.actor],
        ['EVENT', room.make.event],
      ] as const satisfies readonly (readonly [EntryKind, unknown])[])
        known[kind].push((await make()).id);
    const viewer = room.as('EDITOR').viewer as Viewer;
    told = (await Promise.all(Array.from({ length: WRITERS }, (_, number) => write(viewer, number)))).flat();
    await writing.database.close();
  }, 120_000);

  it('are each told one of the outcomes that there are', () => {
    const outcomes = new Set(told.map(({ act, outcome }) => `${act} ${outcome}`));
    expect(['CREATED', 'SAVED', 'MERGED', 'UNCHANGED', 'CONFLICT', 'INVALID']).toEqual(
      expect.arrayContaining([...new Set(told.map(({ outcome }) => outcome))]),
    );
    const expected = ['apply SAVED', 'apply MERGED', 'apply CONFLICT', 'delete SAVED', 'restore SAVED', 'hide SAVED'];
    expect([...outcomes]).toEqual(expect.arrayContaining(expected));
    for (const { outcome, problems } of told) if (outcome === 'INVALID') expect(problems.length).toBeGreaterThan(0);
  });

  it('find written all of a changeset, or nothing', async () => {
    const counts = await room.sql(
      'select changeset, count(*)::int as n from revision where changeset is not null group by 1',
    );
    const written = new Map(counts.map(({ changeset, n }) => [changeset, n]));
    const said = told.filter(({ changeset }) => changeset !== null);
    expect(said.length).toBeGreaterThan(20);
    expect([...written].toSorted()).toEqual(said.map(({ changeset, written: n }) => [changeset, n]).toSorted());
    for (const { changeset, written: n, act } of told)
      if (changeset === null && (act === 'apply' || act === 'undo')) expect(n).toBe(0);
  });

  it('leave a newsroom in which everything says the same', async () => {
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('never stood in each other’s way for good', async () => {
    const [row] = await room.sql('select deadlocks::int from pg_stat_database where datname = current_database()');
    expect(row.deadlocks).toBe(0);
  });
});
