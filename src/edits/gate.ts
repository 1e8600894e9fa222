import { pointer } from '../base/pointer';
import type { Check } from '../model/check';
import { Problem } from '../model/edit';
import { referencesOf } from '../rules/contents';
import { findMisquoted, findRetracted, findUnsourced, isRequiredReference, isSupport } from '../rules/checks';
import { findRetractions, findSeen, findSupport, type Seen, type Supporter } from '../store/facts';
import type { Run } from '../store/database';
import { findRoots } from '../store/redirects';
import { findSources, type FoundQuotes, isQuoting, misquotedIn, type Replacing, type Sources } from './quotes';

/** An entry that is about to be public with a content; `before` is what the public sees, or is to see when its embargo ends. */
export interface Becoming extends Replacing {
  /** Not before then; null is now. */
  from: Date | null;
}

/**
 * Checks that are ERRORs, which hold a publication back (rules 2.5): what is about to be public must not be without what it
 * cannot be understood without, no allegation without somebody who says so, no claim on the word of retracted documents
 * alone, and no words in quotation marks that their document does not have. As the public would see it when it is public:
 * with all that is published in the same write, and with what is under an embargo that ends no later. What is wrong already
 * with what is public, or is to be, holds nothing back.
 *
 * @param found what `searchQuotes` found of the same entries, before the position lock.
 * @returns problems by entry; entries without any are left out.
 */
export async function findErrors(
  run: Run,
  becoming: readonly Becoming[],
  found: FoundQuotes,
): Promise<ReadonlyMap<string, Problem[]>> {
  const judged = becoming.filter(({ kind }) => kind === 'CLAIM' || kind === 'CITATION' || kind === 'ACTOR');
  const errors = new Map<string, Problem[]>();
  if (judged.length === 0) return errors;
  const known = await gather(run, becoming, judged);
  for (const one of judged) {
    const old = new Set(one.before ? errorsOf({ ...one, content: one.before }, known).map(keyOf) : []);
    const added = errorsOf(one, known).filter((problem) => !old.has(keyOf(problem)));
    const all = [...added, ...misquotesOf(one, known.sources, found)];
    if (all.length > 0) errors.set(one.entry, all);
  }
  return errors;
}

/** By what an error is known again: the rule, and where in the entry. */
export const keyOf = ({ check, path }: Problem): string => `${check} ${path ?? ''}`;

/** What the public sees at the moment at which something becomes public. Any id of an entry will do. */
interface Known {
  isPublic(entry: string, when: Date | null): boolean;
  support(claim: string, when: Date | null): Parameters<typeof findRetracted>[0];
  sources: Sources;
}

const requiredTargets = ({ kind, content }: Pick<Becoming, 'kind' | 'content'>) =>
  [...referencesOf(kind, content)].filter(({ field }) => isRequiredReference(kind, field));

/** Whether what is public from one moment on is so at another; null is now. */
const isBy = (from: Date | null, when: Date | null): boolean => from === null || (when !== null && from <= when);

/** What the public sees of all that matters here, and will see of it with this write. */
async function gather(run: Run, becoming: readonly Becoming[], judged: readonly Becoming[]): Promise<Known> {
  const contents = judged.flatMap((one) => [one, ...(one.before ? [{ ...one, content: one.before }] : [])]);
  const targets = [...new Set(contents.flatMap((one) => requiredTargets(one).map(({ to }) => to)))];
  const rootOf = targets.length > 0 ? await findRoots(run, targets) : String;
  const here = new Map(becoming.map((one) => [one.entry, one]));
  const others = [...new Set(targets.map(rootOf))].filter((id) => !here.has(id));
  const seen: Seen[] = [...becoming, ...(others.length > 0 ? await findSeen(run, others) : [])];
  const support = await gatherSupport(run, becoming, rootOf);
  return {
    isPublic: (entry, when) => seen.some((one) => one.entry === rootOf(entry) && isBy(one.from, when)),
    support,
    sources: await findSources(run, becoming),
  };
}

/** Who supports the claims of a write, and which of the documents were retracted, as the public will see it. */
async function gatherSupport(
  run: Run,
  becoming: readonly Becoming[],
  rootOf: (id: string) => string,
): Promise<Known['support']> {
  const claims = becoming.filter(({ kind }) => kind === 'CLAIM').map(({ entry }) => entry);
  const here = new Map(becoming.map((one) => [one.entry, one]));
  const kept = claims.length > 0 ? await findSupport(run, claims, [...here.keys()]) : [];
  const support: Supporter[] = becoming.flatMap(({ kind, content, from }) =>
    kind === 'CITATION' && isSupport(String(content.stance))
      ? [{ entry: rootOf(String(content.about)), from, document: rootOf(String(content.document)) }]
      : [],
  );
  support.push(...kept);
  const documents = [...new Set(support.map(({ document }) => document))].filter((id) => !here.has(id));
  const retractions = claims.length > 0 && documents.length > 0 ? await findRetractions(run, documents) : [];
  for (const { entry, kind, content, from } of becoming)
    if (kind === 'DOCUMENT' && content.status === 'RETRACTED')
      retractions.push({ entry, from, title: String(content.title) });
  return (claim, when) => {
    const supporters = support.filter((one) => one.entry === claim && isBy(one.from, when));
    const retracted = retractions
      .filter(({ from }) => isBy(from, when))
      .map(({ entry: document, title }) => ({
        document,
        title,
        citations: supporters.filter((one) => one.document === document).length,
      }))
      .filter(({ citations }) => citations > 0);
    return { support: supporters.length, retracted };
  };
}

const problem = (check: NonNullable<Problem['check']>, message: string, path: string | null, entry: string | null) =>
  Object.assign(new Problem('CHECK', message, path, entry), { check });

const asProblem = ({ rule, message, path, entryId }: Check): Problem => problem(rule, message, path, entryId);

function misquotesOf(one: Becoming, sources: Sources, found: FoundQuotes): Problem[] {
  const kept = isQuoting(one) ? misquotedIn(sources, found, one.content) : null;
  return findMisquoted({ misquoted: kept && { document: kept.entry, title: kept.title } }).map(asProblem);
}

function errorsOf({ entry, kind, content, from }: Becoming, known: Known): Problem[] {
  const support = known.support(entry, from);
  const unsourced = findUnsourced({ kind, mood: (content.mood ?? null) as never, support: support.support })
    .filter(({ severity }) => severity === 'ERROR')
    .map((check) =>
      asProblem({ ...check, message: `${check.message} Publish it with its citations: references does that.` }),
    );
  const retracted = findRetracted(support)
    .filter(({ severity }) => severity === 'ERROR')
    .map(asProblem);
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
  return [...unsourced, ...retracted, ...hidden, ...unexplained];
}
