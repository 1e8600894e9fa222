import { ID, ObjectType } from 'type-graphql';
import { nodeId } from '../base/node-id';
import { Derived } from './derived';
import type { Lens } from './lens';
import { Node } from './node';
import { DateTime } from './scalars';

/** What the store knows of a changeset. */
export interface ChangesetRecord {
  uuid: string;
  summary: string | null;
  author: string;
  at: Date;
}

/** Several entries written as one: all or none, taken back as one. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Several entries written as one: all or none, and taken back as one with undoChangeset.',
})
export class Changeset {
  @Derived<Changeset>(() => ID, (changeset) => nodeId('changeset', changeset.record.uuid))
  id: string;

  @Derived<Changeset>(() => DateTime, (changeset) => changeset.record.at)
  at: Date;

  constructor(
    readonly record: ChangesetRecord,
    readonly lens: Lens,
  ) {}
}
