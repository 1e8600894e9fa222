import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const LISTS = `{ totalCount nodes { id } }`;
type ActorList = 'stories' | 'events' | 'claimsAbout' | 'statements' | 'backlinks';

async function listOf(id: string, list: ActorList | string, view = 'PUBLISHED', root = 'actor'): Promise<string[]> {
  const asker = view === 'LATEST' ? room.as('CONTRIBUTOR') : room.asAnonymous();
  const data = await asker.run(
    `query ($id: ID!, $view: View!) { entry: ${root}(id: $id, view: $view) { list: ${list} ${LISTS} } }`,
    {
      id,
      view,
    },
  );
  expect(data.entry.list.totalCount).toBe(data.entry.list.nodes.length);
  return data.entry.list.nodes.map((node: { id: string }) => node.id);
}

async function edit(
  kind: string,
  id: string,
  baseRevision: number,
  fields: object,
  by: 'EDITOR' | 'CONTRIBUTOR' = 'EDITOR',
) {
  const payload: Answer = await room
    .as(by)
    .run(
      `mutation ($input: Edit${kind}Input!) { payload: edit${kind}(input: $input) { outcome problems { message } } }`,
      {
        input: { id, baseRevision, fields },
      },
    );
  expect(payload.payload).toEqual({ outcome: 'SAVED', problems: [] });
}

const actorId = async (): Promise<string> => (await room.make.actor()).id;

describe('What refers to an entry', () => {
  it('is told newest link first, and stays in its place when it is edited otherwise', async () => {
    const actor = await actorId();
    const one = await room.make.story({ cast: [{ actor }], headline: 'One' });
    const two = await room.make.story({ cast: [{ actor }], headline: 'Two' });
    const three = await room.make.story({ body: '[[actor:nobody]]', cast: [{ actor }], headline: 'Three' });
    const newestFirst = [three.id, two.id, one.id];
    expect(await listOf(actor, 'stories')).toEqual(newestFirst);
    await edit('Story', one.id, 1, { headline: 'One, edited', body: 'Without a link.' });
    await edit('Story', two.id, 1, { topics: ['x'] });
    expect(await listOf(actor, 'stories')).toEqual(newestFirst);
    expect(await listOf(actor, 'backlinks', 'LATEST')).toEqual(newestFirst);
  });

  it('moves to the top when the link is taken out and put back', async () => {
    const actor = await actorId();
    const one = await room.make.story({ cast: [{ actor }] });
    const two = await room.make.story({ cast: [{ actor }] });
    await edit('Story', one.id, 1, { cast: [] });
    expect(await listOf(actor, 'stories')).toEqual([two.id]);
    await edit('Story', one.id, 2, { cast: [{ actor }] });
    expect(await listOf(actor, 'stories')).toEqual([one.id, two.id]);
  });

  it('counts once, by its newest link, however often it refers', async () => {
    const slug = `often-${Date.now()}`;
    const { id: actor } = await room.make.actor({ slug });
    const often = await room.make.story({
      body: `[[actor:${slug}]] [[actor:${slug}|again]]`,
      cast: [{ actor }, { actor, role: 'twice' }],
      timeline: [{ note: `[[actor:${slug}]]` }],
    });
    const other = await room.make.story({ cast: [{ actor }] });
    expect(await listOf(actor, 'stories')).toEqual([other.id, often.id]);
    await edit('Story', often.id, 1, { timeline: [{ note: `[[actor:${slug}|a new note]]` }] });
    expect(await listOf(actor, 'stories')).toEqual([often.id, other.id]);
    await edit('Story', often.id, 2, { timeline: [] });
    expect(await listOf(actor, 'stories')).toEqual([other.id, often.id]);
    const chain = [
      { role: 'SAID_BY', actor },
      { role: 'VIA', actor },
    ];
    const citation = await room.make.citation({ chain });
    expect(await listOf(actor, 'statements')).toEqual([citation.id]);
    expect(await listOf(actor, 'backlinks')).toEqual([citation.id, other.id, often.id]);
  });

  it('is told of by kind', async () => {
    const actor = await actorId();
    const story = await room.make.story({ cast: [{ actor }] });
    const claim = await room.make.claim({ subject: actor });
    const event = await room.make.event({ participants: [{ actor }] });
    const document = await room.make.document({ publisher: actor });
    const citation = await room.make.citation({ about: actor });
    const relative = await room.make.actor({ relations: [{ type: 'knows', actor }] });
    const kinds = { STORY: story, CLAIM: claim, EVENT: event, DOCUMENT: document, CITATION: citation, ACTOR: relative };
    for (const [kind, { id }] of Object.entries(kinds))
      expect(await listOf(actor, `backlinks(kinds: [${kind}])`)).toEqual([id]);
    expect(await listOf(actor, 'backlinks(kinds: [STORY, CITATION])')).toEqual([citation.id, story.id]);
    expect(await listOf(actor, 'backlinks(kinds: [])')).toEqual([]);
    expect(await listOf(actor, 'backlinks(kinds: null)')).toHaveLength(6);
    expect(await listOf(actor, 'citations')).toEqual([citation.id]);
    expect(await listOf(actor, 'claimsAbout')).toEqual([claim.id]);
    expect(await listOf(actor, 'events')).toEqual([event.id]);
  });

  it('is neither told nor counted in PUBLISHED while it is a draft, and is once it is public', async () => {
    const actor = await actorId();
    const seen = await room.make.story({ cast: [{ actor }] });
    const draft = await room.make.story({ cast: [{ actor }] }, { publish: false });
    expect(await listOf(actor, 'stories')).toEqual([seen.id]);
    expect(await listOf(actor, 'stories', 'LATEST')).toEqual([draft.id, seen.id]);
    await room
      .as('EDITOR')
      .run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id: draft.id });
    expect(await listOf(actor, 'stories')).toEqual([draft.id, seen.id]);
  });

  it('follows an edit that waits only in LATEST', async () => {
    const [before, after] = [await actorId(), await actorId()];
    const story = await room.make.story({ cast: [{ actor: before }] });
    await edit('Story', story.id, 1, { cast: [{ actor: after }] }, 'CONTRIBUTOR');
    expect([await listOf(before, 'stories'), await listOf(after, 'stories')]).toEqual([[story.id], []]);
    expect([await listOf(before, 'stories', 'LATEST'), await listOf(after, 'stories', 'LATEST')]).toEqual([
      [],
      [story.id],
    ]);
  });

  it('is left out where it was deleted', async () => {
    const actor = await actorId();
    const story = await room.make.story({ cast: [{ actor }] });
    await room.sql(`update shown set state = 'DELETED' where entry = $1 and view = 'LATEST'`, [story.id]);
    await room.sql(`delete from shown where entry = $1 and view = 'PUBLISHED'`, [story.id]);
    expect([await listOf(actor, 'stories'), await listOf(actor, 'stories', 'LATEST')]).toEqual([[], []]);
  });

  it('is not told to the public by what only the newsroom reads', async () => {
    const document = await room.make.document();
    const actor = await room.make.actor({ names: [{ text: 'So spelt', usedIn: [document.id] }] });
    expect(await listOf(document.id, 'backlinks', 'PUBLISHED', 'document')).toEqual([]);
    expect(await listOf(document.id, 'backlinks', 'LATEST', 'document')).toEqual([actor.id]);
    const draft = await room.make.actor({ names: [{ text: 'Later', usedIn: [document.id] }] }, { publish: false });
    await room
      .as('EDITOR')
      .run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id: draft.id });
    expect(await listOf(document.id, 'backlinks', 'PUBLISHED', 'document')).toEqual([]);
  });

  it('is not told to the public by an item that is left out, until its reference is public', async () => {
    const actor = await actorId();
    const claim = await room.make.claim({ subject: actor });
    const secret = await room.make.event({}, { publish: false });
    const document = await room.make.document();
    const brother = await room.make.actor({}, { publish: false });
    const story = await room.make.story({
      timeline: [{ event: secret.id, note: `[[claim:${claim.id}]]` }, { note: 'x' }],
    });
    const relative = await room.make.actor({
      relations: [{ type: 'knows', actor: brother.id, period: { edtf: '2014', anchor: document.id } }],
    });
    const filtered = async (): Promise<string[]> =>
      (
        await room
          .asAnonymous()
          .run(`query ($id: ID!) { stories(filter: { claim: $id }) { nodes { id } } }`, { id: claim.id })
      ).stories.nodes;
    expect(await listOf(claim.id, 'backlinks', 'PUBLISHED', 'claim')).toEqual([]);
    expect(await listOf(story.id, 'claims', 'PUBLISHED', 'story')).toEqual([]);
    expect(await filtered()).toEqual([]);
    expect(await listOf(document.id, 'backlinks', 'PUBLISHED', 'document')).toEqual([]);
    expect(await listOf(claim.id, 'backlinks', 'LATEST', 'claim')).toEqual([story.id]);
    expect(await listOf(story.id, 'claims', 'LATEST', 'story')).toEqual([claim.id]);
    for (const { id } of [secret, brother])
      await room
        .as('EDITOR')
        .run(`mutation ($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id });
    expect(await listOf(claim.id, 'backlinks', 'PUBLISHED', 'claim')).toEqual([story.id]);
    expect(await listOf(story.id, 'claims', 'PUBLISHED', 'story')).toEqual([claim.id]);
    expect(await filtered()).toEqual([{ id: story.id }]);
    expect(await listOf(document.id, 'backlinks', 'PUBLISHED', 'document')).toEqual([relative.id]);
  });
});

describe('The claims of a story', () => {
  it('stand in telling order, each once, those that are linked after those of the timeline', async () => {
    const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map(() => room.make.claim()));
    const hidden = await room.make.claim({}, { publish: false });
    const [a, b, c, d] = [one?.id, two?.id, three?.id, four?.id] as [string, string, string, string];
    const story = await room.make.story({
      body: `[[claim:${d}]] [[claim:${a}]] [[claim:${hidden.id}]] \`[[claim:${c}]]\``,
      timeline: [{ claim: b, note: `[[claim:${c}]]` }, { claim: hidden.id }, { claim: a }, { claim: b }],
    });
    expect(await listOf(story.id, 'claims', 'PUBLISHED', 'story')).toEqual([b, a, c, d]);
    expect(await listOf(story.id, 'claims', 'LATEST', 'story')).toEqual([b, hidden.id, a, c, d]);
  });
});
