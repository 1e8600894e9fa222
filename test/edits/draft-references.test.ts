import { type Answer, type Asker, openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

/** Every reference of every kind, read by id. */
const ALL = `query All($story: ID!, $actor: ID!, $event: ID!, $claim: ID!, $document: ID!, $citation: ID!, $draftValue: ID!, $view: View!) {
  story(id: $story, view: $view) {
    timeline { note event { title } claim { title } } cast { role actor { title } } related { story { title } } }
  actor(id: $actor, view: $view) {
    names { text usedIn { title } } roles { title organization { title } } relations { type actor { title } } }
  event(id: $event, view: $view) { participants { role actor { title } } partOf { title } citations { totalCount nodes { title } } }
  claim(id: $claim, view: $view) { subject { title } value { entry { title } } relations { claim { title } } citations { totalCount nodes { title } } }
  draftValue: claim(id: $draftValue, view: $view) { subject { title } value { entry { title } } }
  document(id: $document, view: $view) { publisher { title } authors { title } translationOf { title } }
  citation(id: $citation, view: $view) { about { title } document { title } chain { role description actor { title } document { title } } }
}`;

let ids: Record<'story' | 'actor' | 'event' | 'claim' | 'document' | 'citation' | 'draftValue', string>;
let drafts: Record<'story' | 'actor' | 'event' | 'claim' | 'document', string>;
const readAs = (asker: Asker, view: 'PUBLISHED' | 'LATEST'): Promise<Answer> => asker.run(ALL, { ...ids, view });

beforeAll(async () => {
  const idOf = async (made: Promise<{ id: string }>) => (await made).id;
  const draft = { publish: false };
  const seen = {
    story: await idOf(room.make.story({ headline: 'Seen story' })),
    actor: await idOf(room.make.actor({ names: [{ text: 'Seen actor' }] })),
    event: await idOf(room.make.event({ title: 'Seen event' })),
    claim: await idOf(room.make.claim({ text: 'Seen claim' })),
    document: await idOf(room.make.document({ title: 'Seen document' })),
  };
  drafts = {
    story: await idOf(room.make.story({ headline: 'Draft story' }, draft)),
    actor: await idOf(room.make.actor({ names: [{ text: 'Draft actor' }] }, draft)),
    event: await idOf(room.make.event({ title: 'Draft event' }, draft)),
    claim: await idOf(room.make.claim({ text: 'Draft claim', subject: seen.actor }, draft)),
    document: await idOf(room.make.document({ title: 'Draft document' }, draft)),
  };
  ids = {
    story: await idOf(
      room.make.story({
        timeline: [
          { event: drafts.event, note: 'about a draft event' },
          { event: seen.event },
          { claim: drafts.claim },
          { claim: seen.claim },
          { note: 'a note alone' },
        ],
        cast: [{ actor: drafts.actor, role: 'hidden' }, { actor: seen.actor }],
        related: [
          { story: drafts.story, relation: 'FOLLOWS' },
          { story: seen.story, relation: 'FOLLOWS' },
        ],
      }),
    ),
    actor: await idOf(
      room.make.actor({
        names: [{ text: 'Known as', usedIn: [drafts.document, seen.document] }],
        roles: [
          { title: 'Of a draft', organization: drafts.actor },
          { title: 'Of a seen one', organization: seen.actor },
        ],
        relations: [
          { type: 'hidden', actor: drafts.actor },
          { type: 'seen', actor: seen.actor },
        ],
      }),
    ),
    event: await idOf(
      room.make.event({ participants: [{ actor: drafts.actor }, { actor: seen.actor }], partOf: drafts.event }),
    ),
    claim: await idOf(
      room.make.claim({
        subject: drafts.actor,
        value: { entry: seen.event },
        relations: [
          { kind: 'CONTRADICTS', claim: drafts.claim },
          { kind: 'CONTRADICTS', claim: seen.claim },
        ],
      }),
    ),
    draftValue: await idOf(room.make.claim({ subject: seen.actor, value: { entry: drafts.event } })),
    document: await idOf(
      room.make.document({
        publisher: drafts.actor,
        authors: [drafts.actor, seen.actor],
        translationOf: drafts.document,
      }),
    ),
    citation: '',
  };
  ids.citation = await idOf(
    room.make.citation({
      about: drafts.claim,
      document: drafts.document,
      chain: [
        { role: 'VIA', actor: drafts.actor, document: seen.document },
        { role: 'SAID_BY', actor: seen.actor, document: drafts.document },
        { role: 'ORIGIN', actor: drafts.actor },
        { role: 'ORIGIN', description: 'an official' },
      ],
    }),
  );
  await room.make.citation({ about: ids.event, document: seen.document });
  await room.make.citation({ about: ids.event, document: seen.document, stance: 'DENIES' }, draft);
  await room.make.citation({ about: ids.claim, document: seen.document }, draft);
});

const seen = (title: string) => ({ title: `Seen ${title}` });
const hidden = (title: string) => ({ title: `Draft ${title}` });

const PUBLIC = {
  story: {
    timeline: [
      { note: null, event: seen('event'), claim: null },
      { note: null, event: null, claim: seen('claim') },
      { note: 'a note alone', event: null, claim: null },
    ],
    cast: [{ role: null, actor: seen('actor') }],
    related: [{ story: seen('story') }],
  },
  actor: {
    names: [{ text: 'Known as', usedIn: [] }],
    roles: [
      { title: 'Of a draft', organization: null },
      { title: 'Of a seen one', organization: seen('actor') },
    ],
    relations: [{ type: 'seen', actor: seen('actor') }],
  },
  event: {
    participants: [{ role: null, actor: seen('actor') }],
    partOf: null,
    citations: { totalCount: 1, nodes: [{ title: 'Asserts' }] },
  },
  claim: {
    subject: null,
    value: { entry: seen('event') },
    relations: [{ claim: seen('claim') }],
    citations: { totalCount: 0, nodes: [] },
  },
  draftValue: { subject: seen('actor'), value: { entry: null } },
  document: { publisher: null, authors: [seen('actor')], translationOf: null },
  citation: {
    about: null,
    document: null,
    chain: [
      { role: 'VIA', description: null, actor: null, document: seen('document') },
      { role: 'SAID_BY', description: null, actor: seen('actor'), document: null },
      { role: 'ORIGIN', description: null, actor: null, document: null },
      { role: 'ORIGIN', description: 'an official', actor: null, document: null },
    ],
  },
};

describe('What is not public', () => {
  it('is missing from every list and reference of what is, and hops stay without it', async () => {
    expect(await readAs(room.asAnonymous(), 'PUBLISHED')).toEqual(PUBLIC);
    expect(await readAs(room.as('READER'), 'PUBLISHED')).toEqual(PUBLIC);
  });

  it('is missing there for editors too, who see in PUBLISHED what the public does, and which spellings are used where', async () => {
    expect(await readAs(room.as('EDITOR'), 'PUBLISHED')).toEqual({
      ...PUBLIC,
      actor: { ...PUBLIC.actor, names: [{ text: 'Known as', usedIn: [seen('document')] }] },
    });
  });

  it('is all there in LATEST', async () => {
    expect(await readAs(room.as('CONTRIBUTOR'), 'LATEST')).toEqual({
      story: {
        timeline: [
          { note: 'about a draft event', event: hidden('event'), claim: null },
          { note: null, event: seen('event'), claim: null },
          { note: null, event: null, claim: hidden('claim') },
          { note: null, event: null, claim: seen('claim') },
          { note: 'a note alone', event: null, claim: null },
        ],
        cast: [
          { role: 'hidden', actor: hidden('actor') },
          { role: null, actor: seen('actor') },
        ],
        related: [{ story: hidden('story') }, { story: seen('story') }],
      },
      actor: {
        names: [{ text: 'Known as', usedIn: [hidden('document'), seen('document')] }],
        roles: [
          { title: 'Of a draft', organization: hidden('actor') },
          { title: 'Of a seen one', organization: seen('actor') },
        ],
        relations: [
          { type: 'hidden', actor: hidden('actor') },
          { type: 'seen', actor: seen('actor') },
        ],
      },
      event: {
        participants: [
          { role: null, actor: hidden('actor') },
          { role: null, actor: seen('actor') },
        ],
        partOf: hidden('event'),
        citations: { totalCount: 2, nodes: [{ title: 'Denies' }, { title: 'Asserts' }] },
      },
      claim: {
        subject: hidden('actor'),
        value: { entry: seen('event') },
        relations: [{ claim: hidden('claim') }, { claim: seen('claim') }],
        citations: { totalCount: 1, nodes: [{ title: 'Asserts' }] },
      },
      draftValue: { subject: seen('actor'), value: { entry: hidden('event') } },
      document: {
        publisher: hidden('actor'),
        authors: [hidden('actor'), seen('actor')],
        translationOf: hidden('document'),
      },
      citation: {
        about: hidden('claim'),
        document: hidden('document'),
        chain: [
          { role: 'VIA', description: null, actor: hidden('actor'), document: seen('document') },
          { role: 'SAID_BY', description: null, actor: seen('actor'), document: hidden('document') },
          { role: 'ORIGIN', description: null, actor: hidden('actor'), document: null },
          { role: 'ORIGIN', description: 'an official', actor: null, document: null },
        ],
      },
    });
  });

  it('leaves no id of its own in any change, snapshot or entry that a reader can ask for', async () => {
    const query = `query Everything($ids: [ID!]!) { nodes(ids: $ids) { id ... on Entry { title slug
      history { nodes { changes { path op before after } snapshot { title
        ... on Story { timeline { id note event { id } claim { id } } cast { id actor { id } } related { id story { id } } }
        ... on Event { participants { id actor { id } } partOf { id } }
        ... on Citation { about { id } document { id } chain { id actor { id } document { id } } } } } } } } }`;
    const answer = JSON.stringify(await room.asAnonymous().run(query, { ids: Object.values(ids) }));
    for (const id of Object.values(drafts)) expect(answer).not.toContain(id);
    expect(answer).not.toContain('usedIn":["');
    const { nodes } = await room.asAnonymous().run(`query N($ids: [ID!]!) { nodes(ids: $ids) { id } }`, {
      ids: Object.values(drafts),
    });
    expect(nodes).toEqual(Object.values(drafts).map(() => null));
  });

  it('appears everywhere at the moment it is published', async () => {
    for (const id of Object.values(drafts))
      await room
        .as('EDITOR')
        .run(`mutation Publish($id: ID!) { publish(input: { id: $id, revision: 1 }) { outcome } }`, { id });
    const now = await readAs(room.asAnonymous(), 'PUBLISHED');
    expect(now.story.timeline).toHaveLength(5);
    expect(now.story.cast).toHaveLength(2);
    expect(now.claim.subject).toEqual(hidden('actor'));
    expect(now.document).toMatchObject({ publisher: hidden('actor'), translationOf: hidden('document') });
    expect(now.citation.chain[0].actor).toEqual(hidden('actor'));
  });
});

describe('What a public entry refers to only in an edit that waits', () => {
  it('does not show in its public backlinks, nor does what the edit takes away vanish from them', async () => {
    const [before, after] = [await room.make.event({ title: 'Before' }), await room.make.event({ title: 'After' })];
    const { id } = await room.make.citation({ about: before.id });
    const count = async (asker: Asker, view: string): Promise<number[]> => {
      const query = `query Counts($a: ID!, $b: ID!, $view: View!) {
        a: event(id: $a, view: $view) { citations { totalCount nodes { id } } } b: event(id: $b, view: $view) { citations { totalCount nodes { id } } } }`;
      const { a, b } = await asker.run(query, { a: before.id, b: after.id, view });
      for (const { citations } of [a, b]) expect(citations.nodes).toHaveLength(citations.totalCount);
      return [a.citations.totalCount, b.citations.totalCount];
    };
    const edit = `mutation Edit($input: EditCitationInput!) { editCitation(input: $input) { outcome } }`;
    await room.as('CONTRIBUTOR').run(edit, { input: { id, baseRevision: 1, fields: { about: after.id } } });
    expect(await count(room.asAnonymous(), 'PUBLISHED')).toEqual([1, 0]);
    expect(await count(room.as('CONTRIBUTOR'), 'LATEST')).toEqual([0, 1]);
    await room
      .as('EDITOR')
      .run(`mutation Publish($id: ID!) { publish(input: { id: $id, revision: 2 }) { outcome } }`, { id });
    expect(await count(room.asAnonymous(), 'PUBLISHED')).toEqual([0, 1]);
  });
});
