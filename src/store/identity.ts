/**
 * Entries are merged into others: one answers for the other from then on, until they part again (rules 4.9). Contents and
 * links keep the ids that they were written with; what they lead to is asked here, in every statement that follows one.
 */
export interface Identity {
  /** The entry that answers for an id; itself, where it was not merged. */
  rootOf(id: string): string;
  /**
   * The same for an id or an address that a reader of a view names. In PUBLISHED one of what was public when it was merged: the
   * others the public never heard of, and is not told what became of them.
   */
  namedBy(id: string, view: string): string;
  /** All ids for which an entry answers, its own among them, as an array; with a view, those that its readers know of. */
  clusterOf(id: string, view?: string): string;
}

/** That the readers of a view are told of a redirect. */
const toldIn = (view: string): string => `(${view} = 'LATEST' or d.state = 'PUBLISHED')`;

const identity = (holds: (redirect: string) => string): Identity => {
  const into = (id: string, condition = 'true'): string =>
    `coalesce((select d.into_entry from redirect d where d.from_entry = ${id} and ${holds('d')} and ${condition}), ${id})`;
  return {
    rootOf: (id) => into(id),
    namedBy: (id, view) => into(id, toldIn(view)),
    clusterOf: (id, view) =>
      `array(select ${id} union all select d.from_entry from redirect d
        where d.into_entry = ${id} and ${holds('d')} and ${view === undefined ? 'true' : toldIn(view)})`,
  };
};

/** Who answers for whom now. */
export const IDENTITY_NOW: Identity = identity((redirect) => `${redirect}.until is null`);

/** Who answered for whom at a position. */
export const identityAt = (position: string): Identity =>
  identity(
    (redirect) => `${redirect}.since <= ${position} and (${redirect}.until is null or ${redirect}.until > ${position})`,
  );

/**
 * All that answers for what a reader of a view names now, and all for which that answers, as rows of `id`: they count as one
 * (rules 4.9).
 */
export const oneWith = (id: string, view: string): string =>
  `(select m.id from (select ${IDENTITY_NOW.namedBy(id, view)} as root) n
    cross join unnest(array_append(${IDENTITY_NOW.clusterOf('n.root', view)}, ${id})) as m (id))`;
