import { words } from '../base/words';

/** What the ledger calls what happened to an entry. */
export const ChangeKind = words('CREATED', 'EDITED', 'PUBLISHED', 'DELETED', 'RESTORED', 'HIDDEN');
export type ChangeKind = keyof typeof ChangeKind;
