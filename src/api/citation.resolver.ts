import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Actor } from '../model/actor';
import { Citation, Hop } from '../model/citation';
import { Document } from '../model/document';
import { Entry } from '../model/entry';
import { FuzzyDate } from '../model/fuzzy-date';
import { Scope } from '../store/scope';
import { toFuzzyDate } from './dates';
import { loadEntry } from './entries';
import { CitationPayload, CreateCitationInput, EditCitationInput } from './citation.inputs';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What a citation leads to, and how one is written. */
@Resolver(() => Citation)
export class CitationResolver {
  @FieldResolver(() => Entry, { nullable: true })
  about(@Root() citation: Citation, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry<Entry>(scope, citation.lens, citation.content.about);
  }

  @FieldResolver(() => Document, { nullable: true })
  document(@Root() citation: Citation, @Ctx() scope: Scope): Promise<Document | null> {
    return loadEntry<Document>(scope, citation.lens, citation.content.document);
  }

  @FieldResolver(() => [Hop], { description: 'From whoever published the document (first) to the origin (last).' })
  chain(@Root() citation: Citation): Hop[] {
    return citation.content.chain.map((item) => new Hop(item, citation.lens));
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  saidAt(@Root() citation: Citation): FuzzyDate | null {
    return toFuzzyDate(citation.content.saidAt, citation.lens);
  }

  @Mutation(() => CitationPayload, {
    nullable: true,
    description: 'Opens a citation: a draft, or public at once with publish.',
  })
  async createCitation(@Arg('input') input: CreateCitationInput, @Ctx() scope: Scope): Promise<CitationPayload> {
    return toPayload(scope, CitationPayload, await createEntry(scope, 'CITATION', input));
  }

  @Mutation(() => CitationPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editCitation(
    @Arg('input') input: EditCitationInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<CitationPayload> {
    const edit = readResolve(schema, 'CITATION', input);
    return toPayload(scope, CitationPayload, await editEntry(scope, 'CITATION', edit));
  }
}

@Resolver(() => CitationPayload)
export class CitationPayloadResolver {
  @FieldResolver(() => Citation, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  citation(@Root() payload: CitationPayload, @Ctx() scope: Scope): Promise<Citation | null> {
    return entryOf<Citation>(scope, payload.result);
  }
}

@Resolver(() => Hop)
export class HopResolver {
  @FieldResolver(() => Actor, { nullable: true })
  actor(@Root() hop: Hop, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, hop.lens, hop.actorId);
  }

  @FieldResolver(() => Document, { nullable: true })
  document(@Root() hop: Hop, @Ctx() scope: Scope): Promise<Document | null> {
    return loadEntry<Document>(scope, hop.lens, hop.documentId);
  }
}
