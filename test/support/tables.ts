import type { TestNewsroom } from './newsroom';

const TABLES = [
  'entry',
  'revision',
  'text',
  'change',
  'shown',
  'shown_before',
  'judgement',
  'link',
  'slug',
  'idempotency',
  'changeset',
  'redirect',
  'comment',
  'watch',
  'presence',
];

/** How many rows each table of entries has: for seeing that nothing was written. */
export async function countRows(room: TestNewsroom): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => `(select count(*)::int from "${table}") as "${table}"`);
  const [row] = await room.sql(`select ${counts.join(', ')}`);
  return row;
}

/** Runs what must write nothing, and gives what it answered. */
export async function writingNothing<Answer>(room: TestNewsroom, work: () => Promise<Answer>): Promise<Answer> {
  const before = await countRows(room);
  const answer = await work();
  expect(await countRows(room)).toEqual(before);
  return answer;
}
