import { readConfig } from '../../src/base/config';
import { EmbargoClock, liftEmbargoes } from '../../src/edits/lift-embargoes';
import { openNewsroom } from '../../src/store/open-newsroom';
import type { Newsroom } from '../../src/store/scope';
import { type Desk, openDesk } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';
import { until } from '../support/until';

let room: TestNewsroom;
let desk: Desk;
beforeAll(async () => {
  room = await openTestNewsroom();
  desk = openDesk(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

const DRAFT = { publish: false };
const FAR = '2999-01-01T00:00:00.000Z';
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const embargo = (id: string, revision: number, embargoUntil = FAR, more = {}): Promise<Answer> =>
  desk.act('publish', { id, revision, embargoUntil, ...more });
/** As if the time had come: what no test waits for. */
const letTimePass = (id: string) =>
  room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = $1`, [id]);
const lift = (): Promise<number> => liftEmbargoes(room.newsroom);
const liftsOf = async (id: string): Promise<number> =>
  (await desk.ledgerOf(id)).filter((line) => line === 'PUBLISHED (PUBLISHED)').length;

describe('An embargo', () => {
  it('keeps an entry from the public until its time, and is lifted once, by a row of the ledger of nobody', async () => {
    const { id } = await room.make.story({ headline: 'Secret' }, DRAFT);
    expect(await embargo(id, 1)).toMatchObject({
      outcome: 'SAVED',
      entry: { state: 'EMBARGOED', embargoUntil: FAR, publishedRevision: 1 },
      revision: { review: 'ACCEPTED' },
    });
    expect(await lift()).toBe(0);
    expect(await desk.publicTitle(id)).toBeNull();
    await letTimePass(id);
    expect(await lift()).toBe(1);
    expect(await lift()).toBe(0);
    expect(await desk.publicTitle(id)).toBe('Secret');
    expect(await desk.ledgerOf(id)).toEqual(['CREATED', 'EMBARGOED', 'PUBLISHED (PUBLISHED)']);
    const { story } = await room
      .asAnonymous()
      .run(
        `query ($id: ID!) { story(id: $id) { state embargoUntil createdAt publicSince revision { createdAt parent { number } } } }`,
        { id },
      );
    const [{ at, author }] = await room.sql(`select at, author from change where entry = $1 order by position desc`, [
      id,
    ]);
    const since = at.toISOString();
    expect(author).toBeNull();
    expect(story).toEqual({
      state: 'PUBLISHED',
      embargoUntil: null,
      createdAt: since,
      publicSince: since,
      revision: { createdAt: since, parent: null },
    });
  });

  it('in the past, or of what is public, is refused', async () => {
    const [draft, { id }] = [await room.make.story({}, DRAFT), await room.make.story()];
    await writingNothing(room, async () => {
      for (const when of ['2001-01-01T00:00:00.000Z', inMs(-1)])
        expect((await embargo(draft.id, 1, when)).problems).toMatchObject([{ code: 'INVALID', path: '/embargoUntil' }]);
      expect((await embargo(id, 1)).problems).toMatchObject([{ code: 'INVALID', path: '/embargoUntil' }]);
    });
  });

  it('covers what editors write meanwhile: they move what is to be public, not the time; contributors’ edits wait', async () => {
    const { id } = await room.make.story({ headline: 'One' }, DRAFT);
    await embargo(id, 1);
    expect(await desk.edit('story', id, 1, { headline: 'Two' })).toMatchObject({
      entry: { state: 'EMBARGOED', embargoUntil: FAR, publishedRevision: 2 },
      revision: { review: 'ACCEPTED' },
    });
    expect(await desk.edit('story', id, 2, { headline: 'Three' }, {}, 'CONTRIBUTOR')).toMatchObject({
      entry: { state: 'EMBARGOED', publishedRevision: 2 },
      revision: { review: 'PENDING' },
    });
    expect(await desk.waitingOf(id)).toHaveLength(1);
    await letTimePass(id);
    await lift();
    expect(await desk.publicTitle(id)).toBe('Two');
    const { story } = await room
      .asAnonymous()
      .run(`query ($id: ID!) { story(id: $id) { history { nodes { number } } } }`, {
        id,
      });
    expect(story.history.nodes).toEqual([{ number: 2 }]);
  });

  it('ends at once with an edit that is to be public', async () => {
    const { id } = await room.make.story({ headline: 'One' }, DRAFT);
    await embargo(id, 1);
    await desk.edit('story', id, 1, { headline: 'Now' }, { publish: true });
    expect(await desk.publicTitle(id)).toBe('Now');
    expect(await lift()).toBe(0);
  });

  it('has its time changed by publishing again, or ended; the same again is UNCHANGED', async () => {
    const { id } = await room.make.story({}, DRAFT);
    await embargo(id, 1);
    expect((await writingNothing(room, () => embargo(id, 1))).outcome).toBe('UNCHANGED');
    const earlier = '2998-01-01T00:00:00.000Z';
    expect(await embargo(id, 1, earlier)).toMatchObject({ outcome: 'SAVED', entry: { embargoUntil: earlier } });
    await desk.act('publish', { id, revision: 1 });
    expect(await desk.publicTitle(id)).not.toBeNull();
    expect(await liftsOf(id)).toBe(1);
  });

  it('is ended by withdrawing: nothing is lifted, and readers find no note of what they never saw', async () => {
    const { id } = await room.make.story({}, DRAFT);
    await embargo(id, 1);
    expect(await desk.act('withdraw', { id, note: 'not yet' })).toMatchObject({
      entry: { state: 'WITHDRAWN', embargoUntil: null },
    });
    expect(await lift()).toBe(0);
    expect(await room.asAnonymous().run(`query ($id: ID) { withdrawal(id: $id) { note } }`, { id })).toEqual({
      withdrawal: null,
    });
    expect((await desk.ledgerOf(id)).at(-1)).toBe('WITHDRAWN');
  });

  it('is kept over a deletion; one whose time came meanwhile is lifted after the restore', async () => {
    const [early, late] = [await room.make.story({}, DRAFT), await room.make.story({}, DRAFT)];
    for (const { id } of [early, late]) {
      await embargo(id, 1);
      await desk.act('deleteEntry', { id, baseRevision: 1 });
    }
    await letTimePass(early.id);
    expect(await lift()).toBe(0);
    for (const { id } of [early, late])
      expect(await desk.act('restoreEntry', { id })).toMatchObject({ entry: { state: 'EMBARGOED' } });
    expect(await lift()).toBe(1);
    expect(await desk.publicTitle(early.id)).not.toBeNull();
    expect(await desk.publicTitle(late.id)).toBeNull();
  });

  it('is restored though a check has an ERROR by now', async () => {
    const { id } = await room.make.claim({ mood: 'ALLEGATION' }, DRAFT);
    await embargo(id, 1, FAR, { override: true, note: 'known' });
    await desk.act('deleteEntry', { id, baseRevision: 1 });
    expect(await desk.act('restoreEntry', { id })).toMatchObject({ entry: { state: 'EMBARGOED' }, problems: [] });
  });

  it('rejected work under it goes back to what is to be public', async () => {
    const { id } = await room.make.story({ headline: 'To be' }, DRAFT);
    await embargo(id, 1);
    await desk.edit('story', id, 1, { headline: 'Not to be' }, {}, 'CONTRIBUTOR');
    await desk.act('rejectRevisions', { id, baseRevision: 2, note: 'no' });
    await letTimePass(id);
    await lift();
    expect(await desk.publicTitle(id)).toBe('To be');
  });

  it('keeps the address under which it is to be public, though a waiting edit has gone on to another', async () => {
    const { id } = await room.make.story({ slug: 'kept-for-later' }, DRAFT);
    await embargo(id, 1);
    await desk.edit('story', id, 1, { slug: 'elsewhere' }, {}, 'CONTRIBUTOR');
    const other = await desk.create('story', { headline: 'Other', slug: 'kept-for-later' }, { publish: true });
    expect(other.problems).toMatchObject([{ code: 'SLUG_TAKEN' }]);
    await letTimePass(id);
    await lift();
    expect(await room.asAnonymous().run('{ story(slug: "kept-for-later") { id } }')).toEqual({ story: { id } });
  });

  it('sent twice under one key is the first answer, also after its time', async () => {
    const { id } = await room.make.story({}, DRAFT);
    const when = inMs(600);
    const input = { clientMutationId: 'embargo-1' };
    const first = await embargo(id, 1, when, input);
    await until(async () => (await lift()) === 1);
    const again = await writingNothing(room, () => embargo(id, 1, when, input));
    expect([again.outcome, again.changes, again.revision]).toEqual([first.outcome, first.changes, first.revision]);
  });
});

describe('An allegation under an embargo', () => {
  async function openGroup(more = {}): Promise<{ claim: string; citation: string; document: string }> {
    const [subject, document] = [await room.make.actor(), await room.make.document({}, DRAFT)];
    const claim = await room.make.claim({ subject: subject.id, mood: 'ALLEGATION' }, DRAFT);
    const citation = await room.make.citation({ about: claim.id, document: document.id }, DRAFT);
    const answer = await embargo(claim.id, 1, FAR, { references: true, ...more });
    expect(answer).toMatchObject({ outcome: 'SAVED', problems: [] });
    expect(answer.also.map(({ id }: Answer) => id).toSorted()).toEqual([citation.id, document.id].toSorted());
    return { claim: claim.id, citation: citation.id, document: document.id };
  }

  it('can be edited meanwhile, for its citations are to be public with it', async () => {
    const { claim } = await openGroup();
    expect(await desk.edit('claim', claim, 1, { text: 'In better words' })).toMatchObject({
      revision: { review: 'ACCEPTED' },
      problems: [],
    });
  });

  it('can be put off alone, but not be public before its citations', async () => {
    const { claim } = await openGroup();
    expect((await embargo(claim, 1, '2999-02-01T00:00:00.000Z')).outcome).toBe('SAVED');
    expect((await embargo(claim, 1, '2998-01-01T00:00:00.000Z')).problems).toMatchObject([{ check: 'UNSOURCED' }]);
    expect((await desk.act('publish', { id: claim, revision: 1 })).problems).toMatchObject([{ check: 'UNSOURCED' }]);
  });

  it('is lifted together with its citations or not at all, though somebody holds one of them', async () => {
    const ids = Object.values(await openGroup());
    for (const id of ids) await letTimePass(id);
    const holder = await room.newsroom.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select from entry where id = $1 for no key update', [ids[1]]);
      expect(await lift()).toBe(0);
      for (const id of ids) expect(await desk.publicTitle(id)).toBeNull();
      await holder.query('commit');
    } finally {
      holder.release();
    }
    expect(await lift()).toBe(3);
    const times = await room.sql(`select distinct at from change where public_kind = 'PUBLISHED' and entry = any($1)`, [
      ids,
    ]);
    expect(times).toHaveLength(1);
  });
});

describe('The clocks of several processes', () => {
  const processes: Newsroom[] = [];
  const clocks: EmbargoClock[] = [];
  const faults: unknown[] = [];
  beforeAll(async () => {
    const config = readConfig({});
    for (let n = 0; n < 3; n++) {
      const database = { ...config.database, url: room.url, poolSize: 4, onConnectionError: () => undefined };
      processes.push(await openNewsroom({ ...config, database, pages: config.limits, language: 'en' }));
    }
  });
  afterAll(async () => {
    await Promise.all(clocks.map((clock) => clock.stop()));
    await Promise.all(processes.map(({ database }) => database.close()));
    expect(faults).toEqual([]);
  });

  it('lift each embargo once, none before its time, all within two seconds, and those of a down time at the start', async () => {
    const due = await room.make.story({}, DRAFT);
    await embargo(due.id, 1);
    await letTimePass(due.id);
    const ids = [due.id];
    for (let n = 0; n < 30; n++) ids.push((await room.make.story({}, DRAFT)).id);
    const start = Date.now() + 3000; // on a busy machine it takes a while to set them
    for (const [n, id] of ids.slice(1).entries())
      expect((await embargo(id, 1, new Date(start + n * 20).toISOString())).outcome).toBe('SAVED');
    const times = await room.sql('select id, embargo_until from entry where id = any($1)', [ids]);
    for (const newsroom of processes) clocks.push(new EmbargoClock(newsroom, (error) => faults.push(error)));
    for (const clock of clocks) clock.start();
    await until(async () => {
      const [{ count }] = await room.sql(`select count(*)::int from entry where id = any($1) and state = 'EMBARGOED'`, [
        ids,
      ]);
      return count === 0;
    });
    for (const { id, embargo_until: wanted } of times) {
      const lifts = await room.sql(`select at from change where entry = $1 and public_kind = 'PUBLISHED'`, [id]);
      expect(lifts).toHaveLength(1);
      const late = lifts[0].at.getTime() - wanted.getTime();
      expect(late).toBeGreaterThanOrEqual(0);
      if (id !== due.id) expect(late).toBeLessThan(2000);
    }
  }, 20_000);
});
