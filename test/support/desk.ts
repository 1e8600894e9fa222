import type { UserRole } from '../../src/model/user';
import type { Answer, TestNewsroom } from './newsroom';

type Fields = Record<string, unknown>;
type Kind = keyof TestNewsroom['make'];

const PAYLOAD = `outcome
  revision { number review reviewNote reviewedBy { name } base { number } author { name } summary action }
  changes { path before after } conflict { fields { path } }
  problems { severity code check path message entry { id } }`;
const STATE = 'id state title latestRevision publishedRevision embargoUntil protection { minimumRole until reason }';

const capital = (word: string): string => `${word[0]?.toUpperCase()}${word.slice(1)}`;

/** What editors do about what waits and what is public, in few words. */
export interface Desk {
  /** A mutation on an entry of any kind: publish, withdraw, rejectRevisions, protect, deleteEntry and so on. */
  act(name: string, input: Fields, role?: UserRole): Promise<Answer>;
  /** The code with which a mutation fails. */
  fails(name: string, input: Fields, role: UserRole | null): Promise<unknown>;
  edit(kind: Kind, id: string, baseRevision: number, fields: Fields, more?: Fields, role?: UserRole): Promise<Answer>;
  create(kind: Kind, fields: Fields, more?: Fields, role?: UserRole): Promise<Answer>;
  /** What the public calls it; null where it is not public. */
  publicTitle(id: string): Promise<string | null>;
  reviewsOf(id: string): Promise<string[]>;
  ledgerOf(id: string): Promise<string[]>;
  /** What waits of this entry, as the queue tells it. */
  waitingOf(id: string): Promise<Answer[]>;
}

/** A desk in that newsroom. */
export function openDesk(room: TestNewsroom): Desk {
  const write = async (text: string, input: Fields, role: UserRole): Promise<Answer> =>
    (await room.as(role).run(text, { input })).act;
  const mutation = (name: string, type: string, entry: string): string =>
    `mutation ($input: ${type}!) { act: ${name}(input: $input) { ${PAYLOAD} ${entry} { ${STATE} } } }`;
  const ofAnyKind = (name: string): string => mutation(name, `${capital(name)}Input`, 'also { id } entry');
  return {
    act: (name, input, role = 'EDITOR') => write(ofAnyKind(name), input, role),
    fails: (name, input, role) => (role ? room.as(role) : room.asAnonymous()).fails(ofAnyKind(name), { input }),
    edit: (kind, id, baseRevision, fields, more = {}, role = 'EDITOR') =>
      write(
        mutation(`edit${capital(kind)}`, `Edit${capital(kind)}Input`, `entry: ${kind}`),
        { id, baseRevision, fields, ...more },
        role,
      ),
    create: (kind, fields, more = {}, role = 'EDITOR') =>
      write(
        mutation(`create${capital(kind)}`, `Create${capital(kind)}Input`, `entry: ${kind}`),
        { fields, ...more },
        role,
      ),
    publicTitle: async (id) => {
      const { node } = await room
        .asAnonymous()
        .run(`query ($id: ID!) { node(id: $id) { ... on Entry { title } } }`, { id });
      return node?.title ?? null;
    },
    reviewsOf: async (id) =>
      (await room.sql('select review from revision where entry = $1 order by number', [id])).map(
        ({ review }) => review,
      ),
    ledgerOf: async (id) =>
      (await room.sql('select kind, public_kind from change where entry = $1 order by position', [id])).map(
        ({ kind, public_kind: told }) => (told === null ? kind : `${kind} (${told})`),
      ),
    waitingOf: async (id) => {
      const { reviewQueue } = await room.as('EDITOR').run(`{ reviewQueue(first: 100) { nodes {
        reason since entry { id title } cause { id } pending { number review } changes { path before after } } } }`);
      return reviewQueue.nodes.filter((node: Answer) => node.entry.id === id);
    },
  };
}

/** Ids that no entry has, and that could not even be one. */
export const NOBODY = ['00000000-0000-4000-8000-000000000000', 'nonsense', ''];
