import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { graphql } from 'graphql';
import { getSchema } from '../api/schema';
import { invariant } from '../base/invariant';
import { publishEntry } from '../edits/publish-entry';
import type { EntryKind } from '../model/entry';
import { User } from '../model/user';
import { type Newsroom, Scope } from '../store/scope';
import { loadOnce } from '../store/sample';

/** One article as data: entries in an order in which every reference leads back. */
interface SampleFile {
  title: string;
  about: string;
  entries: SampleEntry[];
}

/** An entry that an article makes, or (`edit`) an earlier one that it revises. */
interface SampleEntry {
  ref?: string;
  edit?: string;
  kind: EntryKind;
  fields: Record<string, unknown>;
  summary?: string;
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

interface Made {
  outcome: string;
  entry: { id: string } | null;
  problems: { path: string | null; message: string }[];
}

/** What a loading has come to: which entries there are, and how many revisions each has. */
interface Progress {
  readonly ids: Map<string, string>;
  readonly revisions: Map<string, number>;
}

/** Puts what an entry has before what `$append` adds to it. */
async function append(newsroom: Newsroom, entry: string, base: number, fields: Record<string, unknown>) {
  const content = await new Scope(newsroom).loaders.contents.load({ entry, number: base });
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const added = (value as { $append?: unknown[] } | null)?.$append;
      return [name, added ? [...((content?.[name] ?? []) as unknown[]), ...added] : value];
    }),
  );
}

async function inputFor(newsroom: Newsroom, { ids, revisions }: Progress, entry: SampleEntry) {
  const fields = resolve(entry.fields, ids) as Record<string, unknown>;
  // With an id of its own each, a loading that was cut short goes on where it stopped.
  if (entry.ref !== undefined)
    return { fields, publish: true, summary: 'Sample', clientMutationId: `sample:${entry.ref}` };
  const id = ids.get(entry.edit ?? '');
  invariant(id, `the sample made ${entry.edit} before it edits it`);
  const baseRevision = revisions.get(id) ?? 1;
  const clientMutationId = `sample:${entry.edit}:${baseRevision}`;
  const summary = entry.summary ?? 'Sample';
  return { id, baseRevision, fields: await append(newsroom, id, baseRevision, fields), summary, clientMutationId };
}

/** Makes or edits one entry of the sample through the API. */
async function write(newsroom: Newsroom, desk: User, progress: Progress, entry: SampleEntry): Promise<void> {
  const verb = entry.ref === undefined ? 'edit' : 'create';
  const name = entry.kind[0] + entry.kind.slice(1).toLowerCase();
  const { data, errors } = await graphql({
    schema: getSchema(),
    source: `mutation ($input: ${verb === 'edit' ? 'Edit' : 'Create'}${name}Input!) {
      made: ${verb}${name}(input: $input) { outcome entry: ${name.toLowerCase()} { id } problems { path message } }
    }`,
    contextValue: new Scope(newsroom, { user: desk, role: desk.role }),
    variableValues: { input: await inputFor(newsroom, progress, entry) },
  });
  const made = data?.made as Made | undefined;
  const problems = [...(errors ?? []), ...(made?.problems ?? [])].map((problem) => problem.message).join(' ');
  const id = made?.entry?.id;
  const isWritten = made?.outcome === 'CREATED' || made?.outcome === 'SAVED';
  invariant(id && isWritten, `the sample can ${verb} ${entry.ref ?? entry.edit}: ${made?.outcome} ${problems}`);
  if (entry.ref !== undefined) progress.ids.set(entry.ref, id);
  progress.revisions.set(id, (progress.revisions.get(id) ?? 0) + 1);
}

/**
 * Publishes what could not be public before something that came after it: allegations go with their citations, which go with
 * what they are about (rules 2.4).
 */
async function publishRest(newsroom: Newsroom, desk: User, { ids, revisions }: Progress): Promise<void> {
  const scope = new Scope(newsroom, { user: desk, role: desk.role });
  for (const [ref, id] of ids) {
    const input = { id, revision: revisions.get(id) ?? 1, references: true, clientMutationId: `sample:publish:${ref}` };
    const { outcome, problems } = await publishEntry(scope, input);
    const reasons = problems.map(({ message }) => message).join(' ');
    invariant(outcome === 'SAVED' || outcome === 'UNCHANGED', `the sample can publish ${ref}: ${reasons}`);
  }
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
  const loaded = await loadOnce(newsroom, 'Sample desk', async (id) => {
    const desk = Object.assign(new User(), { uuid: id, name: 'Sample desk', role: 'EDITOR', bot: true });
    const progress: Progress = { ids: new Map(), revisions: new Map() };
    for (const [index, entry] of files.flatMap((file) => file.entries).entries()) {
      await write(newsroom, desk, progress, entry);
      onProgress(index + 1, total);
    }
    await publishRest(newsroom, desk, progress);
    return progress.ids.size;
  });
  return loaded ?? 0;
}
