import DataLoader from 'dataloader';
import { Changeset } from '../model/changeset';
import type { CorrectionRecord } from '../model/correction';
import type { Content, EntryKind, EntryRecord } from '../model/entry';
import { type Lens, lensKey, type View } from '../model/lens';
import type { MatchRecord } from '../model/match';
import type { RevisionRecord } from '../model/revision';
import type { Token } from '../model/token';
import type { User } from '../model/user';
import type { Sight } from '../rules/fields';
import type { WikiTarget } from '../rules/markdown';
import { type ChangesetRevision, countChangesetRevisions, findChangesets, listChangesetRevisions } from './changesets';
import { findCorrections, findCorrectionsById, findWithdrawalsAt, type WithdrawalAt } from './corrections';
import type { Run } from './database';
import { type AskedBy, findPublicSince, findShown, findStandings, type Standing, toRecord } from './entries';
import { findHoldersNow } from './holding';
import { countIncoming, findIncoming, type IncomingRow, type Referrers } from './incoming';
import { countSupport, findWeakLinks, type Support, type WeakLink } from './facts';
import { countSupportThen, findWeakLinksThen } from './facts-then';
import { findMatches } from './matches';
import type { PageRequest } from './pages';
import { findProtections, type ProtectionRow } from './protection';
import { findPending } from './review-queue';
import { countTokensOf, findTokens, findTokensOf, findUsers } from './people';
import { countHistory, findContents, findHistory, findRevisions, type RevisionAddress } from './revisions';
import { findFormerIds } from './redirects';
import { findTexts } from './texts';
import { findWikiTargets } from './wiki-targets';

const MAX_BATCH = 1000;

const addressKey = (address: RevisionAddress): string => `${address.entry}:${address.number}`;

const targetKey = ({ kind, target }: { kind: EntryKind; target: string }): string => `${kind}:${target}`;

/** Answers in the order of the keys; null where nothing was found. */
export const inOrder = <Key, Value>(
  keys: readonly Key[],
  found: readonly Value[],
  keyOf: (value: Value) => string,
  toKey: (key: Key) => string = String,
): (Value | null)[] => {
  const byKey = new Map(found.map((value) => [keyOf(value), value]));
  return keys.map((key) => byKey.get(toKey(key)) ?? null);
};

/** Sorts rows to their parents, keeping their order. */
export const byParent = <Row>(
  parents: readonly string[],
  rows: readonly Row[],
  parentOf: (row: Row) => string,
): Row[][] => {
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

  /** The same for the same key, made at first sight and kept as long as what was loaded: a loader, a rendered text. */
  once<Loader>(key: string, make: () => Loader): Loader {
    const known = this.made.get(key) as Loader | undefined;
    if (known) return known;
    const loader = make();
    this.made.set(key, loader);
    return loader;
  }

  /** Entries by id; null for what the lens does not show. An entry that was merged is what it was merged into. */
  entries(lens: Lens, by: AskedBy = 'REFERENCE'): DataLoader<string, EntryRecord | null> {
    return this.once(`entries ${lensKey(lens)} ${by}`, () =>
      this.batched(async (ids) => {
        const rows = await findShown(this.scope.run, lens, by, ids);
        return inOrder(ids, rows, (row) => row.asked).map((row) => row && toRecord(row));
      }),
    );
  }

  /** As which entries the lens shows those that are referred to. */
  async sight(lens: Lens, references: Iterable<string>): Promise<Sight> {
    const ids = [...references];
    const records = await Promise.all(ids.map((id) => this.entries(lens).load(id)));
    const seen = new Map(ids.map((id, index) => [id, records[index]?.id ?? null]));
    return (id) => seen.get(id) ?? null;
  }

  /** How entries stand; null for what is not there. For what is already known to be visible. */
  get standings(): DataLoader<string, Standing | null> {
    return this.once('standings', () =>
      this.batched(async (ids) => inOrder(ids, await findStandings(this.scope.run, ids), (standing) => standing.id)),
    );
  }

  /** When what the public saw of an entry at a position came into its sight; null where it saw nothing of it. */
  publicSince(position: bigint): DataLoader<string, Date | null> {
    return this.once(`public since ${position}`, () =>
      this.batched(async (ids) =>
        inOrder(ids, await findPublicSince(this.scope.run, position, ids), (row) => row.entry).map(
          (row) => row?.since ?? null,
        ),
      ),
    );
  }

  /** Pages of the entries that refer to a given one. */
  incoming(lens: Lens, referrers: Referrers, page: PageRequest): DataLoader<string, IncomingRow[]> {
    return this.once(`incoming ${lensKey(lens)} ${JSON.stringify([referrers, page])}`, () =>
      this.batched(async (parents) =>
        byParent(parents, await findIncoming(this.scope.run, lens, referrers, parents, page), (row) => row.parent),
      ),
    );
  }

  incomingCount(lens: Lens, referrers: Referrers): DataLoader<string, number> {
    return this.once(`incoming count ${lensKey(lens)} ${JSON.stringify(referrers)}`, () =>
      this.batched(async (parents) => {
        const counts = await countIncoming(this.scope.run, lens, referrers, parents);
        return inOrder(parents, counts, (row) => row.parent).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Revisions by entry and number; null for what the lens does not show. */
  revisions(lens: Lens): DataLoader<RevisionAddress, RevisionRecord | null, string> {
    return this.once(`revisions ${lensKey(lens)}`, () =>
      this.byAddress(async (addresses) => {
        const found = await findRevisions(this.scope.run, lens.view, addresses, lens.asOf);
        return inOrder(addresses, found, (row) => `${row.entryId}:${row.number}`, addressKey);
      }),
    );
  }

  /** Pages of entries' histories. */
  history(lens: Lens, page: PageRequest): DataLoader<string, RevisionRecord[]> {
    return this.once(`history ${lensKey(lens)} ${JSON.stringify(page)}`, () =>
      this.batched(async (entries) =>
        byParent(entries, await findHistory(this.scope.run, lens, entries, page), (row) => row.entryId),
      ),
    );
  }

  historyCount(lens: Lens): DataLoader<string, number> {
    return this.once(`history count ${lensKey(lens)}`, () =>
      this.batched(async (entries) => {
        const counts = await countHistory(this.scope.run, lens, entries);
        return inOrder(entries, counts, (row) => row.entry).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Changesets by id. */
  changesets(lens: Lens): DataLoader<string, Changeset | null> {
    return this.once(`changesets ${lensKey(lens)}`, () =>
      this.batched(async (ids) =>
        inOrder(ids, await findChangesets(this.scope.run, lens, ids), (row) => row.uuid).map(
          (row) => row && new Changeset(row, lens),
        ),
      ),
    );
  }

  /** Pages of what changesets wrote. */
  changesetRevisions(lens: Lens, page: PageRequest): DataLoader<string, ChangesetRevision[]> {
    return this.once(`changeset revisions ${lensKey(lens)} ${JSON.stringify(page)}`, () =>
      this.batched(async (changesets) =>
        byParent(
          changesets,
          await listChangesetRevisions(this.scope.run, lens, changesets, page),
          (row) => row.changeset,
        ),
      ),
    );
  }

  changesetRevisionCount(lens: Lens): DataLoader<string, number> {
    return this.once(`changeset revision count ${lensKey(lens)}`, () =>
      this.batched(async (changesets) => {
        const counts = await countChangesetRevisions(this.scope.run, lens, changesets);
        return inOrder(changesets, counts, (row) => row.changeset).map((row) => row?.count ?? 0);
      }),
    );
  }

  /** Ids of entries that were merged into each, as far as the lens tells of them. */
  formerIds({ view, asOf }: Lens): DataLoader<string, string[]> {
    return this.once(`former ids ${view} ${asOf}`, () =>
      this.batched(async (entries) => {
        const rows = await findFormerIds(this.scope.run, view, asOf, entries);
        return byParent(entries, rows, (row) => row.entry).map((found) => found.map((row) => row.former));
      }),
    );
  }

  /** Other actors that each may be, as editors see them now, best first. */
  matches(limit: number): DataLoader<string, MatchRecord[]> {
    return this.once(`matches ${limit}`, () =>
      this.batched(async (actors) =>
        byParent(actors, await findMatches(this.scope.run, actors, limit), (row) => row.parent),
      ),
    );
  }

  /** Corrections of entries that the lens shows, newest first. */
  corrections({ asOf }: Lens): DataLoader<string, CorrectionRecord[]> {
    return this.once(`corrections ${asOf}`, () =>
      this.batched(async (entries) =>
        byParent(entries, await findCorrections(this.scope.run, asOf, entries), (row) => row.parent),
      ),
    );
  }

  /** Who could edit entries at a moment of the past; null for those that everybody could. */
  protections(asOf: bigint): DataLoader<string, ProtectionRow | null> {
    return this.once(`protections ${asOf}`, () =>
      this.batched(async (entries) =>
        inOrder(entries, await findProtections(this.scope.run, asOf, entries), (row) => row.entry),
      ),
    );
  }

  /** Notes of withdrawals by their place in the ledger; for changes that may be told of. */
  get withdrawalsAt(): DataLoader<string, WithdrawalAt | null> {
    return this.once('withdrawals at', () =>
      this.batched(async (positions) =>
        inOrder(positions, await findWithdrawalsAt(this.scope.run, positions.map(BigInt)), (row) => row.position),
      ),
    );
  }

  /** Ids of the stories that hold entries now, newest link first, at most so many each. For entries that the view shows. */
  holders(view: View, limit: number): DataLoader<string, string[]> {
    return this.once(`holders ${view} ${limit}`, () =>
      this.batched(async (entries) =>
        byParent(entries, await findHoldersNow(this.scope.run, view, entries, limit), (row) => row.entry).map((rows) =>
          rows.map(({ story }) => story),
        ),
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
  wikiTargets(lens: Lens, by: AskedBy = 'REFERENCE'): DataLoader<WikiTarget, EntryRecord | null, string> {
    return this.once(`wiki targets ${by} ${lensKey(lens)}`, () => {
      const batch = async (targets: readonly WikiTarget[]) => {
        const rows = await findWikiTargets(this.scope.run, lens, by, targets);
        return inOrder(targets, rows, targetKey, targetKey).map((row) => row && toRecord(row));
      };
      return new DataLoader<WikiTarget, EntryRecord | null, string>(batch, {
        maxBatchSize: MAX_BATCH,
        cacheKeyFn: targetKey,
      });
    });
  }

  /** Links that readers cannot follow, as editors see them, now or at a position. */
  weakLinks(asOf: bigint | null): DataLoader<string, WeakLink[]> {
    const find = (entries: readonly string[]) =>
      asOf === null ? findWeakLinks(this.scope.run, entries) : findWeakLinksThen(this.scope.run, asOf, entries);
    return this.once(`weak links ${asOf}`, () =>
      this.batched(async (entries) => byParent(entries, await find(entries), (link) => link.entry)),
    );
  }

  /** How many citations support an entry, of which documents, as editors see them, now or at a position. */
  support(asOf: bigint | null): DataLoader<string, Support[]> {
    const count = (entries: readonly string[]) =>
      asOf === null ? countSupport(this.scope.run, entries) : countSupportThen(this.scope.run, asOf, entries);
    return this.once(`support ${asOf}`, () =>
      this.batched(async (entries) => byParent(entries, await count(entries), (support) => support.entry)),
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

  private batched<Value>(batch: (keys: readonly string[]) => Promise<Value[]>): DataLoader<string, Value> {
    return new DataLoader<string, Value>(batch, { maxBatchSize: MAX_BATCH });
  }

  private byAddress<Value>(
    batch: (keys: readonly RevisionAddress[]) => Promise<Value[]>,
  ): DataLoader<RevisionAddress, Value, string> {
    return new DataLoader<RevisionAddress, Value, string>(batch, { maxBatchSize: MAX_BATCH, cacheKeyFn: addressKey });
  }
}
