import { randomUUID } from 'node:crypto';
import { readConfig } from '../../src/base/config';
import { announcePresence } from '../../src/edits/presence';
import { findPresent } from '../../src/store/presence';
import { openNewsroom } from '../../src/store/open-newsroom';
import { type Newsroom, Scope } from '../../src/store/scope';
import { openJoiningDesk } from '../support/joining';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
/** Another process on the same database. */
let other: Newsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  const config = readConfig({});
  other = await openNewsroom({
    database: { ...config.database, url: room.url, onConnectionError: () => undefined },
    text: config.text,
    pages: config.limits,
    language: 'en',
  });
});
afterAll(async () => {
  await other.database.close();
  await room.close();
});
beforeEach(() => room.sql('delete from presence'));

type Role = 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';
const ANNOUNCE = `mutation ($input: AnnouncePresenceInput!) {
  announcePresence(input: $input) { present { user { name } entry { id title } path since } } }`;
const announce = async (entry: string, path?: string, role: Role = 'CONTRIBUTOR'): Promise<Answer[]> =>
  (await room.as(role).run(ANNOUNCE, { input: { entry, path } })).announcePresence.present;
const whoAndWhere = (present: Answer[]): string[] => present.map(({ user, path }) => `${user.name} ${path}`);
/** As if everybody had said nothing for so long. */
const silence = (seconds: number): Promise<Answer> =>
  room.sql(
    `update presence set seen_at = seen_at - make_interval(secs => $1), since = since - make_interval(secs => $1)`,
    [seconds],
  );
const draft = async (): Promise<string> => (await room.make.story({ headline: 'Open' }, { publish: false })).id;

describe('Whoever has an entry open', () => {
  it('is told of to everybody who has it open, with the part and since when', async () => {
    const id = await draft();
    expect(await announce(id)).toEqual([
      { user: { name: 'The CONTRIBUTOR' }, entry: { id, title: 'Open' }, path: null, since: expect.any(String) },
    ]);
    expect(whoAndWhere(await announce(id, '/body', 'EDITOR'))).toEqual(['The CONTRIBUTOR null', 'The EDITOR /body']);
    expect(whoAndWhere(await announce(await draft(), '/body', 'ADMIN'))).toEqual(['The ADMIN /body']);
  });

  it('may have several parts open, also one that is only about to be saved', async () => {
    const id = await draft();
    await announce(id, '/body');
    await announce(id, '/timeline/not-saved-yet/note');
    expect(whoAndWhere(await announce(id, ''))).toEqual([
      'The CONTRIBUTOR /body',
      'The CONTRIBUTOR /timeline/not-saved-yet/note',
      'The CONTRIBUTOR null',
    ]);
  });

  it('is seen by another process', async () => {
    const id = await draft();
    await announce(id, '/body', 'EDITOR');
    const there = new Scope(other, room.as('ADMIN').viewer);
    const present = await announcePresence(there, { entry: id, path: '/cast' });
    expect(present.map(({ path }) => path)).toEqual(['/body', '/cast']);
    expect(await findPresent(room.newsroom.database.run, id)).toEqual(present);
  });

  it('is heard when many speak at once in two processes, and others fall silent', async () => {
    const id = await draft();
    const entries = [id, await draft(), await draft()];
    for (const entry of entries) for (const path of ['/a', '/b', '/c']) await announce(entry, path, 'ADMIN');
    await silence(40);
    const scopes = (['CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const).flatMap((role) =>
      [room.newsroom, other].map((newsroom) => new Scope(newsroom, room.as(role).viewer)),
    );
    await Promise.all(
      scopes.flatMap((scope) =>
        entries.flatMap((entry) => ['/a', '/a', '/b'].map((path) => announcePresence(scope, { entry, path }))),
      ),
    );
    expect(await findPresent(room.newsroom.database.run, id)).toHaveLength(6);
    expect(await room.sql(`select path from presence where path = '/c'`)).toEqual([]);
  });

  it('is forgotten 30 seconds after the last word', async () => {
    const id = await draft();
    await announce(id, '/body', 'EDITOR');
    await silence(29);
    expect(whoAndWhere(await announce(id))).toEqual(['The EDITOR /body', 'The CONTRIBUTOR null']);
    await silence(1.1);
    expect(await findPresent(room.newsroom.database.run, id)).toMatchObject([{ path: null }]);
    expect(whoAndWhere(await announce(id))).toEqual(['The CONTRIBUTOR null']);
    expect(await room.sql('select path from presence')).toEqual([{ path: '' }]); // removed in passing
  });

  it('is there since they came, as long as they were not silent', async () => {
    const id = await draft();
    await announce(id, '/body');
    await silence(20);
    const [first] = await room.sql('select since from presence');
    expect(await announce(id, '/body')).toMatchObject([{ since: first.since.toISOString() }]);
    await silence(31);
    const [anew] = await announce(id, '/body');
    expect(Date.now() - new Date(anew.since).getTime()).toBeLessThan(10_000);
  });

  it('leaves no rows of entries that nobody opens again, once they open another', async () => {
    const left = await draft();
    await announce(left, '/body');
    await silence(40);
    await announce(await draft());
    expect(await room.sql('select entry from presence where entry = $1', [left])).toEqual([]);
  });

  it('has it open by whatever id it goes, as long as two are one', async () => {
    const desk = openJoiningDesk(room);
    const [former, survivor] = await desk.two();
    await announce(former, '/names', 'ADMIN');
    await desk.merged(former, survivor);
    expect(whoAndWhere(await announce(survivor, '/names'))).toEqual(['The ADMIN /names', 'The CONTRIBUTOR /names']);
    const present = await announce(former, '/names');
    expect(whoAndWhere(present)).toEqual(['The ADMIN /names', 'The CONTRIBUTOR /names']);
    expect(present.map(({ entry }) => entry.id)).toEqual([survivor, survivor]);
    await desk.parted(former);
    expect(whoAndWhere(await announce(survivor, '/names', 'EDITOR'))).toEqual([
      'The CONTRIBUTOR /names',
      'The EDITOR /names',
    ]);
  });

  it('has at most 50 parts open, and may go on with those', async () => {
    const id = await draft();
    for (let n = 0; n < 50; n++) await announce(id, `/timeline/${n}`);
    const { errors } = await writingNothing(room, () =>
      room.as('CONTRIBUTOR').ask(ANNOUNCE, { input: { entry: id, path: '/timeline/50' } }),
    );
    expect(errors).toMatchObject([
      { message: 'path: at most 50 parts can be open at once.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(await announce(id, '/timeline/7')).toHaveLength(50);
    expect(await announce(id, '/timeline/50', 'EDITOR')).toHaveLength(51);
  });
});

describe('Presence is refused, and nothing is written', () => {
  it.each([
    ['body', 'path: this is not a JSON Pointer such as /body or /timeline/{id}/note.'],
    ['/~2', 'path: this is not a JSON Pointer such as /body or /timeline/{id}/note.'],
    [`/${'x'.repeat(300)}`, 'path: has 301 characters; at most 300 are allowed.'],
    ['/a\0', 'path: It has U+0000 (NUL) at position 2, which a single line of text cannot hold.'],
  ])('for the path %j', async (path, message) => {
    const entry = await draft();
    const { errors } = await writingNothing(room, () =>
      room.as('CONTRIBUTOR').ask(ANNOUNCE, { input: { entry, path } }),
    );
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it.each([['nonsense'], [randomUUID()]])('for an entry that is not there: %s', async (entry) => {
    expect(await writingNothing(room, () => room.as('EDITOR').fails(ANNOUNCE, { input: { entry } }))).toBe('NOT_FOUND');
  });

  it('for readers, who are told the same about drafts, public entries and none', async () => {
    const { id } = await room.make.story();
    for (const entry of [id, await draft(), randomUUID(), 'nonsense']) {
      expect(await room.asAnonymous().fails(ANNOUNCE, { input: { entry } })).toBe('UNAUTHENTICATED');
      expect((await room.as('READER').ask(ANNOUNCE, { input: { entry } })).errors).toMatchObject([
        { message: 'The role READER may not announce presence.' },
      ]);
      expect(await writingNothing(room, () => room.as('READER').fails(ANNOUNCE, { input: { entry } }))).toBe(
        'FORBIDDEN',
      );
    }
  });
});
