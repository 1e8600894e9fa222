import type { CommentRecord } from '../../src/model/comment';
import { commentKey, listComments } from '../../src/store/comments';
import { PUBLISHED_NOW } from '../../src/model/lens';
import type { Run } from '../../src/store/database';
import type { EntryFilter } from '../../src/store/filters';
import { countIncoming, findIncoming, incomingKey, type IncomingRow } from '../../src/store/incoming';
import { findList, listKey, type ListOrder, type ListRequest, type ListRow } from '../../src/store/lists';
import type { PageRequest } from '../../src/store/pages';
import { listWatched, type WatchedRow, watchKey } from '../../src/store/watches';
import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
let hub: string;
let busy: string;
beforeAll(async () => {
  room = await openTestNewsroom();
  hub = (await room.make.actor()).id;
  busy = (await room.make.document()).id;
  await fill();
});
afterAll(() => room.close());

/** Three thousand events and six thousand citations, in both views, made behind the API. */
async function fill(): Promise<void> {
  await room.sql(
    `
    with made as materialized (
      select gen_random_uuid() as id, n, case when n % 3 = 0 then 'EVENT' else 'CITATION' end as kind from generate_series(1, 9000) n
    ), entries as (
      insert into entry (id, kind, state, latest, published, accepted) select id, kind, 'PUBLISHED', 1, 1, 1 from made
    ), showing as (
      insert into shown (entry, view, revision, format, kind, title, sort_title, slug, language, state, since, at, earliest, latest, facets, content)
        select id, v.view, 1, 1, kind, 'Title ' || md5(n::text), 'title ' || md5(n::text), null, 'en', 'PUBLISHED',
            now() - n * interval '1 minute', now() - n % 777 * interval '1 hour',
            case when n % 4 > 0 then timestamp '2000-01-01' + n % 999 * interval '1 day' end,
            case when n % 4 > 0 then timestamp '2000-01-02' + n % 999 * interval '1 day' end, '{"stance": "ASSERTS"}', '{}'
          from made cross join (values ('LATEST'), ('PUBLISHED')) as v (view)
    )
    insert into link (from_entry, field, item, to_entry, view, since)
      select id, f.field, '', case when f.field = 'chain.actor' then $1::uuid else $2::uuid end, v.view, n
        from made cross join (values ('LATEST'), ('PUBLISHED')) as v (view)
          cross join (values ('chain.actor'), ('document')) as f (field)
        where kind = 'CITATION'`,
    [hub, busy],
  );
  await room.sql(
    `with numbered as materialized (
      select e.id, u.id as author, 100 + row_number() over (order by e.id) as n
        from entry e cross join (select id from "user" limit 1) u
        where not exists (select from revision r where r.entry = e.id)
    ),
    revisions as (
      insert into revision (entry, number, format, action, author, minor, content, hash, position, at, review, public_position, public_at)
        select id, 1, 1, 'CREATE', author, false, '{"title": "A title"}', '', n, now(), 'ACCEPTED', n, now() from numbered
    )
    insert into change (position, at, kind, entry, revision, latest, published, state)
      select n, now(), 'CREATED', id, 1, 1, 1, 'PUBLISHED' from numbered`,
  );
  for (const table of ['revision', 'change']) await room.sql(`vacuum analyze ${table}`);
  await room.sql('vacuum analyze shown');
  await room.sql('vacuum analyze link');
  await room.sql('vacuum analyze entry');
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** Explains what would be run, and says every step of the plan with the rows that it made. */
async function explain(work: (run: Run) => Promise<unknown>): Promise<Plan[]> {
  const steps: Plan[] = [];
  const walk = (plan: Plan): void => {
    steps.push(plan);
    plan.Plans?.forEach(walk);
  };
  const run = (async (_name: string, text: string, values: unknown[] = []) => {
    const [row] = await room.sql(`explain (analyze, format json) ${text}`, values);
    walk(row['QUERY PLAN'][0].Plan);
    return [];
  }) as Run;
  await work(run);
  return steps;
}

const pageOf = (given: Partial<PageRequest>): PageRequest => ({
  list: '',
  limit: 20,
  fromEnd: false,
  after: null,
  before: null,
  ...given,
});

/** No step reads more than what the page and a little around it need. */
function assertCheap(steps: Plan[], most: number): void {
  const rowsOf = (step: Plan): number =>
    ((step['Actual Rows'] ?? 0) + (step['Rows Removed by Filter'] ?? 0)) * (step['Actual Loops'] ?? 0);
  const heavy = steps.filter((step) => rowsOf(step) > most);
  expect(heavy).toEqual([]);
  // PostgreSQL 15 shows the plan that it kept in reserve, too; it was never run.
  const ran = steps.filter((step) => (step['Actual Loops'] ?? 0) > 0);
  expect(ran.map((step) => step['Node Type']).filter((type) => type === 'Seq Scan')).toEqual([]);
}

const ORDERS: ListOrder[] = [
  'UPDATED_DESC',
  'UPDATED_ASC',
  'CREATED_DESC',
  'CREATED_ASC',
  'TITLE_ASC',
  'TITLE_DESC',
  'WHEN_ASC',
  'WHEN_DESC',
];

describe('A page of a long list', () => {
  it.each(ORDERS)('by %s is read out of an index in its order, the first as the thousandth', async (order) => {
    const { run } = room.newsroom.database;
    for (const filter of [{}, { and: [{ not: { state: 'DRAFT' } }] }] as EntryFilter[]) {
      const list: ListRequest = { kind: 'EVENT', view: 'PUBLISHED', filter, order, newsroom: false };
      let last: ListRow | undefined;
      for (let page = 0; page < 40; page++)
        last = (await findList(run, list, pageOf({ limit: 100, after: last ? listKey(last) : null })))[99] ?? last;
      const deep = listKey(last as ListRow);
      for (const page of [
        pageOf({}),
        pageOf({ fromEnd: true }),
        pageOf({ after: deep }),
        pageOf({ fromEnd: true, before: deep }),
      ]) {
        const steps = await explain((explained) => findList(explained, list, page));
        assertCheap(steps, 60);
        expect(steps.map((step) => step['Node Type'])).not.toContain('Sort');
      }
    }
  });
});

describe('A page of what refers to one entry thousands of times', () => {
  it.each([
    ['statements', () => hub, ['chain.actor'], ['CITATION' as const]],
    ['citedIn', () => busy, ['document'], ['CITATION' as const]],
    ['backlinks', () => hub, null, null],
    ['backlinks of several kinds', () => hub, null, ['CITATION' as const, 'STORY' as const]],
    ['stories, of which there are none', () => hub, ['cast.actor', 'body', 'timeline.note'], ['STORY' as const]],
  ])(
    'as %s is read out of an index in its order, the first as the thousandth',
    async (_name, parent, fields, kinds) => {
      const { run } = room.newsroom.database;
      const referrers = { fields, kinds };
      const rows = await findIncoming(run, PUBLISHED_NOW, referrers, [parent()], pageOf({ limit: 5000 }));
      const deep = rows.length > 0 ? incomingKey(rows.at(-1) as IncomingRow) : null;
      for (const page of [
        pageOf({}),
        pageOf({ fromEnd: true }),
        pageOf({ after: deep }),
        pageOf({ fromEnd: true, before: deep }),
      ])
        assertCheap(
          await explain((explained) => findIncoming(explained, PUBLISHED_NOW, referrers, [parent()], page)),
          200,
        );
    },
  );

  it.each([
    ['statements', () => hub, ['chain.actor'], ['CITATION' as const]],
    ['citedIn', () => busy, ['document'], ['CITATION' as const]],
    ['backlinks', () => hub, null, null],
    ['stories, of which there are none', () => hub, ['cast.actor', 'body', 'timeline.note'], ['STORY' as const]],
  ])('as %s as of a moment is read out of an index, too', async (_name, parent, fields, kinds) => {
    const { run } = room.newsroom.database;
    const then = { view: 'PUBLISHED', asOf: 20_000n } as const;
    const referrers = { fields, kinds };
    const rows = await findIncoming(run, then, referrers, [parent()], pageOf({ limit: 3000 }));
    const deep = rows.length > 0 ? incomingKey(rows.at(-1) as IncomingRow) : null;
    if (kinds?.[0] !== 'STORY') expect(rows.length).toBeGreaterThan(2900);
    for (const page of [pageOf({}), pageOf({ fromEnd: true }), pageOf({ after: deep })])
      assertCheap(await explain((explained) => findIncoming(explained, then, referrers, [parent()], page)), 200);
  });

  it('is counted once, with no look at contents', async () => {
    const steps = await explain((run) =>
      countIncoming(run, PUBLISHED_NOW, { fields: ['chain.actor'], kinds: ['CITATION'] }, [hub]),
    );
    expect(steps.length).toBeGreaterThan(1);
  });
});

describe('What is said and watched thousands of times', () => {
  let user: string;
  let asked: string;
  beforeAll(async () => {
    user = room.as('EDITOR').viewer?.user.uuid as string;
    const insert = `insert into comment (id, entry, revision, body, author, created_at, parent, since, until)
      select gen_random_uuid(), $1, 1, 'Hm.', $2, now() + n * interval '1 minute', $3, 0, case when n % 3 = 0 then 1 end
        from generate_series(1, 3000) n`;
    await room.sql(insert, [hub, user, null]);
    [{ id: asked }] = await room.sql('select id from comment where until is null limit 1');
    await room.sql(insert, [hub, user, asked]);
    await room.sql(`insert into comment (id, entry, revision, body, author, parent, since)
      select gen_random_uuid(), entry, 1, 'So.', author, id, 0 from comment where parent is null`);
    await room.sql(
      `insert into watch (user_id, entry, since)
        select $1, entry, now() + row_number() over () * interval '1 minute' from shown where view = 'LATEST'`,
      [user],
    );
    for (const table of ['comment', 'watch']) await room.sql(`vacuum analyze ${table}`);
  });

  it('is read out of indexes in its order, the first page as the last', async () => {
    const { run } = room.newsroom.database;
    for (const [list, parent] of [
      ['entry', hub],
      ['parent', asked],
    ] as const)
      for (const fromEnd of [false, true]) {
        const rows = await listComments(run, null, list, [parent], pageOf({ fromEnd, limit: 1900 }));
        const bound = { [fromEnd ? 'before' : 'after']: commentKey(rows.at(-1) as CommentRecord) };
        for (const page of [pageOf({ fromEnd }), pageOf({ fromEnd, ...bound })])
          assertCheap(await explain((explained) => listComments(explained, null, list, [parent], page)), 200);
      }
    const rows = await listWatched(run, 'LATEST', [user], pageOf({ limit: 8000 }));
    for (const after of [null, watchKey(rows.at(-1) as WatchedRow)])
      assertCheap(await explain((explained) => listWatched(explained, 'LATEST', [user], pageOf({ after }))), 200);
  });
});
