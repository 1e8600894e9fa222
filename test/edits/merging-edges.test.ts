import { NOBODY } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { codes, type JoiningDesk, openJoiningDesk, PART } from '../support/joining';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
let desk: JoiningDesk;
beforeAll(async () => {
  room = await openTestNewsroom();
  desk = openJoiningDesk(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

describe('Circles', () => {
  it('of events are not closed by merging: what leads to the one that is merged into it', async () => {
    const top = (await room.make.event()).id;
    const part1 = (await room.make.event({ partOf: top })).id;
    const detail = (await room.make.event({ partOf: part1 })).id;
    await writingNothing(room, async () => {
      expect(codes(await desk.merge(top, detail))).toEqual(['INVALID', 'CYCLE /into']);
      expect(codes(await desk.merge(part1, detail))).toEqual(['INVALID', 'CYCLE /into']);
      expect(codes(await desk.merge(top, detail, { dryRun: true }))).toEqual(['INVALID', 'CYCLE /into']);
    });
    // The other way round nothing is lost but that the detail was a part: it is the whole now.
    expect(codes(await desk.merge(detail, top))).toEqual(['SAVED']);
    expect(codes(await desk.part(detail))).toEqual(['SAVED']);
  });

  it('nor by what an editor proposes and nobody has accepted', async () => {
    const top = (await room.make.event()).id;
    const other = (await room.make.event()).id;
    await desk.edit('event', other, 1, { partOf: top }, {}, 'CONTRIBUTOR');
    expect(codes(await desk.merge(top, other))).toEqual(['INVALID', 'CYCLE /into']);
  });

  it('of documents: an original is not merged into its translation', async () => {
    const original = (await room.make.document()).id;
    const translation = (await room.make.document({ translationOf: original })).id;
    expect(codes(await desk.merge(original, translation))).toEqual(['INVALID', 'CYCLE /into']);
  });

  it('are not closed by edits through an id that was merged', async () => {
    const [one, double, top] = [
      (await room.make.event()).id,
      (await room.make.event()).id,
      (await room.make.event()).id,
    ];
    await desk.edit('event', one, 1, { partOf: top });
    await desk.merged(double, one);
    expect(codes(await desk.edit('event', top, 1, { partOf: double }))).toEqual(['INVALID', 'CYCLE /partOf']);
    expect(codes(await desk.edit('event', one, 3, { partOf: double }))).toEqual(['INVALID', 'CYCLE /partOf']);
  });

  it('are not closed by parting, and nothing is written', async () => {
    const whole = (await room.make.event()).id;
    const double = (await room.make.event({ partOf: whole })).id;
    const one = (await room.make.event()).id;
    await desk.merged(double, one);
    // As one it is no part of anything: the whole may be a part of it, by either name.
    expect(codes(await desk.edit('event', whole, 1, { partOf: double }))).toEqual(['SAVED']);
    await writingNothing(room, async () => {
      const answer = await desk.part(double);
      expect(codes(answer)).toEqual(['INVALID', 'CYCLE /partOf']);
      expect(answer).toMatchObject({ restored: null, into: null, needsReassignment: [] });
    });
    expect(await desk.stateOf(double)).toBe('MERGED');
    await desk.edit('event', whole, 2, { partOf: null });
    expect(codes(await desk.part(double))).toEqual(['SAVED']);
  });
});

describe('Limits and rights', () => {
  it('a list that would become too long refuses the merging, and says which', async () => {
    const names = (of: string) => Array.from({ length: 300 }, (_, n) => ({ text: `${of} ${n}` }));
    const [one, other] = [
      (await room.make.actor({ names: names('One') })).id,
      (await room.make.actor({ names: names('Other') })).id,
    ];
    await writingNothing(room, async () => {
      const answer = await desk.merge(other, one);
      expect(answer).toMatchObject({ outcome: 'INVALID', problems: [{ code: 'TOO_MANY', path: '/names' }] });
      expect(answer.problems[0].message).toMatch(/600.*500|500.*600/);
    });
  });

  it('what is protected for others is not merged by whoever may not edit it, neither way', async () => {
    const [one, other] = await desk.two();
    await desk.act('protect', { id: one, minimumRole: 'ADMIN' }, 'ADMIN');
    for (const [from, into] of [
      [one, other],
      [other, one],
    ])
      expect(await desk.fails('mergeEntries', { from, into }, 'EDITOR')).toBe('FORBIDDEN');
    expect((await desk.merge(one, other, {}, 'ADMIN')).outcome).toBe('SAVED');
    expect(codes(await desk.part(one))).toEqual(['SAVED']);
    expect(
      (
        await room
          .as('EDITOR')
          .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { protection { minimumRole } } }`, { id: one })
      ).actor,
    ).toEqual({ protection: { minimumRole: 'ADMIN' } });
  });

  it('what was merged into one that is protected since is parted only by who may edit that', async () => {
    const [one, other] = await desk.two();
    await desk.merged(one, other);
    await desk.act('protect', { id: other, minimumRole: 'ADMIN' }, 'ADMIN');
    await writingNothing(room, async () => {
      expect(await room.as('EDITOR').fails(PART, { input: { id: one } })).toBe('FORBIDDEN');
    });
    await desk.act('protect', { id: other, minimumRole: null }, 'ADMIN');
    expect(codes(await desk.part(one))).toEqual(['SAVED']);
  });

  it('nobody below EDITOR merges, parts or judges; nobody is told what is not there', async () => {
    const [one, other] = await desk.two();
    for (const role of [null, 'READER', 'CONTRIBUTOR'] as const) {
      const asker = role ? room.as(role) : room.asAnonymous();
      const code = role ? 'FORBIDDEN' : 'UNAUTHENTICATED';
      expect(await desk.fails('mergeEntries', { from: one, into: other }, role)).toBe(code);
      expect(await asker.fails(PART, { input: { id: one } })).toBe(code);
      expect(
        await asker.fails(
          `mutation ($a: ID!, $b: ID!) { judgeMatch(input: { a: $a, b: $b, judgement: SAME }) { problems { code } } }`,
          { a: one, b: other },
        ),
      ).toBe(code);
    }
    for (const id of NOBODY) {
      expect(await desk.fails('mergeEntries', { from: id, into: one }, 'EDITOR')).toBe('NOT_FOUND');
      expect(await desk.fails('mergeEntries', { from: one, into: id }, 'EDITOR')).toBe('NOT_FOUND');
      expect(await room.as('EDITOR').fails(PART, { input: { id } })).toBe('NOT_FOUND');
    }
  });

  it('is written once under one key, also when it was parted since; a key is not another input’s', async () => {
    const [one, other] = await desk.two();
    const first = await desk.merge(one, other, { clientMutationId: 'merge-1' });
    expect(first).toMatchObject({ outcome: 'SAVED', revision: { number: 2 } });
    await writingNothing(room, async () => {
      expect(await desk.merge(one, other, { clientMutationId: 'merge-1' })).toMatchObject({
        outcome: 'SAVED',
        revision: { number: 2 },
      });
      expect(await desk.fails('mergeEntries', { from: other, into: one, clientMutationId: 'merge-1' }, 'EDITOR')).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
    });
    const apart = await desk.part(one, { clientMutationId: 'part-1' });
    await writingNothing(room, async () => {
      expect(await desk.part(one, { clientMutationId: 'part-1' })).toEqual(apart);
      expect(await room.as('EDITOR').fails(PART, { input: { id: other, clientMutationId: 'part-1' } })).toBe(
        'IDEMPOTENCY_KEY_REUSED',
      );
    });
  });

  it('a dry run tells what would be taken over, and writes nothing', async () => {
    const [one, other] = await desk.two({
      names: [{ text: 'Tried' }],
      identifiers: [{ scheme: 'viaf', value: 'dry' }],
    });
    const tried = await writingNothing(room, () => desk.merge(one, other, { dryRun: true, clientMutationId: 'dry' }));
    expect(tried).toMatchObject({ outcome: 'SAVED', revision: null, entry: { id: other, latestRevision: 1 } });
    const done = await desk.merge(one, other, { clientMutationId: 'dry' });
    expect(done.changes).toEqual(tried.changes);
    expect(done.changes.map(({ path }: Answer) => path).toSorted()).toHaveLength(2);
  });
});

describe('Several in one, and one in another', () => {
  it('parts the last first, and says which', async () => {
    const [x, y] = await desk.two();
    const z = (await room.make.actor()).id;
    await desk.merged(x, y);
    await desk.merged(y, z);
    await writingNothing(room, async () => {
      const answer = await desk.part(x);
      expect(answer).toMatchObject({
        outcome: 'INVALID',
        problems: [{ code: 'INVALID', path: '/id', entry: { id: z } }],
      });
      expect(answer.problems[0].message).toContain(y);
    });
    const { actor } = await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: x });
    expect(actor).toEqual({ id: z, formerIds: expect.arrayContaining([x, y]) });
    await desk.parted(y);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: x })).actor,
    ).toEqual({ id: y, formerIds: [x] });
    await desk.parted(x);
    await desk.merged(y, x);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { id formerIds } }`, { id: y })).actor,
    ).toEqual({ id: x, formerIds: [y] });
    await desk.parted(y);
  });

  it('what two brought is still there when one of them has gone, and goes with the other', async () => {
    const party = (await room.make.actor({ actorType: 'ORGANIZATION' })).id;
    const article = (await room.make.document()).id;
    const shared = (usedIn: string[]) => ({
      names: [{ text: 'Own name' }, { text: 'Shared name', kind: 'ALIAS', usedIn }],
      relations: [{ type: 'ally', actor: party }],
      identifiers: [{ scheme: 'viaf', value: 'shared' }],
    });
    const [b, c] = [(await room.make.actor(shared([]))).id, (await room.make.actor(shared([article]))).id];
    const a = (await room.make.actor({ names: [{ text: 'The third' }] })).id;
    const ASK = `query ($id: ID!) { actor(id: $id) { names { text usedIn { id } } relations { type actor { id } } identifiers { value } } }`;
    const told = async () => (await room.asAnonymous().run(ASK, { id: a })).actor;
    const alone = await told();
    await desk.merged(c, a);
    const withC = await told();
    await desk.parted(c);
    await desk.merged(b, a);
    await desk.merged(c, a);
    const together = await told();
    expect(together.names).toHaveLength(3);
    expect((await desk.parted(b)).problems).toEqual([]);
    expect(await told()).toEqual(withC);
    expect((await desk.parted(c)).problems).toEqual([]);
    expect(await told()).toEqual(alone);
  });
});
