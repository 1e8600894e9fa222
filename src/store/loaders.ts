import DataLoader from 'dataloader';
import { invariant } from '../base/invariant';
import { Changeset } from '../model/changeset';
import type { CommentRecord } from '../model/comment';
import type { CorrectionRecord } from '../model/correction';
import type { Content, EntryKind, EntryRecord } from '../model/entry';
import { type Lens, lensKey, type View } from '../model/lens';
import type { RevisionRecord } from '../model/revision';
import type { Token } from '../model/token';
import type { User } from '../model/user';
import type { WikiTarget } from '../rules/markdown';
import { type ChangesetRevision, countChangesetRevisions, findChangesets, listChangesetRevisions } from './changesets';
import { type CommentList, countComments, findComments, listComments } from './comments';
import { findCorrections, findCorrectionsById } from './corrections';
import type { Run } from './database';
import { findShown, findStandings, type Standing, toRecord } from './entries';
import { countIncoming, findIncoming, type IncomingRow, type Referrers } from './incoming';
import { countSupport, findWeakLinks, type WeakLink } from './facts';
import type { PageRequest } from './pages';
import { findPending } from './review-queue';
import { countTokensOf, findTokens, findTokensOf, findUsers } from './people';
import { countHistory, findContents, findHistory, findRevisions, type RevisionAddress } from './revisions';
import { findTexts } from './texts';
import { countWatched, findWatched, listWatched, type WatchedRow } from './watches';
import { findWikiTargets } from './wiki-targets';

const MAX_BATCH = 1000;

const addressKey = (address: RevisionAddress): string => `${address.entry}:${address.number}`;

const targetKey = ({ kind, target }: { kind: EntryKind; target: string }): string => `${kind}:${target}`;

/** Answers in the order of the keys; null where nothing was found. */
const inOrder = <Key, Value>(
  keys: readonly Key[],
  found: readonly Value[],
  keyOf: (value: Value) => string,
  toKey: (key: Key) => string = String,
): (Value | null)[] => {
  const byKey = new Map(found.map((value) => [keyOf(value), value]));
  return keys.map((key) => byKey.get(toKey(key)) ?? null);
};

/** Sorts rows to their parents, keeping their order. */
const byParent = <Row>(parents: readonly string[], rows: readonly Row[], parentOf: (row: Row) => string): Row[][] => {
  const lists = new Map<string, Row[]>(parents.map((parent) => [parent, []]));
  for (const row of rows) lists.get(parentOf(row))?.push(row);
  return parents.map((parent) => lists.get(parent) ?? []);
};

/**
 * Batched look-ups of one request: what a level of a query asks for is fetched by one statement, and each thing once.
 * Those that depend on the lens or on the arguments of a list are kept apart by them.
 */
export class Loaders {
  private readonly made = new Map<string, unknown>();

  constructor(private readonly scope: { readonly run: Run }) {}

  /**
   * The part of a key that a lens is. No root field takes a moment in the past yet; until the statements here read the
   * ledger, a lens that names one must not be answered with what is there now.
   */
  private lens(lens: Lens): string {
    invariant(lens.asOf === null, 'only what is there now can be looked up');
    return lensKey(lens);
  }

  /** The same for the same key, made at first sight and kept as long as what was loaded: a loader, a rendered text. */
  once<Loader>(key: string, make: () => Loader): Loader {
    const known = this.made.get(key) as Loader | undefined;
    if (known) return known;
    const loader = make();
    this.made.set(key, loader);
    return loader;
  }

  /** Entries by id; null for what the lens does not show. */
  entries(lens: Lens): DataLoader<string, EntryRecord | null> {
    return this.once(`entries ${this.lens(lens)}`, () =>
      this.batched(async (ids) => {
        const rows = await findShown(this.scope.run, lens.view, ids);
        return inOrder(
          ids,
          rows.map((row) => toRecord(row)),
          (record) => record.id,
        );
      }),
    );
  }

  /** How entries stand; null for what is not there. For what is already known to be visible. */
  get standings(): DataLoader<string, Standing | null> {
    return this.once('standings', () =>
      this.batched(async (ids) => inOrder(ids, await findStandings(this.scope.run, ids), (standing) => standing.id)),
    );
  }

  /** Pages of the entries that refer to a given one. */
  incoming(lens: Lens, referrers: Referrers, page: PageRequest): DataLoader<string, IncomingRow[]> {
    return this.once(`incoming ${this.lens(lens)} ${JSON.stringify([referrers, page])}`, () =>
      this.batched(async (parents) =>
        byParent(parents, await findIncoming(this.scope.run, lens.view, referrers, parents, page), (row) => row.parent),
      ),
    );
  }

  incomingCount(lens: Lens, referrers: Referrers): DataLoader<string, number> {
    return this.once(`incoming count ${this.lens(lens)} ${JSON.stringify(referrers)}`, () =>
      this.batched(async (parents) => {
        const counts = await countIncoming(this.scope.run, lens.view, referrers, parents);
        return inOrder(parents, counts, (row) => row.parent).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Revisions by entry and number; null for what the lens does not show. */
  revisions(lens: Lens): DataLoader<RevisionAddress, RevisionRecord | null, string> {
    return this.once(`revisions ${this.lens(lens)}`, () =>
      this.byAddress(async (addresses) => {
        const found = await findRevisions(this.scope.run, lens.view, addresses);
        return inOrder(addresses, found, (row) => `${row.entryId}:${row.number}`, addressKey);
      }),
    );
  }

  /** Pages of entries' histories. */
  history(lens: Lens, page: PageRequest): DataLoader<string, RevisionRecord[]> {
    return this.once(`history ${this.lens(lens)} ${JSON.stringify(page)}`, () =>
      this.batched(async (entries) =>
        byParent(entries, await findHistory(this.scope.run, lens.view, entries, page), (row) => row.entryId),
      ),
    );
  }

  historyCount(lens: Lens): DataLoader<string, number> {
    return this.once(`history count ${this.lens(lens)}`, () =>
      this.batched(async (entries) => {
        const counts = await countHistory(this.scope.run, lens.view, entries);
        return inOrder(entries, counts, (row) => row.entry).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Changesets by id. */
  get changesets(): DataLoader<string, Changeset | null> {
    return this.once('changesets', () =>
      this.batched(async (ids) =>
        inOrder(ids, await findChangesets(this.scope.run, ids), (row) => row.uuid).map(
          (row) => row && new Changeset(row),
        ),
      ),
    );
  }

  /** Pages of what changesets wrote. */
  changesetRevisions(page: PageRequest): DataLoader<string, ChangesetRevision[]> {
    return this.once(`changeset revisions ${JSON.stringify(page)}`, () =>
      this.batched(async (changesets) =>
        byParent(changesets, await listChangesetRevisions(this.scope.run, changesets, page), (row) => row.changeset),
      ),
    );
  }

  get changesetRevisionCount(): DataLoader<string, number> {
    return this.once('changeset revision count', () =>
      this.batched(async (changesets) => {
        const counts = await countChangesetRevisions(this.scope.run, changesets);
        return inOrder(changesets, counts, (row) => row.changeset).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Corrections of entries, newest first. */
  corrections(lens: Lens): DataLoader<string, CorrectionRecord[]> {
    return this.once(`corrections ${this.lens(lens)}`, () =>
      this.batched(async (entries) =>
        byParent(entries, await findCorrections(this.scope.run, lens.view, entries), (row) => row.entry),
      ),
    );
  }

  /** Corrections by id, as far as the public sees their entry. */
  get correctionsById(): DataLoader<string, CorrectionRecord | null> {
    return this.once('corrections by id', () =>
      this.batched(async (ids) => inOrder(ids, await findCorrectionsById(this.scope.run, ids), (row) => row.uuid)),
    );
  }

  /** Revisions of entries that wait for an editor, oldest first. */
  get pending(): DataLoader<string, RevisionAddress[]> {
    return this.once('pending', () =>
      this.batched(async (entries) =>
        byParent(entries, await findPending(this.scope.run, entries), (row) => row.entry),
      ),
    );
  }

  /** Contents of revisions, whatever the viewer may see of them; null for what is out of everybody's sight. */
  get contents(): DataLoader<RevisionAddress, Content | null, string> {
    return this.once('contents', () =>
      this.byAddress(async (addresses) => {
        const found = await findContents(this.scope.run, addresses);
        return inOrder(addresses, found, addressKey, addressKey).map((kept) => kept?.content ?? null);
      }),
    );
  }

  /** Long texts by hash. */
  get texts(): DataLoader<string, string | null> {
    return this.once('texts', () =>
      this.batched(async (hashes) => {
        const texts = await findTexts(this.scope.run, hashes);
        return inOrder(hashes, texts, (text) => text.hash).map((text) => text?.body ?? null);
      }),
    );
  }

  /** What wiki links lead to; null for nothing, and for what the lens does not show. */
  wikiTargets(lens: Lens): DataLoader<WikiTarget, EntryRecord | null, string> {
    return this.once(`wiki targets ${this.lens(lens)}`, () => {
      const batch = async (targets: readonly WikiTarget[]) => {
        const rows = await findWikiTargets(this.scope.run, lens.view, targets);
        return inOrder(targets, rows, targetKey, targetKey).map((row) => row && toRecord(row));
      };
      return new DataLoader<WikiTarget, EntryRecord | null, string>(batch, {
        maxBatchSize: MAX_BATCH,
        cacheKeyFn: targetKey,
      });
    });
  }

  /** Links that readers cannot follow, as editors see them. */
  get weakLinks(): DataLoader<string, WeakLink[]> {
    return this.once('weak links', () =>
      this.batched(async (entries) =>
        byParent(entries, await findWeakLinks(this.scope.run, entries), (link) => link.entry),
      ),
    );
  }

  /** How many citations support an entry. */
  get support(): DataLoader<string, number> {
    return this.once('support', () =>
      this.batched(async (entries) => {
        const counts = await countSupport(this.scope.run, entries);
        return inOrder(entries, counts, (row) => row.entry).map((row) => row?.count ?? 0);
      }),
    );
  }

  get users(): DataLoader<string, User | null> {
    return this.once('users', () =>
      this.batched(async (ids) => inOrder(ids, await findUsers(this.scope.run, ids), (user) => user.uuid)),
    );
  }

  get tokens(): DataLoader<string, Token | null> {
    return this.once('tokens', () =>
      this.batched(async (ids) => inOrder(ids, await findTokens(this.scope.run, ids), (token) => token.uuid)),
    );
  }

  /** Pages of users' tokens. */
  tokensOf(page: PageRequest): DataLoader<string, Token[]> {
    return this.once(`tokens of ${JSON.stringify(page)}`, () =>
      this.batched(async (users) =>
        byParent(users, await findTokensOf(this.scope.run, users, page), (token) => token.userId),
      ),
    );
  }

  get tokenCounts(): DataLoader<string, number> {
    return this.once('token counts', () =>
      this.batched(async (users) => {
        const counts = await countTokensOf(this.scope.run, users);
        return inOrder(users, counts, (row) => row.user).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Comments by id, of the lens's moment whatever its view; null for what is not there. For the newsroom's eyes. */
  comments({ asOf }: Lens): DataLoader<string, CommentRecord | null> {
    return this.once(`comments ${asOf}`, () =>
      this.batched(async (ids) =>
        inOrder(ids, await findComments(this.scope.run, asOf, ids), (comment) => comment.uuid),
      ),
    );
  }

  /** Pages of the comments on entries, or of the replies to comments. For the newsroom's eyes. */
  commentsOf({ asOf }: Lens, list: CommentList, page: PageRequest): DataLoader<string, CommentRecord[]> {
    return this.once(`comments of ${asOf} ${list} ${JSON.stringify(page)}`, () =>
      this.batched(async (parents) =>
        byParent(
          parents,
          await listComments(this.scope.run, asOf, list, parents, page),
          (comment) => comment[list] as string,
        ),
      ),
    );
  }

  commentCount({ asOf }: Lens, list: CommentList): DataLoader<string, number> {
    return this.once(`comment count ${asOf} ${list}`, () =>
      this.batched(async (parents) => {
        const counts = await countComments(this.scope.run, asOf, list, parents);
        return inOrder(parents, counts, (row) => row.parent).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Whether a user watches an entry. */
  isWatching(user: string): DataLoader<string, boolean> {
    return this.once(`is watching ${user}`, () =>
      this.batched(async (entries) => {
        const watched = await findWatched(this.scope.run, user, entries);
        return inOrder(entries, watched, (row) => row.entry).map((row) => row !== null);
      }),
    );
  }

  /** Pages of what users watch, of what the view shows. */
  watchedBy(view: View, page: PageRequest): DataLoader<string, WatchedRow[]> {
    return this.once(`watched by ${view} ${JSON.stringify(page)}`, () =>
      this.batched(async (users) =>
        byParent(users, await listWatched(this.scope.run, view, users, page), (row) => row.user),
      ),
    );
  }

  watchedCount(view: View): DataLoader<string, number> {
    return this.once(`watched count ${view}`, () =>
      this.batched(async (users) => {
        const counts = await countWatched(this.scope.run, view, users);
        return inOrder(users, counts, (row) => row.user).map((row) => row?.count ?? 0);
      }),
    );
  }

  private batched<Value>(batch: (keys: readonly string[]) => Promise<Value[]>): DataLoader<string, Value> {
    return new DataLoader<string, Value>(batch, { maxBatchSize: MAX_BATCH });
  }

  private byAddress<Value>(
    batch: (keys: readonly RevisionAddress[]) => Promise<Value[]>,
  ): DataLoader<RevisionAddress, Value, string> {
    return new DataLoader<RevisionAddress, Value, string>(batch, { maxBatchSize: MAX_BATCH, cacheKeyFn: addressKey });
  }
}
