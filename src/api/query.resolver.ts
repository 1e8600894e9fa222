import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { badInput } from '../base/errors';
import { isUuid, parseNodeId } from '../base/node-id';
import { Actor } from '../model/actor';
import { Citation } from '../model/citation';
import { Claim } from '../model/claim';
import { Document } from '../model/document';
import { Correction } from '../model/correction';
import type { Entry, EntryKind } from '../model/entry';
import { Event } from '../model/event';
import { type Lens, PUBLISHED_NOW } from '../model/lens';
import { Node } from '../model/node';
import { Revision } from '../model/revision';
import { Cursor, Markdown } from '../model/scalars';
import { Story } from '../model/story';
import { wikiTargetsIn } from '../rules/markdown';
import { slugProblem } from '../rules/slugs';
import { cleanText } from '../rules/text';
import { findShownBySlug, toRecord } from '../store/entries';
import { Scope } from '../store/scope';
import { findComment } from './comment.resolver';
import { isNewsroom, loadEntry, toEntry } from './entries';
import { loadRevision } from './revisions';
import { toHtml } from './html';
import { lensAsOf, lensFor } from './lens';
import { IdArgs, IdOrSlugArgs, LensArgs, ViewArgs } from './lens.inputs';
import { findPersonNode } from './people.resolver';
import { findWebhookNode } from './webhook.resolver';

const MOST_NODES = 100;

/** Entries by id and slug, and texts before they are saved. What is not there and what the viewer may not see are both null. */
@Resolver()
export class QueryResolver {
  @Query(() => Node, { nullable: true, description: 'Whatever has this id; null where there is nothing.' })
  async node(@Args(() => IdArgs) { id, ...lens }: IdArgs, @Ctx() scope: Scope): Promise<Node | null> {
    return findNode(scope, await lensAsOf(scope, lens), id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'At most 100, in the order asked; null where there is none.',
  })
  async nodes(
    @Arg('ids', () => [ID]) ids: string[],
    @Args(() => LensArgs) args: LensArgs,
    @Ctx() scope: Scope,
  ): Promise<(Node | null)[]> {
    if (ids.length > MOST_NODES)
      throw badInput('ids', `at most ${MOST_NODES} can be asked for at once; there are ${ids.length}.`);
    const lens = await lensAsOf(scope, args);
    return Promise.all(ids.map((id) => findNode(scope, lens, id)));
  }

  @Query(() => Story, { nullable: true, description: 'By id or by slug.' })
  story(@Args(() => IdOrSlugArgs) args: IdOrSlugArgs, @Ctx() scope: Scope): Promise<Story | null> {
    return findByIdOrSlug(scope, 'STORY', args);
  }

  @Query(() => Actor, { nullable: true, description: 'By id or by slug.' })
  actor(@Args(() => IdOrSlugArgs) args: IdOrSlugArgs, @Ctx() scope: Scope): Promise<Actor | null> {
    return findByIdOrSlug(scope, 'ACTOR', args);
  }

  @Query(() => Event, { nullable: true, description: 'By id or by slug.' })
  event(@Args(() => IdOrSlugArgs) args: IdOrSlugArgs, @Ctx() scope: Scope): Promise<Event | null> {
    return findByIdOrSlug(scope, 'EVENT', args);
  }

  @Query(() => Claim, { nullable: true })
  async claim(@Args(() => IdArgs) { id, ...lens }: IdArgs, @Ctx() scope: Scope): Promise<Claim | null> {
    return findById(scope, 'CLAIM', await lensAsOf(scope, lens), id);
  }

  @Query(() => Document, { nullable: true })
  async document(@Args(() => IdArgs) { id, ...lens }: IdArgs, @Ctx() scope: Scope): Promise<Document | null> {
    return findById(scope, 'DOCUMENT', await lensAsOf(scope, lens), id);
  }

  @Query(() => Cursor, {
    description: 'The newest position of the feed: take it, read what you need, then follow from it.',
  })
  async head(@Ctx() scope: Scope): Promise<string> {
    const { moments } = scope.newsroom;
    return moments.seal(await moments.findHead(scope.run));
  }

  @Query(() => String, {
    nullable: true,
    description: 'What a text would look like as safe HTML, wiki links resolved, before it is saved.',
  })
  renderMarkdown(
    @Arg('markdown', () => Markdown) markdown: string,
    @Args(() => ViewArgs) { view }: ViewArgs,
    @Ctx() scope: Scope,
  ): Promise<string | null> {
    return previewMarkdown(scope, markdown, lensFor(scope, view));
  }

  @Query(() => Citation, { nullable: true })
  async citation(@Args(() => IdArgs) { id, ...lens }: IdArgs, @Ctx() scope: Scope): Promise<Citation | null> {
    return findById(scope, 'CITATION', await lensAsOf(scope, lens), id);
  }
}

async function previewMarkdown(scope: Scope, markdown: string, lens: Lens): Promise<string | null> {
  const { body, listItems } = scope.newsroom.text;
  if (markdown.length > body)
    throw badInput('markdown', `at most ${body} characters are allowed; it has ${markdown.length}.`);
  const cleaned = cleanText(markdown);
  if (!cleaned.ok) throw badInput('markdown', cleaned.reason);
  const links = wikiTargetsIn(cleaned.value).length;
  if (links > listItems) throw badInput('markdown', `at most ${listItems} wiki links are allowed; it has ${links}.`);
  return toHtml(scope, lens, cleaned.value);
}

async function findNode(scope: Scope, lens: Lens, id: string): Promise<Node | null> {
  const address = parseNodeId(id);
  if (address === null) return null;
  if (address.type === 'entry') return loadEntry(scope, lens, address.uuid, 'NAME');
  if (address.type === 'correction') {
    const record = await scope.loaders.correctionsById.load(address.uuid);
    return record && new Correction(record, PUBLISHED_NOW);
  }
  if (address.type === 'changeset') return isNewsroom(scope) ? scope.loaders.changesets(lens).load(address.uuid) : null;
  if (address.type === 'comment') return findComment(scope, lens, address.uuid);
  if (address.type === 'webhook' || address.type === 'delivery') return findWebhookNode(scope, address);
  if (address.type !== 'revision') return findPersonNode(scope, address);
  const { uuid: entry, number } = address;
  const [shown, record] = await Promise.all([
    scope.loaders.entries(lens).load(entry),
    loadRevision(scope, lens, { entry, number }),
  ]);
  // What was merged into another is public no longer, nor are its revisions.
  const isInSight = shown && (lens.view === 'LATEST' || shown.id === entry);
  return isInSight && record ? new Revision(record, lens) : null;
}

async function findById<Kind extends Entry>(
  scope: Scope,
  kind: EntryKind,
  lens: Lens,
  id: string,
): Promise<Kind | null> {
  const entry = isUuid(id) ? await loadEntry<Kind>(scope, lens, id, 'NAME') : null;
  return entry?.kind === kind ? entry : null;
}

/** An entry of a kind, by id or by present or former address. */
export async function findByIdOrSlug<Kind extends Entry>(
  scope: Scope,
  kind: EntryKind,
  { id, slug, ...args }: IdOrSlugArgs,
): Promise<Kind | null> {
  if (typeof id === typeof slug) throw badInput('id', 'give exactly one of id and slug.');
  const lens = await lensAsOf(scope, args);
  if (typeof id === 'string') return findById(scope, kind, lens, id);
  if (typeof slug !== 'string' || slugProblem(slug)) return null; // no entry can have it
  const [row] = await findShownBySlug(scope.run, lens, kind, slug);
  if (!row) return null;
  const record = toRecord(row);
  scope.loaders.entries(lens).prime(record.id, record);
  return toEntry(record, lens) as Kind;
}
