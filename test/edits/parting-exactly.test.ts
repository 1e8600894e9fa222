import * as fc from 'fast-check';
import { mergeEntries } from '../../src/edits/merge-entries';
import { unmergeEntry } from '../../src/edits/unmerge-entry';
import { Scope } from '../../src/store/scope';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { type Deed, deeds, everySixth, History, WHOLE_GRAPH } from '../support/past-histories';

jest.setTimeout(180_000);

const LISTS = `query Lists($view: View!) {
  stories(view: $view, orderBy: CREATED_ASC, first: 50) { totalCount nodes { id title } }
  actors(view: $view, orderBy: TITLE_ASC, first: 50) { totalCount nodes { id slug } }
  events(view: $view, orderBy: WHEN_DESC, first: 50) { totalCount nodes { id slug } }
  claims(view: $view, first: 50, orderBy: CREATED_DESC) { totalCount nodes { id } }
  documents(view: $view, first: 50, orderBy: TITLE_DESC) { totalCount nodes { id } }
  citations(view: $view, first: 50, orderBy: CREATED_ASC) { totalCount nodes { id } } }`;

const BY_SLUG = `query BySlug($slug: String!, $view: View!) {
  story(slug: $slug, view: $view) { id } actor(slug: $slug, view: $view) { id } event(slug: $slug, view: $view) { id } }`;

/** Everything that can be asked of a newsroom, by editors and by the public. */
async function everything(room: TestNewsroom, ids: readonly string[]): Promise<Answer> {
  const slugs = (await room.sql('select distinct slug from slug order by slug')).map(({ slug }) => slug);
  const told: Answer = {};
  for (const view of ['LATEST', 'PUBLISHED'] as const) {
    const asker = view === 'LATEST' ? room.as('EDITOR') : room.asAnonymous();
    const addresses = [];
    for (const slug of slugs) addresses.push([slug, await asker.run(BY_SLUG, { slug, view })]);
    const { nodes } = await asker.run(WHOLE_GRAPH, { ids, view });
    told[view] = { nodes, lists: await asker.run(LISTS, { view }), addresses };
  }
  return told;
}

/** What of an entry's own parting and merging leave behind: two revisions, and that it was edited. */
const OF_REVISIONS = new Set(['latestRevision', 'publishedRevision', 'updatedAt', 'publicSince', 'revision', 'second']);
const JOINING = new Set(['MERGE', 'UNMERGE']);

/** An answer without the revisions by which entries took over and gave back; lists of links as sets where their links were made anew. */
function without(survivors: ReadonlySet<string>, renewed: boolean, answer: Answer): Answer {
  const bare = (value: Answer): Answer => {
    if (Array.isArray(value)) return value.map(bare);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).filter(
      ([name]) =>
        !(survivors.has(value.id) && OF_REVISIONS.has(name)) && !(renewed && ['stories', 'told'].includes(name)),
    );
    const own = Object.fromEntries(
      entries.map(([name, part]) => [name, name === 'history' ? historyOf(part) : bare(part)]),
    );
    if (renewed && Array.isArray(own.nodes) && own.pageInfo)
      own.nodes = own.nodes.toSorted((one: Answer, other: Answer) => (one.id < other.id ? -1 : 1));
    return own;
  };
  const historyOf = ({ nodes }: Answer): Answer =>
    bare(nodes.filter(({ action }: Answer) => !JOINING.has(action)).slice(0, 6));
  return bare(answer);
}

interface Row {
  id: string;
  kind: string;
  isPublic: boolean;
}

const root = (room: TestNewsroom): Promise<Row[]> =>
  room.sql(`select id, kind, state = 'PUBLISHED' as "isPublic" from entry
    join revision r on r.entry = id and r.number = 1 where state not in ('DELETED', 'MERGED') order by r.position`);

/** Merges what may be one, by numbers. Gives the one that is merged and the one that stays; null where nothing may. */
async function mergeSome(room: TestNewsroom, dice: number): Promise<{ from: string; into: string } | null> {
  const entries = await root(room);
  const pairs = entries.flatMap((from) =>
    entries.flatMap((into) =>
      from !== into && from.kind === into.kind && from.isPublic === into.isPublic
        ? [{ from: from.id, into: into.id }]
        : [],
    ),
  );
  const pair = pairs[dice % Math.max(1, pairs.length)];
  if (!pair) return null;
  const { outcome } = await mergeEntries(new Scope(room.newsroom, room.as('EDITOR').viewer), pair);
  return outcome === 'SAVED' ? pair : null;
}

const part = (room: TestNewsroom, id: string) =>
  unmergeEntry(new Scope(room.newsroom, room.as('EDITOR').viewer), { id });

async function inRoom(work: (room: TestNewsroom) => Promise<void>): Promise<void> {
  const room = await openTestNewsroom();
  try {
    await work(room);
    expect(await findBreaches(room.sql)).toEqual([]);
  } finally {
    await room.close();
  }
}

const doAll = async (room: TestNewsroom, todo: readonly Deed[]): Promise<string[]> => {
  const history = new History(room);
  for (const deed of todo) await history.do(deed);
  return (await history.entries()).map(({ id }) => id);
};

/** Whether one of the survivors refers to an entry that is merged into it: to itself it does not meanwhile. */
const referToThemselves = async (
  room: TestNewsroom,
  pairs: readonly { from: string; into: string }[],
): Promise<boolean> => {
  const [{ count }] = await room.sql(
    `select count(*)::int as count from link l
      join unnest($1::uuid[], $2::uuid[]) as p (gone, stays) on l.from_entry = p.stays
      where l.until is null or l.until in (select position from change where kind in ('MERGED', 'UNMERGED'))`,
    [pairs.map(({ from }) => from), pairs.map(({ into }) => into)],
  );
  return count > 0 && pairs.length > 0;
};

describe('Merging and parting, with nothing done between', () => {
  it.each([
    ['in the order in which they lie on each other', true, 11],
    ['in any order', false, 12],
  ])('leaves everything that anybody can ask as it was, %s', async (_, isLastFirst, seed) => {
    let parted = 0;
    const property = fc.asyncProperty(
      deeds(30, { withMerging: true }),
      fc.array(fc.nat(1000), { minLength: 4, maxLength: 6 }),
      async (before, dice) =>
        inRoom(async (room) => {
          const ids = await doAll(room, [...everySixth, ...everySixth, ...before]);
          const was = await everything(room, ids);
          const pairs: { from: string; into: string }[] = [];
          for (const die of dice) {
            const pair = await mergeSome(room, die);
            if (pair) pairs.push(pair);
          }
          const left = isLastFirst ? pairs.toReversed() : pairs.slice();
          for (let tries = 0; left.length > 0 && tries < 100; tries++) {
            const [pair] = left.splice(isLastFirst ? 0 : (dice[tries % dice.length] as number) % left.length, 1);
            const { outcome, problems } = await part(room, String(pair?.from));
            if (outcome === 'SAVED') {
              parted += 1;
              expect(problems).toEqual([]);
            } else if (pair) {
              expect(isLastFirst).toBe(false);
              left.push(pair);
            }
          }
          expect(left).toEqual([]);
          const survivors = new Set(pairs.map(({ into }) => into));
          const renewed = await referToThemselves(room, pairs);
          const now = await everything(room, ids);
          expect(without(survivors, renewed, now)).toEqual(without(survivors, renewed, was));
        }),
    );
    await fc.assert(property, {
      numRuns: 2,
      seed: seed,
      endOnFailure: true,
    });
    expect(parted).toBeGreaterThan(4);
  });
});
