import { pointer } from '../base/pointer';
import { Problem } from '../model/edit';
import type { Content, EntryKind } from '../model/entry';
import { referencesOf } from '../rules/contents';
import { findUnsourced, isRequiredReference, isSupport } from '../rules/checks';
import { countPublicSupport, findPublic } from '../store/facts';
import type { Run } from '../store/database';

/** An entry that is about to be public with a content. */
export interface Becoming {
  entry: string;
  kind: EntryKind;
  content: Content;
  /** What the public sees of it now; null for nothing. */
  before: Content | null;
}

/**
 * Checks that are ERRORs, which hold a publication back (rules 2.5): what is about to be public must not be without what it
 * cannot be understood without, and no allegation without somebody who says so. As the public would see it, with all that
 * is published in the same write. What is wrong already with what is public holds nothing back.
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

interface Known {
  public: ReadonlySet<string>;
  support: ReadonlyMap<string, number>;
}

const requiredTargets = ({ kind, content }: Pick<Becoming, 'kind' | 'content'>) =>
  [...referencesOf(kind, content)].filter(({ field }) => isRequiredReference(kind, field));

/** What the public sees of all that matters here, and will see of it with this write. */
async function gather(run: Run, becoming: readonly Becoming[], judged: readonly Becoming[]): Promise<Known> {
  const contents = judged.flatMap((one) => [one, ...(one.before ? [{ ...one, content: one.before }] : [])]);
  const targets = [...new Set(contents.flatMap((one) => requiredTargets(one).map(({ to }) => to)))];
  const claims = judged.filter(({ kind }) => kind === 'CLAIM').map(({ entry }) => entry);
  const here = becoming.map(({ entry }) => entry);
  const seen = targets.length > 0 ? await findPublic(run, targets) : [];
  const counts = claims.length > 0 ? await countPublicSupport(run, claims, here) : [];
  const support = new Map(counts.map(({ entry, count }) => [entry, count]));
  for (const { kind, content } of becoming)
    if (kind === 'CITATION' && isSupport(String(content.stance)))
      support.set(String(content.about), (support.get(String(content.about)) ?? 0) + 1);
  return { public: new Set([...seen, ...here]), support };
}

const problem = (check: NonNullable<Problem['check']>, message: string, path: string | null, entry: string | null) =>
  Object.assign(new Problem('CHECK', message, path, entry), { check });

function errorsOf({ entry, kind, content }: Becoming, known: Known): Problem[] {
  const unsourced = findUnsourced({
    kind,
    mood: (content.mood ?? null) as never,
    support: known.support.get(entry) ?? 0,
  })
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ rule, message }) =>
      problem(rule, `${message} Publish it with its citations: references does that.`, null, null),
    );
  const hidden = requiredTargets({ kind, content })
    .filter(({ to }) => !known.public.has(to))
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
