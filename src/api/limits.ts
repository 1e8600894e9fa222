import {
  GraphQLError,
  Kind,
  Lexer,
  Source,
  TokenKind,
  parse,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { badInput, tooComplex, WikiError } from '../base/errors';

/** What a query may ask for at most; the settings of the same names. */
export interface QueryLimits {
  /** Longest document, in UTF-16 units. */
  readonly queryLength: number;
  readonly queryTokens: number;
  /** Levels of fields, the leaf included; fragments add none. */
  readonly queryDepth: number;
  /** Aliases after fragments: one in a fragment that is spread twice counts twice. */
  readonly queryAliases: number;
  /** Fields after fragments, `__typename` and repeated ones included. */
  readonly queryFields: number;
  /** Fields at the root of a query or subscription, after fragments. */
  readonly queryRootFields: number;
  /** Fields at the root of a mutation, after fragments. */
  readonly queryMutations: number;
  /** Items that the pages of a query could hold together, if every page were full. */
  readonly queryNodes: number;
  /** Items on a page that names no number. */
  readonly pageDefault: number;
}

/** Values of a query's variables, as they came. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * What may be asked about the schema itself, apart from the limits of a query. Room for the introspection query of
 * graphql-js with every option (14 levels and 229 fields); `lists` are those of types, fields and the like within
 * one another, of which each level multiplies the answer by the size of the schema.
 */
export const INTROSPECTION_LIMITS = { depth: 25, fields: 500, aliases: 30, lists: 2 } as const;

/** Levels of lists and objects within one another in a variable, an argument or a default. */
export const MAX_VALUE_DEPTH = 20;

/** Levels of selections within one another, inline fragments included: graphql-js's parser overflows the stack past 2,000. */
const MAX_NESTING = 500;

/** Where counting ends: 2^25 spreads of one fragment must not leave the numbers that are exact. */
const CEILING = 1_000_000_000;

const INTROSPECTION_ROOTS = new Set(['__schema', '__type']);
const INTROSPECTION_LISTS = new Set(['types', 'fields', 'inputFields', 'interfaces', 'possibleTypes']);

const excess = (limit: string, max: number, actual: number): WikiError | null =>
  actual > max ? tooComplex(limit, max, actual) : null;

/**
 * Whether a document may be validated and executed at all, by its text alone and before any SQL: null, or the first
 * limit that it exceeds with the actual value. A document with a syntax error is null too, for the parser will tell it.
 *
 * Linear in the document, whatever its fragments do; counts stop at a thousand million. Every operation of the document
 * is held to every limit, and so is every fragment, for validation reads those that nobody uses too. Page sizes are
 * read from literals and `variables`; what is no number there counts as a page that names none.
 */
export function checkLimits(source: string, limits: QueryLimits, variables: Variables = {}): WikiError | null {
  if (source.length > limits.queryLength) return tooComplex('characters', limits.queryLength, source.length);
  const text = scan(source);
  const refusal =
    excess('tokens', limits.queryTokens, text.tokens) ??
    excess('levels of nested selections', MAX_NESTING, text.selections) ??
    excess('levels of nested values', MAX_VALUE_DEPTH, text.values);
  if (refusal) return refusal;
  const document = parseOrNull(source);
  return document && checkDocument(document, limits, variables);
}

/**
 * Whether the variables of a request are nested too deep to be handed to anything recursive: null, or BAD_USER_INPUT.
 * Whether they fit the query is not looked at.
 */
export function checkVariables(variables: unknown): WikiError | null {
  const actual = depthOfJson(variables, CEILING);
  if (actual <= MAX_VALUE_DEPTH) return null;
  const reason = `nested ${actual} levels deep; at most ${MAX_VALUE_DEPTH} are allowed.`;
  const details = { field: 'variables', reason, limit: 'levels of nested values', max: MAX_VALUE_DEPTH, actual };
  return new WikiError('BAD_USER_INPUT', `variables: ${reason}`, details);
}

/**
 * How many levels of lists and objects a JSON value has: 0 for a scalar, 1 for an empty list. Without recursion, level
 * by level, and no further than `stopAt`, so that even a value that holds itself comes to an end.
 */
export function depthOfJson(value: unknown, stopAt: number): number {
  let depth = 0;
  let level = [value].filter(isContainer);
  while (level.length > 0 && depth < stopAt) {
    depth += 1;
    const below: object[] = [];
    for (const container of level) {
      for (const item of Object.values(container)) if (isContainer(item)) below.push(item);
    }
    level = below;
  }
  return depth;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What a document shows before it is parsed. */
interface Scan {
  tokens: number;
  /** Deepest nesting of selections, and of lists and objects in arguments and defaults. */
  selections: number;
  values: number;
}

/** Reads to the end, or to the first word that is not GraphQL: the parser would come no further either. */
function scan(source: string): Scan {
  const found: Scan = { tokens: 0, selections: 0, values: 0 };
  const lexer = new Lexer(new Source(source));
  const open: ('arguments' | 'values' | 'selections')[] = [];
  const depth = { arguments: 0, values: 0, selections: 0 };
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; { kind } = lexer.advance()) {
      found.tokens += 1;
      const bracket = bracketOf(kind, open.at(-1));
      if (bracket === 'close') {
        const closed = open.pop();
        if (closed) depth[closed] -= 1;
      } else if (bracket) {
        open.push(bracket);
        depth[bracket] += 1;
        found.selections = Math.max(found.selections, depth.selections);
        found.values = Math.max(found.values, depth.values);
      }
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
  }
  return found;
}

function bracketOf(kind: TokenKind, within: 'arguments' | 'values' | 'selections' | undefined) {
  switch (kind) {
    case TokenKind.PAREN_L:
      return 'arguments';
    case TokenKind.BRACKET_L:
      return 'values';
    case TokenKind.BRACE_L:
      return within === 'arguments' || within === 'values' ? 'values' : 'selections';
    case TokenKind.PAREN_R:
    case TokenKind.BRACKET_R:
    case TokenKind.BRACE_R:
      return 'close';
    default:
      return null;
  }
}

function parseOrNull(source: string): DocumentNode | null {
  try {
    return parse(source, { noLocation: true });
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function checkDocument(document: DocumentNode, limits: QueryLimits, variables: Variables): WikiError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
  }
  for (const operation of operations) {
    const refusal =
      checkOperation(operation, { fragments, limits, variables }) ?? refuseConditions(operation, fragments);
    if (refusal) return refusal;
  }
  const measurer = new Measurer(fragments, () => undefined, limits.pageDefault);
  for (const fragment of document.definitions) {
    if (fragment.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const account = fragment.typeCondition.name.value.startsWith('__') ? 'introspection' : 'ordinary';
    const refusal = checkSizes(measurer.measureSet(fragment.selectionSet, account), limits);
    if (refusal) return refusal;
  }
  return null;
}

/** What the operations of one request have in common. */
interface Request {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  limits: QueryLimits;
  variables: Variables;
}

function checkOperation(operation: OperationDefinitionNode, { fragments, limits, variables }: Request) {
  const defaults = new Map(
    operation.variableDefinitions?.map((definition) => [definition.variable.name.value, definition.defaultValue]),
  );
  const valueOf = (node: ValueNode): unknown => {
    if (node.kind === Kind.INT) return Number(node.value);
    if (node.kind !== Kind.VARIABLE) return undefined;
    const name = node.name.value;
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name];
    const byDefault = defaults.get(name);
    return byDefault?.kind === Kind.INT ? Number(byDefault.value) : undefined;
  };
  const measure = new Measurer(fragments, valueOf, limits.pageDefault).measureSet(operation.selectionSet, 'ordinary');
  return (
    checkSizes(measure, limits) ??
    (operation.operation === 'mutation'
      ? excess('mutations', limits.queryMutations, measure.roots)
      : excess('root fields', limits.queryRootFields, measure.roots)) ??
    excess('expected nodes', limits.queryNodes, measure.nodes)
  );
}

const CONDITIONS = new Set(['skip', 'include']);

/** GraphQL has no condition at the root of a subscription; graphql-js does not refuse it, and fails as it validates or runs. */
function refuseConditions(
  { operation, selectionSet }: OperationDefinitionNode,
  fragments: Request['fragments'],
): WikiError | null {
  if (operation !== 'subscription') return null;
  const spread = new Set<string>();
  const roots = [selectionSet];
  for (const { selections } of roots)
    for (const selection of selections) {
      const condition = selection.directives?.find(({ name }) => CONDITIONS.has(name.value));
      if (condition)
        return badInput(
          'query',
          `@${condition.name.value} cannot stand at the one field that a subscription asks for.`,
        );
      if (selection.kind === Kind.INLINE_FRAGMENT) roots.push(selection.selectionSet);
      const name = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : null;
      const fragment = name === null || spread.has(name) ? undefined : fragments.get(name);
      if (fragment) roots.push(fragment.selectionSet);
      if (name !== null) spread.add(name);
    }
  return null;
}

const checkSizes = ({ ordinary, introspection }: Measure, limits: QueryLimits): WikiError | null =>
  excess('levels of fields', limits.queryDepth, ordinary.depth) ??
  excess('aliases', limits.queryAliases, ordinary.aliases) ??
  excess('fields', limits.queryFields, ordinary.fields) ??
  excess('levels of introspection', INTROSPECTION_LIMITS.depth, introspection.depth) ??
  excess('aliases in introspection', INTROSPECTION_LIMITS.aliases, introspection.aliases) ??
  excess('fields of introspection', INTROSPECTION_LIMITS.fields, introspection.fields) ??
  excess('levels of lists in introspection', INTROSPECTION_LIMITS.lists, introspection.lists);

/** On which account a field goes: what stands below `__schema` and `__type` has limits of its own. */
type Account = 'ordinary' | 'introspection';

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  /** Lists of the introspection schema within one another. */
  readonly lists: number;
}

/** What a set of selections comes to after fragments. */
interface Measure extends Readonly<Record<Account, Size>> {
  /** Its own fields, without those below them. */
  readonly roots: number;
  /** Items of all pages below, for one object that has the set. */
  readonly nodes: number;
  /** Whether it asks for the items of a page, so that the field above it is a connection. */
  readonly selectsItems: boolean;
}

const NO_SIZE: Size = { depth: 0, aliases: 0, fields: 0, lists: 0 };
const NOTHING: Measure = { ordinary: NO_SIZE, introspection: NO_SIZE, roots: 0, nodes: 0, selectsItems: false };
const BOTTOMLESS: Measure = { ...NOTHING, ordinary: { ...NO_SIZE, depth: CEILING } };

const capped = (count: number): number => Math.min(count, CEILING);

const besideSize = (left: Size, right: Size): Size => ({
  depth: Math.max(left.depth, right.depth),
  aliases: capped(left.aliases + right.aliases),
  fields: capped(left.fields + right.fields),
  lists: Math.max(left.lists, right.lists),
});

const beside = (left: Measure, right: Measure): Measure => ({
  ordinary: besideSize(left.ordinary, right.ordinary),
  introspection: besideSize(left.introspection, right.introspection),
  roots: capped(left.roots + right.roots),
  nodes: capped(left.nodes + right.nodes),
  selectsItems: left.selectsItems || right.selectsItems,
});

const above = (size: Size, field: FieldNode): Size => ({
  depth: capped(size.depth + 1),
  aliases: capped(size.aliases + (field.alias ? 1 : 0)),
  fields: capped(size.fields + 1),
  lists: capped(size.lists + (INTROSPECTION_LISTS.has(field.name.value) ? 1 : 0)),
});

/**
 * Measures selections by adding up, each fragment once an account: a chain of fragments that doubles at every step is
 * read in as many steps as it has fragments. A spread within itself counts nothing (validation reports it), nor does
 * one of a fragment that is not there. A chain too long for the stack counts as too deep.
 */
class Measurer {
  private readonly known: Record<Account, Map<string, Measure>> = { ordinary: new Map(), introspection: new Map() };
  private level = 0;

  constructor(
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly valueOf: (node: ValueNode) => unknown,
    private readonly pageDefault: number,
  ) {}

  measureSet(set: SelectionSetNode, account: Account): Measure {
    if (this.level >= MAX_NESTING) return BOTTOMLESS;
    this.level += 1;
    let sum = NOTHING;
    for (const selection of set.selections) sum = beside(sum, this.measureSelection(selection, account));
    this.level -= 1;
    return sum;
  }

  private measureSelection(selection: SelectionNode, account: Account): Measure {
    if (selection.kind === Kind.FIELD) return this.measureField(selection, account);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.measureSet(selection.selectionSet, account);
    return this.measureFragment(selection.name.value, account);
  }

  private measureFragment(name: string, account: Account): Measure {
    const known = this.known[account];
    const before = known.get(name);
    const fragment = this.fragments.get(name);
    if (before || !fragment) return before ?? NOTHING;
    known.set(name, NOTHING);
    const measure = this.measureSet(fragment.selectionSet, account);
    known.set(name, measure);
    return measure;
  }

  private measureField(field: FieldNode, account: Account): Measure {
    const name = field.name.value;
    const within = INTROSPECTION_ROOTS.has(name) ? 'introspection' : account;
    const below = field.selectionSet ? this.measureSet(field.selectionSet, within) : NOTHING;
    const page = this.pageSize(field, below);
    return {
      ...below,
      [account]: above(below[account], field),
      roots: 1,
      nodes: page === null ? below.nodes : capped(page * (1 + below.nodes)),
      selectsItems: name === 'edges' || name === 'nodes',
    };
  }

  /** Items that the field's page could hold; null where the field is no page. */
  private pageSize(field: FieldNode, below: Measure): number | null {
    const asked: number[] = [];
    for (const argument of field.arguments ?? []) {
      const size =
        argument.name.value === 'first' || argument.name.value === 'last' ? this.valueOf(argument.value) : null;
      if (typeof size === 'number' && Number.isFinite(size)) asked.push(Math.min(Math.max(size, 1), CEILING));
    }
    if (asked.length > 0) return Math.max(...asked);
    return below.selectsItems ? this.pageDefault : null;
  }
}
