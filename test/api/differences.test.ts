import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import type { UserRole } from '../../src/model/user';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

type Kind = 'Story' | 'Actor' | 'Document';
interface Change {
  path: string;
  op: string;
  before: Answer;
  after: Answer;
  text: { op: string; text: string }[] | null;
}

async function edit(
  kind: Kind,
  id: string,
  baseRevision: number,
  fields: object,
  by: UserRole = 'EDITOR',
): Promise<void> {
  const { payload } = await room
    .as(by)
    .run(
      `mutation ($input: Edit${kind}Input!) { payload: edit${kind}(input: $input) { outcome problems { message } } }`,
      {
        input: { id, baseRevision, fields },
      },
    );
  expect(payload).toEqual({ outcome: 'SAVED', problems: [] });
}

const DIFF = `query ($id: ID!, $from: Int!, $to: Int!, $view: View!) { node(id: $id, view: $view) {
  ... on Entry { diff(from: $from, to: $to) { path op before after text { op text } } } } }`;

async function diff(
  id: string,
  from: number,
  to: number,
  view = 'LATEST',
  role: UserRole | null = 'CONTRIBUTOR',
): Promise<Change[]> {
  const asker = role === null ? room.asAnonymous() : room.as(role);
  return (await asker.run(DIFF, { id, from, to, view })).node.diff;
}

const itemsOf = async (id: string, list: string): Promise<string[]> =>
  (await room.as('EDITOR').run(`query ($id: ID!) { story(id: $id, view: LATEST) { ${list} { id } } }`, { id })).story[
    list
  ].map((item: { id: string }) => item.id);

const joined = (change: Change, without: string): string =>
  (change.text ?? []).map(({ op, text }) => (op === without ? '' : text)).join('');

describe('A difference of two revisions', () => {
  it('is told in both directions: what came one way went the other', async () => {
    const [one, two] = [(await room.make.actor()).id, (await room.make.actor()).id];
    const story = await room.make.story({
      headline: 'The guard denies it',
      body: 'One.\n\nTwo.',
      topics: ['Drugs', 'Army'],
      cast: [{ actor: one, role: 'guard' }],
      timeline: [{ note: 'First.' }, { note: 'Second.' }, { note: 'Third.' }],
    });
    const [a, b, c] = await itemsOf(story.id, 'timeline');
    const [member] = await itemsOf(story.id, 'cast');
    await edit('Story', story.id, 1, {
      headline: 'The general denies it',
      topics: ['Army', 'Courts'],
      summary: 'New.',
    });
    await edit('Story', story.id, 2, {
      timeline: [{ id: c, note: 'Third!' }, { id: a, note: 'First.' }, { note: 'Fourth.' }],
      body: null,
    });
    await edit('Story', story.id, 3, {
      cast: [{ actor: two }, { id: member, actor: one, role: 'general' }],
      summary: null,
      body: 'Two.',
    });
    expect(b).toBeDefined();
    const opposite: Record<string, string> = { ADDED: 'REMOVED', REMOVED: 'ADDED', CHANGED: 'CHANGED', MOVED: 'MOVED' };
    for (const from of [1, 2, 3, 4])
      for (const to of [1, 2, 3, 4]) {
        const [there, back] = [await diff(story.id, from, to), await diff(story.id, to, from)];
        const told = (changes: Change[]) =>
          changes
            .filter(({ op }) => op !== 'MOVED')
            .map(({ path, op, before, after }) => JSON.stringify([path, op, before, after]))
            .toSorted();
        const turned = back.map((change) => ({
          ...change,
          op: opposite[change.op] as string,
          before: change.after,
          after: change.before,
        }));
        expect(told(there)).toEqual(told(turned));
        const moves = (changes: Change[]) => changes.filter(({ op, before }) => op === 'MOVED' && before !== null);
        expect(moves(there)).toHaveLength(moves(back).length);
        if (from === to) expect(there).toEqual([]);
        else expect(there.length).toBeGreaterThan(0);
        for (const change of there)
          if (change.text)
            expect([joined(change, 'INSERT'), joined(change, 'DELETE')]).toEqual([change.before, change.after]);
      }
  });

  it('tells moves as moves, items by their id, and what changed within them by field', async () => {
    const story = await room.make.story({
      timeline: [{ note: 'One.' }, { note: 'Two.' }, { note: 'Three.' }, { note: 'Four.' }],
    });
    const [a, b, c, d] = (await itemsOf(story.id, 'timeline')) as [string, string, string, string];
    await edit('Story', story.id, 1, {
      timeline: [
        { id: d, note: 'Four.' },
        { id: a, note: 'One, changed.' },
        { note: 'New.' },
        { id: c, note: 'Three.' },
      ],
    });
    const changes = await diff(story.id, 1, 2);
    const added = (await itemsOf(story.id, 'timeline'))[2];
    expect(changes.map(({ path, op }) => `${op} ${path}`).toSorted()).toEqual(
      [
        `ADDED /timeline/${added}`,
        `CHANGED /timeline/${a}/note`,
        `MOVED /timeline/${added}`,
        `MOVED /timeline/${d}`,
        `REMOVED /timeline/${b}`,
      ].toSorted(),
    );
    expect(changes.filter(({ op }) => op === 'MOVED')).toMatchObject([
      { path: `/timeline/${d}`, before: 3, after: 0, text: null },
      { path: `/timeline/${added}`, before: null, after: 2, text: null },
    ]);
    expect(changes.find(({ op }) => op === 'CHANGED')?.text).toEqual([
      { op: 'EQUAL', text: 'One' },
      { op: 'INSERT', text: ', changed' },
      { op: 'EQUAL', text: '.' },
    ]);
    expect(changes.find(({ op }) => op === 'REMOVED')?.before).toMatchObject({ id: b, note: 'Two.' });
  });

  it('tells members of sets each for itself', async () => {
    const story = await room.make.story({ topics: ['Drugs', 'a/b~c', 'Army'] });
    await edit('Story', story.id, 1, { topics: ['Army', 'Courts', 'Drugs'] });
    expect(await diff(story.id, 1, 2)).toEqual([
      { path: '/topics/a~1b~0c', op: 'REMOVED', before: 'a/b~c', after: null, text: null },
      { path: '/topics/Courts', op: 'ADDED', before: null, after: 'Courts', text: null },
    ]);
  });

  it.each([
    ['Spanish', 'El niño habló ayer en la comisión.', 'El niño calló ayer en la comisión.', 'habló', 'calló'],
    ['Arabic', 'قال الجنرال إنه بريء', 'قال الحارس إنه بريء', 'الجنرال', 'الحارس'],
    ['Chinese', '将军昨天否认了指控', '将军今天否认了指控', '昨天', '今天'],
    ['Russian', 'Генерал отрицал это', 'Генерал подтвердил это', 'отрицал', 'подтвердил'],
    ['Thai', 'ฉันกินข้าว', 'ฉันกินปลา', 'ข้าว', 'ปลา'],
    ['Emoji', 'a 👨‍👩‍👧 b', 'a 👨‍👩‍👦 b', '👨‍👩‍👧', '👨‍👩‍👦'],
  ])('tells words apart in %s, in headlines and bodies', async (_language, before, after, gone, come) => {
    const story = await room.make.story({ headline: before, body: `Line.\n${before}` });
    await edit('Story', story.id, 1, { headline: after, body: `Line.\n${after}` });
    const changes = (await diff(story.id, 1, 2)).filter(({ path }) => path !== '/slug');
    expect(changes.map(({ path }) => path)).toEqual(['/headline', '/body']);
    for (const { text } of changes) {
      expect(text?.filter(({ op }) => op === 'DELETE')).toEqual([{ op: 'DELETE', text: gone }]);
      expect(text?.filter(({ op }) => op === 'INSERT')).toEqual([{ op: 'INSERT', text: come }]);
    }
  });

  it('of a revision that is not there is refused, whichever it is', async () => {
    const { id } = await room.make.story();
    for (const [from, to] of [
      [1, 2],
      [2, 1],
      [0, 1],
      [1, -1],
      [1, 2_147_483_647],
      [99, 98],
    ]) {
      const { errors } = await room.as('EDITOR').ask(DIFF, { id, from, to, view: 'LATEST' });
      expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
    }
  });
});

describe('A difference in PUBLISHED', () => {
  it('knows no numbers but those that were public, and says of others what it says of none', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit('Story', id, 1, { headline: 'Two' });
    await edit('Story', id, 2, { headline: 'Secret' }, 'CONTRIBUTOR');
    await edit('Story', id, 3, { headline: 'Four' }, 'CONTRIBUTOR');
    await room.as('EDITOR').run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 4 }) { outcome } }`, { id });
    for (const role of [null, 'READER', 'EDITOR'] as const) {
      const asker = role === null ? room.asAnonymous() : room.as(role);
      const messages = [];
      for (const to of [3, 9]) {
        const { errors } = await asker.ask(DIFF, { id, from: 1, to, view: 'PUBLISHED' });
        messages.push(errors?.[0]?.message.replace(String(to), 'N'));
      }
      expect(messages[0]).toMatch(/there is no revision N in this view/);
      expect(messages[0]).toBe(messages[1]);
      expect(await diff(id, 2, 4, 'PUBLISHED', role)).toMatchObject([
        { path: '/headline', before: 'Two', after: 'Four' },
      ]);
    }
    expect(await diff(id, 2, 3)).toMatchObject([{ after: 'Secret' }]);
  });

  it('drops what only the newsroom reads, for whoever is not of it', async () => {
    const paper = (await room.make.document()).id;
    const document = await room.make.document({ keptText: 'Kept one.' });
    await edit('Document', document.id, 1, { keptText: 'Kept two.', status: 'CORRECTED' });
    const actor = await room.make.actor({
      actorType: 'ANONYMOUS',
      names: [{ text: 'An official' }],
      anonymity: { description: 'an official', basis: 'met once' },
    });
    await edit('Actor', actor.id, 1, {
      names: [{ text: 'An official', usedIn: [paper] }],
      anonymity: { description: 'a high official', basis: 'met twice' },
    });
    for (const role of [null, 'READER'] as const) {
      expect((await diff(document.id, 1, 2, 'PUBLISHED', role)).map(({ path }) => path)).toEqual(['/status']);
      const told = JSON.stringify(await diff(actor.id, 1, 2, 'PUBLISHED', role));
      expect(told).not.toMatch(/met|basis":"|usedIn":\["/);
      expect(told).not.toContain(paper);
      expect(told).toContain('a high official');
    }
    expect((await diff(document.id, 1, 2, 'PUBLISHED', 'CONTRIBUTOR')).map(({ path }) => path).toSorted()).toEqual([
      '/keptText',
      '/status',
    ]);
    expect(JSON.stringify(await diff(actor.id, 1, 2, 'PUBLISHED', 'CONTRIBUTOR'))).toContain('met twice');
  });

  it('drops references to what is not public, and the items that are nothing without them', async () => {
    const seen = (await room.make.actor()).id;
    const draft = (await room.make.actor({}, { publish: false })).id;
    const story = await room.make.story({ cast: [{ actor: seen }], timeline: [{ note: 'a' }, { note: 'b' }] });
    const [member] = await itemsOf(story.id, 'cast');
    const [a, b] = await itemsOf(story.id, 'timeline');
    const secret = (await room.make.claim({}, { publish: false })).id;
    await edit('Story', story.id, 1, {
      cast: [
        { actor: draft, role: 'the secret source' },
        { id: member, actor: seen },
      ],
      timeline: [
        { claim: secret, note: 'secret' },
        { id: a, note: 'a' },
        { id: b, note: 'b' },
      ],
      summary: 'Told.',
    });
    expect((await diff(story.id, 1, 2, 'PUBLISHED', null)).map(({ path }) => path)).toEqual(['/summary']);
    expect((await diff(story.id, 1, 2)).map(({ op }) => op)).toEqual(['ADDED', 'ADDED', 'MOVED', 'ADDED', 'MOVED']);
    const document = await room.make.document();
    await edit('Document', document.id, 1, { publisher: draft, authors: [draft, seen] });
    const told = await diff(document.id, 1, 2, 'PUBLISHED', null);
    expect(told.map(({ path, after }) => [path, after])).toEqual([[`/authors/${seen}`, seen]]);
    await room
      .as('EDITOR')
      .run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id: draft });
    expect((await diff(document.id, 1, 2, 'PUBLISHED', null)).length).toBe(3);
  });
});
