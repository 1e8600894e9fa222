import { badInput } from '../base/errors';
import { invariant } from '../base/invariant';
import type { Content, EntryState } from '../model/entry';
import type { ChangeLine, ExportedRevision } from '../model/export';
import type { Run } from '../store/database';
import { lockEntries, lockPosition } from '../store/locks';
import { partEntries, redirectEntry } from '../store/redirects';
import { type EntryWrite, type NewRevision, writeEntries } from '../store/write';
import {
  findHead,
  findLedgerRows,
  findStandings,
  findWrittenContents,
  insertLedgerRows,
  type LedgerEntry,
  type LedgerStanding,
} from '../store/write-import';
import { GONE, type Showable, showingOfWritten } from './import-content';

/** An embargo's end is known of what is under one today; what was under one before must not be lifted meanwhile. */
const FAR = new Date('9999-01-01T00:00:00Z');

/** Changes by which nothing but the ledger changes; what they tell of is in lines of its own. */
const ONLY_TOLD: ReadonlySet<string> = new Set(['HIDDEN', 'PROTECTED', 'UNSETTLED']);

type Standings = Map<string, LedgerStanding>;

const keyOf = (entry: string, number: number): string => `${entry}:${number}`;

/** Whether the public sees another revision of it from a change on. */
export const isShownAnew = ({ state, published }: ChangeLine, before: LedgerStanding | undefined): boolean =>
  state === 'PUBLISHED' && published !== null && (before?.state !== 'PUBLISHED' || before.published !== published);

/** What an embargo does not lift goes back to the editors: that is told as UNSETTLED, by nobody, and changes how it stands. */
export const isOnlyTold = ({ kind, author }: ChangeLine): boolean =>
  ONLY_TOLD.has(kind) && !(kind === 'UNSETTLED' && author === null);

const isPlain = (change: ChangeLine): boolean =>
  !isOnlyTold(change) && change.kind !== 'MERGED' && change.kind !== 'UNMERGED';

/** Changes that were written in one statement, or that write nothing but themselves. */
function* groupsOf(changes: readonly ChangeLine[]): Generator<ChangeLine[]> {
  let group: ChangeLine[] = [];
  for (const change of changes) {
    const [first] = group;
    const goesOn =
      first &&
      (isOnlyTold(first)
        ? isOnlyTold(change)
        : isPlain(first) && isPlain(change) && change.together && group.every(({ entry }) => entry !== change.entry));
    if (goesOn) group.push(change);
    else {
      if (first) yield group;
      group = [change];
    }
  }
  if (group.length > 0) yield group;
}

/** Reads the contents that are to be shown again and do not come along. */
async function findShownAgain(
  run: Run,
  changes: readonly ChangeLine[],
  standings: Standings,
): Promise<Map<string, Showable>> {
  const contents = new Map<string, Showable>();
  for (const { entry, wrote } of changes) if (wrote) contents.set(keyOf(entry, wrote.number), wrote);
  const then = new Map<string, LedgerStanding>(standings);
  const missing = changes.flatMap((change) => {
    const { entry, published } = change;
    const isDue = isShownAnew(change, then.get(entry)) && !contents.has(keyOf(entry, published as number));
    then.set(entry, standingAfter(change));
    return isDue ? [{ entry, number: published as number }] : [];
  });
  for (const { entry, number, format, content } of await findWrittenContents(run, missing))
    contents.set(keyOf(entry, number), { number, format, content });
  return contents;
}

const standingAfter = ({ entryKind, state, latest, published, accepted }: ChangeLine): LedgerStanding => ({
  kind: entryKind,
  state,
  latest,
  published,
  accepted,
});

const toRevision = (wrote: ExportedRevision): NewRevision => ({
  number: wrote.number,
  parent: wrote.number === 1 ? null : wrote.number - 1,
  base: wrote.base,
  action: wrote.action,
  target: wrote.target,
  summary: wrote.summary,
  minor: wrote.minor,
  format: wrote.format,
  content: (wrote.content ?? GONE) as Content,
  hash: wrote.hash,
});

/** A change as it was written where it comes from. */
function toWrite(
  change: ChangeLine,
  before: LedgerStanding | undefined,
  contents: ReadonlyMap<string, Showable>,
): EntryWrite {
  const { entry, entryKind: kind, state, latest, published, accepted, wrote } = change;
  const { held } = change;
  const shown = isShownAnew(change, before) ? contents.get(keyOf(entry, published as number)) : undefined;
  return {
    entry,
    kind,
    author: change.author,
    was: before ? { latest: before.latest, published: before.published, accepted: before.accepted } : null,
    revision: wrote && toRevision(wrote),
    accept: accepted !== null && accepted !== (before?.accepted ?? null) ? { upTo: accepted, note: null } : null,
    // Who rejects has not looked at the entry: what became unsettled stays so.
    dismiss: change.kind === 'REJECTED' ? { as: 'REJECTED', note: null } : null,
    state: state as EntryState,
    embargoUntil: state === 'EMBARGOED' ? FAR : null,
    isSubmitted: null,
    latest,
    published,
    accepted,
    change: {
      kind: change.kind,
      publicKind: change.publicKind as EntryWrite['change']['publicKind'],
      ...(change.cause === null ? {} : { cause: change.cause }),
      ...(change.overridden === null ? {} : { overridden: change.overridden }),
    },
    showings: [
      ...(wrote ? [showingOfWritten('LATEST', kind, wrote, held)] : []),
      ...(shown ? [showingOfWritten('PUBLISHED', kind, shown, held)] : []),
    ],
    leavesPublic: before?.state === 'PUBLISHED' && state !== 'PUBLISHED',
    at: new Date(change.at),
  };
}

async function writeGroup(
  run: Run,
  group: readonly ChangeLine[],
  standings: Standings,
  contents: ReadonlyMap<string, Showable>,
): Promise<void> {
  const [first] = group;
  invariant(first, 'a group has a change');
  const { entry, into, author, joinedBy, at, changeset } = first;
  if (isOnlyTold(first)) await insertLedgerRows(run, group);
  else if (first.kind === 'MERGED')
    await redirectEntry(run, {
      from: entry,
      into: into as string,
      // What it brought may have been put on again since, as a later revision: the line `redirect` says so.
      revision: Math.min(joinedBy as number, standings.get(into as string)?.latest ?? 1),
      author: author as string,
      at: new Date(at),
    });
  else if (first.kind === 'UNMERGED')
    await partEntries(run, {
      entry,
      from: into as string,
      state: first.state as EntryState,
      author: author as string,
      at: new Date(at),
    });
  else
    await writeEntries(
      run,
      group.map((change) => toWrite(change, standings.get(change.entry), contents)),
      changeset,
    );
  for (const change of group) standings.set(change.entry, standingAfter(change));
}

const TOLD = [
  'position',
  'at',
  'kind',
  'publicKind',
  'entry',
  'state',
  'latest',
  'published',
  'accepted',
  'revision',
  'previous',
  'author',
  'cause',
  'into',
] as const satisfies readonly (keyof LedgerEntry & keyof ChangeLine)[];

/** In which field a row of the ledger here is not what a line says; null where they are the same. */
export function differingField(row: LedgerEntry, line: ChangeLine): string | null {
  const field = TOLD.find((name) => row[name] !== line[name]);
  return field ?? (row.changeset === (line.changeset?.id ?? null) ? null : 'changeset');
}

/**
 * Writes changes at their own positions and times, by the same statements as they were written where they come from: so what is
 * shown, linked and led to comes about as it did there. Entries and the position lock are held until the transaction ends.
 *
 * @throws WikiError BAD_USER_INPUT where this newsroom has gone on by itself, or a change says of itself what it cannot have done.
 */
export async function writeChanges(run: Run, changes: readonly ChangeLine[]): Promise<void> {
  const [first] = changes;
  if (!first) return;
  const ids = [...new Set(changes.flatMap(({ entry, into }) => (into ? [entry, into] : [entry])))];
  await lockEntries(run, ids);
  const standings = await findStandings(run, ids, first.position - 1);
  const contents = await findShownAgain(run, changes, standings);
  await lockPosition(run);
  const head = await findHead(run);
  if (head !== first.position - 1)
    throw badInput(
      'import',
      `somebody wrote to this newsroom meanwhile, up to position ${head}. Import once more: where it was another import of the same, this goes on; else it is no copy any more, and is told so.`,
    );
  for (const group of groupsOf(changes)) await writeGroup(run, group, standings, contents);
  const rows = await findLedgerRows(run, first.position, changes.at(-1)?.position ?? first.position);
  for (const [index, line] of changes.entries()) {
    const row = rows[index];
    const field = row ? differingField(row, line) : 'position';
    if (field !== null)
      throw badInput(
        'import',
        `the change at position ${line.position} is none that a newsroom can have written: its ${field} does not follow.`,
      );
  }
}
