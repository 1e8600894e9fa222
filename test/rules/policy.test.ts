import type { UserRole } from '../../src/model/user';
import { Act, entryActions, isAcceptedAtOnce, may, mayEver, type Subject, type Viewer } from '../../src/rules/policy';

const anonymous: Viewer = null;
const reader: Viewer = { role: 'READER' };
const contributor: Viewer = { role: 'CONTRIBUTOR' };
const editor: Viewer = { role: 'EDITOR' };
const admin: Viewer = { role: 'ADMIN' };
const standings = { anonymous, reader, contributor, editor, admin };

/**
 * Rules.md, section 7, cell by cell: anonymous, READER, CONTRIBUTOR, EDITOR, ADMIN.
 * `yes`, `no`, and what a cell asks for: `unpublic` = what never was public, `own` = one's own.
 */
type Cell = 'yes' | 'no' | 'unpublic' | 'own';
const TABLE: [act: Act, anonymous: Cell, reader: Cell, contributor: Cell, editor: Cell, admin: Cell][] = [
  ['READ_PUBLISHED', 'yes', 'yes', 'yes', 'yes', 'yes'],
  ['READ_LATEST', 'no', 'no', 'yes', 'yes', 'yes'],
  ['CREATE', 'no', 'no', 'yes', 'yes', 'yes'],
  ['EDIT', 'no', 'no', 'yes', 'yes', 'yes'],
  ['REVERT', 'no', 'no', 'yes', 'yes', 'yes'],
  ['UNDO', 'no', 'no', 'yes', 'yes', 'yes'],
  ['CHANGESET', 'no', 'no', 'yes', 'yes', 'yes'],
  ['DELETE', 'no', 'no', 'unpublic', 'yes', 'yes'],
  ['RESTORE', 'no', 'no', 'unpublic', 'yes', 'yes'],
  ['PUBLISH', 'no', 'no', 'no', 'yes', 'yes'],
  ['REJECT', 'no', 'no', 'no', 'yes', 'yes'],
  ['HOLD', 'no', 'no', 'no', 'yes', 'yes'],
  ['CORRECT', 'no', 'no', 'no', 'yes', 'yes'],
  ['WITHDRAW', 'no', 'no', 'no', 'yes', 'yes'],
  ['EMBARGO', 'no', 'no', 'no', 'yes', 'yes'],
  ['PROTECT', 'no', 'no', 'no', 'yes', 'yes'],
  ['MERGE', 'no', 'no', 'no', 'yes', 'yes'],
  ['UNMERGE', 'no', 'no', 'no', 'yes', 'yes'],
  ['JUDGE_MATCH', 'no', 'no', 'no', 'yes', 'yes'],
  ['RESOLVE_CONTRADICTION', 'no', 'no', 'no', 'yes', 'yes'],
  ['GIVE_VERDICT', 'no', 'no', 'no', 'yes', 'yes'],
  ['DEFINE_PROPERTY', 'no', 'no', 'no', 'yes', 'yes'],
  ['COMMENT', 'no', 'no', 'yes', 'yes', 'yes'],
  ['DELETE_COMMENT', 'no', 'no', 'own', 'yes', 'yes'],
  ['SEAL_IDENTITY', 'no', 'no', 'yes', 'yes', 'yes'],
  ['UNSEAL_IDENTITY', 'no', 'no', 'no', 'no', 'yes'],
  ['HIDE_REVISIONS', 'no', 'no', 'no', 'no', 'yes'],
  ['MANAGE_USERS', 'no', 'no', 'no', 'no', 'yes'],
  ['MANAGE_TOKENS_OF_OTHERS', 'no', 'no', 'no', 'no', 'yes'],
  ['WATCH', 'no', 'yes', 'yes', 'yes', 'yes'],
  ['MANAGE_OWN_TOKENS', 'no', 'yes', 'yes', 'yes', 'yes'],
  ['MANAGE_OWN_WEBHOOKS', 'no', 'yes', 'yes', 'yes', 'yes'],
  ['MANAGE_ALL_WEBHOOKS', 'no', 'no', 'no', 'no', 'yes'],
];

const cells = TABLE.flatMap(([act, ...row]) =>
  Object.entries(standings).map(([standing, viewer], index) => ({ act, standing, viewer, cell: row[index]! })),
);

const open: Subject = { wasEverPublic: true, protection: null, isOwn: false, level: null };

it('has a row for every act, and no act twice', () => {
  expect(TABLE.map(([act]) => act)).toEqual(Object.keys(Act));
});

describe.each(cells)('$act by $standing: $cell', ({ act, viewer, cell }) => {
  it('is a right to the operation unless the cell says no', () => {
    expect(mayEver(viewer, act)).toBe(cell !== 'no');
  });

  it('holds for what was public and is somebody else’s only where the cell says yes', () => {
    expect(may(viewer, act, open)).toBe(cell === 'yes');
  });

  it('holds for what never was public where the cell says yes or asks for that', () => {
    expect(may(viewer, act, { ...open, wasEverPublic: false })).toBe(cell === 'yes' || cell === 'unpublic');
  });

  it('holds for one’s own where the cell says yes or asks for that', () => {
    expect(may(viewer, act, { ...open, isOwn: true })).toBe(cell === 'yes' || cell === 'own');
  });
});

describe('a protected entry', () => {
  const RAISED = ['EDIT', 'REVERT', 'UNDO', 'DELETE', 'MERGE'];
  /** Which roles a protection of the given level lets through, for an act that the role has anyway. */
  const THROUGH: [level: UserRole, contributor: boolean, editor: boolean, admin: boolean][] = [
    ['READER', true, true, true],
    ['CONTRIBUTOR', true, true, true],
    ['EDITOR', false, true, true],
    ['ADMIN', false, false, true],
  ];
  const protectedCases = THROUGH.flatMap(([minimumRole, ...through]) =>
    TABLE.filter(([act]) => act !== 'PROTECT').flatMap(([act]) =>
      [contributor, editor, admin].map((viewer, index) => ({
        act,
        minimumRole,
        role: viewer!.role,
        viewer,
        lets: !RAISED.includes(act) || through[index]!,
      })),
    ),
  );

  it.each(protectedCases)('at $minimumRole: $act by $role is raised: $lets', ({ act, minimumRole, viewer, lets }) => {
    const draft: Subject = { ...open, wasEverPublic: false };
    expect(may(viewer, act, { ...draft, protection: { minimumRole } })).toBe(lets && may(viewer, act, draft));
  });

  it('gives nobody a right that they do not have without it', () => {
    expect(may(reader, 'EDIT', { ...open, protection: { minimumRole: 'READER' } })).toBe(false);
    expect(may(contributor, 'MERGE', { ...open, protection: { minimumRole: 'CONTRIBUTOR' } })).toBe(false);
  });
});

describe('protecting an entry', () => {
  const LEVELS: [level: UserRole | null, editor: boolean, admin: boolean][] = [
    [null, true, true],
    ['READER', true, true],
    ['CONTRIBUTOR', true, true],
    ['EDITOR', true, true],
    ['ADMIN', false, true],
  ];

  it.each(LEVELS)('to %s: EDITOR %s, ADMIN %s', (level, byEditor, byAdmin) => {
    expect(may(editor, 'PROTECT', { ...open, level })).toBe(byEditor);
    expect(may(admin, 'PROTECT', { ...open, level })).toBe(byAdmin);
    expect(may(contributor, 'PROTECT', { ...open, level })).toBe(false);
  });

  it('is not for an EDITOR where an ADMIN’s protection keeps EDITORs out, not even to lift it', () => {
    const sealed: Subject = { ...open, protection: { minimumRole: 'ADMIN' } };
    expect(may(editor, 'PROTECT', { ...sealed, level: null })).toBe(false);
    expect(may(editor, 'PROTECT', { ...sealed, level: 'EDITOR' })).toBe(false);
    expect(may(admin, 'PROTECT', { ...sealed, level: null })).toBe(true);
  });
});

describe('what the caller leaves out', () => {
  it('is taken at its strictest', () => {
    expect(may(contributor, 'DELETE', { protection: null })).toBe(false);
    expect(may(contributor, 'RESTORE')).toBe(false);
    expect(may(contributor, 'DELETE_COMMENT')).toBe(false);
    expect(may(editor, 'EDIT', { wasEverPublic: true })).toBe(false);
    expect(may(editor, 'MERGE')).toBe(false);
    expect(may(editor, 'PROTECT', { protection: null })).toBe(false);
    expect(may(admin, 'EDIT')).toBe(true);
    expect(may(editor, 'PUBLISH')).toBe(true);
  });
});

describe('what the policy does not know', () => {
  it.each(['READ_EVERYTHING', 'constructor', '__proto__', 'toString', ''])('denies the act %j to everybody', (word) => {
    expect(mayEver(admin, word as Act)).toBe(false);
    expect(may(admin, word as Act, open)).toBe(false);
  });

  it('denies everything, even what is public, to a role that does not exist', () => {
    const stranger = { role: 'OWNER' as UserRole };
    expect(Object.keys(Act).filter((act) => mayEver(stranger, act as Act))).toEqual([]);
  });

  it('lets nobody through a protection at a role that does not exist', () => {
    expect(may(admin, 'EDIT', { ...open, protection: { minimumRole: 'OWNER' as UserRole } })).toBe(false);
  });
});

describe('unsealing an identity', () => {
  it('is for EDITORs too where the settings say so, and for nobody below', () => {
    const settings = { unsealRole: 'EDITOR' } as const;
    expect(mayEver(editor, 'UNSEAL_IDENTITY', settings)).toBe(true);
    expect(may(editor, 'UNSEAL_IDENTITY', open, settings)).toBe(true);
    expect(may(admin, 'UNSEAL_IDENTITY', open, settings)).toBe(true);
    expect(may(contributor, 'UNSEAL_IDENTITY', open, settings)).toBe(false);
  });
});

describe('an edit', () => {
  const settled = { latest: 3, accepted: 3 };
  const waiting = { latest: 4, accepted: 3 };
  const draft = { latest: 1, accepted: null };

  it.each([
    ['by an EDITOR of a published entry with nothing waiting', editor, settled, false, true],
    ['by an ADMIN of the same', admin, settled, false, true],
    ['by a CONTRIBUTOR of the same', contributor, settled, false, false],
    ['by a READER of the same', reader, settled, false, false],
    ['by nobody known', anonymous, settled, false, false],
    ['by an EDITOR who holds it', editor, settled, true, false],
    ['by an EDITOR while something waits', editor, waiting, false, false],
    ['by an EDITOR of a draft that was never accepted', editor, draft, false, false],
  ])('%s', (_, viewer, entry, hold, accepted) => {
    expect(isAcceptedAtOnce(viewer, entry, hold)).toBe(accepted);
  });

  it('is not held unless asked', () => {
    expect(isAcceptedAtOnce(editor, settled)).toBe(true);
  });
});

describe('what the viewer can do with an entry', () => {
  const acts = ['PUBLISH', 'EDIT', 'DELETE', 'PROTECT'] as const;

  it('is told of the acts asked for, in their order', () => {
    expect(entryActions(editor, open, acts)).toEqual(['PUBLISH', 'EDIT', 'DELETE', 'PROTECT']);
    expect(entryActions(contributor, open, acts)).toEqual(['EDIT']);
    expect(entryActions(contributor, { ...open, wasEverPublic: false }, ['DELETE', 'EDIT'])).toEqual([
      'DELETE',
      'EDIT',
    ]);
    expect(entryActions(editor, { wasEverPublic: true, protection: null }, acts)).toEqual([...acts]);
  });

  it('leaves out what a protection takes', () => {
    expect(entryActions(editor, { ...open, protection: { minimumRole: 'ADMIN' } }, acts)).toEqual(['PUBLISH']);
  });

  it('is nothing outside the newsroom', () => {
    expect(entryActions(reader, open, acts)).toEqual([]);
    expect(entryActions(anonymous, open, acts)).toEqual([]);
  });
});
