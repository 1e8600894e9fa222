import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  parse,
  validate,
} from 'graphql';
import { makeFormatError } from '../../src/api/errors';
import { getSchema } from '../../src/api/schema';
import { readConfig } from '../../src/base/config';
import { createEntry, type CreateRequest } from '../../src/edits/create-entry';
import { publishEntry } from '../../src/edits/publish-entry';
import type { Content, EntryKind } from '../../src/model/entry';
import { User, UserRole } from '../../src/model/user';
import { type NewsroomOptions, openNewsroom } from '../../src/store/open-newsroom';
import { type Newsroom, Scope, type Viewer } from '../../src/store/scope';
import { insertUser } from '../../src/store/write-people';
import { createDatabase } from './database';

type Variables = Record<string, unknown>;

/** What a query answers; typed loosely, for tests say what they expect of it. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers are as varied as the queries that tests write
export type Answer = any;

/** Somebody who asks: in process, through the schema. */
export interface Asker {
  /** The data of an answer without errors. */
  run(query: string, variables?: Variables): Promise<Answer>;
  /** The whole answer, with errors as clients see them. */
  ask(query: string, variables?: Variables): Promise<{ data?: Answer; errors?: readonly GraphQLFormattedError[] }>;
  /** The code of the one error of an answer. */
  fails(query: string, variables?: Variables): Promise<unknown>;
  /** How many statements a query took, beside what it answered. */
  statementsOf(query: string, variables?: Variables): Promise<{ statements: number; data: Answer }>;
  readonly viewer: Viewer | null;
}

/** A newsroom on a database of its own. */
export interface TestNewsroom {
  newsroom: Newsroom;
  url: string;
  /** The least that an entry of each kind needs, and whatever else is given; public unless `publish` is false. */
  make: Makers;
  asAnonymous(): Asker;
  as(role: UserRole): Asker;
  /** Runs SQL on the database, for looking behind the API. */
  sql(text: string, values?: unknown[]): Promise<Answer[]>;
  close(): Promise<void>;
}

interface Made {
  id: string;
  content: Content;
}
type Maker = (fields?: Record<string, unknown>, options?: Partial<CreateRequest> & { by?: UserRole }) => Promise<Made>;
export type Makers = Record<'story' | 'actor' | 'event' | 'claim' | 'document' | 'citation', Maker>;

const describeErrors = (errors: readonly { message: string }[]): string =>
  errors.map((error) => error.message).join('; ');

type Read = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

function readQuery(query: string): Read {
  try {
    const document = parse(query);
    const errors = validate(getSchema(), document);
    return errors.length > 0 ? { errors } : { document };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** Tests ask the same again and again: each query is read once. */
const read = new Map<string, Read>();

function askerFor(newsroom: Newsroom, viewer: Viewer | null): Asker {
  const formatError = makeFormatError((error) => {
    if (error instanceof Error && error.name !== 'WikiError') unexpected.push(error);
  });
  const unexpected: Error[] = [];
  const answer = async (query: string, variables: Variables = {}) => {
    const scope = new Scope(newsroom, viewer);
    const known = read.get(query) ?? readQuery(query);
    read.set(query, known);
    const result: ExecutionResult =
      'errors' in known
        ? known
        : await execute({
            schema: getSchema(),
            document: known.document,
            contextValue: scope,
            variableValues: variables,
          });
    const errors = result.errors?.map((error) => formatError(error.toJSON(), error));
    return { scope, data: result.data as Answer, errors };
  };
  const succeed = async (query: string, variables?: Variables) => {
    const answered = await answer(query, variables);
    if (answered.errors) throw unexpected.pop() ?? new Error(describeErrors(answered.errors));
    return answered;
  };
  return {
    viewer,
    run: async (query, variables) => (await succeed(query, variables)).data,
    ask: async (query, variables) => {
      const { data, errors } = await answer(query, variables);
      return { data, errors };
    },
    fails: async (query, variables) => {
      const { errors } = await answer(query, variables);
      if (errors?.length !== 1) throw new Error(`expected one error, got: ${describeErrors(errors ?? [])}`);
      return errors[0]?.extensions?.code;
    },
    statementsOf: async (query, variables) => {
      const { scope, data } = await succeed(query, variables);
      return { statements: scope.statements, data };
    },
  };
}

let counter = 0;

function makersFor(newsroom: Newsroom, viewers: Record<UserRole, Viewer>): Makers {
  const make =
    (kind: EntryKind, least: (given: Record<string, unknown>) => Promise<Record<string, unknown>>): Maker =>
    async (fields = {}, { by = 'EDITOR', ...options } = {}) => {
      const scope = new Scope(newsroom, viewers[by]);
      const publish = options.publish ?? (by === 'EDITOR' || by === 'ADMIN');
      const all = { ...(await least(fields)), ...fields };
      const result = await createEntry(scope, kind, { ...options, publish, fields: all });
      if (result.outcome !== 'CREATED' || !result.entryId)
        throw new Error(`cannot make ${kind}: ${result.problems.map((problem) => problem.message).join(' ')}`);
      // What a check holds back is public all the same where a test wants it so.
      if (publish && result.problems.length > 0)
        await publishEntry(scope, { id: result.entryId, revision: 1, override: true, note: 'for a test' });
      const content = await scope.loaders.contents.load({ entry: result.entryId, number: 1 });
      return { id: result.entryId, content: content as Content };
    };
  const next = (word: string): string => `${word} ${(counter += 1)}`;
  const makers: Makers = {
    story: make('STORY', async () => ({ headline: next('Story') })),
    actor: make('ACTOR', async () => ({ actorType: 'PERSON', names: [{ text: next('Actor') }] })),
    event: make('EVENT', async () => ({ title: next('Event') })),
    claim: make('CLAIM', async ({ subject }) => ({
      text: next('Claim'),
      subject: subject ?? (await makers.actor()).id,
      mood: 'FACT',
    })),
    document: make('DOCUMENT', async () => ({ title: next('Document'), documentType: 'ARTICLE' })),
    citation: make('CITATION', async ({ about, document }) => ({
      about: about ?? (await makers.claim()).id,
      document: document ?? (await makers.document()).id,
      stance: 'ASSERTS',
    })),
  };
  return makers;
}

/** Opens a newsroom for a test file; close it in `afterAll`. */
export async function openTestNewsroom({
  on,
  listenUrl,
  ...settings
}: Partial<Pick<NewsroomOptions, 'publicHistory' | 'feedRetentionMs' | 'webhooks' | 'secretsKey'>> & {
  /** A newsroom whose database and people this one shares, as another process would. */
  on?: TestNewsroom;
  /** Where to listen, if not on that database. */
  listenUrl?: string;
} = {}): Promise<TestNewsroom> {
  const database = on ? { url: on.url, drop: async () => undefined } : await createDatabase();
  const config = readConfig({});
  const newsroom = await openNewsroom({
    database: {
      url: database.url,
      listenUrl,
      poolSize: config.database.poolSize,
      statementTimeoutMs: config.database.statementTimeoutMs,
      lockTimeoutMs: config.database.lockTimeoutMs,
      onConnectionError: () => undefined,
    },
    text: config.text,
    pages: config.limits,
    language: config.newsroom.language,
    ...settings,
  });
  const viewers = {} as Record<UserRole, Viewer>;
  for (const role of Object.values(UserRole)) {
    const known = on?.as(role).viewer;
    if (known) viewers[role] = known;
    if (known) continue;
    const user = Object.assign(new User(), { uuid: randomUUID(), name: `The ${role}`, role, bot: false, active: true });
    await insertUser(newsroom.database.run, { id: user.uuid, name: user.name, role, bot: false });
    viewers[role] = { user, role };
  }
  return {
    newsroom,
    url: database.url,
    make: makersFor(newsroom, viewers),
    asAnonymous: () => askerFor(newsroom, null),
    as: (role) => askerFor(newsroom, viewers[role]),
    sql: async (text, values = []) => (await newsroom.database.pool.query(text, values)).rows,
    close: async () => {
      await newsroom.database.close();
      await database.drop();
    },
  };
}
