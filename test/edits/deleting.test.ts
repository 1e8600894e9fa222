import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
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

const act = async (name: string, input: Fields, role: Role = 'EDITOR'): Promise<Answer> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return (
    await room
      .as(role)
      .run(
        `mutation ($input: ${type}!) { act: ${name}(input: $input) { outcome problems { code path message entry { id } } } }`,
        {
          input,
        },
      )
  ).act;
};
const codes = ({ problems }: Answer): string[] => problems.map(({ code, path }: Answer) => `${code} ${path}`);

const SEEN = `query ($actor: ID!, $story: ID!, $event: ID!, $view: View!) {
  story(id: $story, view: $view) { bodyHtml cast { actor { id state } } timeline { event { id state } } backlinks { totalCount } }
  event(id: $event, view: $view) { title participants { actor { id state } } stories { totalCount nodes { id } } backlinks { totalCount } }
  actor(id: $actor, view: $view) { state stories { totalCount } events { totalCount } backlinks { totalCount nodes { id } } }
  actors(view: $view, first: 100) { totalCount nodes { id } } }`;

/** A story and an event that refer to an actor, who refers to both in a text. */
async function openCircle() {
  const word = `circle-${Math.random().toString(36).slice(2, 8)}`;
  const actor = await room.make.actor({
    slug: word,
    names: [{ text: word }],
    body: `[[story:${word}]] [[event:${word}]]`,
  });
  const event = await room.make.event({ slug: word, participants: [{ actor: actor.id }] });
  const story = await room.make.story({
    slug: word,
    body: `By [[actor:${word}|him]].`,
    cast: [{ actor: actor.id }],
    timeline: [{ event: event.id }],
  });
  const variables = { actor: actor.id, story: story.id, event: event.id };
  const publicly = () => room.asAnonymous().run(SEEN, { ...variables, view: 'PUBLISHED' });
  const inside = () => room.as('CONTRIBUTOR').run(SEEN, { ...variables, view: 'LATEST' });
  return { word, ...variables, publicly, inside };
}

describe('An entry that was deleted', () => {
  it('is missing wherever the public met it, and is all there again once it is restored', async () => {
    const { actor, publicly } = await openCircle();
    const before = await publicly();
    expect(before.story.cast).toHaveLength(1);
    expect(before.story.backlinks.totalCount).toBe(1);
    await act('deleteEntry', { id: actor, baseRevision: 1 });
    const without = await publicly();
    expect(without).toMatchObject({
      story: { cast: [], bodyHtml: '<p>By him.</p>\n', backlinks: { totalCount: 0 } },
      event: { participants: [], backlinks: { totalCount: 1 } },
      actor: null,
    });
    expect(without.actors.nodes).not.toContainEqual({ id: actor });
    expect(without.actors.totalCount).toBe(before.actors.totalCount - 1);
    await act('restoreEntry', { id: actor });
    const after = await publicly();
    const inOrder = (answer: Answer) => ({
      ...answer,
      actors: { ...answer.actors, nodes: answer.actors.nodes.length },
    });
    expect(inOrder(after)).toEqual(inOrder(before));
    expect(after.story.bodyHtml).toContain(`data-entry="${actor}"`);
  });

  it('stands for the newsroom where it was referred to, with its state, and the checks name each place', async () => {
    const { actor, story, inside } = await openCircle();
    await act('deleteEntry', { id: actor, baseRevision: 1 });
    const seen = await inside();
    expect(seen.story.cast).toEqual([{ actor: { id: actor, state: 'DELETED' } }]);
    expect(seen.event.participants).toEqual([{ actor: { id: actor, state: 'DELETED' } }]);
    expect(seen.actor).toMatchObject({ state: 'DELETED', backlinks: { totalCount: 2 } });
    expect(seen.actors.nodes).not.toContainEqual({ id: actor });
    const CHECKS = `query ($id: ID!) { story(id: $id, view: LATEST) { checks { rule path entry { id } } } }`;
    const { checks } = (await room.as('CONTRIBUTOR').run(CHECKS, { id: story })).story;
    expect(checks.map(({ path, entry }: Answer) => [path.split('/')[1], entry?.id]).toSorted()).toEqual([
      ['body', actor],
      ['cast', actor],
    ]);
  });

  it('keeps its address, and what wants it is granted nothing else', async () => {
    const { word, actor } = await openCircle();
    await act('deleteEntry', { id: actor, baseRevision: 1 });
    const CREATE = `mutation ($input: CreateActorInput!) { createActor(input: $input) { outcome actor { slug } problems { code } } }`;
    const create = async (fields: Fields) =>
      (await room.as('EDITOR').run(CREATE, { input: { fields: { actorType: 'PERSON', ...fields } } })).createActor;
    expect(await create({ names: [{ text: 'Other' }], slug: word })).toMatchObject({
      problems: [{ code: 'SLUG_TAKEN' }],
    });
    expect(await create({ names: [{ text: word }] })).toMatchObject({ actor: { slug: `${word}-2` } });
  });

  it('has its own wanted links granted while it is away', async () => {
    const { id } = await room.make.story({ body: 'See [[event:comes-later]].' });
    await act('deleteEntry', { id, baseRevision: 1 });
    const event = await room.make.event({ slug: 'comes-later' });
    const BACK = `query ($id: ID!) { event(id: $id) { backlinks { nodes { id } } } }`;
    expect((await room.asAnonymous().run(BACK, { id: event.id })).event.backlinks.nodes).toEqual([]);
    await act('restoreEntry', { id });
    expect((await room.asAnonymous().run(BACK, { id: event.id })).event.backlinks.nodes).toEqual([{ id }]);
  });

  it('does not come back into a circle that was closed meanwhile', async () => {
    const inner = await room.make.event();
    const outer = await room.make.event({ partOf: inner.id });
    const edit = (id: string, baseRevision: number, partOf: string | null, role: Role = 'EDITOR') =>
      act('editEvent', { id, baseRevision, fields: { partOf } }, role);
    expect((await edit(outer.id, 1, null)).outcome).toBe('SAVED');
    expect((await edit(inner.id, 1, outer.id)).outcome).toBe('SAVED');
    // The public sees inner as part of outer; what waits takes that back.
    expect((await edit(inner.id, 2, null, 'CONTRIBUTOR')).outcome).toBe('SAVED');
    expect((await act('deleteEntry', { id: inner.id, baseRevision: 3 })).outcome).toBe('SAVED');
    expect(codes(await edit(outer.id, 2, inner.id))).toEqual(['GONE /partOf']);
    expect((await act('revertEntry', { id: outer.id, baseRevision: 2, toRevision: 1 })).outcome).toBe('SAVED');
    const refused = await writingNothing(room, () => act('restoreEntry', { id: inner.id }));
    expect([refused.outcome, codes(refused)]).toEqual(['INVALID', ['CYCLE /partOf']]);
    expect((await edit(outer.id, 3, null)).outcome).toBe('SAVED');
    expect((await act('restoreEntry', { id: inner.id })).outcome).toBe('SAVED');
  });

  it('can be told again and again without a trace in what others see of the past', async () => {
    const { id } = await room.make.story({ headline: 'Here' });
    for (const baseRevision of [1, 3, 5]) {
      await act('deleteEntry', { id, baseRevision });
      await act('restoreEntry', { id });
    }
    const HISTORY = `query ($id: ID!) { story(id: $id) { createdAt revision { number action } history { totalCount nodes { number action changes { path } } } } }`;
    const { story } = await room.asAnonymous().run(HISTORY, { id });
    expect(story.revision).toEqual({ number: 1, action: 'CREATE' });
    expect(story.history.nodes.map(({ number, action }: Answer) => `${number} ${action}`)).toEqual(['1 CREATE']);
  });
});

describe('Deleting what others are writing', () => {
  it('lets exactly one of them have it: the deletion conflicts, or the edit is told that it is gone', async () => {
    const told = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const { id } = await room.make.story({ headline: 'One' });
      const edit = () => act('editStory', { id, baseRevision: 1, fields: { headline: 'Two' } });
      const away = () => act('deleteEntry', { id, baseRevision: 1 });
      const [edited, deleted] =
        round % 2 === 0
          ? await Promise.all([edit(), away()])
          : await Promise.all([away(), edit()]).then((both) => both.toReversed());
      told.add(`${edited.outcome} ${codes(edited)} / ${deleted.outcome}`);
    }
    expect(['SAVED  / CONFLICT', 'INVALID GONE null / SAVED']).toEqual(expect.arrayContaining([...told]));
  });

  it('by referring to it, ends in one of two orders, and neither waits for the other for good', async () => {
    for (let round = 0; round < 8; round++) {
      const actor = await room.make.actor();
      const story = await room.make.story();
      const [linked] = await Promise.all([
        act('editStory', { id: story.id, baseRevision: 1, fields: { cast: [{ actor: actor.id }] } }),
        act('deleteEntry', { id: actor.id, baseRevision: 1 }),
      ]);
      expect(['SAVED ', 'INVALID GONE /cast/0/actor']).toContain(`${linked.outcome} ${codes(linked)}`);
    }
    const [{ deadlocks }] = await room.sql(
      'select deadlocks::int from pg_stat_database where datname = current_database()',
    );
    expect(deadlocks).toBe(0);
  });
});
