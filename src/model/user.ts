import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { words } from '../base/words';
import { nodeId } from '../base/node-id';
import { Derived } from './derived';
import { Node } from './node';

export const UserRole = words('READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN');
export type UserRole = keyof typeof UserRole;
registerEnumType(UserRole, {
  name: 'UserRole',
  description:
    'READER reads what is published. CONTRIBUTOR reads drafts and edits, for review. EDITOR publishes. ADMIN manages users.',
});

/** Somebody, or some program, that signs in. Nobody is ever removed: revisions name their author for good. */
@Entity({ name: 'user' })
@ObjectType({ implements: Node, simpleResolvers: true, description: 'A person or a program that signs in.' })
export class User {
  @PrimaryColumn('uuid', { name: 'id' })
  uuid: string;

  @Derived<User>(() => ID, (user) => nodeId('user', user.uuid))
  id: string;

  @Field()
  @Column('text')
  name: string;

  @Field(() => UserRole)
  @Column('text')
  role: UserRole;

  @Field({ description: 'Whether it is a program.' })
  @Column('boolean')
  bot: boolean;

  /** False: may sign in no more. What they wrote stays theirs. */
  @Field({ description: 'False: may sign in no more. What they wrote stays theirs.' })
  @Column('boolean')
  active: boolean;

  @Field(() => Date)
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;
}
