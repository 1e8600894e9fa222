import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { badInput } from '../base/errors';
import { isUuid } from '../base/node-id';
import { Correction, Withdrawal } from '../model/correction';
import { Entry, EntryKind } from '../model/entry';
import { PUBLISHED_NOW } from '../model/lens';
import { connectionOf } from '../model/page';
import { Revision } from '../model/revision';
import { slugProblem } from '../rules/slugs';
import { countCorrections, findWithdrawal, listCorrections } from '../store/corrections';
import { makePage, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { ForwardPageArgs } from './connections';
import { loadEntry } from './entries';
import { loadRevision, seesOnlyNow } from './revisions';

export const CorrectionConnection = connectionOf(Correction, 'Correction');
export type CorrectionConnection = InstanceType<typeof CorrectionConnection>;

@ArgsType()
class CorrectionArgs extends ForwardPageArgs {
  @Field(() => ID, { nullable: true, description: 'Only of this story and all that it holds.' })
  story?: string | null;
}

@ArgsType()
class WithdrawalArgs {
  @Field(() => ID, { nullable: true, description: 'Either this, or kind and slug.' })
  id?: string | null;

  @Field(() => EntryKind, { nullable: true })
  kind?: EntryKind | null;

  @Field(() => String, { nullable: true })
  slug?: string | null;
}

/** What readers are told of what changed, and of what is gone. */
@Resolver(() => Correction)
export class CorrectionResolver {
  @FieldResolver(() => Entry)
  entry(@Root() { record, lens }: Correction, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, lens, record.entry);
  }

  @FieldResolver(() => Revision, { description: 'The revision that corrects it.' })
  async revision(@Root() { record, lens }: Correction, @Ctx() scope: Scope): Promise<Revision | null> {
    const { entry } = record;
    // Whoever is told of nothing older is shown the correction in what is shown now.
    const shown = seesOnlyNow(scope) ? await scope.loaders.entries(lens).load(entry) : null;
    const address = shown ? { entry: shown.id, number: shown.revisionNumber } : { entry, number: record.revision };
    const found = await loadRevision(scope, lens, address);
    return found && new Revision(found, lens);
  }

  @Query(() => CorrectionConnection, {
    nullable: true,
    description: 'Published corrections, newest first; with a story, those of all that it holds.',
  })
  async corrections(@Args(() => CorrectionArgs) args: CorrectionArgs, @Ctx() scope: Scope) {
    const story = args.story ?? null;
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`corrections ${story}`, args, pages, cursors);
    // A story that is not public holds nothing that the public could be told of by it.
    const holder = story === null ? null : await loadEntry(scope, PUBLISHED_NOW, story, 'NAME');
    const isNothing = story !== null && holder?.kind !== 'STORY';
    const held = holder?.id ?? null;
    const rows = isNothing ? [] : await listCorrections(scope.run, held, request);
    return new CorrectionConnection(
      makePage(
        rows,
        request,
        (row) => [row.position.padStart(19, '0'), row.uuid],
        (row) => new Correction(row, PUBLISHED_NOW),
        cursors,
        async () => (isNothing ? 0 : countCorrections(scope.run, held)),
      ),
    );
  }

  @Query(() => Withdrawal, {
    nullable: true,
    description: 'The public note that stands where a withdrawn entry was; null for every other entry.',
  })
  async withdrawal(
    @Args(() => WithdrawalArgs) { id, kind, slug }: WithdrawalArgs,
    @Ctx() scope: Scope,
  ): Promise<Withdrawal | null> {
    const byAddress = typeof kind === 'string' && typeof slug === 'string';
    if ((typeof id === 'string') === byAddress || (typeof id === 'string' && (kind || slug)))
      throw badInput('id', 'give either id, or kind and slug.');
    if (typeof id === 'string' ? !isUuid(id) : slugProblem(slug as string)) return null;
    const row = await findWithdrawal(
      scope.run,
      typeof id === 'string' ? { id } : { kind: kind as EntryKind, slug: slug as string },
    );
    return row && Object.assign(new Withdrawal(), row);
  }
}
