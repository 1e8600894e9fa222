import { randomUUID } from 'node:crypto';
import { isUuid } from '../base/node-id';
import { pointer } from '../base/pointer';
import { type ChangesetResult, type EditResult, type Outcome, Problem } from '../model/edit';
import type { EntryKind } from '../model/entry';
import type { Newcomer, Reading } from '../rules/fields';
import { derive } from '../rules/derive';
import { KINDS } from '../rules/kinds';
import { REF } from '../rules/markdown';
import type { Run } from '../store/database';
import { type LockedEntry, lockEntries } from '../store/locks';
import type { Newsroom, Scope } from '../store/scope';
import type { Transaction } from '../store/transaction';
import { planCreate, type ReadCreate, readCreate } from './create-entry';
import { PLAIN, type WriteContext } from './plan-content';
import { type FieldEdit, type ReadEdit, readEdit } from './read-edit';
import { planEdit } from './edit-entry';
import { assertMutationId, readRemark, startReading } from './input';
import { assertMay } from './lock';
import { writeOnce } from './once';
import { carryOut, isWrite, newChangeset, type Plan, type PlannedWrite } from './plan';
import { invalid, unchanged } from './result';
import { assertMayEver } from './rights';
import { giveSlug, reserveSlug, type TakenSlugs } from './write-draft';

/** One write of a changeset: a new entry, perhaps under a name by which the others refer to it, or an edit. */
export type ChangesetEdit =
  | { place: string; kind: EntryKind; create: { ref?: string | null; fields: object }; edit?: undefined }
  | { place: string; kind: EntryKind; edit: FieldEdit; create?: undefined };

/** Several writes, all or none. */
export interface ChangesetRequest {
  edits: readonly ChangesetEdit[];
  summary?: string | null;
  publish?: boolean | null;
  hold?: boolean | null;
  clientMutationId?: string | null;
  dryRun?: boolean | null;
}

/** As many entries as one write may hold the position lock for (rules 4.1). */
export const MOST_EDITS = 200;

/** As many references as one write may bring along: what takes the time under the position lock (measured: 250 ms). */
const MOST_LINKS = 4000;

/** A write of a changeset whose shape was read. */
type ReadChange =
  { place: string; create: ReadCreate; fields: object } | { place: string; create: null; edit: ReadEdit };

/**
 * Creates and edits several entries, all or none, as one changeset. What one of them creates the others refer to as `#` and
 * its ref, in references and in wiki links.
 *
 * @throws WikiError UNAUTHENTICATED, FORBIDDEN, IDEMPOTENCY_KEY_REUSED, SERVICE_UNAVAILABLE
 */
export async function applyChangeset(scope: Scope, input: ChangesetRequest): Promise<ChangesetResult> {
  const viewer = assertMayEver(scope, 'CHANGESET');
  if (input.publish) assertMayEver(scope, 'PUBLISH');
  assertMutationId(input.clientMutationId);
  const { newsroom } = scope;
  const own = startReading(newsroom);
  const summary = readRemark(own, 'summary', input.summary);
  const refs = readRefs(input.edits, own);
  checkEdits(input.edits, own);
  // What a changeset of too many edits holds is not looked at: a refusal must not cost more than what is refused.
  const isReadable = input.edits.length <= MOST_EDITS;
  const changes = isReadable ? input.edits.map((edit) => readChange(newsroom, edit, refs)) : [];
  if (own.problems.length > 0 || changes.some((change) => readingOf(change).problems.length > 0))
    return refused(input.edits, changes.map(shapeAnswer), own.problems);
  const work = async ({ run }: Transaction): Promise<ChangesetResult> => {
    const newcomers = [...refs.values(), ...changes.flatMap(({ create }) => create ?? [])];
    const context: WriteContext = {
      ...PLAIN,
      run,
      viewer,
      summary,
      hold: input.hold === true,
      publish: input.publish === true,
      newcomers: newcomers.map(({ entry, kind }) => ({ id: entry, root: entry, kind, state: 'DRAFT' })),
    };
    const plans = await planAll(newsroom, context, changes, refs);
    return carryOutAll(run, input.edits, plans, summary, input.dryRun === true);
  };
  return writeOnce(scope, viewer.user.uuid, { operation: 'apply changeset', input }, work);
}

const readingOf = (change: ReadChange): Reading => (change.create ?? change.edit).reading;

const shapeAnswer = (change: ReadChange): EditResult =>
  readingOf(change).problems.length > 0 ? invalid(null, readingOf(change).problems) : unchanged(null);

/** What the changeset's creates are called in it. */
function readRefs(edits: readonly ChangesetEdit[], reading: Reading): Map<string, Newcomer> {
  const refs = new Map<string, Newcomer>();
  for (const { place, kind, create } of edits) {
    const ref = create?.ref;
    if (typeof ref !== 'string') continue;
    const path = `${place}/ref`;
    if (!REF.test(ref))
      reading.problems.push(
        new Problem('INVALID', 'ref: 1 to 40 letters, digits, hyphens and underscores, without the #.', path),
      );
    else if (refs.has(ref))
      reading.problems.push(new Problem('DUPLICATE', `ref: two creates are called ${ref}.`, path));
    else {
      const entry = randomUUID();
      refs.set(ref, { kind, entry, address: kind === 'CLAIM' ? entry : null });
    }
  }
  return refs;
}

/** What can be wrong with a changeset as such: none, too many, one entry twice. */
function checkEdits(edits: readonly ChangesetEdit[], reading: Reading): void {
  const complain = (code: 'REQUIRED' | 'TOO_MANY' | 'DUPLICATE', message: string, path: string): void => {
    reading.problems.push(new Problem(code, message, path));
  };
  if (edits.length === 0) complain('REQUIRED', 'edits: a changeset needs at least one.', '/edits');
  if (edits.length > MOST_EDITS)
    complain('TOO_MANY', `edits has ${edits.length} items; at most ${MOST_EDITS} are allowed.`, '/edits');
  const seen = new Set<string>();
  for (const { place, edit } of edits) {
    if (edit && seen.has(edit.id)) complain('DUPLICATE', `edits: ${edit.id} is edited twice.`, `${place}/id`);
    if (edit) seen.add(edit.id);
  }
}

function readChange(newsroom: Newsroom, change: ChangesetEdit, refs: ReadonlyMap<string, Newcomer>): ReadChange {
  const { place, kind, create, edit } = change;
  const reading = startReading(newsroom, refs);
  if (edit) return { place, create: null, edit: readEdit(kind, edit, reading) };
  const entry = refs.get(create.ref ?? '')?.entry ?? randomUUID();
  return { place, fields: create.fields, create: readCreate(kind, create.fields, entry, reading) };
}

/** Reads a change again, now that the addresses of what its wiki links name are known. */
function readAgain(newsroom: Newsroom, change: ReadChange, refs: ReadonlyMap<string, Newcomer>): ReadChange {
  const reading = startReading(newsroom, refs);
  if (!change.create) return { ...change, edit: readEdit(change.edit.kind, change.edit.edit, reading) };
  const { kind, entry } = change.create;
  return { ...change, create: readCreate(kind, change.fields, entry, reading) };
}

/**
 * The addresses of what a changeset creates, by entry, so that wiki links can name what is not written yet. Those that are
 * made of a title are chosen here, before the position lock; where one is taken meanwhile the whole write is tried again.
 */
async function giveAddresses(run: Run, changes: readonly ReadChange[]): Promise<Map<string, string>> {
  const addresses = new Map<string, string>();
  const taken: TakenSlugs = new Map();
  for (const change of changes)
    reserveSlug(
      taken,
      change.create ?? { kind: change.edit.kind, entry: change.edit.edit.id, content: change.edit.given },
    );
  for (const change of changes) {
    if (!change.create || !KINDS[change.create.kind].hasSlug) continue;
    const { kind, entry, content } = change.create;
    const { slug } = await giveSlug(run, kind, content, entry, taken);
    taken.set(`${kind}:${String(slug)}`, entry);
    addresses.set(entry, String(slug));
  }
  return addresses;
}

async function planAll(
  newsroom: Newsroom,
  context: WriteContext,
  changes: readonly ReadChange[],
  refs: ReadonlyMap<string, Newcomer>,
): Promise<Plan[]> {
  const { run } = context;
  const ids = changes.flatMap((change) => (change.create ? [] : [change.edit.edit.id]));
  const locked = new Map((await lockEntries(run, ids.filter(isUuid))).map((entry) => [entry.id, entry]));
  const addresses = await giveAddresses(run, changes);
  const addressed = new Map<string, Newcomer>();
  for (const [ref, newcomer] of refs)
    addressed.set(ref, { ...newcomer, address: addresses.get(newcomer.entry) ?? newcomer.address });
  const plans: Plan[] = [];
  for (const earlier of changes) {
    const change = refs.size > 0 ? readAgain(newsroom, earlier, addressed) : earlier;
    if (readingOf(change).problems.length > 0) plans.push(shapeAnswer(change));
    else if (change.create) plans.push(await planNewcomer(context, change.create, addresses));
    else plans.push(await planOne(context, locked.get(change.edit.edit.id), change.edit));
  }
  return plans;
}

function planNewcomer(
  context: WriteContext,
  create: ReadCreate,
  addresses: ReadonlyMap<string, string>,
): Promise<Plan> {
  const slugIsMade = create.content.slug === '';
  const content = slugIsMade ? { ...create.content, slug: addresses.get(create.entry) ?? '' } : create.content;
  return planCreate(context, { ...create, content }, slugIsMade);
}

function planOne(context: WriteContext, entry: LockedEntry | undefined, edit: ReadEdit): Promise<Plan> | Plan {
  if (!entry || entry.kind !== edit.kind)
    return invalid(null, [new Problem('NOT_FOUND', 'id: there is no such entry.', '/id')]);
  assertMay(context.viewer, 'EDIT', entry);
  return planEdit(context, entry, edit);
}

const tooManyLinks = (links: number): Problem =>
  new Problem(
    'TOO_MANY',
    `edits: the entries have ${links} references after it; at most ${MOST_LINKS} are allowed. Send it in parts.`,
    '/edits',
  );

const standsAgainst = (plan: Plan): boolean => !isWrite(plan) && plan.outcome !== 'UNCHANGED';

/** The answer of what could have been written, had nothing stood against the rest. */
const sparedOf = (plan: Plan): EditResult =>
  isWrite(plan) ? unchanged(plan.draft.was ? plan.draft.entry : null) : plan;

/** Carries out all plans, if none of them stands against it. */
export async function carryOutAll(
  run: Run,
  edits: readonly { place: string }[],
  plans: readonly Plan[],
  summary: string | null,
  dryRun: boolean,
): Promise<ChangesetResult> {
  if (plans.some(standsAgainst)) return refused(edits, plans.map(sparedOf), []);
  const writes = plans.filter(isWrite);
  const links = writes.reduce((sum, { draft }) => sum + derive(draft.kind, draft.content).links.length, 0);
  if (links > MOST_LINKS) return refused(edits, plans.map(sparedOf), [tooManyLinks(links)]);
  const changeset = newChangeset(summary);
  const written = writes.length > 0 ? await carryOut(run, writes, { dryRun, changeset }) : [];
  const answers = new Map<Plan, EditResult>(writes.map((write, index) => [write, written[index] as EditResult]));
  const results = plans.map((plan) => answers.get(plan) ?? (plan as EditResult));
  if (written.some((result) => result.outcome === 'INVALID'))
    return refused(
      edits,
      results.map((result) => (result.outcome === 'INVALID' ? result : unchanged(result.entryId))),
      [],
    );
  return {
    outcome: outcomeOf(writes),
    changesetId: dryRun || writes.length === 0 ? null : changeset.id,
    results,
    problems: problemsOf(edits, results),
    isRepeated: false,
  };
}

const outcomeOf = (writes: readonly PlannedWrite[]): Outcome => {
  if (writes.length === 0) return 'UNCHANGED';
  if (writes.some((write) => write.outcome === 'MERGED')) return 'MERGED';
  return writes.every((write) => write.outcome === 'CREATED') ? 'CREATED' : 'SAVED';
};

/** Nothing is written. Edits that nothing stands against answer UNCHANGED. */
const refused = (
  edits: readonly { place: string }[],
  results: readonly EditResult[],
  problems: readonly Problem[],
): ChangesetResult => ({
  outcome:
    results.some((result) => result.outcome === 'CONFLICT') && !hasErrors(results, problems) ? 'CONFLICT' : 'INVALID',
  changesetId: null,
  results,
  problems: [...problems, ...problemsOf(edits, results)],
  isRepeated: false,
});

const hasErrors = (results: readonly EditResult[], problems: readonly Problem[]): boolean =>
  problems.length > 0 || results.some((result) => result.outcome === 'INVALID');

/** The problems of all edits, by their place in the changeset. */
const problemsOf = (edits: readonly { place: string }[], results: readonly EditResult[]): Problem[] =>
  results.flatMap((result, index) =>
    result.problems.map((problem) =>
      Object.assign(new Problem(problem.code, problem.message, placeOf(edits[index], problem.path), problem.entryId), {
        severity: problem.severity,
        check: problem.check,
      }),
    ),
  );

/** Paths of an edit's own begin at its fields, but for those of what stands beside them. */
function placeOf(edit: { place: string } | undefined, path: string | null): string {
  const place = edit?.place ?? '';
  if (path === null) return place;
  if (path === '/publish') return path; // what is asked of the changeset as a whole
  const beside = /^\/(id|baseRevision|against|resolve|revision)(\/|$)/.test(path);
  return beside ? place + path : `${pointer(place, 'fields')}${path}`;
}
