import { Client } from 'pg';
import { sha256 } from '../../src/base/hash';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const EDIT = `mutation ($input: EditStoryInput!) { editStory(input: $input) {
  outcome story { headline } problems { message } conflict { fields { path } } } }`;

describe('What an editor decided', () => {
  it('stands also where the database had to untie the write from another and it was tried again', async () => {
    const { id } = await room.make.story({ headline: 'Base' });
    const editor = room.as('EDITOR');
    await editor.run(EDIT, { input: { id, baseRevision: 1, fields: { summary: 'Theirs' } } });
    const body = 'A text that two want to keep at once.';
    const other = new Client({ connectionString: room.url });
    await other.connect();
    await other.query(`set deadlock_timeout = '60s'`);
    await other.query('begin');
    await other.query(`insert into text (hash, body, links) values ($1, $2, '[]')`, [sha256(body), body]);
    const deciding = editor.run(EDIT, {
      input: {
        id,
        baseRevision: 1,
        fields: { headline: 'Mine', body },
        onConflict: 'FAIL',
        against: 2,
        resolve: [
          { path: '/headline', take: 'VALUE', value: 'Ours' },
          { path: '/body', take: 'MINE' },
        ],
      },
    });
    // It holds the entry and waits for the text; whoever holds the text now waits for the entry.
    for (let waiting = 0; waiting === 0;)
      [{ waiting }] = await room.sql(
        `select count(*)::int as waiting from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into text%'`,
      );
    await other.query('select from entry where id = $1 for no key update', [id]);
    await other.query('rollback');
    await other.end();
    const { editStory } = await deciding;
    expect(editStory).toMatchObject({ outcome: 'MERGED', story: { headline: 'Ours' }, problems: [] });
  });
});
