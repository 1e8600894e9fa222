import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { revisionId } from '../base/node-id';
import { words } from '../base/words';
import { Derived } from './derived';
import type { Content, EntryKind } from './entry';
import type { Lens } from './lens';
import { Node } from './node';
import { DateTime, Json } from './scalars';

export const RevisionAction = words(
  'CREATE',
  'EDIT',
  'REVERT',
  'UNDO',
  'MERGE',
  'UNMERGE',
  'DELETE',
  'RESTORE',
  'IMPORT',
);
export type RevisionAction = keyof typeof RevisionAction;
registerEnumType(RevisionAction, {
  name: 'RevisionAction',
  description:
    'What made a revision. REVERT and UNDO name their target; DELETE and RESTORE leave the content as it was. MERGE takes over what another entry had that was merged into this one, UNMERGE gives it back. IMPORT was written in another system and brought here.',
});

export const ReviewState = words('PENDING', 'ACCEPTED', 'REJECTED', 'SUPERSEDED');
export type ReviewState = keyof typeof ReviewState;
registerEnumType(ReviewState, {
  name: 'ReviewState',
  description:
    'PENDING: waits for an editor. ACCEPTED: is, or was, what the public sees, or counts as accepted with it. SUPERSEDED: its work was put on top of a newer published revision, as a later pending one.',
});

/** What the store knows of a revision through a lens. */
export interface RevisionRecord {
  entryId: string;
  kind: EntryKind;
  number: number;
  /** Of the revision below it in this lens; null for the first. */
  parent: number | null;
  base: number | null;
  action: RevisionAction;
  author: string | null;
  summary: string | null;
  minor: boolean;
  createdAt: Date;
  /** Where in the ledger it came into this view. */
  position: string;
  review: ReviewState;
  reviewedBy: string | null;
  reviewedAt: Date | null;
  reviewNote: string | null;
  /** The revision that it restores or undoes. */
  target: number | null;
  changeset: string | null;
  /** Why its content is out of sight; null where it is not. */
  hiddenReason: string | null;
  /** The nearest below it in this lens that is not out of sight: what its changes are told against. */
  comparedTo: number | null;
}

/** One state of an entry, and who made it so. Nothing of it is ever written over. */
@ObjectType({ implements: Node, simpleResolvers: true, description: 'One state of an entry, and who made it so.' })
export class Revision {
  @Derived<Revision>(() => ID, (revision) => revisionId(revision.record.entryId, revision.record.number))
  id: string;

  @Derived<Revision>(() => Int, (revision) => revision.record.number, { description: 'Counts from 1, per entry.' })
  number: number;

  @Derived<Revision>(() => RevisionAction, (revision) => revision.record.action)
  action: RevisionAction;

  @Derived<Revision>(() => DateTime, (revision) => revision.record.createdAt, {
    description: 'In PUBLISHED: when it became public.',
  })
  createdAt: Date;

  @Derived<Revision>(() => Boolean, (revision) => revision.record.minor)
  minor: boolean;

  @Derived<Revision>(() => ReviewState, (revision) => revision.record.review)
  review: ReviewState;

  @Derived<Revision>(() => DateTime, (revision) => revision.record.reviewedAt, { nullable: true })
  reviewedAt: Date | null;

  @Derived<Revision>(() => String, (revision) => revision.record.hiddenReason, {
    nullable: true,
    description: 'Why its content is out of sight, for everybody to read; null where it is not.',
  })
  hiddenReason: string | null;

  constructor(
    readonly record: RevisionRecord,
    readonly lens: Lens,
  ) {}
}

/** A revision's content, when something asks for it. */
export interface RevisionContent {
  number: number;
  format: number;
  content: Content;
}

export const ChangeOp = words('ADDED', 'REMOVED', 'CHANGED', 'MOVED');
export type ChangeOp = keyof typeof ChangeOp;
registerEnumType(ChangeOp, {
  name: 'ChangeOp',
  description:
    'MOVED: an item of a list stands elsewhere among those that both sides have. What is ADDED to a list stands at its end, in the order told, unless a MOVED tells its place.',
});

@ObjectType({ simpleResolvers: true, description: 'One difference between two states of an entry.' })
export class FieldChange {
  @Field({ description: "JSON Pointer into the entry's fields; list items by id: /timeline/{id}/note." })
  path: string;

  @Field(() => ChangeOp)
  op: ChangeOp;

  @Field(() => Json, {
    nullable: true,
    description: 'For MOVED: the place in the list, from 0; null for an item that is new.',
  })
  before: unknown;

  @Field(() => Json, { nullable: true, description: 'For MOVED: the place in the list, from 0.' })
  after: unknown;

  /** Whether it is a text that is read, so that its change is told word by word. */
  isProse: boolean;
}

export const SegmentOp = words('EQUAL', 'INSERT', 'DELETE');
export type SegmentOp = keyof typeof SegmentOp;
registerEnumType(SegmentOp, { name: 'SegmentOp', description: 'What became of a run of a text.' });

@ObjectType({
  simpleResolvers: true,
  description:
    'A run of a text that stayed, came or went. EQUAL and DELETE are the text before, EQUAL and INSERT the text after.',
})
export class TextSegment {
  @Field(() => SegmentOp)
  op: SegmentOp;

  @Field()
  text: string;
}

@ObjectType({ simpleResolvers: true, description: 'A part of a text or value, and the revision that brought it.' })
export class BlameSegment {
  @Field({ description: 'The segments of a text joined are the text. Values that are no strings stand as JSON.' })
  text: string;

  @Field(() => Revision)
  revision: Revision;
}
