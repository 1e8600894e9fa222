import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { PUBLISHED_NOW } from '../../src/model/lens';
import { View } from '../../src/model/lens';
import { essentialFields } from '../../src/rules/derive';
import { type FeedFilter, findHolding, readChanges } from '../../src/store/feed';
import { findHoldersNow } from '../../src/store/holding';
import { openDesk } from '../support/desk';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { deeds, everySixth, History } from '../support/past-histories';

const ALL: Omit<FeedFilter, 'view'> = { kinds: null, entryKinds: null, entries: null, story: null, watchedBy: null };
const PAGE = { after: 0n, limit: 10_000 };

const LEAVINGS = new Set(['DELETE', 'WITHDRAW', 'REJECT']);

let room: TestNewsroom;
let reference: Reference;
beforeAll(async () => {
  room = await openTestNewsroom();
  const history = new History(room, { most: 30 });
  const [random = []] = fc.sample(deeds(400), { numRuns: 1, seed: 11 });
  // What is taken away comes back seldom: most of it stays.
  const some = random.filter(({ act, dice }) => !LEAVINGS.has(act) || (dice[0] as number) % 8 === 0);
  for (const deed of [...everySixth, ...some]) await history.do(deed);
  reference = await Reference.read(room);
});
afterAll(() => room.close());

interface Link {
  from: string;
  to: string;
  view: View;
  field: string;
  item: string;
  since: number;
  until: number;
}

const lists = new Set(essentialFields.map((field) => field.slice(0, field.indexOf('.'))));

/** What stories hold, looked up in the plainest way: all links of a moment, step by step. */
class Reference {
  private constructor(
    private readonly kinds: ReadonlyMap<string, string>,
    private readonly links: readonly Link[],
    private readonly ledger: readonly Answer[],
    private readonly open: ReadonlySet<string>,
  ) {}

  static async read({ sql }: TestNewsroom): Promise<Reference> {
    const entries = await sql('select id, kind from entry');
    return new Reference(
      new Map(entries.map(({ id, kind }) => [id, kind])),
      await sql(`select from_entry as from, to_entry as to, view, field, item, since::int as since,
        coalesce(until, 1000000)::int as until from link where to_entry is not null`),
      await sql('select position::int as position, entry, state from change order by position'),
      new Set((await sql(`select entry from shown where view = 'PUBLISHED'`)).map(({ entry }) => entry)),
    );
  }

  stories(): string[] {
    return [...this.kinds].filter(([, kind]) => kind === 'STORY').map(([id]) => id);
  }

  /** Whether a view listed an entry at a position; what is not public now it lists at none. */
  private isListed(id: string, view: View, position: number): boolean {
    const state = this.ledger.findLast((row) => row.entry === id && row.position <= position)?.state;
    if (view === 'PUBLISHED') return state === 'PUBLISHED' && this.open.has(id);
    return state !== undefined && state !== 'DELETED';
  }

  /** Links of a moment; those that end with a change at it are there, too. */
  private linksFrom(id: string, view: View, position: number): Link[] {
    return this.links.filter(
      (link) => link.from === id && link.view === view && link.since <= position && link.until >= position,
    );
  }

  /** An item whose reference is not shown is left out with all that it links to. */
  private isTold(link: Link, position: number): boolean {
    if (link.view === 'LATEST' || link.item === '' || essentialFields.includes(link.field)) return true;
    if (!lists.has(link.field.slice(0, link.field.indexOf('.')))) return true;
    return this.linksFrom(link.from, link.view, position)
      .filter(({ item, field, until }) => item === link.item && essentialFields.includes(field) && until > position)
      .every(({ to }) => this.isListed(to, link.view, position));
  }

  /** All that a story held in a view at a position. */
  held(story: string, view: View, position: number): Set<string> {
    const found = new Set([story]);
    if (!this.isListed(story, view, position)) return found;
    const isListed = (id: string): boolean => this.isListed(id, view, position);
    const linksFrom = (id: string): Link[] => this.linksFrom(id, view, position);
    const told = [
      story,
      ...linksFrom(story)
        .filter((link) => this.isTold(link, position))
        .map(({ to }) => to),
    ];
    for (const one of told) {
      found.add(one);
      if (!isListed(one)) continue;
      if (one !== story && ['EVENT', 'CLAIM'].includes(this.kinds.get(one) as string))
        for (const { to } of linksFrom(one)) found.add(to);
      for (const [citation, kind] of this.kinds) {
        if (kind !== 'CITATION' || !linksFrom(citation).some(({ field, to }) => field === 'about' && to === one))
          continue;
        found.add(citation);
        if (isListed(citation)) for (const { to } of linksFrom(citation)) found.add(to);
      }
    }
    return found;
  }
}

describe.each(Object.values(View))('In %s', (view) => {
  it('a story’s filter covers the story and all that it held at each change', async () => {
    const { run } = room.newsroom.database;
    const { changes } = await readChanges(run, { ...ALL, view }, PAGE);
    let told = 0;
    for (const story of reference.stories()) {
      const expected = changes
        .filter(({ entry, position }) => reference.held(story, view, Number(position)).has(entry))
        .map(({ position }) => Number(position));
      const found = await readChanges(run, { ...ALL, view, story }, { ...PAGE, limit: 7 });
      for (let page = found; page.hasMore; found.changes.push(...page.changes))
        page = await readChanges(run, { ...ALL, view, story }, { after: page.upTo, limit: 7 });
      expect(found.changes.map(({ position }) => Number(position))).toEqual(expected);
      told += expected.length;
    }
    expect(told).toBeGreaterThan(view === 'LATEST' ? 25 : 8);
  });

  it.each([
    ['all at once', (stories: string[]) => [[...stories, ...Array.from({ length: 100 }, () => randomUUID())]]],
    [
      'a few at a time',
      (stories: string[]) => stories.map((_, n) => stories.slice(n, n + 3)).filter((_, n) => n % 3 === 0),
    ],
  ])('which stories held what changed is the same, asked for %s', async (_, inParts) => {
    const { run } = room.newsroom.database;
    const { changes } = await readChanges(run, { ...ALL, view }, PAGE);
    const stories = reference.stories();
    const found = (await Promise.all(inParts(stories).map((part) => findHolding(run, changes, part)))).flat();
    const expected = changes.flatMap(({ entry, position }) =>
      stories
        .filter((story) => reference.held(story, view, Number(position)).has(entry))
        .map((story) => `${position} ${story}`),
    );
    expect(found.map(({ position, story }) => `${position} ${story}`).toSorted()).toEqual(expected.toSorted());
  });

  it('the stories that hold an entry now are those that held it at the head', async () => {
    const { run } = room.newsroom.database;
    const [{ head, ids }] = await room.sql(
      `select (select max(position)::int from change) + 1 as head, (select array_agg(entry) from shown where view = $1) as ids`,
      [view],
    );
    const found = await findHoldersNow(run, view, ids, 100);
    const expected = ids.flatMap((entry: string) =>
      reference
        .stories()
        .filter((story) => reference.held(story, view, head).has(entry))
        .map((story) => `${entry} ${story}`),
    );
    // What is deleted is held by nothing but itself, and a list of stories leaves it out.
    const gone = new Set(
      (await room.sql(`select id from entry where state = 'DELETED'`)).map(({ id }) => `${id} ${id}`),
    );
    expect(found.map(({ entry, story }) => `${entry} ${story}`).toSorted()).toEqual(
      expected.filter((pair: string) => !gone.has(pair)).toSorted(),
    );
  });
});

it('a story holds what it tells of, the citations about that, what they refer to, and what its events and claims refer to', async () => {
  const { make } = room;
  const of = async (kind: keyof typeof make, fields: object = {}): Promise<string> =>
    (await make[kind]({ ...fields })).id;
  const desk = openDesk(room);
  const { changes: before, upTo: head } = await readChanges(
    room.newsroom.database.run,
    { ...ALL, view: 'PUBLISHED' },
    PAGE,
  );
  expect(before.length).toBeGreaterThan(0);
  const [member, participant, subject, publisher, speaker, stranger] = [
    await of('actor'),
    await of('actor'),
    await of('actor'),
    await of('actor'),
    await of('actor'),
    await of('actor'),
  ];
  const event = await of('event', { participants: [{ actor: participant }] });
  const claim = await of('claim', { subject });
  const story = await of('story', { cast: [{ actor: member }], timeline: [{ event }, { claim }] });
  const document = await of('document', { publisher });
  const [aboutClaim, aboutMember, aboutStory, aboutStranger] = [
    await of('citation', { about: claim, document, chain: [{ role: 'SAID_BY', actor: speaker }] }),
    await of('citation', { about: member, document }),
    await of('citation', { about: story, document }),
    await of('citation', { about: stranger, document }),
  ];
  const edit = async (kind: keyof typeof make, id: string, fields: object): Promise<void> => {
    const [{ latest }] = await room.sql('select latest from entry where id = $1', [id]);
    expect(await desk.edit(kind, id, latest, { ...fields }, { publish: true })).toMatchObject({ outcome: 'SAVED' });
  };
  const everybody = [member, participant, subject, publisher, speaker, stranger];
  const sinceNow = async (): Promise<string[]> => {
    const { position } = (await room.sql('select max(position)::int as position from change'))[0];
    for (const id of everybody) await edit('actor', id, { description: `as of ${position}` });
    for (const [id, kind] of [
      [event, 'event'],
      [story, 'story'],
    ] as const)
      await edit(kind, id, { body: `as of ${position}` });
    for (const id of [aboutClaim, aboutMember, aboutStory, aboutStranger])
      await edit('citation', id, { locator: `as of ${position}` });
    await edit('document', document, { statusNote: `as of ${position}` });
    const filter: FeedFilter = { ...ALL, view: 'PUBLISHED', story };
    const { changes } = await readChanges(room.newsroom.database.run, filter, { after: BigInt(position), limit: 100 });
    return changes.map(({ entry }) => entry);
  };
  expect(head).toBeGreaterThan(0n);
  expect(await sinceNow()).toEqual([
    member,
    participant,
    subject,
    speaker,
    event,
    story,
    aboutClaim,
    aboutMember,
    aboutStory,
    document,
  ]);
  // What leaves the story leaves it with all that it was held for.
  await edit('story', story, { timeline: [{ claim }], cast: [] });
  expect(await sinceNow()).toEqual([subject, speaker, story, aboutClaim, aboutStory, document]);
  await desk.act('withdraw', { id: claim, note: 'taken back' });
  expect(await sinceNow()).toEqual([story, aboutStory, document]);
  await desk.act('withdraw', { id: aboutStory, note: 'taken back' });
  const filter: FeedFilter = { ...ALL, view: 'PUBLISHED', story, kinds: ['WITHDRAWN'] };
  const { changes } = await readChanges(room.newsroom.database.run, filter, PAGE);
  expect(changes.map(({ entry }) => entry)).toEqual([claim, aboutStory]);
});

it('where many links lead to what changed, all stories that are asked for and hold it are found all the same', async () => {
  const { id: famous } = await room.make.actor();
  const { id: event } = await room.make.event();
  const { id: document } = await room.make.document();
  const { id: byCast } = await room.make.story({ cast: [{ actor: famous }] });
  const { id: byCitation } = await room.make.story({ timeline: [{ event }] });
  const fields = { about: event, document, stance: 'ASSERTS', chain: [{ role: 'SAID_BY', actor: famous }] };
  const edits = Array.from({ length: 200 }, () => ({ createCitation: { fields } }));
  const applied = await room
    .as('EDITOR')
    .run(`mutation ($i: ApplyChangesetInput!) { applyChangeset(input: $i) { outcome } }`, {
      i: { edits, publish: true },
    });
  expect(applied.applyChangeset.outcome).toBe('CREATED');
  await openDesk(room).edit('actor', famous, 1, { description: 'again' }, { publish: true });
  const { run } = room.newsroom.database;
  const { changes } = await readChanges(run, { ...ALL, view: 'PUBLISHED', entries: [famous], kinds: ['EDITED'] }, PAGE);
  const others = Array.from({ length: 150 }, () => randomUUID());
  const found = await findHolding(run, changes, [byCast, ...others, byCitation]);
  expect(found.map(({ story }) => story).toSorted()).toEqual([byCast, byCitation].toSorted());
});

it('a story that is not public holds nothing that the public could be told of by it', async () => {
  const actor = await room.make.actor();
  const story = await room.make.story({ cast: [{ actor: actor.id }] }, { publish: false });
  const filter: FeedFilter = { ...ALL, view: PUBLISHED_NOW.view, story: story.id };
  expect(await readChanges(room.newsroom.database.run, filter, PAGE)).toMatchObject({ changes: [], hasMore: false });
});
