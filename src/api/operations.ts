import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const MOST_ERRORS = 5;

/** A document that was read and found valid, of which one operation is meant. */
export interface Operation {
  readonly document: DocumentNode;
  readonly name: string | undefined;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** A subscription without the place from which it begins: what is executed for each step, the same for all who ask it. */
  readonly standing: { readonly document: DocumentNode; readonly text: string; readonly variables: readonly string[] };
}

/** Why an operation is not begun: errors of graphql-js, not yet in the words of clients. */
export class OperationRefused extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join(' '));
    this.name = 'OperationRefused';
  }
}

/** An error as clients are told it, for whoever passes on errors of graphql-js only. */
export class ToldError extends GraphQLError {
  constructor(readonly told: GraphQLFormattedError) {
    super(told.message, { extensions: told.extensions });
  }

  override toJSON(): GraphQLFormattedError {
    return this.told;
  }
}

const withCode = (code: string, { message, nodes, source, positions, path }: GraphQLError): GraphQLError =>
  new GraphQLError(message, { nodes, source, positions, path, extensions: { code } });

/**
 * Reads a document, with the codes that Apollo gives to its mistakes.
 *
 * @throws OperationRefused
 */
export function readOperation(schema: GraphQLSchema, source: string, name: string | undefined): Operation {
  const document = parseWell(source);
  const errors = validate(schema, document, undefined, { maxErrors: MOST_ERRORS });
  if (errors.length > 0)
    throw new OperationRefused(errors.map((error) => withCode('GRAPHQL_VALIDATION_FAILED', error)));
  const operation = getOperationAST(document, name);
  if (!operation) {
    const message =
      name === undefined
        ? 'Must provide operation name if query contains multiple operations.'
        : `Unknown operation named "${name}".`;
    const extensions = { code: 'OPERATION_RESOLUTION_FAILURE' };
    throw new OperationRefused([new GraphQLError(message, { extensions })]);
  }
  return { document, name, type: operation.operation, standing: withoutPlace(schema, document) };
}

function parseWell(source: string): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof GraphQLError) throw new OperationRefused([withCode('GRAPHQL_PARSE_FAILED', error)]);
    throw error;
  }
}

function withoutPlace(schema: GraphQLSchema, document: DocumentNode): Operation['standing'] {
  const types = new TypeInfo(schema);
  const isPlace = (): boolean => types.getParentType() === schema.getSubscriptionType();
  const bare = visit(
    document,
    visitWithTypeInfo(types, {
      Field: (field) =>
        isPlace() ? { ...field, arguments: field.arguments?.filter(({ name }) => name.value !== 'after') } : undefined,
    }),
  );
  const used = new Set<string>();
  visit(bare, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const standing = visit(bare, {
    [Kind.VARIABLE_DEFINITION]: (definition) => (used.has(definition.variable.name.value) ? undefined : null),
  });
  return { document: standing, text: print(standing), variables: [...used].toSorted() };
}
