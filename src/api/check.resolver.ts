import { setImmediate as nextTurn } from 'node:timers/promises';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Check } from '../model/check';
import { Entry } from '../model/entry';
import { FieldChange, TextSegment } from '../model/revision';
import { diffWords } from '../rules/words';
import { Scope } from '../store/scope';
import { loadEntry } from './entries';

@Resolver(() => Check)
export class CheckResolver {
  // Checks are told to the newsroom alone, which sees what is not public.
  @FieldResolver(() => Entry, { nullable: true, description: 'The other entry that it speaks of.' })
  entry(@Root() check: Check, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, { view: 'LATEST', asOf: check.asOf ?? null }, check.entryId);
  }
}

@Resolver(() => FieldChange)
export class FieldChangeResolver {
  @FieldResolver(() => [TextSegment], { nullable: true, description: 'Word by word, for text.' })
  text(@Root() { before, after, isProse }: FieldChange, @Ctx() scope: Scope): Promise<TextSegment[]> | null {
    if (!isProse || typeof before !== 'string' || typeof after !== 'string') return null;
    // Compared once a request, and others have a turn before each.
    return scope.loaders.once(`words ${before.length} ${before} ${after}`, async () => {
      scope.spendText(before.length + after.length);
      await nextTurn();
      return diffWords(before, after);
    });
  }
}
