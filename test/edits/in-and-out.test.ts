import * as fc from 'fast-check';
import path from 'node:path';
import { eraseRevisions } from '../../src/edits/hide-revisions';
import { liftEmbargoes } from '../../src/edits/lift-embargoes';
import { loadSample } from '../../src/tools/load-sample';
import { headOf, importInto, linesOf, versionsOf } from '../support/copies';
import { copyOf, expectAlike, expectSameRows } from '../support/copying';
import { openDesk } from '../support/desk';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { deeds, everySixth, History } from '../support/past-histories';
import { talkIn } from '../support/talk';

jest.setTimeout(240_000);

const rooms: TestNewsroom[] = [];
const keep = (room: TestNewsroom): TestNewsroom => {
  rooms.push(room);
  return room;
};
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
});

const RANDOM = { seed: 7, numRuns: 1 };
const some = (length: number, seed: number) =>
  fc.sample(deeds(length, { withHiding: true, withMerging: true }), { ...RANDOM, seed })[0] ?? [];

/** What histories of chance leave out: talk, merging, judging, erasing, submitting, bringing back into sight. */
async function mischief(room: TestNewsroom, dice: number): Promise<void> {
  const desk = openDesk(room);
  const talk = talkIn(room);
  for (let n = 0; n < 2; n++) await room.make.actor();
  const actors = (await room.sql(`select id from entry where kind = 'ACTOR' and state = 'PUBLISHED' order by id`)).map(
    (row) => row.id,
  );
  const [one, other] = [actors[dice % actors.length], actors[(dice + 1) % actors.length]];
  const merged = (
    await room.sql(`select from_entry as id from redirect where until is null order by since desc limit 1`)
  )[0];
  if (merged && dice % 2)
    await room
      .as('EDITOR')
      .run(`mutation ($i: UnmergeEntryInput!) { unmergeEntry(input: $i) { outcome } }`, { i: { id: merged.id } });
  else if (one !== other)
    await room.as('EDITOR').run(`mutation ($i: MergeEntriesInput!) { mergeEntries(input: $i) { outcome } }`, {
      i: { from: one, into: other },
    });
  const judgement = dice % 3 ? 'NOT_SAME' : 'UNSURE';
  await room.as('EDITOR').run(`mutation ($i: JudgeMatchInput!) { judgeMatch(input: $i) { __typename } }`, {
    i: { a: one, b: other, judgement },
  });
  const said = await talk.say(other, `Comment ${dice}`);
  const { comment } = await talk.comment({ entry: other, body: 'indeed', parent: said });
  await talk.resolve({ id: said, resolved: true });
  if (dice % 2) await talk.remove(comment.id);
  await desk.create('story', { headline: `For review ${dice}` }, { submit: true }, 'CONTRIBUTOR');
  const [hidden] = await room.sql(
    'select entry, number from revision where hidden_at is not null and content is not null order by position limit 1',
  );
  if (hidden && dice % 2)
    await desk.act(
      'hideRevisions',
      { id: hidden.entry, revisions: [hidden.number], hidden: false, reason: 'no longer' },
      'ADMIN',
    );
  else if (hidden)
    await eraseRevisions(room.newsroom, {
      id: hidden.entry,
      revisions: [hidden.number],
      reason: 'law',
      askedBy: 'a court',
    });
}

/** Puts all revisions of some entries out of sight that may be, or brings back all that were not erased; says how many that were. */
async function setSight(room: TestNewsroom, hidden: boolean): Promise<number> {
  const found = await room.sql(
    `select r.entry, array_agg(r.number) as numbers from revision r join entry e on e.id = r.entry
      where (r.hidden_at is null) = $1 and r.content is not null and r.number <> e.latest and r.number is distinct from e.published
        and e.state <> 'MERGED' group by r.entry order by count(*) desc limit case when $1 then 8 end`,
    [hidden],
  );
  for (const { entry, numbers } of found)
    await openDesk(room).act('hideRevisions', { id: entry, revisions: numbers, hidden, reason: 'all of it' }, 'ADMIN');
  return found.flatMap(({ numbers }) => numbers).length;
}

it('A copy of random histories holds what the original holds, and answers as it does at every moment', async () => {
  const room = keep(await openTestNewsroom());
  const history = new History(room, { most: 24 });
  for (const deed of [...everySixth, ...everySixth, ...some(150, 7)]) await history.do(deed);
  for (const dice of [1, 4, 2, 7, 5]) await mischief(room, dice);
  const copy = keep(await copyOf(room));
  const [{ head }] = await room.sql('select max(position)::int as head from change');
  await expectAlike(
    copy,
    room,
    [1, 2, 3, 5, 8].map((part) => Math.ceil((head * part) / 9)),
  );
});

it('A copy of the sample holds what the sample holds', async () => {
  const room = keep(await openTestNewsroom());
  await loadSample(room.newsroom, path.join(__dirname, '../../sample'));
  await expectAlike(keep(await copyOf(room)), room, [40, 200]);
});

it('A copy that follows the feed from the head of an export is what the original is, whatever is done there', async () => {
  const room = keep(await openTestNewsroom());
  const history = new History(room, { most: 24 });
  for (const deed of [...everySixth, ...everySixth, ...some(60, 11)]) await history.do(deed);
  await mischief(room, 1);
  const whole = await linesOf(room);
  const copy = keep(await openTestNewsroom());
  await importInto(copy, whole);
  let head = headOf(whole);
  for (const [round, dice] of [4, 2, 7, 5].entries()) {
    for (const deed of some(25, 20 + round)) await history.do(deed);
    await mischief(room, dice);
    const { changes } = await room
      .as('EDITOR')
      .run(
        `query ($after: Cursor) { changes(after: $after, filter: { view: LATEST }, first: 100) { changes { kind } endCursor } }`,
        { after: head },
      );
    expect(changes.changes.length).toBeGreaterThan(5);
    const news = await linesOf(room, head);
    expect(news.filter(({ line }) => line === 'change')).toHaveLength(changes.changes.length);
    await importInto(copy, news);
    head = headOf(news);
    expect(head).not.toBeNull();
    await expectAlike(copy, room);
  }
  // Whoever copied it while much was out of sight has all of it once it is back, whichever way it follows.
  expect(await setSight(room, true)).toBeGreaterThan(20);
  const late = keep(await copyOf(room));
  await importInto(copy, await linesOf(room, head));
  expect(await setSight(room, false)).toBeGreaterThan(20);
  const [all, news] = [await linesOf(room), await linesOf(room, head)];
  expect(news.filter(({ line }) => line === 'link').length).toBeGreaterThan(20);
  await importInto(copy, news);
  await importInto(late, all);
  for (const one of [copy, late]) await expectSameRows(one, room);
  head = headOf(news);
  const again = await versionsOf(copy);
  expect(await importInto(copy, await linesOf(room))).toMatchObject({ written: 0 });
  expect(await importInto(copy, await linesOf(room, head))).toEqual({ written: 0, known: 0 });
  expect(await importInto(copy, whole)).toMatchObject({ written: 0 });
  expect(await versionsOf(copy)).toEqual(again);
});

it('An export that was imported in part goes on where it stopped, and one of later takes over what is new', async () => {
  const room = keep(await openTestNewsroom());
  const history = new History(room, { most: 24 });
  for (const deed of [...everySixth, ...everySixth, ...some(60, 31)]) await history.do(deed);
  await mischief(room, 1);
  const whole = await linesOf(room);
  const copy = keep(await openTestNewsroom());
  const stop = new Error('the power went');
  await expect(
    importInto(copy, whole, () => {
      throw stop;
    }),
  ).rejects.toBe(stop);
  const [{ head }] = await copy.sql('select max(position)::int as head from change');
  expect(head).toBeGreaterThan(0);
  for (const deed of some(40, 32)) await history.do(deed);
  const later = await linesOf(room);
  expect(await importInto(copy, later)).toMatchObject({ known: head });
  await expectAlike(copy, room);
});

it('What was written at once comes at once: entries of a changeset that refer to each other, embargoes that ended together', async () => {
  const room = keep(await openTestNewsroom());
  const actor = (ref: string, other: string) => ({
    createActor: {
      ref,
      fields: {
        actorType: 'PERSON',
        slug: ref,
        names: [{ text: ref }],
        relations: [{ type: 'knows', actor: `#${other}` }],
      },
    },
  });
  const story = {
    createStory: { fields: { headline: 'Both', body: '[[actor:one]] and [[actor:two]]', cast: [{ actor: '#one' }] } },
  };
  const edits = [story, actor('two', 'one'), actor('one', 'two')];
  const { applyChangeset } = await room
    .as('EDITOR')
    .run(`mutation ($i: ApplyChangesetInput!) { applyChangeset(input: $i) { outcome results { entry { id } } } }`, {
      i: { edits, summary: 'at once' },
    });
  expect(applyChangeset.outcome).toBe('CREATED');
  const desk = openDesk(room);
  const ids: string[] = applyChangeset.results.map((result: { entry: { id: string } }) => result.entry.id);
  for (const id of ids) await desk.act('publish', { id, revision: 1, embargoUntil: '2999-01-01T00:00:00.000Z' });
  // As if the time had come: what no test waits for.
  await room.sql(`update entry set embargo_until = date_trunc('milliseconds', clock_timestamp()) where id = any($1)`, [
    ids,
  ]);
  const lifted = async (): Promise<number> => (await room.sql(`select * from change where author is null`)).length;
  while ((await lifted()) < ids.length) await liftEmbargoes(room.newsroom);
  await expectAlike(keep(await copyOf(room)), room, [1, 3, 7]);
});
