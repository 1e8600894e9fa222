import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { NodeType } from '../base/node-id';
import { assertMayEver } from '../edits/rights';
import { changeUser, createToken, createUser, type PersonResult, revokeToken } from '../edits/people';
import type { Node } from '../model/node';
import { Token } from '../model/token';
import { User } from '../model/user';
import { mayEver } from '../rules/policy';
import { makePage, readPageRequest } from '../store/pages';
import { countUsers, listUsers, personKey } from '../store/people';
import { Scope } from '../store/scope';
import { ForwardPageArgs, TokenConnection, UserConnection } from './connections';
import { isNewsroom } from './entries';
import {
  CreateTokenInput,
  CreateUserInput,
  RevokeTokenInput,
  SetRoleInput,
  SetUserActiveInput,
  TokenPayload,
  UserPayload,
} from './people.inputs';

const isSelf = (scope: Scope, userId: string): boolean => scope.viewer?.user.uuid === userId;

/** A user or token by id, for whoever may know of them; else null, as for none. */
export async function findPersonNode(
  scope: Scope,
  { type, uuid }: { type: NodeType; uuid: string },
): Promise<Node | null> {
  if (!scope.viewer) return null;
  if (type === 'user') return isNewsroom(scope) || isSelf(scope, uuid) ? scope.loaders.users.load(uuid) : null;
  if (type !== 'token') return null;
  const token = await scope.loaders.tokens.load(uuid);
  return token && (isSelf(scope, token.userId) || mayEver(scope.viewer, 'MANAGE_TOKENS_OF_OTHERS')) ? token : null;
}

async function userPayload(scope: Scope, { id, problems }: PersonResult): Promise<UserPayload> {
  scope.forget();
  return Object.assign(new UserPayload(), { user: id && (await scope.loaders.users.load(id)), problems });
}

async function tokenPayload(scope: Scope, { id, secret, problems }: PersonResult): Promise<TokenPayload> {
  scope.forget();
  const token = id && (await scope.loaders.tokens.load(id));
  return Object.assign(new TokenPayload(), { token, secret: secret ?? null, problems });
}

/** Who signs in, as what, with which tokens. */
@Resolver(() => User)
export class UserResolver {
  @Query(() => User, { nullable: true, description: 'Whoever asks; null without a token.' })
  viewer(@Ctx() scope: Scope): User | null {
    return scope.viewer?.user ?? null;
  }

  @Query(() => UserConnection, { nullable: true, description: 'Everybody, oldest first. For ADMIN.' })
  async users(@Args(() => ForwardPageArgs) args: ForwardPageArgs, @Ctx() scope: Scope) {
    assertMayEver(scope, 'MANAGE_USERS');
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest('users', args, pages, cursors);
    const users = await listUsers(scope.run, request);
    return new UserConnection(
      makePage(
        users,
        request,
        personKey,
        (user) => user,
        cursors,
        () => countUsers(scope.run),
      ),
    );
  }

  @FieldResolver(() => TokenConnection, { nullable: true, description: 'For oneself and for ADMIN; null to others.' })
  async tokens(@Root() user: User, @Args(() => ForwardPageArgs) args: ForwardPageArgs, @Ctx() scope: Scope) {
    if (!isSelf(scope, user.uuid) && !mayEver(scope.viewer, 'MANAGE_TOKENS_OF_OTHERS')) return null;
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`tokens ${user.uuid}`, args, pages, cursors);
    const tokens = await scope.loaders.tokensOf({ ...request, list: 'tokens' }).load(user.uuid);
    const total = (): Promise<number> => scope.loaders.tokenCounts.load(user.uuid);
    return new TokenConnection(makePage(tokens, request, personKey, (token) => token, cursors, total));
  }

  @Mutation(() => UserPayload, {
    nullable: true,
    description: 'A person or program that can then get tokens. For ADMIN.',
  })
  async createUser(@Arg('input') input: CreateUserInput, @Ctx() scope: Scope): Promise<UserPayload> {
    return userPayload(scope, await createUser(scope, input));
  }

  @Mutation(() => UserPayload, { nullable: true, description: 'The last administrator cannot be demoted. For ADMIN.' })
  async setRole(@Arg('input') input: SetRoleInput, @Ctx() scope: Scope): Promise<UserPayload> {
    return userPayload(scope, await changeUser(scope, input));
  }

  @Mutation(() => UserPayload, {
    nullable: true,
    description: 'A person who is not active can sign in no more; what they wrote stays theirs. For ADMIN.',
  })
  async setUserActive(@Arg('input') input: SetUserActiveInput, @Ctx() scope: Scope): Promise<UserPayload> {
    return userPayload(scope, await changeUser(scope, input));
  }
}

/** Tokens and whose they are. */
@Resolver(() => Token)
export class TokenResolver {
  @FieldResolver(() => User)
  user(@Root() token: Token, @Ctx() scope: Scope): Promise<User | null> {
    return scope.loaders.users.load(token.userId);
  }

  @Mutation(() => TokenPayload, {
    nullable: true,
    description: 'The secret is shown once. For oneself; for ADMIN, for anybody.',
  })
  async createToken(@Arg('input') input: CreateTokenInput, @Ctx() scope: Scope): Promise<TokenPayload> {
    return tokenPayload(scope, await createToken(scope, input));
  }

  @Mutation(() => TokenPayload, { nullable: true, description: 'From now on it opens nothing.' })
  async revokeToken(@Arg('input') input: RevokeTokenInput, @Ctx() scope: Scope): Promise<TokenPayload> {
    return tokenPayload(scope, await revokeToken(scope, input));
  }
}
