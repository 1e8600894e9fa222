import { randomUUID } from 'node:crypto';
import type { Answer, TestNewsroom } from './newsroom';

type Fields = Record<string, unknown>;
type Kind = keyof TestNewsroom['make'];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ITEM_IN_PATH = /(?<=\/)[A-Za-z0-9_-]{16}(?=\/|$)/g;
const TIMES = new Set(['createdAt', 'updatedAt', 'publicSince', 'reviewedAt', 'at']);
const CURSORS = new Set(['cursor', 'startCursor', 'endCursor']);

/** Numbers what it meets in the order in which it meets it. */
export function makeMask(keys: ReadonlyMap<string, string>): (answer: unknown) => string {
  const met = new Map<string, string>();
  const numbered = (what: string, value: string): string => {
    const name = met.get(`${what} ${value}`) ?? `<${what} ${met.size}>`;
    met.set(`${what} ${value}`, name);
    return name;
  };
  const maskText = (name: string, value: string): string => {
    if (CURSORS.has(name)) return numbered('cursor', value);
    if (TIMES.has(name)) return numbered('time', value);
    if (name === 'id' && /^[A-Za-z0-9_-]{16}$/.test(value)) return numbered('item', value);
    const withKeys = value.replace(UUID, (id) => (keys.has(id) ? `<${keys.get(id)}>` : numbered('id', id)));
    return name === 'path' ? withKeys.replace(ITEM_IN_PATH, (id) => numbered('item', id)) : withKeys;
  };
  return (answer) =>
    JSON.stringify(answer, (name, value: unknown) => (typeof value === 'string' ? maskText(name, value) : value));
}

/** Lets the clock go on, so that nothing is written in the same millisecond: ties would be broken by random ids. */
export async function tick(): Promise<void> {
  const start = Date.now();
  while (Date.now() < start + 2) await new Promise((resolve) => setImmediate(resolve));
}

/** Fills a newsroom, with or without what only the newsroom sees. */
export class Builder {
  readonly ids = new Map<string, string>();

  constructor(
    readonly room: TestNewsroom,
    readonly hasDrafts: boolean,
  ) {}

  ref(key: string): string {
    const id = this.ids.get(key) ?? randomUUID();
    this.ids.set(key, id);
    return id;
  }

  async open(kind: Kind, key: string, fields: Fields, publish = true): Promise<void> {
    const { id } = await this.room.make[kind](fields, { publish });
    this.ids.set(key, id);
    await tick();
  }

  /** An entry that only the newsroom sees; not there at all in a world without drafts. */
  async draft(kind: Kind, key: string, fields: () => Fields): Promise<void> {
    if (this.hasDrafts) await this.open(kind, key, fields(), false);
    else this.ref(key);
  }

  /** An entry that was public; not there at all in a world without drafts. `act` takes it away. */
  async gone(kind: Kind, key: string, fields: () => Fields): Promise<void> {
    if (this.hasDrafts) await this.open(kind, key, fields());
    else this.ref(key);
  }

  /** What the newsroom alone does, in the world in which it does anything. */
  async act(name: string, input: () => Fields, by: 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN' = 'EDITOR'): Promise<Answer> {
    if (!this.hasDrafts) return null;
    const more = name.endsWith('Changeset') ? 'changeset { id } results { entry { id } }' : '';
    const { act } = await this.room
      .as(by)
      .run(
        `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { act: ${name}(input: $input) { outcome ${more} problems { message } } }`,
        { input: input() },
      );
    if (!['SAVED', 'CREATED', 'MERGED'].includes(act.outcome)) throw new Error(`${name}: ${JSON.stringify(act)}`);
    await tick();
    return act;
  }

  async edit(kind: Kind, key: string, baseRevision: number, fields: Fields, by: 'EDITOR' | 'CONTRIBUTOR' = 'EDITOR') {
    const name = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    const { [`edit${name}`]: payload } = await this.room
      .as(by)
      .run(`mutation ($input: Edit${name}Input!) { edit${name}(input: $input) { outcome problems { message } } }`, {
        input: { id: this.ref(key), baseRevision, fields, summary: 'a remark for the newsroom' },
      });
    if (payload.outcome !== 'SAVED') throw new Error(JSON.stringify(payload));
    await tick();
  }

  /** An edit that waits for an editor. */
  async propose(kind: Kind, key: string, baseRevision: number, fields: () => Fields): Promise<void> {
    if (this.hasDrafts) await this.edit(kind, key, baseRevision, fields(), 'CONTRIBUTOR');
  }

  /** What public entries hold besides, in the world that has drafts to refer to. */
  hidden<Value>(...values: Value[]): Value[] {
    return this.hasDrafts ? values : [];
  }
}
