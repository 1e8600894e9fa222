import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { Change, ChangePage } from '../model/change';
import { Correction, Withdrawal } from '../model/correction';
import { Entry, type EntryRecord } from '../model/entry';
import type { Lens } from '../model/lens';
import { FieldChange, Revision, type RevisionRecord } from '../model/revision';
import { Cursor } from '../model/scalars';
import { Story } from '../model/story';
import { User } from '../model/user';
import { readChanges } from '../store/feed';
import { readSize } from '../store/pages';
import { Scope } from '../store/scope';
import { changesOf } from './changes';
import { loadEntry, loadVisible, toEntry } from './entries';
import { readFeedFilter } from './feed';
import { ChangesArgs } from './feed.inputs';
import { loadRevision, seesAuthors } from './revisions';

/** As many stories are told of a change: an actor can be held by thousands. */
const MOST_STORIES = 100;

/** The changed entry as the view shows it now; null where it does not, or where another one answers for it. */
async function loadOwn(scope: Scope, { record, lens }: Change): Promise<EntryRecord | null> {
  const shown = await scope.loaders.entries(lens).load(record.entry);
  return shown?.id === record.entry ? shown : null;
}

/**
 * Whether what was is told of a changed entry. In PUBLISHED nothing of what is not public any more (rules 5.1); in LATEST also of
 * what was merged into another.
 */
async function tellsOfThen(scope: Scope, change: Change): Promise<boolean> {
  const { record, lens } = change;
  const shown = lens.view === 'LATEST' ? scope.loaders.entries(lens).load(record.entry) : loadOwn(scope, change);
  return (await shown) !== null;
}

/** A revision that a change names. */
async function loadNamed(scope: Scope, change: Change, number: number | null): Promise<RevisionRecord | null> {
  const { record, lens } = change;
  if (number === null) return null;
  const [isTold, found] = await Promise.all([
    tellsOfThen(scope, change),
    loadRevision(scope, lens, { entry: record.entry, number }),
  ]);
  return isTold ? found : null;
}

const toRevision = (record: RevisionRecord | null, lens: Lens): Revision | null => record && new Revision(record, lens);

/** The feed of changes, and what a change leads to: rules 5.1. */
@Resolver(() => Change)
export class ChangeResolver {
  @Query(() => ChangePage, {
    nullable: true,
    description:
      'What happened, in the order in which it was committed: each change once, whatever the sizes of the pages. In PUBLISHED what the public was told; of what is not public any more only that it was taken away.',
  })
  async changes(
    @Args(() => ChangesArgs) { after, filter, first }: ChangesArgs,
    @Ctx() scope: Scope,
  ): Promise<ChangePage> {
    const asked = readFeedFilter(scope, filter);
    const { moments, pages } = scope.newsroom;
    const limit = readSize('first', first, pages.pageMax) ?? pages.pageDefault;
    const position = await moments.findResumption(scope.run, asked.view, after ?? null, 'after');
    const page = await readChanges(scope.run, asked, { after: position, limit });
    const lens: Lens = { view: asked.view, asOf: null };
    return Object.assign(new ChangePage(), {
      changes: page.changes.map((record) => new Change(record, lens)),
      endCursor: moments.seal(page.upTo),
      hasMore: page.hasMore,
    });
  }

  @FieldResolver(() => Cursor, { description: 'The place right after it: resume from here.' })
  cursor(@Root() { record }: Change, @Ctx() scope: Scope): string {
    return scope.newsroom.moments.seal(record.position);
  }

  @FieldResolver(() => Entry, {
    nullable: true,
    description: 'As it is now. Null where this reader can no longer see it.',
  })
  async entry(@Root() change: Change, @Ctx() scope: Scope): Promise<Entry | null> {
    scope.spendItems(1);
    const shown = await loadOwn(scope, change);
    return shown && toEntry(shown, change.lens);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description:
      'What it is about: in PUBLISHED what readers saw after it. Null where that is nothing; without content where that was hidden since.',
  })
  async revision(@Root() change: Change, @Ctx() scope: Scope): Promise<Revision | null> {
    return toRevision(await loadNamed(scope, change, change.record.revision), change.lens);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description:
      'What this reader saw before; in PUBLISHED what was seen last, also before it was taken away. The same as `revision` where the change brought none. Null for the first.',
  })
  async previous(@Root() change: Change, @Ctx() scope: Scope): Promise<Revision | null> {
    return toRevision(await loadNamed(scope, change, change.record.previous), change.lens);
  }

  @FieldResolver(() => [FieldChange], { description: 'What changed from `previous` to `revision`, for this reader.' })
  async fields(@Root() change: Change, @Ctx() scope: Scope): Promise<FieldChange[]> {
    const { record, lens } = change;
    if (record.revision === null || record.revision === record.previous) return [];
    const [after, before] = await Promise.all([
      loadNamed(scope, change, record.revision),
      loadNamed(scope, change, record.previous),
    ]);
    // What is out of sight is told by what stands below it, as in the history.
    const comparedTo = before && (before.hiddenReason === null ? before.number : before.comparedTo);
    return after ? changesOf(scope, { ...after, comparedTo }, lens) : [];
  }

  @FieldResolver(() => User, {
    nullable: true,
    description:
      'Who did it; in PUBLISHED who wrote what readers saw after it. Null to readers outside the newsroom, unless the settings make authors public.',
  })
  async author(@Root() change: Change, @Ctx() scope: Scope): Promise<User | null> {
    if (!seesAuthors(scope)) return null;
    const { record, lens } = change;
    const author =
      lens.view === 'LATEST'
        ? record.author
        : record.kind !== 'HIDDEN' && (await loadNamed(scope, change, record.revision))?.author;
    return author ? scope.loaders.users.load(author) : null;
  }

  @FieldResolver(() => [Story], {
    description:
      'Stories that hold this entry now, straight or through an event, a claim or a citation; a story itself among them. At most 100, newest link first.',
  })
  async stories(@Root() change: Change, @Ctx() scope: Scope): Promise<Story[]> {
    const { record, lens } = change;
    if (!(await loadOwn(scope, change))) return [];
    const ids = await scope.loaders.holders(lens.view, MOST_STORIES).load(record.entry);
    return loadVisible<Story>(scope, lens, ids);
  }

  @FieldResolver(() => Correction, { nullable: true, description: 'With CORRECTED: what readers are told.' })
  async correction(@Root() change: Change, @Ctx() scope: Scope): Promise<Correction | null> {
    const { record, lens } = change;
    if (record.kind !== 'CORRECTED') return null;
    const [isTold, corrections] = await Promise.all([
      tellsOfThen(scope, change),
      scope.loaders.corrections(lens).load(record.entry),
    ]);
    const found = corrections.find(({ position }) => BigInt(position) === record.position);
    return isTold && found ? new Correction(found, lens) : null;
  }

  @FieldResolver(() => Withdrawal, {
    nullable: true,
    description: 'With WITHDRAWN: the note that stands in its place.',
  })
  async withdrawal(@Root() { record }: Change, @Ctx() scope: Scope): Promise<Withdrawal | null> {
    if (record.kind !== 'WITHDRAWN') return null;
    const found = await scope.loaders.withdrawalsAt.load(String(record.position));
    return found && Object.assign(new Withdrawal(), found);
  }

  @FieldResolver(() => Entry, { nullable: true, description: 'With MERGED: the survivor.' })
  into(@Root() { record, lens }: Change, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, lens, record.into);
  }

  @FieldResolver(() => Entry, {
    nullable: true,
    description: 'With UNSETTLED: the document or claim that gave rise to it.',
  })
  cause(@Root() { record, lens }: Change, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, lens, record.cause);
  }
}
