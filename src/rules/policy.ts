import type { UserRole } from '../model/user';
import { words } from '../base/words';

/**
 * Everything that the newsroom grants or denies; the vocabulary is closed.
 * READ_LATEST stands for all that only the newsroom reads: drafts, comments, checks, the queue, presence, kept texts,
 * authors, summaries and reasons. PROTECT stands for lifting a protection too.
 */
export const Act = words(
  'READ_PUBLISHED',
  'READ_LATEST',
  'CREATE',
  'EDIT',
  'REVERT',
  'UNDO',
  'CHANGESET',
  'DELETE',
  'RESTORE',
  'PUBLISH',
  'REJECT',
  'HOLD',
  'CORRECT',
  'WITHDRAW',
  'EMBARGO',
  'PROTECT',
  'MERGE',
  'UNMERGE',
  'JUDGE_MATCH',
  'RESOLVE_CONTRADICTION',
  'GIVE_VERDICT',
  'DEFINE_PROPERTY',
  'COMMENT',
  'DELETE_COMMENT',
  'SEAL_IDENTITY',
  'UNSEAL_IDENTITY',
  'HIDE_REVISIONS',
  'MANAGE_USERS',
  'MANAGE_TOKENS_OF_OTHERS',
  'WATCH',
  'MANAGE_OWN_TOKENS',
  'MANAGE_OWN_WEBHOOKS',
  'MANAGE_ALL_WEBHOOKS',
);
export type Act = keyof typeof Act;

/** Who asks, with the ceiling of their token already applied to the role; null is anonymous. */
export type Viewer = { readonly role: UserRole } | null;

/**
 * What the act is done to, read from the locked row. What is left out is taken at its strictest (once public, protected
 * for ADMIN, somebody else's), so that a caller who forgets it denies too much, never too little.
 */
export interface Subject {
  /** Whether any revision of the entry ever was public. */
  readonly wasEverPublic?: boolean;
  /** The protection in force; null where there is none or it has run out, for this room has no clock. */
  readonly protection?: { readonly minimumRole: UserRole } | null;
  /** Whether the comment is the viewer's own. */
  readonly isOwn?: boolean;
  /** With PROTECT: the role that is to be required; null lifts the protection. */
  readonly level?: UserRole | null;
}

/** What a newsroom may set otherwise. */
export interface PolicySettings {
  /** Least role that opens sealed identities (UNSEAL_ROLE). */
  readonly unsealRole: Extract<UserRole, 'EDITOR' | 'ADMIN'>;
}

type Standing = 'ANONYMOUS' | UserRole;

/** How one act is granted; every part that is there must hold. */
interface Grant {
  /** Least standing that has the right at all, before anything is looked up. */
  readonly from: Standing;
  /** Below this standing the right is had only where `where` holds. */
  readonly freeFrom?: Standing;
  readonly where?: (subject: Subject) => boolean;
  /** Whether an entry's protection raises the least standing. */
  readonly protected?: true;
}

const RANK: Readonly<Record<Standing, number>> = { ANONYMOUS: 0, READER: 1, CONTRIBUTOR: 2, EDITOR: 3, ADMIN: 4 };

const DEFAULTS: PolicySettings = { unsealRole: 'ADMIN' };

const neverPublic = (subject: Subject): boolean => subject.wasEverPublic === false;
const own = (subject: Subject): boolean => subject.isOwn === true;

/** The table of rules.md, section 7. What does not stand here is denied. */
const TABLE: Readonly<Record<Act, Grant>> = {
  READ_PUBLISHED: { from: 'ANONYMOUS' },
  READ_LATEST: { from: 'CONTRIBUTOR' },

  CREATE: { from: 'CONTRIBUTOR' },
  EDIT: { from: 'CONTRIBUTOR', protected: true },
  REVERT: { from: 'CONTRIBUTOR', protected: true },
  UNDO: { from: 'CONTRIBUTOR', protected: true },
  CHANGESET: { from: 'CONTRIBUTOR' },
  DELETE: { from: 'CONTRIBUTOR', freeFrom: 'EDITOR', where: neverPublic, protected: true },
  RESTORE: { from: 'CONTRIBUTOR', freeFrom: 'EDITOR', where: neverPublic },

  PUBLISH: { from: 'EDITOR' },
  REJECT: { from: 'EDITOR' },
  HOLD: { from: 'EDITOR' },
  CORRECT: { from: 'EDITOR' },
  WITHDRAW: { from: 'EDITOR' },
  EMBARGO: { from: 'EDITOR' },
  PROTECT: { from: 'EDITOR' },
  MERGE: { from: 'EDITOR', protected: true },
  UNMERGE: { from: 'EDITOR' },
  JUDGE_MATCH: { from: 'EDITOR' },
  RESOLVE_CONTRADICTION: { from: 'EDITOR' },
  GIVE_VERDICT: { from: 'EDITOR' },
  DEFINE_PROPERTY: { from: 'EDITOR' },

  COMMENT: { from: 'CONTRIBUTOR' },
  DELETE_COMMENT: { from: 'CONTRIBUTOR', freeFrom: 'EDITOR', where: own },
  SEAL_IDENTITY: { from: 'CONTRIBUTOR' },
  /** The setting takes the place of this standing. */
  UNSEAL_IDENTITY: { from: 'ADMIN' },

  HIDE_REVISIONS: { from: 'ADMIN' },
  MANAGE_USERS: { from: 'ADMIN' },
  MANAGE_TOKENS_OF_OTHERS: { from: 'ADMIN' },

  WATCH: { from: 'READER' },
  MANAGE_OWN_TOKENS: { from: 'READER' },
  MANAGE_OWN_WEBHOOKS: { from: 'READER' },
  MANAGE_ALL_WEBHOOKS: { from: 'ADMIN' },
};

/** False for any word that is not a standing: what is unknown is denied. */
const isAtLeast = (viewer: Viewer, minimum: Standing): boolean => RANK[viewer?.role ?? 'ANONYMOUS'] >= RANK[minimum];

const grantOf = (act: Act): Grant | undefined => (Object.hasOwn(TABLE, act) ? TABLE[act] : undefined);

const passes = (viewer: Viewer, { protection }: Subject): boolean =>
  protection === null ||
  (protection === undefined ? isAtLeast(viewer, 'ADMIN') : isAtLeast(viewer, protection.minimumRole));

/** Nobody sets a protection above their own role, nor touches one that keeps them out. */
const mayProtect = (viewer: Viewer, subject: Subject): boolean =>
  passes(viewer, subject) && (subject.level === null || isAtLeast(viewer, subject.level ?? 'ADMIN'));

/**
 * Whether the viewer has the right to the operation at all. Asked first, before the input is read or anything looked
 * up, so that a refusal tells nothing about what exists. True does not mean that a given entry is open: see `may`.
 */
export function mayEver(viewer: Viewer, act: Act, settings: PolicySettings = DEFAULTS): boolean {
  const grant = grantOf(act);
  if (!grant) return false;
  return isAtLeast(viewer, act === 'UNSEAL_IDENTITY' ? settings.unsealRole : grant.from);
}

/**
 * Whether the viewer may do this to this subject. Asked on the locked row, after it is known to be visible to the
 * viewer: the policy says what may be done, never what may be seen.
 *
 * A protection is changed or lifted only by who it lets through; otherwise it would not hold off an EDITOR at all.
 */
export function may(viewer: Viewer, act: Act, subject: Subject = {}, settings: PolicySettings = DEFAULTS): boolean {
  const grant = grantOf(act);
  if (!grant || !mayEver(viewer, act, settings)) return false;
  if (grant.freeFrom && !isAtLeast(viewer, grant.freeFrom) && !grant.where?.(subject)) return false;
  if (grant.protected && !passes(viewer, subject)) return false;
  return act !== 'PROTECT' || mayProtect(viewer, subject);
}

/**
 * Which of the given acts the viewer may do to the subject, in the given order; what `viewerCan` shows.
 * PROTECT is told where the viewer could set any protection at all.
 */
export function entryActions<A extends Act>(viewer: Viewer, subject: Subject, acts: readonly A[]): A[] {
  return acts.filter((act) => may(viewer, act, { level: null, ...subject }));
}

/**
 * Whether an edit becomes the accepted revision in the same write (rules.md 2.1): an EDITOR's, of an entry of which nothing
 * waits, unless it is to be held for review. A new entry is never accepted so; it is published, which is an act of its own.
 * Numbers are those of the locked row, before the edit.
 */
export function isAcceptedAtOnce(
  viewer: Viewer,
  entry: { readonly latest: number; readonly accepted: number | null },
  hold = false,
): boolean {
  return !hold && entry.accepted !== null && entry.accepted === entry.latest && isAtLeast(viewer, 'EDITOR');
}
