import { eraseRevisions } from '../../src/edits/hide-revisions';
import { type Answer, type Asker, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { findBreaches } from '../support/invariants';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(async () => {
  expect(await findBreaches(room.sql)).toEqual([]);
  await room.close();
});

type Fields = Record<string, unknown>;

const REVISION = `id number summary hiddenReason snapshot { title ... on Story { body summary bodyHtml topics timeline { note } } }
  changes { path op before after text { text } } changeset { id summary }`;
const PAYLOAD = `outcome entry { id title latestRevision } revision { ${REVISION} parent { ${REVISION} } base { ${REVISION} } target { ${REVISION} } }
  changes { path op before after text { text } } problems { message path }
  conflict { base { ${REVISION} } latest { ${REVISION} } fields { path base mine theirs theirRevision { ${REVISION} } parts { merged base mine theirs } } }`;

const act = async (asker: Asker, name: string, input: Fields): Promise<Answer> => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const payload = name.endsWith('Changeset')
    ? `outcome changeset { id summary revisions { nodes { ${REVISION} } } } problems { message } results { ${PAYLOAD} }`
    : PAYLOAD.replace('entry {', name === 'editStory' ? 'entry: story {' : 'entry {');
  return (await asker.ask(`mutation ($input: ${type}!) { act: ${name}(input: $input) { ${payload} } }`, { input })).data
    ?.act;
};

const CANARY = 'a libel that a court forbade';
const libel: Fields = {
  headline: CANARY,
  summary: CANARY,
  body: `First of all, ${CANARY}. Then more.`,
  topics: [CANARY],
  timeline: [{ note: CANARY }],
};
const clean = (word: string): Fields => ({
  headline: word,
  summary: word,
  body: `First of all, ${word}. Then more.`,
  topics: [word],
  timeline: [{ note: word }],
});

/** A story whose second revision is out of sight: one of a changeset, with a remark; between two that are not. */
async function openHidden(way: 'hide' | 'erase') {
  const editor = room.as('EDITOR');
  const { id } = await room.make.story(clean('one'));
  const wrote = {
    edits: [{ editStory: { id, baseRevision: 1, fields: libel } }],
    summary: CANARY,
    clientMutationId: `libel-${way}`,
  };
  const written = await act(editor, 'applyChangeset', wrote);
  expect(written.outcome).toBe('SAVED');
  await act(editor, 'editStory', { id, baseRevision: 2, fields: clean('three') });
  if (way === 'hide') await act(room.as('ADMIN'), 'hideRevisions', { id, revisions: [2], reason: 'a court order' });
  else {
    const request = { id, revisions: [2], reason: 'a court order', askedBy: 'the legal desk' };
    expect(await eraseRevisions(room.newsroom, request)).toEqual([]);
  }
  return { id, wrote, changeset: written.changeset.id };
}

describe.each(['hide', 'erase'] as const)('What was put out of sight (%s)', (way) => {
  let story: Awaited<ReturnType<typeof openHidden>>;
  beforeAll(async () => {
    story = await openHidden(way);
  });

  const READ = `query ($id: ID!, $revision: ID!, $changeset: ID!, $view: View!) {
    story(id: $id, view: $view) { title body history { nodes { ${REVISION} parent { ${REVISION} } base { ${REVISION} } } }
      revisionByNumber(number: 2) { ${REVISION} } diff(from: 1, to: 3) { path before after text { text } } backlinks { nodes { title } } }
    revision: node(id: $revision, view: $view) { ... on Revision { ${REVISION} } }
    changeset: node(id: $changeset) { ... on Changeset { id summary revisions { nodes { ${REVISION} } } } } }`;

  it.each(['anonymous', 'READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const)(
    'is read on no path by %s',
    async (who) => {
      const asker = who === 'anonymous' ? room.asAnonymous() : room.as(who);
      const { id, changeset } = story;
      for (const view of ['PUBLISHED', 'LATEST']) {
        const answer = await asker.ask(READ, { id, revision: `${id}:2`, changeset, view });
        expect(JSON.stringify(answer)).not.toContain('libel');
        if (!answer.data?.story) continue;
        expect(answer.data.story.history.nodes).toHaveLength(3);
        const [third, second] = answer.data.story.history.nodes;
        expect(second).toMatchObject({ number: 2, snapshot: null, changes: [], hiddenReason: 'a court order' });
        expect(third.parent).toMatchObject({ number: 2, snapshot: null, changes: [] });
        for (const change of third.changes) expect(JSON.stringify(change)).toMatch(/one|three/);
      }
    },
  );

  it('is not told by a conflict that reaches across it', async () => {
    const { id } = story;
    const fields = { ...clean('mine'), timeline: [] };
    const answer = await act(room.as('EDITOR'), 'editStory', { id, baseRevision: 1, fields });
    expect(answer.outcome).toBe('CONFLICT');
    const theirs = answer.conflict.fields.map(({ path, theirRevision }: Answer) => [path, theirRevision.number]);
    expect(theirs).toEqual(
      expect.arrayContaining([
        ['/headline', 3],
        ['/summary', 3],
        ['/body', 3],
      ]),
    );
    expect(JSON.stringify(answer)).not.toContain('libel');
  });

  it('is not told again to whoever sends once more what wrote it', async () => {
    const answer = await act(room.as('EDITOR'), 'applyChangeset', story.wrote);
    expect(answer).toMatchObject({ outcome: 'SAVED', results: [{ outcome: 'SAVED', entry: null, changes: [] }] });
    expect(JSON.stringify(answer)).not.toContain('libel');
  });

  it('is told by number only where others start from it, go back to it or undo it', async () => {
    const { id, changeset } = story;
    const editor = room.as('EDITOR');
    const answers = [
      await act(editor, 'revertEntry', { id, baseRevision: 3, toRevision: 2 }),
      await act(editor, 'undoRevision', { id, revision: 2 }),
      await act(editor, 'undoChangeset', { changeset }),
      await act(editor, 'editStory', { id, baseRevision: 2, fields: { headline: 'mine' } }),
      await act(editor, 'deleteEntry', { id, baseRevision: 2 }),
    ];
    for (const answer of answers) {
      expect(answer.outcome).toBe('INVALID');
      expect(answer.problems.map(({ message }: Answer) => message).join()).toMatch(/revision 2 is out of sight/);
      expect(JSON.stringify(answer)).not.toContain('libel');
    }
    const undone = await act(editor, 'undoRevision', { id, revision: 3, dryRun: true });
    expect(undone.outcome).toBe('SAVED');
    expect(JSON.stringify(undone)).not.toContain('libel');
  });

  it('is accepted by no publication', async () => {
    const { id } = await room.make.story(clean('one'), { publish: false });
    const editor = room.as('EDITOR');
    await act(editor, 'editStory', { id, baseRevision: 1, fields: libel });
    await act(editor, 'editStory', { id, baseRevision: 2, fields: clean('three') });
    await act(room.as('ADMIN'), 'hideRevisions', { id, revisions: [2], reason: 'a court order' });
    const answer = await act(editor, 'publish', { id, revision: 2 });
    expect(JSON.stringify(answer ?? null)).not.toContain('libel');
    const { data } = await room.asAnonymous().ask(`query ($id: ID!) { story(id: $id) { title body } }`, { id });
    expect(data.story).toBeNull();
  });
});
