import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Document } from '../model/document';
import { FuzzyDate } from '../model/fuzzy-date';
import { Scope } from '../store/scope';
import { loadEntry } from './entries';

@Resolver(() => FuzzyDate)
export class FuzzyDateResolver {
  @FieldResolver(() => Document, {
    nullable: true,
    description: 'The document whose publication date relative words count from.',
  })
  anchor(@Root() date: FuzzyDate, @Ctx() scope: Scope): Promise<Document | null> {
    return loadEntry<Document>(scope, date.lens, date.anchorId);
  }
}
