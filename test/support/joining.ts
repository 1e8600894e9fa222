import type { UserRole } from '../../src/model/user';
import { type Desk, openDesk } from './desk';
import type { Answer, TestNewsroom } from './newsroom';

type Fields = Record<string, unknown>;

export const PART = `mutation ($input: UnmergeEntryInput!) { act: unmergeEntry(input: $input) {
  outcome restored { id title state latestRevision embargoUntil } into { id latestRevision } needsReassignment { id }
  problems { severity code path message entry { id } } } }`;

/** What an answer came to, and what was wrong: `['INVALID', 'CYCLE /into']`. */
export const codes = ({ outcome, problems }: Answer): string[] => [
  outcome,
  ...problems.map(({ code, path }: Answer) => `${code} ${path}`),
];

const sure = (answer: Answer): Answer => {
  if (answer.outcome !== 'SAVED') throw new Error(JSON.stringify(answer));
  return answer;
};

/** A desk at which entries are made one and parted again. */
export interface JoiningDesk extends Desk {
  merge(from: string, into: string, more?: Fields, role?: UserRole): Promise<Answer>;
  part(id: string, more?: Fields): Promise<Answer>;
  /** Merges what must be mergeable. */
  merged(from: string, into: string): Promise<Answer>;
  /** Parts what must be partable. */
  parted(id: string): Promise<Answer>;
  /** Two actors; the fields are the first one's. */
  two(fields?: Fields, options?: { publish?: boolean }): Promise<[string, string]>;
  stateOf(id: string): Promise<string>;
  namesOf(id: string): Promise<string[]>;
}

export function openJoiningDesk(room: TestNewsroom): JoiningDesk {
  const desk = openDesk(room);
  const merge: JoiningDesk['merge'] = (from, into, more = {}, role = 'EDITOR') =>
    desk.act('mergeEntries', { from, into, ...more }, role);
  const part: JoiningDesk['part'] = async (id, more = {}) =>
    (await room.as('EDITOR').run(PART, { input: { id, ...more } })).act;
  return {
    ...desk,
    merge,
    part,
    merged: async (from, into) => sure(await merge(from, into)),
    parted: async (id) => sure(await part(id)),
    two: async (fields = {}, options = {}) => [
      (await room.make.actor(fields, options)).id,
      (await room.make.actor({}, options)).id,
    ],
    stateOf: async (id) => (await room.sql('select state from entry where id = $1', [id]))[0].state,
    namesOf: async (id) =>
      (
        await room.as('EDITOR').run(`query ($id: ID!) { actor(id: $id, view: LATEST) { names { text } } }`, { id })
      ).actor.names.map(({ text }: Answer) => text),
  };
}
