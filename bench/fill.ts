import type pg from 'pg';
import { accepted, type Draft, toEntryWrite, waiting } from '../src/edits/write-draft';
import type { View } from '../src/model/lens';
import type { Derived } from '../src/rules/derive';
import type { WikiTarget } from '../src/rules/markdown';
import { type Run, runOn } from '../src/store/database';
import { keepTexts } from '../src/store/write';
import { insertUser } from '../src/store/write-people';
import { insertLinks, insertRevisions, insertShown, type LinkRow, type RevisionRow, type ShownRow } from './bulk';
import { CREATION_ORDER, type Fiction, type FilledKind } from './fiction';
import { Random } from './random';
import { runIfAllowed } from './privileges';

const BATCH = 1000;

/** When the first revision was written; the others follow at even distances. */
const BEGINNING = Date.parse('2022-01-01T00:00:00Z');
const STEP_MS = 60_000;

/** Who writes in the generated newsroom. */
export interface Staff {
  readonly editor: string;
  readonly contributor: string;
}

/** The same people in every database of one seed. */
export const staffOf = (fiction: Fiction): Staff => ({
  editor: new Random(fiction.seed, 1001).uuid(),
  contributor: new Random(fiction.seed, 1002).uuid(),
});

/** A revision as the edit that made it would hand it to the write path: by an editor where it is public at once. */
export function draftOf(
  fiction: Fiction,
  staff: Staff,
  kind: FilledKind,
  index: number,
  revision: number,
): Draft & { readonly kind: FilledKind } {
  const fate = fiction.fate(kind, index);
  const isAccepted = fate === 'PUBLIC' || (fate === 'PENDING' && revision < fiction.sizes.revisions);
  const published = fate === 'DRAFT' ? null : revision - 1;
  const { content, texts } = fiction.make(kind, index, revision);
  const state = published === null ? 'DRAFT' : 'PUBLISHED';
  const was: Draft['was'] =
    revision === 1
      ? null
      : {
          latest: revision - 1,
          published,
          accepted: published,
          state,
          embargoUntil: null,
        };
  return {
    entry: fiction.id(kind, index),
    kind,
    author: isAccepted ? staff.editor : staff.contributor,
    was,
    base: revision === 1 ? null : revision - 1,
    action: revision === 1 ? 'CREATE' : 'EDIT',
    target: null,
    content,
    slugIsMade: false,
    texts,
    summary: revision === 1 ? null : 'Bench',
    minor: false,
    fate: isAccepted ? accepted(was) : waiting(was),
  };
}

/** How many revisions a newsroom has in all. */
export const countRevisions = (fiction: Fiction): number =>
  fiction.sizes.revisions * CREATION_ORDER.reduce((sum, kind) => sum + fiction.count(kind), 0);

/** A link that holds, as a row that has no end yet. */
type OpenLink = Omit<LinkRow, 'until'>;

/** The links of an entry that a view holds, by what they are. */
type OpenLinks = Map<string, OpenLink>;

interface Batch {
  readonly texts: { hash: string; body: string }[];
  readonly revisions: RevisionRow[];
  readonly shown: ShownRow[];
  readonly links: LinkRow[];
}

const keyOf = ({ field, item, to, kind, slug }: Pick<LinkRow, 'field' | 'item' | 'to' | 'kind' | 'slug'>): string =>
  `${field} ${item} ${to ?? `${kind}:${slug}`}`;

/** Follows every entry through its revisions, and makes the rows that stand in the tables at the end. */
class Scribe {
  /** Links of an entry that hold now, by view and the entry's id; forgotten after its last revision. */
  private readonly open = { LATEST: new Map<string, OpenLinks>(), PUBLISHED: new Map<string, OpenLinks>() };
  private readonly staff: Staff;
  private position = 0;

  constructor(private readonly fiction: Fiction) {
    this.staff = staffOf(fiction);
  }

  /** Positions count on from batch to batch: batches are made in the order of the ledger. */
  makeBatch(kind: FilledKind, start: number, length: number, revision: number): Batch {
    const batch: Batch = { texts: [], revisions: [], shown: [], links: [] };
    for (let index = start; index < start + length; index++) {
      this.position += 1;
      this.addRevision(batch, draftOf(this.fiction, this.staff, kind, index, revision), index);
    }
    return batch;
  }

  private addRevision(batch: Batch, draft: ReturnType<typeof draftOf>, index: number): void {
    const { fiction, position } = this;
    const fate = fiction.fate(draft.kind, index);
    const write = toEntryWrite(draft);
    const { revision, showings } = write;
    if (!revision) return;
    const at = new Date(BEGINNING + position * STEP_MS);
    const isLast = revision.number === fiction.sizes.revisions;
    for (const [hash, body] of draft.texts) batch.texts.push({ hash, body });
    const { showings: _, revision: __, ...rest } = write;
    const columns = { ...rest, kind: draft.kind };
    batch.revisions.push({
      ...columns,
      ...revision,
      position,
      at,
      is_new: write.was === null,
      previous: write.was?.latest ?? null,
      accepted: draft.fate.isAccepted,
      change_kind: write.change.kind,
      public_kind: write.change.publicKind,
      slug: showings[0]?.derived.slug ?? null,
      last: fiction.sizes.revisions,
      last_published: fate === 'DRAFT' ? null : fiction.sizes.revisions - (fate === 'PENDING' ? 1 : 0),
    });
    const since = new Date(BEGINNING + (position - this.distance(revision.number)) * STEP_MS);
    for (const { view, derived, ...showing } of showings) {
      const isShown = isLast || (view === 'PUBLISHED' && fate === 'PENDING' && this.isLastPublic(revision.number));
      if (isShown)
        batch.shown.push({ ...columns, ...showing, ...derived, links: undefined, texts: undefined, view, since, at });
      this.followLinks(batch, draft.entry, view, derived);
    }
    if (isLast) this.endLinks(batch, draft.entry);
  }

  private isLastPublic(revision: number): boolean {
    return revision === this.fiction.sizes.revisions - 1;
  }

  /** How far back in the ledger an entry's first revision lies. */
  private distance(revision: number): number {
    return (revision - 1) * (countRevisions(this.fiction) / this.fiction.sizes.revisions);
  }

  /** Where a link leads, as the write statement finds it: the public is not told the addresses of what is not public. */
  private resolve(to: string | WikiTarget, view: View): Pick<LinkRow, 'to' | 'kind' | 'slug'> {
    if (typeof to === 'string') return { to, kind: null, slug: null };
    const found = this.fiction.find(to);
    if (found && (view === 'LATEST' || found.isPublic)) return { to: found.id, kind: null, slug: null };
    return { to: null, kind: to.kind, slug: to.target };
  }

  private followLinks(batch: Batch, entry: string, view: View, { links, texts }: Derived): void {
    const known: OpenLinks = this.open[view].get(entry) ?? new Map();
    const inTexts = texts.flatMap(({ field, hash }) =>
      this.fiction.targetsIn(hash).map((to) => ({ field, item: '', to })),
    );
    const wanted: OpenLinks = new Map();
    for (const { field, item, to } of [...links, ...inTexts]) {
      const link = { entry, field, item, ...this.resolve(to, view), view, since: this.position };
      const key = keyOf(link);
      wanted.set(key, known.get(key) ?? link);
    }
    for (const [key, link] of known) if (!wanted.has(key)) batch.links.push({ ...link, until: this.position });
    this.open[view].set(entry, wanted);
  }

  private endLinks(batch: Batch, entry: string): void {
    for (const open of Object.values(this.open)) {
      for (const link of open.get(entry)?.values() ?? []) batch.links.push({ ...link, until: null });
      open.delete(entry);
    }
  }
}

async function writeBatch(run: Run, batch: Batch): Promise<void> {
  await run('begin', 'begin');
  await keepTexts(run, batch.texts);
  await insertRevisions(run, batch.revisions);
  await insertShown(run, batch.shown);
  await insertLinks(run, batch.links);
  await run('commit', 'commit');
}

/**
 * Writes the whole newsroom: every entry's first revision, then every entry's second, and so on, straight into the tables
 * and in large batches. Foreign keys are not checked where the role may switch that off. `verifyFill` looks whether it
 * is what edits write.
 *
 * @param clients connections that write at the same time, for nothing else.
 */
export async function fillNewsroom(
  clients: readonly pg.Client[],
  fiction: Fiction,
  onProgress: (written: number) => void,
): Promise<void> {
  const runs = clients.map((client) => runOn(client));
  for (const client of clients) {
    await client.query('set synchronous_commit = off; set plan_cache_mode = force_custom_plan');
    // Only a superuser may leave the foreign keys unchecked; filling goes without it, slower.
    await runIfAllowed(client, 'set session_replication_role = replica');
  }
  const { editor, contributor } = staffOf(fiction);
  await insertUser(runs[0] as Run, { id: editor, name: 'Bench editor', role: 'EDITOR', bot: true });
  await insertUser(runs[0] as Run, { id: contributor, name: 'Bench contributor', role: 'CONTRIBUTOR', bot: true });
  const scribe = new Scribe(fiction);
  const writing = runs.map(() => Promise.resolve());
  let [turn, written] = [0, 0];
  for (let revision = 1; revision <= fiction.sizes.revisions; revision++)
    for (const kind of CREATION_ORDER) {
      for (let start = 0; start < fiction.count(kind); start += BATCH) {
        const batch = scribe.makeBatch(kind, start, Math.min(BATCH, fiction.count(kind) - start), revision);
        turn = (turn + 1) % runs.length;
        await writing[turn];
        writing[turn] = writeBatch(runs[turn] as Run, batch);
        writing[turn]?.catch(() => undefined); // thrown where it is waited for
        written += batch.revisions.length;
        onProgress(written);
        await new Promise(setImmediate); // lets the statement leave before the next batch is made
      }
      await Promise.all(writing); // what comes next may refer to it
    }
}
