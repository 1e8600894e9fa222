import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { nodeId } from '../base/node-id';
import { words } from '../base/words';
import { Derived } from './derived';
import { EntryKind } from './entry';
import type { Lens } from './lens';
import { Node } from './node';
import { DateTime } from './scalars';

export const CorrectionKind = words('CORRECTION', 'CLARIFICATION', 'UPDATE', 'RETRACTION');
export type CorrectionKind = keyof typeof CorrectionKind;
registerEnumType(CorrectionKind, { name: 'CorrectionKind', description: 'What a correction is, to its readers.' });

/** What the store knows of a correction. */
export interface CorrectionRecord {
  uuid: string;
  entry: string;
  revision: number;
  kind: CorrectionKind;
  note: string;
  at: Date;
  position: string;
}

/** What readers are told of a change of what they have read. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'What readers are told of a change of what they have read.',
})
export class Correction {
  @Derived<Correction>(() => ID, (correction) => nodeId('correction', correction.record.uuid))
  id: string;

  @Derived<Correction>(() => CorrectionKind, (correction) => correction.record.kind)
  kind: CorrectionKind;

  @Derived<Correction>(() => String, (correction) => correction.record.note)
  note: string;

  @Derived<Correction>(() => DateTime, (correction) => correction.record.at)
  at: Date;

  constructor(
    readonly record: CorrectionRecord,
    readonly lens: Lens,
  ) {}
}

@ObjectType({ simpleResolvers: true, description: 'The note that stands where an entry was public.' })
export class Withdrawal {
  @Field(() => ID, { description: 'Of the entry.' })
  id: string;

  @Field(() => EntryKind)
  kind: EntryKind;

  @Field()
  note: string;

  @Field(() => DateTime)
  at: Date;
}
