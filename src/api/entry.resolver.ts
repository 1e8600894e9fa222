import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { EntryAction, Entry } from '../model/entry';
import type { Citation } from '../model/citation';
import { PUBLISHED_NOW, lensKey } from '../model/lens';
import { Revision } from '../model/revision';
import { DateTime } from '../model/scalars';
import { entryActions } from '../rules/policy';
import { makePage, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import { CitationConnection, PageArgs, RevisionConnection } from './connections';
import { incomingPage } from './incoming';

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
    const record = await scope.loaders.revisions(entry.lens).load({ entry: entry.id, number });
    return record && new Revision(record, entry.lens);
  }

  @FieldResolver(() => RevisionConnection, {
    description:
      'Its revisions, newest first. In PUBLISHED only those that were public at some time; their numbers may have gaps.',
  })
  async history(@Root() entry: Entry, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    const { lens, id } = entry;
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`history ${lensKey(lens)} ${id}`, args, pages, cursors);
    const records = await scope.loaders.history(lens, { ...request, list: 'history' }).load(id);
    const page = makePage(
      records,
      request,
      (record) => [record.number],
      (record) => new Revision(record, lens),
      cursors,
      () => scope.loaders.historyCount(lens).load(id),
    );
    return new RevisionConnection(page);
  }

  @FieldResolver(() => CitationConnection, { description: 'Citations about this entry, newest first.' })
  async citations(@Root() entry: Entry, @Args(() => PageArgs) args: PageArgs, @Ctx() scope: Scope) {
    return new CitationConnection(await incomingPage<Citation>(scope, entry, { fields: ['about'], kinds: null }, args));
  }

  @FieldResolver(() => [EntryAction])
  viewerCan(@Root() entry: Entry, @Ctx() scope: Scope): EntryAction[] {
    if (entry.state === 'DELETED') return [];
    const protection = entry.protectedRole && { minimumRole: entry.protectedRole };
    return entryActions(scope.viewer, { protection }, ['EDIT', 'PUBLISH']);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When what is shown in PUBLISHED became public; null while nothing is.',
  })
  async publicSince(@Root() entry: Entry, @Ctx() scope: Scope): Promise<Date | null> {
    const shown = await scope.loaders.entries(PUBLISHED_NOW).load(entry.id);
    return shown?.updatedAt ?? null;
  }
}
