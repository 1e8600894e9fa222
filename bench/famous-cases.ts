import { ask } from './ask';
import { type Case, editorHeaders } from './cases';
import type { BenchDatabase } from './database';
import { type EditedEntry, editBody, type EditOperation } from './load';
import type { Server } from './processes';

const PAGE = `query ActorPage($slug: String!) {
  actor(slug: $slug) {
    name
    names { text kind preferred }
    roles { title organization { name } period { edtf } }
    stories(first: 20) { nodes { headline } }
    statements(first: 20) { nodes { stance document { title } } }
    citations(first: 20) { nodes { stance document { title } } }
  }
}`;

interface Lists {
  readonly stories: { readonly nodes: readonly unknown[] };
  readonly statements: { readonly nodes: readonly unknown[] };
  readonly citations: { readonly nodes: readonly unknown[] };
}

/** The page of the actor that everybody talks about, anonymous. */
export async function famousActor({ fiction }: BenchDatabase, server: Server): Promise<Case> {
  const variables = { slug: fiction.slug('ACTOR', fiction.famous) };
  const bodies = [JSON.stringify({ operationName: 'ActorPage', query: PAGE, variables })];
  const answer = (await ask(server.url, bodies[0] as string)) as { data?: { actor?: Lists } };
  const { stories, statements, citations } = answer.data?.actor ?? {};
  if (!stories?.nodes.length || !statements?.nodes.length || !citations?.nodes.length)
    throw new Error(`The famous actor's page is empty: ${JSON.stringify(answer).slice(0, 500)}`);
  return {
    name: 'famous-actor',
    headers: {},
    isGood: (text) => !text.includes('"errors"'),
    probes: async () => bodies,
    load: async () => ({ kind: 'reads', bodies }),
  };
}

const EDIT: EditOperation = {
  query: `mutation Edit($input: EditActorInput!) {
    editActor(input: $input) {
      outcome
      problems { path message }
      actor { id name description latestRevision publishedRevision }
    }
  }`,
  fields: ['description'],
};

/** An edit of that actor's description by an EDITOR, public at once; one after the other, for they are of one entry. */
export async function famousEdit({ client, fiction }: BenchDatabase): Promise<Case> {
  const find = async (): Promise<EditedEntry[]> => {
    const text = 'select id, latest as revision from entry where id = $1';
    return (await client.query<EditedEntry>(text, [fiction.id('ACTOR', fiction.famous)])).rows;
  };
  return {
    name: 'famous-edit, 1 connection',
    connections: 1,
    headers: await editorHeaders(client, fiction),
    isGood: (answer) => answer.includes('"SAVED"'),
    probes: async () => (await find()).map((entry) => editBody(EDIT, entry)),
    load: async () => ({ kind: 'edits', edit: EDIT, entries: await find() }),
  };
}
