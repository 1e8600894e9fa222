import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { rejectRevisions, withdrawEntry } from '../edits/judge-work';
import { protectEntry } from '../edits/protect-entry';
import { assertMayEver } from '../edits/rights';
import { Entry, EntryKind } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { connectionOf } from '../model/page';
import { ReviewItem, ReviewReason } from '../model/review';
import { FieldChange, Revision } from '../model/revision';
import { makePage, readPageRequest } from '../store/pages';
import { countReview, listReview, reviewKey, type ReviewFilter } from '../store/review-queue';
import { Scope } from '../store/scope';
import { differences } from './changes';
import { ForwardPageArgs } from './connections';
import { EntryPayload, ProtectInput, RejectRevisionsInput, WithdrawInput } from './edit.inputs';
import { loadEntry } from './entries';
import { toPayload } from './payloads';

export const ReviewConnection = connectionOf(ReviewItem, 'Review');
export type ReviewConnection = InstanceType<typeof ReviewConnection>;

@ArgsType()
class ReviewArgs extends ForwardPageArgs {
  @Field(() => [EntryKind], { nullable: true, description: 'Only entries of these kinds.' })
  kinds?: EntryKind[] | null;

  @Field(() => [ReviewReason], { nullable: true, description: 'Only for these reasons.' })
  reasons?: ReviewReason[] | null;
}

/** What waits for an editor, and what editors decide about it. */
@Resolver(() => ReviewItem)
export class ReviewResolver {
  @Query(() => ReviewConnection, {
    nullable: true,
    description:
      'What waits for an editor: entries whose newest revision is not accepted, and entries that became unsettled; oldest first. For CONTRIBUTOR and above.',
  })
  async reviewQueue(@Args(() => ReviewArgs) args: ReviewArgs, @Ctx() scope: Scope) {
    assertMayEver(scope, 'READ_LATEST');
    const filter: ReviewFilter = { kinds: args.kinds ?? null, reasons: args.reasons ?? null };
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`review ${JSON.stringify(filter)}`, args, pages, cursors);
    const rows = await listReview(scope.run, filter, request);
    return new ReviewConnection(
      makePage(
        rows,
        request,
        reviewKey,
        ({ entry, cause, reason, since }) =>
          Object.assign(new ReviewItem(), { entryId: entry, causeId: cause, reason, since }),
        cursors,
        () => countReview(scope.run, filter),
      ),
    );
  }

  @FieldResolver(() => Entry)
  entry(@Root() item: ReviewItem, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, LATEST_NOW, item.entryId);
  }

  @FieldResolver(() => Entry, {
    nullable: true,
    description:
      'With UNSETTLED: the entry that gave rise to it: a document or a claim; or what kept it from the public when its embargo ended, which is the entry itself where nothing else is to be named.',
  })
  cause(@Root() item: ReviewItem, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, LATEST_NOW, item.causeId);
  }

  @FieldResolver(() => [Revision], { description: 'The revisions that wait, oldest first.' })
  async pending(@Root() item: ReviewItem, @Ctx() scope: Scope): Promise<Revision[]> {
    const addresses = await scope.loaders.pending.load(item.entryId);
    scope.spendItems(addresses.length);
    const loader = scope.loaders.revisions(LATEST_NOW);
    const records = await Promise.all(addresses.map((address) => loader.load(address)));
    return records.flatMap((record) => (record ? [new Revision(record, LATEST_NOW)] : []));
  }

  @FieldResolver(() => [FieldChange], { description: 'From what was accepted to the newest revision, as one.' })
  async changes(@Root() item: ReviewItem, @Ctx() scope: Scope): Promise<FieldChange[]> {
    const [standing, entry] = await Promise.all([
      scope.loaders.standings.load(item.entryId),
      scope.loaders.entries(LATEST_NOW).load(item.entryId),
    ]);
    if (!standing || !entry) return [];
    const of = { entryId: entry.id, kind: entry.kind };
    // What was accepted since without being shown is the same content, and may be out of sight.
    return differences(scope, LATEST_NOW, of, standing.published, entry.latestRevision);
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      'Send back what waits: its revisions are REJECTED, and a new one equal to what was accepted ends them. A draft that was never accepted is only marked. EDITOR.',
  })
  async rejectRevisions(@Arg('input') input: RejectRevisionsInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await rejectRevisions(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description: 'Take an entry back from the public, with a public note in its place; or end an embargo. EDITOR.',
  })
  async withdraw(@Arg('input') input: WithdrawInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await withdrawEntry(scope, input));
  }

  @Mutation(() => EntryPayload, {
    nullable: true,
    description: 'Let only a role and above edit an entry, up to one’s own role; or lift that. EDITOR.',
  })
  async protect(@Arg('input') input: ProtectInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await protectEntry(scope, input));
  }
}
