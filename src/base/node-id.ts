/** How every id is spelt. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const NODE_TYPES = ['user', 'token', 'changeset', 'correction', 'comment', 'webhook', 'delivery'] as const;

/** Kinds of thing that have ids besides entries. */
export type NodeType = (typeof NODE_TYPES)[number];

/** Whether a string can be an entry's id at all; what cannot is answered like an id that does not exist, without SQL. */
export const isUuid = (id: string): boolean => UUID.test(id);

/** Public id of what is not an entry. Entries are addressed by their bare random UUID, revisions by entry and number. */
export const nodeId = (type: NodeType, uuid: string): string => `${type}:${uuid}`;

/** Public id of a revision. */
export const revisionId = (entry: string, number: number): string => `${entry}:${number}`;

const isNodeType = (word: string): word is NodeType => NODE_TYPES.some((type) => type === word);

/** What a public id addresses. */
export type NodeAddress =
  | { type: 'entry'; uuid: string }
  | { type: 'revision'; uuid: string; number: number }
  | { type: NodeType; uuid: string };

/** Reads a public id; null where no such id can exist. */
export function parseNodeId(id: string): NodeAddress | null {
  if (isUuid(id)) return { type: 'entry', uuid: id };
  const [left = '', right = '', ...rest] = id.split(':');
  if (rest.length > 0) return null;
  if (isUuid(left) && /^[1-9]\d{0,8}$/.test(right)) return { type: 'revision', uuid: left, number: Number(right) };
  return isNodeType(left) && isUuid(right) ? { type: left, uuid: right } : null;
}

/** The UUID in a public id of the given type; null where it is not one. */
export function uuidOf(type: NodeType, id: string): string | null {
  const address = parseNodeId(id);
  return address?.type === type ? address.uuid : null;
}
