import { NOBODY } from '../support/desk';
import { findBreaches } from '../support/invariants';
import { codes, type JoiningDesk, openJoiningDesk } from '../support/joining';
import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';
import { talkIn } from '../support/talk';

let room: TestNewsroom;
let desk: JoiningDesk;
beforeAll(async () => {
  room = await openTestNewsroom();
  desk = openJoiningDesk(room);
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

describe('Everything else that names an entry', () => {
  it('finds the survivor by the former id: filters, changesets, watches, comments, corrections, publish with references', async () => {
    const [one, other] = await desk.two({ slug: 'former-slug', names: [{ text: 'Former' }] });
    const told = (await room.make.story({ cast: [{ actor: one }], headline: 'Of the former' })).id;
    await desk.edit(
      'actor',
      one,
      1,
      { description: 'right' },
      { correction: { kind: 'CORRECTION', note: 'He is a general.' } },
    );
    await room
      .as('READER')
      .run(`mutation ($id: ID!) { watch(input: { entry: $id, watching: true }) { outcome } }`, { id: one });
    await talkIn(room).say(one, 'Who is he?');
    await desk.merged(one, other);
    const corrections = async (id: string) =>
      (await room.asAnonymous().run(`query ($id: ID!) { actor(id: $id) { corrections { note } } }`, { id })).actor
        ?.corrections;
    for (const id of [one, other]) {
      const { stories, claims } = await room
        .asAnonymous()
        .run(
          `query ($id: ID!) { stories(filter: { actor: $id }) { totalCount nodes { id } } claims(filter: { subject: $id }) { totalCount } }`,
          { id },
        );
      expect(stories).toEqual({ totalCount: 1, nodes: [{ id: told }] });
      expect(claims.totalCount).toBe(0);
      expect(await corrections(id)).toEqual([{ note: 'He is a general.' }]);
    }
    const { corrections: ofStory } = await room
      .asAnonymous()
      .run(`query ($id: ID!) { corrections(story: $id) { totalCount nodes { note entry { id } } } }`, { id: told });
    expect(ofStory).toEqual({ totalCount: 1, nodes: [{ note: 'He is a general.', entry: { id: other } }] });
    const watching = async () =>
      (await room.as('READER').run(`{ viewer { watching { totalCount nodes { id viewerIsWatching } } } }`)).viewer
        .watching;
    expect(await watching()).toEqual({ totalCount: 1, nodes: [{ id: other, viewerIsWatching: true }] });
    const { applyChangeset } = await room
      .as('EDITOR')
      .run(
        `mutation ($input: ApplyChangesetInput!) { applyChangeset(input: $input) { outcome results { problems { code path entry { id } } } problems { code path } } }`,
        {
          input: {
            edits: [
              { editActor: { id: one, baseRevision: 2, fields: { description: 'x' } } },
              { createStory: { fields: { headline: 'By changeset', cast: [{ actor: one }] } } },
            ],
          },
        },
      );
    expect(applyChangeset.outcome).toBe('INVALID');
    expect(applyChangeset.results[0].problems).toMatchObject([{ code: 'GONE', entry: { id: other } }]);
    expect(
      codes(await desk.create('actor', { actorType: 'PERSON', names: [{ text: 'Thief' }], slug: 'former-slug' })),
    ).toEqual(['INVALID', 'SLUG_TAKEN /slug']);
    await desk.parted(one);
    expect(await corrections(one)).toEqual([{ note: 'He is a general.' }]);
    expect(await corrections(other)).toEqual([]);
    expect(await watching()).toEqual({ totalCount: 1, nodes: [{ id: one, viewerIsWatching: true }] });
    const comments = async (id: string) =>
      (
        await room
          .as('EDITOR')
          .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { comments(first: 5) { nodes { body } } } }`, { id })
      ).actor.comments.nodes;
    expect(await comments(one)).toEqual([{ body: 'Who is he?' }]);
    expect(await comments(other)).toEqual([]);
  });

  it('a draft’s address is not free for others while it is merged', async () => {
    const [one, other] = await desk.two({ slug: 'draft-merged' }, { publish: false });
    await desk.merged(one, other);
    expect(
      codes(await desk.create('actor', { actorType: 'PERSON', names: [{ text: 'Thief' }], slug: 'draft-merged' })),
    ).toEqual(['INVALID', 'SLUG_TAKEN /slug']);
    expect(codes(await desk.edit('actor', other, 2, { slug: 'draft-merged' }))).toEqual([
      'INVALID',
      'SLUG_TAKEN /slug',
    ]);
    await desk.parted(one);
    expect((await room.as('EDITOR').run(`{ actor(slug: "draft-merged", view: LATEST) { id } }`)).actor).toEqual({
      id: one,
    });
  });

  it('publishes with a story whom it tells of by a former id', async () => {
    const [one, other] = await desk.two({}, { publish: false });
    const story = (await room.make.story({ cast: [{ actor: one }], body: 'x' }, { publish: false })).id;
    const claim = (await room.make.claim({ subject: one }, { publish: false })).id;
    const citation = (await room.make.citation({ about: claim }, { publish: false })).id;
    await desk.merged(one, other);
    await desk.edit('story', story, 1, { timeline: [{ claim }] });
    const { publish } = await room
      .as('EDITOR')
      .run(
        `mutation ($id: ID!) { publish(input: { id: $id, revision: 2, references: true, override: true, note: "x" }) { outcome also { id } problems { code message } } }`,
        { id: story },
      );
    expect(publish).toMatchObject({ outcome: 'SAVED', problems: [] });
    expect(publish.also.map(({ id }: Answer) => id)).toEqual(expect.arrayContaining([other, claim, citation]));
    expect(await desk.stateOf(other)).toBe('PUBLISHED');
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { story(id: $id) { cast { actor { id } } } }`, { id: story }))
        .story.cast,
    ).toEqual([{ actor: { id: other } }]);
    await desk.parted(one);
    expect(
      (await room.asAnonymous().run(`query ($id: ID!) { story(id: $id) { cast { actor { id } } } }`, { id: story }))
        .story.cast,
    ).toEqual([]);
  });
});

describe('Judging whether two are one', () => {
  const JUDGE = `mutation ($input: JudgeMatchInput!) { act: judgeMatch(input: $input) {
    candidate { actor { id } judgement score reasons } problems { code path message entry { id } } } }`;
  const judge = async (a: string, b: string, judgement: string): Promise<Answer> =>
    (await room.as('EDITOR').run(JUDGE, { input: { a, b, judgement } })).act;
  const candidates = async (id: string): Promise<Answer[]> =>
    (
      await room
        .as('CONTRIBUTOR')
        .run(`query ($id: ID!) { actor(id: $id, view: LATEST) { matchCandidates { actor { id } judgement } } }`, { id })
    ).actor.matchCandidates;

  it('NOT_SAME is remembered both ways: proposed to nobody, and not merged until judged otherwise', async () => {
    const [one, other] = [
      (await room.make.actor({ names: [{ text: 'Namesake Pérez' }] })).id,
      (await room.make.actor({ names: [{ text: 'namesake perez' }] })).id,
    ];
    expect(await candidates(one)).toEqual([{ actor: { id: other }, judgement: null }]);
    expect(await judge(one, other, 'NOT_SAME')).toMatchObject({
      candidate: { actor: { id: other }, judgement: 'NOT_SAME' },
      problems: [],
    });
    expect([await candidates(one), await candidates(other)]).toEqual([[], []]);
    for (const [from, into] of [
      [one, other],
      [other, one],
    ] as const)
      expect(codes(await writingNothing(room, () => desk.merge(from, into)))).toEqual(['INVALID', 'INVALID /into']);
    expect((await judge(other, one, 'UNSURE')).candidate).toMatchObject({ actor: { id: one }, judgement: 'UNSURE' });
    expect(await candidates(one)).toEqual([{ actor: { id: other }, judgement: 'UNSURE' }]);
    await judge(one, other, 'SAME');
    expect(await candidates(other)).toEqual([{ actor: { id: one }, judgement: 'SAME' }]);
    expect(await desk.stateOf(one)).toBe('PUBLISHED');
    await desk.merged(one, other);
    expect(await candidates(other)).toEqual([]);
    await desk.parted(one);
    expect(await candidates(other)).toEqual([{ actor: { id: one }, judgement: 'SAME' }]);
  });

  it('NOT_SAME of what was merged into one of them holds for both: what answers for it is not merged either', async () => {
    const [one, other] = await desk.two();
    const double = (await room.make.actor()).id;
    await judge(double, other, 'NOT_SAME');
    await desk.merged(double, one);
    expect(codes(await desk.merge(one, other))).toEqual(['INVALID', 'INVALID /into']);
    expect(codes(await desk.merge(other, one))).toEqual(['INVALID', 'INVALID /into']);
  });

  it('NOT_SAME of what is merged by now is taken back by judging otherwise of what answers for it', async () => {
    const [one, other] = await desk.two();
    const double = (await room.make.actor()).id;
    await judge(one, other, 'SAME');
    await judge(double, other, 'NOT_SAME');
    await desk.merged(double, one);
    expect(await candidates(one)).toEqual([]);
    expect(codes(await desk.merge(one, other))).toEqual(['INVALID', 'INVALID /into']);
    await judge(one, other, 'SAME');
    expect(await candidates(one)).toEqual([{ actor: { id: other }, judgement: 'SAME' }]);
    await desk.merged(one, other);
    await desk.parted(one);
    await desk.parted(double);
    expect(codes(await desk.merge(double, other))).toEqual(['INVALID', 'INVALID /into']);
  });

  it('refuses what is no pair of actors, and writes nothing', async () => {
    const [one, other] = await desk.two();
    const [gone, double] = await desk.two();
    const story = (await room.make.story()).id;
    await desk.act('deleteEntry', { id: gone, baseRevision: 1 });
    await desk.merged(double, other);
    await writingNothing(room, async () => {
      const refused = async (a: string, b: string) => {
        const { candidate, problems } = await judge(a, b, 'SAME');
        return [candidate, ...problems.map(({ code, path }: Answer) => `${code} ${path}`)];
      };
      expect(await refused(one, one)).toEqual([null, 'INVALID /b']);
      expect(await refused(one, story)).toEqual([null, 'INVALID /b']);
      expect(await refused(gone, one)).toEqual([null, 'GONE /a']);
      expect(await refused(one, double)).toEqual([null, 'GONE /b']);
      for (const id of NOBODY)
        expect(await room.as('EDITOR').fails(JUDGE, { input: { a: one, b: id, judgement: 'SAME' } })).toBe('NOT_FOUND');
    });
  });
});
