import { eraseRevisions, hideRevisions } from '../../src/edits/hide-revisions';
import { Scope } from '../../src/store/scope';
import { beginImport, endedLinks, headOf, importInto, linesOf, versionsOf } from '../support/copies';
import { copyOf, expectAlike, expectSameRows } from '../support/copying';
import { openDesk } from '../support/desk';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { talkIn } from '../support/talk';

jest.setTimeout(120_000);

const rooms: TestNewsroom[] = [];
const keep = (room: TestNewsroom): TestNewsroom => {
  rooms.push(room);
  return room;
};
let room: TestNewsroom;
beforeEach(async () => {
  room = keep(await openTestNewsroom());
});
afterEach(async () => {
  for (const one of rooms.splice(0)) await one.close();
});

const setSight = async (id: string, revisions: number[], hidden: boolean): Promise<void> => {
  const scope = new Scope(room.newsroom, room.as('ADMIN').viewer);
  const { outcome } = await hideRevisions(scope, { id, revisions, hidden, reason: 'a private matter' });
  expect(outcome).toBe('SAVED');
};
const headNow = async (): Promise<number> => (await room.sql('select max(position)::int as head from change'))[0].head;
/** When something came about that a text named, and when the text ceased to name it. */
const MOMENTS = [5, 6];

describe('What is brought back into sight comes back to copies with all that led from it:', () => {
  let story: string;
  let desk: ReturnType<typeof openDesk>;
  beforeEach(async () => {
    desk = openDesk(room);
    const [one, other] = [await room.make.actor({ slug: 'one' }), await room.make.actor({ slug: 'other' })];
    ({ id: story } = await room.make.story({ cast: [{ actor: one.id }] }));
    await desk.edit('story', story, 1, {
      cast: [{ actor: other.id }],
      body: 'Seen with [[actor:late]] and [[actor:never]].',
    });
    await room.make.actor({ slug: 'late' });
    await desk.edit('story', story, 2, { body: 'Seen with [[actor:other]].' });
    await desk.edit('story', story, 3, { cast: [], body: null });
    await setSight(story, [2, 3], true);
  });

  it('to one that follows', async () => {
    const whole = await linesOf(room);
    const copy = keep(await openTestNewsroom());
    await importInto(copy, whole);
    await expectSameRows(copy, room);
    let head = headOf(whole);
    for (const revision of [3, 2]) {
      await setSight(story, [revision], false);
      const news = await linesOf(room, head);
      head = headOf(news);
      await importInto(copy, news);
      await expectSameRows(copy, room);
    }
    await expectAlike(copy, room, MOMENTS);
    expect((await endedLinks(copy)).length).toBeGreaterThan(8);
  });

  it('to one that knew what led from it before', async () => {
    const { id } = await room.make.story({ body: 'As [[actor:one]] says.' });
    const whole = await linesOf(room);
    const copy = keep(await openTestNewsroom());
    await importInto(copy, whole);
    await desk.edit('story', id, 1, { headline: 'Told anew' });
    await desk.edit('story', id, 2, { body: null });
    await setSight(id, [1, 2], true);
    const news = await linesOf(room, headOf(whole));
    await importInto(copy, news);
    await setSight(id, [1], false);
    await importInto(copy, await linesOf(room, headOf(news)));
    await expectSameRows(copy, room);
  });

  it('to one that takes a whole export each time', async () => {
    const copy = keep(await copyOf(room));
    await setSight(story, [2], false);
    const whole = await linesOf(room);
    await importInto(copy, whole);
    await expectSameRows(copy, room);
    const before = await versionsOf(copy);
    await importInto(copy, whole);
    expect(await versionsOf(copy)).toEqual(before);
  });

  it('also where something led there only later, while the revision that named it stood', async () => {
    await desk.edit('story', story, 4, { body: 'To [[actor:coming]].' });
    await room.make.actor({ slug: 'coming' });
    await desk.edit('story', story, 5, { headline: 'Told anew' });
    await desk.edit('story', story, 6, { body: null });
    await setSight(story, [6], true);
    const copy = keep(await copyOf(room));
    const [{ position }] = await room.sql('select max(position)::int as position from revision where number = 6');
    await expectSameRows(copy, room);
    await setSight(story, [6], false);
    await importInto(copy, await linesOf(room));
    await expectAlike(copy, room, [position]);
  });
});

it('A text that goes with one revision stays where another has it that comes back, or is new', async () => {
  const desk = openDesk(room);
  const { id } = await room.make.story({ body: 'The same words' });
  await desk.edit('story', id, 1, { body: null });
  await desk.edit('story', id, 2, { body: 'The same words' });
  await desk.edit('story', id, 3, { body: 'Other words' });
  await setSight(id, [1], true);
  const copy = keep(await copyOf(room));
  await setSight(id, [1], false);
  await setSight(id, [3], true);
  await importInto(copy, await linesOf(room));
  await expectSameRows(copy, room);

  const { id: later } = await room.make.story({ body: 'Other words' });
  await desk.edit('story', id, 4, { body: null });
  await setSight(id, [1, 4], true);
  await importInto(copy, await linesOf(room));
  await expectSameRows(copy, room);
  expect(await copy.sql('select body from text order by body')).toEqual([{ body: 'Other words' }]);
  await desk.edit('story', later, 1, { body: 'The last words' });
  await setSight(later, [1], true);
  await importInto(copy, await linesOf(room));
  await expectSameRows(copy, room);
  expect(await copy.sql('select body from text order by body')).toEqual([{ body: 'The last words' }]);
});

it('What became unsettled stays so where somebody rejects what waits', async () => {
  const desk = openDesk(room);
  const { id: document } = await room.make.document();
  const { id: claim } = await room.make.claim();
  await room.make.citation({ about: claim, document });
  await desk.edit('document', document, 1, { status: 'RETRACTED' });
  expect(await room.sql('select entry from unsettled where until is null')).toEqual([{ entry: claim }]);
  const whole = await linesOf(room);
  const copy = keep(await openTestNewsroom());
  await importInto(copy, whole);
  await desk.edit('claim', claim, 1, { text: 'Something else' }, {}, 'CONTRIBUTOR');
  await desk.act('rejectRevisions', { id: claim, baseRevision: 2, note: 'no' });
  await importInto(copy, await linesOf(room, headOf(whole)));
  await expectSameRows(copy, room);
});

it('Why a changeset was written is forgotten with its revisions, also by who takes whole exports', async () => {
  const { id } = await room.make.story();
  const edits = [{ editStory: { id, baseRevision: 1, fields: { headline: 'The private one' } } }];
  await room.as('EDITOR').run(`mutation ($i: ApplyChangesetInput!) { applyChangeset(input: $i) { outcome } }`, {
    i: { edits, summary: 'because of a private matter' },
  });
  await openDesk(room).edit('story', id, 2, { headline: 'Told otherwise' });
  const whole = await linesOf(room);
  const [copy, other] = [keep(await openTestNewsroom()), keep(await openTestNewsroom())];
  for (const one of [copy, other]) await importInto(one, whole);
  expect(await copy.sql('select summary from changeset')).toEqual([{ summary: 'because of a private matter' }]);
  await eraseRevisions(room.newsroom, { id, revisions: [2], reason: 'law', askedBy: 'a court' });
  await importInto(copy, await linesOf(room));
  await importInto(other, await linesOf(room, headOf(whole)));
  for (const one of [copy, other]) {
    expect(await one.sql('select summary from changeset')).toEqual([{ summary: null }]);
    await expectSameRows(one, room);
  }
});

it('Why a protection was lifted comes along', async () => {
  const { id } = await room.make.actor();
  const desk = openDesk(room);
  await desk.act('protect', { id, minimumRole: 'EDITOR', reason: 'much disputed' });
  const copy = keep(await copyOf(room));
  await desk.act('protect', { id, minimumRole: null, reason: 'it has calmed down' });
  await importInto(copy, await linesOf(room));
  await expectSameRows(copy, room);
  await expectSameRows(keep(await copyOf(room)), room);
});

describe('What is known is not undone by who tells it as it was:', () => {
  it('comments, what waits for review, and what was judged, though the ledger stands where it stood', async () => {
    const desk = openDesk(room);
    const talk = talkIn(room);
    const { id } = await room.make.story();
    const [one, other] = [await room.make.actor(), await room.make.actor()];
    const said = await talk.say(id, 'Is it so?');
    await desk.create('story', { headline: 'A draft' }, {}, 'CONTRIBUTOR');
    const judge = (judgement: string) =>
      room.as('EDITOR').run(`mutation ($i: JudgeMatchInput!) { judgeMatch(input: $i) { __typename } }`, {
        i: { a: one.id, b: other.id, judgement },
      });
    await judge('UNSURE');
    const older = await linesOf(room);
    const head = await headNow();
    const copy = keep(await openTestNewsroom());
    await importInto(copy, older);
    await talk.resolve({ id: said, resolved: true });
    await talk.remove(await talk.say(id, 'A slip'));
    await judge('NOT_SAME');
    expect(await headNow()).toBe(head);
    const newer = await linesOf(room, headOf(older));
    expect(await importInto(copy, newer)).toEqual({ written: 0, known: 0 });
    await expectSameRows(copy, room);
    for (const newsroom of [copy, room]) {
      const before = await versionsOf(newsroom);
      for (const lines of [older, newer]) expect(await importInto(newsroom, lines)).toMatchObject({ written: 0 });
      expect(await versionsOf(newsroom)).toEqual(before);
    }
  });

  it('and one that was begun with is to be brought to its end, or a newer one', async () => {
    const talk = talkIn(room);
    const { id } = await room.make.story();
    const said = await talk.say(id, 'Is it so?');
    const first = await linesOf(room);
    const copy = keep(await openTestNewsroom());
    await importInto(copy, first);
    for (let n = 0; n < 3; n++) await openDesk(room).edit('story', id, n + 1, { headline: `Told for the ${n}th time` });
    await setSight(id, [2], true);
    const second = await linesOf(room);
    await room.make.actor();
    await setSight(id, [2], false);
    await talk.resolve({ id: said, resolved: true });
    const third = await linesOf(room);
    await beginImport(copy, third);
    const before = await versionsOf(copy);
    await importInto(copy, first);
    const older = importInto(copy, second);
    await expect(older).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(
        /up to position 7, was begun with here and is newer than this one.*up to position 5/,
      ),
    });
    expect(await versionsOf(copy)).toEqual(before);
    await importInto(copy, third);
    await expectSameRows(copy, room);
  });
});

it('A copy follows an address that changed hands unseen, also where the text that names it is out of sight', async () => {
  const desk = openDesk(room);
  const draft = { publish: false };
  const one = await room.make.story({ slug: 'unseen' }, draft);
  const naming = await room.make.story(
    { body: 'See [[story:unseen]].', timeline: [{ note: '[[story:unseen]]' }] },
    draft,
  );
  await desk.edit('story', one.id, 1, { slug: 'elsewhere' });
  const whole = await linesOf(room);
  const follower = keep(await openTestNewsroom());
  await importInto(follower, whole);
  await room.make.story({ slug: 'unseen' }, draft);
  await desk.edit('story', naming.id, 1, { body: 'Nothing', timeline: [] });
  await setSight(naming.id, [1], true);
  await importInto(follower, await linesOf(room, headOf(whole)));
  const copies = [follower, keep(await copyOf(room))];
  for (const copy of copies) await expectSameRows(copy, room);
  await setSight(naming.id, [1], false);
  const again = await linesOf(room);
  for (const copy of copies) {
    await importInto(copy, again);
    await expectSameRows(copy, room);
  }
});
