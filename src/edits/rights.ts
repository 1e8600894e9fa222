import { WikiError } from '../base/errors';
import { type Act, mayEver } from '../rules/policy';
import type { Scope, Viewer } from '../store/scope';

const ACTS_IN_WORDS: Partial<Record<Act, string>> = {
  CREATE: 'create entries',
  EDIT: 'edit entries',
  PUBLISH: 'publish',
  READ_LATEST: 'read what is not published',
  DELETE_COMMENT: 'delete comments',
  WATCH: 'watch entries',
  MANAGE_USERS: 'manage users',
  MANAGE_TOKENS_OF_OTHERS: "manage other people's tokens",
  MANAGE_OWN_TOKENS: 'manage tokens',
  MANAGE_OWN_WEBHOOKS: 'manage webhooks',
};

const inWords = (act: Act): string => ACTS_IN_WORDS[act] ?? act.toLowerCase().replaceAll('_', ' ');

/**
 * The first check of everything: whether this viewer may do such a thing at all, before anything is looked up.
 *
 * @param words what is asked for, where the act stands for several things.
 * @throws WikiError UNAUTHENTICATED for nobody, FORBIDDEN for somebody whose role is too small.
 */
export function assertMayEver(scope: Scope, act: Act, words = inWords(act)): Viewer {
  if (!scope.viewer)
    throw new WikiError('UNAUTHENTICATED', `Sign in to ${words}: send the header "Authorization: Bearer <token>".`);
  if (!mayEver(scope.viewer, act))
    throw new WikiError('FORBIDDEN', `The role ${scope.viewer.role} may not ${words}.`, { role: scope.viewer.role });
  return scope.viewer;
}
