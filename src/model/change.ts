import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { Derived } from './derived';
import { EntryKind } from './entry';
import type { Lens, View } from './lens';
import { Cursor, DateTime } from './scalars';

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
registerEnumType(ChangeKind, {
  name: 'ChangeKind',
  description:
    'What happened to an entry. In PUBLISHED: PUBLISHED (it became visible: first, when an embargo ended, restored, or again), EDITED and CORRECTED (what is visible was replaced), WITHDRAWN and DELETED (nothing of it is visible any more), MERGED (another entry answers for it) and UNMERGED (it answers for itself again), HIDDEN (an earlier revision was put out of sight, or back: whoever keeps copies drops it or reads it again). The others are for the newsroom, in LATEST.',
});

/** A row of the ledger as one view tells it. */
export interface ChangeRecord {
  readonly position: bigint;
  readonly at: Date;
  readonly view: View;
  /** In PUBLISHED what the public is told. */
  readonly kind: ChangeKind;
  readonly entry: string;
  readonly entryKind: EntryKind;
  /** What the change is about; in PUBLISHED what the public saw after it. Null where that is nothing. */
  readonly revision: number | null;
  /** What the view showed before; the same as `revision` where none came. In PUBLISHED what the public saw last. */
  readonly previous: number | null;
  /** With MERGED: what answers for the entry now, if the view shows it. */
  readonly into: string | null;
  readonly cause: string | null;
  /** Who did it; null in PUBLISHED, where nobody is told who reviewed. */
  readonly author: string | null;
}

/** Something that happened to an entry, as far as a view tells of it; what it leads to is of now. */
@ObjectType({
  simpleResolvers: true,
  description:
    'Something that happened to an entry. To apply one twice is harmless: its entry is the entry as it is now.',
})
export class Change {
  @Derived<Change>(() => DateTime, (change) => change.record.at)
  at: Date;

  @Derived<Change>(() => ChangeKind, (change) => change.record.kind)
  kind: ChangeKind;

  @Derived<Change>(() => ID, (change) => change.record.entry)
  entryId: string;

  @Derived<Change>(() => EntryKind, (change) => change.record.entryKind)
  entryKind: EntryKind;

  constructor(
    readonly record: ChangeRecord,
    readonly lens: Lens,
  ) {}
}

@ObjectType({ simpleResolvers: true, description: 'A page of the change feed.' })
export class ChangePage {
  @Field(() => [Change], { description: 'In the order in which they were committed.' })
  changes: Change[];

  @Field(() => Cursor, {
    description: 'Where to go on: everything up to there was looked at, also where a page has no changes.',
  })
  endCursor: string;

  @Field({
    description:
      'Whether to go on at once. A page can be short, even empty, and have more after it where what is asked for is rare.',
  })
  hasMore: boolean;
}
