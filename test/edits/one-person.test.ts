import { randomUUID } from 'node:crypto';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;
type Role = 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';

const MERGE = `mutation ($input: MergeEntriesInput!) { act: mergeEntries(input: $input) {
  outcome revision { number action } changes { path op before after } entry { id title }
  problems { code path message entry { id } } } }`;
const PART = `mutation ($input: UnmergeEntryInput!) { act: unmergeEntry(input: $input) {
  outcome restored { id title state } into { id } needsReassignment { id }
  problems { code severity path message entry { id } } } }`;

const merge = async (input: Fields, role: Role = 'EDITOR'): Promise<Answer> =>
  (await room.as(role).run(MERGE, { input })).act;
const part = async (input: Fields, role: Role = 'EDITOR'): Promise<Answer> =>
  (await room.as(role).run(PART, { input })).act;
const codes = ({ problems }: Answer): string[] => problems.map(({ code, path }: Answer) => `${code} ${path}`);

const ACTOR = `query ($id: ID!, $view: View!) { actor(id: $id, view: $view) {
  id slug state name names { id text kind preferred } roles { id title organization { id } }
  relations { id type actor { id } } identifiers { scheme value } formerIds latestRevision createdAt updatedAt
  stories(first: 50) { totalCount nodes { id } } events { totalCount nodes { id } } claimsAbout { nodes { id } }
  statements { nodes { id } } backlinks(first: 50) { totalCount nodes { id kind } }
  history(first: 50) { totalCount nodes { number action changes { path op } } } } }`;
const actor = async (id: string, view = 'LATEST'): Promise<Answer> =>
  (await (view === 'LATEST' ? room.as('CONTRIBUTOR') : room.asAnonymous()).run(ACTOR, { id, view })).actor;

/** One person under two spellings, each in a story, an event, a claim and a citation of its own. */
async function twoSpellings() {
  const party = await room.make.actor({ actorType: 'ORGANIZATION', names: [{ text: 'The Party' }] });
  const chief = await room.make.actor({
    names: [
      { text: 'Hugo Carvajal', preferred: true },
      { text: 'El Pollo', kind: 'NICKNAME' },
    ],
    identifiers: [{ scheme: 'wikidata', value: 'Q1' }],
    relations: [{ type: 'ally', actor: party.id }],
  });
  const double = await room.make.actor({
    names: [
      { text: 'Hugo Karvakhal', preferred: true },
      { text: 'El Pollo', kind: 'NICKNAME' },
    ],
    roles: [{ title: 'chief of intelligence', organization: party.id }],
    identifiers: [
      { scheme: 'wikidata', value: 'Q1' },
      { scheme: 'viaf', value: '7' },
    ],
    relations: [
      { type: 'ally', actor: party.id },
      { type: 'double', actor: chief.id },
    ],
  });
  const about = async (id: string) => ({
    story: (await room.make.story({ cast: [{ actor: id }] })).id,
    event: (await room.make.event({ participants: [{ actor: id }] })).id,
    claim: (await room.make.claim({ subject: id })).id,
  });
  return {
    party: party.id,
    chief: chief.id,
    double: double.id,
    ofChief: await about(chief.id),
    ofDouble: await about(double.id),
  };
}

describe('One person in two entries', () => {
  it('is one: names come as aliases, roles, relations and keys once, and every reference leads to the survivor', async () => {
    const { party, chief, double, ofChief, ofDouble } = await twoSpellings();
    const merged = await merge({ from: double, into: chief, summary: 'the same man' });
    expect(merged).toMatchObject({
      outcome: 'SAVED',
      revision: { number: 2, action: 'MERGE' },
      entry: { id: chief },
      problems: [],
    });
    for (const view of ['LATEST', 'PUBLISHED'])
      for (const id of [chief, double]) {
        const one = await actor(id, view);
        expect(one).toMatchObject({
          id: chief,
          name: 'Hugo Carvajal',
          formerIds: [double],
          roles: [{ title: 'chief of intelligence', organization: { id: party } }],
          relations: [{ type: 'ally', actor: { id: party } }],
        });
        expect(one.names.map(({ text, kind, preferred }: Answer) => `${text} ${kind} ${preferred}`)).toEqual([
          'Hugo Carvajal OFFICIAL true',
          'El Pollo NICKNAME false',
          'Hugo Karvakhal ALIAS false',
        ]);
        expect(one.identifiers).toEqual([
          { scheme: 'wikidata', value: 'Q1' },
          { scheme: 'viaf', value: '7' },
        ]);
        const ids = (nodes: Answer[]) => nodes.map((node) => node.id).toSorted();
        expect(ids(one.stories.nodes)).toEqual([ofChief.story, ofDouble.story].toSorted());
        expect(one.stories.totalCount).toBe(2);
        expect(ids(one.events.nodes)).toEqual([ofChief.event, ofDouble.event].toSorted());
        expect(ids(one.claimsAbout.nodes)).toEqual([ofChief.claim, ofDouble.claim].toSorted());
        expect(one.backlinks.totalCount).toBe(6);
      }
    const { story } = await room
      .asAnonymous()
      .run(`query ($id: ID!) { story(id: $id) { cast { actor { id name } } } }`, { id: ofDouble.story });
    expect(story.cast).toEqual([{ actor: { id: chief, name: 'Hugo Carvajal' } }]);
  });

  it('parts again, and both are exactly as they were', async () => {
    const { chief, double } = await twoSpellings();
    const before = { chief: await actor(chief), double: await actor(double), seen: await actor(double, 'PUBLISHED') };
    await merge({ from: double, into: chief });
    const parted = await part({ id: double });
    expect(parted).toMatchObject({
      outcome: 'SAVED',
      restored: { id: double, state: 'PUBLISHED' },
      into: { id: chief },
      needsReassignment: [],
      problems: [],
    });
    expect(await actor(double)).toEqual(before.double);
    expect(await actor(double, 'PUBLISHED')).toEqual(before.seen);
    const { history, latestRevision, updatedAt, ...restored } = await actor(chief);
    expect(restored).toEqual(Object.fromEntries(Object.keys(restored).map((key) => [key, before.chief[key]])));
    expect(latestRevision).toBe(3);
    expect(updatedAt).not.toBe(before.chief.updatedAt);
    expect(history.nodes.map(({ action }: Answer) => action)).toEqual(['UNMERGE', 'MERGE', 'CREATE']);
  });

  it('is answered for as of then by whoever answered then', async () => {
    const { chief, double, ofDouble } = await twoSpellings();
    const head = async () => (await room.asAnonymous().run('{ head }')).head;
    const apart = await head();
    await merge({ from: double, into: chief });
    const joined = await head();
    await part({ id: double });
    const ask = async (cursor: string, view: string) =>
      (await room.as('CONTRIBUTOR').run(
        `query ($id: ID!, $story: ID!, $cursor: Cursor!, $view: View!) {
          actor(id: $id, view: $view, asOf: { cursor: $cursor }) { id stories { totalCount nodes { id } } formerIds }
          story(id: $story, view: $view, asOf: { cursor: $cursor }) { cast { actor { id } } } }`,
        { id: double, story: ofDouble.story, cursor, view },
      )) as Answer;
    for (const view of ['LATEST', 'PUBLISHED']) {
      expect(await ask(apart, view)).toMatchObject({
        actor: { id: double, stories: { totalCount: 1 } },
        story: { cast: [{ actor: { id: double } }] },
      });
      expect(await ask(joined, view)).toMatchObject({
        actor: { id: chief, stories: { totalCount: 2 }, formerIds: [double] },
        story: { cast: [{ actor: { id: chief } }] },
      });
    }
    await merge({ from: double, into: chief });
    for (const view of ['LATEST', 'PUBLISHED'])
      expect(await ask(apart, view)).toMatchObject({
        actor: { id: double, stories: { totalCount: 1 } },
        story: { cast: [{ actor: { id: double } }] },
      });
  });

  it('keeps the id that was written: a list that was read and is written back changes nothing', async () => {
    const { chief, double, ofDouble } = await twoSpellings();
    await merge({ from: double, into: chief });
    const read = (
      await room
        .as('EDITOR')
        .run(`query ($id: ID!) { story(id: $id, view: LATEST) { cast { id actor { id } role } } }`, {
          id: ofDouble.story,
        })
    ).story;
    const cast = read.cast.map(({ id, actor: { id: actorId }, role }: Answer) => ({ id, actor: actorId, role }));
    const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`;
    const input = { id: ofDouble.story, baseRevision: 1, fields: { cast } };
    expect((await room.as('EDITOR').run(EDIT, { input })).editStory.outcome).toBe('UNCHANGED');
    await room.as('EDITOR').run(EDIT, {
      input: { ...input, fields: { cast: cast.map((member: Answer) => ({ ...member, role: 'accuser' })) } },
    });
    await part({ id: double });
    const { story } = await room
      .asAnonymous()
      .run(`query ($id: ID!) { story(id: $id) { cast { role actor { id } } } }`, { id: ofDouble.story });
    expect(story.cast).toEqual([{ role: 'accuser', actor: { id: double } }]);
  });

  it('lists what came to refer to either of them since, for a person to say which is meant', async () => {
    const { chief, double } = await twoSpellings();
    await merge({ from: double, into: chief });
    const byNew = await room.make.story({ cast: [{ actor: chief }] });
    const byOld = await room.make.story({ cast: [{ actor: double }] });
    const parted = await part({ id: double });
    expect(parted.needsReassignment).toEqual([{ id: byOld.id }, { id: byNew.id }]);
    expect((await actor(double)).stories.nodes).toContainEqual({ id: byOld.id });
    expect((await actor(chief)).stories.nodes).toContainEqual({ id: byNew.id });
  });

  it('leaves what was worked on since with the survivor, and says so', async () => {
    const { chief, double } = await twoSpellings();
    await merge({ from: double, into: chief });
    const { roles, names } = await actor(chief);
    const [role] = roles;
    await room.as('EDITOR').run(`mutation ($input: EditActorInput!) { editActor(input: $input) { outcome } }`, {
      input: {
        id: chief,
        baseRevision: 2,
        fields: {
          description: 'a general',
          roles: [{ id: role.id, title: 'chief of spies', organization: role.organization.id }],
        },
      },
    });
    const parted = await part({ id: double });
    expect(parted.problems).toMatchObject([{ severity: 'WARNING', path: `/roles/${role.id}` }]);
    const left = await actor(chief);
    expect(left.roles).toMatchObject([{ title: 'chief of spies' }]);
    expect(left.names).toHaveLength(names.length - 1);
    expect((await actor(double)).roles).toMatchObject([{ title: 'chief of intelligence' }]);
  });
});

describe('The feed of what was merged', () => {
  it('tells editors of its revisions and corrections as they were, and names the survivor', async () => {
    const { chief, double } = await twoSpellings();
    const note = 'He was no colonel.';
    await openDesk(room).edit(
      'actor',
      double,
      1,
      { description: 'a general' },
      { correction: { kind: 'CORRECTION', note } },
    );
    await merge({ from: double, into: chief });
    const { changes } = await room.as('EDITOR').run(
      `query ($id: ID!) { changes(first: 50, filter: { entries: [$id], view: LATEST }) {
        changes { kind entryId entry { id } revision { number } into { id } correction { note entry { id } revision { number } } } } }`,
      { id: double },
    );
    const own = changes.changes.filter((change: Answer) => change.entryId === double);
    const gone = { entryId: double, entry: null };
    const correction = { note, entry: { id: chief }, revision: { number: 2 } };
    expect(own).toEqual([
      { kind: 'CREATED', ...gone, revision: { number: 1 }, into: null, correction: null },
      { kind: 'CORRECTED', ...gone, revision: { number: 2 }, into: null, correction },
      { kind: 'MERGED', ...gone, revision: { number: 2 }, into: { id: chief }, correction: null },
    ]);
  });
});

describe('Entries that cannot be one', () => {
  it('are told so, and nothing is written', async () => {
    const { chief, double, party } = await twoSpellings();
    const draft = await room.make.actor({}, { publish: false });
    const unnamed = await room.make.actor({
      actorType: 'ANONYMOUS',
      anonymity: { description: 'an aide', reason: 'fear' },
    });
    const story = await room.make.story();
    const gone = await room.make.actor();
    await room
      .as('EDITOR')
      .run(`mutation ($id: ID!) { deleteEntry(input: { id: $id, baseRevision: 1 }) { outcome } }`, { id: gone.id });
    await merge({ from: double, into: chief });
    const refused = async (from: string, into: string) => {
      const answer = await merge({ from, into });
      expect(answer.outcome).toBe('INVALID');
      return codes(answer);
    };
    await writingNothing(room, async () => {
      expect(await refused(chief, chief)).toEqual(['INVALID /into']);
      expect(await refused(chief, double)).toEqual(['INVALID /into']);
      expect(await refused(double, chief)).toEqual(['GONE /from']);
      expect(await refused(double, party)).toEqual(['GONE /from']);
      expect(await refused(party, double)).toEqual(['GONE /into']);
      expect(await refused(gone.id, chief)).toEqual(['GONE /from']);
      expect(await refused(story.id, chief)).toEqual(['INVALID /into']);
      expect(await refused(draft.id, chief)).toEqual(['INVALID /into']);
      expect(await refused(unnamed.id, chief)).toEqual(['INVALID /into']);
      expect(await refused(chief, unnamed.id)).toEqual(['INVALID /into']);
      expect(codes(await part({ id: chief }))).toEqual(['INVALID /id']);
      expect(await room.as('CONTRIBUTOR').fails(MERGE, { input: { from: party, into: chief } })).toBe('FORBIDDEN');
      expect(await room.as('EDITOR').fails(MERGE, { input: { from: randomUUID(), into: chief } })).toBe('NOT_FOUND');
    });
  });

  it('answers for an entry that is merged: do it to the survivor', async () => {
    const { chief, double } = await twoSpellings();
    await merge({ from: double, into: chief });
    const attempts = {
      editActor: ['EditActorInput', { id: double, baseRevision: 1, fields: { description: 'x' } }],
      deleteEntry: ['DeleteEntryInput', { id: double, baseRevision: 1 }],
      restoreEntry: ['RestoreEntryInput', { id: double }],
      revertEntry: ['RevertEntryInput', { id: double, baseRevision: 1, toRevision: 1 }],
      publish: ['PublishInput', { id: double, revision: 1 }],
      withdraw: ['WithdrawInput', { id: double, note: 'x' }],
      protect: ['ProtectInput', { id: double, minimumRole: 'EDITOR' }],
      comment: ['CommentInput', { entry: double, body: 'x' }],
    };
    await writingNothing(room, async () => {
      for (const [name, [type, input]] of Object.entries(attempts)) {
        const query = `mutation ($input: ${String(type)}!) { act: ${name}(input: $input) { problems { code entry { id } } } }`;
        const { act } = await room.as('EDITOR').run(query, { input });
        expect([name, act.problems]).toEqual([name, [{ code: 'GONE', entry: { id: chief } }]]);
      }
    });
  });
});
