import { badInput } from '../base/errors';
import type { CursorKey, ListCursors } from '../base/list-cursor';
import type { Page } from '../model/page';

/** The arguments of a Relay connection. */
export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

export interface PageLimits {
  readonly pageDefault: number;
  readonly pageMax: number;
  /** Entries that one request may reach, lists within lists included. */
  readonly queryItems: number;
  /** Characters that one request may have rendered or compared word by word. */
  readonly queryText: number;
}

/** A page as a statement needs it: between two keys, so many, from which end. */
export interface PageRequest {
  readonly list: string;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly after: CursorKey | null;
  readonly before: CursorKey | null;
}

/** A page's size as a caller gave it: null where they gave none.
 *
 * @throws WikiError BAD_USER_INPUT naming the argument, the limit and the value.
 */
export function readSize(name: string, size: number | null | undefined, max: number): number | null {
  if (size === null || size === undefined) return null;
  if (size < 0) throw badInput(name, `must not be negative; it is ${size}.`);
  if (size > max) throw badInput(name, `at most ${max} items can be asked for at once; it is ${size}.`);
  return size;
}

/** How many a list without pages is asked for. @throws WikiError BAD_USER_INPUT naming the argument, the limit and the value. */
export const readFirst = (first: number | null | undefined, limits: PageLimits): number =>
  readSize('first', first, limits.pageMax) ?? limits.pageDefault;

/**
 * Reads the arguments of a connection: `first` (the default size without either) or `last`, never both.
 *
 * @param list what the cursors are bound to: the list with its filter, order and view.
 * @throws WikiError BAD_USER_INPUT naming the argument, the limit and the value.
 */
export function readPageRequest(
  list: string,
  args: PageArguments,
  limits: PageLimits,
  cursors: ListCursors,
): PageRequest {
  const first = readSize('first', args.first, limits.pageMax);
  const last = readSize('last', args.last, limits.pageMax);
  if (first !== null && last !== null) throw badInput('first', 'give first or last, not both.');
  return {
    list,
    limit: first ?? last ?? limits.pageDefault,
    fromEnd: last !== null,
    after: typeof args.after === 'string' ? cursors.open(list, args.after, 'after') : null,
    before: typeof args.before === 'string' ? cursors.open(list, args.before, 'before') : null,
  };
}

/**
 * Makes a page of the rows that a statement found: one more than asked for tells that there are more. Rows come in the
 * direction of the request, from the end where it asks for the last ones. As in Relay's reference, only the direction in
 * which one pages is told of.
 */
export function makePage<Row, Node>(
  rows: readonly Row[],
  request: PageRequest,
  keyOf: (row: Row) => CursorKey,
  nodeOf: (row: Row) => Node,
  cursors: ListCursors,
  total: () => Promise<number>,
): Page<Node> {
  const hasMore = rows.length > request.limit;
  const kept = hasMore ? rows.slice(0, request.limit) : [...rows];
  if (request.fromEnd) kept.reverse();
  return {
    nodes: kept.map(nodeOf),
    hasNextPage: hasMore && !request.fromEnd,
    hasPreviousPage: hasMore && request.fromEnd,
    cursorAt: (index) => cursors.seal(request.list, keyOf(kept[index] as Row)),
    total,
  };
}
