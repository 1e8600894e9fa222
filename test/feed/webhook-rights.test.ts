import { makeVault } from '../../src/base/vault';
import { createWebhook } from '../../src/feed/webhooks';
import type { UserRole } from '../../src/model/user';
import { Scope, type Viewer } from '../../src/store/scope';
import { NOBODY, openDesk } from '../support/desk';
import type { Answer } from '../support/newsroom';
import { type Receiver, startReceiver } from '../support/receiver';
import { openWebhooks, SECRETS_KEY, type TestWebhooks } from '../support/webhooks';
import { until } from '../support/until';

jest.setTimeout(60_000);

let desk: TestWebhooks;
let receiver: Receiver;
beforeAll(async () => {
  desk = await openWebhooks();
});
afterAll(() => desk.close());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await desk.room.sql('delete from webhook');
  await receiver.close();
});

const uuidOf = (role: UserRole): string => desk.room.as(role).viewer?.user.uuid as string;
const setUser = (role: UserRole, change: string): Promise<Answer[]> =>
  desk.room.sql(`update "user" set ${change} where id = $1`, [uuidOf(role)]);
/** Waits until another webhook was told of something newer: whatever was to come before it has come. */
async function othersWereTold(): Promise<void> {
  const other = await startReceiver();
  const { id } = await desk.make(other.url, {}, 'ADMIN');
  await desk.room.make.story();
  await other.got(1);
  await desk.act('deleteWebhook', id, 'ADMIN');
  await other.close();
}

describe('Whose webhooks they are', () => {
  const ACTS: [string, string][] = [
    ['deleteWebhook', 'DeleteWebhookInput'],
    ['enableWebhook', 'EnableWebhookInput'],
    ['rotateWebhookSecret', 'RotateWebhookSecretInput'],
  ];

  it("another's webhook and its deliveries are answered as what is not there", async () => {
    const { id } = await desk.make(receiver.url, {}, 'EDITOR');
    await desk.room.make.story();
    const [call] = await receiver.got(1);
    const ids = [id, call?.id as string];
    const unknown = ['webhook:00000000-0000-4000-8000-000000000000', 'delivery:00000000-0000-4000-8000-000000000000'];
    for (const asker of [desk.room.as('CONTRIBUTOR'), desk.room.as('READER'), desk.room.asAnonymous()]) {
      const node = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
      expect(await asker.run(node, { ids })).toEqual(await asker.run(node, { ids: unknown }));
      const told = async (mutation: string, input: object) => (await asker.ask(mutation, { input })).errors;
      for (const [name, type] of ACTS) {
        const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { webhook { id } } }`;
        const expected = await told(mutation, { id: unknown[0] });
        expect(expected?.length).toBe(1);
        for (const other of [id, ...NOBODY]) expect(await told(mutation, { id: other })).toEqual(expected);
      }
      const redeliver = 'mutation ($input: RedeliverInput!) { redeliver(input: $input) { delivery { id } } }';
      const expected = await told(redeliver, { delivery: unknown[1] });
      for (const other of [call?.id, id, ...NOBODY])
        expect(await told(redeliver, { delivery: other })).toEqual(expected);
    }
    expect(await desk.room.as('CONTRIBUTOR').run('{ webhooks { id } }')).toEqual({ webhooks: [] });
    expect(await desk.room.as('EDITOR').run('{ webhooks { id } }')).toEqual({ webhooks: [{ id }] });
  });

  it('an administrator sees and mends everybody’s', async () => {
    const { id } = await desk.make(receiver.url, {}, 'READER');
    const { webhooks } = await desk.room.as('ADMIN').run('{ webhooks { id owner { name } } }');
    expect(webhooks).toEqual([{ id, owner: { name: 'The READER' } }]);
    await desk.room.make.story();
    const [call] = await receiver.got(1);
    expect((await desk.find(id, 'ADMIN')).deliveries.nodes).toHaveLength(1);
    expect((await desk.act('rotateWebhookSecret', id, 'ADMIN')).secret).toMatch(/^whsec_/);
    expect((await desk.redeliver(String(call?.id), 'ADMIN')).problems).toEqual([]);
    expect((await desk.act('deleteWebhook', id, 'ADMIN')).problems).toEqual([]);
    expect(await desk.find(id, 'READER')).toBeNull();
  });

  it('nobody has one without signing in, and a reader none of what is not public', async () => {
    const create = 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }';
    const latest = { input: { url: receiver.url, filter: { view: 'LATEST' } } };
    expect(await desk.room.asAnonymous().fails(create, { input: { url: receiver.url } })).toBe('UNAUTHENTICATED');
    expect(await desk.room.asAnonymous().fails('{ webhooks { id } }')).toBe('UNAUTHENTICATED');
    expect(await desk.room.as('READER').fails(create, latest)).toBe('FORBIDDEN');
    expect((await desk.room.as('CONTRIBUTOR').run(create, latest)).createWebhook.webhook).not.toBeNull();
  });

  it('one has twenty at most, also where two are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 22 }, () => desk.create({ url: receiver.url }, 'READER')));
    expect(made.filter(({ webhook }) => webhook !== null)).toHaveLength(20);
    const message = 'At most 20 webhooks are allowed for one user; you have 20.';
    const problem = { code: 'TOO_MANY', message, path: null };
    expect(made.flatMap(({ problems }) => problems)).toEqual([problem, problem]);
    expect((await desk.create({ url: receiver.url }, 'CONTRIBUTOR')).problems).toEqual([]);
  });

  it('a place in the feed that is none is refused', async () => {
    const create = 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }';
    const input = { url: receiver.url, after: 'nonsense' };
    expect(await desk.room.as('EDITOR').fails(create, { input })).toBe('CURSOR_INVALID');
  });
});

describe('What is told with the rights of the moment', () => {
  it('of an entry that was withdrawn meanwhile only that', async () => {
    const { id } = await desk.make(receiver.url, {});
    receiver.answers(500);
    const story = await desk.room.make.story();
    const kept = await desk.room.make.story();
    await receiver.got(2);
    await until(async () => (await desk.deliveriesOf(id)).every(({ state }) => state === 'RETRYING'));
    await openDesk(desk.room).act('withdraw', { id: story.id, note: 'It was wrong.' });
    receiver.answers(200);
    await desk.moveTime();
    await receiver.got(4);
    const later = receiver.calls.slice(2).map(({ event }) => event.data);
    expect(later).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'PUBLISHED', entryId: kept.id }),
        expect.objectContaining({ kind: 'WITHDRAWN', entryId: story.id, revision: null, note: 'It was wrong.' }),
      ]),
    );
    await until(async () => (await desk.deliveriesOf(id)).every(({ state }) => state === 'DELIVERED'));
    expect(await desk.deliveriesOf(id)).toHaveLength(2);
  });

  it('nothing of drafts, ever, to a webhook that follows what is public', async () => {
    await desk.make(receiver.url, {});
    const draft = await desk.room.make.story({}, { publish: false });
    await openDesk(desk.room).edit('story', draft.id, 1, { headline: 'Still a draft' });
    const story = await desk.room.make.story();
    await receiver.got(1);
    expect(receiver.calls.map(({ event }) => event.data.entryId)).toEqual([story.id]);
  });

  it.each([
    ['may no longer sign in', 'active = false', 'active = true', 'Its owner may no longer sign in.'],
    [
      'was made a reader',
      `role = 'READER'`,
      `role = 'CONTRIBUTOR'`,
      'Its owner may no longer read LATEST: their role is READER.',
    ],
  ])('nothing where its owner %s; it says why, and goes on once that is undone', async (_, change, back, reason) => {
    const { id } = await desk.make(receiver.url, { view: 'LATEST' }, 'CONTRIBUTOR');
    receiver.answers(500);
    await desk.room.make.story({}, { publish: false });
    await receiver.got(1);
    await until(async () => (await desk.find(id, 'ADMIN')).deliveries.nodes[0]?.state === 'RETRYING');
    await setUser('CONTRIBUTOR', change);
    receiver.answers(200);
    await desk.moveTime();
    await desk.room.make.story({}, { publish: false });
    await until(async () => !(await desk.find(id, 'ADMIN')).enabled);
    expect((await desk.find(id, 'ADMIN')).disabledReason).toBe(reason);
    expect((await desk.act('enableWebhook', id, 'ADMIN')).problems).toMatchObject([{ code: 'INVALID', path: '/id' }]);
    await othersWereTold();
    expect(receiver.calls).toHaveLength(1);
    await setUser('CONTRIBUTOR', back);
    expect((await desk.act('enableWebhook', id, 'ADMIN')).problems).toEqual([]);
    await receiver.got(4);
    await until(async () =>
      (await desk.find(id, 'ADMIN')).deliveries.nodes.every(({ state }: Answer) => state === 'DELIVERED'),
    );
    expect(receiver.calls.map((call) => call.id)).toHaveLength(4);
  });

  it('a reader goes on to be told of what is public', async () => {
    const { id } = await desk.make(receiver.url, {}, 'CONTRIBUTOR');
    await setUser('CONTRIBUTOR', `role = 'READER'`);
    await desk.room.make.story();
    await receiver.got(1);
    expect((await desk.find(id, 'ADMIN')).enabled).toBe(true);
    await setUser('CONTRIBUTOR', `role = 'CONTRIBUTOR'`);
  });

  it('of what its owner watches, as long as they do', async () => {
    const [watched, other] = [await desk.room.make.story(), await desk.room.make.story()];
    const watch = (watching: boolean): Promise<Answer> =>
      desk.room.as('READER').run('mutation ($input: WatchInput!) { watch(input: $input) { entry { id } } }', {
        input: { entry: watched.id, watching },
      });
    await watch(true);
    await desk.make(receiver.url, { watched: true }, 'READER');
    const edit = openDesk(desk.room).edit;
    await edit('story', other.id, 1, { headline: 'Not watched' });
    await edit('story', watched.id, 1, { headline: 'Watched' });
    await receiver.got(1);
    expect(receiver.calls[0]?.event.data).toMatchObject({ entryId: watched.id, kind: 'EDITED', revision: 2 });
    await watch(false);
    await edit('story', watched.id, 2, { headline: 'Not watched any more' });
    await othersWereTold();
    expect(receiver.calls).toHaveLength(1);
  });
});

describe('Secrets', () => {
  it('are shown once, and are in no table and no answer', async () => {
    const { id, secret } = await desk.make(receiver.url);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await desk.act('enableWebhook', id)).toMatchObject({ secret: null });
    const tables = JSON.stringify(await desk.room.sql('select * from webhook'));
    for (const part of [secret, secret.slice(6), Buffer.from(secret).toString('base64url')])
      expect(tables).not.toContain(part);
    expect(JSON.stringify(desk.warnings)).not.toContain(secret);
  });

  it('that were kept under another key are not used, and say so; a new secret mends it', async () => {
    const { id } = await desk.make(receiver.url);
    const other = makeVault(`${SECRETS_KEY}-of-before`);
    await desk.room.sql('update webhook set vault_key = $1, secret = $2', [
      other.keyId,
      other.seal('whsec_', 'webhook'),
    ]);
    await desk.room.make.story();
    await othersWereTold();
    expect(receiver.calls).toHaveLength(0);
    const { secret } = await desk.act('rotateWebhookSecret', id);
    expect(secret).toMatch(/^whsec_/);
    await receiver.got(2);
    expect(String(receiver.calls[0]?.headers['webhook-signature']).split(' ')).toHaveLength(1);
  });

  it('cannot be kept where there is no key', async () => {
    const bare = await openWebhooks();
    const newsroom = { ...bare.room.newsroom, vault: null };
    const viewer = bare.room.as('EDITOR').viewer as Viewer;
    const filter = {
      view: 'PUBLISHED',
      kinds: null,
      entryKinds: null,
      entries: null,
      story: null,
      watchedBy: null,
    } as const;
    const creating = createWebhook(new Scope(newsroom, viewer), viewer, { url: receiver.url, filter, after: null });
    await expect(creating).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('SECRETS_KEY'),
    });
    await bare.close();
  });
});
