import * as fc from 'fast-check';
import { sha256 } from '../../src/base/hash';
import { editEntry } from '../../src/edits/edit-entry';
import { publishEntry } from '../../src/edits/publish-entry';
import { deleteEntry, restoreEntry } from '../../src/edits/delete-entry';
import { mergeEntries } from '../../src/edits/merge-entries';
import { carryOut } from '../../src/edits/plan';
import { revertEntry, undoRevision } from '../../src/edits/take-back';
import { unmergeEntry } from '../../src/edits/unmerge-entry';
import { accepted, type Draft, waiting } from '../../src/edits/write-draft';
import type { Content, EntryKind } from '../../src/model/entry';
import { lockEntries } from '../../src/store/locks';
import { rebuildDerived } from '../../src/store/rebuild';
import { findContents } from '../../src/store/revisions';
import { Scope, type Viewer } from '../../src/store/scope';
import { inTransaction } from '../../src/store/transaction';
import { loadSample } from '../../src/tools/load-sample';
import { describeRebuild } from '../../src/tools/rebuild';
import { CONTENTS, ENTRIES } from '../support/arbitrary-contents';
import { DAMAGES, withPart } from '../support/damages';
import { findBreaches } from '../support/invariants';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

jest.setTimeout(120_000);

const NOTHING = { shown: 0, link: 0, slug: 0, text: 0 };
const check = (room: TestNewsroom) => rebuildDerived(room.newsroom, { isCheck: true });
const rebuild = async (room: TestNewsroom) => (await rebuildDerived(room.newsroom)).wrong;

/** Every row that is derived, as far as it says something (the ids of links are only numbers); by table. */
async function dump(room: TestNewsroom, withMoments = true): Promise<Answer> {
  const since = withMoments ? 'since' : `case when field not in ('body', 'timeline.note') then since end`;
  const [row] = await room.sql(`select
    (select json_agg(s order by s.entry, s.view) from shown s) as shown,
    (select json_agg(s order by s.entry, s.view) from shown_before s) as shown_before,
    (select json_agg(l order by l::text) from (
      select from_entry, view, field, item, to_entry, wanted_kind, wanted_slug, until, ${since} as since from link) l) as link,
    (select json_agg(a order by a.kind, a.slug) from slug a) as slug,
    (select json_agg(json_build_array(hash, links) order by hash) from text) as text`);
  return row;
}

/** Rows as they lie on the disk: whoever writes one, even as it was, changes this. */
const versions = (room: TestNewsroom): Promise<Answer[]> =>
  room.sql(`select 'shown' as t, ctid::text, xmin::text from shown union all select 'aside', ctid::text, xmin::text from shown_before union all select 'link', ctid::text, xmin::text from link
    union all select 'slug', ctid::text, xmin::text from slug union all select 'text', ctid::text, xmin::text from text
    order by 1, 2, 3`);

const SLUGS = ['guard', 'vote', 'arrest', 'airport', 'caracas', 'court'];
const WIKI_TEXTS = [
  'Nothing.',
  'The [[story:guard]] of [[actor:vote|the vote]].',
  '[[story:arrest]] [[story:airport]] [[actor:guard]]',
  '[[actor:caracas]] and [[story:court]], [[story:vote]]',
];
const TEXTS = new Map(WIKI_TEXTS.map((text) => [sha256(text), text]));
const KINDS: readonly EntryKind[] = ['STORY', 'STORY', 'STORY', 'ACTOR', 'ACTOR', 'ACTOR'];

interface Act {
  readonly entry: number;
  readonly content: Content | null;
  readonly isAccepted: boolean;
  /** What is done where no content is written, and to which revision. */
  readonly how: 'PUBLISH' | 'REVERT' | 'UNDO' | 'DELETE' | 'RESTORE' | 'MERGE' | 'UNMERGE';
  readonly target: number;
}

const body = fc.option(fc.constantFrom(...TEXTS.keys()));
const contentOf = (entry: number, slugs: readonly string[]): fc.Arbitrary<Content> =>
  fc
    .record({
      content: KINDS[entry] === 'STORY' ? CONTENTS.STORY : CONTENTS.ACTOR,
      slug: fc.constantFrom(...slugs),
      body,
      note: fc.constantFrom(...WIKI_TEXTS),
    })
    .map(({ content, slug, body: text, note }) => {
      const timeline = content.timeline as { note: string }[] | undefined;
      const noted = timeline && { timeline: timeline.map((item, n) => (n % 2 === 0 ? { ...item, note } : item)) };
      return { ...content, ...noted, slug, body: text };
    });

/** An edit (some accepted at once), the publication of what is the newest revision, or something taken or brought back. */
const actsWith = (slugsOf: (entry: number) => readonly string[]): fc.Arbitrary<Act[]> => {
  const act = fc.nat({ max: 5 }).chain((entry) =>
    fc.record({
      entry: fc.constant(entry),
      content: fc.option(contentOf(entry, slugsOf(entry)), { freq: 2 }),
      isAccepted: fc.boolean(),
      how: fc.constantFrom(
        'PUBLISH',
        'PUBLISH',
        'REVERT',
        'UNDO',
        'DELETE',
        'RESTORE',
        'RESTORE',
        'MERGE',
        'MERGE',
        'UNMERGE',
      ),
      target: fc.nat({ max: 9 }),
    }),
  );
  return fc.array(act, { minLength: 5, maxLength: 20 });
};

const FIRST: Record<string, Content> = {
  STORY: { language: 'en', headline: 'A', summary: null, body: null, topics: [], timeline: [], cast: [], related: [] },
  ACTOR: {
    language: 'en',
    actorType: 'PERSON',
    names: [{ id: 'i1', text: 'A', kind: 'OFFICIAL', language: null, preferred: true, usedIn: [] }],
    description: null,
    body: null,
    roles: [],
    relations: [],
    identifiers: [],
    anonymity: null,
  },
};

/** Writes a content as an edit would, whatever its references are; what cannot be written (a slug is taken) is not. Gives how many revisions that made. */
async function write(room: TestNewsroom, index: number, content: Content, isAccepted: boolean): Promise<number> {
  const id = ENTRIES[index] as string;
  const kind = KINDS[index] as EntryKind;
  const viewer = room.as('EDITOR').viewer as Viewer;
  return inTransaction(new Scope(room.newsroom, viewer), async ({ run, rollBack }) => {
    const [was = null] = await lockEntries(run, [id]);
    const [before] = was ? await findContents(run, [{ entry: id, number: was.latest }]) : [];
    if (was?.state === 'DELETED' || was?.isMerged) return rollBack(0);
    const draft: Draft = {
      entry: id,
      kind,
      author: viewer.user.uuid,
      was,
      base: was?.latest ?? null,
      action: was ? 'EDIT' : 'CREATE',
      target: null,
      content,
      slugIsMade: false,
      texts: TEXTS,
      summary: null,
      minor: false,
      fate: isAccepted ? accepted(was) : waiting(was),
    };
    const [result] = await carryOut(run, [{ draft, before: before?.content ?? null, outcome: 'SAVED' }]);
    return result?.outcome === 'SAVED' ? 1 : rollBack(0);
  });
}

/** Does something to an entry. Gives how many revisions that made, but for those of merging and parting. */
async function perform(room: TestNewsroom, { entry, content, isAccepted, how, target }: Act): Promise<number> {
  if (content) return write(room, entry, content, isAccepted);
  const id = ENTRIES[entry] as string;
  const [{ latest }] = await room.sql('select latest from entry where id = $1', [id]);
  const scope = new Scope(room.newsroom, room.as('EDITOR').viewer);
  const acts = {
    PUBLISH: () => publishEntry(scope, { id, revision: latest }),
    REVERT: () => revertEntry(scope, { id, baseRevision: latest, toRevision: 1 + (target % latest) }),
    UNDO: () => undoRevision(scope, { id, revision: 1 + (target % latest) }),
    DELETE: () => deleteEntry(scope, { id, baseRevision: latest }),
    RESTORE: () => restoreEntry(scope, { id }),
    MERGE: () => mergeEntries(scope, { from: id, into: ENTRIES[entry < 3 ? target % 3 : 3 + (target % 3)] as string }),
    UNMERGE: () => unmergeEntry(scope, { id }),
  };
  const { revisionNumber } = await acts[how]();
  return ['PUBLISH', 'MERGE', 'UNMERGE'].includes(how) || revisionNumber === null ? 0 : 1;
}

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

/** Six entries, written and published in a random way, and nothing else. */
async function makeHistory(acts: readonly Act[]): Promise<void> {
  await room.sql(
    'truncate webhook, delivery, entry, revision, text, change, shown, shown_before, link, slug, idempotency, redirect, concealment, changeset, correction, withdrawal, protection, unsettled, comment, watch, judgement',
  );
  for (const [index, kind] of KINDS.entries())
    await write(room, index, { ...(FIRST[kind] as Content), slug: `first-${index}` }, index % 2 === 0);
  for (const one of acts) await perform(room, one);
}

/** Addresses that an entry may take without taking another's, and of which texts name one at most. */
const own = (entry: number): readonly string[] => [`first-${entry}`, SLUGS[entry % 3] as string, `${entry}-later`];

const damage = fc.record({ statement: fc.constantFrom(...DAMAGES), seed: fc.nat({ max: 1000 }) });

describe('After any history of edits and publications', () => {
  it('everything derived is as a rebuilding would make it, and rebuilding writes no row', async () => {
    await fc.assert(
      fc.asyncProperty(actsWith(own), async (acts) => {
        await makeHistory(acts);
        expect(await check(room)).toEqual({ wrong: NOTHING, first: [] });
        const before = await versions(room);
        expect(await rebuild(room)).toEqual(NOTHING);
        expect(await versions(room)).toEqual(before);
      }),
      { numRuns: 15, interruptAfterTimeLimit: 40_000 },
    );
  });

  const restores = (slugsOf: (entry: number) => readonly string[], withMoments: boolean) =>
    fc.assert(
      fc.asyncProperty(actsWith(slugsOf), fc.array(damage, { minLength: 1, maxLength: 4 }), async (acts, damages) => {
        await makeHistory(acts);
        await rebuild(room);
        const before = await dump(room, withMoments);
        for (const { statement, seed } of damages) await room.sql(withPart(statement, seed));
        const isDamaged = JSON.stringify(await dump(room, withMoments)) !== JSON.stringify(before);
        expect((await check(room)).first.length > 0).toBe(isDamaged);
        await rebuild(room);
        expect(await dump(room, withMoments)).toEqual(before);
        expect(await findBreaches(room.sql)).toEqual([]);
        expect(await rebuild(room)).toEqual(NOTHING);
      }),
      { numRuns: 15, interruptAfterTimeLimit: 60_000 },
    );

  it('rebuilding restores whatever was damaged, to the moment since when a link holds, and then finds nothing', () =>
    restores(own, true));

  it('that holds too where addresses that nobody saw went from entry to entry, but for the moments of wiki links', () =>
    restores(() => SLUGS, false));
});

/** Lists in their orders, pages by address old and new, and what refers to what. */
const READS = `query Reads($view: View!) {
  stories(view: $view, orderBy: UPDATED_DESC, first: 50) { nodes {
    id slug headline state createdAt updatedAt bodyHtml language
    cast { actor { id title } } backlinks { nodes { id } totalCount } } totalCount }
  actors(view: $view, first: 50) { nodes { id title backlinks { nodes { id } totalCount } } totalCount }
  events(view: $view, orderBy: WHEN_ASC, first: 50) { nodes { id title } totalCount }
  first: story(slug: "first-page", view: $view) { id }
  old: story(slug: "old-page", view: $view) { id } }`;

describe('A newsroom whose derived tables were lost', () => {
  it('answers every read as before once it was rebuilt, to the public and to editors', async () => {
    await makeHistory([]);
    const actor = await room.make.actor({ body: 'See [[story:first-page]].' });
    const event = await room.make.event({ title: 'Vote', when: { edtf: '2014-12' } });
    const draft = await room.make.actor({}, { publish: false });
    const story = await room.make.story({
      slug: 'old-page',
      body: `[[actor:nobody]] [[claim:${(await room.make.claim()).id}]]`,
      cast: [{ actor: actor.id }, { actor: draft.id }],
      timeline: [{ event: event.id, note: '[[story:old-page|itself]]' }],
    });
    const scope = new Scope(room.newsroom, room.as('EDITOR').viewer);
    await editEntry(scope, 'STORY', { id: story.id, baseRevision: 1, fields: { slug: 'first-page' } });
    const contributor = new Scope(room.newsroom, room.as('CONTRIBUTOR').viewer);
    await editEntry(contributor, 'STORY', { id: story.id, baseRevision: 2, fields: { headline: 'Waiting', cast: [] } });
    const ask = async () => [
      await room.asAnonymous().run(READS, { view: 'PUBLISHED' }),
      await room.as('EDITOR').run(READS, { view: 'LATEST' }),
    ];
    const before = await ask();
    await room.sql('delete from link where until is null');
    await room.sql(`truncate shown, shown_before, slug`);
    await room.sql(`update text set links = '[]'`);
    expect(await ask()).not.toEqual(before);
    await rebuild(room);
    expect(await ask()).toEqual(before);
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('is told by a check, table by table, which writes nothing', async () => {
    await makeHistory([]);
    const { id } = await room.make.story({ slug: 'checked', cast: [{ actor: (await room.make.actor()).id }] });
    await room.sql(`update shown set title = 'x' where entry = $1`, [id]);
    await room.sql('delete from link where from_entry = $1', [id]);
    await room.sql(`update slug set public_since = null where slug = 'checked'`);
    const before = await versions(room);
    const report = await check(room);
    expect(await versions(room)).toEqual(before);
    expect(report.wrong).toEqual({ shown: 2, link: 2, slug: 1, text: 0 });
    expect(new Set(report.first.map((finding) => finding.id))).toEqual(new Set([id]));
    expect(describeRebuild(report, true)).toEqual([
      'shown: 2 wrong',
      'link: 2 wrong',
      'slug: 1 wrong',
      'text (links): 0 wrong',
      `slug of ${id}: 1 row`,
      `shown of ${id}: 1 row`,
      `shown of ${id}: 1 row`,
      `link of ${id}: 2 rows`,
    ]);
  });

  it('is put right in part where the rebuilding was stopped, and in whole by the next', async () => {
    await makeHistory([]);
    for (let n = 0; n < 3; n++) await room.make.story({ body: '[[story:first-0]]', slug: `stopped-${n}` });
    await room.sql('delete from link');
    await room.sql(`update shown set sort_title = 'x'`);
    await room.sql('delete from slug');
    const stop = new Error('stopped');
    let batches = 0;
    const onProgress = (): void => {
      if (++batches === 2) throw stop;
    };
    await expect(rebuildDerived(room.newsroom, { onProgress })).rejects.toBe(stop);
    expect(await check(room)).toMatchObject({ wrong: { slug: 0 } });
    expect((await rebuild(room)).shown).toBeGreaterThan(0);
    expect(await findBreaches(room.sql)).toEqual([]);
  });
});

describe('Links that a writer leaves behind', () => {
  const linksOf = (entry: string): Promise<Answer[]> =>
    room.sql(
      `select to_entry, since::int, until::int from link where from_entry = $1 and view = 'LATEST' order by since, id`,
      [entry],
    );
  const rename = (id: string, baseRevision: number, slug: string) =>
    editEntry(new Scope(room.newsroom, room.as('CONTRIBUTOR').viewer), 'STORY', { id, baseRevision, fields: { slug } });

  it('to an address that changed hands unseen lead to its new entry, since it has the address', async () => {
    await makeHistory([]);
    const one = await room.make.story({ slug: 'unseen' }, { publish: false });
    const naming = await room.make.story({ body: 'See [[story:unseen]].' }, { publish: false });
    await rename(one.id, 1, 'elsewhere');
    await room.make.story({ slug: 'unseen' }, { publish: false });
    const right = await linksOf(naming.id);
    // As writers left it once.
    await room.sql('delete from link where from_entry = $1 and until is null', [naming.id]);
    await room.sql('update link set until = null where from_entry = $1', [naming.id]);
    await rebuild(room);
    expect(await linksOf(naming.id)).toEqual(right);
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('to one story by two addresses, both of which were wanted, are one', async () => {
    await makeHistory([]);
    const naming = await room.make.story({ body: '[[story:wanted-a]] [[story:wanted-b]]' }, { publish: false });
    const { id } = await room.make.story({ slug: 'wanted-a' }, { publish: false });
    await rename(id, 1, 'wanted-b');
    await rebuild(room);
    expect((await linksOf(naming.id)).filter((link) => link.until === null)).toHaveLength(1);
    expect(await findBreaches(room.sql)).toEqual([]);
  });

  it('in public end where an entry is shown to the public no more; a deleted one keeps its own in the newsroom', async () => {
    await makeHistory([]);
    const story = await room.make.story({ cast: [{ actor: (await room.make.actor()).id }] });
    await room.sql(
      `with e as (update entry set state = 'DELETED' where id = $1 returning *)
        insert into change (position, at, kind, public_kind, entry, revision, previous, latest, published, state)
          select (select max(position) + 1 from change), (select max(at) from change), 'DELETED', 'DELETED', id, 1, 1, 1,
            published, state from e`,
      [story.id],
    );
    expect(await rebuild(room)).toEqual({ shown: 2, link: 1, slug: 0, text: 0 });
    expect(await room.sql('select view, state from shown where entry = $1', [story.id])).toEqual([
      { view: 'LATEST', state: 'DELETED' },
    ]);
    const [{ head }] = await room.sql('select max(position)::int as head from change');
    expect(await room.sql('select view, until::int from link where from_entry = $1 order by view', [story.id])).toEqual(
      [
        { view: 'LATEST', until: null },
        { view: 'PUBLISHED', until: head },
      ],
    );
    expect(await rebuild(room)).toEqual(NOTHING);
  });
});

describe('Rebuilding beside editors', () => {
  it('loses none of their edits, breaks nothing, and leaves everything as derived', async () => {
    await makeHistory([]);
    for (const statement of DAMAGES.filter((one) => /^update (shown|text)/.test(one)))
      await room.sql(withPart(statement, 1));
    const histories = fc.sample(fc.array(actsWith(own), { minLength: 4, maxLength: 4 }), { numRuns: 4, seed: 7 });
    const progress = { made: KINDS.length, editors: histories.length };
    const editing = histories.map(async (acts) => {
      for (const act of acts.flat()) {
        const made = await perform(room, act);
        progress.made += made;
      }
      progress.editors -= 1;
    });
    let runs = 0;
    const rebuilding = async (): Promise<void> => {
      for (; progress.editors > 0; runs++) await rebuild(room);
    };
    await Promise.all([...editing, rebuilding()]);
    expect(runs).toBeGreaterThan(1);
    expect(await check(room)).toEqual({ wrong: NOTHING, first: [] });
    expect(await findBreaches(room.sql)).toEqual([]);
    const [{ count }] = await room.sql(
      `select count(*)::int as count from revision where action not in ('MERGE', 'UNMERGE')`,
    );
    expect(count).toBe(progress.made);
    const [row] = await room.sql('select deadlocks::int from pg_stat_database where datname = current_database()');
    expect(row.deadlocks).toBe(0);
  });
});

describe('The whole sample', () => {
  it('is rebuilt without a change', async () => {
    await makeHistory([]);
    await room.sql(
      'truncate webhook, delivery, entry, revision, text, change, shown, shown_before, link, slug, idempotency, redirect, concealment, changeset, correction, withdrawal, protection, unsettled, comment, watch, judgement',
    );
    expect(await loadSample(room.newsroom, 'sample')).toBeGreaterThan(100);
    const before = await versions(room);
    expect(await rebuild(room)).toEqual(NOTHING);
    expect(await versions(room)).toEqual(before);
  });
});
