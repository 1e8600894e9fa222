import { rebuildDerived } from '../../src/store/rebuild';
import { endedLinks, holdings, importInto, linesOf } from './copies';
import { findBreaches } from './invariants';
import { openTestNewsroom, type TestNewsroom } from './newsroom';
import { WHOLE_GRAPH } from './past-histories';

const LOOKS = [
  { view: 'LATEST', asker: (room: TestNewsroom) => room.as('EDITOR') },
  { view: 'PUBLISHED', asker: (room: TestNewsroom) => room.asAnonymous() },
] as const;

/** Of many entries some are asked about, for each is asked all that there is. */
const MOST_ASKED = 40;

const LISTS = `query Lists($view: View!) {
  ${['stories', 'actors', 'events', 'claims', 'documents']
    .map(
      (list) =>
        `${list}(view: $view, orderBy: CREATED_ASC, first: 100) { totalCount nodes { id title slug state createdAt updatedAt } }`,
    )
    .join('\n')} }`;
/** Every address, asked for in one query. */
const bySlug = (slugs: readonly { kind: string; slug: string }[]): string => `query BySlug($view: View!) {
  ${slugs.map(({ kind, slug }, n) => `a${n}: ${kind.toLowerCase()}(slug: "${slug}", view: $view) { id title }`).join('\n')} }`;

/** What readers and editors are answered, of all entries, lists and addresses. */
async function answersOf(room: TestNewsroom, ids: readonly string[], asOf: Date | null): Promise<unknown[]> {
  const slugs = await room.sql('select kind, slug from slug order by kind, slug');
  const answers: unknown[] = [];
  for (const { view, asker } of LOOKS) {
    for (let from = 0; from < ids.length; from += 5) {
      const variables = { ids: ids.slice(from, from + 5), view, asOf: asOf && { time: asOf.toISOString() } };
      answers.push((await asker(room).run(WHOLE_GRAPH, variables)).nodes);
    }
    if (asOf) continue;
    answers.push(await asker(room).run(LISTS, { view }));
    if (slugs.length > 0) answers.push(await asker(room).run(bySlug(slugs), { view }));
  }
  return answers;
}

/** A newsroom that has taken over all that another one holds. */
export async function copyOf(room: TestNewsroom): Promise<TestNewsroom> {
  const copy = await openTestNewsroom();
  await importInto(copy, await linesOf(room));
  return copy;
}

/** That a copy holds what the original holds, to the row, and is as every newsroom must be. */
export async function expectSameRows(copy: TestNewsroom, room: TestNewsroom): Promise<void> {
  const [theirs, ours] = [await holdings(copy), await holdings(room)];
  for (const table of Object.keys(ours)) expect([table, theirs[table]]).toEqual([table, ours[table]]);
  const [{ hidden }] = await room.sql('select count(*)::int as hidden from revision where hidden_at is not null');
  const [{ gone }] = await copy.sql('select count(*)::int as gone from revision where content is null');
  expect(gone).toBe(hidden);
  expect(await endedLinks(copy)).toEqual(await endedLinks(room));
  // What was erased, or put out of sight, takes its texts along.
  const texts = new Set((await room.sql('select hash from text')).map((row) => row.hash));
  for (const { hash } of await copy.sql('select hash from text')) expect([hash, texts.has(hash)]).toEqual([hash, true]);
  expect(await findBreaches(copy.sql)).toEqual([]);
  expect((await rebuildDerived(copy.newsroom, { isCheck: true })).wrong).toEqual({
    shown: 0,
    link: 0,
    slug: 0,
    text: 0,
  });
}

/** That a copy holds what the original holds, and answers as it does, now and as of some moments. */
export async function expectAlike(
  copy: TestNewsroom,
  room: TestNewsroom,
  moments: readonly number[] = [],
): Promise<void> {
  await expectSameRows(copy, room);
  const all = (await room.sql('select id from entry order by id')).map((row) => row.id);
  const ids = all.filter((_, index) => index % Math.ceil(all.length / MOST_ASKED) === 0);
  expect(await answersOf(copy, ids, null)).toEqual(await answersOf(room, ids, null));
  for (const position of moments) {
    const [row] = await room.sql('select at from change where position = $1', [position]);
    expect(await answersOf(copy, ids, row.at)).toEqual(await answersOf(room, ids, row.at));
  }
}
