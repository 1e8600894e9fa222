import { Field, ID, ObjectType } from 'type-graphql';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { nodeId } from '../base/node-id';
import { Derived } from './derived';
import { Node } from './node';
import { UserRole } from './user';

/** What somebody signs in with. The secret itself is nowhere: only its SHA-256 is kept. */
@Entity({ name: 'token' })
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'What somebody signs in with; the secret is shown once.',
})
export class Token {
  @PrimaryColumn('uuid', { name: 'id' })
  uuid: string;

  @Derived<Token>(() => ID, (token) => nodeId('token', token.uuid))
  id: string;

  /** Hexadecimal SHA-256 of the secret. */
  @Column('text')
  hash: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Field({ description: 'What it is for, in its owner’s words.' })
  @Column('text')
  label: string;

  /** The most that this token may do, whatever its owner may; null sets no bound. */
  @Column('text', { nullable: true })
  ceiling: UserRole | null;

  @Field(() => Date)
  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt: Date;

  @Field(() => Date, { nullable: true })
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3, nullable: true })
  expiresAt: Date | null;

  @Field(() => Date, { nullable: true, description: 'To the minute.' })
  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt: Date | null;

  @Field(() => Date, { nullable: true })
  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt: Date | null;
}
