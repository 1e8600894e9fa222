import type { View } from '../model/lens';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { findFormerAddresses, type Lead, type Leads } from './rebuild-addressed';
import type { History, Span } from './rebuild-history';
import { type Mention, type Source, stepsOf } from './rebuild-sources';
import { addressKey } from './rebuilding';

/** An open row of `link`. */
export interface OpenLink {
  id: string;
  entry: string;
  view: View;
  field: string;
  item: string;
  to: string | null;
  wantedKind: string | null;
  wantedSlug: string | null;
  since: string;
}

type NewLink = Omit<OpenLink, 'id'>;

/** A link that should be. */
type ExpectedLink = Omit<NewLink, 'since'>;

/** What is wrong with the links of one entry. */
export interface LinkDifferences {
  readonly source: Source;
  readonly missing: readonly ExpectedLink[];
  readonly wrong: readonly OpenLink[];
  /** Rows that say the same as an older one. */
  readonly doubles: readonly OpenLink[];
}

/** Links that were not there, links that have ended, and links that never were. */
export interface LinkMending {
  readonly make: NewLink[];
  readonly end: { id: string; until: string }[];
  readonly remove: string[];
}

/** The links of entries that have no end, oldest first. */
export const findOpenLinks = (run: Run, ids: readonly string[]): Promise<OpenLink[]> =>
  run<OpenLink>(
    'rebuild-links',
    `select id::text, from_entry as entry, view, field, item, to_entry as "to", wanted_kind as "wantedKind",
        wanted_slug as "wantedSlug", since::text
      from link where from_entry = any($1::uuid[]) and until is null order by link.since, link.id`,
    [ids],
  );

type LinkKey = Pick<OpenLink, 'view' | 'field' | 'item' | 'to' | 'wantedKind' | 'wantedSlug'>;
const keyOf = ({ view, field, item, to, wantedKind, wantedSlug }: LinkKey): string =>
  [view, field, item, to ?? `${wantedKind}:${wantedSlug}`].join('\n');

function expectedLinks(source: Source, leads: Leads): Map<string, ExpectedLink> {
  const expected = new Map<string, ExpectedLink>();
  for (const { view, mentions } of source.views)
    for (const { field, item, to: named } of mentions) {
      const to = typeof named === 'string' ? named : (leads(named, view)?.entry ?? null);
      const wanted = to === null ? (named as WikiTarget) : null;
      const place = { entry: source.entry, view, field, item };
      const link = { ...place, to, wantedKind: wanted?.kind ?? null, wantedSlug: wanted?.target ?? null };
      expected.set(keyOf(link), link); // once, though a text may name an entry by several of its addresses
    }
  return expected;
}

/** Compares the open links of entries with those that follow from what the views are to show. */
export function compareLinks(sources: readonly Source[], open: readonly OpenLink[], leads: Leads): LinkDifferences[] {
  const byEntry = new Map<string, OpenLink[]>();
  for (const link of open) byEntry.set(link.entry, [...(byEntry.get(link.entry) ?? []), link]);
  return sources.flatMap((source) => {
    const expected = expectedLinks(source, leads);
    const found = new Set<string>();
    const wrong: OpenLink[] = [];
    const doubles: OpenLink[] = [];
    for (const link of byEntry.get(source.entry) ?? []) {
      const key = keyOf(link);
      if (!expected.has(key)) wrong.push(link);
      else if (found.has(key)) doubles.push(link);
      found.add(key);
    }
    const missing = [...expected].flatMap(([key, link]) => (found.has(key) ? [] : [link]));
    return missing.length + wrong.length + doubles.length === 0 ? [] : [{ source, missing, wrong, doubles }];
  });
}

const earlier = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const later = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** What dates are told by. */
interface Past {
  readonly history: History;
  readonly leads: Leads;
  readonly formerAddresses: ReadonlySet<string>;
}

const isMadeBy = (link: ExpectedLink, { field, item, to }: Mention, lead: Lead | null): boolean => {
  if (link.field !== field || link.item !== item) return false;
  if (typeof to === 'string') return link.to === to;
  return link.to === null ? link.wantedKind === to.kind && link.wantedSlug === to.target : link.to === lead?.entry;
};

/**
 * Since when a link holds: since the view has mentioned it without a break, be it by one address or another, but not before
 * the address led there. Where that is not to be found, since the view last changed.
 */
function sinceOf(link: ExpectedLink, source: Source, { history, leads }: Past): bigint {
  const spans = history.flatMap((remembered): Span[] => {
    const { view, mention } = remembered;
    const lead = typeof mention.to === 'string' ? null : leads(mention.to, view);
    if (view !== link.view || !isMadeBy(link, mention, lead)) return [];
    return remembered.spans.map(({ since, until }) => ({ since: lead ? later(since, lead.since) : since, until }));
  });
  const open = spans.filter(({ until }) => until === null);
  if (open.length === 0) return BigInt(stepsOf(link.view, source.ledger).at(-1)?.position ?? 1);
  let begun = open.map(({ since }) => since).reduce(earlier);
  for (const { since, until } of spans.toSorted((one, other) => (one.since < other.since ? 1 : -1)))
    if (since < begun && (until === null || until >= begun)) begun = since;
  return begun;
}

/** Whether a link may once have followed from the mention. */
function mayFollow(link: OpenLink, { to }: Mention, formerAddresses: ReadonlySet<string>): boolean {
  if (typeof to === 'string') return link.to === to;
  if (link.to === null) return link.wantedKind === to.kind && link.wantedSlug === to.target;
  return link.to === to.target || formerAddresses.has(`${addressKey(to.kind, to.target)} ${link.to}`);
}

const holds = ({ since, until }: Span, position: bigint): boolean =>
  since <= position && (until === null || until > position);

/**
 * When a link that holds no longer ended: when the view ceased to mention it, or when the address came to lead elsewhere.
 * Null where it never was true: the end of such a row would be a date for something that never happened.
 */
function untilOf(link: OpenLink, { history, leads, formerAddresses }: Past): bigint | null {
  const since = BigInt(link.since);
  const ends = history.flatMap(({ view, mention, spans }) => {
    if (view !== link.view || mention.field !== link.field || mention.item !== link.item) return [];
    if (!mayFollow(link, mention, formerAddresses)) return [];
    const span = spans.find((one) => holds(one, since));
    if (!span) return [];
    const lead = typeof mention.to === 'string' ? null : leads(mention.to, link.view);
    const moved = lead && lead.entry !== link.to ? lead.since : null;
    if (span.until === null) return moved === null ? [] : [moved];
    return [moved === null ? span.until : earlier(span.until, moved)];
  });
  const until = ends.length === 0 ? null : ends.reduce(later);
  return until !== null && until > since ? until : null;
}

/** What has to be written so that the links are right; `historyOf` is there for those that were looked up beforehand. */
export async function planLinks(
  run: Run,
  differences: readonly LinkDifferences[],
  leads: Leads,
  historyOf: (entry: string) => History,
): Promise<LinkMending> {
  const strange = differences.flatMap(({ wrong }) => wrong.flatMap(({ to }) => (to === null ? [] : [to])));
  const formerAddresses = strange.length > 0 ? await findFormerAddresses(run, strange) : new Set<string>();
  const plan: LinkMending = { make: [], end: [], remove: [] };
  for (const { source, missing, wrong, doubles } of differences) {
    const past = { history: historyOf(source.entry), leads, formerAddresses };
    for (const link of missing) plan.make.push({ ...link, since: String(sinceOf(link, source, past)) });
    for (const link of wrong) {
      const until = untilOf(link, past);
      if (until === null) plan.remove.push(link.id);
      else plan.end.push({ id: link.id, until: String(until) });
    }
    plan.remove.push(...doubles.map(({ id }) => id));
  }
  return plan;
}

/** Writes a plan. The entries must be held, and the position lock. */
export async function mendLinks(run: Run, { make, end, remove }: LinkMending): Promise<void> {
  if (remove.length > 0) await run('rebuild-link-remove', 'delete from link where id = any($1::bigint[])', [remove]);
  if (end.length > 0)
    await run(
      'rebuild-link-end',
      `update link l set until = n.until from json_to_recordset($1::json) as n (id bigint, until bigint)
        where l.id = any($2::bigint[]) and l.id = n.id`,
      [JSON.stringify(end), end.map(({ id }) => id)],
    );
  if (make.length > 0)
    await run(
      'rebuild-link-make',
      `insert into link (from_entry, field, item, to_entry, wanted_kind, wanted_slug, view, since)
        select n.entry, n.field, n.item, n.to, n."wantedKind", n."wantedSlug", n.view, n.since
          from json_to_recordset($1::json) as n (
            entry uuid, field text, item text, "to" uuid, "wantedKind" text, "wantedSlug" text, view text, since bigint)
          order by n.since, n.entry`,
      [JSON.stringify(make)],
    );
}
