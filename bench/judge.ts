import type { ClientBase, Pool } from 'pg';

/** What an edit does to one place of a story: the mark that stands there from then on, null where it takes it out. */
export interface Put {
  /** Name of the place, the same from edit to edit. */
  readonly place: string;
  readonly mark: string | null;
}

/** A write that a server told its editor of. */
export interface Acknowledged {
  readonly entry: string;
  /** Number of the revision that the answer named. */
  readonly number: number;
  readonly outcome: 'SAVED' | 'MERGED';
  /** The `clientMutationId`; also the revision's summary, by which it is known again. */
  readonly key: string;
  /** The author's UUID. */
  readonly author: string;
  readonly puts: readonly Put[];
}

/** A revision as it stands in the history, wherever that was read. */
export interface RevisionSeen {
  readonly entry: string;
  readonly number: number;
  readonly parent: number | null;
  readonly author: string;
  readonly summary: string | null;
  /** Every mark in its content and its body. */
  readonly marks: ReadonlySet<string>;
}

/** What must not be, one sentence for each time it was. All empty: everything was kept. */
export interface Faults {
  /** Acknowledged, and not in the history under the number that was told. */
  readonly lost: string[];
  /** In the history more than once, or two in one revision. */
  readonly doubled: string[];
  /** Numbers that are missing in a history. */
  readonly gaps: string[];
  /** Revisions whose parent is not the one below them. */
  readonly wrongParents: string[];
  /** Revisions that nobody was told of, though every edit was sent until it was answered. */
  readonly unheard: string[];
  /** Acknowledged text that is not in the revision that acknowledged it. */
  readonly absent: string[];
  /** Text that nobody took out, missing in a later revision. */
  readonly vanished: string[];
  /** Text that was taken out, replaced or refused, and is there. */
  readonly returned: string[];
}

/** Every mark in a text: words that one edit has and no other. */
export const marksIn = (text: string): Set<string> => new Set(text.match(/\be\d+x\d+\b/g) ?? []);

/** All revisions of stories, out of the tables. */
export async function readHistories(database: ClientBase | Pool, stories: readonly string[]): Promise<RevisionSeen[]> {
  const { rows } = await database.query<Omit<RevisionSeen, 'marks'> & { content: string; body: string | null }>(
    `select r.entry, r.number, r.parent, r.author, r.summary, r.content::text as content, t.body
      from revision r left join text t on t.hash = r.content ->> 'body'
      where r.entry = any($1::uuid[]) order by r.entry, r.number`,
    [stories],
  );
  return rows.map(({ content, body, ...row }) => ({ ...row, marks: marksIn(`${content} ${body}`) }));
}

const groupBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const addressOf = ({ entry, number }: { readonly entry: string; readonly number: number }): string =>
  `revision ${number} of ${entry}`;

/** Each acknowledged edit is one revision, the one that was told, by its author. */
function judgeEdits(edits: readonly Acknowledged[], revisions: readonly RevisionSeen[], faults: Faults): void {
  const byKey = groupBy(revisions, (revision) => revision.summary ?? '');
  for (const edit of edits) {
    const found = byKey.get(edit.key) ?? [];
    if (!found.some((one) => addressOf(one) === addressOf(edit) && one.author === edit.author))
      faults.lost.push(`${edit.key}, told as ${addressOf(edit)}: found ${found.map(addressOf).join() || 'nothing'}`);
  }
  for (const [key, found] of byKey)
    if (key !== '' && found.length > 1) faults.doubled.push(`${key}: ${found.map(addressOf).join()}`);
  for (const [address, told] of groupBy(edits, addressOf))
    if (told.length > 1) faults.doubled.push(`${address}: ${told.map((edit) => edit.key).join()}`);
}

/** Goes through a history from its first revision, and says at each what marks must stand there, and no others. */
function judgeHistory(
  history: readonly RevisionSeen[],
  edits: ReadonlyMap<string, readonly Acknowledged[]>,
  faults: Faults,
) {
  const standing = new Map<string, string>();
  for (const [index, revision] of history.entries()) {
    const { number, parent, summary, marks } = revision;
    const where = addressOf(revision);
    if (number !== index + 1) faults.gaps.push(`${where} is the ${index + 1}th`);
    if (parent !== (number === 1 ? null : number - 1)) faults.wrongParents.push(`${where} is put on ${parent}`);
    const told = edits.get(where) ?? [];
    if (number > 1 && !told.some((edit) => edit.key === summary)) faults.unheard.push(`${where}: ${summary}`);
    const fresh = new Set<string>();
    for (const { place, mark } of told.flatMap((edit) => edit.puts)) {
      if (mark === null) standing.delete(place);
      else {
        standing.set(place, mark);
        fresh.add(mark);
      }
    }
    const expected = new Set(standing.values());
    for (const mark of expected)
      if (!marks.has(mark)) (fresh.has(mark) ? faults.absent : faults.vanished).push(`${mark} in ${where}`);
    for (const mark of marks) if (!expected.has(mark)) faults.returned.push(`${mark} in ${where}`);
  }
}

/** Compares what editors were told with what stands in the histories. */
export function judge(edits: readonly Acknowledged[], revisions: readonly RevisionSeen[]): Faults {
  const faults: Faults = {
    lost: [],
    doubled: [],
    gaps: [],
    wrongParents: [],
    unheard: [],
    absent: [],
    vanished: [],
    returned: [],
  };
  judgeEdits(edits, revisions, faults);
  const byAddress = groupBy(edits, addressOf);
  for (const history of groupBy(revisions, (revision) => revision.entry).values())
    judgeHistory(
      history.toSorted((one, other) => one.number - other.number),
      byAddress,
      faults,
    );
  return faults;
}
