import type { Lens, View } from '../model/lens';
import { type Identity, IDENTITY_NOW, identityAt } from './identity';

/**
 * Where a statement finds what a view shows: for now in the table `shown` and the links that are open, for then in the ledger,
 * the revisions that it names, and links by their moments. The rest of a statement is the same for both; that of now has not a
 * word of then in it.
 */
export interface Tense extends Identity {
  /** The end of statements' names: those of then have a text of their own for each view. */
  readonly suffix: string;
  /** `join` of what the view shows of an entry, with the columns of SHOWN_COLUMNS. */
  joinShown(alias: string, entry: string): string;
  /** `join` of an entry's kind as `s`, and a condition that the view lists it: not of what was deleted. */
  readonly listed: { join(entry: string): string; readonly condition: string };
  /** That an entry is listed in the lens's view, which `view` says once more. Where nothing deleted is shown, that is shown. */
  isListed(entry: string, view: string): string;
  /** Ways in which a link of a listed entry is held, each led to by an index in the order of lists; no link is held in two. */
  readonly held: readonly ((link: string) => string)[];
  /** That a link of a listed entry is held. */
  isHeld(link: string): string;
}

const nowOf = (view: string): Tense => ({
  ...IDENTITY_NOW,
  suffix: '',
  joinShown: (alias, entry) => `join shown ${alias} on ${alias}.entry = ${entry} and ${alias}.view = ${view}`,
  listed: {
    join: (entry) => `join shown s on s.entry = ${entry} and s.view = ${view}`,
    condition: `s.state <> 'DELETED'`,
  },
  isListed: (entry, inView) => `exists (select from shown t where t.entry = ${entry} and t.view = ${inView})`,
  held: [(link) => `${link}.until is null`],
  isHeld: (link) => `${link}.until is null`,
});

/**
 * When what the public saw at the ledger's row `c` came into its sight: with its revision `r`, or where it was out of sight
 * since (deleted and restored), with its return.
 */
const cameIntoSight = (
  c: string,
  r: string,
): string => `case when ${c}.position = ${r}.public_position then ${r}.public_at
    else coalesce((
      select b.at from change b
        where b.entry = ${c}.entry and b.position <= ${c}.position and b.position > (
          select max(x.position) from change x
            where x.entry = ${c}.entry and x.position > ${r}.public_position and x.position < ${c}.position
              and x.state not in ('PUBLISHED', 'MERGED'))
        order by b.position limit 1
    ), ${r}.public_at) end`;

/** The ledger's last row of an entry at or before a position: how it stood then. */
export const standingThen = (entry: string, position: string): string => `(
    select c.entry, c.position, c.at, c.state, c.latest, c.published, c.accepted from change c
      where c.entry = ${entry} and c.position <= ${position} order by c.position desc limit 1)`;

/** When what the public saw of entries at a position came into its sight; those of which it saw nothing are left out. */
export const PUBLIC_SINCE_THEN = `select p.entry, ${cameIntoSight('c', 'r')} as since
  from unnest($1::uuid[]) as p (entry)
  cross join lateral ${standingThen('p.entry', '$2')} c
  join revision r on r.entry = c.entry and r.number = c.published
  where c.state = 'PUBLISHED'`;

/**
 * What a view showed of an entry at a position. PUBLISHED is what was public then and is public now (rules 3.1). A row of now
 * gives what never changes: that it may be seen, its kind, and when it came into the view. Where a revision is out of sight, the
 * nearest below it stands for it; `held_at` is the last position at which it was shown: links of what is out of sight are not told.
 */
function shownThen(view: View, entry: string, position: string): string {
  const isPublished = view === 'PUBLISHED';
  const number = isPublished ? 'c.published' : 'c.latest';
  const shows = (row: string): string =>
    isPublished ? `${row}.published = r.number and ${row}.state = 'PUBLISHED'` : `${row}.latest = r.number`;
  return `(select n.entry, n.kind, r.number as revision, r.format, c.state, n.since, c.accepted, ${number} as newest, r.content,
      ${isPublished ? cameIntoSight('c', 'r') : 'r.at'} as at,
      case when r.number = ${number} then ${position} else (
        select coalesce(min(x.position) - 1, ${position}) from change x
          where x.entry = n.entry and x.position <= ${position} and x.position > (
            select max(y.position) from change y where y.entry = n.entry and y.position <= ${position} and ${shows('y')})
      ) end as held_at
    from shown_ever n
    cross join lateral ${standingThen('n.entry', position)} c
    cross join lateral (
      select r.number, r.format, r.at, r.public_at, r.public_position, r.content from revision r
        where r.entry = n.entry and r.number <= ${number} and r.hidden_at is null
          ${isPublished ? 'and r.public_position is not null' : ''}
        order by r.number desc limit 1) r
    where n.entry = ${entry} and n.view = '${view}' and c.state ${isPublished ? `= 'PUBLISHED'` : `<> 'MERGED'`})`;
}

/** That a link was held at `held_at`, a position of its own entry. */
export const heldAt = (link: string, position: string): string =>
  `${link}.since <= ${position} and (${link}.until is null or ${link}.until > ${position})`;

// Few entries have revisions out of sight: the set is read once a statement.
const hasHidden = (entry: string): string =>
  `${entry} in (select o.entry from revision o where o.hidden_at is not null)`;

/**
 * What `listed_at` says of an entry that has a row in `shown` now, without a call for all but a few of them: of five thousand
 * links, a fifth of the time.
 */
const listedThen = (view: View, entry: string, position: string): string => `(
    select case when ${hasHidden(entry)} then listed_at(${entry}, '${view}', ${position})
        when c.state ${view === 'PUBLISHED' ? `= 'PUBLISHED'` : `not in ('DELETED', 'MERGED')`} then ${position} end as held_at
      from ${standingThen(entry, position)} c offset 0)`;

// Which row of `shown` an entry has now says of then only its kind.
const thenOf = (view: View, position: string): Tense => ({
  ...identityAt(position),
  suffix: `-then-${view}`,
  joinShown: (alias, entry) => `cross join lateral ${shownThen(view, entry, position)} ${alias}`,
  listed: {
    join: (entry) => `join shown_ever s on s.entry = ${entry} and s.view = '${view}'
      cross join lateral ${listedThen(view, entry, position)} v`,
    condition: 'v.held_at is not null',
  },
  isListed: (entry) => `listed_at(${entry}, '${view}', ${position}) is not null`,
  held: [
    (link) => `${link}.until is null and ${link}.since <= ${position} and ${link}.since <= v.held_at`,
    // What ended before may still be held by the revision that stands for one out of sight.
    (link) => `${link}.until is not null and ${link}.since <= ${position} and ${heldAt(link, 'v.held_at')}
      and (${link}.until > ${position} or ${hasHidden(`${link}.from_entry`)})`,
  ],
  isHeld: (link) => heldAt(link, 'v.held_at'),
});

/**
 * The tense of a lens, for a statement whose parameters `view` and `position` are the lens's own; the latter is there for then
 * only, and must be cast where it stands (`$7::bigint`).
 */
export const tenseOf = (lens: Lens, view: string, position: string): Tense =>
  lens.asOf === null ? nowOf(view) : thenOf(lens.view, position);
