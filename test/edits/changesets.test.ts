import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { startServer } from '../support/server';
import { findBreaches } from '../support/invariants';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;
type Role = 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN';

const PAYLOAD = `outcome
  changeset { id summary author { name } revisions(first: 10) { totalCount nodes { number action entry { id } } } }
  results { outcome entry { id title slug state latestRevision } revision { id number action summary changeset { id } target { number } }
    changes { path op } conflict { fields { path } } problems { code path message } }
  problems { severity code path message entry { id } }`;

const apply = async (edits: Fields[], more: Fields = {}, role: Role = 'EDITOR'): Promise<Answer> =>
  (
    await room
      .as(role)
      .run(`mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { ${PAYLOAD} } }`, {
        input: { edits, ...more },
      })
  ).applyChangeset;
const undo = async (changeset: string, more: Fields = {}, role: Role = 'EDITOR'): Promise<Answer> =>
  (
    await room.as(role).run(`mutation ($input: UndoChangesetInput!) { undoChangeset(input: $input) { ${PAYLOAD} } }`, {
      input: { changeset, ...more },
    })
  ).undoChangeset;
const told = ({ problems }: Answer): string[] => problems.map(({ code, path }: Answer) => `${code} ${path}`);

/** A claim with its citation, document and subject, and a story that tells of all of it. */
const ALLEGATION: Fields[] = [
  {
    createStory: {
      ref: 'story',
      fields: {
        headline: 'A guard accuses a minister',
        body: 'By [[actor:#guard|the guard]], in [[event:#flight]]; see [[claim:#claim|what he says]].',
        timeline: [{ event: '#flight' }, { claim: '#claim', note: 'Told by [[actor:#guard]].' }],
        cast: [{ actor: '#guard', role: 'accuser' }],
      },
    },
  },
  { createActor: { ref: 'guard', fields: { actorType: 'PERSON', names: [{ text: 'A Former Guard' }] } } },
  { createEvent: { ref: 'flight', fields: { title: 'He flies out', participants: [{ actor: '#guard' }] } } },
  { createClaim: { ref: 'claim', fields: { text: 'The minister knew', subject: '#guard', mood: 'ALLEGATION' } } },
  {
    createDocument: { ref: 'paper', fields: { title: 'An interview', documentType: 'INTERVIEW', publisher: '#guard' } },
  },
  {
    createCitation: {
      fields: { about: '#claim', document: '#paper', stance: 'ASSERTS', chain: [{ role: 'SAID_BY', actor: '#guard' }] },
    },
  },
];

describe('A changeset', () => {
  it('creates entries that refer to each other, in references and in wiki links, all at once', async () => {
    const answer = await apply(ALLEGATION, { publish: true, summary: 'the whole allegation' });
    expect(answer).toMatchObject({
      outcome: 'CREATED',
      problems: [],
      changeset: { summary: 'the whole allegation', author: { name: 'The EDITOR' }, revisions: { totalCount: 6 } },
    });
    expect(answer.changeset.revisions.nodes.map(({ entry }: Answer) => entry.id)).toEqual(
      answer.results.map(({ entry }: Answer) => entry.id),
    );
    for (const { outcome, revision } of answer.results)
      expect([outcome, revision.changeset.id, revision.summary]).toEqual([
        'CREATED',
        answer.changeset.id,
        'the whole allegation',
      ]);
    const [story, guard, flight, claim] = answer.results.map(({ entry }: Answer) => entry);
    const seen = await room.asAnonymous().run(
      `query ($id: ID!) { story(id: $id) { body bodyHtml cast { actor { id } } timeline { noteHtml event { id participants { actor { id } } }
        claim { id citations { nodes { chain { actor { id } } } } } } } }`,
      { id: story.id },
    );
    expect(seen.story.body).toBe(
      `By [[actor:${guard.slug}|the guard]], in [[event:${flight.slug}]]; see [[claim:${claim.id}|what he says]].`,
    );
    expect(seen.story.bodyHtml).toContain(`data-entry="${guard.id}"`);
    expect(seen.story.bodyHtml).toContain(`data-entry="${flight.id}"`);
    expect(seen.story.bodyHtml).toContain(`data-entry="${claim.id}"`);
    expect(seen.story.timeline[1].noteHtml).toContain(`data-entry="${guard.id}"`);
    expect(seen.story.timeline[0].event).toEqual({ id: flight.id, participants: [{ actor: { id: guard.id } }] });
    expect(seen.story.timeline[1].claim.citations.nodes).toEqual([{ chain: [{ actor: { id: guard.id } }] }]);
    const backlinks = await room
      .asAnonymous()
      .run(`query ($id: ID!) { actor(id: $id) { backlinks { totalCount } } }`, { id: guard.id });
    expect(backlinks.actor.backlinks.totalCount).toBe(5);
  });

  it('gives two entries of one title two addresses, and links each to its own', async () => {
    const twin = (ref: string): Fields => ({
      createActor: {
        ref,
        fields: { actorType: 'PERSON', names: [{ text: 'Same Name' }], body: `I am [[actor:#${ref}]]` },
      },
    });
    const { results } = await apply([twin('one'), twin('other')]);
    expect(results.map(({ entry }: Answer) => entry.slug)).toEqual(['same-name', 'same-name-2']);
    const bodies = await room
      .as('EDITOR')
      .run(`query ($ids: [ID!]!) { nodes(ids: $ids, view: LATEST) { ... on Actor { body } } }`, {
        ids: results.map(({ entry }: Answer) => entry.id),
      });
    expect(bodies.nodes).toEqual([{ body: 'I am [[actor:same-name]]' }, { body: 'I am [[actor:same-name-2]]' }]);
  });

  it('edits what is there beside what it creates, merging where the base is stale', async () => {
    const story = await room.make.story({ headline: 'One', summary: 'First' });
    await apply([{ editStory: { id: story.id, baseRevision: 1, fields: { summary: 'Second' } } }]);
    const answer = await apply([
      { createEvent: { ref: 'e', fields: { title: 'New' } } },
      { editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Two', timeline: [{ event: '#e' }] } } },
    ]);
    expect(answer).toMatchObject({ outcome: 'MERGED', results: [{ outcome: 'CREATED' }, { outcome: 'MERGED' }] });
    expect(answer.results[1].entry).toMatchObject({ title: 'Two', latestRevision: 3 });
  });

  it('is written whole or not at all: one conflict, and the rest answers UNCHANGED', async () => {
    const story = await room.make.story({ headline: 'One' });
    await apply([{ editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Two' } } }]);
    const answer = await writingNothing(room, () =>
      apply([
        { createActor: { ref: 'a', fields: { actorType: 'PERSON', names: [{ text: 'Nobody' }] } } },
        { editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Mine', cast: [{ actor: '#a' }] } } },
      ]),
    );
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      changeset: null,
      results: [
        { outcome: 'UNCHANGED', entry: null, revision: null },
        { outcome: 'CONFLICT', conflict: { fields: [{ path: '/headline' }] } },
      ],
    });
  });

  it('settles a conflict like any edit', async () => {
    const story = await room.make.story({ headline: 'One' });
    await apply([{ editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Two' } } }]);
    const answer = await apply([
      {
        editStory: {
          id: story.id,
          baseRevision: 1,
          fields: { headline: 'Mine' },
          against: 2,
          resolve: [{ path: '/headline', take: 'VALUE', value: 'Ours' }],
        },
      },
    ]);
    expect(answer.results[0]).toMatchObject({ outcome: 'MERGED', entry: { title: 'Ours' } });
  });

  it('with dryRun tells what it would do, and writes nothing', async () => {
    const answer = await writingNothing(room, () => apply(ALLEGATION, { dryRun: true }));
    expect(answer).toMatchObject({ outcome: 'CREATED', changeset: null, problems: [] });
    expect(answer.results[1]).toMatchObject({ outcome: 'CREATED', entry: null, revision: null });
    expect(answer.results[1].changes).toContainEqual({ path: '/actorType', op: 'ADDED' });
  });

  it('sent twice with one clientMutationId is written once, and answers the same', async () => {
    const input = { clientMutationId: 'allegation-1' };
    const first = await apply(ALLEGATION, input);
    const again = await writingNothing(room, () => apply(ALLEGATION, input));
    expect(again).toEqual(first);
  });

  it('that changes nothing makes no changeset', async () => {
    const story = await room.make.story({ headline: 'One' });
    const answer = await apply([{ editStory: { id: story.id, baseRevision: 1, fields: { headline: 'One' } } }]);
    expect(answer).toMatchObject({ outcome: 'UNCHANGED', changeset: null, results: [{ outcome: 'UNCHANGED' }] });
  });

  it('of a contributor waits for review, and its wiki links lead nowhere in public', async () => {
    const answer = await apply(ALLEGATION, {}, 'CONTRIBUTOR');
    expect(answer.outcome).toBe('CREATED');
    for (const { entry } of answer.results) expect(entry.state).toBe('DRAFT');
    expect(
      await room
        .as('CONTRIBUTOR')
        .fails(`mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome } }`, {
          input: { edits: ALLEGATION, publish: true },
        }),
    ).toBe('FORBIDDEN');
  });

  it('is for the newsroom’s eyes only', async () => {
    const { changeset } = await apply(ALLEGATION, { publish: true });
    const NODE = `query ($id: ID!) { node(id: $id) { id } }`;
    expect((await room.as('CONTRIBUTOR').run(NODE, { id: changeset.id })).node).toEqual({ id: changeset.id });
    expect((await room.asAnonymous().run(NODE, { id: changeset.id })).node).toBeNull();
    expect((await room.as('READER').run(NODE, { id: changeset.id })).node).toBeNull();
  });
});

describe('A changeset that cannot be', () => {
  const event = (ref: string, fields: Fields = {}): Fields => ({
    createEvent: { ref, fields: { title: ref, ...fields } },
  });
  it.each<[string, Fields[], string[]]>([
    ['none at all', [], ['REQUIRED /edits']],
    [
      'unknown refs',
      [event('a', { partOf: '#nobody', body: '[[actor:#nobody]]', participants: [{ actor: '#' }] })],
      [
        'NOT_FOUND /edits/0/createEvent/fields/body',
        'NOT_FOUND /edits/0/createEvent/fields/participants/0/actor',
        'NOT_FOUND /edits/0/createEvent/fields/partOf',
      ],
    ],
    ['a reference to itself', [event('a', { partOf: '#a' })], ['CYCLE /edits/0/createEvent/fields/partOf']],
    [
      'a circle of its own',
      [event('a', { partOf: '#b' }), event('b', { partOf: '#c' }), event('c', { partOf: '#a' })],
      [0, 1, 2].map((index) => `CYCLE /edits/${index}/createEvent/fields/partOf`),
    ],
    ['two of one ref', [event('a'), event('a')], ['DUPLICATE /edits/1/createEvent/ref']],
    ['a ref that cannot be one', [event('#a b')], ['INVALID /edits/0/createEvent/ref']],
    [
      'a ref of the wrong kind',
      [event('a', { participants: [{ actor: '#a' }], body: '[[actor:#a]]' })],
      ['INVALID /edits/0/createEvent/fields/body'],
    ],
    [
      'an entry that is not there',
      [
        { editStory: { id: '00000000-0000-4000-8000-000000000000', baseRevision: 1, fields: {} } },
        { editStory: { id: 'nonsense', baseRevision: 1, fields: {} } },
      ],
      ['NOT_FOUND /edits/0/editStory/id', 'NOT_FOUND /edits/1/editStory/id'],
    ],
    [
      'one address twice',
      ['a', 'b'].map((ref) => event(ref, { slug: 'one-address-for-two' })),
      ['SLUG_TAKEN /edits/1/createEvent/fields/slug'],
    ],
    ['too many edits', Array.from({ length: 201 }, (_, index) => event(`e${index}`)), ['TOO_MANY /edits']],
  ])('is refused for %s', async (_, edits, problems) => {
    const answer = await writingNothing(room, () => apply(edits));
    expect(answer).toMatchObject({ outcome: 'INVALID', changeset: null });
    expect(told(answer)).toEqual(problems);
  });

  it('is refused for one entry edited twice', async () => {
    const { id } = await room.make.story();
    const edit = { editStory: { id, baseRevision: 1, fields: { summary: 'x' } } };
    expect(told(await writingNothing(room, () => apply([edit, edit])))).toEqual(['DUPLICATE /edits/1/editStory/id']);
  });

  it('is refused for an entry of another kind, and for a deleted one', async () => {
    const [story, event_] = [await room.make.story(), await room.make.event()];
    await room.as('EDITOR').run(`mutation ($input: DeleteEntryInput!) { deleteEntry(input: $input) { outcome } }`, {
      input: { id: event_.id, baseRevision: 1 },
    });
    const answer = await apply([
      { editActor: { id: story.id, baseRevision: 1, fields: {} } },
      { editEvent: { id: event_.id, baseRevision: 2, fields: { title: 'x' } } },
    ]);
    expect(told(answer)).toEqual(['NOT_FOUND /edits/0/editActor/id', 'GONE /edits/1/editEvent']);
  });

  it('must name exactly one act an edit', async () => {
    const server = await startServer({ room });
    const token = await server.tokenOf('EDITOR');
    const both = { createEvent: { fields: { title: 'x' } }, createStory: { fields: { headline: 'y' } } };
    for (const edit of [both, {}]) {
      const { body, code } = await writingNothing(room, () =>
        server.post(
          `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome } }`,
          { input: { edits: [edit] } },
          { token },
        ),
      );
      expect(code).toBe('BAD_USER_INPUT');
      expect(body.errors[0].message).toMatch(/Exactly one key/);
    }
    await server.close();
  });
});

describe('Undoing a changeset', () => {
  it('deletes what it created and undoes what it edited, as one changeset, and keeps what came later', async () => {
    const story = await room.make.story({ headline: 'One', summary: 'First' });
    const made = await apply([
      { createEvent: { ref: 'e', fields: { title: 'Doubtful' } } },
      { editStory: { id: story.id, baseRevision: 1, fields: { headline: 'Two', timeline: [{ event: '#e' }] } } },
    ]);
    await apply([{ editStory: { id: story.id, baseRevision: 2, fields: { summary: 'Later' } } }]);
    const answer = await undo(made.changeset.id, { summary: 'a hoax' });
    expect(answer).toMatchObject({
      outcome: 'MERGED',
      changeset: { summary: 'a hoax', revisions: { nodes: [{ action: 'DELETE' }, { action: 'UNDO' }] } },
      results: [{ entry: { state: 'DELETED' } }, { entry: { title: 'One' }, revision: { target: { number: 2 } } }],
    });
    const now = await room
      .as('EDITOR')
      .run(`query ($id: ID!) { story(id: $id, view: LATEST) { headline summary timeline { id } } }`, { id: story.id });
    expect(now.story).toEqual({ headline: 'One', summary: 'Later', timeline: [] });
    const back = await undo(answer.changeset.id);
    expect(back).toMatchObject({ results: [{ entry: { state: 'DRAFT' } }, { entry: { title: 'Two' } }] });
  });

  it('is all or none: what somebody has changed since is a conflict', async () => {
    const made = await apply(['One', 'Other'].map((title) => ({ createEvent: { fields: { title } } })));
    const { id } = made.results[1].entry;
    await apply([{ editEvent: { id, baseRevision: 1, fields: { title: 'Better' } } }]);
    const answer = await writingNothing(room, () => undo(made.changeset.id));
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      changeset: null,
      results: [{ outcome: 'UNCHANGED' }, { outcome: 'CONFLICT', conflict: { fields: [{ path: '/title' }] } }],
    });
  });

  it('twice is nothing to write, and of none is NOT_FOUND', async () => {
    const made = await apply([{ createEvent: { fields: { title: 'Once' } } }]);
    await undo(made.changeset.id);
    expect((await writingNothing(room, () => undo(made.changeset.id))).outcome).toBe('UNCHANGED');
    const UNDO = `mutation ($input: UndoChangesetInput!) { undoChangeset(input: $input) { outcome } }`;
    for (const changeset of ['changeset:00000000-0000-4000-8000-000000000000', 'nonsense'])
      expect(await room.as('EDITOR').fails(UNDO, { input: { changeset } })).toBe('NOT_FOUND');
  });

  it('is for those who may undo each part: contributors not for what is public', async () => {
    const made = await apply([{ createEvent: { fields: { title: 'Public' } } }], { publish: true });
    const UNDO = `mutation ($input: UndoChangesetInput!) { undoChangeset(input: $input) { outcome } }`;
    expect(await room.as('CONTRIBUTOR').fails(UNDO, { input: { changeset: made.changeset.id } })).toBe('FORBIDDEN');
  });
});

describe('A changeset of very many references', () => {
  it('is refused before it keeps everybody else waiting, and says what to do', async () => {
    const actor = await room.make.actor();
    const cast = Array.from({ length: 450 }, () => ({ actor: actor.id }));
    const edits = Array.from({ length: 9 }, (_, index) => ({
      createStory: { fields: { headline: `Crowded ${index}`, cast } },
    }));
    const answer = await writingNothing(room, () => apply(edits));
    expect(told(answer)).toEqual(['TOO_MANY /edits']);
    expect(answer.problems[0].message).toMatch(/4050 references.*at most 4000/);
  });
});
