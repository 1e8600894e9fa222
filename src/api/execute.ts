import {
  type DocumentNode,
  execute as run,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  visit,
} from 'graphql';
import type { WikiError } from '../base/errors';
import { Json } from '../model/scalars';

/** Executes an operation as graphql-js does; the reference that compiled queries must equal. */
export const execute = async (
  schema: GraphQLSchema,
  document: DocumentNode,
  contextValue: unknown,
  variableValues: Record<string, unknown>,
  operationName?: string | null,
  rootValue?: unknown,
): Promise<ExecutionResult> => run({ schema, document, rootValue, contextValue, variableValues, operationName });

/** The values of an operation's variables as graphql-js reads them; null where it would refuse one. */
export function readVariables(
  schema: GraphQLSchema,
  document: DocumentNode,
  given: Record<string, unknown>,
  operationName?: string | null,
): Record<string, unknown> | null {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  if (definitions.length === 0) return {};
  return getVariableValues(schema, definitions, given, { maxErrors: 1 }).coerced ?? null;
}

/**
 * A valid document whose variables take anything, for a compiler that is given values read already. graphql-jit's own
 * reading refuses `$view: View! = PUBLISHED` without a value, takes a list for an object, and has other words.
 */
export const withOpenVariables = (document: DocumentNode): DocumentNode =>
  visit(document, {
    [Kind.VARIABLE_DEFINITION]: (definition) => ({
      ...definition,
      type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: Json.name } },
      defaultValue: undefined,
    }),
  });

/**
 * The answer of a compiled query with errors as graphql-js makes them. The compiler's own have no `extensions`, upon which
 * Apollo fails and says "Internal server error" whatever happened.
 */
export function withOwnErrors(result: ExecutionResult): ExecutionResult {
  const errors = result.errors?.map(({ message, locations, path, originalError, extensions }) =>
    Object.assign(new GraphQLError(message, { path, originalError, extensions }), { locations }),
  );
  return errors ? { ...result, errors } : result;
}

/** The answer to a request that exceeded a bound as it ran: that, and nothing else. */
export const refusal = (error: WikiError): ExecutionResult => ({
  data: null,
  errors: [new GraphQLError(error.message, { originalError: error })],
});
