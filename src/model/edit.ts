import { Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { CheckRule, Severity } from './check';
import { Derived } from './derived';
import { type FieldChange, Revision } from './revision';
import { Json } from './scalars';

export const Outcome = words('CREATED', 'SAVED', 'MERGED', 'UNCHANGED', 'CONFLICT', 'INVALID');
export type Outcome = keyof typeof Outcome;
registerEnumType(Outcome, {
  name: 'Outcome',
  description:
    'CREATED and SAVED: written. MERGED: written on top of edits made since baseRevision. UNCHANGED: nothing to write. CONFLICT, INVALID: nothing written.',
});

export const ProblemCode = words(
  'REQUIRED',
  'INVALID',
  'TOO_LONG',
  'TOO_MANY',
  'NOT_FOUND',
  'SLUG_TAKEN',
  'CONFLICT',
  'GONE',
  'CYCLE',
  'DUPLICATE',
  'CHECK',
);
export type ProblemCode = keyof typeof ProblemCode;
registerEnumType(ProblemCode, {
  name: 'ProblemCode',
  description:
    'What is wrong with an input. CHECK: what is wrong, or would be, with what is kept; `check` says which rule.',
});

@ObjectType({ simpleResolvers: true, description: 'What the caller can mend, or should know of.' })
export class Problem {
  @Field(() => Severity)
  severity: Severity;

  @Field(() => ProblemCode)
  code: ProblemCode;

  @Field({ description: 'One sentence for people, with the limit and the value where there is one.' })
  message: string;

  @Field(() => String, { nullable: true, description: "JSON Pointer into the input's fields." })
  path: string | null;

  @Field(() => CheckRule, { nullable: true, description: 'With CHECK: the rule.' })
  check: CheckRule | null;

  /** Id of the entry it speaks of: the holder of a slug. */
  readonly entryId: string | null;

  constructor(code: ProblemCode, message: string, path: string | null, entryId: string | null = null) {
    this.severity = 'ERROR';
    this.code = code;
    this.message = message;
    this.path = path;
    this.check = null;
    this.entryId = entryId;
  }
}

/** What the caller should know of, although it stands in the way of nothing. */
export const warning = (
  code: ProblemCode,
  message: string,
  path: string | null,
  entryId: string | null = null,
  check: CheckRule | null = null,
): Problem => Object.assign(new Problem(code, message, path, entryId), { severity: 'WARNING' as const, check });

export const OnConflict = words('MERGE', 'FAIL');
export type OnConflict = keyof typeof OnConflict;
registerEnumType(OnConflict, {
  name: 'OnConflict',
  description: 'MERGE: put on top of what others did since, where it fits. FAIL: refused even where it would fit.',
});

export const Side = words('MINE', 'THEIRS', 'VALUE');
export type Side = keyof typeof Side;
registerEnumType(Side, {
  name: 'Side',
  description: "How a conflict is settled: by this edit's own value, by the one it met, or by a value of its own.",
});

@ObjectType({ simpleResolvers: true, description: 'A stretch of a text: merged, or the three versions that did not.' })
export class MergePart {
  @Field(() => String, { nullable: true })
  merged: string | null;

  @Field(() => String, { nullable: true })
  base: string | null;

  @Field(() => String, { nullable: true })
  mine: string | null;

  @Field(() => String, { nullable: true })
  theirs: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A field that both sides changed, differently.' })
export class ConflictField {
  @Field({ description: "JSON Pointer into the entry's fields; list items by id: /timeline/{id}/note." })
  path: string;

  @Field(() => Json, { nullable: true, description: 'What the field held in the revision that the edit started from.' })
  base: unknown;

  @Field(() => Json, { nullable: true, description: 'What this edit makes of it.' })
  mine: unknown;

  @Field(() => Json, { nullable: true, description: 'What it holds now.' })
  theirs: unknown;

  @Field(() => Revision, { description: 'The revision that gave it the value it holds now.' })
  theirRevision: Revision;

  @Field(() => [MergePart], {
    nullable: true,
    description: 'For text: what merged, and the places where it did not.',
  })
  parts: MergePart[] | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Nothing was written. Each field that both sides changed differently, with all three values.',
})
export class Conflict {
  @Field(() => Revision, { description: 'The revision that the edit started from.' })
  base: Revision;

  @Field(() => Revision, { description: 'The newest revision, on which the edit did not fit.' })
  latest: Revision;

  @Field(() => [ConflictField])
  fields: ConflictField[];
}

/** What an edit came to, before the API gives it its kind's shape. */
export interface EditResult {
  outcome: Outcome;
  /** Null for a create that wrote nothing. */
  entryId: string | null;
  /** The revision that was written or accepted; null where none was. */
  revisionNumber: number | null;
  /**
   * What it did: `written`, to be read from the revision against its parent; `accepted`, against what was public before;
   * or told here, for what was not written.
   */
  changes: 'written' | 'accepted' | readonly FieldChange[];
  conflict: Conflict | null;
  problems: readonly Problem[];
  /** Entries that were written besides. */
  also?: readonly string[];
  /** True where the answer repeats an earlier one with the same clientMutationId. */
  isRepeated: boolean;
}

/** What parting two entries came to; the result's entry is the one that stands for itself again. */
export interface UnmergeResult extends EditResult {
  /** The entry that it was merged into; null where they were not parted. */
  into: string | null;
  /** Entries that came to refer to one of the two while they were one. */
  linked: readonly string[];
}

/** What a changeset came to: one result an edit, in order. */
export interface ChangesetResult {
  outcome: Outcome;
  /** Null where nothing was written. */
  changesetId: string | null;
  results: readonly EditResult[];
  /** All that is wrong: with the changeset itself, and with its edits by their place in it. */
  problems: readonly Problem[];
  isRepeated: boolean;
}

/** What every edit answers; the entry and the revision are looked up when somebody asks for them. */
@InterfaceType({ description: 'What every edit answers.' })
export abstract class EditPayload {
  @Derived<EditPayload>(() => Outcome, (payload) => payload.result.outcome)
  outcome: Outcome;

  @Derived<EditPayload>(() => Conflict, (payload) => payload.result.conflict, {
    nullable: true,
    description: 'Set where outcome is CONFLICT.',
  })
  conflict: Conflict | null;

  @Derived<EditPayload>(() => [Problem], (payload) => payload.result.problems)
  problems: Problem[];

  constructor(readonly result: EditResult) {}
}
