import { sha256 } from '../base/hash';
import type { CursorKey } from '../base/list-cursor';
import type { EntryKind } from '../model/entry';
import type { View } from '../model/lens';
import type { Run } from './database';
import { SHOWN_COLUMNS, type ShownRow } from './entries';
import { asksForDeleted, compileFilter, type Condition, type EntryFilter, Parameters } from './filters';
import { LIST_CONDITIONS } from './list-conditions';
import type { PageRequest } from './pages';

/** The orders of lists, each with a direction: what a list is sorted by, from most to least significant. */
const ORDERS = {
  UPDATED: { keys: ['s.at'], types: ['timestamptz'] },
  CREATED: { keys: ['s.since'], types: ['timestamptz'] },
  TITLE: { keys: ['s.sort_title collate "C"'], types: ['text'] },
  // Undated entries come last both ways.
  WHEN_ASC: {
    keys: [`coalesce(s.earliest, s.latest, 'infinity')`, `coalesce(s.latest, 'infinity')`],
    types: ['timestamptz', 'timestamptz'],
  },
  WHEN_DESC: {
    keys: [`coalesce(s.earliest, s.latest, '-infinity')`, `coalesce(s.latest, '-infinity')`],
    types: ['timestamptz', 'timestamptz'],
  },
} as const;

export type ListOrder =
  | 'UPDATED_DESC'
  | 'UPDATED_ASC'
  | 'CREATED_DESC'
  | 'CREATED_ASC'
  | 'TITLE_ASC'
  | 'TITLE_DESC'
  | 'WHEN_ASC'
  | 'WHEN_DESC';

/** A list: which entries, in which order, as which view shows them. */
export interface ListRequest {
  readonly kind: EntryKind;
  readonly view: View;
  readonly filter: EntryFilter;
  readonly order: ListOrder;
  /** Whether it is for somebody of the newsroom. */
  readonly newsroom: boolean;
}

/** An entry of a list, with what the list is sorted by as text, exactly as the database compares it. */
export type ListRow = ShownRow & { keys: string[] };

export const listKey = (row: ListRow): CursorKey => [...row.keys, row.id];

/** What the cursors of a list are bound to. */
export const nameOfList = ({ kind, view, filter, order }: ListRequest): string =>
  `list ${kind} ${view} ${order} ${JSON.stringify(filter)}`;

const orderOf = (order: ListOrder) => {
  const [name, direction] = order.split('_') as [string, 'ASC' | 'DESC'];
  const keys = ORDERS[(name === 'WHEN' ? order : name) as keyof typeof ORDERS];
  return { ...keys, descending: direction === 'DESC' };
};

function whereOf({ kind, filter }: ListRequest, parameters: Parameters): string {
  const conditions = LIST_CONDITIONS[kind] as Readonly<Record<string, Condition>>;
  return [
    's.view = $1',
    `s.kind = ${parameters.add(kind)}`,
    ...(asksForDeleted(filter) ? [] : [`s.state <> 'DELETED'`]),
    compileFilter(filter, conditions, parameters),
  ].join(' and ');
}

/** A page of a list, by keyset: however deep, it costs what the first one costs. */
export function findList(run: Run, request: ListRequest, page: PageRequest): Promise<ListRow[]> {
  const parameters = new Parameters(request.view, request.newsroom);
  const { keys, types, descending } = orderOf(request.order);
  const conditions = [whereOf(request, parameters)];
  const row = `(${[...keys, 's.entry'].join(', ')})`;
  const bound = (key: CursorKey): string =>
    `(${key.map((value, index) => `${parameters.add(value)}::${types[index] ?? 'uuid'}`).join(', ')})`;
  if (page.after) conditions.push(`${row} ${descending ? '<' : '>'} ${bound(page.after)}`);
  if (page.before) conditions.push(`${row} ${descending ? '>' : '<'} ${bound(page.before)}`);
  const direction = descending === page.fromEnd ? 'asc' : 'desc';
  const text = `select ${SHOWN_COLUMNS}, array[${keys.map((key) => `(${key})::text`).join(', ')}] as keys
    from shown s
    where ${conditions.join(' and ')}
    order by ${[...keys, 's.entry'].map((key) => `${key} ${direction}`).join(', ')}
    limit ${parameters.add(page.limit + 1)}`;
  return run<ListRow>(nameOf(text, request.filter), text, parameters.values);
}

/** How many entries a list has. */
export async function countList(run: Run, request: ListRequest): Promise<number> {
  const parameters = new Parameters(request.view, request.newsroom);
  const text = `select count(*)::int as count from shown s where ${whereOf(request, parameters)}`;
  const rows = await run<{ count: number }>(nameOf(text, request.filter), text, parameters.values);
  return rows[0]?.count ?? 0;
}

/**
 * Lists without a filter keep their plan under a name. Filters come in more shapes than a connection could ever remember, so
 * a list with one is planned anew.
 */
const nameOf = (text: string, filter: EntryFilter): string =>
  Object.keys(filter).length === 0 ? `list-${sha256(text).slice(0, 40)}` : '';
