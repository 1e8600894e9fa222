import {
  createSourceEventStream,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import { type Hub, isTransient } from '../feed/hub';
import type { PresenceWatch } from '../feed/presence-watch';
import type { Rendering } from '../feed/renderings';
import { changesFrom, presenceOf, type Source, type Step } from '../feed/sources';
import type { Question } from '../feed/subscriber';
import { Scope, type Viewer } from '../store/scope';
import { execute, refusal } from './execute';
import { Followed } from './follow.resolver';
import { type Operation, OperationRefused, ToldError } from './operations';

/** What subscriptions need to be answered. */
export interface Live {
  readonly schema: GraphQLSchema;
  readonly hub: Hub;
  readonly presence: PresenceWatch;
  /** So long at most without a message of the feed, in milliseconds. */
  readonly checkpointMs: number;
  formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

/** The steps of what is followed, from another place where one is given. */
export function sourceOf({ hub, presence, checkpointMs }: Live, { what }: Followed, after: bigint | null): Source {
  if ('presenceOf' in what) return presenceOf(presence, what.presenceOf);
  return changesFrom(hub, what.filter, after ?? what.after, checkpointMs);
}

/**
 * Opens a subscription: whether it may be asked, and where its steps come from.
 *
 * @param after where to go on, for one that was open before.
 * @throws OperationRefused
 */
export async function openSubscription(
  live: Live,
  scope: Scope,
  operation: Operation,
  variables: Readonly<Record<string, unknown>>,
  after: bigint | null = null,
): Promise<Question> {
  const { standing, name } = operation;
  const followed = await createSourceEventStream({
    schema: live.schema,
    document: after === null ? operation.document : standing.document,
    operationName: name,
    variableValues: variables,
    contextValue: scope,
  });
  if (!(followed instanceof Followed)) throw new OperationRefused(coded((followed as ExecutionResult).errors ?? []));
  const given = standing.variables.filter((key) => Object.hasOwn(variables, key));
  const values = Object.fromEntries(given.map((key) => [key, variables[key]]));
  return {
    audience: `${name ?? ''} ${JSON.stringify(values)} ${standing.text}`,
    isPersonal: 'filter' in followed.what && followed.what.filter.watchedBy !== null,
    source: sourceOf(live, followed, after),
    render: (step, viewer) => render(live, operation, values, step, viewer),
  };
}

/** What is wrong with a variable has no code of its own in graphql-js. */
const coded = (errors: readonly GraphQLError[]): GraphQLError[] =>
  errors.map((error) => {
    const { message, nodes, path, originalError } = error;
    if (nodes?.[0]?.kind !== Kind.VARIABLE_DEFINITION || path) return error;
    return new GraphQLError(message, { nodes, originalError, extensions: { code: 'BAD_USER_INPUT' } });
  });

/** A viewer who notices when it is asked who they are, and not only what they may do. */
function noticing(viewer: Viewer | null): { viewer: Viewer | null; wasAsked(): boolean } {
  if (!viewer) return { viewer, wasAsked: () => false };
  const { user, role, tokenId } = viewer;
  let asked = false;
  return {
    viewer: {
      role,
      tokenId,
      get user() {
        asked = true;
        return user;
      },
    },
    wasAsked: () => asked,
  };
}

/**
 * A step as its audience is told it, as JSON: executed with a scope of its own, so that nothing is told that was loaded for
 * another step.
 *
 * @throws WikiError where the database is away or slow, for the whole step to be tried again.
 */
async function render(
  live: Live,
  { standing, name }: Operation,
  variables: Record<string, unknown>,
  step: Step,
  viewer: Viewer | null,
): Promise<Rendering> {
  const { viewer: watched, wasAsked } = noticing(viewer);
  const scope = new Scope(live.hub.newsroom, watched);
  const executed = await execute(live.schema, standing.document, scope, variables, name, step);
  const { data, errors } = scope.excess ? refusal(scope.excess) : executed;
  const transient = errors?.map(({ originalError }) => originalError).find(isTransient);
  if (transient) throw transient;
  const formatted = errors?.map((error) => live.formatError(error.toJSON(), error));
  return { bytes: Buffer.from(JSON.stringify({ errors: formatted, data })), isPersonal: wasAsked() };
}

/** Why something was not begun, in the words of clients. */
export function toldOf({ formatError }: Pick<Live, 'formatError'>, error: unknown): ToldError[] {
  if (error instanceof OperationRefused)
    return error.errors.map((one) => new ToldError(formatError(one.toJSON(), one)));
  return [new ToldError(formatError({ message: '' }, error))];
}

/** Whether it was not begun only because the database is away or slow. */
export const isAway = (error: unknown): boolean =>
  isTransient(error) ||
  (error instanceof OperationRefused && error.errors.some(({ originalError }) => isTransient(originalError)));
