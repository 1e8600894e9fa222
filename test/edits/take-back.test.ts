import { eraseRevisions } from '../../src/edits/hide-revisions';
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

const PAYLOAD = `outcome
  entry { id state slug title latestRevision publishedRevision viewerCan }
  revision { number action parent { number } base { number } target { number } review summary }
  changes { path op before after }
  conflict { base { number } latest { number } fields { path base mine theirs theirRevision { number } parts { merged base mine theirs } } }
  problems { severity code check message path entry { id } }`;

const act = async (name: string, input: Fields, role: Role = 'EDITOR'): Promise<Answer> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  return (
    await room.as(role).run(`mutation ($input: ${type}!) { act: ${name}(input: $input) { ${PAYLOAD} } }`, { input })
  ).act;
};
const edit = async (id: string, baseRevision: number, fields: Fields, role: Role = 'EDITOR'): Promise<Answer> => {
  const { editStory } = await room
    .as(role)
    .run(
      `mutation ($input: EditStoryInput!) { editStory(input: $input) { ${PAYLOAD.replace('entry {', 'entry: story {')} } }`,
      {
        input: { id, baseRevision, fields },
      },
    );
  expect(editStory.problems).toEqual([]);
  return editStory;
};
const story = async (id: string, view = 'LATEST', fields = 'headline summary body topics state'): Promise<Answer> =>
  (await room.as('EDITOR').run(`query ($id: ID!) { story(id: $id, view: ${view}) { ${fields} } }`, { id })).story;

describe('Going back to an earlier revision', () => {
  it('is a new revision that says which one it restores, and is public at once like any edit of an editor', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First', topics: ['army'] });
    await edit(id, 1, { headline: 'Two', topics: ['navy'] });
    await edit(id, 2, { summary: 'Third' });
    const answer = await act('revertEntry', { id, baseRevision: 3, toRevision: 1, summary: 'it was right' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { title: 'One', latestRevision: 4, publishedRevision: 4 },
      revision: { number: 4, action: 'REVERT', target: { number: 1 }, base: { number: 3 }, summary: 'it was right' },
      problems: [],
    });
    expect(answer.changes.map(({ path }: Answer) => path)).toEqual([
      '/headline',
      '/summary',
      '/topics/navy',
      '/topics/army',
    ]);
    expect(await story(id, 'PUBLISHED')).toMatchObject({ headline: 'One', summary: 'First', topics: ['army'] });
  });

  it('keeps what others did since the revision that the editor saw, where it does not touch what goes back', async () => {
    const { id } = await room.make.story({ headline: 'One', summary: 'First' });
    await edit(id, 1, { headline: 'Two' });
    await edit(id, 2, { summary: 'Later' });
    const answer = await act('revertEntry', { id, baseRevision: 2, toRevision: 1 });
    expect(answer.outcome).toBe('MERGED');
    expect(await story(id)).toMatchObject({ headline: 'One', summary: 'Later' });
  });

  it('conflicts where others changed what goes back', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    await edit(id, 2, { headline: 'Three' });
    const answer = await writingNothing(room, () => act('revertEntry', { id, baseRevision: 2, toRevision: 1 }));
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      conflict: { fields: [{ path: '/headline', base: 'Two', mine: 'One', theirs: 'Three' }] },
    });
  });

  it('waits for an editor where a contributor does it', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    const answer = await act('revertEntry', { id, baseRevision: 2, toRevision: 1 }, 'CONTRIBUTOR');
    expect(answer.revision).toMatchObject({ number: 3, review: 'PENDING' });
    expect(await story(id, 'PUBLISHED')).toMatchObject({ headline: 'Two' });
  });

  it('brings back what refers to something deleted since, and keeps the address where the old one is another’s', async () => {
    const event = await room.make.event();
    const { id } = await room.make.story(
      { slug: 'first-address', timeline: [{ event: event.id }] },
      { publish: false },
    );
    await edit(id, 1, { slug: 'second-address', timeline: [] });
    const other = await room.make.story({ slug: 'first-address' });
    await act('deleteEntry', { id: event.id, baseRevision: 1 });
    const answer = await act('revertEntry', { id, baseRevision: 2, toRevision: 1 });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { slug: 'second-address' },
      problems: [{ severity: 'WARNING', code: 'SLUG_TAKEN', path: '/slug', entry: { id: other.id } }],
    });
    expect(await story(id, 'LATEST', 'timeline { event { id state } }')).toEqual({
      timeline: [{ event: { id: event.id, state: 'DELETED' } }],
    });
  });

  it.each([
    [{ baseRevision: 2, toRevision: 0 }, '/toRevision', /there is no revision 0/],
    [{ baseRevision: 2, toRevision: 3 }, '/toRevision', /there is no revision 3/],
    [{ baseRevision: -1, toRevision: 1 }, '/baseRevision', /there is no revision -1/],
    [{ baseRevision: 9, toRevision: 1 }, '/baseRevision', /there is no revision 9/],
  ])('to or from a revision that is not there is refused: %j', async (numbers, path, message) => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    const answer = await writingNothing(room, () => act('revertEntry', { id, ...numbers }));
    expect(answer).toMatchObject({ outcome: 'INVALID', problems: [{ code: 'INVALID', path }] });
    expect(answer.problems[0].message).toMatch(message);
  });

  it('to what the entry already is, is nothing to write', async () => {
    const { id } = await room.make.story();
    expect((await writingNothing(room, () => act('revertEntry', { id, baseRevision: 1, toRevision: 1 }))).outcome).toBe(
      'UNCHANGED',
    );
  });
});

describe('Undoing one revision', () => {
  const BODY = 'The guard left in the night. Nobody saw him go.\n\nThe minister denies that. He calls it a story.\n';
  it('takes it out of the middle and keeps what came later, sentence by sentence', async () => {
    const { id } = await room.make.story({ headline: 'One', body: BODY });
    await edit(id, 1, { body: BODY.replace('Nobody saw him go.', 'Two men saw him go.'), headline: 'Two' });
    await edit(id, 2, {
      body: BODY.replace('Nobody saw him go.', 'Two men saw him go.').replace('a story', 'an invention'),
    });
    const answer = await act('undoRevision', { id, revision: 2, summary: 'not seen' });
    expect(answer).toMatchObject({
      outcome: 'MERGED',
      revision: { number: 4, action: 'UNDO', target: { number: 2 }, base: { number: 3 }, parent: { number: 3 } },
    });
    expect(await story(id)).toMatchObject({ headline: 'One', body: BODY.replace('a story', 'an invention') });
  });

  it('of the newest is what going back to the one before is', async () => {
    const { id } = await room.make.story({ headline: 'One', topics: ['army'] });
    await edit(id, 1, { headline: 'Two', topics: ['navy'], summary: 'More' });
    expect((await act('undoRevision', { id, revision: 2 })).outcome).toBe('SAVED');
    expect(await story(id)).toMatchObject({ headline: 'One', topics: ['army'], summary: null });
  });

  it('conflicts where later work stands on it, and tells all three values', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    await edit(id, 2, { headline: 'Three' });
    const answer = await writingNothing(room, () => act('undoRevision', { id, revision: 2 }));
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      conflict: {
        base: { number: 2 },
        latest: { number: 3 },
        fields: [{ path: '/headline', base: 'Two', mine: 'One', theirs: 'Three', theirRevision: { number: 3 } }],
      },
    });
  });

  it('twice is nothing to write the second time', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    await act('undoRevision', { id, revision: 2 });
    expect((await act('undoRevision', { id, revision: 2 })).outcome).toBe('UNCHANGED');
  });

  it('of the first, of a deletion or of what is not there is refused, with what to do instead', async () => {
    const { id } = await room.make.story();
    expect((await act('undoRevision', { id, revision: 1 })).problems[0].message).toMatch(/created.*deleteEntry/);
    expect((await act('undoRevision', { id, revision: 7 })).problems[0].message).toMatch(/no revision 7/);
    await act('deleteEntry', { id, baseRevision: 1 });
    expect((await act('undoRevision', { id, revision: 2 })).problems).toMatchObject([{ code: 'GONE' }]);
    await act('restoreEntry', { id });
    expect((await act('undoRevision', { id, revision: 2 })).problems[0].message).toMatch(/deleted.*restoreEntry/);
  });
});

describe('Deleting an entry', () => {
  it('takes it out of lists and public sight, and tells what refers to it', async () => {
    const event = await room.make.event({ title: 'A meeting in the harbour' });
    const referring = await room.make.story({ headline: 'Harbour', timeline: [{ event: event.id }] });
    const answer = await act('deleteEntry', { id: event.id, baseRevision: 1, summary: 'never happened' });
    expect(answer).toMatchObject({
      outcome: 'SAVED',
      entry: { state: 'DELETED', viewerCan: ['RESTORE'] },
      revision: { number: 2, action: 'DELETE', summary: 'never happened' },
      changes: [],
      problems: [{ severity: 'WARNING', code: 'CHECK', check: 'BROKEN_LINK', entry: { id: referring.id } }],
    });
    expect(answer.problems[0].path).toMatch(/^\/timeline\/[^/]+\/event$/);
    const listed = await room.as('EDITOR').run(`{ events(view: LATEST, filter: { state: DELETED }) { nodes { id } }
      open: events(view: LATEST, first: 100) { nodes { id } } public: events(first: 100) { nodes { id } } }`);
    expect(listed.events.nodes).toContainEqual({ id: event.id });
    expect([...listed.open.nodes, ...listed.public.nodes]).not.toContainEqual({ id: event.id });
    const seen = await room.asAnonymous().run(`query ($id: ID!) { event(id: $id) { id } }`, { id: event.id });
    expect(seen).toEqual({ event: null });
  });

  it('comes back as it was, public since the day it first was, with its links and lists', async () => {
    const actor = await room.make.actor();
    const { id } = await room.make.story({ headline: 'Here again', cast: [{ actor: actor.id }] });
    const before = await story(id, 'PUBLISHED', 'createdAt state cast { actor { id } }');
    await act('deleteEntry', { id, baseRevision: 1 });
    expect(await story(id, 'PUBLISHED')).toBeNull();
    const answer = await act('restoreEntry', { id });
    expect(answer).toMatchObject({ outcome: 'SAVED', revision: { number: 3, action: 'RESTORE', review: 'ACCEPTED' } });
    expect(await story(id, 'PUBLISHED', 'createdAt state cast { actor { id } }')).toEqual(before);
    const stories = await room
      .asAnonymous()
      .run(`query ($id: ID!) { actor(id: $id) { stories { nodes { id } } } }`, { id: actor.id });
    expect(stories.actor.stories.nodes).toEqual([{ id }]);
  });

  it('keeps what waited for review: it waits again, and the public sees what it saw', async () => {
    const { id } = await room.make.story({ headline: 'Seen' });
    await edit(id, 1, { headline: 'Waiting' }, 'CONTRIBUTOR');
    await act('deleteEntry', { id, baseRevision: 2 });
    const answer = await act('restoreEntry', { id });
    expect(answer).toMatchObject({ entry: { state: 'PUBLISHED', latestRevision: 4, publishedRevision: 1 } });
    expect(await story(id, 'PUBLISHED')).toMatchObject({ headline: 'Seen' });
    expect(await story(id)).toMatchObject({ headline: 'Waiting' });
  });

  it('conflicts where somebody changed it since the editor looked', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' });
    const answer = await writingNothing(room, () => act('deleteEntry', { id, baseRevision: 1 }));
    expect(answer).toMatchObject({
      outcome: 'CONFLICT',
      conflict: { fields: [{ path: '/headline', base: 'One', mine: null, theirs: 'Two' }] },
    });
  });

  it('twice, or restoring what is not deleted, is nothing to write', async () => {
    const { id } = await room.make.story();
    expect((await act('restoreEntry', { id })).outcome).toBe('UNCHANGED');
    await act('deleteEntry', { id, baseRevision: 1 });
    expect((await act('deleteEntry', { id, baseRevision: 1 })).outcome).toBe('UNCHANGED');
  });

  it('is for editors once it was public; contributors may take back what never was', async () => {
    const { id } = await room.make.story();
    const draft = await room.make.story({}, { publish: false, by: 'CONTRIBUTOR' });
    const DELETE = `mutation ($input: DeleteEntryInput!) { deleteEntry(input: $input) { outcome } }`;
    expect(await room.as('CONTRIBUTOR').fails(DELETE, { input: { id, baseRevision: 1 } })).toBe('FORBIDDEN');
    expect(await room.as('READER').fails(DELETE, { input: { id, baseRevision: 1 } })).toBe('FORBIDDEN');
    expect((await act('deleteEntry', { id: draft.id, baseRevision: 1 }, 'CONTRIBUTOR')).outcome).toBe('SAVED');
    expect((await act('restoreEntry', { id: draft.id }, 'CONTRIBUTOR')).entry).toMatchObject({ state: 'DRAFT' });
  });
});

describe('Hiding revisions', () => {
  const HISTORY = `history(first: 10) { nodes { number summary author { name } hiddenReason
    snapshot { title } changes { path before after } } }`;
  it('takes their content and remarks out of everybody’s sight; neighbours are told without them', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'A libel' });
    await edit(id, 2, { headline: 'Three' });
    const answer = await act('hideRevisions', { id, revisions: [2], reason: 'court order' }, 'ADMIN');
    expect(answer).toMatchObject({ outcome: 'SAVED', revision: null, problems: [] });
    for (const view of ['LATEST', 'PUBLISHED']) {
      const { history } = await story(id, view, HISTORY);
      expect(history.nodes).toMatchObject([
        { number: 3, hiddenReason: null, changes: [{ path: '/headline', before: 'One', after: 'Three' }] },
        { number: 2, hiddenReason: 'court order', snapshot: null, changes: [], summary: null },
        { number: 1, hiddenReason: null },
      ]);
      expect(JSON.stringify(history)).not.toContain('libel');
    }
    await act('hideRevisions', { id, revisions: [2], hidden: false, reason: 'order lifted' }, 'ADMIN');
    const { history } = await story(id, 'LATEST', HISTORY);
    expect(history.nodes[1]).toMatchObject({ hiddenReason: null, snapshot: { title: 'A libel' } });
    expect(await room.sql('select act, reason from concealment where entry = $1 order by id', [id])).toEqual([
      { act: 'HIDE', reason: 'court order' },
      { act: 'SHOW', reason: 'order lifted' },
    ]);
  });

  it('leaves nothing to start from, go back to, undo or compare', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'A libel' });
    await edit(id, 2, { headline: 'Three' });
    await act('hideRevisions', { id, revisions: [2], reason: 'court order' }, 'ADMIN');
    const refusals = [
      await act('revertEntry', { id, baseRevision: 3, toRevision: 2 }),
      await act('revertEntry', { id, baseRevision: 2, toRevision: 1 }),
      await act('undoRevision', { id, revision: 2 }),
      await act('deleteEntry', { id, baseRevision: 2 }),
    ];
    for (const { outcome, problems } of refusals) {
      expect(outcome).toBe('INVALID');
      expect(problems[0].message).toMatch(/revision 2 is out of sight/);
    }
    const stale = await room
      .as('EDITOR')
      .run(`mutation ($input: EditStoryInput!) { editStory(input: $input) { outcome problems { path message } } }`, {
        input: { id, baseRevision: 2, fields: { headline: 'Mine' } },
      });
    expect(stale.editStory).toMatchObject({ outcome: 'INVALID', problems: [{ path: '/baseRevision' }] });
    const DIFF = `query ($id: ID!) { story(id: $id, view: LATEST) { diff(from: 2, to: 3) { path } } }`;
    expect(await room.as('EDITOR').fails(DIFF, { id })).toBe('BAD_USER_INPUT');
    expect((await act('undoRevision', { id, revision: 3 })).outcome).toBe('SAVED');
    expect(await story(id)).toMatchObject({ headline: 'One' });
  });

  it('is not for the newest, for what the public sees, for nothing, nor for anybody but ADMIN', async () => {
    const { id } = await room.make.story({ headline: 'One' });
    await edit(id, 1, { headline: 'Two' }, 'CONTRIBUTOR');
    const answer = await act('hideRevisions', { id, revisions: [1, 2, 3], reason: 'law' }, 'ADMIN');
    expect(answer.outcome).toBe('INVALID');
    expect(answer.problems.map(({ code, path }: Answer) => `${code} ${path}`)).toEqual([
      'INVALID /revisions/0',
      'INVALID /revisions/1',
      'NOT_FOUND /revisions/2',
    ]);
    expect((await act('hideRevisions', { id, revisions: [], reason: ' ' }, 'ADMIN')).problems).toMatchObject([
      { code: 'REQUIRED', path: '/reason' },
      { code: 'REQUIRED', path: '/revisions' },
    ]);
    const HIDE = `mutation ($input: HideRevisionsInput!) { hideRevisions(input: $input) { outcome } }`;
    expect(await room.as('EDITOR').fails(HIDE, { input: { id, revisions: [1], reason: 'law' } })).toBe('FORBIDDEN');
  });
});

describe('Erasing revisions', () => {
  const erase = (id: string, revisions: number[], more: Partial<Parameters<typeof eraseRevisions>[1]> = {}) =>
    eraseRevisions(room.newsroom, { id, revisions, reason: 'a judgment', askedBy: 'the legal desk', ...more });

  it('removes content, remark and the texts that nothing else has, and writes down who asked and why', async () => {
    const shared = 'A text that another story has as well.';
    const { id } = await room.make.story({ headline: 'One', body: shared });
    await edit(id, 1, { headline: 'A libel', body: 'A libel in a text of its own.' });
    await edit(id, 2, { headline: 'Three', body: 'Harmless.' });
    await room.make.story({ body: shared });
    expect(await erase(id, [1, 2])).toEqual([]);
    const kept = await room.sql('select number, content, summary from revision where entry = $1 order by number', [id]);
    expect(kept.map(({ content }: Answer) => content === null)).toEqual([true, true, false]);
    const texts = (await room.sql('select body from text')).map(({ body }: Answer) => body);
    expect(texts).toContain(shared);
    expect(texts).not.toContain('A libel in a text of its own.');
    expect(
      await room.sql('select revisions, act, reason, asked_by, author from concealment where entry = $1', [id]),
    ).toEqual([{ revisions: [1, 2], act: 'ERASE', reason: 'a judgment', asked_by: 'the legal desk', author: null }]);
    const { history } = await story(
      id,
      'LATEST',
      'history { nodes { number hiddenReason snapshot { id } changes { path } } }',
    );
    expect(history.nodes.map(({ hiddenReason }: Answer) => hiddenReason)).toEqual([null, 'a judgment', 'a judgment']);
    expect(history.nodes[0].changes.length).toBeGreaterThan(0);
    const shown = await act('hideRevisions', { id, revisions: [2], hidden: false, reason: 'again' }, 'ADMIN');
    expect(shown.problems[0].message).toMatch(/erased for good/);
  });

  it('is not for the newest or the public one, nor without a reason and a name', async () => {
    const { id } = await room.make.story();
    expect((await erase(id, [1])).map(({ message }) => message).join()).toMatch(/newest revision/);
    const problems = await erase(id, [1], { reason: '', askedBy: ' ' });
    expect(problems.map(({ message }) => message)).toEqual([
      'reason is required.',
      'by is required: who asked for it.',
    ]);
    await expect(erase('nonsense', [1])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('Who wrote what, after something was taken back', () => {
  const BLAME =
    'title: blame(path: "/headline") { text revision { number action } } text: blame(path: "/body") { text revision { number } }';
  const told = (parts: Answer): unknown[] => parts.map(({ text, revision }: Answer) => [text, revision.number]);

  it('is whoever wrote it first: reverts, undos, deletions and restorations write nothing', async () => {
    const body = 'The guard left in the night. Nobody knew where he went.\n';
    const { id } = await room.make.story({ headline: 'Yes', body });
    await edit(id, 1, { headline: 'No', body: 'Everything was different.\n' });
    await act('revertEntry', { id, baseRevision: 2, toRevision: 1 });
    await act('deleteEntry', { id, baseRevision: 3 });
    await act('restoreEntry', { id });
    await edit(id, 5, { body: `${body}Today he is abroad.\n` });
    await act('undoRevision', { id, revision: 3 });
    await act('undoRevision', { id, revision: 7 });
    const { title, text } = await story(id, 'LATEST', BLAME);
    expect(title).toEqual([{ text: 'Yes', revision: { number: 1, action: 'CREATE' } }]);
    expect(told(text)).toEqual([
      [body, 1],
      ['Today he is abroad.\n', 6],
    ]);
  });
});
