import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Entry } from '../model/entry';
import { BlameSegment, Revision } from '../model/revision';
import type { Sight } from '../rules/fields';
import { referencesOf } from '../rules/contents';
import { findField, missingPart, valueOf } from '../rules/blame-path';
import { blames } from '../store/blame-walk';
import { Scope } from '../store/scope';
import { isNewsroom } from './entries';
import { loadRevision, seesOnlyNow } from './revisions';

/** Who brought which part of an entry: of what its reader is shown, and through the same lens. */
@Resolver(() => Entry)
export class BlameResolver {
  @FieldResolver(() => [BlameSegment], {
    description:
      'Which revision brought which part of a text or value. What was moved or restored keeps the revision that first brought it; of a list, each value of each item has its own segments.',
  })
  async blame(
    @Root() { id, kind, lens, content, revisionNumber: number }: Entry,
    @Arg('path', { description: 'JSON Pointer as in diff: /body, /topics, /timeline/{id}/note.' }) path: string,
    @Ctx() scope: Scope,
  ): Promise<BlameSegment[]> {
    const newsroom = isNewsroom(scope);
    const field = findField(kind, path, newsroom);
    const shown = valueOf(field, content, await this.sight(scope, { kind, lens, content }, field.name), newsroom);
    if (shown === undefined) missingPart(path);
    if (shown === null || shown === '' || (Array.isArray(shown) && shown.length === 0)) return [];
    const parts = await blames(scope, lens, { newsroom, onlyNow: seesOnlyNow(scope) }).load({
      entry: id,
      kind,
      number,
      path,
      field,
    });
    scope.spendItems(parts.length);
    const numbers = [...new Set(parts.map(({ by }) => by))];
    const records = await Promise.all(numbers.map((by) => loadRevision(scope, lens, { entry: id, number: by })));
    const revisions = new Map(records.map((record) => [record?.number, record && new Revision(record, lens)]));
    return parts.flatMap(({ text, by }) => {
      const revision = revisions.get(by);
      return revision ? [Object.assign(new BlameSegment(), { text, revision })] : [];
    });
  }

  private async sight(
    scope: Scope,
    { kind, lens, content }: Pick<Entry, 'kind' | 'lens' | 'content'>,
    name: string,
  ): Promise<Sight> {
    if (lens.view === 'LATEST') return (id) => id;
    const references = [...referencesOf(kind, content)].filter(({ field }) => field.split('.')[0] === name);
    return scope.loaders.sight(lens, new Set(references.map(({ to }) => to)));
  }
}
