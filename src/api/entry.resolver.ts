import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Resolver, Root } from 'type-graphql';
import { badInput } from '../base/errors';
import { Check } from '../model/check';
import { Correction } from '../model/correction';
import { EntryAction, Entry, EntryKind, Protection } from '../model/entry';
import type { Citation } from '../model/citation';
import { lensKey } from '../model/lens';
import { FieldChange, Revision, type RevisionRecord } from '../model/revision';
import { DateTime } from '../model/scalars';
import { entryActions } from '../rules/policy';
import { makePage, type PageRequest, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { differences } from './changes';
import { checksOf } from './checks';
import { CitationConnection, EntryConnection, PageArgs, RevisionConnection } from './connections';
import { isNewsroom } from './entries';
import { incomingPage } from './incoming';
import { loadRevision, seesOnlyNow } from './revisions';

@ArgsType()
class BacklinkArgs extends PageArgs {
  @Field(() => [EntryKind], { nullable: true, description: 'Only entries of these kinds.' })
  kinds?: EntryKind[] | null;
}

/** What every kind of entry answers besides its own fields. */
@Resolver(() => Entry)
export class EntryResolver {
  @FieldResolver(() => Revision, { description: 'The revision this object shows.' })
  async revision(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Revision | null> {
    return this.revisionByNumber(entry, entry.revisionNumber, scope);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description: 'Null where there is none of that number in this view.',
  })
  async revisionByNumber(
    @Root() entry: Entry,
    @Arg('number', () => Int) number: number,
    @Ctx() scope: Scope,
  ): Promise<Revision | null> {
    const record = await loadRevision(scope, entry.lens, { entry: entry.id, number });
    return record && new Revision(record, entry.lens);
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'Number of the accepted revision; null while never accepted.',
  })
  async publishedRevision(@Root() entry: Entry, @Ctx() scope: Scope): Promise<number | null> {
    if (entry.lens.view === 'PUBLISHED') return entry.latestRevision; // the newest in this view is the accepted one
    if (entry.publishedThen !== undefined) return entry.publishedThen;
    return (await scope.loaders.standings.load(entry.id))?.accepted ?? null;
  }

  @FieldResolver(() => RevisionConnection, {
    description:
      'Its revisions, newest first. In PUBLISHED only those that were public at some time; their numbers may have gaps.',
  })
  async history(@Root() entry: Entry, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    const { lens, id } = entry;
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`history ${lensKey(lens)} ${id}`, args, pages, cursors);
    const isShort = seesOnlyNow(scope);
    const records = isShort
      ? await this.shownAlone(entry, request, scope)
      : await scope.loaders.history(lens, { ...request, list: 'history' }).load(id);
    const page = makePage(
      records,
      request,
      (record) => [record.number],
      (record) => new Revision(record, lens),
      cursors,
      () => (isShort ? Promise.resolve(1) : scope.loaders.historyCount(lens).load(id)),
    );
    return new RevisionConnection(page);
  }

  @FieldResolver(() => [FieldChange], {
    description: 'Field by field, and word by word in text, from one revision to another, whichever is older.',
  })
  async diff(
    @Root() entry: Entry,
    @Arg('from', () => Int) from: number,
    @Arg('to', () => Int) to: number,
    @Ctx() scope: Scope,
  ): Promise<FieldChange[]> {
    const asked = Object.entries({ from, to });
    const found = await Promise.all(
      asked.map(([, number]) => loadRevision(scope, entry.lens, { entry: entry.id, number })),
    );
    for (const [index, [argument, number]] of asked.entries())
      if (!found[index]) throw badInput(argument, `there is no revision ${number} in this view.`);
      else if (found[index].hiddenReason !== null)
        throw badInput(argument, `the content of revision ${number} is out of sight.`);
    return differences(scope, entry.lens, { entryId: entry.id, kind: entry.kind }, from, to);
  }

  @FieldResolver(() => EntryConnection, { description: 'Entries that refer to this one, newest link first.' })
  async backlinks(@Root() entry: Entry, @Args(() => BacklinkArgs) args: BacklinkArgs, @Ctx() scope: Scope) {
    return new EntryConnection(await incomingPage(scope, entry, { fields: null, kinds: args.kinds ?? null }, args));
  }

  @FieldResolver(() => [Check], {
    description:
      'What an editor should look at before publishing, worst first; for CONTRIBUTOR and above, empty to others.',
  })
  checks(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Check[]> | Check[] {
    return isNewsroom(scope) ? checksOf(scope, entry) : [];
  }

  @FieldResolver(() => CitationConnection, { description: 'Citations about this entry, newest first.' })
  async citations(@Root() entry: Entry, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CitationConnection(await incomingPage<Citation>(scope, entry, { fields: ['about'], kinds: null }, args));
  }

  @FieldResolver(() => [EntryAction], { description: 'Empty outside the newsroom.' })
  async viewerCan(@Root() entry: Entry, @Ctx() scope: Scope): Promise<EntryAction[]> {
    if (!isNewsroom(scope)) return [];
    const { protectedRole = null, published = null, state } = (await scope.loaders.standings.load(entry.id)) ?? {};
    const subject = { wasEverPublic: published !== null, protection: protectedRole && { minimumRole: protectedRole } };
    const open: readonly EntryAction[] =
      state === 'DELETED'
        ? ['RESTORE']
        : ['EDIT', 'PUBLISH', 'REJECT', 'WITHDRAW', 'DELETE', 'MERGE', 'PROTECT', 'COMMENT'];
    return entryActions(scope.viewer, subject, [...open, 'HIDE_REVISIONS']);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'With state EMBARGOED: it is public from then on. Null in PUBLISHED, and as of a moment in the past.',
  })
  async embargoUntil(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Date | null> {
    // The ledger does not say until when what was under an embargo was to be.
    if (entry.lens.view === 'PUBLISHED' || entry.lens.asOf !== null) return null;
    return (await scope.loaders.standings.load(entry.id))?.embargoUntil ?? null;
  }

  @FieldResolver(() => Protection, { nullable: true, description: 'Null outside the newsroom.' })
  async protection(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Protection | null> {
    if (!isNewsroom(scope)) return null;
    if (entry.lens.asOf !== null) {
      const then = await scope.loaders.protections(entry.lens.asOf).load(entry.id);
      return then && Object.assign(new Protection(), then);
    }
    const standing = await scope.loaders.standings.load(entry.id);
    if (!standing?.protectedRole) return null;
    const { protectedRole: minimumRole, protectedUntil: until, protectionReason: reason } = standing;
    return Object.assign(new Protection(), { minimumRole, until, reason });
  }

  @FieldResolver(() => [ID], {
    description: 'Ids of entries merged into this one, oldest first: they answer with it.',
  })
  formerIds(@Root() entry: Entry, @Ctx() scope: Scope): Promise<string[]> {
    return scope.loaders.formerIds(entry.lens).load(entry.id);
  }

  @FieldResolver(() => [Correction], { description: 'Public corrections of this entry, newest first.' })
  async corrections(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Correction[]> {
    const records = await scope.loaders.corrections(entry.lens).load(entry.id);
    return records.map((record) => new Correction(record, entry.lens));
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When what is shown in PUBLISHED became public; null while nothing is.',
  })
  async publicSince(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Date | null> {
    const { view, asOf } = entry.lens;
    // In LATEST as it was, whether or not the public may still see it.
    if (view === 'LATEST' && asOf !== null) return scope.loaders.publicSince(asOf).load(entry.id);
    const shown = await scope.loaders.entries({ view: 'PUBLISHED', asOf }).load(entry.id);
    return shown?.updatedAt ?? null;
  }

  /** The history of whoever is told of nothing older than what is shown: a page of one. */
  private async shownAlone(
    { id, lens }: Entry,
    { after, before }: PageRequest,
    scope: Scope,
  ): Promise<RevisionRecord[]> {
    const number = (await scope.loaders.entries(lens).load(id))?.revisionNumber ?? 0;
    const isOnPage = number < Number(after?.[0] ?? Infinity) && number > Number(before?.[0] ?? 0);
    const record = isOnPage ? await loadRevision(scope, lens, { entry: id, number }) : null;
    return record ? [record] : [];
  }
}
