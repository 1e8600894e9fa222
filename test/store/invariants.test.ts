import { editEntry } from '../../src/edits/edit-entry';
import { Scope } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  const [actor, event] = [await room.make.actor(), await room.make.event()];
  const story = await room.make.story({ body: 'A body', cast: [{ actor: actor.id }], timeline: [{ event: event.id }] });
  const edit = (role: 'EDITOR' | 'CONTRIBUTOR', baseRevision: number, fields: object) =>
    editEntry(new Scope(room.newsroom, room.as(role).viewer), 'STORY', { id: story.id, baseRevision, fields });
  await edit('EDITOR', 1, { cast: [], body: 'Another body', slug: 'another' });
  await edit('CONTRIBUTOR', 2, { timeline: [] });
});
afterAll(() => room.close());

describe('The check of a newsroom’s tables', () => {
  it('finds nothing wrong with one that was edited through the front door', async () => {
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it.each([
    ['a revision that is gone', 'delete from revision where number = 2'],
    [
      'a revision that was rewritten',
      `update revision set content = jsonb_set(content::jsonb, '{language}', '"xx"')::json where number = 1`,
    ],
    ['a revision on a base that came later', 'update revision set base = 3 where number = 2'],
    ['a gap in the ledger', 'update change set position = 99 where position = 3'],
    ['a ledger without an edit', 'delete from change where position = (select max(position) from change)'],
    ['a ledger in which time goes back', `update change set at = at - interval '1 hour' where position = 3`],
    ['an entry that has lost its newest revision', 'update entry set latest = 2 where latest = 3'],
    ['a view that shows another revision', `update shown set revision = 1 where view = 'LATEST' and revision > 1`],
    ['a public page of what is a draft', `update entry set published = null, accepted = null`],
    ['a public page that is missing', `delete from shown where view = 'PUBLISHED'`],
    ['a title that is another’s', `update shown set title = 'x'`],
    ['a link too few', 'delete from link where until is null'],
    ['a link that ended too early', 'update link set until = since + 1 where until is null'],
    ['a past link that is forgotten', 'delete from link where until is not null'],
    ['a long text that is gone', `delete from text where body = 'A body'`],
    ['a long text that was rewritten', `update text set body = 'x'`],
    ['an address that leads elsewhere', `update slug set entry = (select id from entry where kind = 'ACTOR' limit 1)`],
    ['an old public address that is gone', `delete from slug where kind = 'STORY' and slug <> 'another'`],
    ['an edit that counts as accepted', `update revision set review = 'ACCEPTED'`],
  ])('finds %s', async (_, tampering) => {
    const client = await room.newsroom.database.pool.connect();
    try {
      await client.query('begin');
      const { rowCount } = await client.query(tampering);
      expect(rowCount).toBeGreaterThan(0);
      const breaches = await findBreaches(async (text, values) => (await client.query(text, values)).rows);
      expect(breaches).not.toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
