import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Changeset } from '../model/changeset';
import { Entry } from '../model/entry';
import { FieldChange, Revision } from '../model/revision';
import { Cursor } from '../model/scalars';
import { User } from '../model/user';
import { namesIn } from '../store/entries';
import { Scope } from '../store/scope';
import { changesOf } from './changes';
import { isNewsroom, loadEntry, toEntry } from './entries';
import { loadRevision, seesAuthors } from './revisions';

/** What a revision leads to. Authors and remarks are for the newsroom's eyes (rules 1.4). */
@Resolver(() => Revision)
export class RevisionResolver {
  @FieldResolver(() => Entry)
  entry(@Root() revision: Revision, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, revision.lens, revision.record.entryId);
  }

  @FieldResolver(() => Entry, {
    nullable: true,
    description: "The entry as this revision left it; what is reached through it follows the query's view.",
  })
  async snapshot(@Root() revision: Revision, @Ctx() scope: Scope): Promise<Entry | null> {
    const { lens, record } = revision;
    const address = { entry: record.entryId, number: record.number };
    const [now, content] = await Promise.all([
      scope.loaders.entries(lens).load(record.entryId),
      scope.loaders.contents.load(address),
    ]);
    if (!now || !content) return null;
    const own = {
      id: record.entryId,
      ...namesIn(record.kind, content),
      revisionNumber: record.number,
      updatedAt: record.createdAt,
    };
    return toEntry({ ...now, content, ...own }, lens);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description: 'The one below it; in PUBLISHED the public one before it. Null for the first.',
  })
  parent(@Root() revision: Revision, @Ctx() scope: Scope): Promise<Revision | null> {
    return this.sibling(revision, revision.record.parent, scope);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description: 'The revision its author started from; differs from parent where edits were merged.',
  })
  base(@Root() revision: Revision, @Ctx() scope: Scope): Promise<Revision | null> {
    return this.sibling(revision, revision.record.base, scope);
  }

  @FieldResolver(() => Revision, {
    nullable: true,
    description: 'For REVERT and UNDO: the revision restored or undone.',
  })
  target(@Root() revision: Revision, @Ctx() scope: Scope): Promise<Revision | null> {
    return this.sibling(revision, revision.record.target, scope);
  }

  @FieldResolver(() => Cursor, {
    description: 'The moment right after it, in the change feed; in PUBLISHED, after it became public.',
  })
  cursor(@Root() { record }: Revision, @Ctx() scope: Scope): string {
    return scope.newsroom.moments.seal(BigInt(record.position));
  }

  @FieldResolver(() => Changeset, {
    nullable: true,
    description: 'What it was written with, all or none. Null to readers outside the newsroom.',
  })
  changeset(@Root() { record, lens }: Revision, @Ctx() scope: Scope): Promise<Changeset | null> | null {
    return record.changeset === null || !isNewsroom(scope)
      ? null
      : scope.loaders.changesets(lens).load(record.changeset);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'Null to readers outside the newsroom, unless the settings make authors public.',
  })
  author(@Root() revision: Revision, @Ctx() scope: Scope): Promise<User | null> {
    const { author } = revision.record;
    return author !== null && seesAuthors(scope) ? scope.loaders.users.load(author) : Promise.resolve(null);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Null to readers outside the newsroom.' })
  reviewedBy(@Root() revision: Revision, @Ctx() scope: Scope): Promise<User | null> {
    return this.person(revision.record.reviewedBy, scope);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Why, in the words of its author. Null to readers outside the newsroom, unless the settings make authors public.',
  })
  summary(@Root() revision: Revision, @Ctx() scope: Scope): string | null {
    return seesAuthors(scope) ? revision.record.summary : null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Null to readers outside the newsroom.' })
  reviewNote(@Root() revision: Revision, @Ctx() scope: Scope): string | null {
    return isNewsroom(scope) ? revision.record.reviewNote : null;
  }

  @FieldResolver(() => [FieldChange], {
    description: 'Against its parent, or the nearest below it that is not out of sight. None where it is so itself.',
  })
  changes(@Root() revision: Revision, @Ctx() scope: Scope): Promise<FieldChange[]> {
    return changesOf(scope, revision.record, revision.lens);
  }

  private async sibling(revision: Revision, number: number | null, scope: Scope): Promise<Revision | null> {
    if (number === null) return null;
    const { lens, record } = revision;
    const sibling = await loadRevision(scope, lens, { entry: record.entryId, number });
    return sibling && new Revision(sibling, lens);
  }

  private person(id: string | null, scope: Scope): Promise<User | null> {
    return id === null || !isNewsroom(scope) ? Promise.resolve(null) : scope.loaders.users.load(id);
  }
}
