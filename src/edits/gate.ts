import { pointer } from '../base/pointer';
import { Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { referencesOf } from '../rules/contents';
import { findUnsourced, isRequiredReference, isSupport } from '../rules/checks';
import { findSeen, findSupport, type Seen } from '../store/facts';
import type { Run } from '../store/database';

/** An entry that is about to be public with a content. */
export interface Becoming {
  entry: string;
  kind: EntryKind;
  content: Content;
  /** What the public sees of it now, or is to see when its embargo ends; null for nothing. */
  before: Content | null;
  /** Not before then; null is now. */
  from: Date | null;
}

/**
 * Checks that are ERRORs, which hold a publication back (rules 2.5): what is about to be public must not be without what it
 * cannot be understood without, and no allegation without somebody who says so. As the public would see it when it is
 * public: with all that is published in the same write, and with what is under an embargo that ends no later. What is wrong
 * already with what is public, or is to be, holds nothing back.
 *
 * @returns problems by entry; entries without any are left out.
 */
export async function findErrors(run: Run, becoming: readonly Becoming[]): Promise<ReadonlyMap<string, Problem[]>> {
  const judged = becoming.filter(({ kind }) => kind === 'CLAIM' || kind === 'CITATION' || kind === 'ACTOR');
  const errors = new Map<string, Problem[]>();
  if (judged.length === 0) return errors;
  const known = await gather(run, becoming, judged);
  for (const one of judged) {
    const old = new Set(one.before ? errorsOf({ ...one, content: one.before }, known).map(keyOf) : []);
    const added = errorsOf(one, known).filter((problem) => !old.has(keyOf(problem)));
    if (added.length > 0) errors.set(one.entry, added);
  }
  return errors;
}

const keyOf = ({ check, path }: Problem): string => `${check} ${path}`;

/** What the public sees at the moment at which something becomes public. */
interface Known {
  isPublic(entry: string, when: Date | null): boolean;
  support(claim: string, when: Date | null): number;
}

const requiredTargets = ({ kind, content }: Pick<Becoming, 'kind' | 'content'>) =>
  [...referencesOf(kind, content)].filter(({ field }) => isRequiredReference(kind, field));

/** Whether what is public from one moment on is so at another; null is now. */
const isBy = (from: Date | null, when: Date | null): boolean => from === null || (when !== null && from <= when);

/** What the public sees of all that matters here, and will see of it with this write. */
async function gather(run: Run, becoming: readonly Becoming[], judged: readonly Becoming[]): Promise<Known> {
  const contents = judged.flatMap((one) => [one, ...(one.before ? [{ ...one, content: one.before }] : [])]);
  const targets = [...new Set(contents.flatMap((one) => requiredTargets(one).map(({ to }) => to)))];
  const claims = judged.filter(({ kind }) => kind === 'CLAIM').map(({ entry }) => entry);
  const here = becoming.map(({ entry }) => entry);
  const seen: Seen[] = [...becoming, ...(targets.length > 0 ? await findSeen(run, targets) : [])];
  const support: Seen[] = claims.length > 0 ? await findSupport(run, claims, here) : [];
  for (const { kind, content, from } of becoming)
    if (kind === 'CITATION' && isSupport(String(content.stance))) support.push({ entry: String(content.about), from });
  return {
    isPublic: (entry, when) => seen.some((one) => one.entry === entry && isBy(one.from, when)),
    support: (claim, when) => support.filter((one) => one.entry === claim && isBy(one.from, when)).length,
  };
}

const problem = (check: NonNullable<Problem['check']>, message: string, path: string | null, entry: string | null) =>
  Object.assign(new Problem('CHECK', message, path, entry), { check });

function errorsOf({ entry, kind, content, from }: Becoming, known: Known): Problem[] {
  const unsourced = findUnsourced({
    kind,
    mood: (content.mood ?? null) as never,
    support: known.support(entry, from),
  })
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ rule, message }) =>
      problem(rule, `${message} Publish it with its citations: references does that.`, null, null),
    );
  const hidden = requiredTargets({ kind, content })
    .filter(({ to }) => !known.isPublic(to, from))
    .map(({ to, path, field }) =>
      problem(
        'UNPUBLISHED_REFERENCE',
        `${field}: what it refers to is not public; publish it first, or with it.`,
        path,
        to,
      ),
    );
  const unexplained =
    kind === 'ACTOR' && content.actorType === 'ANONYMOUS' && !(content.anonymity as { reason?: string } | null)?.reason
      ? [
          problem(
            'ANONYMOUS_WITHOUT_REASON',
            'Why is this source not named? Readers are owed the reason.',
            pointer(pointer('', 'anonymity'), 'reason'),
            null,
          ),
        ]
      : [];
  return [...unsourced, ...hidden, ...unexplained];
}
