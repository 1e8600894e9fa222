import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { graphql } from 'graphql';
import { getSchema } from '../api/schema';
import { invariant } from '../base/invariant';
import type { EntryKind } from '../model/entry';
import { User } from '../model/user';
import { type Newsroom, Scope } from '../store/scope';
import { finishSample, startSample } from '../store/sample';

/** One article as data: entries in an order in which every reference leads back. */
interface SampleFile {
  title: string;
  about: string;
  entries: { ref: string; kind: EntryKind; fields: Record<string, unknown> }[];
}

const readFiles = (folder: string): SampleFile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as SampleFile);

/** Puts ids in the place of references: '#ref' of an entry that was created before. */
function resolve(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return (value.startsWith('#') && ids.get(value.slice(1))) || value;
  if (Array.isArray(value)) return value.map((item) => resolve(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, ids)]));
}

const mutationFor = (kind: EntryKind): string => {
  const name = kind[0] + kind.slice(1).toLowerCase();
  return `mutation ($input: Create${name}Input!) {
    made: create${name}(input: $input) { outcome entry: ${name.toLowerCase()} { id } problems { path message } }
  }`;
};

interface Made {
  outcome: string;
  entry: { id: string } | null;
  problems: { path: string | null; message: string }[];
}

async function create(newsroom: Newsroom, desk: User, entry: SampleFile['entries'][number], fields: unknown) {
  // With an id of its own each, a loading that was cut short goes on where it stopped.
  const input = { fields, publish: true, summary: 'Sample', clientMutationId: `sample:${entry.ref}` };
  const { data, errors } = await graphql({
    schema: getSchema(),
    source: mutationFor(entry.kind),
    contextValue: new Scope(newsroom, { user: desk, role: desk.role }),
    variableValues: { input },
  });
  const made = data?.made as Made | undefined;
  const problems = [...(errors ?? []), ...(made?.problems ?? [])].map((problem) => problem.message).join(' ');
  invariant(made?.entry, `the sample's ${entry.kind} ${entry.ref} can be created: ${problems}`);
  return made.entry.id;
}

/**
 * Loads the sample into an empty database, through the same API as anybody's work. A database with entries of its own is
 * left alone; a loading that was cut short goes on in a database that holds nothing else.
 *
 * @returns how many entries it made; 0 where it is there already or the database is in use.
 */
export async function loadSample(
  newsroom: Newsroom,
  folder: string,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<number> {
  const files = readFiles(folder);
  const total = files.reduce((sum, file) => sum + file.entries.length, 0);
  const loading = await startSample(newsroom.database, 'Sample desk');
  if (!loading) return 0;
  try {
    const desk = Object.assign(new User(), { uuid: loading.desk, name: 'Sample desk', role: 'EDITOR', bot: true });
    const ids = new Map<string, string>();
    for (const entry of files.flatMap((file) => file.entries)) {
      ids.set(entry.ref, await create(newsroom, desk, entry, resolve(entry.fields, ids)));
      onProgress(ids.size, total);
    }
    await finishSample(newsroom.database.run);
    return ids.size;
  } finally {
    loading.release();
  }
}
