import { type DocumentNode, execute as run, type ExecutionResult, type GraphQLSchema } from 'graphql';

/** Executes an operation as graphql-js does; the reference that compiled queries must equal. */
export const execute = async (
  schema: GraphQLSchema,
  document: DocumentNode,
  contextValue: unknown,
  variableValues: Record<string, unknown>,
  operationName?: string | null,
): Promise<ExecutionResult> => run({ schema, document, contextValue, variableValues, operationName });
