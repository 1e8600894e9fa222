import { setImmediate as nextTurn } from 'node:timers/promises';
import { pointer } from '../base/pointer';
import type { Check } from '../model/check';
import type { Claim } from '../model/claim';
import type { Citation } from '../model/citation';
import type { Entry } from '../model/entry';
import { type Facts, findAll, isVerbatim } from '../rules/checks';
import { type Folded, foldText, standsIn } from '../rules/quotes';
import type { Support, WeakLink } from '../store/facts';
import type { Scope } from '../store/scope';

/** Where in its entry a link stands: /cast/{id}/actor, /about. */
const pathOf = ({ field, item }: WeakLink): string => {
  const [list = '', ...rest] = field.split('.');
  return [list, ...(item === '' ? [] : [item]), ...rest].reduce<string>(pointer, '');
};

const factsOf = (support: readonly Support[]): Pick<Facts, 'support' | 'retracted'> => ({
  support: support.reduce((sum, { citations }) => sum + citations, 0),
  retracted: support.flatMap(({ retracted, title, citations }) =>
    retracted === null ? [] : [{ document: retracted, title: title ?? '', citations }],
  ),
});

/** A long text in which quotations are looked for: read and folded once a request, and others have a turn before. */
const loadFolded = (scope: Scope, hash: string): Promise<Folded> =>
  scope.loaders.once(`folded ${hash}`, async () => {
    const text = (await scope.loaders.texts.load(hash)) ?? '';
    scope.spendText(text.length);
    await nextTurn();
    return foldText(text);
  });

/** The document whose kept text does not have a citation's verbatim words. What is not kept is not looked at. */
async function findMisquote(scope: Scope, { content, lens }: Citation): Promise<Facts['misquoted']> {
  if (!isVerbatim(content)) return null;
  const document = await scope.loaders.entries({ view: 'LATEST', asOf: lens.asOf }).load(content.document);
  const hash = document?.content.keptText;
  if (!document || typeof hash !== 'string') return null;
  const isThere = standsIn(content.quote ?? '', await loadFolded(scope, hash));
  return isThere ? null : { document: document.id, title: document.title };
}

/** What the checks find in an entry as editors see it; as of a moment, what they would have found then. */
export async function checksOf(scope: Scope, entry: Entry): Promise<Check[]> {
  const { asOf } = entry.lens;
  const [weak, support, misquoted] = await Promise.all([
    scope.loaders.weakLinks(asOf).load(entry.id),
    entry.kind === 'CLAIM' ? scope.loaders.support(asOf).load(entry.id) : [],
    entry.kind === 'CITATION' ? findMisquote(scope, entry as Citation) : null,
  ]);
  const facts: Facts = {
    kind: entry.kind,
    mood: entry.kind === 'CLAIM' ? (entry as Claim).mood : null,
    ...factsOf(support),
    misquoted,
    brokenLinks: weak.flatMap((link) => (link.wanted === null ? [] : [{ path: pathOf(link), target: link.wanted }])),
    unpublished: weak.flatMap((link) =>
      link.target === null
        ? []
        : [{ path: pathOf(link), field: link.field, entry: link.target, title: link.title ?? '' }],
    ),
  };
  return findAll(facts).map((check) => ({ ...check, asOf }));
}
