import { isUuid } from '../base/node-id';
import type { EntryState } from '../model/entry';
import type { View } from '../model/lens';
import { fold } from '../rules/titles';
import { IDENTITY_NOW } from './identity';
import { isTold, mayBeLeftOut } from './links';

const { namedBy, clusterOf } = IDENTITY_NOW;

/** How a text is compared; without regard to case, marks and width, as people search. */
export interface StringFilter {
  eq?: string | null;
  in?: string[] | null;
  contains?: string | null;
  startsWith?: string | null;
}

/** From an instant, inclusive, to another, exclusive. */
export interface DateTimeFilter {
  from?: Date | null;
  before?: Date | null;
}

/** For dates that can mean a span: it may overlap the given one, or must lie within it. */
export interface FuzzyDateFilter {
  overlaps?: DateTimeFilter | null;
  within?: DateTimeFilter | null;
}

/** What filters of every kind have; fields add up, `or` and `not` are there for the rest. */
export interface EntryFilter {
  and?: EntryFilter[] | null;
  or?: EntryFilter[] | null;
  not?: EntryFilter | null;
  state?: EntryState | null;
  updatedAt?: DateTimeFilter | null;
  [field: string]: unknown;
}

/** The values of a statement, each under its number. */
export class Parameters {
  readonly values: unknown[] = [];

  constructor(
    readonly view: View,
    /** Whether the list is for somebody of the newsroom; some conditions hold for nothing else. */
    readonly newsroom: boolean,
  ) {
    this.values.push(view); // $1, in every condition that looks at what the view shows
  }

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Turns the value of one field of a filter into a condition on `shown s`. */
export type Condition = (value: never, parameters: Parameters) => string;

const NO_CONDITION = 'true';
const allOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? NO_CONDITION : conditions.join(' and ');

/** What no stored text holds cannot be found, and Postgres would not even take it. */
export const isStorable = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

const LIKE_SIGNS = /[\\%_]/g;
const likeText = (text: string): string => fold(text).replace(LIKE_SIGNS, '\\$&');

/** Conditions on a text whose folded form is what `expression` gives. */
export const onText =
  (expression: string) =>
  (filter: StringFilter, parameters: Parameters): string => {
    const given = [filter.eq, filter.contains, filter.startsWith];
    if (!given.every((text) => typeof text !== 'string' || isStorable(text))) return 'false';
    const conditions = [];
    if (typeof filter.eq === 'string') conditions.push(`${expression} = ${parameters.add(fold(filter.eq))}`);
    if (filter.in)
      conditions.push(`${expression} = any(${parameters.add(filter.in.filter(isStorable).map(fold))}::text[])`);
    if (typeof filter.contains === 'string')
      conditions.push(`${expression} like ${parameters.add(`%${likeText(filter.contains)}%`)}`);
    if (typeof filter.startsWith === 'string')
      conditions.push(`${expression} like ${parameters.add(`${likeText(filter.startsWith)}%`)}`);
    return allOf(conditions);
  };

/** Conditions on any of the folded texts that stand under a key of the facets. */
export const onTexts =
  (key: string) =>
  (filter: StringFilter, parameters: Parameters): string => {
    const condition = onText('t.value')(filter, parameters);
    if (condition === NO_CONDITION) return condition;
    return `exists (select from jsonb_array_elements_text(s.facets -> '${key}') t where ${condition})`;
  };

/** Equality of a facet, which an index on the facets serves. */
export const onFacet =
  (key: string) =>
  (value: unknown, parameters: Parameters): string =>
    `s.facets @> ${parameters.add(JSON.stringify({ [key]: value }))}::jsonb`;

export const onInstant =
  (expression: string) =>
  ({ from, before }: DateTimeFilter, parameters: Parameters): string =>
    allOf([
      ...(from ? [`${expression} >= ${parameters.add(from)}`] : []),
      ...(before ? [`${expression} < ${parameters.add(before)}`] : []),
    ]);

/** A span that ends before it begins has no instant in it; Postgres refuses to make one. */
const isEmpty = ({ from, before }: DateTimeFilter): boolean => !!from && !!before && from >= before;

/** An unknown end of a date is open; a date of which neither end is known meets nothing. */
export const onSpan = ({ overlaps, within }: FuzzyDateFilter, parameters: Parameters): string => {
  if ((overlaps && isEmpty(overlaps)) || (within && isEmpty(within))) return 'false';
  const span = (filter: DateTimeFilter): string =>
    `tstzrange(${parameters.add(filter.from ?? null)}::timestamptz, ${parameters.add(filter.before ?? null)}::timestamptz)`;
  const isDated = 'coalesce(s.earliest, s.latest) is not null';
  return allOf([
    ...(overlaps ? [isDated, `tstzrange(s.earliest, s.latest) && ${span(overlaps)}`] : []),
    ...(within ? [isDated, `tstzrange(s.earliest, s.latest) <@ ${span(within)}`] : []),
  ]);
};

const isShown = (id: string): string => `exists (select from shown t where t.entry = ${id} and t.view = $1)`;
const isListed = (id: string): string =>
  `exists (select from shown t where t.entry = ${id} and t.view = $1 and t.state <> 'DELETED')`;

const told = (fields: readonly string[]): string => (mayBeLeftOut(fields) ? ` and ${isTold('l')}` : '');

/**
 * That the entry refers to another by one of these fields. What the view does not show is referred to by nobody: else a
 * filter would tell of it.
 */
export const onReference =
  (...fields: string[]) =>
  (id: string, parameters: Parameters): string => {
    if (!isUuid(id)) return 'false';
    const target = namedBy(`${parameters.add(id)}::uuid`, '$1');
    const names = parameters.add(fields);
    return `(${isShown(target)} and exists (select from link l where l.from_entry = s.entry and l.view = $1
      and l.to_entry = any(${clusterOf(target)}) and l.field = any(${names}::text[]) and l.until is null${told(fields)}))`;
  };

/** That another entry refers to this one by one of these fields. */
export const onReferrer =
  (...fields: string[]) =>
  (id: string, parameters: Parameters): string => {
    if (!isUuid(id)) return 'false';
    const referrer = namedBy(`${parameters.add(id)}::uuid`, '$1');
    const names = parameters.add(fields);
    return `(${isListed(referrer)} and exists (select from link l where l.from_entry = ${referrer} and l.view = $1
      and l.to_entry = any(${clusterOf('s.entry')}) and l.field = any(${names}::text[]) and l.until is null${told(fields)}))`;
  };

const COMMON: Readonly<Record<string, Condition>> = {
  state: ((state: EntryState, parameters: Parameters) => `s.state = ${parameters.add(state)}`) as Condition,
  updatedAt: onInstant('s.at') as Condition,
};

/** A filter as a condition on `shown s`. `and: []` holds for all, `or: []` for none; what is null is not asked for. */
export function compileFilter(
  filter: EntryFilter,
  conditions: Readonly<Record<string, Condition>>,
  parameters: Parameters,
): string {
  const nested = (inner: EntryFilter): string => `(${compileFilter(inner, conditions, parameters)})`;
  return allOf(
    Object.entries(filter).flatMap(([field, value]) => {
      if (value === null || value === undefined) return [];
      if (field === 'and') return (value as EntryFilter[]).map(nested);
      if (field === 'or') return [`(${(value as EntryFilter[]).map(nested).join(' or ') || 'false'})`];
      if (field === 'not') return [`${nested(value as EntryFilter)} is not true`];
      const condition = conditions[field] ?? COMMON[field];
      return condition ? [`(${condition(value as never, parameters)})`] : [];
    }),
  );
}

/** Whether a filter asks for what was deleted; lists leave it out otherwise (rules 1.6). `not` asks for nothing. */
export const asksForDeleted = (filter: EntryFilter): boolean =>
  filter.state === 'DELETED' || [...(filter.and ?? []), ...(filter.or ?? [])].some(asksForDeleted);

/** How many filters a filter is made of, itself included. */
export const countFilters = (filter: EntryFilter): number =>
  [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not ? [filter.not] : [])].reduce(
    (count, inner) => count + countFilters(inner),
    1,
  );
