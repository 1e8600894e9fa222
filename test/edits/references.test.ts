import { type Answer, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

const edit = async (word: string, id: string, baseRevision: number, fields: Record<string, unknown>): Promise<Answer> =>
  (
    await room
      .as('EDITOR')
      .run(
        `mutation Edit($input: Edit${word}Input!) { edit${word}(input: $input) { outcome problems { code path } } }`,
        { input: { id, baseRevision, fields } },
      )
  )[`edit${word}`];
const refused = (...problems: string[]) => ({
  outcome: 'INVALID',
  problems: problems.map((line) => ({ code: line.split(' ')[0], path: line.split(' ')[1] })),
});

describe('An entry that would refer to itself', () => {
  const cases: [string, string, () => Promise<{ id: string }>, (id: string) => Record<string, unknown>, string][] = [
    ['an event, part of itself', 'Event', () => room.make.event(), (id) => ({ partOf: id }), '/partOf'],
    [
      'a document, translated from itself',
      'Document',
      () => room.make.document(),
      (id) => ({ translationOf: id }),
      '/translationOf',
    ],
    [
      'a document, its own anchor',
      'Document',
      () => room.make.document(),
      (id) => ({ publishedAt: { wording: 'then', anchor: id } }),
      '/publishedAt/anchor',
    ],
    [
      'a story, related to itself',
      'Story',
      () => room.make.story(),
      (id) => ({ related: [{ story: id, relation: 'SEE_ALSO' }] }),
      '/related/0/story',
    ],
    [
      'an actor, its own relation',
      'Actor',
      () => room.make.actor(),
      (id) => ({ relations: [{ type: 'ally', actor: id }] }),
      '/relations/0/actor',
    ],
    [
      'a claim that contradicts itself',
      'Claim',
      () => room.make.claim(),
      (id) => ({ relations: [{ kind: 'CONTRADICTS', claim: id }] }),
      '/relations/0/claim',
    ],
    ['a claim about itself', 'Claim', () => room.make.claim(), (id) => ({ subject: id }), '/subject'],
    [
      'a claim whose value is itself',
      'Claim',
      () => room.make.claim(),
      (id) => ({ value: { entry: id } }),
      '/value/entry',
    ],
    ['a citation about itself', 'Citation', () => room.make.citation(), (id) => ({ about: id }), '/about'],
  ];
  it.each(cases)('is refused: %s', async (_, word, make, fields, path) => {
    const { id } = await make();
    expect(await writingNothing(room, () => edit(word, id, 1, fields(id)))).toEqual(refused(`CYCLE ${path}`));
  });
});

describe('A circle', () => {
  const chains: [string, string, string, () => Promise<{ id: string }>][] = [
    ['of events that are part of each other', 'Event', 'partOf', () => room.make.event()],
    ['of documents that are translations of each other', 'Document', 'translationOf', () => room.make.document()],
  ];

  it.each(chains)('is refused at the edit that would close it: %s', async (_, word, field, make) => {
    const [a, b, c] = [await make(), await make(), await make()];
    expect((await edit(word, a.id, 1, { [field]: b.id })).outcome).toBe('SAVED');
    expect((await edit(word, b.id, 1, { [field]: c.id })).outcome).toBe('SAVED');
    expect(await writingNothing(room, () => edit(word, c.id, 1, { [field]: a.id }))).toEqual(
      refused(`CYCLE /${field}`),
    );
    expect(await writingNothing(room, () => edit(word, b.id, 2, { [field]: a.id }))).toEqual(
      refused(`CYCLE /${field}`),
    );
    // Once the chain is cut there is none to close.
    expect((await edit(word, a.id, 2, { [field]: null })).outcome).toBe('SAVED');
    expect((await edit(word, c.id, 1, { [field]: a.id })).outcome).toBe('SAVED');
  });

  it.each(chains)(
    'is not closed by two edits at the same moment: exactly one is refused: %s',
    async (_, word, field, make) => {
      for (let round = 0; round < 20; round++) {
        const [a, b] = [await make(), await make()];
        const answers = await Promise.all([
          edit(word, a.id, 1, { [field]: b.id }),
          edit(word, b.id, 1, { [field]: a.id }),
        ]);
        expect(answers.toSorted((one) => (one.outcome === 'SAVED' ? -1 : 1))).toEqual([
          { outcome: 'SAVED', problems: [] },
          refused(`CYCLE /${field}`),
        ]);
      }
    },
  );

  it('is not closed by four edits at the same moment, of which each alone would be fine', async () => {
    const events = await Promise.all(Array.from({ length: 4 }, () => room.make.event()));
    const answers = await Promise.all(
      events.map(({ id }, n) => edit('Event', id, 1, { partOf: events[(n + 1) % 4]?.id })),
    );
    expect(answers.filter((answer) => answer.outcome === 'SAVED')).toHaveLength(3);
  });

  it('is found however long the chain is', async () => {
    let whole: string | null = null;
    const first = await room.make.event();
    let last = first.id;
    for (let n = 0; n < 60; n++) last = (await room.make.event({ partOf: last })).id;
    whole = last;
    expect(await edit('Event', first.id, 1, { partOf: whole })).toEqual(refused('CYCLE /partOf'));
  });
});

describe('What stood in one field', () => {
  it('is looked at again in another: an actor that a citation is about is no document', async () => {
    const actor = await room.make.actor();
    const { id } = await room.make.citation({ about: actor.id });
    expect(await writingNothing(room, () => edit('Citation', id, 1, { document: actor.id }))).toEqual(
      refused('INVALID /document'),
    );
    const event = await room.make.event();
    const story = await room.make.story({ timeline: [{ event: event.id }] });
    expect(await edit('Story', story.id, 1, { cast: [{ actor: event.id }] })).toEqual(refused('INVALID /cast/0/actor'));
  });

  it('may stay there when what it leads to was deleted, but is not put anywhere anew', async () => {
    const [actor, other] = [await room.make.actor(), await room.make.actor()];
    const { id, content } = await room.make.story({ cast: [{ actor: actor.id }] });
    await room.sql(`update entry set state = 'DELETED' where id = $1`, [actor.id]);
    const cast = content['cast'] as { id: string; actor: string }[];
    expect((await edit('Story', id, 1, { cast: [...cast, { actor: other.id }] })).outcome).toBe('SAVED');
    const fresh = await room.make.story();
    expect(await edit('Story', fresh.id, 1, { cast: [{ actor: actor.id }] })).toEqual(refused('GONE /cast/0/actor'));
    expect(await edit('Actor', actor.id, 1, { description: 'New' })).toEqual({
      outcome: 'INVALID',
      problems: [{ code: 'GONE', path: null }],
    });
  });
});

describe('The id of an item', () => {
  const cast = (content: Record<string, unknown>) =>
    content['cast'] as { id: string; actor: string; role: string | null }[];

  it('is given by the newsroom, and keeps the item the same through edits', async () => {
    const actors = [await room.make.actor(), await room.make.actor(), await room.make.actor()];
    const { id, content } = await room.make.story({ cast: actors.map((actor) => ({ actor: actor.id })) });
    const [one, two, three] = cast(content);
    for (const item of [one, two, three]) expect(item?.id).toMatch(/^[A-Za-z0-9_-]{16}$/);
    const mutation = `mutation Edit($input: EditStoryInput!) { editStory(input: $input) { outcome changes { op path before after } story { cast { id role } } } }`;
    const { editStory } = await room.as('EDITOR').run(mutation, {
      input: {
        id,
        baseRevision: 1,
        fields: { cast: [{ ...three, role: 'now first' }, one, { actor: actors[1]?.id, role: 'new' }] },
      },
    });
    const added = editStory.story.cast[2].id;
    expect(editStory.changes).toEqual([
      { op: 'REMOVED', path: `/cast/${two?.id}`, before: two, after: null },
      { op: 'MOVED', path: `/cast/${three?.id}`, before: 2, after: 0 },
      { op: 'ADDED', path: `/cast/${three?.id}/role`, before: null, after: 'now first' },
      { op: 'ADDED', path: `/cast/${added}`, before: null, after: { id: added, actor: actors[1]?.id, role: 'new' } },
    ]);
    expect([one?.id, two?.id, three?.id]).not.toContain(added);
  });

  it('that the list had once brings the item back; one of another list, another story or nobody is refused', async () => {
    const actor = await room.make.actor();
    const { id, content } = await room.make.story({ cast: [{ actor: actor.id }], timeline: [{ note: 'A note' }] });
    const [item] = cast(content);
    const [note] = content['timeline'] as { id: string }[];
    const other = await room.make.story({ cast: [{ actor: actor.id }] });
    expect((await edit('Story', id, 1, { cast: [] })).outcome).toBe('SAVED');
    expect((await edit('Story', id, 2, { cast: [item] })).outcome).toBe('SAVED');
    for (const strange of [note?.id, cast(other.content)[0]?.id, 'nobody'])
      expect(
        await writingNothing(room, () => edit('Story', id, 3, { cast: [{ id: strange, actor: actor.id }] })),
      ).toEqual(refused('INVALID /cast/0/id'));
  });

  it('is had by one item only', async () => {
    const actor = await room.make.actor();
    const { id, content } = await room.make.story({ cast: [{ actor: actor.id }] });
    const [item] = cast(content);
    expect(await writingNothing(room, () => edit('Story', id, 1, { cast: [item, item] }))).toEqual(
      refused('DUPLICATE /cast/1/id'),
    );
  });
});
