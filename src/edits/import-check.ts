import { badInput, type WikiError } from '../base/errors';
import { sha256 } from '../base/hash';
import {
  EXPORT_FORMAT,
  type ChangeLine,
  type ExportedRevision,
  type ExportLine,
  type NewsroomLine,
  type RecordLine,
} from '../model/export';
import type { Run } from '../store/database';
import {
  findHead,
  findKeptTexts,
  findLedgerRows,
  findLedgerRowsAt,
  findRedirectsUntil,
  findStandings,
  findWrittenContents,
  type LedgerStanding,
} from '../store/write-import';
import { Addresses } from './import-addresses';
import { differingField } from './import-changes';
import { lookAtContent } from './import-content';
import { canBeWanted, Facts } from './import-facts';
import { Mergers } from './import-mergers';
import { oddityOf } from './import-told';

/** A line with its number, the first being 1. */
export interface Numbered<Line extends ExportLine = ExportLine> {
  readonly nr: number;
  readonly line: Line;
}

/** What a file has turned out to hold. */
export interface Checked {
  readonly newsroom: NewsroomLine;
  /** How far this newsroom has what the file holds, as a position. */
  readonly here: number;
  /** Long texts that contents in sight name, by hash. */
  readonly texts: ReadonlySet<string>;
}

export const atLine = (nr: number, reason: string): WikiError => badInput(`line ${nr}`, reason);

const AT_ONCE = 200;

/** What may have a time at which an embargo ends; what is deleted or merged may get it back. */
const MAY_WAIT: ReadonlySet<string> = new Set(['EMBARGOED', 'DELETED', 'MERGED']);

/**
 * Looks at all lines of an export before any is written: that they are whole, follow each other, are what their hashes say, and
 * go on from what this newsroom holds.
 */
export class ImportCheck {
  private newsroom: NewsroomLine | null = null;
  private here = 0;
  private head: { position: number; at: string; changeset: string | null } = { position: 0, at: '', changeset: null };
  private isEnded = false;
  private changes = 0;
  private lines = 0;
  private waiting: Numbered[] = [];
  private readonly users = new Set<string>();
  private readonly texts = new Set<string>();
  private readonly changesets = new Set<string>();
  private readonly comments = new Set<string>();
  private readonly standings = new Map<string, LedgerStanding>();
  private readonly mergers = new Mergers();
  private readonly facts = new Facts();
  private readonly addresses = new Addresses();
  /** Entries of which a line says until when they are under an embargo. */
  private readonly embargoes = new Set<string>();
  /** Entries that are referred to by what is written at once with the present change, and the line that does. */
  private references: { nr: number; to: string }[] = [];

  constructor(private readonly run: Run) {}

  /** @throws WikiError BAD_USER_INPUT that names the line. */
  async take(numbered: Numbered): Promise<void> {
    const { nr, line } = numbered;
    this.lines += 1;
    if (this.isEnded) throw atLine(nr, 'there is something after the end.');
    if (!this.newsroom) return this.begin(nr, line);
    if (line.line === 'newsroom') throw atLine(nr, 'a second export begins here; import one file at a time.');
    if (line.line === 'end') return this.close(nr, line.lines);
    this.waiting.push(numbered);
    if (this.waiting.length >= AT_ONCE) await this.flush();
  }

  /** @throws WikiError BAD_USER_INPUT where the end is missing. */
  finish(): Checked {
    if (!this.newsroom) throw badInput('import', 'there is not a single line.');
    if (!this.isEnded)
      throw atLine(this.lines + 1, 'the file was cut: its last line, `end`, is missing. Nothing of it was written.');
    return { newsroom: this.newsroom, here: this.here, texts: this.texts };
  }

  private async begin(nr: number, line: ExportLine): Promise<void> {
    if (line.line !== 'newsroom') throw atLine(nr, 'an export begins with a line `newsroom`.');
    if (line.format !== EXPORT_FORMAT)
      throw atLine(nr, `the export has format ${line.format}; this release reads format ${EXPORT_FORMAT}.`);
    this.newsroom = line;
    this.here = await findHead(this.run);
    const { after } = line;
    this.head = { position: after?.position ?? 0, at: after?.at ?? '', changeset: null };
    if (!after) return;
    if (after.position > this.here)
      throw atLine(
        nr,
        `the export goes on after position ${after.position}; this newsroom ends at ${this.here}. Import what comes between first, or a whole export.`,
      );
    const [row] = await findLedgerRows(this.run, after.position, after.position);
    if (row?.entry !== after.entry || row.at !== after.at || row.kind !== after.kind)
      throw notACopy(nr, after.position);
    this.mergers.begin(await findRedirectsUntil(this.run, after.position));
  }

  private async close(nr: number, lines: number): Promise<void> {
    await this.flush();
    this.assertReferences();
    this.assertEmbargoes(nr);
    this.isEnded = true;
    if (lines !== this.lines) throw atLine(nr, `the export had ${lines} lines; ${this.lines} are here.`);
    const { newsroom } = this;
    if (newsroom && newsroom.changes !== this.changes)
      throw atLine(nr, `the export had ${newsroom.changes} changes; ${this.changes} are here.`);
    if (newsroom && this.changes > 0 && newsroom.head?.position !== this.head.position)
      throw atLine(
        nr,
        `the export goes to position ${newsroom.head?.position}; the last change here is at ${this.head.position}.`,
      );
  }

  private async flush(): Promise<void> {
    const lines = this.waiting;
    this.waiting = [];
    await this.lookUp(lines);
    for (const { nr, line } of lines) this.look(nr, line);
    await this.compare(lines.filter((numbered): numbered is Numbered<ChangeLine> => numbered.line.line === 'change'));
    await this.compareHashes(
      lines.flatMap(({ nr, line }) => (line.line === 'revision' ? [{ nr, entry: line.entry, wrote: line }] : [])),
    );
  }

  /** What an export of what came since relies on: it must be here. */
  private async lookUp(lines: readonly Numbered[]): Promise<void> {
    const after = this.newsroom?.after;
    if (!after) return;
    const entries = new Set<string>();
    const texts = new Set<string>();
    for (const { line } of lines) {
      for (const id of entriesIn(line)) if (!this.standings.has(id)) entries.add(id);
      const wrote = line.line === 'change' ? line.wrote : line.line === 'revision' ? line : null;
      const kind = line.line === 'change' ? line.entryKind : null;
      const held = (line.line === 'change' && line.held?.links) || [];
      for (const { to } of held) if (to !== null && !this.standings.has(to)) entries.add(to);
      const named = wrote && kind ? lookAtContent(kind, wrote) : null;
      if (named && 'texts' in named) {
        for (const id of named.entries) if (!this.standings.has(id)) entries.add(id);
        for (const hash of named.texts) if (!this.texts.has(hash)) texts.add(hash);
      }
    }
    for (const [id, standing] of await findStandings(this.run, [...entries], after.position))
      this.standings.set(id, standing);
    for (const hash of await findKeptTexts(this.run, [...texts])) this.texts.add(hash);
    const records = lines.flatMap(({ line }) => (isRecord(line) ? [line] : []));
    const positions = this.facts.missing(records).filter((position) => position <= after.position);
    for (const row of await findLedgerRowsAt(this.run, positions)) this.facts.follow(row);
  }

  private look(nr: number, line: ExportLine): void {
    if (line.line === 'user') {
      if (this.users.has(line.id)) throw atLine(nr, `the user ${line.id} was there before.`);
      return void this.users.add(line.id);
    }
    if (line.line === 'text') {
      if (sha256(line.body) !== line.hash) throw atLine(nr, `the text has not the hash ${line.hash}.`);
      return void this.texts.add(line.hash);
    }
    if (line.line === 'change') return this.lookAtChange(nr, line);
    this.assertReferences();
    if (isRecord(line)) this.lookAtRecord(nr, line);
  }

  private lookAtChange(nr: number, line: ChangeLine): void {
    const { entry, position, at } = line;
    if (position !== this.head.position + 1)
      throw atLine(nr, `position ${position} comes after ${this.head.position}; the ledger has no gaps.`);
    if (at < this.head.at) throw atLine(nr, `it was at ${at}, before the change before it.`);
    const before = this.standings.get(entry);
    if ((line.kind === 'CREATED') === (before !== undefined))
      throw atLine(nr, before ? `the entry ${entry} was there before.` : `there is no entry ${entry} before it.`);
    if (before && before.kind !== line.entryKind)
      throw atLine(nr, `the entry ${entry} is ${before.kind}, and ${line.entryKind} here.`);
    if (line.previous !== (before?.latest ?? null))
      throw atLine(nr, `it follows revision ${line.previous}; the newest of ${entry} is ${before?.latest ?? 'none'}.`);
    this.assertUsers(nr, line.author);
    this.assertEntries(nr, line.cause, line.into);
    this.lookAtChangeset(nr, line);
    this.lookAtMerging(nr, line, before);
    if (!line.together) this.assertReferences();
    const taken = this.addresses.follow(line, before, this.lookAtRevision(nr, line, before));
    if (taken !== null) throw atLine(nr, taken);
    const { state, latest, published, accepted } = line;
    if ((accepted ?? 0) > latest) throw atLine(nr, `no revision is above the newest, ${latest}.`);
    if ((published ?? 0) > (accepted ?? 0) || (published === null) !== (accepted === null))
      throw atLine(nr, `revision ${published} cannot be the published one where ${accepted} was accepted last.`);
    const odd = oddityOf(line, before);
    if (odd !== null) throw atLine(nr, odd);
    this.facts.follow(line);
    this.standings.set(entry, { kind: line.entryKind, state, latest, published, accepted });
    this.head = { position, at, changeset: line.changeset?.id ?? null };
    this.changes += 1;
  }

  private lookAtMerging(nr: number, line: ChangeLine, before: LedgerStanding | undefined): void {
    if (line.kind === 'MERGED' && (line.joinedBy === null || line.author === null))
      throw atLine(nr, 'what is merged has `into`, `joinedBy` and `author`.');
    if (line.kind === 'UNMERGED' && line.author === null) throw atLine(nr, 'what is parted has `into` and `author`.');
    const wrong = this.mergers.follow(line, before?.state ?? 'DRAFT');
    if (wrong !== null) throw atLine(nr, wrong);
    const into = line.into === null ? line.entryKind : this.standings.get(line.into)?.kind;
    if (into !== line.entryKind) throw atLine(nr, `${line.entryKind} and ${into} cannot be one.`);
  }

  private lookAtChangeset(nr: number, { changeset, together }: ChangeLine): void {
    const id = changeset?.id ?? null;
    if (together && id !== this.head.changeset)
      throw atLine(nr, `what was written together is of one changeset: ${this.head.changeset}, not ${id}.`);
    if (id === null) return;
    if (this.changesets.has(id) && !together) throw atLine(nr, `the changeset ${id} was there before.`);
    this.changesets.add(id);
  }

  /** Gives the address that its content has. */
  private lookAtRevision(nr: number, line: ChangeLine, before: LedgerStanding | undefined): string | null {
    const { wrote, latest, entry, entryKind } = line;
    const due = (before?.latest ?? 0) + (wrote ? 1 : 0);
    if (latest !== due || (wrote && wrote.number !== due))
      throw atLine(nr, `the newest revision of ${entry} is ${due} by then, not ${wrote?.number ?? latest}.`);
    if (!wrote) return null;
    assertInSightOrNot(nr, wrote);
    if ((wrote.base ?? 0) >= wrote.number || (wrote.base === null) !== (wrote.number === 1))
      throw atLine(nr, `revision ${wrote.number} cannot be based on ${wrote.base}.`);
    if (line.author === null) throw atLine(nr, 'a revision has an author.');
    if (line.held?.links.some(({ wanted }) => wanted && !canBeWanted(wanted.kind, wanted.target)))
      throw atLine(nr, 'a claim is named by its id.');
    this.references.push(...(line.held?.links ?? []).flatMap(({ to }) => (to === null ? [] : [{ nr, to }])));
    this.assertUsers(nr, wrote.reviewedBy, wrote.hidden?.by ?? null);
    const named = lookAtContent(entryKind, wrote);
    if ('wrong' in named) throw atLine(nr, `revision ${wrote.number} of ${entry}: ${named.wrong}.`);
    const text = named.texts.find((hash) => !this.texts.has(hash));
    if (text !== undefined)
      throw atLine(nr, `revision ${wrote.number} of ${entry} names the text ${text}, which is not there.`);
    this.references.push(...named.entries.map((to) => ({ nr, to })));
    return named.slug;
  }

  /** What is written at once may refer to each other; all else must be there before. */
  private assertReferences(): void {
    const missing = this.references.find(({ to }) => !this.standings.has(to));
    if (missing) throw atLine(missing.nr, `it refers to the entry ${missing.to}, which is not there.`);
    this.references = [];
  }

  private assertEmbargoes(nr: number): void {
    for (const [entry, { state }] of this.standings)
      if (state === 'EMBARGOED' && !this.embargoes.has(entry))
        throw atLine(nr, `the entry ${entry} is under an embargo, and no line \`standing\` says until when.`);
  }

  private assertUsers(nr: number, ...ids: readonly (string | null)[]): void {
    const missing = ids.find((id) => id !== null && !this.users.has(id));
    if (missing) throw atLine(nr, `it names the user ${missing}, of whom there is no line before it.`);
  }

  private assertEntries(nr: number, ...ids: readonly (string | null)[]): void {
    const missing = ids.find((id) => id !== null && !this.standings.has(id));
    if (missing) throw atLine(nr, `it refers to the entry ${missing}, which is not there.`);
  }

  private lookAtRecord(nr: number, line: RecordLine): void {
    this.assertEntries(nr, ...entriesIn(line));
    const users = line as { author?: string | null; resolvedBy?: string | null; reviewedBy?: string | null };
    this.assertUsers(nr, users.author ?? null, users.resolvedBy ?? null, users.reviewedBy ?? null);
    const standing = this.standings.get((line as { entry?: string }).entry ?? '');
    if (line.line === 'standing' && line.embargoUntil !== null) {
      if (!MAY_WAIT.has(standing?.state ?? ''))
        throw atLine(nr, `${line.entry} is ${standing?.state}, not under an embargo.`);
      this.embargoes.add(line.entry);
    }
    if (line.line === 'concealment' && line.revisions.some((number) => number > (standing?.latest ?? 0)))
      throw atLine(nr, `there are no revisions ${line.revisions.join(', ')} of ${line.entry}.`);
    const places = line as { position?: number; since?: number; until?: number | null };
    const place = Math.max(places.position ?? 0, places.since ?? 0, places.until ?? 0);
    if (place > this.head.position) throw atLine(nr, `there is no position ${place} in the export.`);
    const wrong = this.facts.compare(line) ?? (line.line === 'redirect' ? this.mergers.compare(line) : null);
    if (wrong !== null) throw atLine(nr, wrong);
    if (line.line === 'comment') {
      if (line.parent !== null && !this.comments.has(line.parent))
        throw atLine(nr, `it replies to the comment ${line.parent}, which is not there.`);
      this.comments.add(line.id);
    }
    if (line.line === 'redirect' && line.joinedBy > (this.standings.get(line.mergedInto)?.latest ?? 0))
      throw atLine(nr, `there is no revision ${line.joinedBy} of ${line.mergedInto}.`);
    if ('revision' in line && line.revision > (this.standings.get(line.entry)?.latest ?? 0))
      throw atLine(nr, `there is no revision ${line.revision} of ${line.entry}.`);
    if (line.line === 'revision') {
      assertInSightOrNot(nr, line);
      const named = lookAtContent(this.standings.get(line.entry)?.kind ?? 'STORY', line);
      if ('wrong' in named) throw atLine(nr, `revision ${line.number} of ${line.entry}: ${named.wrong}.`);
      const text = named.texts.find((hash) => !this.texts.has(hash));
      if (text !== undefined) throw atLine(nr, `revision ${line.number} names the text ${text}, which is not there.`);
      this.assertUsers(nr, line.hidden?.by ?? null);
    }
  }

  /** What this newsroom has at the same positions must be the same. */
  private async compare(changes: readonly Numbered<ChangeLine>[]): Promise<void> {
    const known = changes.filter(({ line }) => line.position <= this.here);
    const [first] = known;
    if (!first) return;
    const rows = await findLedgerRows(this.run, first.line.position, known.at(-1)?.line.position ?? 0);
    for (const [index, { nr, line }] of known.entries()) {
      const row = rows[index];
      if (!row || differingField(row, line) !== null) throw notACopy(nr, line.position);
    }
    await this.compareHashes(known.flatMap(({ nr, line: { entry, wrote } }) => (wrote ? [{ nr, entry, wrote }] : [])));
  }

  private async compareHashes(known: readonly { nr: number; entry: string; wrote: ExportedRevision }[]): Promise<void> {
    if (known.length === 0) return;
    const rows = await findWrittenContents(
      this.run,
      known.map(({ entry, wrote: { number } }) => ({ entry, number })),
    );
    const hashes = new Map(rows.map(({ entry, number, hash }) => [`${entry}:${number}`, hash]));
    for (const { nr, entry, wrote } of known) {
      const hash = hashes.get(`${entry}:${wrote.number}`);
      if (hash !== wrote.hash)
        throw atLine(
          nr,
          `revision ${wrote.number} of ${entry} has another content here: its hash is ${hash}, in the export ${wrote.hash}.`,
        );
    }
  }
}

function assertInSightOrNot(nr: number, { content, hidden }: ExportedRevision): void {
  if ((content === null) !== (hidden !== null)) throw atLine(nr, 'a revision has either its content or what hides it.');
}

const isRecord = (line: ExportLine): line is RecordLine =>
  !['newsroom', 'user', 'text', 'change', 'end'].includes(line.line);

function entriesIn(line: ExportLine): string[] {
  const { entry, cause, into, mergedInto, one, other, to } = line as Partial<
    Record<'entry' | 'cause' | 'into' | 'mergedInto' | 'one' | 'other' | 'to', string>
  >;
  return [entry, cause, into, mergedInto, one, other, to].filter((id): id is string => typeof id === 'string');
}

const notACopy = (nr: number, position: number): WikiError =>
  atLine(
    nr,
    `position ${position} is another change in this newsroom: it has a history of its own, and two histories cannot be one. Import into an empty newsroom (a new database, with SAMPLE=off), or into a copy of the same one that nobody has written to.`,
  );
