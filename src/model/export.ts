import { z } from 'zod';
import { UUID } from '../base/node-id';
import { ChangeKind } from './change';
import { CorrectionKind } from './correction';
import { EntryKind, EntryState } from './entry';
import { View } from './lens';
import { Judgement } from './match';
import { ReviewState, RevisionAction } from './revision';
import { UserRole } from './user';

/** The shape of exports that this release writes and reads. */
export const EXPORT_FORMAT = 1;

// One spelling each: what is referred to is found by it.
const id = (description: string) =>
  z.string().regex(UUID, 'ids are UUIDs in small letters').meta({ format: 'uuid', description });
const at = (description: string) =>
  z.iso
    .datetime({ precision: 3 })
    .regex(/^(?!0000)/, 'there is no year 0')
    .describe(description);
const position = (description: string) => z.int().min(0).describe(description);
const number = (description: string) => z.int32().min(1).describe(description);
const hash = (description: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe(description);
const line = <Name extends string>(name: Name) => z.literal(name).describe('What the line is.');

const place = z
  .strictObject({
    position: position('Number of a change in the ledger: 1, 2, 3 …, in the order in which they were committed.'),
    at: at('When it happened.'),
    entry: id('What it happened to.'),
    kind: z.enum(ChangeKind).describe('What happened.'),
  })
  .describe('A change of the ledger, named so that two newsrooms can tell whether they have the same one.');

const newsroom = z
  .strictObject({
    line: z.literal('newsroom').describe('The first line.'),
    format: z.int().min(1).describe('The shape of the lines; this describes 1.'),
    exportedAt: at('When.'),
    language: z.string().describe('Language of entries that name none, in the newsroom that this is of.'),
    after: place.nullable().describe('All changes after this one are in the file; null: all that there are.'),
    head: place
      .extend({
        cursor: z
          .string()
          .describe('The same place for the newsroom that this is of: what came since is had by `changes(after:)`.'),
      })
      .nullable()
      .describe('The newest change in the file; null where nothing was ever written.'),
    changes: z.int().min(0).describe('How many lines are changes.'),
  })
  .describe('What the file is.');

const user = z
  .strictObject({
    line: line('user'),
    id: id('Of the user.'),
    name: z.string().describe('As histories show it.'),
    bot: z.boolean().describe('Whether it is a program.'),
  })
  .describe('Somebody whom the lines name. Roles and tokens never leave.');

const text = z
  .strictObject({
    line: line('text'),
    hash: hash('SHA-256 of the body in UTF-8: what contents name it by.'),
    body: z.string().describe('The text.'),
  })
  .describe('A long text, before the first content that names it.');

const revision = z.strictObject({
  number: number('1, 2, 3 … within the entry.'),
  action: z
    .enum(RevisionAction)
    .describe('What made it. IMPORT is for what was written in another system and is put into this shape.'),
  base: z.int32().min(1).nullable().describe('The revision that its author saw.'),
  target: z.int32().min(1).nullable().describe('The revision that it restores or takes back.'),
  summary: z.string().nullable().describe('Why, in its author’s words; null where the content is out of sight.'),
  minor: z.boolean().describe('Whether its author called it minor.'),
  format: number('The shape of the content, counted by kind. Contents are kept as they were written.'),
  hash: hash('SHA-256 of the content as JSON without spaces, keys in the order in which they stand.'),
  content: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The entry as it was, whole; null where it is out of sight or was erased.'),
  review: z.enum(ReviewState).describe('What became of it.'),
  reviewedBy: id('Who reviewed it.').nullable(),
  reviewedAt: at('When.').nullable(),
  reviewNote: z.string().nullable().describe('What they said.'),
  hidden: z
    .strictObject({ at: at('Since when.'), by: id('By whom.').nullable(), reason: z.string().describe('Why.') })
    .nullable()
    .describe('That its content is out of everybody’s sight.'),
});

/** Kinds that a wiki link can name. */
const LINKED = ['STORY', 'ACTOR', 'EVENT', 'CLAIM'] as const;

const held = z.strictObject({
  latestSlug: z.string().nullable().describe('In LATEST: the address, for it leads to the entry still.'),
  publishedSlug: z.string().nullable().describe('In PUBLISHED: the address.'),
  links: z
    .array(
      z.strictObject({
        view: z.enum(View).describe('Where.'),
        field: z.string().describe('The field that refers.'),
        item: z.string().describe('The list item in it; empty outside lists.'),
        to: id('What it refers to.').nullable(),
        wanted: z
          .strictObject({
            kind: z.enum(LINKED).describe('Its kind.'),
            target: z.string().describe('Its address.'),
          })
          .nullable()
          .describe('What a wiki link names that was not there.'),
      }),
    )
    .describe('Of its links those that contents in sight had, before or after.'),
});

const change = z
  .strictObject({
    line: line('change'),
    position: position('One above that of the change before.').min(1),
    at: at('When; never before the change before.'),
    kind: z.enum(ChangeKind).describe('What the newsroom is told of it.'),
    publicKind: z.enum(ChangeKind).nullable().describe('What the public is told of it; null: nothing.'),
    entry: id('What changed.'),
    entryKind: z.enum(EntryKind).describe('Its kind.'),
    state: z.enum({ ...EntryState, MERGED: 'MERGED' }).describe('How it stands from then on.'),
    latest: number('Its newest revision from then on.'),
    published: z.int32().min(1).nullable().describe('What the public sees, saw last, or is to see.'),
    accepted: z.int32().min(1).nullable().describe('The newest accepted revision.'),
    revision: number('What the change is about.'),
    previous: z.int32().min(1).nullable().describe('The newest revision before.'),
    author: id('Who did it.').nullable().describe('Null: the newsroom itself, when an embargo ended.'),
    changeset: z
      .strictObject({ id: id('Of the changeset.'), summary: z.string().nullable().describe('Why.') })
      .nullable()
      .describe('That it is one of several, written as one.'),
    cause: id('Of an entry that became unsettled: what it rests on.').nullable(),
    overridden: z.array(z.string()).nullable().describe('Checks that failed and were overridden, each with its path.'),
    into: id('Of an entry that is merged, or was until now: what answers for it.').nullable(),
    joinedBy: z.int32().min(1).nullable().describe('With MERGED: the revision that `into` became by it.'),
    together: z.boolean().describe('Whether it was written at once with the change before.'),
    wrote: revision.nullable().describe('The revision that it made, as it stands today.'),
    held: held
      .nullable()
      .describe('Where it brought a content into a view that is out of sight today: what is known of it still.'),
  })
  .describe('A change: all of an entry’s, in order, are its whole history.');

const records = {
  revision: z
    .strictObject({ line: line('revision'), entry: id('Of the entry.'), ...revision.shape })
    .describe('A revision from before the file that was reviewed, or put out of sight or back, since.'),
  changeset: z
    .strictObject({
      line: line('changeset'),
      id: id('Of the changeset.'),
      summary: z.string().nullable().describe('Why.'),
    })
    .describe('A changeset from before the file of which a revision was put out of sight since.'),
  correction: z
    .strictObject({
      line: line('correction'),
      id: id('Of the correction.'),
      entry: id('What it corrects.'),
      revision: number('The revision that it came with.'),
      kind: z.enum(CorrectionKind).describe('What it is to readers.'),
      note: z.string().describe('What readers are told.'),
      author: id('Who wrote it.'),
      position: position('Its change.'),
      at: at('When.'),
    })
    .describe('What readers are told of a change.'),
  withdrawal: z
    .strictObject({
      line: line('withdrawal'),
      entry: id('What was taken back.'),
      position: position('Its change.'),
      note: z.string().describe('What readers are told.'),
      author: id('Who took it back.'),
      at: at('When.'),
    })
    .describe('What readers are told in the place of an entry.'),
  protection: z
    .strictObject({
      line: line('protection'),
      entry: id('What is protected.'),
      since: position('From which change on.'),
      until: position('Up to which change; null: still.').nullable(),
      minimumRole: z.enum(UserRole).describe('The least role that may edit.'),
      expiresAt: at('When it ends by itself.').nullable(),
      reason: z.string().nullable().describe('Why.'),
      author: id('Who decided it.'),
    })
    .describe('Who may edit an entry.'),
  unsettled: z
    .strictObject({
      line: line('unsettled'),
      entry: id('What is to be looked at again.'),
      cause: id('What it rests on.'),
      since: position('From which change on.'),
      until: position('Up to which change; null: still.').nullable(),
      at: at('When.'),
    })
    .describe('That what an entry rests on was retracted, corrected or judged false.'),
  redirect: z
    .strictObject({
      line: line('redirect'),
      entry: id('What is merged, or was.'),
      into: id('What answers for it.'),
      since: position('From which change on.'),
      until: position('Up to which change; null: still.').nullable(),
      mergedInto: id('What it was merged into itself, which may have been merged further.'),
      state: z.enum(EntryState).describe('How it stood before.'),
      joinedBy: number('The revision of `mergedInto` that holds what it brought.'),
    })
    .describe(
      'That an entry answers for another. What it brought may be held by a later revision than the change says.',
    ),
  judgement: z
    .strictObject({
      line: line('judgement'),
      one: id('An actor.'),
      other: id('Another.'),
      since: position('After which change it was judged.'),
      until: position('After which change it ended; null: it stands.').nullable(),
      judgement: z.enum(Judgement).describe('Whether they are one.'),
      author: id('Who judged.'),
      at: at('When.'),
    })
    .describe('What was judged of two actors that may be one.'),
  comment: z
    .strictObject({
      line: line('comment'),
      id: id('Of the comment.'),
      entry: id('What it is about.'),
      path: z.string().nullable().describe('Which part of it.'),
      revision: number('The revision that its author saw.'),
      body: z.string().describe('What was said.'),
      author: id('Who said it.'),
      createdAt: at('When.'),
      parent: id('What it replies to.').nullable(),
      resolvedAt: at('When it was settled.').nullable(),
      resolvedBy: id('Who settled it.').nullable(),
      since: position('After which change it was said.'),
      until: position('After which change it was deleted; null: it stands.').nullable(),
    })
    .describe('What the newsroom says about an entry.'),
  concealment: z
    .strictObject({
      line: line('concealment'),
      entry: id('Whose revisions.'),
      revisions: z.array(number('Of a revision.')).min(1).describe('Which.'),
      act: z.enum({ HIDE: 'HIDE', SHOW: 'SHOW', ERASE: 'ERASE' }).describe('What was done to them.'),
      reason: z.string().describe('Why.'),
      author: id('Who did it.').nullable(),
      askedBy: z.string().nullable().describe('Who asked for it, where it was done on the command line.'),
      at: at('When.'),
    })
    .describe('That revisions were put out of sight, or back, or erased.'),
  link: z
    .strictObject({
      line: line('link'),
      entry: id('What refers.'),
      view: z.enum(View).describe('In which view.'),
      field: z.string().describe('The field that refers.'),
      item: z.string().describe('The list item in it; empty outside lists.'),
      to: id('What it refers to.').nullable(),
      wantedKind: z.enum(LINKED).nullable().describe('The kind of what a wiki link names that was not there.'),
      wantedSlug: z.string().nullable().describe('Its address.'),
      since: position('From which change on.').min(1),
      until: position('Up to which change.'),
    })
    .describe(
      'That an entry referred to another by a revision that was brought back into sight. Whoever copied it while that was out of sight does not know.',
    ),
  standing: z
    .strictObject({
      line: line('standing'),
      entry: id('Of the entry.'),
      submittedAt: at('Since when it waits for review, where somebody asked for it.').nullable(),
      embargoUntil: at('Until when it is kept from the public.').nullable(),
      protectedRole: z.enum(UserRole).nullable().describe('The least role that may edit it.'),
      protectedUntil: at('Until when.').nullable(),
      protectionReason: z.string().nullable().describe('Why.'),
    })
    .describe('How an entry stands today beyond its changes. All entries of which there is such a thing have one.'),
};

const end = z
  .strictObject({ line: line('end'), lines: z.int().min(1).describe('How many lines there are, with this one.') })
  .describe('The last line: without it the file was cut.');

const LINE = z.discriminatedUnion('line', [
  newsroom,
  user,
  text,
  change,
  records.revision,
  records.changeset,
  records.correction,
  records.withdrawal,
  records.protection,
  records.unsettled,
  records.redirect,
  records.judgement,
  records.comment,
  records.concealment,
  records.link,
  records.standing,
  end,
]);

export type NewsroomLine = z.infer<typeof newsroom>;
export type UserLine = z.infer<typeof user>;
export type TextLine = z.infer<typeof text>;
export type ChangeLine = z.infer<typeof change>;
export type ExportedRevision = z.infer<typeof revision>;
/** What is known still of a content that is out of sight. */
export type Held = z.infer<typeof held>;
export type HeldLink = Held['links'][number];
/** What stands in the place of a change in the ledger. */
export type Place = z.infer<typeof place>;
/** Facts that are no changes of their own: written as they stand when the export is made. */
export type RecordLine = { [Name in keyof typeof records]: z.infer<(typeof records)[Name]> }[keyof typeof records];
export type RecordName = RecordLine['line'];
export type ExportLine = NewsroomLine | UserLine | TextLine | ChangeLine | RecordLine | z.infer<typeof end>;

/** What no text can hold: NUL, and halves of surrogate pairs, which no UTF-8 has. */
const UNKEEPABLE = /\0|\p{Cs}/u;

/** Where a line holds a character that no text can hold; null where it holds none. */
function findUnkeepable(value: unknown, path: string): string | null {
  if (typeof value === 'string') return UNKEEPABLE.test(value) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    const found = UNKEEPABLE.test(name) ? path : findUnkeepable(member, path === '' ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** Reads a line of an export, or says what is wrong with it. */
export function readLine(value: unknown): ExportLine | { wrong: string } {
  const unkeepable = findUnkeepable(value, '');
  if (unkeepable !== null) return { wrong: `${unkeepable}: it holds NUL, or half of a surrogate pair; no text can.` };
  const read = LINE.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return { wrong: `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'is not as it should be'}` };
}

/** The JSON Schema of a line of an export: `schema/export.json`. */
export const describeExport = (): object => ({
  title: 'A line of an export of a newsroom',
  description: 'Exports are lines of JSON in UTF-8; docs/export.md says in which order they come.',
  ...z.toJSONSchema(LINE, { io: 'input' }),
});
