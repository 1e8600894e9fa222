import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { createEntry } from '../edits/create-entry';
import { editEntry } from '../edits/edit-entry';

import { Actor } from '../model/actor';
import type { Citation } from '../model/citation';
import { Document } from '../model/document';
import { FuzzyDate } from '../model/fuzzy-date';
import { Scope } from '../store/scope';
import { CitationConnection, PageArgs } from './connections';
import { toFuzzyDate } from './dates';
import { isNewsroom, loadEntry, loadText, loadVisible } from './entries';
import { CreateDocumentInput, DocumentPayload, EditDocumentInput } from './document.inputs';
import { incomingPage } from './incoming';
import { entryOf, toPayload } from './payloads';
import { readResolve } from './resolutions';

/** What a document leads to, and how one is written. */
@Resolver(() => Document)
export class DocumentResolver {
  @FieldResolver(() => Actor, { nullable: true })
  publisher(@Root() document: Document, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, document.lens, document.content.publisher);
  }

  @FieldResolver(() => [Actor])
  authors(@Root() document: Document, @Ctx() scope: Scope): Promise<Actor[]> {
    return loadVisible<Actor>(scope, document.lens, document.content.authors);
  }

  @FieldResolver(() => FuzzyDate, { nullable: true })
  publishedAt(@Root() document: Document): FuzzyDate | null {
    return toFuzzyDate(document.content.publishedAt, document.lens);
  }

  @FieldResolver(() => Document, { nullable: true })
  translationOf(@Root() document: Document, @Ctx() scope: Scope): Promise<Document | null> {
    return loadEntry<Document>(scope, document.lens, document.content.translationOf);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The text kept for checking quotes; for CONTRIBUTOR and above, null to others.',
  })
  async keptText(@Root() document: Document, @Ctx() scope: Scope): Promise<string | null> {
    return isNewsroom(scope) ? loadText(scope, document.content.keptText) : null;
  }

  @FieldResolver(() => CitationConnection, { description: 'Citations that cite this document, newest link first.' })
  async citedIn(@Root() document: Document, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CitationConnection(
      await incomingPage<Citation>(scope, document, { fields: ['document'], kinds: ['CITATION'] }, args),
    );
  }

  @Mutation(() => DocumentPayload, {
    nullable: true,
    description: 'Opens a document: a draft, or public at once with publish.',
  })
  async createDocument(@Arg('input') input: CreateDocumentInput, @Ctx() scope: Scope): Promise<DocumentPayload> {
    return toPayload(scope, DocumentPayload, await createEntry(scope, 'DOCUMENT', input));
  }

  @Mutation(() => DocumentPayload, {
    nullable: true,
    description:
      'On a stale baseRevision the edit is merged field by field; where both changed the same, outcome is CONFLICT.',
  })
  async editDocument(
    @Arg('input') input: EditDocumentInput,
    @Ctx() scope: Scope,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<DocumentPayload> {
    const edit = readResolve(schema, 'DOCUMENT', input);
    return toPayload(scope, DocumentPayload, await editEntry(scope, 'DOCUMENT', edit));
  }
}

@Resolver(() => DocumentPayload)
export class DocumentPayloadResolver {
  @FieldResolver(() => Document, {
    nullable: true,
    description: 'As it is after the edit, in LATEST; as it is now where nothing was written.',
  })
  document(@Root() payload: DocumentPayload, @Ctx() scope: Scope): Promise<Document | null> {
    return entryOf<Document>(scope, payload.result);
  }
}
