import type { ApolloServer } from '@apollo/server';
import { type Operation, OperationRefused, readOperation, ToldError } from '../api/operations';
import { isAway, type Live, openSubscription, toldOf } from '../api/questions';
import type { Log } from '../base/log';
import { Renderings } from '../feed/renderings';
import { type Outlet, type Question, tell } from '../feed/subscriber';
import type { Seat } from '../feed/standings';
import { Scope, type Viewer } from '../store/scope';
import type { Crowd } from './crowd';
import type { CheckQuery } from './graphql';
import { RecentlyUsed } from './recently-used';
import type { RequestScope } from './request-scope';

const KEPT_OPERATIONS = 500;

/** An operation as a client sends it. */
export interface Asked {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

/** What a query or mutation came to: errors alone where it was not begun. */
export interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/** What all transports have in common: what may be asked, how it is answered, and to whom it is told. */
export class Telling {
  readonly renderings: Renderings;
  private readonly operations = new RecentlyUsed<Operation>(KEPT_OPERATIONS);

  constructor(
    readonly live: Live,
    readonly crowd: Crowd,
    readonly log: Log,
    private readonly apollo: ApolloServer<RequestScope>,
    private readonly checkQuery: CheckQuery,
  ) {
    this.renderings = new Renderings(() => live.hub.takenAway);
  }

  /**
   * Reads what a client sends. What was read before is not read again: subscribers come back with the same documents.
   *
   * @throws WikiError QUERY_TOO_COMPLEX, BAD_USER_INPUT; OperationRefused
   */
  read({ query, variables, operationName }: Asked): Operation {
    const refusal = this.checkQuery(query, variables);
    if (refusal) throw refusal;
    const name = typeof operationName === 'string' ? operationName : undefined;
    const key = JSON.stringify([name, query]);
    const before = this.operations.get(key);
    if (before) return before;
    const operation = readOperation(this.live.schema, String(query), name);
    this.operations.set(key, operation);
    return operation;
  }

  /** Answers a query or a mutation as over HTTP. */
  async answer(scope: RequestScope, { query, variables, operationName }: Asked): Promise<Answer> {
    const request = {
      query: String(query),
      variables: variablesOf(variables),
      operationName: typeof operationName === 'string' ? operationName : undefined,
    };
    const { body } = await this.apollo.executeOperation(request, { contextValue: scope });
    return body.kind === 'single' ? body.singleResult : {};
  }

  /**
   * Opens a subscription for somebody with the rights of now.
   *
   * @throws OperationRefused; WikiError
   */
  async open(
    viewer: Viewer | null,
    operation: Operation,
    variables: unknown,
    after: bigint | null = null,
  ): Promise<Question> {
    const scope = new Scope(this.live.hub.newsroom, viewer);
    return openSubscription(this.live, scope, operation, variablesOf(variables), after);
  }

  /** Tells until somebody has had enough, or may not be told any more; then with why, in the words of clients. */
  async tell(
    seat: Seat,
    question: Question,
    ask: (after: bigint | null) => Promise<Question>,
    outlet: Outlet,
  ): Promise<readonly ToldError[]> {
    try {
      await tell(this.live.hub, seat, question, ask, outlet, this.renderings);
      return [];
    } catch (error) {
      return toldOf(this.live, error);
    }
  }

  /** Why something was not begun, in the words of clients. */
  told(error: unknown): readonly ToldError[] {
    return toldOf(this.live, error);
  }

  /** Whether it can be tried again as it is, when the database is back. */
  isAway(error: unknown): boolean {
    return isAway(error);
  }
}

/** Apollo and graphql-js tell what is wrong with variables that are no object. */
const variablesOf = (variables: unknown): Record<string, unknown> => (variables ?? {}) as Record<string, unknown>;

export { OperationRefused };
