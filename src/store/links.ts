import { essentialFields } from '../rules/derive';

const quoted = (words: Iterable<string>): string => [...words].map((word) => `'${word}'`).join(', ');

const HOLDING = quoted(new Set(essentialFields));
const LISTS = quoted(new Set(essentialFields.map((field) => field.slice(0, field.indexOf('.')))));

/**
 * That what the view shows of an entry holds a link. An item that is left out for its reference (rules 1.2) takes along
 * what else it refers to: the links of a note beside an event that is not public are not told either.
 */
export const isTold = (
  link: string,
): string => `(${link}.view = 'LATEST' or ${link}.item = '' or ${link}.field in (${HOLDING})
    or split_part(${link}.field, '.', 1) not in (${LISTS}) or not exists (
      select from link h where h.from_entry = ${link}.from_entry and h.view = ${link}.view and h.until is null
        and h.item = ${link}.item and h.field in (${HOLDING})
        and not exists (select from shown t where t.entry = h.to_entry and t.view = h.view)))`;
