import { pointer } from '../base/pointer';
import type { Check } from '../model/check';
import type { Claim } from '../model/claim';
import type { Entry } from '../model/entry';
import { type Facts, findAll } from '../rules/checks';
import type { WeakLink } from '../store/facts';
import type { Scope } from '../store/scope';

/** Where in its entry a link stands: /cast/{id}/actor, /about. */
const pathOf = ({ field, item }: WeakLink): string => {
  const [list = '', ...rest] = field.split('.');
  return [list, ...(item === '' ? [] : [item]), ...rest].reduce<string>(pointer, '');
};

/** What the checks find in an entry as editors see it; as of a moment, what they would have found then. */
export async function checksOf(scope: Scope, entry: Entry): Promise<Check[]> {
  const { asOf } = entry.lens;
  const [weak, support] = await Promise.all([
    scope.loaders.weakLinks(asOf).load(entry.id),
    entry.kind === 'CLAIM' ? scope.loaders.support(asOf).load(entry.id) : 0,
  ]);
  const facts: Facts = {
    kind: entry.kind,
    mood: entry.kind === 'CLAIM' ? (entry as Claim).mood : null,
    support,
    brokenLinks: weak.flatMap((link) => (link.wanted === null ? [] : [{ path: pathOf(link), target: link.wanted }])),
    unpublished: weak.flatMap((link) =>
      link.target === null
        ? []
        : [{ path: pathOf(link), field: link.field, entry: link.target, title: link.title ?? '' }],
    ),
  };
  return findAll(facts).map((check) => ({ ...check, asOf }));
}
