import { LATEST_NOW } from '../model/lens';
import { essentialFields } from '../rules/derive';
import { type Tense, tenseOf } from './tense';

const listOf = (field: string): string => field.slice(0, field.indexOf('.'));
const holding = new Set(essentialFields);
const lists = new Set(essentialFields.map(listOf));

const quoted = (words: Iterable<string>): string => [...words].map((word) => `'${word}'`).join(', ');

/** Whether links of these fields (null: of any) can stand in an item beside the reference for which it is left out. */
export const mayBeLeftOut = (fields: readonly string[] | null): boolean =>
  fields?.some((field) => lists.has(listOf(field)) && !holding.has(field)) ?? true;

const standsAlone = (link: string): string =>
  `(${link}.view = 'LATEST' or ${link}.item = '' or ${link}.field in (${quoted(holding)})
    or split_part(${link}.field, '.', 1) not in (${quoted(lists)}))`;

/** What of a tense tells whether a link is. */
export type LinkTense = Pick<Tense, 'isHeld' | 'isListed' | 'rootOf'>;

const NOW = tenseOf(LATEST_NOW, '', '');

/** That no reference is held without which a link's item is nothing, and which leads to what is not shown. */
const isHeld = (link: string, tense: LinkTense): string => `not exists (
    select from link h where h.from_entry = ${link}.from_entry and h.view = ${link}.view and ${tense.isHeld('h')}
      and h.item = ${link}.item and h.field in (${quoted(holding)})
      and not ${tense.isListed(tense.rootOf('h.to_entry'), 'h.view')})`;

/**
 * That what the view shows of an entry holds a link. An item that is left out for its reference (rules 1.2) takes along what
 * else it refers to: the links of a note beside an event that is not public are not told either.
 */
export const isTold = (link: string, tense: LinkTense = NOW): string =>
  `(${standsAlone(link)} or ${isHeld(link, tense)})`;
