import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Claim, ClaimRelation, ClaimValue } from '../model/claim';
import { Entry } from '../model/entry';
import { FuzzyDate } from '../model/fuzzy-date';
import { Scope } from '../store/scope';
import { toFuzzyDate } from './dates';
import { loadEntry, visibleItems } from './entries';
import { ClaimPayload, CreateClaimInput, EditClaimInput } from './claim.inputs';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What a claim leads to, and how one is written. */
@Resolver(() => Claim)
export class ClaimResolver {
  @FieldResolver(() => Entry, { nullable: true, description: 'What it is about.' })
  subject(@Root() claim: Claim, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry<Entry>(scope, claim.lens, claim.content.subject);
  }

  @FieldResolver(() => ClaimValue, { nullable: true })
  value(@Root() claim: Claim): ClaimValue | null {
    const { value } = claim.content;
    return value && new ClaimValue(value, claim.lens);
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  when(@Root() claim: Claim): FuzzyDate | null {
    return toFuzzyDate(claim.content.when, claim.lens);
  }

  @FieldResolver(() => [ClaimRelation])
  async relations(@Root() claim: Claim, @Ctx() scope: Scope): Promise<ClaimRelation[]> {
    const items = await visibleItems(scope, claim.lens, claim.content.relations, (item) => item.claim);
    return items.map((item) => new ClaimRelation(item, claim.lens));
  }

  @Mutation(() => ClaimPayload, {
    nullable: true,
    description: 'Opens a claim: a draft, or public at once with publish.',
  })
  async createClaim(@Arg('input') input: CreateClaimInput, @Ctx() scope: Scope): Promise<ClaimPayload> {
    return toPayload(scope, ClaimPayload, await createEntry(scope, 'CLAIM', input));
  }

  @Mutation(() => ClaimPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editClaim(
    @Arg('input') input: EditClaimInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<ClaimPayload> {
    const edit = readResolve(schema, 'CLAIM', input);
    return toPayload(scope, ClaimPayload, await editEntry(scope, 'CLAIM', edit));
  }
}

@Resolver(() => ClaimPayload)
export class ClaimPayloadResolver {
  @FieldResolver(() => Claim, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  claim(@Root() payload: ClaimPayload, @Ctx() scope: Scope): Promise<Claim | null> {
    return entryOf<Claim>(scope, payload.result);
  }
}

@Resolver(() => ClaimValue)
export class ClaimValueResolver {
  @FieldResolver(() => FuzzyDate, { nullable: true })
  date(@Root() value: ClaimValue): FuzzyDate | null {
    return toFuzzyDate(value.dateContent, value.lens);
  }

  @FieldResolver(() => Entry, { nullable: true })
  entry(@Root() value: ClaimValue, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry<Entry>(scope, value.lens, value.entryId);
  }
}

@Resolver(() => ClaimRelation)
export class ClaimRelationResolver {
  @FieldResolver(() => Claim)
  claim(@Root() relation: ClaimRelation, @Ctx() scope: Scope): Promise<Claim | null> {
    return loadEntry<Claim>(scope, relation.lens, relation.claimId);
  }
}
