import { type Answer, type Asker, openTestNewsroom, type TestNewsroom } from '../support/newsroom';
import { writingNothing } from '../support/tables';

let room: TestNewsroom;
const entries: Record<string, { id: string; changeset: string; latest: number }> = {};
const STATES = ['draft', 'public', 'protected for EDITOR', 'protected for ADMIN'] as const;

async function write(name: string, input: object, role: 'EDITOR' | 'ADMIN' = 'ADMIN'): Promise<Answer> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const more = name === 'applyChangeset' ? 'changeset { id }' : '';
  const { act } = await room
    .as(role)
    .run(`mutation ($input: ${type}!) { act: ${name}(input: $input) { outcome ${more} problems { message } } }`, {
      input,
    });
  expect(act.problems.filter(({ message }: Answer) => !/refers to it/.test(message))).toEqual([]);
  return act;
}

/** An entry of three revisions, the second written by a changeset; `deleted` is the same, and deleted. */
async function prepare(state: (typeof STATES)[number], key: string, isDeleted: boolean): Promise<void> {
  const { id } = await room.make.story({ headline: 'One' }, { publish: state === 'public' });
  const edit = { id, baseRevision: 1, fields: { headline: 'Two' } };
  const { changeset } = await write('applyChangeset', { edits: [{ editStory: edit }] });
  await write('editStory', { id, baseRevision: 2, fields: { summary: 'Three' } });
  if (isDeleted) await write('deleteEntry', { id, baseRevision: 3 });
  const role = /ADMIN|EDITOR/.exec(state)?.[0] ?? null;
  await room.sql('update entry set protected_role = $2 where id = $1', [id, role]);
  entries[`${key} ${state}`] = { id, changeset: changeset.id, latest: isDeleted ? 4 : 3 };
}

beforeAll(async () => {
  room = await openTestNewsroom();
  for (const state of STATES) {
    await prepare(state, 'standing', false);
    await prepare(state, 'deleted', true);
  }
});
afterAll(() => room.close());

const VIEWERS = ['anonymous', 'READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN'] as const;
type Viewer = (typeof VIEWERS)[number];
const askerOf = (viewer: Viewer): Asker => (viewer === 'anonymous' ? room.asAnonymous() : room.as(viewer));

type Entry = { id: string; changeset: string; latest: number };
const dry = { dryRun: true };
const ACTS: Record<string, { of: 'standing' | 'deleted'; input: (entry: Entry) => object }> = {
  revertEntry: { of: 'standing', input: ({ id }) => ({ id, baseRevision: 3, toRevision: 1, ...dry }) },
  undoRevision: { of: 'standing', input: ({ id }) => ({ id, revision: 2, ...dry }) },
  undoChangeset: { of: 'standing', input: ({ changeset }) => ({ changeset, ...dry }) },
  applyChangeset: {
    of: 'standing',
    input: ({ id }) => ({ edits: [{ editStory: { id, baseRevision: 3, fields: { headline: 'Four' } } }], ...dry }),
  },
  deleteEntry: { of: 'standing', input: ({ id, latest }) => ({ id, baseRevision: latest, ...dry }) },
  restoreEntry: { of: 'deleted', input: ({ id }) => ({ id, ...dry }) },
  // Hiding has no dry run: what cannot be hidden is refused to whoever may hide at all.
  hideRevisions: { of: 'standing', input: ({ id, latest }) => ({ id, revisions: [latest], reason: 'law' }) },
};

/** By rules 7: what each viewer may do to each entry. */
function expected(act: string, viewer: Viewer, state: (typeof STATES)[number]): string {
  if (viewer === 'anonymous') return 'UNAUTHENTICATED';
  if (viewer === 'READER') return 'FORBIDDEN';
  if (act === 'hideRevisions') return viewer === 'ADMIN' ? 'may' : 'FORBIDDEN';
  const isProtected = act !== 'restoreEntry' && state.startsWith('protected');
  if (isProtected && viewer === 'CONTRIBUTOR') return 'FORBIDDEN';
  if (isProtected && viewer === 'EDITOR' && state.endsWith('ADMIN')) return 'FORBIDDEN';
  const isForEditors = state === 'public' && (act === 'deleteEntry' || act === 'restoreEntry');
  return isForEditors && viewer === 'CONTRIBUTOR' ? 'FORBIDDEN' : 'may';
}

describe.each(Object.keys(ACTS))('%s', (act) => {
  const { of, input } = ACTS[act] as (typeof ACTS)[string];
  it.each(STATES)('of an entry that is %s is for whom the rules name, and for nobody else', async (state) => {
    const type = `${act[0]?.toUpperCase()}${act.slice(1)}Input`;
    const entry = entries[`${of} ${state}`] as Entry;
    const told = new Map<Viewer, string>();
    for (const viewer of VIEWERS) {
      const { data, errors } = await writingNothing(room, () =>
        askerOf(viewer).ask(
          `mutation ($input: ${type}!) { act: ${act}(input: $input) { outcome problems { message } } }`,
          {
            input: input(entry),
          },
        ),
      );
      const code = errors?.[0]?.extensions?.code;
      const outcomes = act === 'hideRevisions' ? ['INVALID'] : ['SAVED', 'MERGED'];
      told.set(viewer, code ? String(code) : outcomes.includes(data.act.outcome) ? 'may' : JSON.stringify(data.act));
    }
    expect([...told]).toEqual(VIEWERS.map((viewer) => [viewer, expected(act, viewer, state)]));
  });
});

it('A contributor’s undo, revert and changeset of what is public wait for an editor', async () => {
  const { id, changeset } = entries['standing public'] as Entry;
  const RETURNS = '{ outcome revision { review } entry { publishedRevision } }';
  const contributor = room.as('CONTRIBUTOR');
  const before = await room.sql('select published from entry where id = $1', [id]);
  const undone = await contributor.run(
    `mutation ($input: UndoChangesetInput!) { undoChangeset(input: $input) { results ${RETURNS} } }`,
    { input: { changeset } },
  );
  expect(undone.undoChangeset.results).toMatchObject([{ outcome: 'MERGED', revision: { review: 'PENDING' } }]);
  const reverted = await contributor.run(
    `mutation ($input: RevertEntryInput!) { revertEntry(input: $input) ${RETURNS} }`,
    { input: { id, baseRevision: 4, toRevision: 2 } },
  );
  expect(reverted.revertEntry).toMatchObject({ outcome: 'SAVED', revision: { review: 'PENDING' } });
  expect(await room.sql('select published from entry where id = $1', [id])).toEqual(before);
});
