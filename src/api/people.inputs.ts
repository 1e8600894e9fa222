import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Problem } from '../model/edit';
import { DateTime } from '../model/scalars';
import { Token } from '../model/token';
import { User, UserRole } from '../model/user';

@InputType()
export class CreateUserInput {
  @Field()
  name: string;

  @Field(() => UserRole)
  role: UserRole;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is a program.' })
  bot?: boolean | null;
}

@InputType()
export class SetRoleInput {
  @Field(() => ID)
  user: string;

  @Field(() => UserRole)
  role: UserRole;
}

@InputType()
export class SetUserActiveInput {
  @Field(() => ID)
  user: string;

  @Field()
  active: boolean;
}

@InputType()
export class CreateTokenInput {
  @Field(() => ID)
  user: string;

  @Field({ description: 'What it is for.' })
  label: string;

  @Field(() => DateTime, { nullable: true, description: 'Without it the token holds until it is revoked.' })
  expiresAt?: Date | null;
}

@InputType()
export class RevokeTokenInput {
  @Field(() => ID)
  id: string;
}

@ObjectType({ simpleResolvers: true, description: 'A user, or what is wrong.' })
export class UserPayload {
  @Field(() => User, { nullable: true })
  user: User | null;

  @Field(() => [Problem])
  problems: Problem[];
}

@ObjectType({ simpleResolvers: true, description: 'A token, or what is wrong.' })
export class TokenPayload {
  @Field(() => Token, { nullable: true })
  token: Token | null;

  @Field(() => String, { nullable: true, description: 'What to send as a Bearer token. Shown this once.' })
  secret: string | null;

  @Field(() => [Problem])
  problems: Problem[];
}
