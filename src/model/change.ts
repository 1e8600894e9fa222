import { words } from '../base/words';

/** What the ledger calls what happened to an entry. */
export const ChangeKind = words(
  'CREATED',
  'EDITED',
  'EMBARGOED',
  'PUBLISHED',
  'REJECTED',
  'CORRECTED',
  'WITHDRAWN',
  'DELETED',
  'RESTORED',
  'MERGED',
  'UNMERGED',
  'HIDDEN',
  'PROTECTED',
  'UNSETTLED',
);
export type ChangeKind = keyof typeof ChangeKind;
