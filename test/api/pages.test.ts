import fc from 'fast-check';
import { connectionFromArray, offsetToCursor } from 'graphql-relay';
import { sortKey } from '../../src/rules/titles';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
  await fill();
});
afterAll(() => room.close());

const PAGE = `edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
const PAGE_VARIABLES = '$first: Int, $after: String, $last: Int, $before: String';
const PAGE_ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before';

/** One entry that a great many refer to, and a story that tells a great deal. */
const hub: Record<'actor' | 'event' | 'document' | 'claim' | 'story', string> = {
  actor: '',
  event: '',
  document: '',
  claim: '',
  story: '',
};

const TITLES = [
  'Ábaco',
  'abaco',
  'ABACO',
  'Zulú',
  'zulu',
  'Ñandú',
  'nandu',
  'Öl',
  'ol',
  'Ясно',
  '他昨天',
  '𝒜bc',
  'Same',
  'Same',
];
const DATES = [
  null,
  '2014',
  '2014',
  '2014-05',
  '2008~',
  '../2010',
  '2019/..',
  '2014-01-01',
  null,
  '2014?',
  '[2008,2014]',
  '2014',
];
const at = <Item>(list: readonly Item[], index: number): Item => list[index % list.length] as Item;

async function fill(): Promise<void> {
  const { make } = room;
  hub.actor = (await make.actor({ names: [{ text: 'The general' }] })).id;
  hub.event = (await make.event({ title: 'The affair' })).id;
  hub.document = (await make.document({ title: 'The paper' })).id;
  hub.claim = (await make.claim({ subject: hub.actor })).id;
  const claims: string[] = [hub.claim];
  for (let n = 0; n < 20; n++) {
    const publish = n % 5 !== 4; // every fifth is a draft
    const when = at(DATES, n) && { edtf: at(DATES, n) };
    await make.actor({ names: [{ text: at(TITLES, n) }] }, { publish });
    await make.event(
      { title: at(TITLES, n), when, partOf: hub.event, participants: [{ actor: hub.actor }] },
      { publish },
    );
    const claim = await make.claim({ text: at(TITLES, n), subject: n % 2 ? hub.actor : hub.event, when }, { publish });
    claims.push(claim.id);
    await make.story(
      {
        headline: at(TITLES, n),
        cast: [{ actor: hub.actor }, { actor: hub.actor, role: 'twice' }],
        timeline: [{ event: hub.event }],
      },
      { publish },
    );
    await make.document({ title: at(TITLES, n), publisher: hub.actor, publishedAt: when }, { publish });
    const chain = [
      { role: 'SAID_BY', actor: hub.actor },
      { role: 'VIA', actor: hub.actor },
    ];
    await make.citation({ about: hub.claim, document: hub.document, stance: 'ASSERTS', chain }, { publish });
  }
  hub.story = (await make.story({ timeline: claims.map((claim) => ({ claim })) })).id;
  for (let number = 1; number < 14; number++)
    await room
      .as(number < 11 ? 'EDITOR' : 'CONTRIBUTOR')
      .run(`mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome } }`, {
        input: { id: hub.story, baseRevision: number, fields: { summary: `Summary ${number}` } },
      });
  // Entries that were written in the same millisecond.
  await room.sql(
    `update shown set at = '2015-01-28T14:05:00Z', since = '2015-01-28T14:05:00Z' where get_byte(uuid_send(entry), 0) % 2 = 0`,
  );
}

type Node = {
  id: string;
  title: string;
  updatedAt: string;
  createdAt: string;
  when?: { earliest: string; latest: string } | null;
};

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
const start = (node: Node): number => Date.parse(node.when?.earliest ?? node.when?.latest ?? '');
const end = (node: Node): number => Date.parse(node.when?.latest ?? '');
const numbers = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);

/** What a list is sorted by, told from the nodes alone. */
const SORTING: Record<string, (one: Node, other: Node) => number> = {
  UPDATED: (one, other) => byBytes(one.updatedAt, other.updatedAt),
  CREATED: (one, other) => byBytes(one.createdAt, other.createdAt),
  TITLE: (one, other) => byBytes(sortKey(one.title), sortKey(other.title)),
};

function sorted(nodes: readonly Node[], order: string): string[] {
  const [name, direction] = order.split('_') as [string, string];
  const sign = direction === 'DESC' ? -1 : 1;
  const undated = sign * Infinity; // undated entries, and open ends, come last both ways
  const whenOf = (value: number): number => (Number.isNaN(value) ? undated : value);
  const compare =
    SORTING[name] ??
    ((one: Node, other: Node) =>
      numbers(whenOf(start(one)), whenOf(start(other))) || numbers(whenOf(end(one)), whenOf(end(other))));
  return nodes
    .toSorted((one, other) => sign * (compare(one, other) || byBytes(one.id, other.id)))
    .map((node) => node.id);
}

interface List {
  name: string;
  orders: readonly (string | null)[];
  /** The list as a selection, with the given arguments. */
  select(args: string, selection: string): string;
  /** Its place in an answer. */
  find(data: Answer): Answer;
  orderType?: string;
}

const ORDERS = ['UPDATED_DESC', 'UPDATED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'TITLE_ASC', 'TITLE_DESC'];
const rootList = (name: string, orderType = 'EntryOrder', orders = ORDERS): List => ({
  name,
  orders,
  orderType,
  select: (args, selection) => `{ ${name}(view: $view, orderBy: $order, ${args}) ${selection} }`,
  find: (data) => data[name],
});
const ROOT_LISTS = [
  rootList('stories'),
  rootList('actors'),
  rootList('events', 'EventOrder', [...ORDERS, 'WHEN_ASC', 'WHEN_DESC']),
  rootList('claims'),
  rootList('documents'),
  rootList('citations'),
];
const nested = (root: keyof typeof hub, field: string): List => ({
  name: `${root}.${field}`,
  orders: [null],
  select: (args, selection) => `{ ${root}(id: "${hub[root]}", view: $view) { ${field}(${args}) ${selection} } }`,
  find: (data) => data[root][field],
});
const NESTED_LISTS = [
  nested('actor', 'backlinks'),
  nested('actor', 'stories'),
  nested('actor', 'events'),
  nested('actor', 'claimsAbout'),
  nested('actor', 'statements'),
  nested('event', 'parts'),
  nested('event', 'stories'),
  nested('event', 'claims'),
  nested('event', 'backlinks'),
  nested('document', 'citedIn'),
  nested('claim', 'citations'),
  nested('story', 'claims'),
  nested('story', 'history'),
];

interface Arguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

const queryOf = (list: List, order: string | null, selection: string): string =>
  `query ($view: View!, ${order ? `$order: ${list.orderType}!, ` : ''}${PAGE_VARIABLES}) ${list.select(PAGE_ARGUMENTS, selection)}`;

const ask = (list: List, order: string | null, view: string, args: Arguments, selection = `{ ${PAGE} }`) =>
  room.as('EDITOR').ask(queryOf(list, order, selection), { view, order, ...args });

/** The whole list: it is short enough for one page. */
async function wholeList(
  list: List,
  order: string | null,
  view: string,
): Promise<{ ids: string[]; cursors: string[] }> {
  const { data, errors } = await ask(list, order, view, { first: 100 }, `{ totalCount ${PAGE} }`);
  if (errors) throw new Error(errors.map((error) => error.message).join('; '));
  const { edges, totalCount, pageInfo } = list.find(data);
  expect(totalCount).toBe(edges.length);
  expect(pageInfo.hasNextPage).toBe(false);
  return { ids: edges.map((edge: Answer) => edge.node.id), cursors: edges.map((edge: Answer) => edge.cursor) };
}

const sizes = fc.option(fc.oneof(fc.nat(6), fc.nat(40)), { freq: 2 });
const place = fc.option(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { freq: 2 });
const pages = fc.record({ first: sizes, last: sizes, after: place, before: place });

async function equalsReference(list: List, order: string | null, view: string, runs: number): Promise<void> {
  const { ids, cursors } = await wholeList(list, order, view);
  expect(ids.length).toBeGreaterThan(7);
  expect(new Set(ids).size).toBe(ids.length);
  const placeOf = (share: number | null): number | null => (share === null ? null : Math.floor(share * ids.length));
  await fc.assert(
    fc.asyncProperty(pages, async ({ first, last, after, before }) => {
      const [from, to] = [placeOf(after), placeOf(before)];
      const args = {
        first,
        last,
        after: from === null ? null : cursors[from],
        before: to === null ? null : cursors[to],
      };
      const { data, errors } = await ask(list, order, view, args, `{ ${PAGE} }`);
      if (first !== null && last !== null) {
        expect(errors?.map((error) => error.extensions?.code)).toEqual(['BAD_USER_INPUT']);
        return;
      }
      const expected = connectionFromArray(ids, {
        first: first ?? (last === null ? 20 : null), // our page without a number
        last,
        after: from === null ? null : offsetToCursor(from),
        before: to === null ? null : offsetToCursor(to),
      });
      const cursorOf = (id: string): string => cursors[ids.indexOf(id)] as string;
      const found = expected.edges.map(({ node }) => ({ cursor: cursorOf(node), node: { id: node } }));
      expect(list.find(data)).toEqual({
        edges: found,
        pageInfo: {
          hasNextPage: expected.pageInfo.hasNextPage,
          hasPreviousPage: expected.pageInfo.hasPreviousPage,
          startCursor: found[0]?.cursor ?? null,
          endCursor: found.at(-1)?.cursor ?? null,
        },
      });
    }),
    { numRuns: runs },
  );
}

describe.each(ROOT_LISTS.map((list) => [list.name, list] as const))('The list of %s', (_name, list) => {
  it.each(list.orders)('is sorted as %s says, ties by id', async (order) => {
    const when = list.name === 'events' ? 'when { earliest latest }' : '';
    for (const view of ['PUBLISHED', 'LATEST']) {
      const { data } = await ask(
        list,
        order,
        view,
        { first: 100 },
        `{ nodes { id title updatedAt createdAt ${when} } }`,
      );
      const nodes: Node[] = list.find(data).nodes;
      expect(nodes.map((node) => node.id)).toEqual(sorted(nodes, order as string));
    }
  });

  it.each(list.orders)('is paged like the reference in %s', async (order) => {
    await equalsReference(list, order, 'PUBLISHED', 15);
    await equalsReference(list, order, 'LATEST', 15);
  });
});

describe.each(NESTED_LISTS.map((list) => [list.name, list] as const))('%s', (_name, list) => {
  it('is paged like the reference', async () => {
    await equalsReference(list, null, 'PUBLISHED', 20);
    await equalsReference(list, null, 'LATEST', 20);
  });
});

describe('A cursor', () => {
  it('goes with its parent: that of another entry is refused', async () => {
    const { cursors } = await wholeList(nested('actor', 'backlinks'), null, 'PUBLISHED');
    const { errors } = await ask(nested('event', 'backlinks'), null, 'PUBLISHED', { after: cursors[0] });
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['of another view', 'actors', 'TITLE_ASC', 'LATEST', {}],
    ['of another order', 'actors', 'TITLE_DESC', 'PUBLISHED', {}],
    ['of another filter', 'actors', 'TITLE_ASC', 'PUBLISHED', { actorType: 'PERSON' }],
  ])('%s is refused', async (_name, name, order, view, filter) => {
    const { cursors } = await wholeList(ROOT_LISTS[1] as List, 'TITLE_ASC', 'PUBLISHED');
    const query = `query ($after: String, $filter: ActorFilter, $order: EntryOrder!, $view: View!) {
      ${name}(after: $after, filter: $filter, orderBy: $order, view: $view) { nodes { id } } }`;
    for (const side of ['after', 'before']) {
      const asked = query.replace('after: $after', `${side}: $after`);
      expect(await room.as('EDITOR').fails(asked, { after: cursors[3], filter, order, view })).toBe('BAD_USER_INPUT');
    }
  });

  it.each([
    ['empty', ''],
    ['cut', 'abc'],
    ['no base64', '!!!'],
    ['endless', 'A'.repeat(100_000)],
    ['with NUL', 'abc\0'],
  ])('that is %s is refused', async (_name, after) => {
    expect(
      await room.asAnonymous().fails(`query ($after: String) { stories(after: $after) { nodes { id } } }`, { after }),
    ).toBe('BAD_USER_INPUT');
  });

  it('that was changed in one place is refused, wherever that is', async () => {
    const { cursors } = await wholeList(ROOT_LISTS[0] as List, 'TITLE_ASC', 'PUBLISHED');
    const cursor = cursors[2] as string;
    for (let index = 0; index < cursor.length; index += 7) {
      const changed = cursor.slice(0, index) + (cursor[index] === 'A' ? 'B' : 'A') + cursor.slice(index + 1);
      const query = `query ($after: String) { stories(orderBy: TITLE_ASC, after: $after) { nodes { id } } }`;
      expect(await room.asAnonymous().fails(query, { after: changed })).toBe('BAD_USER_INPUT');
    }
  });

  it('of a long title in any script is taken back', async () => {
    const titles = ['他'.repeat(300), '"'.repeat(300), `${'😀'.repeat(140)}x`, 'á'.repeat(300)];
    const made = [];
    for (const title of titles) made.push((await room.make.document({ title, documentType: 'BOOK' })).id);
    const query = `query ($after: String) { documents(filter: { documentType: BOOK }, orderBy: TITLE_ASC, first: 1, after: $after) {
      edges { cursor node { id } } } }`;
    const found: string[] = [];
    for (let after: string | null = null; ;) {
      const { documents }: Answer = await room.asAnonymous().run(query, { after });
      if (documents.edges.length === 0) break;
      found.push(documents.edges[0].node.id);
      after = documents.edges[0].cursor;
    }
    expect(found.toSorted()).toEqual(made.toSorted());
  });

  it('says nothing by its length of how much happens out of sight', async () => {
    const list = nested('actor', 'backlinks');
    const { cursors } = await wholeList(list, null, 'LATEST');
    expect(new Set(cursors.map((cursor) => cursor.length)).size).toBe(1);
  });
});

describe('Paging while others write', () => {
  const EDIT = `mutation ($input: EditActorInput!) { editActor(input: $input) { outcome } }`;

  it.each(['TITLE_ASC', 'TITLE_DESC', 'CREATED_ASC', 'CREATED_DESC', 'UPDATED_ASC', 'UPDATED_DESC'])(
    'in %s tells each actor that stays where it is exactly once',
    async (order) => {
      const own = await openTestNewsroom();
      try {
        const still: string[] = [];
        const moving: string[] = [];
        for (let n = 0; n < 24; n++) {
          still.push((await own.make.actor({ names: [{ text: `Name ${String.fromCodePoint(97 + n)}` }] })).id);
          if (n % 3 === 0)
            moving.push((await own.make.actor({ names: [{ text: `Name ${String.fromCodePoint(97 + n)}x` }] })).id);
        }
        const paging = { goesOn: true };
        let writes = 0;
        let written = (): void => undefined;
        const write = async (id: string | undefined, letter: number): Promise<void> => {
          for (let number = 1; paging.goesOn; number++) {
            const text = `Name ${String.fromCodePoint(97 + ((letter + number * 7) % 26))} again`;
            if (id)
              await own.as('EDITOR').run(EDIT, { input: { id, baseRevision: number, fields: { names: [{ text }] } } });
            else await own.make.actor({ names: [{ text }] });
            writes += 1;
            written();
          }
        };
        const writers = [write(moving[0], 3), write(moving[1], 11), write(moving[2], 17), write(undefined, 5)];
        const query = `query ($after: String) { actors(orderBy: ${order}, first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }`;
        const seen: string[] = [];
        // The list of the last updates grows at its end while it is read: read until all that stood still is told.
        for (let [after, page]: [string | null, number] = [null, 0]; page < 60; page++) {
          const { actors }: Answer = await own.asAnonymous().run(query, { after });
          if (actors.nodes.length === 0) break;
          seen.push(...actors.nodes.map((node: { id: string }) => node.id));
          after = actors.pageInfo.endCursor;
          await new Promise<void>((resolve) => (written = resolve)); // somebody has written meanwhile
        }
        paging.goesOn = false;
        await Promise.all(writers);
        expect(writes).toBeGreaterThan(12);
        expect(seen.filter((id) => still.includes(id)).toSorted()).toEqual(still.toSorted());
        if (order.startsWith('CREATED')) expect(new Set(seen).size).toBe(seen.length);
      } finally {
        await own.close();
      }
    },
  );
});
