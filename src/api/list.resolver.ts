import { Args, ArgsType, Ctx, Field, Query, Resolver } from 'type-graphql';
import { badInput } from '../base/errors';
import type { Entry, EntryKind } from '../model/entry';
import { View } from '../model/lens';
import { EntryOrder, EventOrder } from '../model/order';
import type { Page } from '../model/page';
import { toRecord } from '../store/entries';
import { countFilters, type EntryFilter } from '../store/filters';
import { countList, findList, type ListOrder, listKey, nameOfList } from '../store/lists';
import { makePage, readPageRequest } from '../store/pages';
import { Scope } from '../store/scope';
import {
  ActorConnection,
  CitationConnection,
  ClaimConnection,
  DocumentConnection,
  EventConnection,
  PageArgs,
  StoryConnection,
} from './connections';
import { isNewsroom, toEntry } from './entries';
import { lensFor } from './lens';
import { ActorFilter, CitationFilter, ClaimFilter, DocumentFilter, EventFilter, StoryFilter } from './list.inputs';

/** What every list takes besides its filter and order. */
@ArgsType()
export class ListArgs extends PageArgs {
  @Field(() => View, { defaultValue: 'PUBLISHED', description: 'LATEST needs at least CONTRIBUTOR.' })
  view: View;
}

@ArgsType()
class StoryListArgs extends ListArgs {
  @Field(() => StoryFilter, { nullable: true })
  filter?: StoryFilter | null;

  @Field(() => EntryOrder, { defaultValue: 'UPDATED_DESC' })
  orderBy: EntryOrder;
}

@ArgsType()
class ActorListArgs extends ListArgs {
  @Field(() => ActorFilter, { nullable: true })
  filter?: ActorFilter | null;

  @Field(() => EntryOrder, { defaultValue: 'TITLE_ASC' })
  orderBy: EntryOrder;
}

@ArgsType()
class EventListArgs extends ListArgs {
  @Field(() => EventFilter, { nullable: true })
  filter?: EventFilter | null;

  @Field(() => EventOrder, { defaultValue: 'WHEN_ASC' })
  orderBy: EventOrder;
}

@ArgsType()
class ClaimListArgs extends ListArgs {
  @Field(() => ClaimFilter, { nullable: true })
  filter?: ClaimFilter | null;

  @Field(() => EntryOrder, { defaultValue: 'UPDATED_DESC' })
  orderBy: EntryOrder;
}

@ArgsType()
class DocumentListArgs extends ListArgs {
  @Field(() => DocumentFilter, { nullable: true })
  filter?: DocumentFilter | null;

  @Field(() => EntryOrder, { defaultValue: 'UPDATED_DESC' })
  orderBy: EntryOrder;
}

@ArgsType()
class CitationListArgs extends ListArgs {
  @Field(() => CitationFilter, { nullable: true })
  filter?: CitationFilter | null;

  @Field(() => EntryOrder, { defaultValue: 'UPDATED_DESC' })
  orderBy: EntryOrder;
}

/** What is asked of a list, whatever its kind. */
interface Asked extends ListArgs {
  filter?: EntryFilter | null;
  orderBy: ListOrder;
}

/** Every filter within a filter becomes a part of the statement. */
const MOST_FILTERS = 500;

function assertFilterSize(filter: EntryFilter): void {
  const count = countFilters(filter);
  if (count > MOST_FILTERS)
    throw badInput('filter', `at most ${MOST_FILTERS} filters can be put together; there are ${count}.`);
}

/** A page of the entries of a kind, in both views by the same statement. */
export async function listPage<Kind extends Entry>(scope: Scope, kind: EntryKind, args: Asked): Promise<Page<Kind>> {
  const lens = lensFor(scope, args.view);
  const { cursors, pages } = scope.newsroom;
  assertFilterSize(args.filter ?? {});
  const list = {
    kind,
    view: lens.view,
    filter: args.filter ?? {},
    order: args.orderBy,
    newsroom: isNewsroom(scope),
  };
  const request = readPageRequest(nameOfList(list), args, pages, cursors);
  const rows = await findList(scope.run, list, request);
  const total = (): Promise<number> => countList(scope.run, list);
  return makePage(rows, request, listKey, (row) => toEntry(toRecord(row), lens) as Kind, cursors, total);
}

/** Lists of the six kinds. */
@Resolver()
export class ListResolver {
  @Query(() => StoryConnection, { nullable: true })
  async stories(@Args(() => StoryListArgs) args: StoryListArgs, @Ctx() scope: Scope) {
    return new StoryConnection(await listPage(scope, 'STORY', args));
  }

  @Query(() => ActorConnection, { nullable: true })
  async actors(@Args(() => ActorListArgs) args: ActorListArgs, @Ctx() scope: Scope) {
    return new ActorConnection(await listPage(scope, 'ACTOR', args));
  }

  @Query(() => EventConnection, { nullable: true })
  async events(@Args(() => EventListArgs) args: EventListArgs, @Ctx() scope: Scope) {
    return new EventConnection(await listPage(scope, 'EVENT', args));
  }

  @Query(() => ClaimConnection, { nullable: true })
  async claims(@Args(() => ClaimListArgs) args: ClaimListArgs, @Ctx() scope: Scope) {
    return new ClaimConnection(await listPage(scope, 'CLAIM', args));
  }

  @Query(() => DocumentConnection, { nullable: true })
  async documents(@Args(() => DocumentListArgs) args: DocumentListArgs, @Ctx() scope: Scope) {
    return new DocumentConnection(await listPage(scope, 'DOCUMENT', args));
  }

  @Query(() => CitationConnection, { nullable: true })
  async citations(@Args(() => CitationListArgs) args: CitationListArgs, @Ctx() scope: Scope) {
    return new CitationConnection(await listPage(scope, 'CITATION', args));
  }
}
